"""The process in which GDAL reads: it answers requests on its input until that ends.

Run as a file of its own, apart from the rest of the project, by
:mod:`geo_assen.ingest.read.gdal`. A request is a line of JSON. ``describe`` is answered by
a line of JSON; ``read`` by a line of JSON and then a stream of Arrow record batches. If this
process dies of a file, nothing else does.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Iterator
from typing import Any, BinaryIO

for _name in ("geopandas", "pandas", "pyproj", "shapely"):
    sys.modules[_name] = None  # type: ignore[assignment]  # not needed here, and slow to start

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
import pyogrio  # noqa: E402
from pyogrio.raw import open_arrow  # noqa: E402

__all__ = ["main"]

_UNSET: dict[str, Any] = {"GML_SRS_DIMENSION_IF_MISSING": None}
"""Options of GDAL that a request may set, as they are for the next one."""
_AHEAD = 2
"""Batches read while the other side is still busy."""
_LOOKED_AT = 500
"""Records whose geometry is looked at where a layer has several columns of it."""
_OUTLINES = frozenset({3, 6, 10, 12, 15, 16})
"""WKB numbers of polygons and surfaces."""


def main() -> None:
    """Answer requests until there are no more."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        pyogrio.set_gdal_config_options({**_UNSET, **request["config"]})
        answer = {"describe": _describe, "read": _read}[request["action"]]
        answer(request, out)
        out.flush()


def _say(out: BinaryIO, document: dict[str, Any]) -> None:
    out.write(json.dumps(document).encode() + b"\n")


