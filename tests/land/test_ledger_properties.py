"""Balances that must hold whatever happens, and the fold against a slow one in plain words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.land import park_stock, plot_states, uptake_by_year
from tests.factories import LAND_EVENT, frame, make_event, make_park, make_plot

START = date(2020, 1, 1)
LAST_DAY = 40
PLOTS = ("A", "B", "B1")
PARKS = frame([make_park(code="P"), make_park(code="Q", serviced_on=START + timedelta(20))])
PLOT_FRAME = frame(
    [
        make_plot(code="A", park="P", area_m2=1000),
        make_plot(code="B", park="Q", area_m2=500),
        make_plot(code="B1", park="Q", area_m2=500, parent_plot="B"),
    ]
)

_days = st.integers(0, LAST_DAY).map(lambda n: START + timedelta(n))
_on_plot = st.sampled_from(
    ["option", "option_lapsed", "reservation", "reservation_lapsed", "deed", "buy_back",
     "withdrawal", "survey", "split"]
)  # fmt: skip
_on_park = st.sampled_from(["net_set", "opening_balance", "withdrawal", "deed"])
_areas = st.one_of(st.none(), st.just(0), st.integers(1, 1200))


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Events in any order and sense; also such as no clerk would write."""
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(0, 12))):
        on_plot = draw(st.booleans())
        effective_on = draw(_days)
        row = {
            "code": f"E{number:02}",
            "kind": draw(_on_plot if on_plot else _on_park),
            "plot" if on_plot else "park": draw(st.sampled_from(PLOTS if on_plot else "PQ")),
            "effective_on": effective_on,
            "recorded_on": effective_on + timedelta(draw(st.integers(0, 10))),
            "area_m2": draw(_areas),
            "valid_until": draw(st.one_of(st.none(), _days)),
            "party": draw(st.sampled_from([None, "X", "Y"])),
            "priority_rank": draw(st.sampled_from([None, 1, 2])),
            "corrects": draw(st.sampled_from([None, None, *(r["code"] for r in rows)])),
        }
        rows.append(make_event(**row))
    return rows


def fold_slowly(rows: list[dict[str, Any]], as_of: date, known_at: date) -> dict[str, Any]:
    """Status and areas of plots by going through them one by one."""
    known = [r for r in rows if r["recorded_on"] <= known_at]
    gone = {r["corrects"] for r in known}
    for target in gone - {None}:
        rivals = [r for r in known if r["corrects"] == target]
        gone |= {r["code"] for r in rivals} - {
            max(rivals, key=lambda r: (r["recorded_on"], r["code"]))["code"]
        }
    live = [r for r in known if r["code"] not in gone and r["effective_on"] <= as_of]
    live.sort(key=lambda r: (r["effective_on"], r["recorded_on"], r["code"]))
    return {
        plot: _fold_plot(plot, live, as_of, has_begun=_has_begun(park, rows, as_of))
        for plot, park in (("A", "P"), ("B", "Q"))
    }


def _has_begun(park: str, rows: list[dict[str, Any]], as_of: date) -> bool:
    """Whether a park was there already: from the first thing that ever happened in it."""
    corrected = {r["corrects"] for r in rows}
    of_plot = {None: None, "A": "P", "B": "Q", "B1": "Q"}
    own = [r for r in rows if park == (of_plot[r["plot"]] or r["park"])]
    if not any(r["kind"] in ("net_set", "opening_balance") for r in own):
        return True
    nothing = [r for r in own if r["kind"] == "opening_balance" and r["area_m2"] == 0]
    days = [r["effective_on"] for r in own if r["code"] not in corrected and r not in nothing]
    return not days or min(days) <= as_of


def _fold_plot(
    plot: str, live: list[dict[str, Any]], as_of: date, *, has_begun: bool
) -> dict[str, Any]:
    rows = [r for r in live if r["plot"] == plot]
    area = {"A": 1000, "B": 500}[plot]
    measured = None
    for row in rows:
        if row["kind"] == "survey" and row["area_m2"] is not None:
            area, measured = row["area_m2"], row["effective_on"]
    issued = withdrawn = 0
    for row in rows:
        size = area if row["area_m2"] is None else row["area_m2"]
        issued += {"deed": size, "buy_back": -size}.get(row["kind"], 0)
        if row["kind"] == "withdrawal" and (not measured or row["effective_on"] >= measured):
            withdrawn += size
    split = any(r["kind"] == "split" for r in rows)
    left = 0 if split or not has_begun else max(area - withdrawn - max(issued, 0), 0)
    running = {kind: _runs(kind, rows, as_of) for kind in ("option", "reservation")}
    ready = plot == "A" or as_of >= START + timedelta(20)
    at_once = left > 0 and ready and not any(running.values())
    status = (
        "withdrawn" if withdrawn and withdrawn >= area
        else "issued" if issued > 0 and area - withdrawn - issued <= 0
        else "reservation" if running["reservation"]
        else "option" if running["option"]
        else "partly_issued" if issued > 0
        else "immediately_issuable" if at_once
        else "issuable"
    )  # fmt: skip
    ends = [r["valid_until"] for r in running["option"]]
    until = None if None in ends or not ends else max(ends)
    return {"status": status, "area_m2": area, "issued_m2": issued, "left_m2": left,
            "option_until": until, "immediately_issuable_m2": left if at_once else 0}  # fmt: skip


