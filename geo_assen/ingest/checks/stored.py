"""Rows that passed, compared with what the store has."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_assen.catalogue import LayerDefinition
from geo_assen.crs import require_rd
from geo_assen.ingest.checks.rules import UNIQUE
from geo_assen.ingest.issues import Issue

__all__ = ["APART_M", "apart_from_stored", "taken_in_store"]

APART_M = 250
"""Two sources that put one thing further apart than this cannot both be right."""


def apart_from_stored(
    accepted: gpd.GeoDataFrame, stored: gpd.GeoDataFrame, layer: LayerDefinition
) -> list[Issue]:
    """Find things that another source puts elsewhere: more than 250 m away.

    Parameters
    ----------
    accepted
        Rows of a file as :class:`geo_assen.ingest.checks.Checked` has them.
    stored
        Records with the identity of the layer (and what else is unique, such as ``bag_id``),
        ``source_code`` and ``geometry`` in RD.

    Raises
    ------
    CrsError
        If one of them is not in RD.
    """
    if not len(accepted) or not len(stored):
        return []
    require_rd(accepted, "Comparing two sources")
    require_rd(stored, "Comparing two sources")
    pairs = _pairs(accepted, stored, layer)
    here = accepted.geometry.to_numpy()[pairs["here"]]
    there = stored.geometry.to_numpy()[pairs["there"]]
    sources = accepted["source_code"].to_numpy(dtype=object)[pairs["here"]]
    others = stored["source_code"].to_numpy(dtype=object)[pairs["there"]]
    distance = shapely.distance(here, there)
    with np.errstate(invalid="ignore"):
        apart = np.flatnonzero((distance > APART_M) & (sources != others))
    numbers = accepted["row"].to_numpy()
    issues: dict[int, Issue] = {}
    for at in apart:
        row = int(numbers[pairs["here"].iloc[at]])
        message = f"Source {others[at]} has it {distance[at]:.0f} m away."
        issues.setdefault(
            row,
            Issue(row, "two_sources_apart", "geometry", None, message, "Look which one is right."),
        )
    return [issues[row] for row in sorted(issues)]


def taken_in_store(
    accepted: pd.DataFrame, stored: pd.DataFrame, layer: LayerDefinition
) -> list[Issue]:
    """Find rows with a unique value, such as a BAG id, that another record of the store has.

    Parameters
    ----------
    stored
        Records with the identity of the layer and the unique fields.
    """
    issues = []
    for name in UNIQUE.get(layer.table or "", ()):
        owners = {
            value: identity
            for value, identity in zip(stored[name], _identities(stored, layer), strict=True)
            if value is not None
        }
        for row, value, identity in zip(
            accepted["row"], accepted[name], _identities(accepted, layer), strict=True
        ):
            owner = owners.get(value, identity)
            if owner != identity:
                message = f"{value} is recorded already, as {', '.join(map(str, owner))}."
                issues.append(
                    Issue(int(row), "duplicate_id", name, value, message,
                          "Keep one of the two records.")
                )  # fmt: skip
    return issues


def _identities(frame: pd.DataFrame, layer: LayerDefinition) -> list[tuple[object, ...]]:
    return list(zip(*(frame[name] for name in layer.identity), strict=True))


def _pairs(accepted: pd.DataFrame, stored: pd.DataFrame, layer: LayerDefinition) -> pd.DataFrame:
    """Positions of rows and records that are the same thing."""
    keys = [list(layer.identity)]
    keys += [[name] for name in UNIQUE.get(layer.table or "", ()) if name in stored]
    found = []
    for key in keys:
        left = accepted[key].astype(object).assign(here=np.arange(len(accepted))).dropna()
        right = stored[key].astype(object).assign(there=np.arange(len(stored))).dropna()
        found.append(left.merge(right, on=key)[["here", "there"]])
    return pd.concat(found, ignore_index=True).drop_duplicates().astype(np.int64)
