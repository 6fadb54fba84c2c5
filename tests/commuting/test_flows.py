"""Cells of a table become jobs with their bounds; what cannot be is told with its row."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_assen.commuting import OTHER, Cell, Jobs, published_jobs, read_cells, year_of

OWN, NEAR, FAR, ALL = "GM0106    ", "GM1730    ", "GM0014    ", "NL00      "


def cells(*rows: tuple[str, str, object], period: str = "2022MM12") -> list[Cell]:
    return [Cell(at, home, work, period, jobs) for at, (home, work, jobs) in enumerate(rows, 1)]


@pytest.mark.parametrize(
    ("cell", "jobs"),
    [
        ("       1.3", Jobs(1300, 1250, 1350)),
        ("1,3", Jobs(1300, 1250, 1350)),
        (1.3, Jobs(1300, 1250, 1350)),
        ("0,0", Jobs(0, 0, 50)),
        ("8.512,3", Jobs(8_512_300, 8_512_250, 8_512_350)),
        ("8 512.3", Jobs(8_512_300, 8_512_250, 8_512_350)),
        (12, Jobs(12_000, 11_950, 12_050)),
        (".", None), ("", None), (None, None), (float("nan"), None), ("       .", None),
        ("-0,1", "negative_value"), ("abc", "bad_number"), ("1.25", "bad_number"),
    ],
)  # fmt: skip
def test_cell_in_any_form_is_jobs_with_bounds(cell, jobs):
    assert published_jobs(cell) == jobs


@given(st.integers(0, 10**7), st.sampled_from([ROUND_HALF_UP, ROUND_HALF_EVEN]))
def test_bounds_hold_the_jobs_whichever_way_a_half_was_rounded(jobs, rounding):
    written = (Decimal(jobs) / 1000).quantize(Decimal("0.1"), rounding)
    found = published_jobs(str(written))
    assert isinstance(found, Jobs)
    assert found.low <= jobs <= found.high


@pytest.mark.parametrize(
    ("period", "year"),
    [("2022MM12", 2022), ("2022 december", 2022), ("2024 december*", 2024), ("2019JJ00", 2019),
     (2016, 2016), ("2022MM06", None), ("december", None)],
)  # fmt: skip
def test_period_is_a_december_or_no_year(period, year):
    assert year_of(period) == year


def test_total_becomes_the_rest_that_its_pairs_leave():
    reading = read_cells(
        cells((OWN, OWN, "11,0"), (OWN, ALL, "20,0"), (OWN, NEAR, "2,0"), (OWN, FAR, "."),
              (ALL, OWN, "30,0"), (NEAR, OWN, "4,0"))
    )  # fmt: skip
    rests = {(f.home_code, f.work_code): f for f in reading.flows
             if OTHER in (f.home_code, f.work_code)}  # fmt: skip
    # 20 - 11 - 2 = 7; each of the three cells may be 50 jobs off
    assert rests["GM0106", OTHER].jobs == Jobs(7000, 6850, 7150)
    assert rests["GM0106", OTHER].total == Jobs(20_000, 19_950, 20_050)
    assert rests[OTHER, "GM0106"].jobs == Jobs(15_000, 14_850, 15_150)
    assert reading.suppressed == {2022: 1}
    assert reading.faults == ()


def test_rest_is_never_negative_and_a_total_that_cannot_be_is_told():
    within = read_cells(cells((OWN, OWN, "1,0"), (OWN, NEAR, "1,1"), (OWN, ALL, "2,0")))
    # at most 2,050 jobs, of which the pairs have at least 950 + 1,050
    assert within.flows[-1].jobs == Jobs(0, 0, 50)
    # at most 1,950 jobs, while the pairs have at least 950 + 1,150
    beyond = read_cells(cells((OWN, OWN, "1,0"), (OWN, NEAR, "1,2"), (OWN, ALL, "1,9")))
    assert [(f.row, f.kind, f.field) for f in beyond.faults] == [(3, "negative_value", "jobs")]
    assert "GM0106-GM1730 in row 2" in beyond.faults[0].suggestion
    assert len(beyond.flows) == 2


def test_total_without_the_pair_inside_is_left_out():
    reading = read_cells(cells((NEAR, OWN, "1,0"), (NEAR, ALL, "9,0")))
    assert [flow.row for flow in reading.flows] == [1]
    assert [(one.row, one.home_code) for one in reading.lone_totals] == [(2, "GM1730")]


def test_faults_are_told_with_row_field_and_value_and_the_rest_is_read():
    reading = read_cells([
        *cells(("XX0106", OWN, "1,0"), (NEAR, OWN, "-0,1"), (FAR, OWN, "1,0"), (FAR, OWN, "2,0"),
               ("PV22", OWN, "9,0")),
        Cell(6, NEAR, FAR, "2022KW01", "1,0"),
    ])  # fmt: skip
    assert [(f.row, f.kind, f.field, f.value) for f in reading.faults] == [
        (1, "bad_category", "home_code", "XX0106"),
        (2, "negative_value", "jobs", "-0,1"),
        (4, "duplicate_id", "home_code", "GM0014-GM0106"),
        (6, "bad_date", "year", "2022KW01"),
    ]
    assert all(fault.suggestion for fault in reading.faults)
    assert [(f.row, f.jobs.value) for f in reading.flows] == [(3, 1000)]
    assert reading.left_out == 1
