"""Vacancy: what dated observations of several sources say together about premises.

In: frames of premises and observations, and the rule that weighs them. Out: state, duration
and class on a date, spells, figures, changes between two days, what is to be reviewed, and
where vacancy clusters. Invariant: what is not known stays unknown; it is never guessed.
"""

from geo_assen.vacancy.changes import CHANGES, change_figures, vacancy_changes
from geo_assen.vacancy.durations import add_months, duration_classes
from geo_assen.vacancy.hotspots import HOTSPOT_CLASSES, Hotspots, vacancy_hotspots
from geo_assen.vacancy.measures import (
    NO_KEY,
    SIZE_CLASSES,
    size_class,
    use_of,
    vacancy_figures,
    vacant_floor_m2,
    without_large,
)
from geo_assen.vacancy.observation import STATES, VACANT_STATES
from geo_assen.vacancy.rule import (
    SOURCES,
    USUAL_RULE,
    VACANCY_METHOD,
    VacancyRule,
    VacancyRuleError,
)
from geo_assen.vacancy.spells import vacancy_spells
from geo_assen.vacancy.state import timeline, vacancy_states
from geo_assen.vacancy.voices import voices
from geo_assen.vacancy.worklist import REASONS, worklist

__all__ = [
    "CHANGES", "HOTSPOT_CLASSES", "NO_KEY", "REASONS", "SIZE_CLASSES", "SOURCES", "STATES",
    "USUAL_RULE", "VACANCY_METHOD", "VACANT_STATES", "Hotspots", "VacancyRule",
    "VacancyRuleError", "add_months", "change_figures", "duration_classes", "size_class",
    "timeline", "use_of", "vacancy_changes", "vacancy_figures", "vacancy_hotspots",
    "vacancy_spells", "vacancy_states", "vacant_floor_m2", "voices", "without_large", "worklist",
]  # fmt: skip
