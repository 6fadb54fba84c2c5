"""Layers that GDAL reads, in a process of its own; here is the side that asks.

GDAL opens many formats, of which some reach into other files or the network. The child
therefore gets a clean environment, only the drivers named here, and a file whose format
was told by its content before. What it sends are Arrow batches; if it dies, hangs or
complains, the file is refused with its words.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from geo_assen.errors import FileRefused
from geo_assen.ingest.content import PART_ROWS, FileLayer, Part
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read.arrow import part_of
from geo_assen.ingest.read.places import PlaceColumn, chosen, find_places, in_order
from geo_assen.ingest.read.safety import Source

__all__ = ["Request", "described", "gdal_layers", "layers_of"]

HANG_SECONDS = 120
"""Silence after which the child is taken to hang."""
_SCRIPT = Path(__file__).with_name("gdal_process.py")
_SKIPPED = (
    "ADBC AIVector AVCBin AVCE00 AmigoCloud CSV CSW Carto DGN DXF EDIGEO EEDA Elasticsearch "
    "GDALG GMLAS GPSBabel GPX GTFS GeoJSON GeoJSONSeq GeoRSS HTTP Idrisi JML JSONFG KML "
    "MBTiles MVT MapInfo_File MapML MiraMonVector NGW OAPIF ODS OGCAPI OGR_GMT OGR_PDS "
    "OGR_VRT OSM OpenFileGDB PCIDSK PDF PDS4 PGDUMP PLSCENES PMTiles S57 SQLite SXF Selafin "
    "VDV VFK VICAR WAsP WFS XLSX"
)
"""Drivers of GDAL that no file may call up."""
_HIDDEN_TABLES = frozenset({"layer_styles", "qgis_projects"})
"""Tables in which a GIS program keeps its looks: no data."""
_GEOMETRY = "geometry"
"""Name of the geometry where the format has none for it."""
_ENDED = "the program that reads it stopped"


@dataclass(frozen=True)
class Request:
    """One file for GDAL: where it is, which driver, which options for it and for all of GDAL.

    Attributes
    ----------
    path
        Where GDAL finds the file; None: where the source is.
    passes_over
        Whether the driver leaves out a record that it cannot read, and goes on.
    """

    source: Source
    driver: str
    options: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None
    path: Path | None = None
    passes_over: bool = False

    def document(self, action: str, **more: Any) -> dict[str, Any]:
        """Request as the child reads it."""
        return {
            "action": action,
            "path": str(self.path or self.source.path),
            "driver": self.driver,
            "options": dict(self.options),
            "config": dict(self.config),
            "encoding": self.encoding,
            **more,
        }


_KEPT_UP_TO = 5 * PART_ROWS
"""Records of a layer after which its process is ended; another one starts in no time."""


class _Child:
    """A running process, and what is waited for from it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._log = (source.work.folder / f"gdal-{time.monotonic_ns()}.log").open("w+b")
        self._process = subprocess.Popen(  # noqa: S603 - our own script, arguments fixed
            [sys.executable, "-I", str(_SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_environment(source.work.folder),
            cwd=source.work.folder,
            bufsize=0,
            start_new_session=True,  # Ctrl+C is for us; we end it
        )
        self.busy = False
        self.closed = False

    def ask(self, source: Source, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request and take the line that answers it.

        Raises
        ------
        FileRefused
            If the child reports a fault, dies or stays silent.
        """
        self._source = source
        assert self._process.stdin is not None  # noqa: S101 - opened above
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError as error:
            raise self._ended() from error
        answer: dict[str, Any] = json.loads(self._line())
        if "error" in answer:
            raise source.refused(f"it cannot be read: {_sentence(answer['error'], source)}.")
        return answer

    def _line(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self.read(1) or b""
        return bytes(line)

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes of the answer, waiting for them."""
        assert self._process.stdout is not None  # noqa: S101 - opened above
        number = self._process.stdout.fileno()
        chunks: list[bytes] = []
        left = size
        while left > 0:
            ready, _, _ = select.select([number], [], [], HANG_SECONDS)
            if not ready:
                self.close()
                raise self._source.refused(
                    f"reading it was stopped, as nothing came for {HANG_SECONDS} seconds; "
                    "the file is probably damaged."
                )
            chunk = os.read(number, left)
            if not chunk:
                raise self._ended()
            chunks.append(chunk)
            left -= len(chunk)
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _ended(self) -> FileRefused:
        status = self._process.wait()
        self._log.seek(0)
        said = self._log.read()[-4000:].decode("utf-8", "replace").rpartition("\nreason: ")[2]
        self.close()
        reason = said.strip().splitlines()[-1] if status == 1 and said.strip() else (
            f"{_ended_by(status)}; the file is probably damaged"
        )  # fmt: skip
        return self._source.refused(f"it cannot be read: {_sentence(reason, self._source)}.")

    def close(self) -> None:
        """Stop the process."""
        self.closed = True
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            if stream is not None:
                stream.close()


def _ended_by(status: int) -> str:
    return f"{_ENDED} (signal {-status})" if status < 0 else f"{_ENDED} (code {status})"


def _sentence(reason: str, source: Source) -> str:
    """Words of the library without our temporary folders and its full stop."""
    if "not recognized as being in a supported file format" in reason:
        return "its content is not what its first lines promise"
    return reason.replace(str(source.work.folder), "").strip().rstrip(".")[:400]


def _environment(folder: Path) -> dict[str, str]:
    """Environment of the child: nothing of ours, no network, no files beside."""
    dead = "http://127.0.0.1:9"
    skipped = _SKIPPED.replace(" ", ",").replace("_File", " File")
    return {
        "PATH": os.defpath,
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(folder),
        "HOME": str(folder),
        "OGR_SKIP": skipped,
        "GDAL_SKIP": skipped,
        "GDAL_PAM_ENABLED": "NO",
        "GDAL_HTTP_TIMEOUT": "1",
        "GDAL_HTTP_CONNECTTIMEOUT": "1",
        "GML_DOWNLOAD_SCHEMA": "NO",
        "GML_SKIP_CORRUPTED_FEATURES": "YES",
        "SHAPE_RESTORE_SHX": "YES",
        "http_proxy": dead,
        "https_proxy": dead,
        "CPL_TMPDIR": str(folder),
    }


def _child_for(source: Source) -> _Child:
    """Process that is free, or a new one."""
    work = source.work
    for child in work.children:
        if isinstance(child, _Child) and not child.busy and not child.closed:
            return child
    child = _Child(source)
    work.children.append(child)
    return child


def described(request: Request) -> list[dict[str, Any]]:
    """Layers of a file as GDAL describes them.

    Raises
    ------
    FileRefused
        If GDAL cannot open it.
    """
    child = _child_for(request.source)
    layers: list[dict[str, Any]] = child.ask(request.source, request.document("describe"))["layers"]
    return layers


def gdal_layers(request: Request) -> list[FileLayer]:
    """Layers of a file, read by GDAL when their parts are asked for."""
    return layers_of([(request, layer) for layer in described(request)])


def layers_of(pairs: list[tuple[Request, dict[str, Any]]]) -> list[FileLayer]:
    """Layers of files that are described already; tables without data are left out."""
    return [
        _layer(request, layer) for request, layer in pairs if layer["name"] not in _HIDDEN_TABLES
    ]


def _layer(request: Request, layer: dict[str, Any]) -> FileLayer:
    source = request.source
    places = chosen(_places(layer), source.geometry_column, source.crs)
    place = places[0] if places else None
    asked = source.geometry_column is not None and place is not None
    fall_back = () if asked else tuple(p.columns[0] for p in places[1:] if p.form == "native")
    return FileLayer(
        layer["name"] or source.name,
        _columns(layer, place),
        lambda: _parts(request, layer, place, fall_back),
        crs=place.crs if place else None,
        rows=layer["rows"],
        geometry_columns=tuple(place.name for place in places),
    )


def _columns(layer: dict[str, Any], place: PlaceColumn | None) -> tuple[str, ...]:
    """Columns of the values: those of the layer, and geometry that is not the place."""
    read = place.columns if place is not None and place.form == "native" else ()
    return (*layer["columns"], *(name for name in layer["geometry"] if name not in read))


def _places(layer: dict[str, Any]) -> list[PlaceColumn]:
    crs = layer["crs"]
    native = [
        PlaceColumn(
            _GEOMETRY if name == "wkb_geometry" else name,
            "native",
            (name,),
            crs.get(name) if isinstance(crs, dict) else crs,
            name in layer["outlines"],
        )
        for name in layer["geometry"]
    ]
    sample = layer.get("sample") or {}
    rows = list(zip(*sample.values(), strict=True))
    hidden = find_places(list(sample), rows) if rows else []
    return in_order([*native, *(place for place in hidden if place.filled)])


def _parts(
    request: Request, layer: dict[str, Any], place: PlaceColumn | None, fall_back: tuple[str, ...]
) -> Iterator[Part]:
    source = request.source
    child = _child_for(source)
    child.busy = True
    at, whole = 0, False
    try:
        child.ask(source, request.document("read", layer=layer, rows=PART_ROWS))
        for batch in _batches(child):
            yield part_of(batch, at + 1, place, layer, fall_back)
            at += batch.num_rows
        whole = True
    finally:
        if not whole or at > _KEPT_UP_TO:  # after a large layer it holds memory for nothing
            child.close()
        child.busy = False
    missed = (layer["rows"] or at) - at
    if missed > 0 and request.passes_over:
        yield _left_out(at, missed, layer, place)
    elif missed:
        raise source.refused(
            f"reading it stopped after {at} of {layer['rows']} records; the file is damaged or cut "
            "off, fetch or export it again."
        )


def _left_out(at: int, missed: int, layer: dict[str, Any], place: PlaceColumn | None) -> Part:
    """Part without records, for those that GDAL counts but passes over.

    It does not say which ones they are: they get the numbers after the last.
    """
    issues = [
        Issue(
            at + n,
            "unreadable_row",
            None,
            None,
            "One of the features has a geometry that cannot be read; it was passed over, so the "
            "numbers of the features after it are one less than in the file.",
            "Check the file against the rules of GML at the publisher.",
        )
        for n in range(1, missed + 1)
    ]
    names = _columns(layer, place)
    empty = pd.DataFrame({name: pd.Series(dtype=object) for name in names})
    nothing = np.empty(0, dtype=object) if layer["geometry"] else None
    return Part(np.empty(0, dtype=np.int64), empty, nothing, issues)


class _Stream:
    """The child's answer as a file that Arrow can read."""

    closed = False

    def __init__(self, child: _Child) -> None:
        self._child = child

    def read(self, size: int = -1) -> bytes:
        """Read so many bytes."""
        return self._child.read(size)


def _batches(child: _Child) -> Iterator[pa.RecordBatch]:
    stream: IO[bytes] = _Stream(child)  # type: ignore[assignment]
    with pa.ipc.open_stream(stream) as reader:
        yield from reader
