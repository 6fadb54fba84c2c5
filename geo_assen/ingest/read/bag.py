"""BAG 2 extracts: objects by GDAL, the small tables that go with them by ourselves.

Every occurrence of an object is a record; history is not duplication.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from geo_assen.ingest.content import PART_ROWS, FileLayer, Part
from geo_assen.ingest.read.gdal import Request, described, layers_of
from geo_assen.ingest.read.gml import check_xml_whole, linked, parse_whole
from geo_assen.ingest.read.safety import Source

__all__ = ["bag_layers"]

_HEAD_BYTES = 65_536
_RECORD = re.compile(r"Kenmerk\w+InOnderzoek|GemeenteWoonplaatsRelatie")
"""Names of the records that are no object of the BAG."""
_TABLE_SIGNS = (b"kenmerkInOnderzoek>", b"BAG-GWR")


def bag_layers(sources: Sequence[Source]) -> list[FileLayer]:
    """Layers of a BAG extract: one for each kind of object, whatever number of files it takes.

    Raises
    ------
    FileRefused
        If a file of it is cut off or damaged.
    """
    kinds: dict[str, list[FileLayer]] = {}
    for source in sources:
        check_xml_whole(source)
        layers = _table_layers(source) if _is_table(source) else _object_layers(source)
        for layer in layers:
            kinds.setdefault(layer.name, []).append(layer)
    return [_joined(layers) for layers in kinds.values()]


def _is_table(source: Source) -> bool:
    with source.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    return any(sign in head for sign in _TABLE_SIGNS)


def _object_layers(source: Source) -> list[FileLayer]:
    request = Request(
        source, "LVBAG", {"LEGACY_ID": "YES"}, path=linked(source, ".xml"), passes_over=True
    )
    layers, number = described(request), _number_of_objects(source)
    if len(layers) == 1:
        layers = [{**layers[0], "rows": number}]
    return layers_of([(request, layer) for layer in layers])


def _number_of_objects(source: Source) -> int:
    names: Counter[bool] = Counter()
    parse_whole(source, lambda name, _: names.update((name.endswith(" bagObject"),)))
    return names[True]


def _joined(layers: list[FileLayer]) -> FileLayer:
    """Layers of the same kind as one, their records counted on."""
    if len(layers) == 1:
        return layers[0]
    columns = tuple(dict.fromkeys(name for layer in layers for name in layer.columns))
    rows = [layer.rows for layer in layers]
    total = None if None in rows else sum(row or 0 for row in rows)
    return replace(layers[0], columns=columns, rows=total, read=lambda: _in_turn(layers, columns))


def _in_turn(layers: list[FileLayer], columns: tuple[str, ...]) -> Iterator[Part]:
    before = 0
    for layer in layers:
        last = before
        for part in layer.read():
            numbers = part.numbers + before
            issues = [replace(issue, row=issue.row + before) for issue in part.issues]
            last = max([last, *numbers[-1:].tolist(), *(issue.row for issue in issues)])
            values = part.values.reindex(columns=list(columns))
            yield replace(part, numbers=numbers, values=values, issues=issues)
        before = last


def _table_layers(source: Source) -> list[FileLayer]:
    kinds: dict[str, dict[str, None]] = {}
    for name, values in _records(source):
        kinds.setdefault(name, {}).update(dict.fromkeys(values))
    return [_table_layer(source, name, tuple(columns)) for name, columns in kinds.items()]


def _table_layer(source: Source, name: str, columns: tuple[str, ...]) -> FileLayer:
    return FileLayer(name, columns, lambda: _table_parts(source, name, columns))


def _table_parts(source: Source, name: str, columns: tuple[str, ...]) -> Iterator[Part]:
    records = (values for kind, values in _records(source) if kind == name)
    at = 0
    while batch := list(islice(records, PART_ROWS)):
        numbers = np.arange(at + 1, at + 1 + len(batch), dtype=np.int64)
        at += len(batch)
        frame = {n: pd.Series([row.get(n) for row in batch], dtype=object) for n in columns}
        yield Part(numbers, pd.DataFrame(frame))


def _records(source: Source) -> Iterator[tuple[str, dict[str, str]]]:
    """Names and values of the records of a table, one after the other."""
    try:
        for _, element in ElementTree.iterparse(source.path):  # noqa: S314 - no entities
            name = _local(element.tag)
            if _RECORD.fullmatch(name):
                yield name, dict(_leaves(element, ""))
                element.clear()
    except ElementTree.ParseError as error:
        raise source.refused(f"the XML is damaged: {error}; fetch or export it again.") from error


def _leaves(element: ElementTree.Element, inside: str) -> Iterator[tuple[str, str]]:
    """Values in an element; an identification is called after what it identifies."""
    for child in element:
        name = _local(child.tag)
        if len(child):
            yield from _leaves(child, name)
        elif name == "identificatie" and inside:
            yield inside, (child.text or "").strip()
        else:
            yield name, (child.text or "").strip()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
