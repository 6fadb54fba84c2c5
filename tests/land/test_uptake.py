from __future__ import annotations

from datetime import date

import pandas as pd

from geo_assen.land import uptake_by_year, uptake_rows
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
