"""Why a site does not stand higher: what the one above it has more, in words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from geo_assen.matching import (
    CriterionResult,
    Ranking,
    Result,
    Verdict,
    short_reason,
    why_not_higher,
)
from geo_assen.units import format_number
from webapp.matching.words import criterion_title, value_words

__all__ = ["Comparison", "GainWords", "compared_with_above"]


@dataclass(frozen=True)
class GainWords:
    """One criterion on which the site above has more, with both values and the difference."""

    title: str
    here: str
    above: str
    points: str


@dataclass(frozen=True)
class Comparison:
    """A site beside the one above it.

    Attributes
    ----------
    lead
        What decides between the two, in a sentence.
    gains
        Where the site above has more, the largest first; empty where it gains nowhere.
    """

    above: str
    lead: str
    gains: tuple[GainWords, ...]


def compared_with_above(
    result: Result, above: Result, ranking: Ranking, language: str
) -> Comparison:
    """Say what the site above has more than this one."""
    gains = tuple(
        GainWords(
            title=criterion_title(gain.name, ranking, language),
            here=_told(gain.here, ranking, language),
            above=_told(gain.above, ranking, language),
            points=format_number(gain.score_gain * 100, language, 1),
        )
        for gain in why_not_higher(result, above)
    )
    return Comparison(above.name, _lead(result, above, ranking, language), gains)


def _lead(result: Result, above: Result, ranking: Ranking, language: str) -> str:
    here, there = (short_reason(one, language, ranking, on_screen=True) for one in (result, above))
    if result.verdict is not above.verdict:
        return _(
            "What must hold goes first. %(above)s: %(there)s. Here: %(here)s.",
            above=above.name, there=there, here=here,
        )  # fmt: skip
    if result.verdict is Verdict.FAIL:
        return _(
            "%(above)s lacks less of what must hold, or as much with a better score. "
            "There: %(there)s. Here: %(here)s.",
            above=above.name, there=there, here=here,
        )  # fmt: skip
    mine, theirs = (format_number(one.score * 100, language, 1) for one in (result, above))
    if mine == theirs:
        return _("The scores are equal (%(score)s points); then the code decides.", score=mine)
    return _(
        "%(above)s scores %(there)s of 100 points, this site %(here)s.",
        above=above.name, there=theirs, here=mine,
    )  # fmt: skip


def _told(given: CriterionResult | None, ranking: Ranking, language: str) -> str:
    """Value of a criterion and how far it meets the wish."""
    if given is None:
        return _("does not apply")
    if given.desirability is None:
        return _("not recorded, counts for half")
    met = format_number(given.desirability * 100, language)
    value = value_words(given.name, given.value, given.unit, ranking, language)
    return _("%(value)s (%(met)s %% met)", value=value, met=met)
