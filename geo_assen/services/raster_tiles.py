"""Raster layers as pictures for a web map: tiles of 256 pixels in the colours of the legend."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo_assen.access import Role
from geo_assen.catalogue import RasterLayer
from geo_assen.commuting import Floats, picture_values
from geo_assen.crs import lonlat_to_rd
from geo_assen.errors import FileRefused, NotAllowed, NotFound
from geo_assen.export import Colour, palette_png
from geo_assen.services.raster_folder import RasterState, mark_of
from geo_assen.services.session import Session

__all__ = ["is_public_raster", "raster_file", "raster_layers", "raster_tag", "raster_tile",
           "visible_raster"]  # fmt: skip

_PIXELS = 256
_LATTICE = 16
"""Pixels between two points that are turned into RD; those between lie evenly, to a hundredth."""

_FAR_AWAY_M = 1e9
_KEPT = 256
_PATTERN_OPACITY, _SHEER, _EDGE_OPACITY = 165, 110, 110
_EDGE: Colour = (40, 40, 40, _EDGE_OPACITY)
_NONE: Colour = (0, 0, 0, 0)
_MOST_ZOOM = 22


def raster_layers(session: Session, role: Role) -> tuple[RasterState, ...]:
    """Raster layers that a role may see, with their files as they are now, in their order."""
    layers = (lay for lay in session.catalogue.rasters.values() if lay.role <= role)
    ordered = sorted(layers, key=lambda layer: (layer.order, layer.id))
    return tuple(session.raster_folder.state(layer) for layer in ordered)


def raster_tag(session: Session, layer_id: str, role: Role) -> str:
    """Text that changes when the tiles of a layer do.

    Raises
    ------
    NotFound
        If there is no such raster layer, or it has no data.
    NotAllowed
        If the role may not see it.
    """
    layer, path = visible_raster(session, layer_id, role)
    told = f"{layer.legend.model_dump_json()}{mark_of(path)}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def raster_tile(session: Session, layer_id: str, place: tuple[int, int, int], role: Role) -> bytes:
    """Picture of a layer in one tile of a web map, as PNG; clear where it has no values.

    Parameters
    ----------
    place
        Zoom, column and row of the tile.

    Raises
    ------
    NotFound
        If there is no such layer or tile, or the layer has no data.
    NotAllowed
        If the role may not see it.
    """
    layer, path = visible_raster(session, layer_id, role)
    zoom, column, row = place
    if zoom > _MOST_ZOOM or max(column, row) >= 2**zoom:
        raise NotFound("tile", f"{zoom}/{column}/{row}")
    return _drawn(layer, path, mark_of(path), place)


def raster_file(session: Session, layer_id: str, role: Role) -> Path:
    """File of a layer, for whom the role lets have it.

    Raises
    ------
    NotFound, NotAllowed
        As :func:`visible_raster` says.
    """
    return visible_raster(session, layer_id, role)[1].resolve()


def is_public_raster(session: Session, layer_id: str) -> bool:
    """Whether anybody may see a raster layer that is there."""
    return session.catalogue.rasters[layer_id].role is Role.PUBLIC


def visible_raster(session: Session, layer_id: str, role: Role) -> tuple[RasterLayer, Path]:
    """A raster layer that a role may see, and its file.

    Raises
    ------
    NotFound
        If there is no such raster layer, or it has no data.
    NotAllowed
        If the role may not see it.
    """
    layer = session.catalogue.rasters.get(layer_id)
    if layer is None:
        raise NotFound("raster layer", layer_id)
    if layer.role > role:
        raise NotAllowed(f"Layer {layer_id!r}")
    path = session.raster_folder.files().get(layer_id)
    if path is None:
        raise NotFound("file of the raster layer", layer_id, "It has no data yet.")
    return layer, path


@lru_cache(maxsize=_KEPT)
def _drawn(
    layer: RasterLayer, path: Path, mark: object, place: tuple[int, int, int]  # noqa: ARG001
) -> bytes:
    """Tile of a file in the state that its mark stands for."""
    is_soft = layer.legend.contours is not None
    try:
        values = picture_values(path, *_points(place), is_soft=is_soft)
    except FileRefused as refused:
        raise NotFound("file of the raster layer", layer.id, str(refused)) from refused
    classes = _classes(layer, values)
    inside = classes[:_PIXELS, :_PIXELS]
    _, column, row = place
    pattern = _patterns(layer, inside, column, row)
    cells = np.where(inside < 0, 0, 2 + 2 * inside + pattern)
    if not is_soft:  # what has contours gets its edges from them
        edge = (inside >= 0) & (
            _differs(inside, classes[:_PIXELS, 1:]) | _differs(inside, classes[1:, :_PIXELS])
        )
        cells[edge] = 1
    return palette_png(cells.astype(np.uint8), _palette(layer))


def _points(place: tuple[int, int, int]) -> tuple[Floats, Floats]:
    """Middles of the pixels of a tile in RD, and of one more column and row behind them."""
    zoom, column, row = place
    count = _PIXELS + 1
    at = np.arange(0, _PIXELS + _LATTICE, _LATTICE, dtype=np.float64)
    across = (column + (at + 0.5) / _PIXELS) / 2**zoom
    down = (row + (at + 0.5) / _PIXELS) / 2**zoom
    lon = across * 360 - 180
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * down))))
    corners = lonlat_to_rd(*(part.ravel() for part in np.meshgrid(lon, lat)))
    # how much each pixel takes of the lattice points around it
    between = np.maximum(1 - np.abs(np.arange(count)[:, None] - at) / _LATTICE, 0)
    lattices = (
        np.where(np.isfinite(part), part, _FAR_AWAY_M).reshape(len(at), -1) for part in corners
    )
    # products so small are slower where a library shares them out among threads
    x_m, y_m = (
        np.einsum("ik,lk->il", np.einsum("ij,jk->ik", between, part), between) for part in lattices
    )
    return x_m, y_m


def _classes(layer: RasterLayer, values: Floats) -> NDArray[np.int64]:
    """Class of each value; -1 where there is none, or it lies under the first."""
    breaks = [-np.inf if item.above is None else item.above for item in layer.legend.classes]
    found: NDArray[np.int64] = np.searchsorted(np.array(breaks), values, side="right") - 1
    found[np.isnan(values)] = -1
    return found


def _patterns(
    layer: RasterLayer, classes: NDArray[np.int64], column: int, row: int
) -> NDArray[np.int64]:
    """Whether the pattern of its class covers a pixel; patterns run on over the tiles."""
    x = (column * _PIXELS + np.arange(_PIXELS))[None, :]
    y = (row * _PIXELS + np.arange(_PIXELS))[:, None]
    drawn = {
        "solid": np.zeros((_PIXELS, _PIXELS), dtype=bool),
        "dots": (x % 8 < 1) & (y % 8 < 1) | ((x + 4) % 8 < 1) & ((y + 4) % 8 < 1),
        "hatch": (x + y) % 8 < 1,
        "dense": ((x + y) % 8 < 1) | ((x - y) % 8 < 1),
    }
    marks = np.stack([drawn[item.mark] for item in layer.legend.classes]).astype(np.int64)
    covered: NDArray[np.int64] = np.take_along_axis(marks, np.maximum(classes, 0)[None], axis=0)[0]
    return covered


def _differs(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where two classes meet; the edge of what is known is no such place."""
    meets: NDArray[np.bool_] = (one != other) & (other >= 0)
    return meets


def _palette(layer: RasterLayer) -> list[Colour]:
    """Nothing, the line between classes, and each class sheer and in the lines of its pattern."""
    found = [_NONE, _EDGE]
    for item in layer.legend.classes:
        red, green, blue = (int(item.colour[at : at + 2], 16) for at in (1, 3, 5))
        found += [(red, green, blue, _SHEER), (red, green, blue, _PATTERN_OPACITY)]
    return found