def _runs(kind: str, rows: list[dict[str, Any]], as_of: date) -> list[dict[str, Any]]:
    running: list[dict[str, Any]] = []
    for row in rows:
        if row["kind"] == kind:
            running.append(row)
        elif row["kind"] == f"{kind}_lapsed":
            running = [r for r in running if not _meant(row, r)]
    stop = [r["effective_on"] for r in rows if r["kind"] in ("deed", "split")]
    return [
        r for r in running
        if (r["valid_until"] is None or r["valid_until"] >= as_of)
        and not any(day >= r["effective_on"] for day in stop)
    ]  # fmt: skip


def _meant(lapse: dict[str, Any], promise: dict[str, Any]) -> bool:
    rank = promise["priority_rank"] or 1
    return (lapse["priority_rank"] in (None, rank)) and (
        None in (lapse["party"], promise["party"]) or lapse["party"] == promise["party"]
    )


@settings(max_examples=60, deadline=None)
@given(histories(), _days, _days)
def test_states_are_those_of_a_fold_row_by_row(
    rows: list[dict[str, Any]], as_of: date, known_at: date
) -> None:
    states = plot_states(
        PLOT_FRAME, frame(rows, LAND_EVENT), parks=PARKS, as_of=as_of, known_at=known_at
    )
    expected = fold_slowly(rows, as_of, known_at)
    for plot, facts in expected.items():
        assert {name: states.at[plot, name] for name in facts} == facts


@settings(max_examples=25, deadline=None)
@given(histories())
def test_the_balance_closes_on_every_day(rows: list[dict[str, Any]]) -> None:
    events = frame(rows, LAND_EVENT)
    for offset in range(0, LAST_DAY + 1, 13):
        stock = park_stock(PARKS, PLOT_FRAME, events, as_of=START + timedelta(offset))
        assert (stock["net_area_m2"] == stock["issued_m2"] + stock["issuable_m2"]).all()
        room = stock["issuable_m2"].clip(lower=0)
        parts = stock[["immediately_issuable_m2", "optioned_m2", "reserved_m2"]]
        assert (parts >= 0).all(axis=None)
        assert (parts.sum(axis=1) <= room).all()


@settings(max_examples=25, deadline=None)
@given(histories(), _days, _days)
def test_a_figure_of_the_past_is_found_again(
    rows: list[dict[str, Any]], as_of: date, known_at: date
) -> None:
    then = frame([r for r in rows if r["recorded_on"] <= known_at], LAND_EVENT)
    now = frame(rows, LAND_EVENT)
    stock_then = park_stock(PARKS, PLOT_FRAME, then, as_of=as_of)
    stock_now = park_stock(PARKS, PLOT_FRAME, now, as_of=as_of, known_at=known_at)
    # A plot whose split nobody had heard of is drawn today, but was not drawn then.
    sums = ["net_area_m2", "issued_m2", "issuable_m2"]
    pd.testing.assert_frame_equal(stock_then[sums], stock_now[sums])


@settings(max_examples=25, deadline=None)
@given(histories())
def test_uptake_adds_up_to_what_was_issued_beyond_the_opening(rows: list[dict[str, Any]]) -> None:
    events = frame(rows, LAND_EVENT)
    last = START + timedelta(LAST_DAY)
    uptake = uptake_by_year(events, plots=PLOT_FRAME, as_of=last)
    without = events[events["kind"] != "opening_balance"]
    if without["corrects"].notna().any():
        return
    stock = park_stock(PARKS, PLOT_FRAME, without, as_of=last)
    total = uptake.groupby("park")["uptake_m2"].sum().reindex(stock.index, fill_value=0)
    assert (total == stock["issued_m2"]).all()
