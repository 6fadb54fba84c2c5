"""Pairs that are not published, modelled: against a table of which every cell is known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.commuting import GravityError
from geo_assen.services import ModelledFlows, Store
from tests.services.sample import opened

Write = Callable[[str, str], Path]
Pair = tuple[int, int]

CODES = ("GM0106", "GM1730", "GM1680", "GM0014", "GM0114", "GM0118")
PLACES_KM = np.array([[0, 0], [3, 9], [11, 2], [0, 26], [24, -20], [-6, -30]], dtype=float)
SIZES = np.array([9_000, 3_000, 2_500, 30_000, 14_000, 8_000], dtype=float)
DRAWS = np.array([12_000, 2_000, 1_500, 36_000, 12_000, 9_000], dtype=float)
BETA = 0.08
INSIDE_JOBS = 1_000
BLANK: tuple[Pair, ...] = ((0, 1), (3, 2), (4, 1))


def true_jobs() -> np.ndarray:
    """Whole jobs of each pair, as the model itself has them."""
    apart_km = np.hypot(*(PLACES_KM[:, None] - PLACES_KM[None]).transpose(2, 0, 1))
    jobs = np.rint(2e-5 * np.outer(SIZES, DRAWS) * np.exp(-BETA * apart_km))
    np.fill_diagonal(jobs, INSIDE_JOBS)
    return jobs


def table(
    jobs: np.ndarray, blank: tuple[Pair, ...], *, more_jobs: int = 0, slack_jobs: int = 0
) -> str:
    """A file of flows: pairs but those left blank, and of each municipality both totals.

    ``more_jobs`` of each total go to places that are not in the table.
    """
    rows = ["series,year,home_code,work_code,jobs,total_jobs,total_jobs_low,total_jobs_high"]
    rows += [
        f"made,2022,{CODES[i]},{CODES[j]},{jobs[i, j]:.0f},,,"
        for i in range(6) for j in range(6) if (i, j) not in blank
    ]  # fmt: skip
    for at, code in enumerate(CODES):
        totals = {f"{code},OTHER": jobs[at].sum(), f"OTHER,{code}": jobs[:, at].sum()}
        for ends, total in totals.items():
            told = int(total) + more_jobs
            rows.append(f"made,2022,{ends},0,{told},{told - slack_jobs},{told + slack_jobs}")
    return "\n".join(rows)


@pytest.fixture
def modelled(
    sqlite_store: sa.Engine, write: Write
) -> Iterator[Callable[[str], ModelledFlows]]:
    """Asks the model of a file, in a store with the six municipalities and their places."""
    store = opened(str(sqlite_store.url))
    places = [
        f"{code},municipality,{code},2022,{233_000 + 1000 * x},{556_000 + 1000 * y}"
        for code, (x, y) in zip(CODES, PLACES_KM, strict=True)
    ]
    head = "code,kind,name,year,centre_x_m,centre_y_m"
    services.import_file(store, "areas", write("areas.csv", "\n".join([head, *places])))

    def asked(text: str) -> ModelledFlows:
        report = services.import_file(store, "commuter_flows", write("flows.csv", text)).layers[0]
        assert not report.quarantined, report.issues
        return services.modelled_flows(store, year=2022, series="made")

    yield asked
    store.close()


def cells_of(found: ModelledFlows) -> dict[Pair, float]:
    assert {cell.certainty for cell in found.cells} == {"modelled"}
    return {(CODES.index(c.home_code), CODES.index(c.work_code)): c.jobs for c in found.cells}


def test_blanks_of_a_whole_table_get_back_what_the_totals_leave_over(modelled):
    jobs = true_jobs()
    found = modelled(table(jobs, BLANK))
    cells = cells_of(found)
    assert set(cells) == set(BLANK)  # what is published is not modelled
    for pair in BLANK:
        assert cells[pair] == pytest.approx(jobs[pair], abs=0.01)
    assert found.beta == pytest.approx(BETA, rel=0.01)
    assert found.error < 1e-6
    assert found.converged is True
    assert found.rounds > 0
    # every published pair by its own straight distance
    apart_km = np.hypot(*(PLACES_KM[:, None] - PLACES_KM[None]).transpose(2, 0, 1))
    told = jobs.copy()
    told[tuple(zip(*BLANK, strict=True))] = 0
    np.fill_diagonal(told, 0)
    assert found.document()["mean_distance_m"] == round(1000 * (told * apart_km).sum() / told.sum())
    assert found.document()["fitted_to"] == "mean_straight_distance_of_published_pairs"
    assert (found.outside_out_jobs, found.outside_in_jobs, found.untold_count) == (0, 0, 0)


def test_blanks_that_totals_do_not_settle_follow_the_decay(modelled):
    jobs, square = true_jobs(), ((0, 1), (0, 2), (3, 1), (3, 2))
    cells = cells_of(modelled(table(jobs, square)))
    for pair in square:
        assert cells[pair] == pytest.approx(jobs[pair], rel=0.03, abs=2)
    assert cells[0, 1] + cells[0, 2] == pytest.approx(jobs[0, 1] + jobs[0, 2], abs=0.01)


def test_jobs_of_places_elsewhere_are_not_forced_into_the_blanks(modelled):
    jobs = true_jobs()
    found = modelled(table(jobs, BLANK, more_jobs=5_000))
    cells = cells_of(found)
    for pair in BLANK:
        assert cells[pair] == pytest.approx(jobs[pair], rel=0.05, abs=2)
    # six times 5,000, and what the three cells are off
    assert found.outside_out_jobs == pytest.approx(30_000, abs=50)


def test_blank_gets_no_more_than_rounded_totals_leave_over(modelled):
    jobs = true_jobs()
    told = jobs.copy()
    told[0, 1] = 0  # the totals leave nothing for this pair, but for their rounding
    found = modelled(table(told, BLANK, slack_jobs=7))
    assert cells_of(found)[0, 1] == pytest.approx(7)


def test_municipality_without_totals_takes_no_part_and_is_named(modelled):
    text = table(true_jobs(), BLANK)
    kept = [line for line in text.splitlines() if "OTHER,GM0118" not in line]
    found = modelled("\n".join(kept))
    assert found.left_out == {"GM0118": "no_totals"}
    assert set(cells_of(found)) == set(BLANK)


def test_pairs_that_no_published_ones_join_are_counted_and_not_told(modelled):
    rows_of_first = tuple((0, j) for j in range(1, 6))
    found = modelled(table(true_jobs(), rows_of_first, more_jobs=100))
    assert (len(found.cells), found.untold_count) == (0, 5)


def test_pairs_that_any_decay_would_fit_model_nothing(modelled):
    """Three municipalities have at most five pairs, and the model six unknowns."""
    text = table(true_jobs(), BLANK, more_jobs=100)
    kept = [line for line in text.splitlines()
            if not any(code in line for code in CODES[3:])]  # fmt: skip
    found = modelled("\n".join(kept))
    assert (found.cells, found.nothing) == ((), "too_few_pairs")


def test_published_flows_that_grow_with_distance_are_refused(modelled):
    jobs = true_jobs()
    apart_km = np.hypot(*(PLACES_KM[:, None] - PLACES_KM[None]).transpose(2, 0, 1))
    grown = np.where(np.eye(6, dtype=bool), jobs, np.rint(20 * apart_km**2))
    with pytest.raises(GravityError, match="longer than"):
        modelled(table(grown, BLANK))


@pytest.mark.parametrize("sample_address", ["sqlite"], indirect=True)
def test_sample_has_nothing_to_model_and_says_why(sample: Store):
    found = services.modelled_flows(sample, year=2016, series="cbs-2016-17")
    assert (found.cells, found.nothing, found.municipalities) == ((), "too_few", ("GM0106",))
    assert found.left_out["GM0014"] == "no_totals"
