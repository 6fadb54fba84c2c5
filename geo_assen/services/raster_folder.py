"""The folder in which the rasters of an installation lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from geo_assen.catalogue import Catalogue, RasterLayer
from geo_assen.commuting import RasterTold, examine_raster
from geo_assen.errors import FileRefused
from geo_assen.settings import Settings

__all__ = ["ROADS_FILE", "RasterFolder", "RasterState", "mark_of"]

ROADS_FILE = "road_graph.geojson"
"""Name of the road graph, in the folder of rasters and in the sample."""

_FOLDER = "rasters"
Mark = tuple[int, int]


@dataclass(frozen=True)
class RasterState:
    """A raster layer and its file as they are now.

    Attributes
    ----------
    path
        File with the values; None: there are no data.
    fault
        Why the file cannot be used; None: it can, or is not there.
    told
        What the file says of itself, completed by its layer; None without data.
    """

    layer: RasterLayer
    path: Path | None = None
    fault: str | None = None
    told: RasterTold | None = None


@dataclass(frozen=True)
class RasterFolder:
    """Files of the raster layers of an installation.

    Attributes
    ----------
    path
        The folder; None where the installation has none.
    """

    path: Path | None
    layers: Mapping[str, RasterLayer]

    @classmethod
    def of(cls, settings: Settings, catalogue: Catalogue) -> RasterFolder:
        """Folder that the settings name, or the one beside the file of the store."""
        return cls(_path_of(settings), catalogue.rasters)

    def files(self) -> dict[str, Path]:
        """Files that are there, by id of the layer."""
        if self.path is None:
            return {}
        paths = {layer.id: self.path / layer.raster.file for layer in self.layers.values()}
        return {layer_id: path for layer_id, path in paths.items() if path.is_file()}

    @property
    def roads(self) -> Path | None:
        """Road graph that travel times are taken from; None where there is none."""
        path = None if self.path is None else self.path / ROADS_FILE
        return path if path is not None and path.is_file() else None

    def marks(self) -> tuple[tuple[str, Mark], ...]:
        """What changes when a file is put in, replaced or taken away."""
        found = []
        files = self.files() | ({ROADS_FILE: self.roads} if self.roads else {})
        for layer_id, path in files.items():
            mark = mark_of(path)
            if mark is not None:
                found.append((layer_id, mark))
        return tuple(found)

    def examine(self) -> None:
        """Make sure that every file that is there can be used.

        Raises
        ------
        FileRefused
            For the first that cannot, with what to do about it.
        """
        for path in self.files().values():
            examine_raster(path)

    def state(self, layer: RasterLayer) -> RasterState:
        """A layer and its file as they are now."""
        path = self.files().get(layer.id)
        if path is None:
            return RasterState(layer)
        try:
            told = examine_raster(path)
        except FileRefused as refused:
            return RasterState(layer, fault=str(refused))
        completed = RasterTold(
            told.source or layer.source.publisher,
            told.day or layer.raster.day,
            told.certainty or layer.raster.certainty,
        )
        return RasterState(layer, path, told=completed)


def mark_of(path: Path) -> Mark | None:
    """Time of change and size of a file; None where it is not there any more."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _path_of(settings: Settings) -> Path | None:
    if settings.rasters:
        return Path(settings.rasters)
    address = sa.make_url(settings.store)
    if address.get_backend_name() != "sqlite" or address.database in (None, "", ":memory:"):
        return None
    return Path(str(address.database)).parent / _FOLDER
