"""From rows of a file to rows of a layer: every value parsed, every fault listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import Catalogue, FieldDefinition, LayerDefinition
from geo_assen.crs import RD
from geo_assen.ingest.geometries import place_in_rd
from geo_assen.ingest.issues import Issue
from geo_assen.ingest.read import FileContent, Row
from geo_assen.ingest.values import parse_value

__all__ = ["Checked", "Context", "check_rows"]

_AREA_TOLERANCE_SHARE = 0.02
_LONGEST_SHOWN = 80
"""Signs of a value that its message repeats."""
_AREA_FIELDS = ("area_m2", "gross_area_m2")
_PERIODS = (("starts_on", "ends_on"), ("offered_on", "until"), ("effective_on", "valid_until"))
_PAST_FIELDS = ("observed_on", "recorded_on", "retrieved_on")


@dataclass(frozen=True)
class Context:
    """What a row is judged against, besides its layer.

    Attributes
    ----------
    catalogue
        Layers and code lists.
    known_codes
        Codes that exist in the store, by layer id.
    default_source
        Code of the source for rows that name none.
    today
        Day of the import.
    municipality
        Outline in RD beyond which ``outside_area`` warns; None: nothing is asked.
    """

    catalogue: Catalogue
    known_codes: Mapping[str, Set[str]]
    default_source: str
    today: date
    municipality: BaseGeometry | None = None


@dataclass(frozen=True)
class Checked:
    """Outcome of checking one layer of a file.

    Attributes
    ----------
    accepted
        Rows fit for the store: columns are stored fields that the file has, ``geometry``
        in RD (or no geometry column), and ``row`` with the number in the file.
    quarantined
        Rows that are set aside: number, original values, their issues.
    issues
        Every issue of every row, those of accepted rows included.
    """

    accepted: pd.DataFrame
    quarantined: list[tuple[Row, list[Issue]]]
    issues: list[Issue]
    repaired: int = field(default=0)

    def counts(self) -> dict[str, int]:
        """Number of issues by kind, each counted where a row has several."""
        return dict(sorted(Counter(issue.kind for issue in self.issues).items()))


def check_rows(
    content: FileContent, layer: LayerDefinition, mapping: Mapping[str, str], context: Context
) -> Checked:
    """Judge every row of a file against a layer; nothing is written.

    Parameters
    ----------
    mapping
        ``{column: field}`` as :func:`geo_assen.ingest.mapping.guess_mapping` gives it.
    """
    quarantined: list[tuple[Row, list[Issue]]] = [
        (Row(issue.row, {"text": issue.value}, None), [issue]) for issue in content.issues
    ]
    issues = list(content.issues)
    accepted: list[tuple[Row, dict[str, Any], list[Issue]]] = []
    judge = _Judge(layer, mapping, context, content)
    for row in content.rows:
        values, found = judge.judge(row)
        issues += found
        if {issue.treatment for issue in found} & {"quarantine", "refuse"}:
            quarantined.append((row, found))
        else:
            accepted.append((row, values, found))
    placed, orphans = judge.parents_first(accepted)
    for row, orphan in orphans:
        quarantined.append((row, orphan))
        issues += orphan[-1:]
    repaired = sum(any(i.treatment == "repair" for i in found) for _, _, found in placed)
    return Checked(_framed([v for _, v, _ in placed], layer), quarantined, issues, repaired)


class _Judge:
    """Judges row after row; remembers the identities it has seen."""

    def __init__(
        self,
        layer: LayerDefinition,
        mapping: Mapping[str, str],
        context: Context,
        content: FileContent,
    ) -> None:
        self._layer = layer
        self._context = context
        self._column_of = {name: column for column, name in mapping.items()}
        self._crs = content.crs
        self._decimal = content.decimal
        self._seen: set[tuple[Any, ...]] = set()
        self._own_codes = self._codes_in(content)

    def judge(self, row: Row) -> tuple[dict[str, Any], list[Issue]]:
        """Values of a row by field, and its issues."""
        found: list[Issue] = []
        values: dict[str, Any] = {"row": row.number}
        if row.geometry is None and not any(
            str(v).strip() for v in row.values.values() if v is not None
        ):
            return values, [Issue(row.number, "ghost_row", None, None, "The row is empty.")]
        for item in self._layer.stored_fields:
            values[item.name] = self._value(item, row, found)
        if self._layer.geometry_in_file != "none" and self._layer.geometry != "none":
            values["geometry"] = self._geometry(row, values, found)
        self._check_identity(row, values, found)
        self._check_dates(row, values, found)
        return values, found

    def parents_first(
        self, rows: list[tuple[Row, dict[str, Any], list[Issue]]]
    ) -> tuple[list[tuple[Row, dict[str, Any], list[Issue]]], list[tuple[Row, list[Issue]]]]:
        """Order rows so that each follows the rows of the file it refers to.

        Returns
        -------
        Rows in that order, and the rows that refer to one that was set aside, or in a ring.
        """
        own = [f for f in self._layer.stored_fields if f.refers_to == self._layer.id]
        known = set(self._context.known_codes.get(self._layer.id, ()))
        placed: list[tuple[Row, dict[str, Any], list[Issue]]] = []
        left = rows
        while left:
            fits = [all(v[f.name] is None or v[f.name] in known for f in own) for _, v, _ in left]
            if not any(fits):
                break
            ready = [part for part, fit in zip(left, fits, strict=True) if fit]
            known |= {str(values.get("code")) for _, values, _ in ready}
            placed += ready
            left = [part for part, fit in zip(left, fits, strict=True) if not fit]
        return placed, [(row, [*found, self._orphan(row, v, own, known)]) for row, v, found in left]

    def _orphan(
        self, row: Row, values: Mapping[str, Any], own: list[FieldDefinition], known: Set[str]
    ) -> Issue:
        item = next(f for f in own if values[f.name] is not None and values[f.name] not in known)
        message = f"{item.title.en} {values[item.name]!r} is in the file, but was set aside."
        return Issue(row.number, "unknown_parent", item.name, values[item.name], message)

    def _value(self, item: FieldDefinition, row: Row, found: list[Issue]) -> Any:
        column = self._column_of.get(item.name)
        raw = row.values.get(column) if column is not None else None
        codes = self._context.catalogue.codes_of(item)
        value, fault = parse_value(item, raw, codes, self._decimal)
        if fault:
            kind, message, suggestion = fault
            found.append(
                Issue(
                    row.number,
                    kind,
                    item.name,
                    _plain(raw),
                    f"{_shown(raw)} {message}.",
                    suggestion,
                )
            )
            if found[-1].treatment != "repair":
                return None
        if value is None:
            value = self._default(item)
        if value is None and item.required:
            found.append(
                Issue(row.number, "missing_value", item.name, None, f"{item.title.en} is required.")
            )
        elif value is not None:
            self._check_reference(item, row, value, found)
            self._check_where(item, row, value, found)
        return value

    def _default(self, item: FieldDefinition) -> Any:
        if item.name == "source_code":
            return self._context.default_source
        return self._context.today if item.name == "recorded_on" else None

    def _check_reference(
        self, item: FieldDefinition, row: Row, value: Any, found: list[Issue]
    ) -> None:
        if item.refers_to is None:
            return
        known = self._context.known_codes.get(item.refers_to, frozenset())
        if value in known or (item.refers_to == self._layer.id and value in self._own_codes):
            return
        found.append(
            Issue(
                row.number,
                "unknown_parent",
                item.name,
                value,
                f"{item.title.en} {value!r} does not exist.",
                f"Import it into {item.refers_to} first.",
            )
        )

    def _check_where(self, item: FieldDefinition, row: Row, value: Any, found: list[Issue]) -> None:
        allowed = self._layer.where.get(item.name)
        if allowed and value not in allowed:
            found.append(
                Issue(
                    row.number,
                    "bad_category",
                    item.name,
                    value,
                    f"{value!r} does not belong in layer {self._layer.id}.",
                    f"Use one of {', '.join(allowed)}.",
                )
            )

    def _geometry(
        self, row: Row, values: Mapping[str, Any], found: list[Issue]
    ) -> BaseGeometry | None:
        geometry, faults = place_in_rd(self._layer, row.geometry, self._crs)
        for fault in faults:
            found.append(
                Issue(row.number, fault.kind, "geometry", None, fault.message, fault.suggestion)
            )
        if geometry is not None:
            self._check_area(row, geometry, values, found)
            outline = self._context.municipality
            if outline is not None and not outline.intersects(geometry):
                found.append(
                    Issue(
                        row.number,
                        "outside_area",
                        "geometry",
                        None,
                        "The place lies outside the municipality.",
                    )
                )
        return geometry

    def _check_area(
        self, row: Row, geometry: BaseGeometry, values: Mapping[str, Any], found: list[Issue]
    ) -> None:
        name = next((n for n in _AREA_FIELDS if values.get(n)), None)
        if name is None or geometry.area == 0:
            return
        stated, drawn = values[name], geometry.area
        if abs(drawn - stated) > _AREA_TOLERANCE_SHARE * stated:
            found.append(
                Issue(
                    row.number,
                    "area_mismatch",
                    name,
                    stated,
                    f"{stated} m2 is stated, {drawn:.0f} m2 is drawn.",
                )
            )

    def _check_identity(self, row: Row, values: Mapping[str, Any], found: list[Issue]) -> None:
        identity = tuple(values.get(name) for name in self._layer.identity)
        if None in identity:
            return
        if identity in self._seen:
            shown = ", ".join(str(part) for part in identity)
            found.append(
                Issue(
                    row.number,
                    "duplicate_id",
                    self._layer.identity[0],
                    shown,
                    f"{shown} is in the file more than once.",
                    "Keep one of the rows.",
                )
            )
        self._seen.add(identity)

    def _check_dates(self, row: Row, values: Mapping[str, Any], found: list[Issue]) -> None:
        for start, end in _PERIODS:
            if values.get(start) and values.get(end) and values[end] < values[start]:
                found.append(
                    Issue(
                        row.number,
                        "end_before_start",
                        end,
                        values[end].isoformat(),
                        f"{values[end]} lies before {start} {values[start]}.",
                    )
                )
        for name in _PAST_FIELDS:
            if values.get(name) and values[name] > self._context.today:
                found.append(
                    Issue(
                        row.number,
                        "future_date",
                        name,
                        values[name].isoformat(),
                        f"{values[name]} lies in the future.",
                    )
                )

    def _codes_in(self, content: FileContent) -> frozenset[str]:
        column = self._column_of.get("code")
        return (
            frozenset(str(row.values.get(column)) for row in content.rows)
            if column
            else frozenset()
        )


def _plain(value: Any) -> Any:
    """Value as a report can write it: JSON in UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value if isinstance(value, (int, float, bool)) or value is None else str(value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _framed(rows: list[dict[str, Any]], layer: LayerDefinition) -> pd.DataFrame:
    names = ["row", *(item.name for item in layer.stored_fields)]
    spatial = layer.geometry != "none" and layer.geometry_in_file != "none"
    frame: pd.DataFrame = pd.DataFrame(
        {name: pd.Series([row.get(name) for row in rows], dtype=object) for name in names}
    )
    if not spatial:
        return frame
    placed: pd.DataFrame = gpd.GeoDataFrame(
        frame, geometry=[row.get("geometry") for row in rows], crs=RD
    )
    return placed
