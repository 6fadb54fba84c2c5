"""Vacancy: what dated observations of several sources say together about premises.

In: frames of premises and observations. Out: state, duration and class on a date, and the
timeline of one of them. Invariant: what is not known stays unknown; it is never guessed.
"""

from geo_assen.vacancy.durations import add_months, duration_classes
from geo_assen.vacancy.observation import SOURCES, STATES, VACANT_STATES, VALIDITY_MONTHS
from geo_assen.vacancy.state import timeline, vacancy_states

__all__ = [
    "SOURCES", "STATES", "VACANT_STATES", "VALIDITY_MONTHS", "add_months", "duration_classes",
    "timeline", "vacancy_states",
]  # fmt: skip
