"""What holds at every date, of two thousand random histories."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from geo_assen.land import ledger_faults, park_stock, plot_states, uptake_by_year
from tests.land.histories import DAYS, START, Histories, write_histories

PARKS = 2_000
DATES = [START + timedelta(n) for n in (0, 31, 90, 180, 300, DAYS - 1)]


@pytest.fixture(scope="module")
def histories() -> Histories:
    return write_histories(PARKS, seed=7)


def test_what_a_careful_clerk_writes_has_no_faults(histories: Histories) -> None:
    assert len(histories.events) > 3 * PARKS
    assert {"split", "merge", "deed", "buy_back", "withdrawal", "option_lapsed"} <= set(
        histories.events["kind"]
    )
    assert ledger_faults(histories.plots, histories.events, histories.parks) == []


@pytest.mark.parametrize("day", DATES, ids=str)
def test_stock_is_that_of_the_books_and_its_parts_fit(histories: Histories, day: date) -> None:
    stock = park_stock(histories.parks, histories.plots, histories.events, as_of=day)
    books = np.array([clerk.books[(day - START).days] for clerk in histories.clerks])
    assert (stock["net_area_m2"].to_numpy() == books[:, 0]).all()
    assert (stock["issued_m2"].to_numpy() == books[:, 1]).all()
    assert (stock["net_area_m2"] == stock["issued_m2"] + stock["issuable_m2"]).all()
    promised = stock["optioned_m2"] + stock["reserved_m2"]
    at_once = stock["immediately_issuable_m2"]
    assert (stock >= 0).all(axis=None)
    assert (promised <= stock["issuable_m2"]).all()
    assert (at_once + promised <= stock["issuable_m2"]).all()
    together = park_stock(
        histories.parks.assign(code="ALL").head(1),
        histories.plots.assign(park="ALL"),
        histories.events.assign(park="ALL").sort_values("effective_on"),
        as_of=START,
    )
    assert together.loc["ALL", "issued_m2"] == sum(c.opened_m2 for c in histories.clerks)


@pytest.mark.parametrize("day", DATES[1::2], ids=str)
def test_area_is_kept_through_splits_and_mergers(histories: Histories, day: date) -> None:
    states = plot_states(histories.plots, histories.events, parks=histories.parks, as_of=day)
    there = states[states["exists"] & ~states["split_away"]]
    parks = histories.plots.set_index("code")["park"]
    area = there["area_m2"].groupby(parks[there.index].to_numpy()).sum()
    first = plot_states(histories.plots, histories.events, parks=histories.parks, as_of=START)
    first = first[first["exists"] & ~first["split_away"]]
    drawn = first["area_m2"].groupby(parks[first.index].to_numpy()).sum()
    pd.testing.assert_series_equal(area, drawn)
    assert (there["left_m2"] + there["issued_m2"] == there["area_m2"]).all()
    assert (there["optioned_m2"] + there["reserved_m2"] <= there["left_m2"]).all()


def test_uptake_of_all_days_is_what_was_issued_since_the_opening(histories: Histories) -> None:
    last = START + timedelta(DAYS - 1)
    uptake = uptake_by_year(histories.events, plots=histories.plots, as_of=last)
    stock = park_stock(histories.parks, histories.plots, histories.events, as_of=last)
    total = uptake.groupby("park")["uptake_m2"].sum().reindex(stock.index, fill_value=0)
    opened = pd.Series({clerk.code: clerk.opened_m2 for clerk in histories.clerks})
    assert (total + opened == stock["issued_m2"]).all()


def test_what_was_known_on_a_day_is_what_was_recorded_by_it(histories: Histories) -> None:
    day = DATES[3]
    recorded = histories.events[histories.events["recorded_on"] <= day]
    known = park_stock(
        histories.parks, histories.plots, histories.events, as_of=day, known_at=day
    )
    alone = park_stock(histories.parks, histories.plots, recorded, as_of=day)
    balance = ["net_area_m2", "issued_m2", "issuable_m2"]
    pd.testing.assert_frame_equal(known[balance], alone[balance])
    now = park_stock(histories.parks, histories.plots, histories.events, as_of=day)
    assert not known.equals(now), "nothing was recorded late: the histories test nothing here"
