from __future__ import annotations

from datetime import date

import pytest

from geo_assen.vacancy import voices
from tests.factories import OBSERVATION, frame, make_observation
from tests.vacancy.conftest import VacancyCase

NAMES = ("source", "state", "holds_until", "holds", "decides", "agrees", "age_days")


def test_voices_tell_who_said_what_and_who_decides(vacancy: VacancyCase) -> None:
    """
    2024-01-31 A listing  occupied
    2024-02-29 A bag      occupied
    2023-01-01 A owner    occupied
    2024-03-01 A register occupied recorded_on=2024-03-05
    2024-01-01 A field    occupied
    2024-02-01 A field    partly vacant_share=0.4 recorded_on=2024-02-03
    """
    told = voices(vacancy.observations, as_of=date(2024, 4, 1))
    assert list(told[[*NAMES]].itertuples(index=False, name=None)) == [
        ("field", "partly", date(2025, 8, 1), True, True, True, 60),
        ("owner", "occupied", date(2024, 1, 1), False, False, None, 456),
        ("register", "occupied", date(2025, 3, 1), True, False, False, 31),
        ("listing", "occupied", date(2024, 7, 31), True, False, False, 61),
        ("bag", "unknown", date(2025, 2, 28), True, False, None, 32),
    ]
    assert told["vacant_share"].tolist()[:4] == [0.4, 0, 0, 0]
    assert told["vacant_share"].isna().tolist() == [False] * 4 + [True]
    assert told["observed_on"].tolist()[0] == date(2024, 2, 1)
    assert told["recorded_on"].tolist()[0] == date(2024, 2, 3)


def test_voices_are_those_known_on_a_day(vacancy: VacancyCase) -> None:
    """
    2024-01-01 A field occupied
    2024-02-01 A field vacant recorded_on=2024-03-01
    2024-05-01 A owner vacant
    """
    for known_at, state in ((date(2024, 2, 28), "occupied"), (date(2024, 3, 1), "vacant")):
        told = voices(vacancy.observations, as_of=date(2024, 4, 1), known_at=known_at)
        assert told["state"].tolist() == [state]


def test_voices_of_nothing_are_empty_and_of_several_refused() -> None:
    assert voices(frame([], OBSERVATION), as_of=date(2024, 1, 1)).empty
    two = frame([make_observation(premises="A"), make_observation(premises="B")], OBSERVATION)
    with pytest.raises(ValueError, match="not of A, B"):
        voices(two, as_of=date(2024, 1, 1))
