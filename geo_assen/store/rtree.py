"""Fill the R-tree of a GeoPackage layer at once, packed, in place of row after row.

Inserting one box at a time costs SQLite a walk down the tree and now and then a split. When
many rows come together it is several times faster to sort their boxes into tiles and to write
the nodes as they lie on disk. Sources: the layout of nodes in the description of the R*Tree
module of SQLite; sort-tile-recursive packing by Leutenegger, Lopez and Edgington (1997).
"""

# ruff: noqa: S608  # names of tables and columns are ours, no input

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

__all__ = ["fill_rtree"]

_CELL = np.dtype([("id", ">i8"), ("box", ">f4", (4,))])
_MOST_CELLS = 51
"""Cells that a node of two dimensions has at most, whatever the page size."""
_FILLED = 44
"""Cells that a packed node gets: room is left for rows that come one by one later."""
_NODE_BYTES = 4 + _MOST_CELLS * _CELL.itemsize
_FETCHED = 50_000
_BOX_OF_BLOB = (9, 32)
"""Where the box lies in a geometry blob that carries one: min x, max x, min y, max y."""

_Boxes = NDArray[np.float32]
_Numbers = NDArray[np.int64]


def fill_rtree(connection: sa.Connection, table: str, column: str) -> None:
    """Fill the empty R-tree of a layer from the rows of its table.

    Parameters
    ----------
    table, column
        Names of the table and of its geometry column; the tree is ``rtree_<table>_<column>``
        and has no entry yet.
    """
    ids, boxes = _boxes_of(connection, table, column)
    if len(ids):
        _write_tree(connection, f"rtree_{table}_{column}", ids, boxes)


def _boxes_of(connection: sa.Connection, table: str, column: str) -> tuple[_Numbers, _Boxes]:
    """Numbers and boxes of the rows that have a place, the boxes widened to what is stored."""
    blob = f'"{column}"'
    little_endian_with_box = f"substr({blob}, 4, 1) IN (x'03', x'05')"
    ids, parts = [], []
    query = (
        f"SELECT id, substr({blob}, {_BOX_OF_BLOB[0]}, {_BOX_OF_BLOB[1]}) "
        f'FROM "{table}" WHERE {blob} NOTNULL AND {little_endian_with_box}'
    )
    for rows in _fetched(connection, query):
        ids.append(np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows)))
        joined = b"".join(row[1] for row in rows)
        parts.append(_widened(np.frombuffer(joined, dtype="<f8").reshape(-1, 4)))
    edges = ", ".join(f"ST_{edge}({blob})" for edge in ("MinX", "MaxX", "MinY", "MaxY"))
    query = (
        f'SELECT id, {edges} FROM "{table}" WHERE {blob} NOTNULL '
        f"AND NOT {little_endian_with_box} AND NOT ST_IsEmpty({blob})"
    )
    for rows in _fetched(connection, query):
        table_of = np.array(rows, dtype=np.float64)
        ids.append(table_of[:, 0].astype(np.int64))
        parts.append(_widened(table_of[:, 1:]))
    if not ids:
        return np.empty(0, dtype=np.int64), np.empty((0, 4), dtype=np.float32)
    order = np.argsort(joined_ids := np.concatenate(ids), kind="stable")
    return joined_ids[order], np.concatenate(parts)[order]


def _fetched(connection: sa.Connection, query: str) -> Iterator[list[Any]]:
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(query)
        while rows := cursor.fetchmany(_FETCHED):
            yield rows
    finally:
        cursor.close()


def _widened(boxes: NDArray[np.float64]) -> _Boxes:
    """Boxes in single precision that still hold what they held."""
    single = boxes.astype(np.float32)
    low, high = [0, 2], [1, 3]
    above = single[:, low] > boxes[:, low]
    below = single[:, high] < boxes[:, high]
    single[:, low] = np.where(above, np.nextafter(single[:, low], np.float32(-np.inf)),
                              single[:, low])  # fmt: skip
    single[:, high] = np.where(below, np.nextafter(single[:, high], np.float32(np.inf)),
                               single[:, high])  # fmt: skip
    return single


