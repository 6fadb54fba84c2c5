"""Years of supply and iron stock, worked out by hand and against other reckonings."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap

from geo_assen.errors import ArgumentRefused
from geo_assen.land.supply import (
    MeanUptake,
    YearsOfSupply,
    iron_stock,
    mean_uptake,
    yearly_uptake,
    years_of_supply,
)
from geo_assen.land.uptake import uptake_rows
from geo_assen.settings import PROJECT_FOLDER
from tests.land.conftest import LedgerCase


def years_from(first_year: int, *values: int) -> pd.Series:
    index = pd.Index(range(first_year, first_year + len(values)), name="year", dtype="int64")
    return pd.Series(values, index=index, name="uptake_m2", dtype="int64")


def uptake_of(mean_m2: float, low_m2: float, high_m2: float) -> MeanUptake:
    return MeanUptake(10, 2011, 2020, mean_m2, low_m2, high_m2)


# --- uptake by year ---------------------------------------------------------------------


def test_every_year_of_the_period_has_its_uptake_also_without_a_deed(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 5000
    2018-12-31 opening_balance P 60000
    2019-03-01 deed P 700
    2020-12-31 deed A 6000
    2020-12-31 deed B
    2022-06-01 buy_back A 6000
    2022-07-01 deed P 800
    2023-01-01 deed P 900
    """
    plots, events, _ = ledger.frames()
    rows = uptake_rows(events, plots=plots, as_of=date(2023, 12, 31))
    yearly = yearly_uptake(rows, 2020, 2022)
    pd.testing.assert_series_equal(yearly, years_from(2020, 11_000, 0, -5200))


