"""Hot spots of vacancy: where vacant premises lie together more than chance would have it.

The local statistic Gi* of Getis and Ord with a binary distance band, by the library
``esda``. It brings scikit-learn along and takes seconds to import, so it is loaded when
the first hot spots are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType

import geopandas as gpd
import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.spatial import cKDTree

from geo_assen.crs import require_rd
from geo_assen.vacancy.observation import VACANT_STATES

__all__ = [
    "FEWEST_NEIGHBOURS", "FEWEST_UNITS", "FEWEST_VACANT", "HOTSPOT_CLASSES", "Hotspots",
    "vacancy_hotspots",
]  # fmt: skip

HOTSPOT_CLASSES = ("hot_99", "hot_95", "cold_99", "cold_95", "not_significant", "too_few")
"""What a unit can lie in: more vacancy than chance explains, less, neither, or no saying."""

FEWEST_UNITS = 30
"""Fewer units than this make a picture that is not to be trusted."""

FEWEST_VACANT = 5
"""Fewer vacant units than this make no cluster."""

FEWEST_NEIGHBOURS = 8
"""With fewer units around, the unit itself among them, nothing is said of a place."""

_RATES = {95: 0.05, 99: 0.01}
"""False discovery rate of each level, the widest first."""


@cache
def _library(name: str) -> ModuleType:
    return import_module(name)


@dataclass(frozen=True, eq=False)
class Hotspots:
    """Where vacancy clusters among some units.

    Attributes
    ----------
    rows
        Units of known state, by code: ``gi_z`` (standard score of Gi*; NaN where it has
        none), ``p_value`` (two-sided; NaN likewise), ``neighbours`` (units within the
        distance, itself included), ``vacant_neighbours`` (the vacant ones of these) and
        ``hotspot`` (one of ``HOTSPOT_CLASSES``).
    units, vacant_units
        Number of units compared, and of vacant ones.
    left_out
        Number of units without a known state or a place.
    warnings
        What makes the picture unsure: ``few_units``, ``few_vacant``, ``all_alike`` (all
        vacant or none: nothing is significant).
    """

    rows: pd.DataFrame
    units: int
    vacant_units: int
    left_out: int
    warnings: tuple[str, ...]


def vacancy_hotspots(units: gpd.GeoDataFrame, *, distance_m: float = 100) -> Hotspots:
    """Answer where vacant premises lie together more, or less, than chance would have it.

    Each unit is compared with the units within a distance of it, itself included: Gi* of a
    value that is 1 for vacant and 0 for occupied (Getis & Ord 1992, "The analysis of spatial
    association by use of distance statistics"; Ord & Getis 1995, "Local spatial
    autocorrelation statistics", both in Geographical Analysis). Its chance is that of
    conditional permutation: the unit keeps its value and all others change places. Of a value
    that is 0 or 1 that chance is known without drawing permutations, it is hypergeometric;
    the two-sided p is twice that of the nearer tail, the count found included, at most 1.
    Classes keep the false discovery rate over all units (Benjamini & Hochberg 1995) at 0.01
    or 0.05.

    Parameters
    ----------
    units
        Units by code, in EPSG:28992, with ``state``; an outline stands for a point in it.
    distance_m
        Units as near as this are neighbours, in metres.

    Raises
    ------
    CrsError
        If the units are not in EPSG:28992.
    """
    require_rd(units, "The search for hot spots of vacancy")
    state, geometry = units["state"], units.geometry
    known = state.isin(["occupied", *VACANT_STATES]) & geometry.notna() & ~geometry.is_empty
    chosen = units[known]
    vacant = chosen["state"].isin(VACANT_STATES).to_numpy(dtype=np.float64)
    pairs = _pairs(chosen, distance_m)
    neighbours = np.bincount(pairs[0], minlength=len(chosen))
    vacant_neighbours = np.bincount(pairs[0], vacant[pairs[1]] > 0, minlength=len(chosen))
    scores = p_values = np.full(len(chosen), np.nan)
    bounds: tuple[float, ...] = tuple(0.0 for _ in _RATES)
    all_alike = not 0 < vacant.sum() < len(vacant)
    if not all_alike:
        scores = _gi_star(vacant, pairs)
        p_values = _p_values(vacant, neighbours, vacant_neighbours)
        bounds = tuple(_library("esda").fdr(p_values, rate) for rate in _RATES.values())
    named = _named(scores, p_values, bounds)
    if not all_alike:
        named[neighbours < FEWEST_NEIGHBOURS] = "too_few"
    rows = pd.DataFrame(
        {
            "gi_z": scores,
            "p_value": p_values,
            "neighbours": neighbours,
            "vacant_neighbours": vacant_neighbours.astype(np.int64),
            "hotspot": pd.Index(named, dtype=object),
        },
        index=chosen.index,
    )
    doubts = {
        "few_units": len(chosen) < FEWEST_UNITS,
        "few_vacant": vacant.sum() < FEWEST_VACANT,
        "all_alike": all_alike,
    }
    return Hotspots(
        rows=rows,
        units=len(chosen),
        vacant_units=int(vacant.sum()),
        left_out=len(units) - len(chosen),
        warnings=tuple(name for name, holds in doubts.items() if holds),
    )


def _pairs(units: gpd.GeoDataFrame, distance_m: float) -> NDArray[np.intp]:
    """Positions of each unit and of the units near it, itself included, in two rows."""
    points = units.geometry.representative_point()
    places = np.column_stack([points.x, points.y])
    own = np.arange(len(places))
    if not len(places):
        return np.stack([own, own])
    near = cKDTree(places).query_pairs(distance_m, output_type="ndarray").T
    found: NDArray[np.intp] = np.concatenate([np.stack([own, own]), near, near[::-1]], axis=1)
    return found


def _gi_star(vacant: NDArray[np.float64], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    """Score of each unit; where all are each other's neighbours there is none."""
    count = len(vacant)
    links = coo_array((np.ones(pairs.shape[1]), (pairs[0], pairs[1])), shape=(count, count))
    graph = _library("libpysal.graph").Graph.from_sparse(links.tocsr())
    with np.errstate(divide="ignore", invalid="ignore"):
        # The library's own permutations count no ties in the lower tail: of few vacant units
        # every place without any would be a cold spot. So none are asked for.
        found = _library("esda").G_Local(vacant, graph, transform="B", star=True, permutations=0)
    return np.asarray(found.Zs, dtype=np.float64)


def _p_values(
    vacant: NDArray[np.float64],
    neighbours: NDArray[np.intp],
    vacant_neighbours: NDArray[np.intp],
) -> NDArray[np.float64]:
    others, vacant_others = len(vacant) - 1, vacant.sum() - vacant
    drawn, found = neighbours - 1, vacant_neighbours - vacant
    chance = scipy.stats.hypergeom  # scipy imports this part when it is first used
    more = chance.sf(found - 1, others, vacant_others, drawn)
    fewer = chance.cdf(found, others, vacant_others, drawn)
    p_values: NDArray[np.float64] = np.minimum(1.0, 2 * np.minimum(more, fewer))
    return p_values


def _named(
    scores: NDArray[np.float64], p_values: NDArray[np.float64], bounds: tuple[float, ...]
) -> NDArray[np.object_]:
    named = np.full(len(scores), "not_significant", dtype=object)
    for level, bound in zip(_RATES, bounds, strict=True):
        for side, on_side in (("hot", scores > 0), ("cold", scores < 0)):  # neither where NaN
            named[on_side & (p_values <= bound)] = f"{side}_{level}"
    return named
