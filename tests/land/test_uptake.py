from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from geo_assen.land import uptake_by, uptake_by_year, uptake_rows, withdrawal_rows
from tests.land.conftest import LedgerCase


def _told(uptake: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(uptake.itertuples(index=False, name=None))


def test_uptake_is_deeds_less_buy_backs_by_park_and_year(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    park Q 200000
    plot B 5000
    2019-12-31 opening_balance P 60000
    2020-12-31 deed A 6000
    2021-01-01 deed A 4000 sector=care
    2021-06-01 buy_back A 7000
    2021-07-01 deed B
    2021-08-01 option B
    2022-01-01 deed Q 800
    """
    plots, events, _ = ledger.frames()
    uptake = uptake_by_year(events, plots=plots, as_of=date(2021, 12, 31))
    assert _told(uptake) == [("P", 2020, 6000), ("P", 2021, -3000), ("Q", 2021, 5000)]
    rows = uptake_rows(events, plots=plots, as_of=date(2022, 1, 1))
    assert rows["uptake_m2"].tolist() == [6000, 4000, -7000, 5000, 800]
    assert rows["plot"].tolist() == ["A", "A", "A", "B", None]
    assert rows["sector"].tolist()[1] == "care"


def test_withdrawal_of_a_whole_plot_has_its_measured_area(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 5000
    2019-06-01 survey A 9700
    2020-05-01 withdrawal B 800
    2020-06-01 withdrawal A
    2021-03-01 withdrawal P 1200
    2021-04-01 withdrawal P 50
    """
    plots, events, _ = ledger.frames()
    rows = withdrawal_rows(events, plots=plots, as_of=date(2021, 3, 31))
    assert _told(rows[["park", "year", "withdrawn_m2"]]) == [
        ("P", 2020, 800), ("P", 2020, 9700), ("P", 2021, 1200),
    ]  # fmt: skip


def test_uptake_without_plots_reads_the_park_of_the_event(ledger: LedgerCase) -> None:
    """
    park P 200000
    2020-12-31 deed P 6000 recorded_on=2021-02-01
    """
    _, events, _ = LedgerCase.frames(_with_a_plot(ledger))
    known = uptake_by_year(events, as_of=date(2021, 1, 1))
    unknown = uptake_by_year(events, as_of=date(2021, 1, 1), known_at=date(2021, 1, 31))
    assert _told(known) == [("P", 2020, 6000)]
    assert _told(unknown) == []


def _with_a_plot(case: LedgerCase) -> LedgerCase:
    case.read("plot unused 1")
    return case


def test_uptake_by_sector_size_and_year_with_the_price_realised(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 2499
    plot C 2500
    2021-01-01 deed A sector=care price_eur_m2=100.0
    2021-02-01 deed B price_eur_m2=50.0
    2021-03-01 deed C sector=care
    2021-04-01 buy_back C price_eur_m2=999.0
    2022-04-01 deed C sector=care price_eur_m2=80.0
    """
    plots, events, _ = ledger.frames()
    rows = uptake_rows(events, plots=plots, as_of=date(2022, 12, 31))
    by_year = uptake_by(rows, "year")
    assert _told(by_year[["year", "uptake_m2", "deeds", "priced_deeds"]]) == [
        (2021, 12_499, 3, 2), (2022, 2_500, 1, 1),
    ]  # fmt: skip
    # (10,000 x 100 + 2,499 x 50) / 12,499: a deed without a price does not count
    assert by_year["price_eur_m2"].tolist() == pytest.approx([1_124_950 / 12_499, 80.0])
    assert _told(uptake_by(rows, "sector")[["sector", "year", "uptake_m2"]]) == [
        ("care", 2021, 12_500), ("care", 2022, 2_500), ("unknown", 2021, -1),
    ]  # fmt: skip
    assert _told(uptake_by(rows, "size")[["size", "year", "uptake_m2"]]) == [
        ("from_10000", 2021, 10_000), ("from_2500", 2021, 0), ("from_2500", 2022, 2_500),
        ("under_2500", 2021, 2_499),
    ]  # fmt: skip
    assert uptake_by(rows, "park")["uptake_m2"].sum() == by_year["uptake_m2"].sum()
