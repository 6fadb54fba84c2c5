"""Where rows lie: read in their reference system, doubted, and brought to RD."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_assen.crs import RD, is_degrees, to_rd
from geo_assen.errors import FileRefused, UnknownCrsError
from geo_assen.ingest.checks.claims import Claims
from geo_assen.ingest.checks.country import (
    KNOWN_SYSTEMS,
    in_country,
    look_like,
    plausible_elsewhere,
    points_in_rd,
    within_country,
)
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.issues import Fix

__all__ = ["bring_to_rd", "refuse_without_crs"]

_NOT_FILLED_IN = (0.0, -1.0, -99.0, -999.0, -9999.0, 99999.0, 999999.0, 9999999.0)
"""Numbers that stand for a coordinate that nobody knew."""
_SAMPLE = 1_000
"""Places that are looked at to say what their numbers look like."""

_Places = NDArray[np.object_]


def refuse_without_crs(name: str, places: _Places) -> None:
    """Refuse a file of which nobody says in which reference system it is.

    Raises
    ------
    FileRefused
        With the system that its numbers look like, unless no row has a place.
    """
    given = places[~(shapely.is_missing(places) | shapely.is_empty(places))][:_SAMPLE]
    if not len(given):
        return
    x, y = _middles(shapely.bounds(given))
    systems = look_like(x, y, None)
    found = pd.Series(systems).value_counts()
    if len(found):
        crs = str(found.index[0])
        given_as = "EPSG:4326" if crs == "OGC:CRS84" else crs
        reason = f"its numbers look like {KNOWN_SYSTEMS[crs]}. Give --crs {given_as} if they are."
    else:
        reason = (
            f"its numbers, such as {x[0]:.10g} and {y[0]:.10g}, do not lie in the Netherlands "
            "in any usual one. Give it with --crs EPSG:n."
        )
    raise FileRefused(
        name, f"nobody says in which reference system its places are; {reason}", kind="crs_missing"
    )


def bring_to_rd(
    places: _Places, crs: str, values: pd.DataFrame, claims: Claims, findings: Findings
) -> _Places:
    """Places in RD, two-dimensional; None where a place is missing or cannot be right.

    Parameters
    ----------
    places
        As read, horizontal axis first; None where a row has none.
    crs
        Reference system that the file states.
    values
        The rows as read, for what they say about where they lie.

    Raises
    ------
    FileRefused
        If the stated system does not exist or is none of a map.
    """
    given = ~(shapely.is_missing(places) | shapely.is_empty(places))
    rows = np.flatnonzero(given & ~_unfinished(places, given, findings))
    flat = places[rows]
    raised = shapely.has_z(flat) | shapely.has_m(flat)
    flat[raised] = shapely.force_2d(flat[raised])
    with np.errstate(invalid="ignore", over="ignore"):
        placed = _in_rd(flat, crs)
        inside = within_country(placed, shapely.bounds(placed))
        outside = np.flatnonzero(~inside)
        if len(outside):
            _explain(
                flat[outside],
                placed[outside],
                rows[outside],
                crs=crs,
                values=values,
                claims=claims,
                findings=findings,
            )
    answer = np.full(len(places), None, dtype=object)
    answer[rows[inside]] = placed[inside]
    return answer


def _in_rd(places: _Places, crs: str) -> _Places:
    try:
        return to_rd(places, crs)
    except UnknownCrsError as error:
        shown = crs if len(crs) < 40 else f"{crs[:40]}..."
        raise FileRefused(
            shown, "no reference system of a map. Give the right one with --crs EPSG:n.",
            kind="crs_missing",
        ) from error  # fmt: skip


def _unfinished(places: _Places, given: NDArray[np.bool_], findings: Findings) -> NDArray[np.bool_]:
    """Which places have coordinates that are no numbers, or stand for nothing."""
    points = np.flatnonzero(given & (shapely.get_dimensions(places) == 0))
    endless = np.zeros(len(places), dtype=bool)
    xy, owner = shapely.get_coordinates(places, return_index=True)
    with np.errstate(invalid="ignore", over="ignore"):
        doubtful = not np.isfinite(xy.sum())
    if doubtful:
        endless[owner[~np.isfinite(xy).all(axis=1)]] = True
    for at in np.flatnonzero(endless):
        kind = "missing_coordinates" if at in points else "invalid_geometry"
        findings.find(at, kind, "geometry", "A coordinate is not a number.")
    blank = np.zeros(len(places), dtype=bool)
    xy, owner = shapely.get_coordinates(places[points], return_index=True)
    blank[points[owner[np.isin(xy, _NOT_FILLED_IN).all(axis=1)]]] = True
    blank &= ~endless
    for at in np.flatnonzero(blank):
        x, y = shapely.get_coordinates(places[at])[0]
        findings.find(at, "missing_coordinates", "geometry",
                      f"The coordinates {x:g} and {y:g} stand for a place that nobody knew.",
                      value=f"{x:g}, {y:g}")  # fmt: skip
    return endless | blank


def _explain(
    native: _Places,
    placed: _Places,
    rows: NDArray[np.int64],
    *,
    crs: str,
    values: pd.DataFrame,
    claims: Claims,
    findings: Findings,
) -> None:
    """Say of each place outside the Netherlands what is wrong with it; each by itself.

    The likeliest first: axes exchanged as they stand in the file, axes exchanged before the
    file was converted, numbers of another system.
    """
    x, y = _middles(shapely.bounds(native))
    x_m, y_m = _middles(shapely.bounds(placed))
    foreign = plausible_elsewhere(x_m, y_m, crs)
    swapped = ~foreign & in_country(*points_in_rd(y, x, crs))
    exchanged = ~foreign & ~swapped & claims.would_lie(values.iloc[rows], y_m, x_m)
    other = look_like(x, y, crs)
    degrees = is_degrees(crs)
    for at, row in enumerate(rows):
        numbers = f"{x[at]:.10g}, {y[at]:.10g}"
        if swapped[at]:
            _swapped(findings, int(row), numbers, degrees=degrees)
        elif exchanged[at] and crs != RD:
            findings.find(
                row, "swapped_projected_axes", "geometry",
                "Easting and northing were swapped before the place was converted from RD.",
                value=numbers,
                suggestion=f"Swap them in RD: {y_m[at]:.0f}, {x_m[at]:.0f}.",
                fix=Fix("swap", RD),
            )  # fmt: skip
        elif other[at] is not None and not foreign[at]:
            findings.find(
                row, "crs_contradicts_values", "geometry",
                f"The numbers {numbers} are no places in {_named(crs)}; they look like "
                f"{KNOWN_SYSTEMS[other[at]]}.",
                value=numbers,
                suggestion=f"Read the place in {_named(other[at])}.",
                fix=Fix("crs", other[at]),
            )  # fmt: skip
        else:
            _outside(findings, int(row), numbers, possible=not _impossible(x[at], y[at], degrees))


def _swapped(findings: Findings, row: int, numbers: str, *, degrees: bool) -> None:
    if degrees:
        findings.find(
            row, "swapped_axes", "geometry", "Longitude and latitude are swapped.",
            value=numbers, suggestion="Put longitude first.", fix=Fix("swap"),
        )  # fmt: skip
    else:
        findings.find(
            row, "swapped_projected_axes", "geometry", "Easting and northing are swapped.",
            value=numbers, suggestion="Swap x and y.", fix=Fix("swap"),
        )  # fmt: skip


def _outside(findings: Findings, row: int, numbers: str, *, possible: bool) -> None:
    if possible:
        findings.find(row, "outside_country", "geometry",
                      "The place lies outside the Netherlands.", value=numbers)  # fmt: skip
    else:
        findings.find(row, "crs_contradicts_values", "geometry",
                      f"The numbers {numbers} are no degrees.", value=numbers,
                      suggestion="Give the right reference system with --crs.")  # fmt: skip


def _impossible(x: float, y: float, degrees: bool) -> bool:
    return degrees and (abs(x) > 180 or abs(y) > 90)


def _middles(bounds: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _named(crs: str) -> str:
    return crs if len(crs) < 40 else "the system that the file states"
