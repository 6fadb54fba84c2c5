"""Vacancy cases written as text: the docstring of a test is its observations and answers.

Each line is one fact; words after the first are ``name=value``::

    2024-01-01 A field vacant vacant_share=0.5 recorded_on=2024-02-01
    = 2025-01-01 A vacant friction vacant_since=2024-01-01 known=2024-12-31
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd
import pytest

from geo_assen.vacancy import USUAL_RULE, VacancyRule, vacancy_states
from tests.factories import OBSERVATION, frame, make_observation, make_premises
from tests.vacancy.walk import plain


def _value(text: str) -> Any:
    if text in {"None", "True", "False"}:
        return {"None": None, "True": True, "False": False}[text]
    if text.count("-") == 2:
        return date.fromisoformat(text)
    return float(text) if text.replace(".", "").isdigit() else text


@dataclass
class VacancyCase:
    """What a docstring tells."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    expected: list[tuple[str, date, str, dict[str, Any]]] = field(default_factory=list)

    @property
    def observations(self) -> pd.DataFrame:
        return frame(self.rows, OBSERVATION)

    @property
    def premises(self) -> pd.DataFrame:
        asked = {code for _, _, code, _ in self.expected} | {r["premises"] for r in self.rows}
        return frame([make_premises(code=code) for code in sorted(asked)])

    def read(self, line: str) -> None:
        """Take up one line."""
        words = [word for word in line.split() if "=" not in word or word == "="]
        named = dict(word.split("=") for word in line.split() if "=" in word and word != "=")
        facts = {name: _value(text) for name, text in named.items()}
        if words[0] == "=":
            facts |= dict(zip(("state", "vacancy_class"), words[3:], strict=False))
            self.expected.append((line, date.fromisoformat(words[1]), words[2], facts))
        else:
            day, code, source, state = words
            row = {"observed_on": date.fromisoformat(day), "premises": code}
            self.rows.append(make_observation(**row, source=source, state=state, **facts))

    def check(self, rule: VacancyRule = USUAL_RULE) -> None:
        """Compare every expectation with the states; None stands for NaN too."""
        assert self.expected, "the case expects nothing"
        for line, as_of, code, facts in self.expected:
            known_at = facts.pop("known", None)
            found = vacancy_states(
                self.premises, self.observations, as_of=as_of, known_at=known_at, rule=rule
            )
            told = {name: found.at[code, name] for name in facts}
            assert {name: plain(value) for name, value in told.items()} == facts, line.strip()


@pytest.fixture
def vacancy(request: pytest.FixtureRequest) -> VacancyCase:
    """The case in the docstring of the test."""
    case = VacancyCase()
    for line in (request.function.__doc__ or "").splitlines():
        if line.strip():
            case.read(line)
    return case