def test_a_history_without_deeds_is_zero_in_every_year(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2018-12-31 opening_balance P 60000
    """
    plots, events, _ = ledger.frames()
    rows = uptake_rows(events, plots=plots, as_of=date(2023, 12, 31))
    pd.testing.assert_series_equal(yearly_uptake(rows, 2020, 2021), years_from(2020, 0, 0))


def test_a_period_that_ends_before_it_begins_has_no_years() -> None:
    rows = pd.DataFrame({"year": [2020], "uptake_m2": [100]})
    pd.testing.assert_series_equal(yearly_uptake(rows, 2021, 2020), years_from(2021))


# --- mean uptake ------------------------------------------------------------------------


def test_mean_uptake_is_that_of_the_last_years() -> None:
    found = mean_uptake(years_from(2018, 90_000, 1000, 2000, 6000), 3)
    assert found is not None
    assert (found.first_year, found.last_year, found.used, found.mean_m2) == (2019, 2021, 3, 3000)
    assert 1000 <= found.low_m2 < 3000 < found.high_m2 <= 6000


def test_mean_uptake_of_a_shorter_series_takes_all_and_says_how_many() -> None:
    found = mean_uptake(years_from(2018, 1000, 3000), 10)
    assert found is not None
    assert (found.years, found.used, found.first_year, found.mean_m2) == (10, 2, 2018, 2000)
    # of two years, a quarter of the draws is each year twice and half of them is both
    assert (found.low_m2, found.high_m2) == (1000, 3000)


@pytest.mark.parametrize("values", [(4711,), (4711,) * 7, (0, 0, 0), (-300,) * 4])
def test_mean_uptake_of_one_year_or_equal_years_has_no_band(values: tuple[int, ...]) -> None:
    found = mean_uptake(years_from(2018, *values), 10)
    assert found is not None
    assert found.low_m2 == found.mean_m2 == found.high_m2 == values[0]


def test_mean_uptake_of_one_large_deal_in_many_years_is_within_its_band() -> None:
    found = mean_uptake(years_from(1921, *[0] * 99, 70_000), 100)
    assert found is not None
    assert found.mean_m2 == 700
    assert found.low_m2 == 0
    # the number of times that the year is drawn is nearly Poisson(1): 10 % draw it 2 times or more
    assert found.high_m2 == 1400


def test_band_of_the_mean_agrees_with_another_bootstrap() -> None:
    values = np.random.default_rng(8).lognormal(9, 1, 15).astype(int)
    found = mean_uptake(years_from(2006, *values), 15)
    other = bootstrap(
        (values,), np.mean, n_resamples=20_000, confidence_level=0.8, method="percentile", rng=3
    ).confidence_interval
    assert found is not None
    assert (found.low_m2, found.high_m2) == pytest.approx(tuple(other), rel=0.02)


def test_mean_uptake_gives_the_same_band_each_time() -> None:
    yearly = years_from(2018, 5000, 0, 12_000, 800)
    assert mean_uptake(yearly, 4) == mean_uptake(yearly, 4)


def test_mean_uptake_of_no_year_is_unknown() -> None:
    assert mean_uptake(years_from(2018), 5) is None


@pytest.mark.parametrize("years", [0, -1, 2.5, True, None])
def test_mean_uptake_refuses_years_that_are_no_number_of_years(years: object) -> None:
    with pytest.raises(ArgumentRefused, match="whole number from 1 on"):
        mean_uptake(years_from(2018, 1), years)


# --- years of supply --------------------------------------------------------------------


def test_years_of_supply_are_stock_by_mean_high_and_low_uptake() -> None:
    found = years_of_supply(342_000, uptake_of(38_000, 20_000, 68_400))
    assert (found.value, found.low, found.high) == pytest.approx((9.0, 5.0, 17.1))


def test_years_of_supply_differ_by_the_pace_that_is_assumed() -> None:
    # domain.md 8.3: planned were 2.25 ha a year, and in 2022 more than 6 ha were taken up
    planned = years_of_supply(135_000, uptake_of(22_500, 22_500, 22_500))
    realised = years_of_supply(135_000, uptake_of(60_000, 60_000, 60_000))
    assert planned.value == 6
    assert realised.value == 2.25
    assert round(planned.value / realised.value, 1) == 2.7


@pytest.mark.parametrize(
    ("uptake", "expected"),
    [
        (None, (None, None, None)),
        (uptake_of(0, 0, 0), (None, None, None)),
        (uptake_of(-10, -20, 50), (None, 2, None)),
        (uptake_of(20, 0, 50), (5, 2, None)),
        (uptake_of(20, -5, 50), (5, 2, None)),
    ],
)
def test_years_of_supply_without_uptake_are_undefined(uptake, expected) -> None:
    assert years_of_supply(100, uptake) == YearsOfSupply(*expected)


@pytest.mark.parametrize("stock_m2", [0, -500])
def test_a_stock_of_nothing_lasts_no_years(stock_m2: int) -> None:
    assert years_of_supply(stock_m2, uptake_of(20, 10, 50)) == YearsOfSupply(0, 0, 0)


_yearly = st.lists(st.integers(-50_000, 200_000), min_size=1, max_size=12)


@settings(max_examples=25, deadline=None)
@given(_yearly, st.integers(0, 5_000_000), st.integers(2, 9))
def test_years_of_supply_are_ordered_and_scale_with_the_stock(
    values: list[int], stock_m2: int, times: int
) -> None:
    mean = mean_uptake(years_from(2000, *values), 10)
    assert mean is not None
    assert mean.low_m2 <= mean.mean_m2 <= mean.high_m2
    once, more = years_of_supply(stock_m2, mean), years_of_supply(stock_m2 * times, mean)
    for name in ("value", "low", "high"):
        one, other = getattr(once, name), getattr(more, name)
        assert (one is None) == (other is None)
        assert one is None or (math.isfinite(one) and other == pytest.approx(one * times))
    told = [years for years in (once.low, once.value, once.high) if years is not None]
    assert told == sorted(told)
    assert (once.value is None) == (mean.mean_m2 <= 0)


# --- iron stock -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("available_m2", "norm_years", "needed_m2", "short_m2"),
    [
        (50_000, 3, 67_500, 17_500),
        (67_500, 3, 67_500, 0),
        (90_000, 3, 67_500, 0),
        (0, 2.5, 56_250, 56_250),
        (10, 0, 0, 0),
    ],
)
def test_iron_stock_is_the_norm_times_the_mean_uptake(
    available_m2: int, norm_years: float, needed_m2: int, short_m2: int
) -> None:
    found = iron_stock(available_m2, uptake_of(22_500, 10_000, 40_000), norm_years)
    assert found is not None
    assert (found.needed_m2, found.short_m2) == (needed_m2, short_m2)
    assert (found.available_m2, found.norm_years) == (available_m2, norm_years)


@pytest.mark.parametrize("mean", [None, uptake_of(0, 0, 0), uptake_of(-4, -9, 3)])
def test_iron_stock_without_uptake_is_undefined(mean: MeanUptake | None) -> None:
    assert iron_stock(10_000, mean, 3) is None


@pytest.mark.parametrize("norm_years", [-0.5, math.nan, math.inf])
def test_iron_stock_refuses_a_norm_that_is_no_number_of_years(norm_years: float) -> None:
    with pytest.raises(ArgumentRefused, match="norm_years"):
        iron_stock(10_000, uptake_of(1, 1, 1), norm_years)


def test_example_of_the_documentation_holds() -> None:
    page = (PROJECT_FOLDER / "docs" / "years-of-supply.md").read_text()
    norm, met, stock, deal = 22_500, 60_000, 180_000, 70_000

    def years(pace: int) -> float:
        value = years_of_supply(stock, MeanUptake(1, 2022, 2022, pace, pace, pace)).value
        assert value is not None
        return value

    assert f"| 2.25 | {years(norm):.1f} |" in page
    assert f"| 6 | {years(met):.1f} |" in page
    assert f"| ratio of the two | {years(norm) / years(met):.1f} |" in page
    assert f"takes {deal / norm:.1f} years of the norm, or {deal / stock:.0%}".replace(
        "%", " %"
    ) in " ".join(page.split())
