"""How sure the order is, in words: chances, intervals, and what would turn the top two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from geo_assen.matching import Ranking, Robustness
from geo_assen.units import format_number
from webapp.fields import small
from webapp.matching.words import criterion_title

__all__ = ["Robust", "robust_words"]

_NOTHING = 1e-9
_SMALL = 0.005


@dataclass(frozen=True)
class Robust:
    """Texts about the order.

    Attributes
    ----------
    lead
        What the smallest change of weights is that turns the top two, in a sentence.
    sites
        Chance of being first and interval of ranks, by id.
    pareto
        Ids of the sites that no other beats on every wish.
    draws
        Weightings that were tried.
    """

    lead: str
    sites: Mapping[str, str]
    pareto: frozenset[str]
    draws: str


def robust_words(
    found: Robustness, ranking: Ranking, names: Mapping[str, str], language: str
) -> Robust:
    """Put the robustness of a ranking into words."""
    sites = {
        site.id: _(
            "first in %(chance)s %% of the weightings, place %(best)s to %(worst)s",
            chance=_percent(site.first_share, language),
            best=site.best_rank,
            worst=site.worst_rank,
        )
        for site in found.sites
    }
    return Robust(
        lead=_lead(found, ranking, names, language),
        sites=sites,
        pareto=frozenset(site.id for site in found.sites if site.is_pareto),
        draws=format_number(found.draws, language),
    )


def _lead(
    found: Robustness, ranking: Ranking, names: Mapping[str, str], language: str
) -> str:
    """Say what the smallest change of weights is after which the second is first."""
    if len(found.sites) < 2:
        return ""
    first, second = (names.get(site.id, site.id) for site in found.sites[:2])
    flip = found.flip
    if flip is None:
        return _("No other weights put %(second)s above %(first)s.", second=second, first=first)
    if flip.change < _NOTHING:
        return _("%(first)s and %(second)s score the same.", first=first, second=second)
    given = [name for name, share in flip.moved.items() if share < -_NOTHING]
    taken = [name for name, share in flip.moved.items() if share > _NOTHING]
    return _(
        "If %(share)s %% of the weight moves from %(given)s to %(taken)s, %(second)s wins.",
        share=_percent(flip.change, language),
        given=_listed(given, ranking, language),
        taken=_listed(taken, ranking, language),
        second=second,
    )


def _listed(names: Sequence[str], ranking: Ranking, language: str) -> str:
    """Titles of criteria as they stand inside a sentence."""
    titles = [small(criterion_title(name, ranking, language)) for name in names]
    if len(titles) < 2:
        return "".join(titles)
    return _("%(first)s and %(last)s", first=", ".join(titles[:-1]), last=titles[-1])


def _percent(share: float, language: str) -> str:
    if 0 < share < _SMALL:
        return "<1"
    return format_number(share * 100, language)
