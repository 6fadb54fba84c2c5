"""Rasters as files: write a grid as a cloud-optimised GeoTIFF, read values at places.

Points are turned into the reference system of a raster, never a raster into another one, and
only the blocks that they lie in are read: a raster need not fit in memory. Files are opened as
GeoTIFF and as nothing else, so that no store can be opened here by another library.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import rasterio
import shapely
import shapely.affinity
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.io import DatasetReader, MemoryFile
from rasterio.windows import Window

from geo_assen.commuting.network import Floats
from geo_assen.commuting.reach import CELL_M, ReachGrid
from geo_assen.crs import RD, from_rd, to_rd
from geo_assen.errors import FileRefused, UnknownCrsError

__all__ = ["NODATA", "RasterTold", "Surface", "examine_raster", "picture_values", "reach_cog",
           "values_at", "whole_surface", "zoom_drawn_from"]  # fmt: skip

NODATA = -1
"""Value of a cell of a reach raster of which nothing can be said."""

_LARGE_SIDE = 1024
_SMALL_BLOCK, _LARGE_BLOCK = 64, 512
"""Sides of a block; small ones give a small grid its overviews too."""

_MOST_BLOCK_CELLS = 4096 * 4096
_PICTURE_SIDE = 512
_WHOLE_SIDE = 1024
_WORLD_M = 40_075_017.0
_DEGREE_M = _WORLD_M / 360
_MOST_KEPT_BYTES = 48_000_000
"""Cells after which a file is closed, so that the library lets go of what it read."""

_BLOCKS_ACROSS = 1 << 32
_RD_EPSG = 28992

_WRITE_TILED = "write it in blocks: gdal_translate -of COG in.tif out.tif"
_TAGS = ("SOURCE", "DATE", "CERTAINTY")


@dataclass(frozen=True)
class RasterTold:
    """What a raster says of itself; parts that it does not say are None.

    Attributes
    ----------
    source
        Who or what its values come from.
    day
        For which day it holds.
    certainty
        One of the certainties of a source.
    """

    source: str | None
    day: date | None
    certainty: str | None


def reach_cog(grid: ReachGrid, told: RasterTold) -> bytes:
    """Labour reach as a cloud-optimised GeoTIFF in EPSG:28992, with overviews and nodata."""
    rows, columns = grid.workers.shape
    values = np.where(np.isnan(grid.workers), NODATA, np.rint(grid.workers)).astype(np.int32)
    with rasterio.Env(), MemoryFile(ext=".tif") as memory:
        with memory.open(
            driver="COG", width=columns, height=rows, count=1, dtype="int32", nodata=NODATA,
            crs=CRS.from_string(RD),
            transform=Affine(CELL_M, 0, grid.west_m, 0, -CELL_M, grid.north_m),
            compress="DEFLATE", predictor=2, overview_resampling="AVERAGE",
            blocksize=_SMALL_BLOCK if max(rows, columns) <= _LARGE_SIDE else _LARGE_BLOCK,
        ) as file:
            file.write(values, 1)
            file.set_band_description(1, f"workers within {grid.minutes} minutes by {grid.mode}")
            file.set_band_unit(1, "workers")
            file.update_tags(**_tags(grid, told))
        return bytes(memory.read())


def _tags(grid: ReachGrid, told: RasterTold) -> Mapping[str, str]:
    said = {"SOURCE": told.source, "DATE": told.day, "CERTAINTY": told.certainty}
    return {
        "MINUTES": str(grid.minutes),
        "MODE": grid.mode,
        "UNPLACED_WORKERS": str(grid.unplaced_workers),
        **{name: str(value) for name, value in said.items() if value is not None},
    }


def examine_raster(path: Path) -> RasterTold:
    """What a raster says of itself, once it is found to be one that can be read here.

    Raises
    ------
    FileRefused
        If it is no GeoTIFF, has more than one band, no reference system or no place, or
        cannot be read in parts; the message says what to do.
    """
    with _opened(path) as file:
        tags = file.tags()
        source, day, certainty = (tags.get(name) for name in _TAGS)
        with contextlib.suppress(ValueError):
            return RasterTold(source, date.fromisoformat(day) if day else None, certainty)
        return RasterTold(source, None, certainty)


def values_at(path: Path, x_m: Floats, y_m: Floats) -> Floats:
    """Value of the cell that each place lies in.

    Parameters
    ----------
    x_m, y_m
        Places in EPSG:28992; NaN where a place is not known.

    Returns
    -------
    Values in the unit of the raster; NaN outside it and where it has none.

    Raises
    ------
    FileRefused
        As :func:`examine_raster` says.
    """
    found = np.full(len(x_m), np.nan)
    with _opened(path) as file:
        column, row = _cells(file, x_m, y_m)
        inside = np.flatnonzero(_within(file, column, row))
        height, width = file.block_shapes[0]
        cell_bytes = np.dtype(file.dtypes[0]).itemsize
        is_small = file.height * file.width * cell_bytes <= _MOST_KEPT_BYTES
    across, down = column[inside].astype(np.int64), row[inside].astype(np.int64)
    # of a small raster all is read at once, which spares putting many places in order
    block = (down // height) * _BLOCKS_ACROSS + across // width
    order = np.arange(len(block)) if is_small else np.argsort(block, kind="stable")
    cuts = np.flatnonzero(np.diff(block[order])) + 1
    blocks = [order] if is_small else np.split(order, cuts)
    at_once = max(_MOST_KEPT_BYTES // (height * width * cell_bytes), 1)
    for first in range(0, len(blocks), at_once):
        with _opened(path) as file:
            for at in filter(len, blocks[first : first + at_once]):
                left, top = int(across[at].min()), int(down[at].min())
                wide, high = int(across[at].max()) - left + 1, int(down[at].max()) - top + 1
                values = _read(file, Window(left, top, wide, high))
                found[inside[at]] = values[down[at] - top, across[at] - left]
    return found


def picture_values(path: Path, x_m: Floats, y_m: Floats, *, is_soft: bool = False) -> Floats:
    """Values for the points of a picture, from overviews where it shows much ground.

    Parameters
    ----------
    x_m, y_m
        Points in EPSG:28992, both of the shape of the picture.
    is_soft
        Whether values run evenly from the middle of one cell to the next, instead of
        jumping at edges; where nothing is known stays the same.

    Returns
    -------
    Values of that shape; NaN where there is none. Where the raster has overviews no more
    cells are read than the picture can show.

    Raises
    ------
    FileRefused
        As :func:`examine_raster` says, and where much of a raster without overviews is asked.
    """
    found = np.full(x_m.shape, np.nan)
    with _opened(path) as file:
        column, row = (part.reshape(x_m.shape) for part in _place(file, x_m.ravel(), y_m.ravel()))
        there = _within(file, np.floor(column), np.floor(row))
        if not there.any():
            return found
        # one cell more on each side, so that pictures side by side meet
        left, top = (max(math.floor(part[there].min()) - 1, 0) for part in (column, row))
        wide = min(math.floor(column[there].max()) + 2, file.width) - left
        high = min(math.floor(row[there].max()) + 2, file.height) - top
        if wide * high > _MOST_BLOCK_CELLS and not file.overviews(1):
            raise FileRefused(
                path, "it has no overviews and so much of it cannot be drawn at once; "
                "add them: gdaladdo -r average file.tif",
            )  # fmt: skip
        shape = (min(high, _PICTURE_SIDE), min(wide, _PICTURE_SIDE))
        values = _read(file, Window(left, top, wide, high), shape)
        down = (row[there] - top) * shape[0] / high
        across = (column[there] - left) * shape[1] / wide
        nearest = values[down.astype(np.intp), across.astype(np.intp)]
        found[there] = _softened(values, down, across, nearest) if is_soft else nearest
    return found


def _softened(values: Floats, down: Floats, across: Floats, nearest: Floats) -> Floats:
    """Values between the middles of the cells around; unknown ones weigh nothing."""
    total, weight = np.zeros(len(down)), np.zeros(len(down))
    top, left = np.floor(down - 0.5), np.floor(across - 0.5)
    for row, column in ((top + i, left + j) for i in (0, 1) for j in (0, 1)):
        share = (1 - np.abs(down - 0.5 - row)) * (1 - np.abs(across - 0.5 - column))
        cell = values[
            np.clip(row, 0, values.shape[0] - 1).astype(np.intp),
            np.clip(column, 0, values.shape[1] - 1).astype(np.intp),
        ]
        known = np.isfinite(cell)
        total += np.where(known, cell * share, 0)
        weight += np.where(known, share, 0)
    soft: Floats = np.where(np.isfinite(nearest), total / np.where(weight > 0, weight, 1), np.nan)
    return soft


def zoom_drawn_from(path: Path) -> int:
    """Lowest zoom of a web map at which a raster can be drawn; 0 of most.

    One that is large and has no overviews can only be drawn where a tile shows little of it.

    Raises
    ------
    FileRefused
        As :func:`examine_raster` says.
    """
    with _opened(path) as file:
        if file.overviews(1) or file.width * file.height <= _MOST_BLOCK_CELLS:
            return 0
        metres = _DEGREE_M if file.crs.is_geographic else file.crs.linear_units_factor[1]
        cell_m = min(file.res) * metres
        # a tile that lies askew on the raster needs more of it than its own side
        return math.ceil(math.log2(2 * _WORLD_M / (math.sqrt(_MOST_BLOCK_CELLS) * cell_m)))


@dataclass(frozen=True, eq=False)
class Surface:
    """A raster as a whole, from an overview where it is large.

    Attributes
    ----------
    values
        Row by row; NaN where there is none.
    transform
        From columns and rows of ``values``, whole numbers at middles, to its own system.
    """

    values: Floats
    transform: Affine
    crs_wkt: str

    def in_rd(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Shapes in columns and rows, laid down in EPSG:28992."""
        a, b, c, d, e, f = tuple(self.transform)[:6]
        at = shapely.affinity.affine_transform
        placed = [at(shape, [a, b, d, e, c, f]) for shape in shapes]
        return to_rd(np.array(placed, dtype=object), self.crs_wkt) if placed else shapes


