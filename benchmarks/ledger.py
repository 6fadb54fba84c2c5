"""Measure the ledger: the state of 20,000 plots with 100,000 events, at dates at random.

Run with ``python -m benchmarks.ledger``. The events are drawn in the order in which they
could happen, so that the ledger has few faults. The peer is a fold in plain Python that
goes through the events one by one (it knows options, reservations, deeds and buy-backs, and
no more); every status that it tells is compared. At the end all is written into a store in a
file, and the state of every plot is asked of that: first after a start, then for other dates.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from benchmarks.matching import pace
from geo_assen import services
from geo_assen.crs import RD
from geo_assen.land import ledger_faults, park_stock, plot_states, uptake_by_year
from geo_assen.services import land
from geo_assen.settings import Settings
from geo_assen.store import insert_frame, metadata

PARKS = 200
FIRST = date(2000, 1, 1)
DAYS = 9_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plots", type=int, default=20_000)
    parser.add_argument("--events", type=int, default=100_000)
    asked = parser.parse_args()
    parks, plots, events = drawn(asked.plots, asked.events)
    chance = np.random.default_rng(3)
    days = [FIRST + timedelta(int(n)) for n in chance.integers(0, DAYS + 400, 12)]
    print(f"{asked.plots:,} plots, {len(events):,} events; ten million additions: {pace():.2f} s")
    print(f"faults in the events: {len(ledger_faults(plots, events, parks))}")
    print("\n| what | best | median | worst |\n|---|---|---|---|")
    row("state of every plot at a date", days,
        lambda day: plot_states(plots, events, parks=parks, as_of=day))
    row("the same as known a year before", days,
        lambda day: plot_states(plots, events, parks=parks, as_of=day,
                                known_at=day - timedelta(365)))  # fmt: skip
    row("stock of every park", days,
        lambda day: park_stock(parks, plots, events, as_of=day))
    row("uptake by park and year", days,
        lambda day: uptake_by_year(events, plots=plots, as_of=day))
    row("every contradiction", days[:3], lambda _: ledger_faults(plots, events, parks))
    records = events.to_dict("records")
    area = dict(zip(plots["code"], plots["area_m2"], strict=True))
    row("plain Python, one event after the other", days[:4],
        lambda day: one_by_one(records, area, day))
    differ = sum(differences(plots, events, parks, records, area, day) for day in days[:4])
    print(f"\nstatuses that differ from the plain fold: {differ} of {4 * len(plots):,}")
    with tempfile.TemporaryDirectory() as folder:
        out_of_the_store(Path(folder) / "land.gpkg", parks, plots, events, days)


def drawn(count: int, events: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Parks, plots and events at random, each event one that could follow the last."""
    chance = np.random.default_rng(1)
    parks = pd.DataFrame({
        "code": [f"K{n:03}" for n in range(PARKS)], "name": None, "gross_area_m2": 9_000_000,
        "plan_status": "irrevocable", "plan_adopted_on": FIRST, "plan_irrevocable_on": FIRST,
        "serviced_on": FIRST + timedelta(500), "source_code": "S",
    })  # fmt: skip
    plots = pd.DataFrame({
        "code": [f"P{n:06}" for n in range(count)], "park": chance.choice(parks["code"], count),
        "area_m2": chance.integers(500, 30_000, count), "parent_plot": None,
        "serviced_on": None, "available_from": None, "source_code": "S",
    })  # fmt: skip
    opened = pd.DataFrame({"kind": "net_set", "park": parks["code"], "effective_on": FIRST,
                           "area_m2": 8_000_000})  # fmt: skip
    told = pd.concat([opened, happened(chance, plots, events - PARKS)], ignore_index=True)
    told = told.assign(
        code=[f"E{n:07}" for n in range(len(told))], source_code="S", corrects=None,
        recorded_on=[day + timedelta(int(n)) for day, n in
                     zip(told["effective_on"], chance.integers(0, 60, len(told)), strict=True)],
    )  # fmt: skip
    return parks, plots, told.astype(object)


