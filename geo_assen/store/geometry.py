"""Geometry columns: GeoPackage blobs on SQLite, PostGIS geometry on PostgreSQL.

A blob is the header ``GP``, the id of the reference system and the bounding box, followed
by ISO WKB. Everything stored is two-dimensional: no layer of this project has heights.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

__all__ = [
    "KINDS",
    "Geometry",
    "StoredGeometry",
    "conform",
    "decode_geometries",
    "encode_geometries",
    "intersects_bbox",
    "sql_functions",
]

KINDS = (
    "GEOMETRY", "POINT", "LINESTRING", "POLYGON",
    "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON",
)  # fmt: skip
"""Geometry types that a column may have, as both databases spell them."""

_HEADER = np.dtype(
    [("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srid", "<i4"), ("box", "<f8", 4)]
)
_LITTLE_ENDIAN, _HAS_BOX, _BOX_MASK, _EMPTY = 0b1, 0b10, 0b1110, 0b10000
_BOX_BYTES = (0, 32, 48, 48, 64)
_MISSING = -1
_TYPE_IDS = {name: shapely.GeometryType[name].value for name in KINDS[1:]}
_MULTI: dict[str, Callable[..., Any]] = {
    "MULTIPOINT": shapely.multipoints,
    "MULTILINESTRING": shapely.multilinestrings,
    "MULTIPOLYGON": shapely.multipolygons,
}


def encode_geometries(
    geometries: Sequence[Any] | NDArray[Any], srid: int = 28992, kind: str = "GEOMETRY"
) -> list[bytes | None]:
    """Write geometries as GeoPackage blobs, all at once; heights are left out.

    Parameters
    ----------
    geometries
        Shapely geometries in the reference system ``srid``, or None.
    srid
        EPSG code that goes into every header.
    kind
        One of :data:`KINDS`; single geometries are promoted in a column of multi ones.

    Raises
    ------
    ValueError
        If a geometry is of another kind than the column.
    """
    array = np.empty(len(geometries), dtype=object)
    array[:] = geometries
    if shapely.has_z(array).any():
        array = shapely.force_2d(array)
    empty = shapely.is_empty(array)
    types = shapely.get_type_id(array)
    # A multi geometry of one part is the part behind nine bytes: no object has to be made.
    single = (types == _TYPE_IDS.get(kind.removeprefix("MULTI"))) & ~empty & (kind in _MULTI)
    array[~single] = conform(array[~single], kind)
    start = struct.pack("<BII", 1, _TYPE_IDS[kind], 1) if kind in _MULTI else b""
    bodies = shapely.to_wkb(array, byte_order=1, flavor="iso", include_srid=False)
    headers = np.zeros(len(array), dtype=_HEADER)
    headers["magic"] = b"GP"
    headers["srid"] = srid
    headers["flags"] = np.where(empty, _LITTLE_ENDIAN | _EMPTY, _LITTLE_ENDIAN | _HAS_BOX)
    headers["box"] = shapely.bounds(array)[:, [0, 2, 1, 3]]
    packed, size = headers.tobytes(), _HEADER.itemsize
    if single.all():
        return [
            packed[at * size : at * size + size] + start + body for at, body in enumerate(bodies)
        ]
    return [
        None if body is None
        else packed[at * size : at * size + (8 if empty[at] else size)]
        + (start if single[at] else b"") + body
        for at, body in enumerate(bodies)
    ]  # fmt: skip


def decode_geometries(values: Sequence[bytes | str | None]) -> NDArray[np.object_]:
    """Read stored geometries, all at once.

    Parameters
    ----------
    values
        GeoPackage blobs, WKB, or hexadecimal EWKB as PostGIS hands it out; None stays None.

    Returns
    -------
    Shapely geometries in two dimensions, in the order given.
    """
    bodies = np.empty(len(values), dtype=object)
    bodies[:] = [_body(value) for value in values]
    return shapely.force_2d(shapely.from_wkb(bodies))


def _body(value: bytes | str | None) -> bytes | str | None:
    """WKB without the GeoPackage header; what has no header is WKB already."""
    if not isinstance(value, bytes) or value[:2] != b"GP":
        return value
    return value[8 + _BOX_BYTES[(value[3] & _BOX_MASK) >> 1] :]


def conform(geometries: Sequence[Any] | NDArray[Any], kind: str) -> NDArray[np.object_]:
    """Promote single geometries where the column holds multi ones.

    Raises
    ------
    ValueError
        If a geometry is of another kind than the column.
    """
    array = np.empty(len(geometries), dtype=object)
    array[:] = list(geometries)
    if kind == "GEOMETRY":
        return array
    types = shapely.get_type_id(array)
    if kind in _MULTI:
        single = np.flatnonzero(types == _TYPE_IDS[kind.removeprefix("MULTI")])
        array[single] = _MULTI[kind](array[single], indices=np.arange(len(single)))
        types[single] = _TYPE_IDS[kind]
    wrong = np.flatnonzero((types != _TYPE_IDS[kind]) & (types != _MISSING))
    if len(wrong):
        found = array[wrong[0]].geom_type.upper()
        raise ValueError(f"a {found} was given to a column of {kind}")
    return array


class StoredGeometry(sa.types.UserDefinedType[Any]):
    """A geometry column in the form its database keeps, without conversion.

    Parameters
    ----------
    spelling
        Type as the DDL of the database spells it.
    """

    cache_ok = True

    def __init__(self, spelling: str = "GEOMETRY") -> None:
        self.spelling = spelling

    def get_col_spec(self, **_: Any) -> str:
        """Spell the type in DDL."""
        return self.spelling


class Geometry(sa.types.TypeDecorator[BaseGeometry]):
    """A geometry in one reference system.

    Parameters
    ----------
    kind
        One of :data:`KINDS`; single geometries are promoted in a column of multi ones.
    srid
        EPSG code of the coordinates.

    Notes
    -----
    Values are shapely geometries. Values from :meth:`encode` are taken as they are, so that
    bulk writers can encode a whole column at once.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, kind: str = "GEOMETRY", srid: int = 28992) -> None:
        super().__init__()
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is not one of the geometry types {', '.join(KINDS)}")
        self.kind, self.srid = kind, srid

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Column type of the database at hand."""
        if dialect.name == "sqlite":
            return StoredGeometry(self.kind)
        return StoredGeometry(f"geometry({self.kind},{self.srid})")

    def encode(
        self, geometries: Sequence[Any] | NDArray[Any], dialect: sa.Dialect
    ) -> Sequence[bytes | str | None]:
        """Write a whole column in the form of the database at hand.

        Raises
        ------
        ValueError
            If a geometry is of another kind than the column.
        """
        if dialect.name == "sqlite":
            return encode_geometries(geometries, self.srid, self.kind)
        array = conform(geometries, self.kind)
        flat = shapely.set_srid(shapely.force_2d(array), self.srid)
        return cast("list[str | None]", shapely.to_wkb(flat, hex=True, include_srid=True).tolist())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> bytes | str | None:
        """Write one value."""
        if value is None or isinstance(value, bytes | str):
            return value
        return self.encode([value], dialect)[0]

    def process_result_value(
        self, value: Any, dialect: sa.Dialect  # noqa: ARG002
    ) -> BaseGeometry | None:
        """Read one value; whole frames go through :func:`decode_geometries` instead."""
        return None if value is None else cast(BaseGeometry, decode_geometries([value])[0])


class _IntersectsBox(sa.sql.functions.FunctionElement[bool]):
    """Two forms of one question; the dialect picks the one that its index answers."""

    inherit_cache = True
    type = sa.Boolean()
    name = "intersects_box"


@compiles(_IntersectsBox, "sqlite")
def _by_rtree(element: _IntersectsBox, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(next(iter(element.clauses)), **kw)


@compiles(_IntersectsBox, "postgresql")
def _by_gist(element: _IntersectsBox, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(list(element.clauses)[1], **kw)


def intersects_bbox(
    column: sa.Column[Any] | sa.ColumnElement[Any], bounds: tuple[float, float, float, float]
) -> sa.ColumnElement[bool]:
    """Ask which bounding boxes meet a box, through the spatial index.

    Both indexes keep boxes in single precision, rounded outward: at the very edge a box up
    to 0.06 m away may count as met.

    Parameters
    ----------
    column
        Geometry column of a table or of an alias of one.
    bounds
        Minimum x, minimum y, maximum x, maximum y in the reference system of the column.
    """
    base = cast("sa.Column[Any]", next(iter(column.base_columns)))
    kind = cast(Geometry, base.type)
    min_x, min_y, max_x, max_y = (sa.bindparam(None, float(b), sa.Float()) for b in bounds)
    tree = sa.table(
        f"rtree_{base.table.name}_{base.name}",
        *(sa.column(name) for name in ("id", "minx", "maxx", "miny", "maxy")),
    )
    key = cast(Any, column).table.c[next(iter(base.table.primary_key)).name]
    found = sa.select(tree.c.id).where(
        tree.c.maxx >= min_x, tree.c.minx <= max_x, tree.c.maxy >= min_y, tree.c.miny <= max_y
    )
    box = sa.func.ST_MakeEnvelope(min_x, min_y, max_x, max_y, kind.srid)
    return _IntersectsBox(key.in_(found), sa.type_coerce(column, StoredGeometry()).op("&&")(box))


def sql_functions() -> dict[str, Callable[[bytes | None], float | int | None]]:
    """Functions of one blob that the R-tree triggers of a GeoPackage call, by name."""
    places = {"ST_MinX": 0, "ST_MaxX": 1, "ST_MinY": 2, "ST_MaxY": 3}
    return {"ST_IsEmpty": _is_empty, **{name: _edge(i) for name, i in places.items()}}


def _is_empty(blob: bytes | None) -> int | None:
    if blob is None or blob[:2] != b"GP":
        return None
    if blob[3] & (_EMPTY | _BOX_MASK):
        return int(bool(blob[3] & _EMPTY))
    return int(shapely.is_empty(shapely.from_wkb(_body(blob))))


def _edge(place: int) -> Callable[[bytes | None], float | None]:
    def edge(blob: bytes | None) -> float | None:
        if blob is None or _is_empty(blob) != 0:
            return None
        if blob[3] & _BOX_MASK:
            order = "<" if blob[3] & _LITTLE_ENDIAN else ">"
            return cast(float, struct.unpack_from(f"{order}d", blob, 8 + 8 * place)[0])
        # Points written by GDAL and QGIS carry no box of their own.
        min_x, min_y, max_x, max_y = shapely.bounds(shapely.from_wkb(_body(blob)))
        return float((min_x, max_x, min_y, max_y)[place])

    return edge
