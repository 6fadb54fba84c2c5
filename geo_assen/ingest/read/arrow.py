"""Arrow record batches as parts: columns without a loop over records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo_assen.ingest.content import Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read.columns import EXACT_INTEGER
from geo_assen.ingest.read.curves import straightened
from geo_assen.ingest.read.places import PlaceColumn, geometries_of

__all__ = ["part_of"]


def part_of(
    batch: pa.RecordBatch,
    first: int,
    place: PlaceColumn | None,
    layer: dict[str, Any],
    fall_back: Sequence[str] = (),
) -> Part:
    """Part of a layer from a batch of its records.

    Parameters
    ----------
    first
        Number of the first record of the batch.
    place
        Column that is read as the geometry; other columns of geometry become text.
    layer
        Description of the layer: names of its columns and of those with geometry.
    fall_back
        Other columns of geometry, for records that have none in the first.
    """
    numbers = np.arange(first, first + batch.num_rows, dtype=np.int64)
    read = place.columns[0] if place is not None and place.form == "native" else None
    geometry = None
    issues: list[Issue] = []
    if read is not None:
        geometry, bad, issues = _geometries(_filled(batch, [read, *fall_back]), numbers)
        if bad.any():
            batch = batch.filter(pa.array(~bad))
            numbers, geometry = numbers[~bad], geometry[~bad]
    columns = {name: _column(batch.column(name)) for name in layer["columns"]}
    for name in layer["geometry"]:
        if name != read:
            columns[name] = _as_text(batch.column(name))
    values = pd.DataFrame(columns, index=pd.RangeIndex(batch.num_rows))
    if place is not None and read is None:
        geometry, issues = geometries_of(place, values, numbers, ".")
    return Part(numbers, values, geometry, issues)


def _filled(batch: pa.RecordBatch, names: Sequence[str]) -> pa.Array:
    """First column, its gaps filled from the others: a bridge may be an area or a line."""
    if len(names) == 1:
        return batch.column(names[0])
    return pc.coalesce(*(batch.column(name) for name in names))


def _geometries(
    column: pa.Array, numbers: NDArray[np.int64]
) -> tuple[NDArray[np.object_], NDArray[np.bool_], list[Issue]]:
    """Geometries, which records have one that cannot be read, and the issues."""
    cells = column.to_numpy(zero_copy_only=False)
    bad = np.zeros(len(cells), dtype=bool)
    issues: list[Issue] = []
    try:
        with np.errstate(invalid="ignore"):  # a coordinate that is none is judged later
            return shapely.from_wkb(cells), bad, issues
    except (shapely.errors.ShapelyError, NotImplementedError):
        pass
    geometries = np.full(len(cells), None, dtype=object)
    for at, cell in enumerate(cells):
        geometries[at], mended = _one(cell)
        if mended:
            issues.append(_closed(int(numbers[at])))
        bad[at] = cell is not None and geometries[at] is None
        if bad[at]:
            issues.append(_unreadable(int(numbers[at]), cell))
    return geometries, bad, issues


def _one(cell: bytes | None) -> tuple[Any, bool]:
    """Geometry of a cell, and whether it had to be mended to be one."""
    with np.errstate(invalid="ignore"):
        try:
            return shapely.from_wkb(cell), False
        except NotImplementedError:  # arcs
            return _straight(cell), False
        except shapely.errors.ShapelyError:
            mended = shapely.from_wkb(cell, on_invalid="fix")
            return mended, mended is not None


def _straight(cell: bytes | None) -> Any:
    try:
        return straightened(cell or b"")
    except (ValueError, shapely.errors.ShapelyError):
        return None


def _closed(number: int) -> Issue:
    return Issue(
        number,
        "invalid_geometry_repaired",
        None,
        None,
        "Repaired: the outline was not closed or had too few points.",
    )


def _unreadable(number: int, cell: bytes) -> Issue:
    return Issue(
        number,
        "unreadable_row",
        None,
        cell[:200].hex(),
        "The geometry of the record cannot be read.",
        "Repair the geometry or leave it out.",
    )


def _as_text(column: pa.Array) -> pd.Series:
    geometries, _, _ = _geometries(column, np.arange(len(column)))
    return pd.Series(shapely.to_wkt(geometries, rounding_precision=-1), dtype=object)


def _column(column: pa.Array) -> pd.Series:
    """Values of a column: text as objects, numbers and times in a type of their own."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _column(column.dictionary_decode())
    if pa.types.is_integer(kind):
        return _whole_numbers(column)
    if pa.types.is_floating(kind) or (pa.types.is_boolean(kind) and column.null_count == 0):
        return pd.Series(column.to_numpy(zero_copy_only=False))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        return _times(column)
    return pd.Series(_objects(column), dtype=object)


def _objects(column: pa.Array) -> Any:
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _texts(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if cell is None else cell.hex() for cell in column.to_pylist()]
    return column.to_pylist()


def _texts(column: pa.Array) -> Any:
    """Texts; bytes that are no UTF-8, as they should be, are taken for Windows signs."""
    try:
        return column.to_numpy(zero_copy_only=False)
    except (pa.ArrowException, UnicodeDecodeError):
        kind = pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary()
        return [None if cell is None else _text(cell) for cell in column.cast(kind).to_pylist()]


def _text(cell: bytes) -> str:
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.decode("cp1252", errors="replace")


def _whole_numbers(column: pa.Array) -> pd.Series:
    """Whole numbers; where some are missing, floating-point unless they are too large."""
    if column.null_count == 0:
        return pd.Series(column.to_numpy(zero_copy_only=False))
    ends = pc.min_max(column).as_py()
    if ends["min"] is None or max(-ends["min"], ends["max"]) <= EXACT_INTEGER:
        return pd.Series(column.cast(pa.float64()).to_numpy(zero_copy_only=False))
    return pd.Series(column.to_pylist(), dtype=object)


def _times(column: pa.Array) -> pd.Series:
    """Days and moments; those with a time zone become moments of UTC that say so."""
    kind = column.type
    unit = "s" if pa.types.is_date(kind) else kind.unit
    moments = pd.Series(column.cast(pa.timestamp(unit)).to_numpy(zero_copy_only=False))
    zoned = pa.types.is_timestamp(kind) and kind.tz is not None
    return moments.dt.tz_localize("UTC") if zoned else moments