def happened(chance: np.random.Generator, plots: pd.DataFrame, count: int) -> pd.DataFrame:
    """Events on plots, each after the one before it on the same plot."""
    plot = np.sort(chance.integers(0, len(plots), count))
    order = np.sort(chance.random(count) + plot) - plot
    day = (order * DAYS).astype(int) + 1
    rows: list[dict[str, Any]] = []
    issued, promised = False, -1
    for n in range(count):
        if n == 0 or plot[n] != plot[n - 1]:
            issued, promised = False, -1
        code, area = plots["code"].iat[plot[n]], int(plots["area_m2"].iat[plot[n]])
        on = FIRST + timedelta(int(day[n]))
        event: dict[str, Any] = {"plot": code, "effective_on": on}
        if issued:
            event |= {"kind": "buy_back"} if chance.random() < 0.4 else {
                "kind": "survey", "area_m2": area}  # fmt: skip
            issued = event["kind"] != "buy_back"
        elif chance.random() < 0.35:
            event |= {"kind": "deed", "price_eur_m2": float(chance.integers(50, 200))}
            issued, promised = True, -1
        elif day[n] > promised:
            promised = int(day[n]) + int(chance.integers(30, 400))
            kind = "option" if chance.random() < 0.6 else "reservation"
            event |= {"kind": kind, "priority_rank": 1,
                      "valid_until": FIRST + timedelta(promised)}  # fmt: skip
        else:
            event |= {"kind": "survey", "area_m2": area}
        rows.append(event)
    return pd.DataFrame(rows)


def one_by_one(
    records: list[dict[str, Any]], area: dict[str, int], as_of: date
) -> dict[str, str]:
    """Status of every plot, by going through the events in their order."""
    issued = dict.fromkeys(area, 0)
    running: dict[str, tuple[str, date]] = {}
    for row in sorted(records, key=lambda r: (r["effective_on"], r["recorded_on"], r["code"])):
        plot = row["plot"]
        if row["effective_on"] > as_of or not isinstance(plot, str):
            continue
        if row["kind"] == "deed":
            issued[plot] += area[plot]
            running.pop(plot, None)
        elif row["kind"] == "buy_back":
            issued[plot] -= area[plot]
        elif row["kind"] in ("option", "reservation"):
            running[plot] = (row["kind"], row["valid_until"])
    told = {}
    for plot, total in issued.items():
        kind, until = running.get(plot, ("", date.min))
        told[plot] = "issued" if total > 0 else kind if until >= as_of else "free"
    return told


def differences(
    plots: pd.DataFrame, events: pd.DataFrame, parks: pd.DataFrame,
    records: list[dict[str, Any]], area: dict[str, int], day: date,
) -> int:  # fmt: skip
    """How many plots the plain fold gives another status."""
    ours = plot_states(plots, events, parks=parks, as_of=day)["status"]
    ours = ours.where(~ours.isin(["issuable", "immediately_issuable"]), "free")
    return int((ours != pd.Series(one_by_one(records, area, day)).reindex(ours.index)).sum())


def out_of_the_store(
    path: Path, parks: pd.DataFrame, plots: pd.DataFrame, events: pd.DataFrame, days: list[date]
) -> None:
    """Write it all into a store and ask that: the first time, and then for other dates."""
    settings = Settings(store=f"sqlite:///{path}")
    found = services.init_store(settings)
    tables = metadata.tables
    source = pd.DataFrame([{"code": "S", "name": "Drawn", "licence": "CC0-1.0",
                            "retrieved_on": FIRST, "certainty": "modelled"}])  # fmt: skip
    with found.write() as connection:
        insert_frame(connection, tables["source"], source)
        insert_frame(connection, tables["business_park"], placed(parks, 2000, 14).assign(name="K"))
        insert_frame(connection, tables["plot"], placed(plots, 60, 150))
        insert_frame(connection, tables["land_event"], events)
    found.close()
    found = services.open_store(settings)
    print("\n| out of a store in a file | best | median | worst |\n|---|---|---|---|")
    row("the first date, reading included", days[:1], lambda day: land.states_at(found, day))
    row("any other date", days[1:], lambda day: land.states_at(found, day))
    found.close()


def placed(frame: pd.DataFrame, side_m: int, across: int) -> gpd.GeoDataFrame:
    """Rows with a square each, side by side."""
    at = np.arange(len(frame))
    x_m, y_m = 100_000 + at % across * side_m, 400_000 + at // across * side_m
    squares = [shapely.MultiPolygon([one]) for one in
               shapely.box(x_m, y_m, x_m + side_m, y_m + side_m)]  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=squares, crs=RD)


def row(name: str, days: list[date], work: Callable[[date], object]) -> None:
    """Time some work for each date and print a row of the table."""
    taken = []
    for day in days:
        start = time.perf_counter()
        work(day)
        taken.append(time.perf_counter() - start)
    print(f"| {name} | {min(taken):.2f} s | {statistics.median(taken):.2f} s | "
          f"{max(taken):.2f} s |")  # fmt: skip


if __name__ == "__main__":
    main()
