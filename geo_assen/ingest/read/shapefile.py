"""Shapefiles: the parts that lie beside each other, copied to where nobody else writes."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.read.gdal import Request, gdal_layers
from geo_assen.ingest.read.safety import Source

__all__ = ["shapefile_layers"]

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_SAMPLE_BYTES = 16 * 1024 * 1024
_MARK_BYTE = 29
_MARKS = {0x01: "CP437", 0x02: "CP850"}
"""Encodings that the header of a .dbf names, beside the usual one."""
_HIGH = re.compile(rb"[\x80-\xff]")


def shapefile_layers(source: Source) -> list[FileLayer]:
    """Layer of a shapefile.

    Raises
    ------
    FileRefused
        If a part is cut off.
    """
    parts = _parts(source.path)
    _check_whole(source, parts)
    copy = source.work.place_for(f"{_safe(source.name)}.shp")
    for ending, part in parts.items():
        target = copy.with_suffix(ending)
        if source.members:
            target.symlink_to(part)
        else:
            shutil.copyfile(part, target)
    request = Request(source, "ESRI Shapefile", encoding=_encoding(parts), path=copy)
    return [_named(source, layer) for layer in gdal_layers(request)]


def _named(source: Source, layer: FileLayer) -> FileLayer:
    return FileLayer(**{**vars(layer), "name": source.name})


def _safe(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[:100] or "layer"


def _parts(path: Path) -> dict[str, Path]:
    """Parts of the shapefile by ending; upper and lower case are the same."""
    found = {}
    for file in path.parent.iterdir():
        ending = file.suffix.lower()
        if file.stem.lower() == path.stem.lower() and ending in _PARTS and file.is_file():
            found[ending] = file
    return {**found, ".shp": path}


def _check_whole(source: Source, parts: dict[str, Path]) -> None:
    for ending in (".shp", ".shx"):
        if ending in parts:
            with parts[ending].open("rb") as stream:
                head = stream.read(28)
            if int.from_bytes(head[24:28], "big") * 2 > parts[ending].stat().st_size:
                raise source.refused(f"its {ending} is cut off; fetch or export it again.")
    if ".dbf" not in parts:
        raise source.refused("the .dbf with its values is missing; pack all its parts in one zip.")
    with parts[".dbf"].open("rb") as stream:
        head = stream.read(32)
    records = int.from_bytes(head[4:8], "little")
    start, width = int.from_bytes(head[8:10], "little"), int.from_bytes(head[10:12], "little")
    if len(head) < 32 or start + records * width > parts[".dbf"].stat().st_size:
        raise source.refused("its .dbf is cut off; fetch or export it again.")


def _encoding(parts: dict[str, Path]) -> str | None:
    """Encoding of the values where no part of its own says it; None: one does.

    UTF-8 where the bytes are, else what the mark in the header stands for: DOS or Windows.
    """
    if ".cpg" in parts:
        return None
    with parts[".dbf"].open("rb") as stream:
        sample = stream.read(_SAMPLE_BYTES)
    values = sample[int.from_bytes(sample[8:10], "little") :]
    other = _MARKS.get(sample[_MARK_BYTE], "CP1252")
    if not _HIGH.search(values):
        return other
    try:
        values.rstrip(b"\x1a\x00 ").decode("utf-8")
    except UnicodeDecodeError as error:
        return "UTF-8" if error.start > len(values) - 4 else other
    return "UTF-8"
