from __future__ import annotations

import pandas as pd
import pytest

from geo_assen.errors import LedgerError
from geo_assen.land import ledger_faults, refuse_faults
from tests.factories import frame, make_event
from tests.land.conftest import LedgerCase


def _kinds(case: LedgerCase) -> list[tuple[str, str, str | None]]:
    return [(f.place, f.kind, f.event) for f in ledger_faults(*case.frames())]


def test_sound_ledger_has_no_faults(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    plot B1 10000 parent_plot=B
    2020-01-01 net_set P 100000
    2020-01-01 opening_balance P 50000
    2020-01-01 option A valid_until=2020-01-01
    2020-03-01 deed A 10200
    2020-09-01 survey A 10200
    2021-01-01 buy_back A 10200
    2021-01-01 deed A
    2021-01-01 split B
    2021-01-01 deed B1
    """
    assert _kinds(ledger) == []
    refuse_faults(ledger_faults(*ledger.frames()))


def test_deed_of_two_percent_over_is_accepted_and_more_is_not(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10200
    2020-03-01 deed B 10201
    """
    assert _kinds(ledger) == [("B", "over_issued_plot", None)]
    with pytest.raises(LedgerError, match=r"Plot B has 10000 m², but 10201 m² .* by 2020-03-01"):
        refuse_faults(ledger_faults(*ledger.frames()))


def test_survey_settles_a_deed_that_was_too_large(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-03-01 deed A 10500
    2020-09-01 survey A 10500
    """
    assert _kinds(ledger) == []


def test_park_cannot_issue_more_than_its_net(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 10000
    2020-02-01 deed A 10000
    2020-03-01 withdrawal P 1
    2020-04-01 net_set P 20000
    park Q 5000
    2020-01-01 deed Q 1
    2020-02-01 net_set Q 5001
    """
    assert _kinds(ledger) == [
        ("P", "over_issued_park", None),
        ("Q", "net_not_set", None),
        ("Q", "net_over_gross", None),
    ]


def test_more_cannot_be_bought_back_than_was_issued(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-02-01 buy_back A 500
    2020-03-01 deed A 500
    """
    assert _kinds(ledger) == [
        ("A", "bought_back_too_much", None),
        ("P", "bought_back_too_much", None),
    ]


def test_nothing_happens_on_a_plot_that_is_not_there(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    plot B1 10000 parent_plot=B
    2020-01-01 net_set P 100000
    2020-06-01 withdrawal A 10000
    2020-06-01 split B
    2020-06-02 option A code=E1
    2020-06-02 deed B 100 code=E2
    2020-05-31 option B1 code=E3
    """
    assert _kinds(ledger) == [
        ("A", "on_withdrawn_plot", "E1"),
        ("B", "on_replaced_plot", "E2"),
        ("B", "split_while_issued", None),
        ("B1", "before_plot", "E3"),
    ]


def test_anything_on_a_plot_that_was_split_away_is_told(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot B 10000
    plot B1 10000 parent_plot=B
    2020-01-01 net_set P 100000
    2020-06-01 split B
    2020-06-02 survey B 10000 code=E1
    2020-06-02 withdrawal B 10 code=E2
    2020-06-02 option_lapsed B code=E3
    2020-06-02 split B code=E4
    2020-06-02 option B1 code=E5
    """
    assert _kinds(ledger) == [("B", "on_replaced_plot", f"E{n}") for n in (1, 2, 3, 4)]


def test_two_promises_of_equal_rank_cannot_run_on_one_day(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot B 10000
    2020-01-01 net_set P 100000
    2020-01-01 option A valid_until=2020-06-30 code=E01
    2020-03-01 option A valid_until=2020-12-31 priority_rank=2 code=E02
    2020-06-30 option A valid_until=2020-07-31 code=E03
    2020-06-30 reservation A valid_until=2020-07-31 code=E04
    2020-08-01 option A valid_until=2020-12-31 code=E05
    2020-09-01 option_lapsed A priority_rank=1 code=E06
    2020-09-01 option A valid_until=2020-12-31 code=E07
    2020-01-01 option B code=E11
    2021-01-01 option B priority_rank=1 valid_until=2021-06-30 code=E12
    2020-01-01 reservation B party=X code=E13
    2020-02-01 reservation B party=Y valid_until=2020-02-01 code=E14
    """
    assert _kinds(ledger) == [
        ("A", "equal_rank", "E03"), ("B", "equal_rank", "E12"), ("B", "equal_rank", "E14"),
    ]  # fmt: skip


def test_split_and_merger_keep_the_area(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot A1 6000 parent_plot=A
    plot A2 4000 parent_plot=A
    plot B 10000
    plot B1 5999 parent_plot=B
    plot B2 3999 parent_plot=B
    plot C 1000
    plot D 500
    plot CD 1500 parent_plot=C
    plot E 1000
    plot F 500
    plot EF 1600 parent_plot=E
    plot G 700
    plot H 700
    plot GH 1400 parent_plot=G
    2020-01-01 net_set P 100000
    2020-02-01 deed G
    2020-06-01 split A
    2020-06-01 split B
    2020-06-01 merge C into_plot=CD
    2020-06-01 merge D into_plot=CD
    2020-06-01 merge E into_plot=EF
    2020-06-01 merge F into_plot=EF
    2020-06-01 merge G into_plot=GH
    2020-06-01 merge H into_plot=GH
    """
    assert _kinds(ledger) == [
        ("B", "area_not_conserved", None),
        ("EF", "area_not_conserved", None),
        ("GH", "mixed_merger", None),
    ]
    message = {f.place: f.message for f in ledger_faults(*ledger.frames())}
    assert "Plot B has 10000 m²" in message["B"] and "9998 m² together" in message["B"]


def test_child_of_a_plot_that_was_never_divided_is_told(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    plot A1 10000 parent_plot=A
    """
    assert _kinds(ledger) == [("A1", "never_split", None)]


def test_row_that_names_nothing_known_is_told(ledger: LedgerCase) -> None:
    """
    park Q 200000
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-01-01 net_set P code=E1
    2020-01-02 deed X 100 code=E2
    2020-01-02 deed A 100 park=Q code=E3
    2020-01-02 option P code=E4
    2020-01-02 deed P code=E5
    2020-01-02 option A valid_until=2020-01-01 code=E6
    2020-01-02 survey A 0 code=E7
    2020-01-02 gift A 10 code=E8
    2020-01-02 net_set A 10 park=Z code=E9
    """
    found = {(event, kind) for _, kind, event in _kinds(ledger) if event}
    assert found == {
        ("E1", "missing_area"), ("E2", "unknown_plot"), ("E3", "other_park"),
        ("E4", "missing_plot"), ("E5", "missing_area"), ("E6", "end_before_start"),
        ("E7", "survey_of_nothing"), ("E8", "unknown_kind"), ("E9", "unknown_park"),
        ("E9", "other_park"),
    }  # fmt: skip


def test_opening_balance_stands_first_and_alone(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-02-01 deed A 500 code=E1
    2020-03-01 opening_balance P 500 code=E2
    2020-03-01 opening_balance P 500 code=E3
    """
    assert _kinds(ledger) == [("P", "before_opening", "E1"), ("P", "second_opening", "E3")]


def test_correction_of_nothing_or_for_the_second_time_is_told(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    2020-02-01 deed A 500 code=E1
    2020-02-01 deed A 600 code=E2 corrects=E1
    2020-02-01 deed A 700 code=E3 corrects=E1
    2020-02-01 deed A 700 code=E4 corrects=E9
    2020-02-01 deed A 700 code=E5 corrects=E5
    """
    assert _kinds(ledger) == [
        ("", "corrected_twice", "E2"), ("", "corrected_twice", "E3"),
        ("", "correction_of_nothing", "E4"), ("", "correction_of_nothing", "E5"),
    ]  # fmt: skip


def test_many_faults_are_named_up_to_five(ledger: LedgerCase) -> None:
    """
    park P 200000
    plot A 10000
    2020-01-01 net_set P 100000
    """
    plots, events, parks = ledger.frames()
    added = frame([make_event(plot=f"X{n}", area_m2=1) for n in range(7)])
    with pytest.raises(LedgerError, match=r"And 2 more\."):
        refuse_faults(ledger_faults(plots, pd.concat([events, added]), parks))
