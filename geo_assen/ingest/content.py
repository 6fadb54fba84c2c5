"""What a reader hands over: layers of a file, each in parts of some thousands of records.

A part is columns, not records: a million polygons then pass through without an object each.
Nothing is judged here; the values are as the file has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.issues import Issue

__all__ = ["CRS84", "PART_ROWS", "FileLayer", "Part"]

CRS84 = "OGC:CRS84"
PART_ROWS = 20_000
"""Records of a part at most: small enough that memory stays flat, large enough to be fast."""


@dataclass(frozen=True)
class Part:
    """Some records of one layer of a file, in the order of the file.

    Attributes
    ----------
    numbers
        Number of each record in its file, from 1; the header of a table does not count.
    values
        Every column of the file as it was read, those that hold coordinates or well-known
        text included; a ``RangeIndex``. Text is ``object`` (str, or None where the cell is
        empty in formats that know emptiness; "" in those that do not); numbers, dates and
        yes/no keep the dtype of the format that has them.
    geometry
        Shapely geometries as read, horizontal axis first, in the ``crs`` of the layer; None
        where a record has none. None as a whole: the layer has no geometry.
    issues
        Faults met while reading. A record with an ``unreadable_row`` is not in ``values``;
        one with another kind is.
    """

    numbers: NDArray[np.int64]
    values: pd.DataFrame
    geometry: NDArray[np.object_] | None = None
    issues: list[Issue] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)


@dataclass(frozen=True)
class FileLayer:
    """One layer, table or sheet of a file, before its records are read.

    Attributes
    ----------
    name
        Name of the layer in the file; for one-layer formats the name of the file.
    columns
        Columns of ``Part.values``, in file order.
    read
        Gives the parts from the first record on, each time it is called.
    crs
        Reference system of the geometries as ``EPSG:n``, ``OGC:CRS84`` or WKT; None: there
        are no geometries, or nobody says which.
    rows
        Number of records where the file says so before it is read; for a progress bar.
    geometry_columns
        Names of the columns that could be the place, the one that is read first: an outline
        before a label point. Empty: the layer has no geometry.
    decimal
        Decimal sign where a number can be read in two ways: "1.500" is 1500 in a table with
        semicolons, 1.5 elsewhere.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[], Iterator[Part]]
    crs: str | None = None
    rows: int | None = None
    geometry_columns: tuple[str, ...] = ()
    decimal: Literal[".", ","] = "."

    @property
    def has_geometry(self) -> bool:
        """Whether records of the layer can have a place."""
        return bool(self.geometry_columns)
