from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from geo_assen.land import park_stock, plot_states
from tests.factories import LAND_EVENT, frame, make_event, make_park, make_plot
from tests.land.conftest import LedgerCase

NO_EVENTS = frame([], LAND_EVENT)


def test_plot_without_events_is_immediately_issuable_once_ready(ledger: LedgerCase) -> None:
    """
    park P 200000 plan_adopted_on=2010-01-01 serviced_on=2012-01-01
    plot A 10000
    plot B 10000 serviced_on=2013-01-01
    plot C 10000 available_from=2014-06-01
    = 2009-12-31 A issuable status_since=None
    = 2011-12-31 A issuable immediately_issuable_m2=0
    = 2012-01-01 A immediately_issuable status_since=2012-01-01 immediately_issuable_m2=10000
    = 2012-12-31 B issuable
    = 2013-01-01 B immediately_issuable status_since=2013-01-01
    = 2014-05-31 C issuable
    = 2014-06-01 C immediately_issuable status_since=2014-06-01
    """
    ledger.check()


def test_plan_that_is_not_adopted_or_ground_not_serviced_waits(ledger: LedgerCase) -> None:
    """
    park P 200000 plan_status=draft plan_adopted_on=None plan_irrevocable_on=None
    plot A 10000
    park Q 200000 serviced_on=None
    plot B 10000
    park R 200000 plan_status=adopted plan_adopted_on=None plan_irrevocable_on=None
    plot C 10000
    park S 200000 plan_adopted_on=None plan_irrevocable_on=2015-01-01
    plot D 10000
    = 2030-01-01 A issuable
    = 2030-01-01 B issuable
    = 2030-01-01 C immediately_issuable status_since=2012-01-01
    = 2014-12-31 D issuable
    = 2015-01-01 D immediately_issuable
    """
    ledger.check()


