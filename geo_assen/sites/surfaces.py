"""Values that surfaces have where sites lie, handed over by whoever reads the surfaces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from geo_assen.sites.packed import Floats

__all__ = ["FieldSource", "Surfaces", "Travel"]

Travel = Callable[[Floats, Floats], Floats]
"""Minutes from each site to the quickest reached of some places.

Takes places and sites in EPSG:28992, both of shape (n, 2); NaN where no time is known.
"""


@dataclass(frozen=True)
class FieldSource:
    """Who says what stands in a field, where that is not the source of the site itself.

    Attributes
    ----------
    day
        Day for which it holds; None where it does not say.
    certainty
        How sure it is; None where it does not say.
    """

    name: str
    day: date | None
    certainty: str | None


def _nothing(x_m: Floats, y_m: Floats) -> Mapping[str, Floats]:  # noqa: ARG001
    return {}


@dataclass(frozen=True, eq=False)
class Surfaces:
    """Surfaces that fill fields of sites, and how long one travels between places.

    Attributes
    ----------
    sources
        Source of each field that is filled.
    values_at
        Values by field at places in EPSG:28992, of which some may be NaN; a value is NaN
        where its surface has none.
    travel
        Travel times by car; None: none are known.
    """

    sources: Mapping[str, FieldSource] = field(default_factory=dict)
    values_at: Callable[[Floats, Floats], Mapping[str, Floats]] = _nothing
    travel: Travel | None = None
