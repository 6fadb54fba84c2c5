from __future__ import annotations

from datetime import date

from geo_assen.vacancy import vacancy_spells
from tests.factories import OBSERVATION, frame, make_premises
from tests.vacancy.conftest import VacancyCase
from tests.vacancy.walk import plain

NAMES = (
    "starts_on", "ends_on", "ended_by", "at_least", "days", "vacancy_class", "used_before_days",
)  # fmt: skip


def _spells(case: VacancyCase, as_of: date) -> list[tuple[object, ...]]:
    found = vacancy_spells(case.premises, case.observations, as_of=as_of)
    rows = found[["premises", *NAMES]].itertuples(index=False, name=None)
    return [tuple(plain(value) for value in row) for row in rows]


def test_spells_tell_how_each_vacancy_began_and_ended(vacancy: VacancyCase) -> None:
    """
    2019-03-01 A field occupied
    2020-01-01 A field vacant
    2021-01-01 A field occupied
    2022-01-02 A field vacant
    2023-02-01 A field vacant
    2020-01-01 B listing vacant
    2024-01-01 B field vacant
    2024-01-11 B field unknown
    """
    assert _spells(vacancy, date(2023, 3, 1)) == [
        ("A", date(2020, 1, 1), date(2020, 12, 31), "occupied", False, 366, "friction", None),
        ("A", date(2022, 1, 2), None, "running", False, 424, "long", 366),
        ("B", date(2020, 1, 1), date(2020, 7, 1), "unknown", True, 183, "friction", None),
    ]
    assert _spells(vacancy, date(2024, 2, 1))[-1] == (
        "B", date(2024, 1, 1), date(2024, 1, 10), "unknown", True, 10, "friction", None,
    )  # fmt: skip


def test_class_of_a_spell_is_that_of_its_last_day(vacancy: VacancyCase) -> None:
    """
    2020-01-01 A field vacant
    2021-01-01 A field vacant
    2021-01-02 A field occupied
    2020-01-01 B field vacant
    2021-01-01 B field vacant
    2021-01-03 B field occupied
    """
    found = _spells(vacancy, date(2021, 6, 1))
    assert [(row[0], row[5], row[6]) for row in found] == [
        ("A", 367, "friction"), ("B", 368, "long"),
    ]  # fmt: skip


def test_spells_of_nothing_are_none() -> None:
    nothing = frame([], OBSERVATION)
    for premises in (frame([make_premises(code="A")]), frame([], make_premises())):
        found = vacancy_spells(premises, nothing, as_of=date(2024, 1, 1))
        assert found.empty
        assert list(found.columns) == ["premises", *NAMES]
