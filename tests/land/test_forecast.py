"""Forecasts of hand-made pasts, and of pasts drawn from what the methods assume."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm, nbinom, norm, poisson, t

from geo_assen.errors import ArgumentRefused
from geo_assen.land.forecast import (
    FITTED_FROM_DEALS,
    LARGEST_DEAL_TIMES,
    METHODS,
    Forecast,
    forecast,
    history_of,
    replacement_demand,
    scenarios,
)
from tests.land.uptakes import drawn, past_of, rows_of

QUANTILES = ["p10_m2", "p50_m2", "p90_m2"]


def told(history, method, horizon_years=3, **options) -> Forecast:
    found = forecast(history, method, horizon_years, **options)
    assert found is not None
    return found


# --- the history ------------------------------------------------------------------------


def test_history_keeps_the_deals_of_its_years_and_none_of_nothing() -> None:
    rows = rows_of(100, (200, -50), 0, (), 300)
    history = history_of(rows, 2002, 2004)
    assert history.yearly.to_dict() == {2002: 150, 2003: 0, 2004: 0}
    assert history.deals.to_numpy().tolist() == [[2002, 200], [2002, -50]]
    assert history.until(2002).yearly.to_dict() == {2002: 150}
    assert history.until(2001).lacks == "no_years"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("years", "reason"), [((), "no_years"), ((500,), "one_year")])
def test_a_past_of_less_than_two_years_has_no_forecast_but_a_reason(method, years, reason) -> None:
    history = past_of(*years)
    assert forecast(history, method, 5) is None
    assert history.lacks == reason
    assert past_of(500, 0).lacks is None


# --- hand-made pasts --------------------------------------------------------------------


@pytest.mark.parametrize("years", [2, 5, 9, 20])
@pytest.mark.parametrize("method", METHODS)
def test_a_constant_past_is_forecast_as_it_was(method, years) -> None:
    found = told(past_of(*[12_345] * years), method)
    first = 2001 + years
    assert found.years == tuple(found.yearly.index) == (first, first + 1, first + 2)
    assert found.yearly["p50_m2"].tolist() == [12_345] * 3
    assert found.total.p50_m2 == 3 * 12_345
    assert found.total.mean_m2 == pytest.approx(3 * 12_345, rel=0.05)
    if method != "deals_and_sizes":  # one deal a year on average is none in some years
        assert (found.yearly == 12_345).all(axis=None)
        assert found.total.p10_m2 == found.total.p90_m2 == found.total.mean_m2 == 3 * 12_345


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("years", [[()] * 6, [(), ()], [(500, -500)] + [()] * 7])
def test_a_past_without_uptake_is_forecast_around_nothing(method, years) -> None:
    found = told(past_of(*years), method)
    assert (found.yearly["p50_m2"] == 0).all()
    assert found.total.p50_m2 == 0
    if years[0] == ():
        assert (found.yearly == 0).all(axis=None)
        assert found.total.p90_m2 == 0


@pytest.mark.parametrize("method", METHODS)
def test_one_large_deal_weighs_in_the_mean_and_not_in_the_median(method) -> None:
    found = told(past_of(*[()] * 9, 70_000), method, 1)
    if method == "average":
        assert found.yearly.iloc[0]["p50_m2"] == 7000
        assert found.total.p10_m2 == 0
    else:
        assert found.total.p50_m2 == 0
        assert found.total.mean_m2 == pytest.approx(7000, rel=0.1)


@pytest.mark.parametrize("method", METHODS)
def test_a_year_of_buy_backs_can_come_again(method) -> None:
    found = told(past_of(*[8000, (-9000, -6000), 3000] * 3), method, 1)
    assert -15_000 <= found.total.p10_m2 < 0 < found.total.p90_m2
    assert found.total.mean_m2 == pytest.approx(-4000 / 3, abs=300)


def test_only_buy_backs_are_forecast_as_such() -> None:
    found = told(past_of(-1000, (), -1000, -1000, -1000), "deals_and_sizes", 10)
    assert found.total.p90_m2 <= 0
    assert found.total.mean_m2 == pytest.approx(-8000, rel=0.03)


# --- each method against its formula ----------------------------------------------------


def test_average_is_that_of_the_last_ten_years_with_the_band_of_student() -> None:
    last = [30_000, 42_000, 51_000, 38_000, 47_000, 60_000, 35_000, 44_000, 52_000, 41_000]
    found = told(past_of(900_000, *last), "average", 4)
    mean, spread = np.mean(last), np.std(last, ddof=1)
    for band, years in ((found.yearly.iloc[2], 1), (found.total, 4)):
        expected = t.interval(
            0.8, 9, loc=years * mean, scale=spread * math.sqrt(years + years**2 / 10)
        )
        assert (band.p10_m2, band.p90_m2) == pytest.approx(expected)
        assert band.p50_m2 == band.mean_m2 == years * mean


def test_average_tells_nothing_below_the_slowest_year_or_zero() -> None:
    found = told(past_of(0, 0, 90_000, 0), "average", 2)
    assert found.yearly["p10_m2"].tolist() == [0, 0]
    assert found.total.p10_m2 == 0
    below = told(past_of(-20_000, 0, 90_000, 0), "average", 2)
    assert below.yearly["p10_m2"].tolist() == [-20_000] * 2
    assert below.total.p10_m2 == pytest.approx(-40_000)


def test_resampled_years_have_the_quantiles_of_the_past() -> None:
    values = list(range(1000, 21_000, 1000))
    found = told(past_of(*values), "resampled_years", 2)
    for year in found.years:
        # between two own years lies a step of 1,000
        expected = np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")
        assert found.yearly.loc[year, QUANTILES].tolist() == pytest.approx(expected, abs=1000)
        assert found.yearly.loc[year, "mean_m2"] == pytest.approx(10_500, rel=0.03)


def test_resampled_years_keep_neighbours_together_in_a_long_past() -> None:
    """Years by turns: two neighbours always make 10,000, two strangers need not."""
    by_turns = [0, 10_000] * 4
    pairs = told(past_of(*by_turns), "resampled_years", 2).total
    assert pairs.p10_m2 == pairs.p90_m2 == 10_000
    short = told(past_of(*by_turns[:6]), "resampled_years", 2).total
    assert (short.p10_m2, short.p90_m2) == (0, 20_000)


def test_the_past_itself_is_uncertain_in_resampled_years() -> None:
    values = np.random.default_rng(2).lognormal(9, 0.7, 7).astype(int)
    found = told(past_of(*values), "resampled_years", 30)
    spread, size = values.std(), len(values)
    # as of a normal sum: 30 own years, and 30 times a mean that might have been another
    half = norm.ppf(0.9) * spread * math.sqrt(30 * (1 - 1 / size) + 30**2 / size)
    assert found.total.p90_m2 - found.total.p10_m2 == pytest.approx(2 * half, rel=0.06)


def test_numbers_of_deals_are_poisson_where_years_differ_as_much() -> None:
    numbers = [2, 4, 3, 5, 4, 2, 3, 4, 5, 3, 4, 3] * 4
    found = told(past_of(*[(1,) * number for number in numbers]), "deals_and_sizes", 1)
    expected = poisson.ppf([0.1, 0.5, 0.9], np.mean(numbers))
    assert found.yearly.iloc[0][QUANTILES].tolist() == expected.tolist()


def test_numbers_of_deals_are_negative_binomial_where_years_differ_more() -> None:
    numbers = [0, 9, 1, 0, 22, 3, 0, 14, 1, 0] * 8
    found = told(past_of(*[(1,) * number for number in numbers]), "deals_and_sizes", 1)
    mean, variance = np.mean(numbers), np.var(numbers, ddof=1)
    share = mean / variance
    shape = mean * share / (1 - share)
    expected = nbinom.ppf([0.1, 0.5, 0.9], shape, share)
    assert found.yearly.iloc[0][QUANTILES].tolist() == pytest.approx(expected, abs=1)
    assert expected[2] > poisson.ppf(0.9, mean) + 3


def test_sizes_of_many_deals_are_lognormal() -> None:
    sizes = np.random.default_rng(4).lognormal(9, 0.8, (30, 20)).astype(int)
    found = told(past_of(*[tuple(year) for year in sizes]), "deals_and_sizes", 1)
    logs = np.log(sizes)
    size = lognorm(logs.std(ddof=1), scale=math.exp(logs.mean()))
    # mean and variance of a Poisson sum of 20: 20 E(x) and 20 E(x²)
    assert found.total.mean_m2 == pytest.approx(20 * size.mean(), rel=0.02)
    half = norm.ppf(0.9) * math.sqrt(20 * size.moment(2))
    assert found.total.p90_m2 - found.total.p10_m2 == pytest.approx(2 * half, rel=0.1)


def test_sizes_of_few_deals_are_own_ones() -> None:
    few = past_of(*[400] * (FITTED_FROM_DEALS - 2), 90_000)
    found = told(few, "deals_and_sizes", 1).yearly.iloc[0]
    assert found["p50_m2"] == 400
    assert found["p90_m2"] in {90_000 + 400 * number for number in range(4)}


def test_a_drawn_deal_has_an_end_where_sizes_differ_without_measure() -> None:
    found = told(past_of(*[1, 1_000_000] * 5), "deals_and_sizes", 1)
    assert found.total.mean_m2 < 2 * LARGEST_DEAL_TIMES * 1_000_000


# --- what holds for every method --------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_the_band_holds_about_eight_in_ten_of_the_years_that_come(method) -> None:
    chance = np.random.default_rng(11)
    inside = {1: 0, 3: 0}
    for _ in range(120):
        whole = drawn(24, chance)
        found = told(whole.until(2020), method)
        next_year, total = found.yearly.iloc[0], found.total
        came = whole.yearly.loc[2021:2023]
        assert len(came) == 3
        inside[1] += next_year["p10_m2"] <= came.iloc[0] <= next_year["p90_m2"]
        inside[3] += total.p10_m2 <= came.sum() <= total.p90_m2
    # the standard error of a share of 0.8 among 120 is 0.037
    assert 0.68 <= inside[1] / 120 <= 0.92
    assert 0.66 <= inside[3] / 120 <= 0.92


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_figures(method) -> None:
    history = drawn(12, np.random.default_rng(1))
    first, again = told(history, method, seed=7), told(history, method, seed=7)
    pd.testing.assert_frame_equal(first.yearly, again.yearly)
    assert first.total == again.total
    other = told(history, method, seed=8)
    assert (other.total == first.total) == (method == "average")
    assert other.total.p50_m2 == pytest.approx(first.total.p50_m2, rel=0.05)


_deals = st.lists(st.integers(-80_000, 400_000), max_size=3).map(tuple)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(_deals, min_size=2, max_size=12), st.sampled_from(list(METHODS)), st.integers(1, 6)
)
def test_bands_are_ordered_finite_and_within_reach(years, method, horizon_years) -> None:
    found = told(past_of(*years), method, horizon_years)
    total = np.array([found.total.p10_m2, found.total.p50_m2, found.total.p90_m2])
    bands = np.vstack([found.yearly[QUANTILES].to_numpy(), total])
    assert np.isfinite(found.yearly).all(axis=None)
    assert np.isfinite([*total, found.total.mean_m2]).all()
    assert (np.diff(bands, axis=1) >= 0).all()
    assert len(found.yearly) == len(found.years) == horizon_years
    if all(size >= 0 for year in years for size in year):
        assert (bands >= 0).all()


@pytest.mark.parametrize("horizon_years", [0, -3, 31, 2.0, True, None])
def test_a_horizon_out_of_bounds_is_refused_in_a_sentence(horizon_years) -> None:
    expected = r"horizon_years=.* cannot be used: expected a whole number from 1 to 30\."
    withdrawals = pd.Series([1, 2], index=[2001, 2002])
    for ask in (
        lambda: forecast(past_of(1, 2), "average", horizon_years),
        lambda: scenarios(past_of(1, 2), horizon_years),
        lambda: replacement_demand(withdrawals, 0.5, horizon_years),
    ):
        with pytest.raises(ArgumentRefused, match=expected):
            ask()


def test_the_longest_horizon_is_answered() -> None:
    assert len(told(past_of(1, 2), "deals_and_sizes", 30).yearly) == 30


def test_an_unknown_method_or_seed_is_refused_in_a_sentence() -> None:
    with pytest.raises(ArgumentRefused, match=r"method='tea_leaves' cannot be used: .*average"):
        forecast(past_of(1, 2), "tea_leaves", 3)
    with pytest.raises(ArgumentRefused, match="seed=-1"):
        forecast(past_of(1, 2), "average", 3, seed=-1)


# --- scenarios and replacement ----------------------------------------------------------


def test_scenarios_are_the_slowest_and_the_fastest_five_years() -> None:
    found = scenarios(past_of(50, 10, 0, 20, 30, 40, 90, 60, 80), 10)
    assert found is not None
    assert (found.low.first_year, found.low.last_year) == (2002, 2006)
    assert (found.high.first_year, found.high.last_year) == (2005, 2009)
    assert (found.low.yearly_m2, found.low.total_m2) == (20, 200)
    assert (found.high.yearly_m2, found.high.total_m2) == (60, 600)
    assert (found.used_years, found.ratio) == (5, 3)


def test_scenarios_of_a_short_past_take_what_there_is_and_say_so() -> None:
    found = scenarios(past_of(10, 20), 4)
    assert found is not None
    assert found.low == found.high
    assert (found.used_years, found.low.total_m2) == (2, 60)
    assert scenarios(past_of(), 4) is None


def test_scenarios_name_the_latest_of_equal_paces() -> None:
    found = scenarios(past_of(*[7] * 8), 1)
    assert found is not None
    assert found.low == found.high
    assert found.high.first_year == 2004


@pytest.mark.parametrize("years", [[()] * 6, [-5] * 5 + [9] * 5])
def test_scenarios_have_no_ratio_where_the_slow_pace_is_none(years) -> None:
    found = scenarios(past_of(*years), 1)
    assert found is not None
    assert found.ratio is None


BLM_2005_NET_AND_GROSS_HA = {
    "RC": (4_200, 5_430), "SE": (9_180, 12_090), "TM": (14_620, 19_270), "GE": (17_640, 23_330),
}  # fmt: skip
"""Expansion demand 2004-2020 in the Netherlands by scenario; domain.md 5, source 57."""


def test_published_scenarios_lie_as_far_apart_as_is_told_of_them() -> None:
    """What the national figures allow: two paces, their ratio and net over gross land."""
    low, *_, high = sorted(net for net, _ in BLM_2005_NET_AND_GROSS_HA.values())
    found = scenarios(past_of(*[low * 10_000] * 5, *[high * 10_000] * 5), 1)
    assert found is not None
    assert found.ratio == 4.2
    net_shares = [round(net / gross, 3) for net, gross in BLM_2005_NET_AND_GROSS_HA.values()]
    assert (min(net_shares), max(net_shares)) == (0.756, 0.773)


def test_replacement_demand_is_mean_withdrawal_times_the_share_that_returns() -> None:
    withdrawals = pd.Series([30_000, 0, 0, 10_000], index=range(2001, 2005))
    found = replacement_demand(withdrawals, 0.6, 10)
    assert found is not None
    assert (found.withdrawn_m2, found.yearly_m2, found.total_m2) == (10_000, 6000, 60_000)
    none = replacement_demand(withdrawals, 0, 10)
    assert none is not None
    assert none.total_m2 == 0
    assert replacement_demand(withdrawals.iloc[:0], 0.6, 10) is None


@pytest.mark.parametrize("return_share", [-0.01, 1.01, 60, math.nan, math.inf])
def test_replacement_demand_refuses_a_share_that_is_none(return_share) -> None:
    with pytest.raises(ArgumentRefused, match=r"return_share=.* a share from 0 to 1\."):
        replacement_demand(pd.Series([1], index=[2001]), return_share, 10)
