"""How observations are weighed: whom to believe first, how long a word holds, what is short.

The rule is an argument of everything in this package that reads observations, so that
installations may differ in it and a figure can say by which rule it was made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from geo_assen.errors import GeoAssenError

__all__ = ["SOURCES", "USUAL_RULE", "VACANCY_METHOD", "VacancyRule", "VacancyRuleError"]

VACANCY_METHOD = "2"
"""Version of the way from observations to figures; raised when a figure would change."""

SOURCES = ("field", "owner", "register", "listing", "bag")
"""Sources there are, in the usual order of trust."""

_LONGEST_MONTHS = 1200
_LONGEST_USE_DAYS = 3660
_ENTRY = re.compile(r"([a-z]+):([0-9]{1,4})")


class VacancyRuleError(GeoAssenError):
    """A rule for weighing observations says something that cannot be followed."""

    def __init__(self, told: object, expected: str) -> None:
        super().__init__(f"The vacancy rule {told!r} cannot be used: expected {expected}.")


@dataclass(frozen=True, eq=False)
class VacancyRule:
    """How the words of several sources become one state; equal where all of it is equal.

    Attributes
    ----------
    months
        Every source, the most trusted first, with the calendar months for which its word
        holds; the last day counts.
    short_use_days
        Longest use between two vacancies that counts as short, in days; 0: none does.
    short_use_breaks
        Whether a short use ends a vacancy as any use does. Where it does not, the vacancy
        before it is counted on, the days of use with it.

    Raises
    ------
    VacancyRuleError
        If not each source is named exactly once, or a number is out of range.
    """

    months: Mapping[str, int]
    short_use_days: int = 92
    short_use_breaks: bool = True

    def __post_init__(self) -> None:
        told = " ".join(f"{source}:{months}" for source, months in self.months.items())
        if sorted(self.months) != sorted(SOURCES):
            raise VacancyRuleError(told, f"each of {', '.join(SOURCES)} once")
        if not all(_whole(months, 1, _LONGEST_MONTHS) for months in self.months.values()):
            raise VacancyRuleError(told, f"whole months from 1 to {_LONGEST_MONTHS}")
        if not _whole(self.short_use_days, 0, _LONGEST_USE_DAYS):
            raise VacancyRuleError(
                self.short_use_days, f"a short use of 0 to {_LONGEST_USE_DAYS} whole days"
            )
        # Own copy: what the caller does to the mapping later changes no rule.
        object.__setattr__(self, "months", MappingProxyType(dict(self.months)))

    @classmethod
    def read(cls, validity: str, short_use_days: int, short_use_breaks: bool) -> VacancyRule:
        """Rule from a setting like ``field:18 owner:12 register:12 listing:6 bag:12``.

        Raises
        ------
        VacancyRuleError
            If the text is anything else.
        """
        found = [_ENTRY.fullmatch(entry) for entry in validity.split()]
        pairs = [(match[1], int(match[2])) for match in found if match]
        if len(pairs) < len(found) or len(dict(pairs)) < len(pairs):
            raise VacancyRuleError(
                validity, f"SOURCE:MONTHS once for each of {', '.join(SOURCES)}"
            )
        return cls(dict(pairs), short_use_days, short_use_breaks)

    @property
    def order(self) -> tuple[str, ...]:
        """Sources, the most trusted first."""
        return tuple(self.months)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VacancyRule) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash(self._told())

    def _told(self) -> tuple[object, ...]:
        # In order: mappings that differ in nothing but order are equal, these rules are not.
        return tuple(self.months.items()), self.short_use_days, self.short_use_breaks


def _whole(number: object, least: int, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and least <= number <= most


USUAL_RULE = VacancyRule({"field": 18, "owner": 12, "register": 12, "listing": 6, "bag": 12})
"""The rule of an installation that sets none."""
