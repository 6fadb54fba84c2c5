"""Bounds of the figures hold all that may be, and nothing more."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geo_assen.commuting import (
    OTHER,
    Cell,
    Indicators,
    Jobs,
    Observed,
    Ratio,
    indicators_of,
    read_cells,
    summed,
)


def exact(inside: int, incoming: int, outgoing: int) -> Indicators:
    return indicators_of(
        Observed(Jobs.exactly(inside), Jobs.exactly(incoming), Jobs.exactly(outgoing))
    )


def test_figures_of_the_matrix_of_2016():
    told = exact(11_230, 17_065, 10_476)
    assert told.net_jobs == Jobs.exactly(6_589)
    assert told.in_per_out.value == 17_065 / 10_476
    assert told.contained_residents_share == Ratio(*[11_230 / 21_706] * 3)
    assert told.contained_jobs_share == Ratio(*[11_230 / 28_295] * 3)
    assert told.local_per_resident_job == Ratio(*[28_295 / 21_706] * 3)


def test_ratio_by_nothing_is_undefined_and_by_perhaps_nothing_has_no_bound_above():
    nobody = exact(0, 0, 0)
    assert nobody.in_per_out == nobody.contained_jobs_share == Ratio(None, None, None)
    perhaps = indicators_of(Observed(Jobs.exactly(5), Jobs(100, 50, 150), Jobs(0, 0, 50)))
    assert perhaps.in_per_out == Ratio(None, 1.0, None)


def test_pairs_inside_that_are_not_published_leave_only_what_rests_on_none():
    told = indicators_of(Observed(None, Jobs(100, 50, 150), Jobs(200, 150, 250)))
    assert told.net_jobs == Jobs(-100, -200, 0)
    assert told.contained_jobs_share is None
    assert told.live_and_work_jobs is None


def test_pairs_that_contradict_a_total_leave_the_bounds_of_the_total():
    told = indicators_of(
        Observed(Jobs(100, 50, 150), Jobs(900, 850, 950), Jobs(10, 0, 60), Jobs(500, 450, 550))
    )
    # at most 550 jobs there, while the pairs have at least 50 + 850
    assert told.in_jobs == Jobs(400, 300, 500)
    assert told.out_jobs == Jobs(10, 0, 60)


@st.composite
def jobs(draw: st.DrawFn, most: int = 9) -> Jobs:
    low, value, high = sorted(draw(st.lists(st.integers(0, most), min_size=3, max_size=3)))
    return Jobs(value, low, high)


@settings(max_examples=80, deadline=None)
@given(jobs(), jobs(), jobs(), st.none() | jobs(18), st.none() | jobs(18))
def test_bounds_are_exactly_those_of_all_flows_that_are_possible(
    inside, incoming, outgoing, local, resident
):
    possible = [
        exact(own, into, out)
        for own in range(inside.low, inside.high + 1)
        for into in range(incoming.low, incoming.high + 1)
        for out in range(outgoing.low, outgoing.high + 1)
        if (local is None or local.low <= own + into <= local.high)
        and (resident is None or resident.low <= own + out <= resident.high)
    ]
    assume(possible)
    told = indicators_of(Observed(inside, incoming, outgoing, local, resident))
    for part in fields(Indicators):
        bounds, values = getattr(told, part.name), [getattr(p, part.name).value for p in possible]
        known = [value for value in values if value is not None]
        if not known:
            assert bounds == Ratio(None, None, None)
            continue
        assert bounds.low == min(known), part.name
        if bounds.high is None:  # jobs per none: as large as one likes
            assert None in values
        else:
            assert bounds.high == max(known), part.name


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=6),
       st.integers(0, 20_000), st.data())  # fmt: skip
def test_bounds_of_a_rounded_table_hold_the_true_figures(pairs, inside, data):
    codes = [f"GM{at:04}" for at in range(1, len(pairs) + 1)]
    into, out = (sum(pair[end] for pair in pairs) for end in (0, 1))
    flows = {("GM0106", "GM0106"): inside, ("NL00", "GM0106"): inside + into,
             ("GM0106", "NL00"): inside + out}  # fmt: skip
    for code, (comes, goes) in zip(codes, pairs, strict=True):
        if data.draw(st.booleans()):  # the others are not published
            flows |= {(code, "GM0106"): comes, ("GM0106", code): goes}
    table = [Cell(at, *pair, "2022MM12", f"{(jobs + 50) // 100 / 10:.1f}")
             for at, (pair, jobs) in enumerate(flows.items(), 1)]  # fmt: skip
    read = read_cells(table).flows
    told = indicators_of(
        Observed(
            next(f.jobs for f in read if f.home_code == f.work_code),
            summed(f.jobs for f in read if f.work_code == "GM0106" != f.home_code),
            summed(f.jobs for f in read if f.home_code == "GM0106" != f.work_code),
            next(f.total for f in read if f.home_code == OTHER),
            next(f.total for f in read if f.work_code == OTHER),
        )
    )
    true = exact(inside, into, out)
    for part in fields(Indicators):
        bounds, value = getattr(told, part.name), getattr(true, part.name).value
        if value is not None:
            assert bounds.low <= value, part.name
            assert bounds.high is None or value <= bounds.high, part.name
    # the totals say more than the sum of what is rounded
    assert told.in_jobs.high - told.in_jobs.low <= 200