def _reason(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _describe(request: dict[str, Any], out: BinaryIO) -> None:
    try:
        layers = _layers(request)
    except Exception as error:  # the door of the process: whatever went wrong is told
        _say(out, {"error": _reason(error)})
    else:
        _say(out, {"layers": layers})


def _layers(request: dict[str, Any]) -> list[dict[str, Any]]:
    if request["driver"] == "Parquet":
        return [_parquet_layer(request)]
    names = pyogrio.list_layers(request["path"])
    return [_layer(request, at, str(name)) for at, (name, _) in enumerate(names)]


def _layer(request: dict[str, Any], at: int, name: str) -> dict[str, Any]:
    options = request["options"]
    info = pyogrio.read_info(request["path"], layer=at, encoding=request["encoding"], **options)
    if info["driver"] != request["driver"]:
        raise ValueError(f"it is of format {info['driver']}, not {request['driver']}")
    fid = info["fid_column"] if info["fid_column"] not in {"", "fid", "ogc_fid"} else None
    described = {
        "name": name,
        "at": at,
        "crs": info["crs"],
        "rows": info["features"] if info["features"] >= 0 else None,
        "fid": fid,
        "outlines": [],
    }
    with _stream(request, described, _LOOKED_AT) as (_, reader):
        schema = reader.schema
        geometry = [field.name for field in schema if _is_geometry(field)]
        looked = len(geometry) > 1 or request["driver"] == "LVBAG"
        first = next(iter(reader), None) if looked else None
        described["outlines"] = [n for n in geometry if first and _has_outlines(first, n)]
    bare = len(geometry) == 1 and (info["geometry_type"] is None or _is_empty(first, geometry[0]))
    hidden = set(geometry) if bare else set()
    fields = [n for n in schema.names if n not in geometry and n != (fid or "")]
    if "Polygon" in str(info["geometry_type"]) and len(geometry) == 1:
        described["outlines"] = geometry
    return {
        **described,
        "columns": ([fid] if fid else []) + fields,
        "geometry": [n for n in geometry if n not in hidden],
    }


def _stream(request: dict[str, Any], layer: dict[str, Any], rows: int) -> Any:
    return open_arrow(
        request["path"],
        layer=layer["at"],
        encoding=request["encoding"],
        batch_size=rows,
        use_pyarrow=True,
        return_fids=layer["fid"] is not None,
        **request["options"],
    )


def _is_geometry(field: pa.Field) -> bool:
    name = (field.metadata or {}).get(b"ARROW:extension:name", b"")
    return name in {b"ogc.wkb", b"geoarrow.wkb"}


def _has_outlines(batch: pa.RecordBatch, name: str) -> bool:
    cells = batch.column(name).to_pylist()
    return any(_wkb_type(cell) in _OUTLINES for cell in cells if cell)


def _is_empty(batch: pa.RecordBatch | None, name: str) -> bool:
    """Whether none of the first records has a geometry: addresses and streets of the BAG."""
    return batch is not None and 0 < batch.num_rows == batch.column(name).null_count


def _wkb_type(cell: bytes) -> int:
    code = int.from_bytes(cell[1:5], "little" if cell[0] == 1 else "big")
    return (code & 0x0FFFFFFF) % 1000


def _read(request: dict[str, Any], out: BinaryIO) -> None:
    """Stream a layer; a fault after the first batch ends the process with its reason."""
    try:
        batches = _parquet_batches(request) if request["driver"] == "Parquet" else _batches(request)
        schema = next(batches)
    except Exception as error:
        _say(out, {"error": _reason(error)})
        return
    _say(out, {"ok": True})
    try:
        with pa.ipc.new_stream(out, schema) as writer:
            for batch in _ahead(batches):
                writer.write_batch(batch)
                out.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody listens any more
    except Exception as error:
        sys.stderr.write("\nreason: " + _reason(error) + "\n")
        sys.stderr.flush()
        os._exit(1)


def _batches(request: dict[str, Any]) -> Iterator[Any]:
    with _stream(request, request["layer"], request["rows"]) as (_, reader):
        yield reader.schema.remove_metadata()
        for batch in reader:
            yield batch.replace_schema_metadata(None)


def _ahead(batches: Iterator[Any]) -> Iterator[Any]:
    """Batches, the next ones read while one is being sent."""
    ready: queue.Queue[Any] = queue.Queue(_AHEAD)

    def fill() -> None:
        try:
            for batch in batches:
                ready.put(batch)
            ready.put(None)
        except BaseException as error:  # handed over, raised on the other side
            ready.put(error)

    threading.Thread(target=fill, daemon=True).start()
    while (item := ready.get()) is not None:
        if isinstance(item, BaseException):
            raise item
        yield item


def _parquet_layer(request: dict[str, Any]) -> dict[str, Any]:
    with pq.ParquetFile(request["path"]) as file:
        schema = file.schema_arrow
        geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
        rows = file.metadata.num_rows
        first = next(file.iter_batches(_LOOKED_AT), None)
    geometry = list(geo.get("columns", {}))
    hidden = _covering(geo)
    for name in geometry:
        encoding = geo["columns"][name].get("encoding", "WKB")
        if encoding != "WKB":
            raise ValueError(f"its geometries are written as {encoding}; write them as WKB")
    primary = geo.get("primary_column")
    geometry.sort(key=lambda name: name != primary)
    if not geo and first is not None:
        geometry = [f.name for f in schema if _holds_wkb(f, first)]
    types = {
        name: geo["columns"][name].get("geometry_types", []) for name in geo.get("columns", {})
    }
    outlines = [
        n for n in geometry
        if any("Polygon" in t for t in types.get(n, [])) or (first and _has_outlines(first, n))
    ]  # fmt: skip
    return {
        "name": None, "at": 0, "rows": rows, "fid": None, "geometry": geometry,
        "crs": {n: _parquet_crs(geo["columns"][n]) if geo else None for n in geometry},
        "outlines": outlines, "sample": _sample(first, geometry, hidden),
        "columns": [n for n in schema.names if n not in geometry and n not in hidden],
    }  # fmt: skip


def _covering(geo: dict[str, Any]) -> set[str]:
    """Columns with the bounding box of each record, an index rather than data."""
    boxes = [
        column.get("covering", {}).get("bbox", {}) for column in geo.get("columns", {}).values()
    ]
    return {paths[0] for box in boxes for paths in box.values()} | {"__index_level_0__"}


def _holds_wkb(field: pa.Field, first: pa.RecordBatch) -> bool:
    if not (pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type)):
        return False
    cells = [cell for cell in first.column(field.name).to_pylist() if cell]
    return bool(cells) and all(
        len(cell) >= 9 and cell[0] in (0, 1) and 1 <= _wkb_type(cell) <= 17 for cell in cells
    )


def _parquet_crs(column: dict[str, Any]) -> str | None:
    if "crs" not in column:
        return "OGC:CRS84"
    crs = column["crs"]
    if crs is None:
        return None
    known = crs.get("id", {}) if isinstance(crs, dict) else {}
    if known.get("authority") in {"EPSG", "OGC"}:
        return f"{known['authority']}:{known['code']}"
    return json.dumps(crs)


def _sample(first: pa.RecordBatch | None, geometry: list[str], hidden: set[str]) -> dict[str, Any]:
    """Texts and numbers of the first records, in which a place may hide."""
    if first is None:
        return {}
    return {
        f.name: first.column(f.name).to_pylist()
        for f in first.schema
        if f.name not in geometry and f.name not in hidden and _is_simple(f.type)
    }


def _is_simple(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
    )


def _parquet_batches(request: dict[str, Any]) -> Iterator[Any]:
    names = [*request["layer"]["columns"], *request["layer"]["geometry"]]
    with pq.ParquetFile(request["path"]) as file:
        yield pa.schema([file.schema_arrow.field(name) for name in names])
        for batch in file.iter_batches(request["rows"], columns=names):
            yield batch.select(names).replace_schema_metadata(None)


if __name__ == "__main__":
    main()