def whole_surface(path: Path) -> Surface | None:
    """A raster as a whole; None of one that is too large to read and has no overviews.

    Raises
    ------
    FileRefused
        As :func:`examine_raster` says.
    """
    with _opened(path) as file:
        shape = min(file.height, _WHOLE_SIDE), min(file.width, _WHOLE_SIDE)
        if file.height * file.width > _MOST_BLOCK_CELLS and not file.overviews(1):
            return None
        values = _read(file, Window(0, 0, file.width, file.height), shape)
        larger = Affine.scale(file.width / shape[1], file.height / shape[0])
        return Surface(
            values, file.transform @ larger @ Affine.translation(0.5, 0.5), file.crs.to_wkt()
        )


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[DatasetReader]:
    """A GeoTIFF that was found fit to be read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # GDAL looks for files beside it unless told otherwise
            with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"):
                file = rasterio.open(path, driver="GTiff")
    except (RasterioError, OSError) as error:
        raise FileRefused(path, "it is not a GeoTIFF that can be read; write it as one.") from error
    with file:
        fault = _fault(file)
        if fault:
            raise FileRefused(path, fault)
        try:
            yield file
        except RasterioError as error:
            raise FileRefused(path, "a part of it cannot be read; copy it here anew.") from error


def _fault(file: DatasetReader) -> str | None:
    """What is wrong with a raster, and what to do about it."""
    if file.count != 1:
        return (
            f"it has {file.count} bands and one is wanted; "
            "take one out: gdal_translate -b 1 in.tif out.tif"
        )
    if file.crs is None:
        return (
            "it does not say in which reference system it is; "
            "say so: gdal_edit.py -a_srs EPSG:<number> file.tif (28992 where it is in RD New)"
        )
    if file.transform.is_identity:
        return "it does not say where it lies; write it with its corner and the size of its cells."
    if math.prod(file.block_shapes[0]) > _MOST_BLOCK_CELLS:
        return f"it can only be read as a whole; {_WRITE_TILED}"
    try:
        from_rd(shapely.Point(155_000, 463_000), file.crs.to_wkt())
    except (UnknownCrsError, CRSError):
        return "its reference system is not one of a map; say the right one: gdal_edit.py -a_srs"
    return None


def _cells(file: DatasetReader, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Column and row of the cells that places lie in."""
    column, row = _place(file, x_m, y_m)
    return np.floor(column), np.floor(row)


