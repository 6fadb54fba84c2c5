from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from geo_assen.vacancy import SOURCES, USUAL_RULE, VacancyRule, timeline, vacancy_states
from tests.factories import OBSERVATION, frame, make_observation, make_premises
from tests.vacancy.conftest import VacancyCase

NO_OBSERVATIONS = frame([], OBSERVATION)


def test_word_of_each_source_holds_for_its_time(vacancy: VacancyCase) -> None:
    """
    2024-01-31 A field    vacant
    2024-01-31 B owner    vacant
    2024-01-31 C register vacant
    2024-08-31 D listing  vacant
    2024-02-29 E bag      vacant
    = 2024-01-30 A unknown unknown source=None observed_on=None
    = 2024-01-31 A vacant friction source=field observed_on=2024-01-31 age_days=0
    = 2025-07-31 A vacant long age_days=547
    = 2025-08-01 A unknown unknown vacant_since=None at_least=False
    = 2025-01-31 B vacant
    = 2025-02-01 B unknown
    = 2025-01-31 C vacant
    = 2025-02-01 C unknown
    = 2025-02-28 D vacant
    = 2025-03-01 D unknown
    = 2025-02-28 E vacant
    = 2025-03-01 E unknown
    """
    vacancy.check()


def test_most_trusted_source_decides_then_the_newest(vacancy: VacancyCase) -> None:
    """
    2024-06-01 A bag      vacant
    2024-05-01 A listing  vacant
    2024-04-01 A register occupied
    2024-03-01 A owner    vacant
    2024-01-01 A field    occupied
    2024-02-01 A field    partly vacant_share=0.4
    = 2024-01-31 A occupied occupied source=field
    = 2024-06-01 A partly friction source=field vacant_share=0.4 disagreement=True
    = 2025-08-01 A partly source=field disagreement=False
    = 2025-08-02 A unknown
    """
    vacancy.check()


def test_next_source_decides_when_the_first_no_longer_holds(vacancy: VacancyCase) -> None:
    """
    2023-01-01 A field    occupied
    2024-03-01 A owner    vacant
    2024-05-01 A register vacant
    = 2024-07-01 A occupied source=field disagreement=True
    = 2024-07-02 A vacant friction source=owner vacant_since=2024-07-02 at_least=False
    = 2025-03-01 A vacant friction source=owner vacant_since=2024-07-02
    = 2025-05-01 A vacant friction source=register vacant_since=2024-07-02 disagreement=False
    """
    vacancy.check()


