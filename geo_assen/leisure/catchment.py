"""Where visitors come from, after Huff, and how many a place has around it.

Both are models: what comes out is never a count. Distances are straight lines in metres.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo_assen.errors import ArgumentRefused

__all__ = [
    "ALPHA",
    "BETA",
    "HALF_DISTANCE_M",
    "LEAST_DISTANCE_M",
    "VISITS_PER_PERSON",
    "Catchment",
    "huff",
    "visitor_reach",
]

Floats = NDArray[np.float64]

ALPHA = 1.0
"""Usual exponent of attraction: twice the visitors attract twice as much."""

BETA = 2.0
"""Usual exponent of distance, Huff's own lower estimate for shopping."""

VISITS_PER_PERSON = 1.0
"""Visits that a person makes a year where nothing better is known: shares of one visit."""

LEAST_DISTANCE_M = 500.0
"""Distance below which all is equally near: places and districts are no surer than that."""

HALF_DISTANCE_M = 1000.0
"""Distance at which visitors of an attraction count half for a site."""


@dataclass(frozen=True, eq=False)
class Catchment:
    """Chance that who lives at an origin goes to a place, and what follows from it.

    Attributes
    ----------
    origins, places
        Codes, in the order of rows and of columns.
    chances
        A row for each origin that sums to 1; without places it has no columns.
    distances_m
        Straight distance, at least the least distance of the model.
    visits
        Visits a year from each origin to each place; NaN where the persons of an origin are
        not known.
    """

    origins: tuple[str, ...]
    places: tuple[str, ...]
    chances: Floats
    distances_m: Floats
    visits: Floats

    def of_place(self, code: str) -> pd.DataFrame:
        """Answer how one place draws by origin: ``share distance_m visits visits_share``.

        The first is the share of the visits of an origin that go to the place; the last is the
        share of the visits to the place that come from the origin, out of those whose persons
        are known. NaN where they are not, and where there are no visits at all.
        """
        at = self.places.index(code)
        visits = self.visits[:, at]
        total = float(np.nansum(visits))
        return pd.DataFrame(
            {
                "share": self.chances[:, at],
                "distance_m": self.distances_m[:, at],
                "visits": visits,
                "visits_share": visits / total if total > 0 else np.full(len(visits), np.nan),
            },
            index=pd.Index(self.origins, name="code"),
        )

    @property
    def visits_by_place(self) -> pd.Series[float]:
        """Visits of each place from the origins whose persons are known; NaN: of none."""
        visits = pd.DataFrame(self.visits, columns=pd.Index(self.places, name="code"))
        return visits.sum(min_count=1)

    @property
    def visits_by_origin(self) -> pd.Series[float]:
        """Visits that start at each origin; NaN where its persons are not known."""
        sums = self.visits.sum(axis=1)
        return pd.Series(sums, index=pd.Index(self.origins, name="code"))


def huff(
    origins: pd.DataFrame,
    places: pd.DataFrame,
    *,
    alpha: float = ALPHA,
    beta: float = BETA,
    visits_per_person: float = VISITS_PER_PERSON,
    least_distance_m: float = LEAST_DISTANCE_M,
) -> Catchment:
    """Answer how visits spread: ``P_ij = S_j^alpha c_ij^-beta / sum_k S_k^alpha c_ik^-beta``.

    Parameters
    ----------
    origins
        ``code x_m y_m persons`` in EPSG:28992; persons may be missing.
    places
        ``code x_m y_m visitors``; the visitors are the attraction S and above 0.
    alpha, beta
        From 0 on; with 0 attraction or distance does not count.
    visits_per_person
        Visits that a person makes a year to all places together.
    least_distance_m
        Above 0; whoever lives nearer counts as living there, so that no distance is zero.

    Raises
    ------
    ArgumentRefused
        If a parameter or a place is none of these.
    """
    for name, value in (("alpha", alpha), ("beta", beta), ("visits_per_person", visits_per_person)):
        if not (math.isfinite(value) and value >= 0):
            raise ArgumentRefused(name, value, "a number from 0 on")
    if not (math.isfinite(least_distance_m) and least_distance_m > 0):
        raise ArgumentRefused("least_distance_m", least_distance_m, "a number above 0")
    visitors = places["visitors"].to_numpy(dtype=float)
    if not (np.isfinite(visitors) & (visitors > 0)).all():
        raise ArgumentRefused("visitors", visitors.tolist(), "numbers above 0")
    distances_m = np.maximum(_distances_m(origins, places), least_distance_m)
    chances = _chances(alpha * np.log(visitors) - beta * np.log(distances_m))
    persons = origins["persons"].to_numpy(dtype=float, na_value=np.nan)
    visits = chances * persons[:, None] * visits_per_person
    return Catchment(tuple(origins["code"]), tuple(places["code"]), chances, distances_m, visits)


def _distances_m(origins: pd.DataFrame, places: pd.DataFrame) -> Floats:
    x_m, y_m = (origins[n].to_numpy(dtype=float)[:, None] for n in ("x_m", "y_m"))
    found: Floats = np.hypot(
        x_m - places["x_m"].to_numpy(dtype=float), y_m - places["y_m"].to_numpy(dtype=float)
    )
    return found


def _chances(logs: Floats) -> Floats:
    """Weights of which logarithms are given, scaled so that each row sums to 1."""
    if not logs.shape[1]:
        return logs
    # the largest is taken off first: large exponents would overflow otherwise
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: Floats = weights / weights.sum(axis=1, keepdims=True)
    return found


def visitor_reach(
    x_m: ArrayLike,
    y_m: ArrayLike,
    places: pd.DataFrame,
    *,
    half_distance_m: float = HALF_DISTANCE_M,
) -> Floats:
    """Answer how many visitors a year a site has around it: ``sum_j V_j 0.5^(d_j / h)``.

    Parameters
    ----------
    x_m, y_m
        Sites in EPSG:28992; where a coordinate is NaN the answer is NaN.
    places
        ``x_m y_m visitors``: attractions and their visitors a year. Those whose visitors are
        missing are left out, which makes the answer a lower bound.
    half_distance_m
        Distance h at which visitors count half.

    Returns
    -------
    Visitors a year by site; NaN throughout where the visitors of no attraction are known.
    """
    if not (math.isfinite(half_distance_m) and half_distance_m > 0):
        raise ArgumentRefused("half_distance_m", half_distance_m, "a number above 0")
    xs, ys = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
    known = places[places["visitors"].notna()]
    if known.empty:
        return np.full(len(xs), np.nan)
    total = np.zeros(len(xs))
    # one attraction after the other: of a country of sites a matrix would be large
    for x, y, visitors in known[["x_m", "y_m", "visitors"]].itertuples(index=False):
        total += float(visitors) * np.exp2(-np.hypot(xs - x, ys - y) / half_distance_m)
    return total
