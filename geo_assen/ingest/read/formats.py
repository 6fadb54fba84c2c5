"""Which reader takes which kind of file."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from geo_assen.errors import FileRefused
from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.read.archive import gunzipped, unzipped
from geo_assen.ingest.read.bag import bag_layers
from geo_assen.ingest.read.delimited import delimited_layers
from geo_assen.ingest.read.gdal import Request, gdal_layers
from geo_assen.ingest.read.geojson import geojson_layers, geojsonseq_layers
from geo_assen.ingest.read.gml import gml_layers, kml_layers
from geo_assen.ingest.read.safety import Source
from geo_assen.ingest.read.shapefile import shapefile_layers
from geo_assen.ingest.read.sniff import READABLE, Kind, kind_of
from geo_assen.ingest.read.spreadsheet import spreadsheet_layers

__all__ = ["layers_in"]

_WAL_HEADER = 18
"""Byte of a SQLite file that says whether it keeps a write-ahead log."""


def layers_in(source: Source) -> list[FileLayer]:
    """Layers of a file of any kind, unpacked where it is packed.

    Raises
    ------
    FileRefused
        If no reader takes it, or the one that does finds it damaged.
    """
    kind = kind_of(source)
    if kind == "gz":
        return layers_in(gunzipped(source))
    if kind == "zip":
        return _zip_layers(source)
    return _READERS[kind](source)


def _zip_layers(source: Source) -> list[FileLayer]:
    with zipfile.ZipFile(source.path) as archive:
        names = frozenset(archive.namelist())
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        if "xl/workbook.bin" in names:
            raise source.refused("this is a binary workbook (.xlsb); save it as .xlsx.")
        return spreadsheet_layers(source)
    if "content.xml" in names and "mimetype" in names:
        raise source.refused("this is an OpenDocument file; save its table as .xlsx or .csv.")
    return _archive_layers(source)


def _archive_layers(source: Source) -> list[FileLayer]:
    """Layers of all members; files of a BAG extract are taken together."""
    bag: list[Source] = []
    layers: list[FileLayer] = []
    for member, kind in _members(source):
        if kind == "bag":
            bag.append(member)
        else:
            layers += _named_apart(member, _READERS[kind](member), layers)
    layers += bag_layers(bag)
    if not layers:
        raise source.refused(f"the archive has nothing in it that can be read; give {READABLE}.")
    return layers


def _members(source: Source) -> Iterator[tuple[Source, Kind]]:
    """Files in an archive and in the archives in it, as far as they are data."""
    for member in unzipped(source):
        kind = _kind_in_archive(member)
        if kind == "gz":
            member = gunzipped(member)  # noqa: PLW2901 - what counts is what is in it
            kind = _kind_in_archive(member)
        if kind == "zip":
            yield from _members(member)
        elif kind is not None:
            yield member, kind


def _kind_in_archive(member: Source) -> Kind | None:
    """Kind of a member; None where it is a read-me or a document that goes with the data."""
    try:
        kind = kind_of(member)
    except FileRefused:
        if member.suffix in {".txt", ".xml", ".json"}:
            return None
        raise
    return None if kind == "csv" and member.suffix not in {".csv", ".tsv", ".tab"} else kind


def _named_apart(
    member: Source, layers: list[FileLayer], before: list[FileLayer]
) -> list[FileLayer]:
    """Layers whose names differ from those before, by the name of their file where needed."""
    taken = {layer.name for layer in before}
    return [
        replace(layer, name=f"{member.name}: {layer.name}") if layer.name in taken else layer
        for layer in layers
    ]


def _geopackage(source: Source) -> list[FileLayer]:
    """Layers of a GeoPackage; with a journal beside it, of a copy to which that is applied."""
    with source.path.open("rb") as stream:
        head = stream.read(100)
    pages, size = int.from_bytes(head[28:32], "big"), int.from_bytes(head[16:18], "big")
    if len(head) < 100:
        raise source.refused("it is cut off: its header is missing; fetch or export it again.")
    counted = head[24:28] == head[92:96]
    if counted and pages * (65536 if size == 1 else size) > source.path.stat().st_size:
        raise source.refused("it is cut off: pages are missing; fetch or export it again.")
    beside = [
        Path(f"{source.path}{ending}") for ending in ("-wal", "-journal")
        if _has_bytes(Path(f"{source.path}{ending}"))
    ]  # fmt: skip
    if not beside and head[_WAL_HEADER] != 2:
        return gdal_layers(Request(source, "GPKG", {"IMMUTABLE": "YES"}))
    copy = source.work.place_for("copy.gpkg")
    shutil.copyfile(source.path, copy)
    for file in beside:
        shutil.copyfile(file, f"{copy}-{file.name.rpartition('-')[2]}")
    return gdal_layers(Request(source, "GPKG", path=copy))


def _has_bytes(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


_READERS: dict[Kind, Callable[[Source], list[FileLayer]]] = {
    "bag": lambda source: bag_layers([source]),
    "csv": delimited_layers,
    "esrijson": lambda source: gdal_layers(Request(source, "ESRIJSON")),
    "fgb": lambda source: gdal_layers(Request(source, "FlatGeobuf")),
    "geojson": geojson_layers,
    "geojsonseq": geojsonseq_layers,
    "gml": gml_layers,
    "gpkg": _geopackage,
    "kml": kml_layers,
    "parquet": lambda source: gdal_layers(Request(source, "Parquet")),
    "shp": shapefile_layers,
    "topojson": lambda source: gdal_layers(Request(source, "TopoJSON")),
}
