"""Archives: unpacked into the temporary folder, member by member, within the limits."""

from __future__ import annotations

import gzip
import stat
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from geo_assen.ingest.read import safety
from geo_assen.ingest.read.safety import Source

__all__ = ["gunzipped", "shapefile_parts", "unzipped"]

_ENCRYPTED = 0x1
_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".cst"})
_READABLE = frozenset(
    {".bz2", ".csv", ".fgb", ".geojson", ".geojsonl", ".geojsons", ".geoparquet", ".gml", ".gpkg",
     ".gz", ".json", ".kml", ".kmz", ".ndjson", ".parquet", ".shp", ".tsv", ".txt", ".xlsx",
     ".xlsm", ".xml", ".zip"}
)  # fmt: skip
"""Endings of members that are looked at; others are read-me files, styles and rubbish."""


def gunzipped(source: Source) -> Source:
    """Give the file inside a gzip file."""
    _check_depth(source)
    inner = source.path.name.removesuffix(source.path.suffix) or "content"
    if source.suffix not in {".gz", ".gzip"}:
        inner = source.path.name
    target = source.work.place_for(_plain_name(inner))
    with gzip.open(source.path, "rb") as stream:
        source.unpack(stream, target)  # type: ignore[arg-type]
    if target.stat().st_size == 0:
        raise source.refused("the packed file is empty; fetch or export it again.")
    unpacked = source.unpacked(target, inner)
    return unpacked


def unzipped(source: Source) -> list[Source]:
    """Unpack the members of a zip that could be data.

    Parts of a shapefile come beside each other in a folder of their own, and count as the
    one member that ends in ``.shp``.

    Raises
    ------
    FileRefused
        If the archive is damaged, encrypted, too large, or names paths outside itself.
    """
    _check_depth(source)
    with zipfile.ZipFile(source.path) as archive:
        members = [info for info in archive.infolist() if not info.is_dir()]
        _check_members(source, archive.infolist())
        wanted = [info for info in members if _is_wanted(info)]
        groups = shapefile_parts([info.filename for info in wanted])
        by_name = {info.filename: info for info in wanted}
        sources = []
        for first, parts in groups:
            folder = source.work.place_for("x").parent
            for part in parts:
                target = folder / _plain_name(PurePosixPath(part).name)
                _unpack(source, archive, by_name[part], target)
            path = folder / _plain_name(PurePosixPath(first).name)
            sources.append(source.unpacked(path, first))
    return [member for member in sources if member.path.stat().st_size > 0]


def _unpack(source: Source, archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    try:
        with archive.open(info) as stream:
            source.unpack(stream, target)  # type: ignore[arg-type]
    except NotImplementedError as error:
        raise source.refused(
            f"{info.filename} in it is packed in a way that is not supported; pack it again as an "
            "ordinary zip."
        ) from error


def _check_depth(source: Source) -> None:
    if source.depth >= safety.MAX_DEPTH:
        raise source.refused(
            f"it holds archives in archives, more than {safety.MAX_DEPTH} deep; unpack them first."
        )


def _check_members(source: Source, members: Iterable[zipfile.ZipInfo]) -> None:
    for info in members:
        source.work.members += 1
        if source.work.members > safety.MAX_MEMBERS:
            raise source.refused(
                f"it holds more than {safety.MAX_MEMBERS} files; give the ones that matter."
            )
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
            raise source.refused(
                f"member {info.filename!r} would land outside the folder it is unpacked to; "
                "do not trust this archive."
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise source.refused(
                f"member {info.filename!r} is a link to another file; pack the file itself."
            )
        if info.flag_bits & _ENCRYPTED:
            raise source.refused("it is encrypted; give it without a password.")


def _is_wanted(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename)
    if path.name.startswith(".") or "__MACOSX" in path.parts:
        return False
    return path.suffix.lower() in _READABLE | _SHAPEFILE


def shapefile_parts(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Names by what they belong to: each file alone, those of a shapefile together.

    Returns
    -------
    The name that stands for each group, and all its names; parts without a ``.shp`` are
    left out.
    """
    groups: dict[str, list[str]] = {}
    for name in names:
        path = PurePosixPath(name)
        if path.suffix.lower() in _SHAPEFILE:
            groups.setdefault(f"{path.with_suffix('')}.shp".lower(), []).append(name)
        else:
            groups[name] = [name]
    found = []
    for parts in groups.values():
        first = next((n for n in parts if n.lower().endswith(".shp")), None)
        if len(parts) == 1 and PurePosixPath(parts[0]).suffix.lower() not in _SHAPEFILE:
            first = parts[0]
        if first is not None:
            found.append((first, parts))
    return found


def _plain_name(name: str) -> str:
    """Name that every file system takes, its ending kept."""
    path = PurePosixPath(name)
    stem = "".join(sign if sign.isalnum() or sign in " ._-" else "_" for sign in path.stem)
    return f"{stem.encode()[:120].decode(errors='ignore') or 'file'}{path.suffix.lower()}"


_Members = Callable[[Source], list[Source]]
