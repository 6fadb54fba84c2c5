"""The bench of the forecasts: hand-made pasts whose errors are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo_assen.errors import ArgumentRefused
from geo_assen.land.backtest import BENCH, LAST_YEAR, backtest
from geo_assen.land.forecast import forecast
from tests.land.uptakes import drawn, past_of

FIGURES = ["mae_1y_m2", "mae_3y_m2", "bias_m2", "band_share", "pinball_m2"]


def row(found, method):
    return found.table.set_index("method").loc[method]


@pytest.mark.parametrize("size", [12_345, -800])
def test_no_method_errs_on_a_constant_past_and_the_simplest_wins(size) -> None:
    found = backtest(past_of(*[size] * 12))
    assert found.table["method"].tolist() == list(BENCH)
    assert found.table["origins"].tolist() == [7] * 4
    assert found.table["origins_3y"].tolist() == [5] * 4
    assert (found.table[["mae_1y_m2", "mae_3y_m2", "bias_m2"]] == 0).all(axis=None)
    assert found.table["band_share"].tolist()[1:] == [1, 1, 1]
    assert found.winner == LAST_YEAR


def test_no_method_errs_on_a_past_of_nothing() -> None:
    found = backtest(past_of(*[()] * 10))
    assert (found.table[["mae_1y_m2", "mae_3y_m2", "pinball_m2"]] == 0).all(axis=None)
    assert found.winner == LAST_YEAR


def test_errors_of_the_naive_method_and_the_average_are_those_by_hand() -> None:
    found = backtest(past_of(10, 20, 30, 40, 50, 100, 0, 60))
    naive, average = row(found, LAST_YEAR), row(found, "average")
    # known until 2005, 2006 and 2007: it says 50, 100, 0, and what came is 100, 0, 60
    assert naive["origins"] == average["origins"] == 3
    assert naive["mae_1y_m2"] == pytest.approx((50 + 100 + 60) / 3)
    assert naive["bias_m2"] == pytest.approx((-50 + 100 - 60) / 3)
    assert naive["mae_3y_m2"] == abs(3 * 50 - 160)
    # the losses over 10, 50 and 90 % of one point are 0.5 of its error on average
    assert naive["pinball_m2"] == pytest.approx(naive["mae_1y_m2"] / 2)
    assert naive["band_share"] is pd.NA
    means = np.array([150 / 5, 250 / 6, 250 / 7])
    off = means - [100, 0, 60]
    assert average["mae_1y_m2"] == pytest.approx(np.abs(off).mean())
    assert average["bias_m2"] == pytest.approx(off.mean())
    assert average["mae_3y_m2"] == abs(3 * 30 - 160)


def test_an_error_is_that_of_a_forecast_which_knows_no_later_year() -> None:
    history = drawn(12, np.random.default_rng(5))
    found = backtest(history).errors
    for method in BENCH[1:]:
        told = forecast(history.until(2008), method, 3)
        assert told is not None
        mine = found[(found["method"] == method) & (found["origin_year"] == 2008)]
        assert mine["ahead_years"].tolist() == [1, 3]
        assert mine["p50_m2"].tolist() == [told.yearly["p50_m2"].iloc[0], told.total.p50_m2]
        assert mine["truth_m2"].tolist() == [
            history.yearly.loc[2009], history.yearly.loc[2009:2011].sum()
        ]  # fmt: skip


def test_the_table_sums_up_the_errors() -> None:
    found = backtest(drawn(16, np.random.default_rng(9)))
    for method in BENCH[1:]:
        one = found.errors[(found.errors["method"] == method) & (found.errors["ahead_years"] == 1)]
        error = one["p50_m2"] - one["truth_m2"]
        inside = (one["p10_m2"] <= one["truth_m2"]) & (one["truth_m2"] <= one["p90_m2"])
        losses = [
            max(share * (truth - told), (share - 1) * (truth - told))
            for share, name in ((0.1, "p10_m2"), (0.5, "p50_m2"), (0.9, "p90_m2"))
            for truth, told in zip(one["truth_m2"], one[name], strict=True)
        ]
        expected = [error.abs().mean(), error.mean(), inside.mean(), np.mean(losses)]
        names = ["mae_1y_m2", "bias_m2", "band_share", "pinball_m2"]
        assert row(found, method)[names].tolist() == pytest.approx(expected)


def test_the_winner_has_the_lowest_error_of_one_and_of_three_years() -> None:
    for seed in range(4):
        found = backtest(drawn(18, np.random.default_rng(seed)))
        scores = found.table["mae_1y_m2"] + found.table["mae_3y_m2"] / 3
        assert found.winner == found.table.loc[scores.idxmin(), "method"]


def test_the_average_wins_where_years_by_turns_are_fast_and_slow() -> None:
    found = backtest(past_of(*[40_000, 60_000] * 8))
    assert found.winner == "average"
    assert row(found, LAST_YEAR)["mae_1y_m2"] == 20_000
    assert row(found, "average")["mae_1y_m2"] < 11_000


def test_last_year_wins_where_the_pace_has_changed_for_good() -> None:
    assert backtest(past_of(*[1000] * 6, *[50_000] * 8)).winner == LAST_YEAR


def test_one_large_deal_is_missed_by_all_and_followed_by_last_year_only() -> None:
    found = backtest(past_of(*[()] * 9, 70_000, *[()] * 4))
    naive = row(found, LAST_YEAR)
    assert naive["mae_1y_m2"] == pytest.approx(2 * 70_000 / 9)
    for method in ("resampled_years", "deals_and_sizes"):
        assert row(found, method)["mae_1y_m2"] == pytest.approx(70_000 / 9)
        assert row(found, method)["bias_m2"] == pytest.approx(-70_000 / 9)
    assert found.winner == "resampled_years"


@pytest.mark.parametrize(
    ("years", "origins", "origins_3y"), [(0, 0, 0), (1, 0, 0), (5, 0, 0), (6, 1, 0), (7, 2, 0)]
)
def test_a_short_past_has_no_winner_and_unknown_figures(years, origins, origins_3y) -> None:
    found = backtest(past_of(*range(1000, 1000 + years)))
    assert found.winner is None
    assert found.table["origins"].tolist() == [origins] * 4
    assert found.table["origins_3y"].tolist() == [origins_3y] * 4
    assert found.table["mae_3y_m2"].isna().all()
    assert found.table["mae_1y_m2"].isna().all() == (origins == 0)
    assert len(found.errors) == 4 * origins
    assert (found.table[FIGURES].dtypes == "Float64").all()


def test_three_origins_name_a_winner() -> None:
    assert backtest(past_of(*range(1000, 9000, 1000))).winner is not None
    assert backtest(past_of(*range(1000, 9000, 1000)), min_years=6).winner is None


@pytest.mark.parametrize("min_years", [1, 0, -4, 2.5])
def test_a_method_gets_to_know_two_years_at_least(min_years) -> None:
    with pytest.raises(ArgumentRefused, match="min_years"):
        backtest(past_of(1, 2, 3), min_years=min_years)


def test_the_least_years_to_know_are_enough() -> None:
    found = backtest(past_of(5, -3, 0, (7, 7), 2, 4), min_years=2)
    assert found.table["origins"].tolist() == [4] * 4
    assert found.errors[["p10_m2", "p50_m2", "p90_m2", "error_m2"]].notna().all(axis=None)


def test_the_bench_gives_the_same_figures_each_time() -> None:
    history = drawn(10, np.random.default_rng(6))
    first, again = backtest(history), backtest(history)
    pd.testing.assert_frame_equal(first.errors, again.errors)
    pd.testing.assert_frame_equal(first.table, again.table)