def test_deed_counts_on_its_day(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10000
    = 2020-02-29 A immediately_issuable
    = 2020-03-01 A issued status_since=2020-03-01 issued_m2=10000 left_m2=0
    = 2019-12-31 P net_area_m2=0 issued_m2=0 issuable_m2=0
    = 2020-02-29 P net_area_m2=100000 issued_m2=0 issuable_m2=100000
    = 2020-03-01 P net_area_m2=100000 issued_m2=10000 issuable_m2=90000
    """
    ledger.check()


def test_opening_balance_is_the_start_of_issued(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 6000
    2015-01-01 net_set P 100000
    2015-01-01 opening_balance P 60000
    2015-01-01 opening_balance B 6000
    2015-01-01 deed A 10000
    = 2015-01-01 P net_area_m2=100000 issued_m2=76000 issuable_m2=24000
    = 2015-01-01 B issued issued_m2=6000
    """
    ledger.check()


def test_ground_lease_is_a_deed(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10000 tenure=ground_lease
    = 2020-03-01 A issued
    = 2020-03-01 P issued_m2=10000
    """
    ledger.check()


def test_buy_back_lowers_issued(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10000
    2021-03-01 buy_back A 4000
    2022-03-01 buy_back A 6000
    = 2021-02-28 A issued
    = 2021-03-01 A partly_issued status_since=2021-03-01 issued_m2=6000 left_m2=4000
    = 2021-03-01 P issued_m2=6000 issuable_m2=94000 immediately_issuable_m2=4000
    = 2022-03-01 A immediately_issuable status_since=2022-03-01 issued_m2=0 left_m2=10000
    = 2022-03-01 P issued_m2=0 issuable_m2=100000
    """
    ledger.check()


def test_deed_without_an_area_means_the_whole_plot(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A
    2021-03-01 survey A 9900
    2022-03-01 buy_back A
    = 2020-03-01 A issued issued_m2=10000
    = 2021-03-01 A issued issued_m2=9900 area_m2=9900
    = 2021-03-01 P issued_m2=9900
    = 2022-03-01 A immediately_issuable issued_m2=0
    """
    ledger.check()


def test_deed_a_little_over_is_marked_until_the_survey(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10200
    2020-09-01 survey A 10200
    = 2020-02-29 A immediately_issuable over_share=0.0
    = 2020-08-31 A issued area_m2=10000 issued_m2=10200 left_m2=0
    = 2020-09-01 A issued area_m2=10200 issued_m2=10200 over_share=0.0
    """
    ledger.check()
    plots, events, parks = ledger.frames()
    states = plot_states(plots, events, parks=parks, as_of=date(2020, 8, 31))
    assert states.at["A", "over_share"] == pytest.approx(0.02)


def test_last_survey_counts(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2021-03-01 survey A 9800
    2020-03-01 survey A 9900
    2021-03-01 survey A 9700 recorded_on=2021-04-01
    = 2020-02-29 A immediately_issuable area_m2=10000
    = 2020-03-01 A immediately_issuable area_m2=9900
    = 2021-03-01 A immediately_issuable area_m2=9700
    = 2021-03-01 A immediately_issuable area_m2=9800 known=2021-03-31
    """
    ledger.check()


def test_option_runs_up_to_and_including_its_last_day(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 option A valid_until=2020-08-31
    = 2020-02-29 A immediately_issuable option_until=None
    = 2020-03-01 A option status_since=2020-03-01 option_until=2020-08-31
    = 2020-03-01 P optioned_m2=10000 immediately_issuable_m2=0 issuable_m2=100000 issued_m2=0
    = 2020-08-31 A option optioned_m2=10000
    = 2020-09-01 A immediately_issuable status_since=2020-09-01 option_until=None
    = 2020-09-01 P optioned_m2=0 immediately_issuable_m2=10000
    """
    ledger.check()


def test_option_ends_on_the_day_of_its_lapse(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-03-01 option A valid_until=2020-08-31
    2020-05-01 option_lapsed A
    2020-03-01 reservation B
    2020-05-01 option_lapsed B
    2020-06-01 reservation_lapsed B
    = 2020-04-30 A option
    = 2020-05-01 A immediately_issuable status_since=2020-05-01
    = 2020-05-31 B reservation reservation_until=None
    = 2020-06-01 B immediately_issuable
    """
    ledger.check()


def test_lapse_and_new_option_on_one_day_leave_the_new_one(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-03-01 option A valid_until=2020-05-31 code=E1
    2020-05-01 option_lapsed A code=E2
    2020-05-01 option A valid_until=2020-12-31 code=E3
    = 2020-05-01 A option option_until=2020-12-31 status_since=2020-05-01
    """
    ledger.check()


def test_option_that_lapses_on_its_own_day_does_not_run(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-05-01 option A valid_until=2020-12-31 code=E1
    2020-05-01 option_lapsed A code=E2
    = 2020-05-01 A immediately_issuable
    """
    ledger.check()


def test_lapse_of_the_first_rank_leaves_the_second(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 option A 6000 priority_rank=1 party=X valid_until=2020-12-31
    2020-03-02 option A 4000 priority_rank=2 party=Y valid_until=2021-03-31
    2020-05-01 option_lapsed A priority_rank=1
    2020-06-01 option_lapsed A party=X
    2020-07-01 option_lapsed A party=Y
    = 2020-03-02 A option optioned_m2=6000 option_until=2021-03-31
    = 2020-06-01 A option optioned_m2=4000 status_since=2020-03-02
    = 2020-07-01 A immediately_issuable
    """
    ledger.check()


def test_deed_ends_options_and_reservations(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-01-01 net_set P 100000
    2020-03-01 option A valid_until=2021-12-31
    2020-03-01 reservation A valid_until=2021-12-31
    2020-06-01 deed A 4000
    2020-03-01 option B valid_until=2021-12-31
    2020-03-01 deed B 4000
    2020-07-01 option B valid_until=2021-12-31
    = 2020-05-31 A reservation
    = 2020-06-01 A partly_issued option_until=None reservation_until=None left_m2=6000
    = 2020-03-01 B partly_issued
    = 2020-07-01 B option left_m2=6000 optioned_m2=6000
    """
    ledger.check()


def test_reservation_stands_before_option_and_areas_do_not_overlap(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 option A 7000 valid_until=2020-12-31
    2020-04-01 reservation A 5000 valid_until=2020-06-30
    = 2020-03-31 A option optioned_m2=7000 reserved_m2=0
    = 2020-04-01 A reservation status_since=2020-04-01 reserved_m2=5000 optioned_m2=5000
    = 2020-04-01 P optioned_m2=5000 reserved_m2=5000 immediately_issuable_m2=0
    = 2020-07-01 A option optioned_m2=7000
    """
    ledger.check()


def test_withdrawal_lowers_net_and_issuable(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-01-01 net_set P 100000
    2021-01-01 withdrawal P 20000
    2022-01-01 withdrawal A 10000
    2022-01-01 withdrawal B 4000
    2023-01-01 net_set P 60000
    2023-01-01 withdrawal P 1000
    = 2020-12-31 P net_area_m2=100000 issuable_m2=100000
    = 2021-01-01 P net_area_m2=80000 issuable_m2=80000 issued_m2=0
    = 2021-12-31 A immediately_issuable
    = 2022-01-01 A withdrawn status_since=2022-01-01 left_m2=0
    = 2022-01-01 B immediately_issuable left_m2=6000 withdrawn_m2=4000 area_m2=10000
    = 2022-01-01 P net_area_m2=66000 immediately_issuable_m2=6000
    = 2023-01-01 P net_area_m2=59000
    """
    ledger.check()


def test_withdrawal_without_an_area_takes_the_whole_plot(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2022-01-01 withdrawal A
    = 2022-01-01 A withdrawn withdrawn_m2=10000
    = 2022-01-01 P net_area_m2=90000
    """
    ledger.check()


def test_split_replaces_the_plot_by_its_children(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot A1 6000 parent_plot=A
    plot A2 4000 parent_plot=A
    2020-01-01 net_set P 100000
    2020-06-01 option A valid_until=2030-01-01
    2021-01-01 split A
    2021-01-01 deed A2 4000
    = 2020-12-31 A option split_away=False exists=True
    = 2020-12-31 A1 issuable exists=False left_m2=0
    = 2020-12-31 P immediately_issuable_m2=0 optioned_m2=10000
    = 2021-01-01 A issuable split_away=True exists=True left_m2=0 option_until=None
    = 2021-01-01 A1 immediately_issuable exists=True split_away=False status_since=2021-01-01
    = 2021-01-01 A2 issued
    = 2021-01-01 P immediately_issuable_m2=6000 issued_m2=4000 optioned_m2=0 net_area_m2=100000
    """
    ledger.check()


def test_merge_replaces_every_plot_that_goes_into_it(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 6000
    plot B 4000
    plot C 10000 parent_plot=A
    2021-01-01 merge A
    2021-01-01 merge B
    = 2020-12-31 B immediately_issuable split_away=False
    = 2020-12-31 C issuable exists=False
    = 2021-01-01 A issuable split_away=True
    = 2021-01-01 B issuable split_away=True
    = 2021-01-01 C immediately_issuable exists=True
    """
    ledger.check()


def test_split_that_was_not_yet_known_did_not_happen(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot A1 10000 parent_plot=A
    plot B 10000
    plot B1 10000 parent_plot=B
    2021-01-01 split A recorded_on=2021-03-01
    = 2021-02-01 A immediately_issuable split_away=False known=2021-02-28
    = 2021-02-01 A1 issuable exists=False known=2021-02-28
    = 2021-02-01 A1 immediately_issuable exists=True known=2021-03-01
    = 2021-02-01 B1 immediately_issuable exists=True
    """
    ledger.check()


def test_children_of_an_issued_plot_are_issued(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot A1 6000 parent_plot=A
    plot A2 4000 parent_plot=A
    plot A21 4000 parent_plot=A2
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10000
    2021-01-01 split A
    2022-01-01 buy_back A1 6000
    2022-01-01 split A2
    = 2021-01-01 A1 issued issued_m2=6000 status_since=2021-01-01
    = 2021-01-01 P issued_m2=10000
    = 2022-01-01 A1 immediately_issuable issued_m2=0
    = 2022-01-01 A21 issued issued_m2=4000
    = 2022-01-01 P issued_m2=4000 issuable_m2=96000
    """
    ledger.check()


def test_correction_takes_the_place_of_its_row_once_recorded(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10000 code=E1
    2020-03-01 deed B 10000 code=E2 corrects=E1 recorded_on=2020-05-01
    2020-04-01 deed B 9000 code=E3 corrects=E2 recorded_on=2020-07-01
    = 2020-12-31 A issued known=2020-04-30
    = 2020-12-31 B immediately_issuable known=2020-04-30
    = 2020-12-31 A immediately_issuable known=2020-05-01
    = 2020-12-31 B issued known=2020-05-01
    = 2020-03-31 B immediately_issuable known=2020-07-01
    = 2020-04-01 B partly_issued issued_m2=9000
    = 2020-12-31 P issued_m2=10000 known=2020-06-30
    = 2020-12-31 P issued_m2=9000
    """
    ledger.check()


def test_of_two_corrections_of_one_row_the_last_counts(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-03-01 deed A 5000 code=E1
    2020-03-01 deed A 6000 code=E3 corrects=E1 recorded_on=2020-05-01
    2020-03-01 deed A 7000 code=E2 corrects=E1 recorded_on=2020-06-01
    = 2020-12-31 A partly_issued issued_m2=6000 known=2020-05-01
    = 2020-12-31 A partly_issued issued_m2=7000
    """
    ledger.check()


def test_parts_of_the_stock_are_cut_off_at_the_issuable_area(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    plot C 10000
    2020-01-01 net_set P 15000
    2020-03-01 option A
    2020-03-01 reservation B
    = 2020-03-01 P reserved_m2=10000 optioned_m2=5000 immediately_issuable_m2=0
    """
    ledger.check()


def test_event_counts_in_the_park_of_its_plot(ledger: LedgerCase) -> None:
    """
    park Q 200000
    park P 200000
    plot A 10000
    2020-03-01 deed A 10000 park=Q
    2020-03-01 deed P 500
    = 2020-12-31 P issued_m2=10500
    = 2020-12-31 Q issued_m2=0
    """
    ledger.check()


def test_states_without_parks_take_the_plan_from_the_plots() -> None:
    plots = frame([make_plot(code="A", plan_adopted_on=date(2010, 1, 1),
                             serviced_on=date(2011, 1, 1))])  # fmt: skip
    before = plot_states(plots, NO_EVENTS, as_of=date(2010, 12, 31))
    after = plot_states(plots, NO_EVENTS, as_of=date(2011, 1, 1))
    assert list(before["status"]) == ["issuable"]
    assert list(after["status"]) == ["immediately_issuable"]


def test_nothing_at_all_gives_empty_frames() -> None:
    no_plots = frame([], make_plot())
    states = plot_states(no_plots, NO_EVENTS, as_of=date(2020, 1, 1), parks=frame([make_park()]))
    stock = park_stock(frame([make_park()]), no_plots, NO_EVENTS, as_of=date(2020, 1, 1))
    assert states.empty
    assert stock.loc["P"].tolist() == [0] * 7
    assert set(map(str, stock.dtypes)) == {"int64"}


def test_missing_values_of_pandas_count_as_missing() -> None:
    events = frame([make_event(kind="option", plot="A", effective_on=date(2020, 1, 1))])
    events = events.assign(
        area_m2=pd.array([pd.NA], dtype="Int64"), valid_until=[pd.NaT], corrects=[np.nan],
        park=[np.nan],
    )  # fmt: skip
    plots = frame([make_plot(code="A")])
    states = plot_states(plots, events, as_of=date(2020, 1, 2), parks=frame([make_park()]))
    assert states.at["A", "status"] == "option"
    assert states.at["A", "option_until"] is None
    assert states.at["A", "optioned_m2"] == 10_000


def test_order_of_rows_does_not_matter() -> None:
    day = date(2020, 1, 1)
    rows = [
        make_event(kind="net_set", park="P", area_m2=90_000, code="E1"),
        make_event(kind="net_set", park="P", area_m2=80_000, code="E2"),
        make_event(kind="survey", plot="A", area_m2=9_000, code="E3"),
        make_event(kind="survey", plot="A", area_m2=8_000, code="E4"),
        make_event(kind="option", plot="A", code="E5", valid_until=day + timedelta(9)),
        make_event(kind="option_lapsed", plot="A", code="E6"),
        make_event(kind="option", plot="A", code="E7", valid_until=day + timedelta(5)),
    ]
    plots, parks = frame([make_plot(code="A")]), frame([make_park()])
    forward, backward = frame(rows), frame(rows[::-1])
    for read in (forward, backward):
        states = plot_states(plots, read, parks=parks, as_of=day)
        assert states.at["A", "area_m2"] == 8_000
        assert states.at["A", "option_until"] == day + timedelta(5)
        stock = park_stock(parks, plots, read, as_of=day)
        assert stock.at["P", "net_area_m2"] == 80_000


def test_opening_balance_of_nothing_begins_no_park(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2004-12-31 opening_balance P 0
    2011-06-30 net_set P 100000
    = 2010-12-31 A issuable exists=False left_m2=0
    = 2011-06-30 A issuable exists=True left_m2=10000
    """
    ledger.check()
