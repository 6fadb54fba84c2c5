"""The folder in which the rasters of an installation lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa

from geo_assen.catalogue import Catalogue, RasterLayer
from geo_assen.commuting import RasterTold, examine_raster, zoom_drawn_from
from geo_assen.errors import FileRefused
from geo_assen.services.osm_roads import OSM_ENDINGS
from geo_assen.settings import Settings

__all__ = ["ROADS_FILE", "RasterFolder", "RasterState", "mark_of", "roads_name", "written_whole"]

ROADS_FILE = "road_graph.geojson"
"""Name of the road graph, in the folder of rasters and in the sample."""

_ROADS = "road_graph"
_KEPT = 128

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
    zoom_from
        Lowest zoom at which it is drawn.
    """

    layer: RasterLayer
    path: Path | None = None
    fault: str | None = None
    told: RasterTold | None = None
    zoom_from: int = 0


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
        found = self.road_files()
        return found[0] if found else None

    def road_files(self) -> tuple[Path, ...]:
        """Road graphs that are there, the one that counts first."""
        if self.path is None:
            return ()
        paths = (self.path / f"{_ROADS}{ending}" for ending in (".geojson", *OSM_ENDINGS))
        return tuple(path for path in paths if path.is_file())

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
        return RasterState(layer) if path is None else _state(layer, path, mark_of(path))


@lru_cache(maxsize=_KEPT)
def _state(layer: RasterLayer, path: Path, mark: object) -> RasterState:  # noqa: ARG001
    """A layer whose file is in the state that its mark stands for."""
    try:
        told, zoom_from = examine_raster(path), zoom_drawn_from(path)
    except FileRefused as refused:
        return RasterState(layer, fault=str(refused))
    completed = RasterTold(
        told.source or layer.source.publisher,
        told.day or layer.raster.day,
        told.certainty or layer.raster.certainty,
    )
    return RasterState(layer, path, told=completed, zoom_from=max(layer.zoom.min, zoom_from))


def roads_name(path: Path) -> str:
    """What a file of roads is called in the folder."""
    endings = (ending for ending in OSM_ENDINGS if path.name.endswith(ending))
    return f"{_ROADS}{next(endings, '.geojson')}"


def written_whole(path: Path, data: bytes) -> None:
    """Write a file that is either all there or as it was before.

    Raises
    ------
    FileRefused
        If it cannot be written.
    """
    begun = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        begun.write_bytes(data)
        begun.replace(path)
    except OSError as error:
        raise FileRefused(path, f"cannot be written ({error.strerror}).") from error
    finally:
        begun.unlink(missing_ok=True)


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
