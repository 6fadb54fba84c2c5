"""Plots that are split and merged: planned, recorded, and seen before and after."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
import shapely

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import ArgumentRefused, LedgerError, NotAllowed, NotFound, SplitRefused
from geo_assen.services import SplitAsked, Store
from geo_assen.sites import SplitRules
from tests.services.sample import COPY_IN_A_FILE, SAMPLE_IN_A_FILE, opened

PLOT = "P-MV-042"
NEXT = ("P-MV-043", "P-MV-044")
RESERVED = "P-MV-018"
DAY = date(2026, 11, 1)
STAFF = Role.STAFF


def asked(area_m2: int | None = 6000, **changes: object) -> SplitAsked:
    return SplitAsked(**{"plot": PLOT, "effective_on": DAY, "area_m2": area_m2, **changes})


def plots_on(store: Store, day: date) -> dict[str, int]:
    """Area of each plot that is there on a day."""
    frame = services.layer_rows(store, "plots", as_of=day, role=STAFF).frame
    return dict(zip(frame["code"], frame["area_m2"], strict=True))


def net_m2(store: Store, day: date) -> dict[str, int]:
    frame = services.layer_rows(store, "business_parks", as_of=day, role=STAFF).frame
    return dict(zip(frame["code"], frame["net_area_m2"], strict=True))


@COPY_IN_A_FILE
def test_plan_changes_nothing_and_conserves_the_area(copy: Store):
    before = plots_on(copy, DAY)
    change = services.split_plan(copy, asked(), role=STAFF)
    assert [piece.code for piece in change.pieces] == [f"{PLOT}A", f"{PLOT}B"]
    assert [piece.area_m2 for piece in change.pieces] == [6000, before[PLOT] - 6000]
    assert sum(piece.area_m2 for piece in change.pieces) == change.area_m2
    together = shapely.union_all([piece.outline for piece in change.pieces])
    assert together.symmetric_difference(change.outline).area < 0.01
    assert change.faults == ()
    assert plots_on(copy, DAY) == before


@SAMPLE_IN_A_FILE
def test_plan_without_a_cut_tells_the_sides_and_proposes_one(sample: Store):
    change = services.split_plan(sample, asked(None), role=STAFF)
    assert change.pieces == change.faults == ()
    assert [side.number for side in change.sides] == list(range(len(change.sides)))
    assert len(change.access) == 1


def test_split_holds_from_its_day_on(copy: Store):
    eve = DAY - timedelta(days=1)
    before, net = plots_on(copy, eve), net_m2(copy, DAY)
    made = services.split_plot(copy, asked(), role=STAFF)
    assert plots_on(copy, eve) == before
    after = plots_on(copy, DAY)
    assert PLOT not in after
    assert {code: after[code] for code in made} == {
        f"{PLOT}A": 6000,
        f"{PLOT}B": before[PLOT] - 6000,
    }
    assert net_m2(copy, DAY) == net
    told = services.succession(copy, PLOT, role=STAFF)
    assert told == services.Succession("split", DAY, made)
    assert services.succession(copy, made[0], role=STAFF) is None


@COPY_IN_A_FILE
def test_pieces_carry_what_the_plot_was(copy: Store):
    made = services.split_plot(copy, asked(), role=STAFF)
    rows = services.layer_rows(copy, "plots", as_of=DAY, role=STAFF).frame.set_index("code")
    assert set(rows.loc[list(made), "parent_plot"]) == {PLOT}
    assert rows.loc[made[0], "frontage_m"] == pytest.approx(134.1, abs=0.05)
    assert rows.loc[made[1], "frontage_m"] == 0
    whole = services.split_plan(copy, asked(None, plot="P-MV-043"), role=STAFF)
    assert whole.park == rows.loc[made[0], "park"]


@COPY_IN_A_FILE
def test_piece_is_split_again(copy: Store):
    first, _second = services.split_plot(copy, asked(), role=STAFF)
    made = services.split_plot(copy, asked(2000, plot=first), role=STAFF)
    assert made == (f"{first}A", f"{first}B")
    areas = plots_on(copy, DAY)
    assert [areas[code] for code in made] == [2000, 4000]


@COPY_IN_A_FILE
def test_drawn_line_cuts(copy: Store):
    outline = services.split_plan(copy, asked(None), role=STAFF).outline
    west, south, east, north = outline.bounds
    line = shapely.LineString([((west + east) / 2, south - 5), ((west + east) / 2, north + 5)])
    made = services.split_plot(copy, asked(None, line=line), role=STAFF)
    areas = plots_on(copy, DAY)
    left = shapely.intersection(outline, shapely.box(west, south, (west + east) / 2, north))
    assert areas[made[0]] == pytest.approx(left.area, abs=1)
    assert sum(areas[code] for code in made) == pytest.approx(outline.area, abs=1)


@COPY_IN_A_FILE
def test_promises_end_with_the_plot(copy: Store):
    change = services.split_plan(copy, asked(1000, plot=RESERVED), role=STAFF)
    assert len(change.ending) == 1
    made = services.split_plot(copy, asked(1000, plot=RESERVED), role=STAFF)
    rows = services.layer_rows(copy, "plots", as_of=DAY, role=STAFF).frame.set_index("code")
    assert not {"reservation", "option"} & set(rows.loc[list(made), "status"])


@COPY_IN_A_FILE
def test_contradiction_is_told_and_nothing_is_written(copy: Store):
    early = asked(effective_on=date(1900, 1, 1))
    change = services.split_plan(copy, early, role=STAFF)
    assert {fault.kind for fault in change.faults} == {"on_replaced_plot"}
    before = plots_on(copy, DAY)
    with pytest.raises(LedgerError, match="replaced"):
        services.split_plot(copy, early, role=STAFF)
    assert plots_on(copy, DAY) == before


def test_of_two_that_split_at_once_one_is_refused(copy_address: str):
    store = opened(copy_address, busy_timeout_ms=60_000)
    done: list[tuple[str, ...]] = []
    refused: list[LedgerError] = []
    together = threading.Barrier(2)

    def split(area_m2: int) -> None:
        together.wait(timeout=10)
        try:
            done.append(services.split_plot(store, asked(area_m2), role=STAFF))
        except LedgerError as error:
            refused.append(error)

    threads = [threading.Thread(target=split, args=(area_m2,)) for area_m2 in (5000, 7000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(done) == len(refused) == 1
    assert f"{PLOT}A and {PLOT}B took its place" in str(refused[0])
    assert sum(plots_on(store, DAY)[code] for code in done[0]) == 18104
    store.close()


@COPY_IN_A_FILE
def test_plan_of_a_plot_that_is_gone_is_refused(copy: Store):
    services.split_plot(copy, asked(), role=STAFF)
    with pytest.raises(LedgerError, match="is not there any more"):
        services.split_plan(copy, asked(), role=STAFF)
    with pytest.raises(LedgerError, match="is not there any more"):
        services.merge_plan(copy, [PLOT, NEXT[0]], effective_on=DAY, role=STAFF)


def test_merged_pieces_are_the_plot_again(copy: Store):
    before = services.split_plan(copy, asked(None), role=STAFF)
    made = services.split_plot(copy, asked(), role=STAFF)
    (whole,) = services.merge_plots(copy, made, effective_on=DAY, role=STAFF)
    assert plots_on(copy, DAY)[whole] == before.area_m2
    again = services.split_plan(copy, asked(None, plot=whole), role=STAFF)
    assert again.outline.symmetric_difference(before.outline).area < 0.01
    for piece in made:
        told = services.succession(copy, piece, role=STAFF)
        assert told == services.Succession("merge", DAY, (whole,))


@COPY_IN_A_FILE
def test_merger_adds_up_and_holds_from_its_day_on(copy: Store):
    eve = DAY - timedelta(days=1)
    before, net = plots_on(copy, eve), net_m2(copy, DAY)
    change = services.merge_plan(copy, NEXT, effective_on=DAY, role=STAFF)
    assert change.area_m2 == sum(before[code] for code in NEXT)
    (made,) = services.merge_plots(copy, NEXT, effective_on=DAY, role=STAFF)
    assert plots_on(copy, eve) == before
    after = plots_on(copy, DAY)
    assert after[made] == change.area_m2
    assert not set(NEXT) & set(after)
    assert net_m2(copy, DAY) == net


@COPY_IN_A_FILE
def test_merger_of_issued_and_free_land_is_a_contradiction(copy: Store):
    change = services.merge_plan(copy, [PLOT, NEXT[0]], effective_on=DAY, role=STAFF)
    assert {fault.kind for fault in change.faults} == {"mixed_merger"}
    with pytest.raises(LedgerError):
        services.merge_plots(copy, [PLOT, NEXT[0]], effective_on=DAY, role=STAFF)


@pytest.mark.parametrize(
    ("plots", "reason"),
    [
        ([PLOT], "one_plot"),
        ([PLOT, PLOT], "one_plot"),
        ([PLOT, "P-MV-001"], "border"),
        ([PLOT, "P-PP-012"], "other_park"),
    ],
)
@SAMPLE_IN_A_FILE
def test_merger_that_makes_no_plot_is_refused(sample: Store, plots: list[str], reason: str):
    with pytest.raises(SplitRefused) as refused:
        services.merge_plan(sample, plots, effective_on=DAY, role=STAFF)
    assert refused.value.reason == reason


def test_neighbours_lie_beside_the_plot_or_what_it_is_merged_with(copy: Store):
    found = services.neighbours(copy, [PLOT], role=STAFF)
    assert [plot.code for plot in found] == ["P-MV-043"]
    both = services.neighbours(copy, [PLOT, "P-MV-043"], role=STAFF)
    assert [plot.code for plot in both] == ["P-MV-044"]
    made = services.split_plot(copy, asked(plot="P-MV-043", direction="across"), role=STAFF)
    beside = services.neighbours(copy, [PLOT], role=STAFF)
    assert {plot.code for plot in beside} < set(made)
    assert [plot.area_m2 for plot in beside] == [plots_on(copy, DAY)[p.code] for p in beside]


def test_neighbours_are_those_of_a_brute_force_search(sample: Store):
    rows = services.layer_rows(sample, "plots", as_of=date(2100, 1, 1), role=STAFF).frame
    rows = rows[rows["park"] == "SB"]
    for code, outline in zip(rows["code"][::6], rows.geometry[::6], strict=True):
        near = rows[(rows.geometry.distance(outline) <= 1) & (rows["code"] != code)]
        found = services.neighbours(sample, [code], role=STAFF)
        assert [plot.code for plot in found] == sorted(near["code"])


@SAMPLE_IN_A_FILE
def test_rules_and_sides_are_kept(sample: Store):
    strict = asked(rules=SplitRules(min_frontage_m=20))
    with pytest.raises(SplitRefused) as refused:
        services.split_plan(sample, strict, role=STAFF)
    assert refused.value.reason == "frontage"
    change = services.split_plan(
        sample, asked(direction="across", rules=SplitRules(min_frontage_m=20)), role=STAFF
    )
    assert [piece.frontage_m >= 20 for piece in change.pieces] == [True, True]
    with pytest.raises(ArgumentRefused, match="a side from 0 to 3"):
        services.split_plan(sample, asked(access=(4,)), role=STAFF)
    with pytest.raises(ArgumentRefused, match="an area, or a line"):
        services.split_plot(sample, asked(None), role=STAFF)


@SAMPLE_IN_A_FILE
def test_only_staff_and_only_what_is_there(sample: Store):
    with pytest.raises(NotAllowed):
        services.split_plan(sample, asked(), role=Role.PUBLIC)
    with pytest.raises(NotAllowed):
        services.merge_plots(sample, NEXT, effective_on=DAY, role=Role.PUBLIC)
    for tell in (services.neighbours, services.succession):
        with pytest.raises(NotAllowed):
            tell(sample, PLOT, role=Role.PUBLIC)
    with pytest.raises(NotFound):
        services.split_plan(sample, asked(plot="NOPE"), role=STAFF)
    with pytest.raises(NotFound):
        services.neighbours(sample, ["NOPE"], role=STAFF)
    with pytest.raises(NotFound):
        services.succession(sample, "NOPE", role=STAFF)
