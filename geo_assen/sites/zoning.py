"""Environmental categories: their order, and the distance to dwellings each one asks for.

Categories and distances are those of the guide *Bedrijven en milieuzonering* (VNG, 2009),
for a quiet residential area. The legal limit on a plot is the category its plan allows; a
distance is advice.
"""

from __future__ import annotations

from geo_assen.errors import NotFound

__all__ = [
    "ENV_CATEGORIES",
    "GUIDE_DISTANCE_M",
    "base_category",
    "guide_distance_m",
]

GUIDE_DISTANCE_M = {
    "1": 10,
    "2": 30,
    "3.1": 50,
    "3.2": 100,
    "4.1": 200,
    "4.2": 300,
    "5.1": 500,
    "5.2": 700,
    "5.3": 1000,
    "6": 1500,
}
"""Metres between the boundary of the plot and the nearest dwelling, by category."""

ENV_CATEGORIES = tuple(GUIDE_DISTANCE_M)
"""Categories from light to heavy; the same order as ``env_category`` in the code lists."""

_SUFFIXES = "CDZ"
_RANK = {category: rank for rank, category in enumerate(ENV_CATEGORIES)}


def base_category(label: str) -> str:
    """Category of a label without its letters: ``4.1CZ`` is ``4.1``.

    The letters say more about the noise (C continuous, Z zoned) or the variety of firms (D)
    and change neither order nor distance.

    Raises
    ------
    NotFound
        If what is left is no category of the guide.
    """
    bare = label.strip().rstrip(_SUFFIXES).strip()
    if bare not in _RANK:
        raise NotFound("environmental category", label, f"Known are {', '.join(ENV_CATEGORIES)}.")
    return bare


def guide_distance_m(category: str, *, mixed_area: bool = False) -> int:
    """Distance in metres that the guide advises between a category and dwellings.

    Parameters
    ----------
    mixed_area
        Whether the dwellings stand in a mixed area, where the distance of one category
        lower is enough; the lightest category then needs none.

    Raises
    ------
    NotFound
        If it is no category of the guide.
    """
    rank = _RANK[base_category(category)] - int(mixed_area)
    return GUIDE_DISTANCE_M[ENV_CATEGORIES[rank]] if rank >= 0 else 0