def _write_tree(connection: sa.Connection, tree: str, ids: _Numbers, boxes: _Boxes) -> None:
    """Write the levels of a tree from the leaves up; the root is node 1."""
    cursor: Any = connection.connection.cursor()
    for name in ("node", "parent", "rowid"):
        cursor.execute(f'DELETE FROM "{tree}_{name}"')
    depth, first_node = 0, 2
    while True:
        order = _tiled(boxes)
        ids, boxes = ids[order], boxes[order]
        starts = _starts(len(ids))
        is_root = len(starts) == 1
        nodes = np.arange(len(starts), dtype=np.int64) + first_node
        if is_root:
            nodes = np.ones(1, dtype=np.int64)
        blobs = _node_blobs(ids, boxes, starts, depth if is_root else 0)
        cursor.executemany(
            f'INSERT INTO "{tree}_node" (nodeno, data) VALUES (?, ?)',
            zip(nodes.tolist(), blobs, strict=True),
        )
        _write_links(cursor, tree, ids, np.repeat(nodes, _sizes(starts, len(ids))), depth)
        if is_root:
            break
        boxes = _covering(boxes, starts)
        ids, first_node, depth = nodes, first_node + len(starts), depth + 1
    cursor.close()


def _write_links(cursor: Any, tree: str, ids: _Numbers, nodes: _Numbers, depth: int) -> None:
    """Say of every entry in which node it lies, in the order in which the table keeps them."""
    name, key, target = ("rowid", "rowid", "nodeno") if depth == 0 else (
        "parent", "nodeno", "parentnode",
    )  # fmt: skip
    order = np.argsort(ids, kind="stable")
    for start in range(0, len(order), _FETCHED):
        rows = order[start : start + _FETCHED]
        cursor.executemany(
            f'INSERT INTO "{tree}_{name}" ({key}, {target}) VALUES (?, ?)',
            zip(ids[rows].tolist(), nodes[rows].tolist(), strict=True),
        )


def _tiled(boxes: _Boxes) -> NDArray[np.intp]:
    """Order in which neighbours follow each other: slabs by x, within a slab by y."""
    x, y = boxes[:, 0] + boxes[:, 1], boxes[:, 2] + boxes[:, 3]
    slabs = max(1, round((len(boxes) / _FILLED) ** 0.5))
    by_x = np.argsort(x, kind="stable")
    slab_of = np.empty(len(boxes), dtype=np.int64)
    slab_of[by_x] = np.arange(len(boxes)) * slabs // len(boxes)
    return np.lexsort((y, slab_of))


def _starts(count: int) -> _Numbers:
    """Where each node begins among so many entries; all nodes are about as full."""
    nodes = max(1, -(-count // _FILLED)) if count > _MOST_CELLS else 1
    return np.arange(nodes, dtype=np.int64) * count // nodes


def _sizes(starts: _Numbers, count: int) -> _Numbers:
    return np.diff(starts, append=count)


def _covering(boxes: _Boxes, starts: _Numbers) -> _Boxes:
    covering = np.empty((len(starts), 4), dtype=np.float32)
    for column, reduce in enumerate((np.minimum, np.maximum, np.minimum, np.maximum)):
        covering[:, column] = reduce.reduceat(boxes[:, column], starts)
    return covering


def _node_blobs(ids: _Numbers, boxes: _Boxes, starts: _Numbers, depth: int) -> list[bytes]:
    sizes = _sizes(starts, len(ids))
    raw = np.zeros((len(starts), _NODE_BYTES), dtype=np.uint8)
    raw[:, 0:2] = np.array([depth], dtype=">u2").view(np.uint8)
    raw[:, 2:4] = sizes.astype(">u2").view(np.uint8).reshape(-1, 2)
    cells = np.zeros((len(starts), _MOST_CELLS), dtype=_CELL)
    row = np.repeat(np.arange(len(starts)), sizes)
    place = np.arange(len(ids)) - np.repeat(starts, sizes)
    cells["id"][row, place] = ids
    cells["box"][row, place] = boxes
    raw[:, 4:] = cells.view(np.uint8).reshape(len(starts), -1)
    return [node.tobytes() for node in raw]
