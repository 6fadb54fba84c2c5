"""Vacancy at a date: the state of premises, from all observations in the store."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo_assen.services.session import Session
from geo_assen.vacancy import vacancy_states

__all__ = ["observations_of", "states_at"]


def states_at(session: Session, as_of: date, known_at: date | None = None) -> pd.DataFrame:
    """State of all premises on a date, by code (see :func:`geo_assen.vacancy.vacancy_states`)."""

    def build() -> pd.DataFrame:
        premises, _ = session.attributes("premises", as_of)
        observations = session.table("vacancy_observation")
        return vacancy_states(premises, observations, as_of=as_of, known_at=known_at)

    return session.kept(("vacancy_states", as_of, known_at), build)


def observations_of(session: Session, premises: str, as_of: date) -> pd.DataFrame:
    """Observations of one premises up to a date, oldest first."""
    rows = session.table("vacancy_observation")
    chosen = rows[(rows["premises"] == premises) & (rows["observed_on"] <= as_of)]
    return chosen.sort_values(["observed_on", "id"])
