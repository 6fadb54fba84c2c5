"""What is said for a date, what was known on a date, and what QGIS sees now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from geo_assen import services
from geo_assen.access import Role
from geo_assen.services import Store, land, vacancy
from tests.services.sample import opened

Write = Callable[[str, str], Path]
EVENT = "code,kind,plot,effective_on,recorded_on,area_m2,tenure\n"


def free_plot(store: Store, on: date) -> tuple[str, int]:
    """A plot of which nothing is promised or issued, and its area."""
    states = land.states_at(store, on)
    free = states[states["status"].isin(["issuable", "immediately_issuable"])]
    code = str(free.index[0])
    return code, int(store.table("plot").set_index("code").loc[code, "area_m2"])


def deed(store: Store, write: Write, code: str, effective: date, recorded: date) -> None:
    plot, area_m2 = code, int(store.table("plot").set_index("code").loc[code, "area_m2"])
    row = f"D-{plot},deed,{plot},{effective},{recorded},{area_m2},ownership\n"
    report = services.import_file(store, "land_events", write("deed.csv", EVENT + row))
    assert report.layers[0].accepted == 1, report.document()


def test_deed_counts_from_its_day_and_not_before(copy: Store, write: Write) -> None:
    plot, _ = free_plot(copy, services.today())
    day = services.today() - timedelta(days=10)
    deed(copy, write, plot, day, day)

    def on_offer(as_of: date) -> bool:
        return f"plot:{plot}" in set(copy.sites(as_of=as_of).frame["id"])

    assert on_offer(day - timedelta(days=1))
    assert not on_offer(day)
    assert not on_offer(services.today())


def test_deed_recorded_later_is_not_known_earlier(copy: Store, write: Write) -> None:
    plot, _ = free_plot(copy, services.today())
    effective = services.today() - timedelta(days=60)
    recorded = services.today() - timedelta(days=5)
    deed(copy, write, plot, effective, recorded)
    asked = services.today() - timedelta(days=30)

    def on_offer(known_at: date | None) -> bool:
        return f"plot:{plot}" in set(copy.sites(as_of=asked, known_at=known_at).frame["id"])

    assert not on_offer(None)
    assert not on_offer(recorded)
    assert on_offer(recorded - timedelta(days=1))


def test_sites_of_past_dates_differ_from_those_of_today(sample: Store) -> None:
    now = set(sample.sites().frame["id"])
    assert sample.sites(as_of=services.today()).frame["id"].tolist() == sorted(now)
    past = {day: set(sample.sites(as_of=day).frame["id"]) for day in (
        date(2016, 12, 31), date(2020, 12, 31), date(2024, 12, 31),
    )}  # fmt: skip
    assert all(ids and ids != now for ids in past.values())


def test_observation_recorded_later_is_not_known_earlier(copy: Store, write: Write) -> None:
    today = services.today()
    states = vacancy.states_at(copy, today)
    code = str(states.index[states["vacancy_class"] == "occupied"][0])
    seen, recorded = today - timedelta(days=20), today - timedelta(days=2)
    text = f"premises,observed_on,recorded_on,source,state\n{code},{seen},{recorded},field,vacant\n"
    services.import_file(copy, "vacancy", write("v.csv", text))

    def vacancy_class(known_at: date | None) -> str:
        return str(vacancy.states_at(copy, today, known_at).loc[code, "vacancy_class"])

    assert vacancy_class(None) == "friction"
    assert vacancy_class(recorded - timedelta(days=1)) == "occupied"


def test_derived_layers_tell_what_the_services_tell(sample: Store) -> None:
    today = services.today()
    plots = sample.table("plots_now").set_index("code")
    states = land.states_at(sample, today)
    there = states[states["exists"] & ~states["split_away"]]
    assert plots["status"].to_dict() == there["status"].to_dict()

    shown = services.layer_rows(sample, "vacancy", as_of=today, role=Role.PUBLIC).frame
    now = sample.table("vacancy_now").set_index("premises")
    told = ["vacancy_class", "state", "vacant_since", "at_least", "observed_on", "disagreement"]
    assert now[told].to_dict("index") == shown.set_index("premises")[told].to_dict("index")
    assert {"W-0412", "W-0414"}.isdisjoint(now.index), "demolished, and taken in by its neighbour"

    flows = services.layer_rows(sample, "commuter_flows", as_of=today, role=Role.PUBLIC).frame
    drawn = flows[flows.geometry.notna()]
    lines = sample.table("commuter_lines")
    latest = lines[lines["year"] == lines["year"].max()]
    keys = ["home_code", "work_code", "jobs", "direction"]
    assert sorted(latest[keys].itertuples(index=False, name=None)) == sorted(
        drawn[keys].itertuples(index=False, name=None)
    )


def test_derived_layers_follow_in_the_transaction_that_changes_the_facts(
    copy: Store, copy_address: str, write: Write
) -> None:
    plot, _ = free_plot(copy, services.today())
    other = opened(copy_address)
    version = other.version()
    assert plot in set(other.sites().frame["id"].str.removeprefix("plot:"))

    deed(copy, write, plot, services.today(), services.today())

    assert other.version() == version + 1
    now = other.table("plots_now").set_index("code")
    assert now.loc[plot, "status"] == "issued"
    assert f"plot:{plot}" not in set(other.sites().frame["id"])
    other.close()


def test_certainty_of_a_source_reaches_the_derived_layers(copy: Store, write: Write) -> None:
    plot = copy.table("plot").iloc[0]
    source = copy.table("source").set_index("code").loc[plot["source_code"]]
    assert source["certainty"] != "modelled"
    text = (
        "code,name,licence,retrieved_on,certainty\n"
        f'{plot["source_code"]},"{source["name"]}",{source["licence"]},2026-01-01,modelled\n'
    )
    services.import_file(copy, "sources", write("s.csv", text))

    now = copy.table("plots_now").set_index("code")
    assert now.loc[plot["code"], "certainty"] == "modelled"


def test_opening_a_store_does_not_raise_its_version(copy: Store, copy_address: str) -> None:
    version = copy.version()
    opened(copy_address).close()
    assert copy.version() == version


def test_styles_of_the_derived_layers_are_there(sample: Store) -> None:
    styles = sample.table("layer_styles")
    assert isinstance(styles, pd.DataFrame)
    assert sorted(styles["f_table_name"]) == ["commuter_lines", "plots_now", "vacancy_now"]