def _place(file: DatasetReader, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
    """Column and row of places, whole numbers at the upper left corners of cells."""
    if file.crs.to_epsg() != _RD_EPSG:
        known = np.isfinite(x_m) & np.isfinite(y_m)
        points = from_rd(shapely.points(x_m[known], y_m[known]), file.crs.to_wkt())
        there = shapely.get_coordinates(points)
        x_m, y_m = np.full(len(x_m), np.nan), np.full(len(y_m), np.nan)
        x_m[known], y_m[known] = there.T
    a, b, c, d, e, f = tuple(~file.transform)[:6]
    return a * x_m + b * y_m + c, d * x_m + e * y_m + f


def _within(file: DatasetReader, column: Floats, row: Floats) -> NDArray[np.bool_]:
    """Which cells a raster has."""
    inside: NDArray[np.bool_] = (
        (column >= 0) & (column < file.width) & (row >= 0) & (row < file.height)
    )
    return inside


def _read(
    file: DatasetReader, window: Window, shape: tuple[int, int] | None = None
) -> NDArray[np.float64]:
    """Values of a window in the unit of the raster, NaN where it has none."""
    cells = file.read(1, window=window, out_shape=shape, masked=True, resampling=Resampling.nearest)
    values = np.ma.filled(cells.astype(np.float64), np.nan)
    values[~np.isfinite(values)] = np.nan
    scaled: NDArray[np.float64] = values * file.scales[0] + file.offsets[0]
    return scaled