def test_in_use_in_the_bag_says_nothing_about_occupancy(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A bag occupied
    2024-01-01 B bag vacant
    2024-06-01 B bag occupied
    2024-01-01 C bag occupied
    2024-01-01 C listing vacant
    = 2024-06-01 A unknown unknown source=bag
    = 2024-05-31 B vacant friction
    = 2024-06-01 B unknown
    = 2024-06-01 C vacant disagreement=False
    """
    vacancy.check()


def test_source_that_does_not_know_still_replaces_its_older_word(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field vacant
    2024-02-01 A field unknown
    2024-02-01 A owner vacant
    = 2024-02-01 A unknown unknown source=field disagreement=False
    """
    vacancy.check()


def test_classes_change_the_day_after_one_and_three_calendar_years(vacancy: VacancyCase) -> None:
    """
    2019-12-01 A field occupied
    2020-01-01 A field vacant
    2021-01-01 A field vacant
    2022-01-01 A field vacant
    2023-01-01 A field vacant
    2020-02-29 B field occupied
    2020-02-29 B field vacant recorded_on=2020-03-01
    = 2021-01-01 A vacant friction vacant_since=2020-01-01 at_least=False
    = 2021-01-02 A vacant long
    = 2023-01-01 A vacant long
    = 2023-01-02 A vacant structural vacant_since=2020-01-01
    = 2021-02-28 B vacant friction
    = 2021-03-01 B vacant long
    """
    vacancy.check()


def test_spell_that_ran_at_the_first_observation_is_at_least(vacancy: VacancyCase) -> None:
    """
    2020-01-01 A field vacant
    2021-01-01 A field partly vacant_share=0.5
    2020-01-01 B field unknown
    2020-06-01 B field vacant
    = 2021-01-01 A partly friction vacant_since=2020-01-01 at_least=True
    = 2020-06-01 B vacant friction vacant_since=2020-06-01 at_least=True
    """
    vacancy.check()


def test_days_on_which_nothing_is_known_break_a_vacancy(vacancy: VacancyCase) -> None:
    """
    2019-12-01 A field occupied
    2020-01-01 A listing vacant
    2022-01-01 A field vacant
    2020-01-01 B register vacant
    2021-01-02 B register vacant
    2020-01-01 C register vacant
    2021-01-03 C register vacant
    = 2022-01-01 A vacant friction vacant_since=2022-01-01 at_least=True
    = 2021-06-01 B vacant long vacant_since=2020-01-01
    = 2021-06-01 C vacant friction vacant_since=2021-01-03 at_least=True
    """
    vacancy.check()


def test_occupation_in_between_starts_a_new_vacancy(vacancy: VacancyCase) -> None:
    """
    2020-01-01 A field vacant
    2020-06-01 A field occupied
    2020-09-01 A field vacant
    = 2020-06-01 A occupied occupied vacant_since=None vacant_share=0
    = 2020-12-31 A vacant friction vacant_since=2020-09-01 at_least=False vacant_share=1
    """
    vacancy.check()


def test_columns_of_text_and_dates_say_none_where_nothing_is_known(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field vacant
    = 2024-01-02 A vacant source=field
    = 2024-01-02 B unknown source=None observed_on=None vacant_since=None
    """
    vacancy.check()


def test_what_was_not_yet_recorded_is_not_known(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field vacant
    2024-03-01 A field occupied recorded_on=2024-05-01
    = 2024-04-01 A vacant known=2024-04-30
    = 2024-04-01 A occupied known=2024-05-01
    = 2024-02-29 A vacant known=2024-05-01
    """
    vacancy.check()


def test_later_record_of_the_same_day_counts(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field occupied recorded_on=2024-02-01
    2024-01-01 A field vacant recorded_on=2024-01-01
    2024-01-01 B field occupied
    2024-01-01 B field vacant
    = 2024-03-01 A occupied
    = 2024-03-01 B vacant
    """
    vacancy.check()


def test_observation_before_1970_is_read(vacancy: VacancyCase) -> None:
    """
    1968-01-01 A field occupied
    1969-01-01 A field vacant
    1960-01-01 B field vacant
    = 1969-06-01 A vacant vacant_since=1969-01-01 at_least=False
    = 1969-06-01 B unknown
    """
    vacancy.check()


def test_vacant_and_partly_are_no_contradiction(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field    partly vacant_share=0.5
    2024-02-01 A owner    vacant
    2024-02-01 A register occupied
    2024-02-01 A listing  vacant
    2024-02-01 A bag      occupied
    2024-01-01 B field    partly
    2024-02-01 B owner    vacant
    = 2024-03-01 A partly agreeing=owner,listing disagreeing=register disagreement=True
    = 2024-03-01 B partly agreeing=owner disagreeing= disagreement=False
    = 2024-01-01 B partly agreeing= disagreeing= disagreement=False
    = 2025-02-02 A partly agreeing= disagreeing= disagreement=False
    """
    vacancy.check()


def test_sources_are_held_against_the_most_trusted_that_knows(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field    unknown
    2024-01-01 A owner    vacant
    2024-01-01 A register occupied
    = 2024-03-01 A unknown source=field agreeing=owner disagreeing=register disagreement=True
    """
    vacancy.check()


def test_newest_word_may_be_of_a_source_that_does_not_decide(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field   vacant
    2024-03-01 A listing unknown
    2024-05-01 A bag     occupied
    2024-05-01 B bag     occupied
    2024-05-01 C bag     vacant
    = 2024-06-01 A vacant observed_on=2024-01-01 newest_on=2024-03-01 newest_age_days=92
    = 2024-09-02 A vacant newest_on=2024-01-01 newest_age_days=245
    = 2024-06-01 B unknown source=bag observed_on=2024-05-01 newest_on=None newest_age_days=None
    = 2024-06-01 C vacant newest_on=2024-05-01
    """
    vacancy.check()


def test_use_of_92_days_is_short_and_of_93_is_not(vacancy: VacancyCase) -> None:
    """
    2023-12-01 A field occupied
    2024-01-01 A field vacant
    2024-04-01 A field occupied
    2024-07-02 A field vacant
    2024-01-01 B field vacant
    2024-04-01 B field occupied
    2024-07-03 B field vacant
    = 2024-12-31 A vacant vacant_since=2024-07-02 used_before_days=92 before_use_since=2024-01-01
    = 2024-12-31 B vacant vacant_since=2024-07-03 used_before_days=None before_use_since=None
    = 2024-05-01 A occupied used_before_days=None before_use_since=None
    """
    vacancy.check()


def test_only_a_known_use_directly_between_vacancies_is_a_short_use(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field vacant
    2024-02-01 A field unknown
    2024-02-10 A field occupied
    2024-03-01 A field vacant
    2024-01-01 B field vacant
    2024-02-01 B field unknown
    2024-03-01 B field vacant
    2024-02-01 C field occupied
    2024-03-01 C field vacant
    = 2024-06-01 A vacant vacant_since=2024-03-01 used_before_days=None before_use_since=None
    = 2024-06-01 B vacant used_before_days=None before_use_since=None at_least=True
    = 2024-06-01 C vacant used_before_days=None before_use_since=None at_least=False
    """
    vacancy.check()


def test_chain_through_short_uses_counts_on_where_the_rule_says_so(vacancy: VacancyCase) -> None:
    """
    2022-01-01 A field vacant
    2023-01-01 A field occupied
    2023-02-01 A field vacant
    2024-02-01 A field occupied
    2024-03-01 A field vacant
    2025-01-01 A field vacant
    2022-01-01 B field occupied
    2022-02-01 B field vacant
    2022-03-01 B field occupied
    2022-12-01 B field vacant
    = 2025-01-01 A vacant long vacant_since=2022-01-01 at_least=True used_before_days=29
    = 2025-01-02 A vacant structural
    = 2024-06-01 A vacant long before_use_since=2022-01-01
    = 2024-02-15 A occupied occupied vacant_since=None at_least=False
    = 2023-06-01 B vacant friction vacant_since=2022-12-01 at_least=False
    """
    vacancy.check(VacancyRule(USUAL_RULE.months, short_use_breaks=False))


def test_other_order_of_trust_is_taken_from_the_rule(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field    vacant
    2024-01-01 A register occupied
    2024-01-01 A bag      vacant
    = 2024-06-01 A occupied source=register agreeing= disagreeing=bag,field
    """
    vacancy.check(VacancyRule.read("register:12 bag:12 field:18 owner:12 listing:6", 92, True))


def test_premises_without_observations_are_unknown() -> None:
    states = vacancy_states(
        frame([make_premises(code="A")]), NO_OBSERVATIONS, as_of=date(2024, 1, 1)
    )
    row = states.loc["A"]
    assert (row["state"], row["vacancy_class"]) == ("unknown", "unknown")
    assert row["vacant_since"] is None
    assert np.isnan(row["vacant_share"])
    assert np.isnan(row["age_days"])
    assert not row["disagreement"]


def test_no_premises_give_no_rows_and_strangers_are_passed_over() -> None:
    observations = frame([make_observation(premises="elsewhere")], OBSERVATION)
    none = vacancy_states(frame([], make_premises()), observations, as_of=date(2024, 1, 1))
    assert none.empty
    one = vacancy_states(frame([make_premises(code="A")]), observations, as_of=date(2024, 6, 1))
    assert one["state"].tolist() == ["unknown"]


def test_share_of_partly_vacant_premises_may_be_unknown() -> None:
    observations = frame([make_observation(state="partly", vacant_share=None)], OBSERVATION)
    states = vacancy_states(
        frame([make_premises(code="A")]), observations, as_of=date(2024, 6, 1)
    )
    assert np.isnan(states.at["A", "vacant_share"])


def test_other_validity_is_taken_from_settings() -> None:
    observations = frame([make_observation()], OBSERVATION)
    short = VacancyRule(dict.fromkeys(SOURCES, 1))
    premises = frame([make_premises(code="A")])
    for as_of, state in ((date(2024, 2, 1), "vacant"), (date(2024, 2, 2), "unknown")):
        states = vacancy_states(premises, observations, as_of=as_of, rule=short)
        assert states.at["A", "state"] == state


@pytest.mark.parametrize(("column", "value"), [("source", "gossip"), ("state", "haunted")])
def test_source_or_state_that_does_not_exist_is_refused(column: str, value: str) -> None:
    observations = frame([make_observation(**{column: value})], OBSERVATION)
    with pytest.raises(ValueError, match=f"{column} '{value}'"):
        vacancy_states(frame([make_premises(code="A")]), observations, as_of=date(2024, 6, 1))


def test_timeline_lists_stretches_of_one_state_and_source(vacancy: VacancyCase) -> None:
    """
    2023-01-01 A listing  vacant
    2023-03-01 A listing  vacant
    2023-06-01 A field    occupied
    2024-11-01 A register vacant
    """
    told = timeline(vacancy.observations, as_of=date(2025, 1, 1))
    assert list(told.itertuples(index=False, name=None)) == [
        (date(2023, 1, 1), date(2023, 5, 31), "vacant", "listing", False),
        (date(2023, 6, 1), date(2024, 12, 1), "occupied", "field", True),
        (date(2024, 12, 2), date(2025, 1, 1), "vacant", "register", False),
    ]
    gap = timeline(vacancy.observations, as_of=date(2026, 1, 1))
    assert gap.iloc[-1].tolist() == [date(2025, 11, 2), date(2026, 1, 1), "unknown", None, False]


def test_timeline_of_nothing_is_empty_and_of_several_refused() -> None:
    assert timeline(NO_OBSERVATIONS, as_of=date(2024, 1, 1)).empty
    late = frame([make_observation(observed_on=date(2025, 1, 1))], OBSERVATION)
    assert timeline(late, as_of=date(2024, 1, 1)).empty
    two = frame([make_observation(premises="A"), make_observation(premises="B")], OBSERVATION)
    with pytest.raises(ValueError, match="not of A, B"):
        timeline(two, as_of=date(2024, 1, 1))
