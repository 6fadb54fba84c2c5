"""Read CBS tables over OData, versions 3 and 4, into one tidy shape.

Codes come padded with blanks and are stripped. A figure that CBS does not give stays
missing, with what CBS says about it; the unit stays as published, its factor beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from geo_assen.errors import NotFound, ServiceUnavailable
from geo_assen.ingest.connectors.rows import plain_texts
from geo_assen.ingest.connectors.transport import Client, Parameters, same_host

__all__ = ["CbsTable", "Odata", "Selection", "unit_factor"]

_SERVICE = "CBS OData"
_CUT_AT = 10_000
"""Rows after which version 3 cuts an answer off without a word."""
_REPEATED = "it sends the same rows again and not the next ones; ask for fewer regions or years"
_FORMAT = ("$format", "json")
_REGION_KINDS = {"GeoDimension", "GeoDetail"}
_REASONS = {
    ".": "onbekend, onvoldoende betrouwbaar of geheim (.)",
    "x": "geheim (x)",
    "-": "niet vermeld (-)",
    "": "kan op logische gronden niet voorkomen",
}
_NO_REASON = "niet gepubliceerd"
_FIXED = ("region", "region_name", "period", "measure", "title", "unit", "factor", "decimals")
_TOLD = ("value", "missing", "status")
_FACTORS = {"mln": 1_000_000, "mld": 1_000_000_000}
_THOUSANDS = re.compile(r"^(?:x\s*)?(1(?:[ .\u00a0]000)+|1000)(?=\s|$)\s*(.*)$", re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    """Which part of a table is wanted.

    Attributes
    ----------
    measures
        Codes of measures as the table has them.
    regions
        Codes of regions; one that ends in ``*`` stands for all that begin so. Empty: all.
    years
        Years; empty: all.
    where
        Code by further dimension, such as ``{"Geslacht": "T001038"}``.
    """

    measures: Sequence[str]
    regions: Sequence[str] = ()
    years: Sequence[int] = ()
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def periods(self) -> list[str]:
        """The years as beginnings of codes of periods."""
        return [f"{year}*" for year in self.years]


@dataclass(frozen=True)
class CbsTable:
    """Figures of a table, one to a row.

    Attributes
    ----------
    code, title, url
        The table: its code, its title, and its address.
    modified
        When CBS last changed it, as it says so; None where it does not.
    rows
        Columns ``region`` (code; None: the table has no regions), ``region_name``,
        ``period`` (code such as ``2024JJ00``, or the year of the table), ``measure`` (code),
        ``title``, ``unit`` (as published), ``factor`` (what the unit multiplies by),
        ``decimals``, ``value`` (as published; NaN: missing), ``missing`` (why; None: it is
        there), ``status`` (such as ``Voorlopig``), and one column for each further dimension.
    dimensions
        Names of the further dimensions.
    """

    code: str
    title: str
    url: str
    modified: str | None
    rows: pd.DataFrame
    dimensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Measure:
    title: str
    unit: str
    decimals: int | None


@dataclass(frozen=True)
class _Shape:
    """What a table is made of, in the words of neither version."""

    title: str
    modified: str | None
    period: str | None
    measures: dict[str, _Measure]
    region: str | None
    time: str | None
    others: tuple[str, ...]


def unit_factor(unit: str) -> tuple[int, str]:
    """Factor in a unit of CBS, and the unit without it.

    ``x 1 000`` is (1000, ""), ``1 000 euro`` is (1000, "euro"), ``mln euro`` is
    (1000000, "euro"); ``per 1 000 inwoners`` has no factor.
    """
    text = " ".join(unit.split())
    found = _THOUSANDS.match(text)
    if found:
        return int(re.sub(r"\D", "", found[1])), found[2]
    first, _, rest = text.partition(" ")
    factor = _FACTORS.get(first.rstrip(".").lower())
    return (factor, rest) if factor else (1, text)


class Odata:
    """CBS OData at one address.

    Parameters
    ----------
    version
        3 or 4: the two differ in nearly every name.
    """

    def __init__(self, client: Client, address: str, *, version: int) -> None:
        self._client = client
        self._base = address.rstrip("/")
        self._version = version

    def table(self, code: str, selection: Selection) -> CbsTable:
        """Read figures of a table.

        Raises
        ------
        NotFound
            If the table does not have one of the measures or dimensions.
        ServiceUnavailable
            If the service cannot be used, or cuts its answer off.
        """
        shape = self._shape_3(code) if self._version == 3 else self._shape_4(code)
        _check_selection(code, shape, selection)
        regions = self._titles(code, shape.region, selection.regions)
        periods = self._titles(code, shape.time, selection.periods)
        figures = self._figures_3 if self._version == 3 else self._figures_4
        records = [
            _row(shape, raw, regions, periods)
            for raw in figures(code, shape, selection)
            if _is_wanted(shape, raw, selection)
        ]
        return CbsTable(
            code=code,
            title=shape.title,
            url=f"{self._base}/{code}",
            modified=shape.modified,
            rows=plain_texts(pd.DataFrame(records, columns=[*_FIXED, *_TOLD, *shape.others])),
            dimensions=shape.others,
        )

    def measures(self, code: str) -> dict[str, str]:
        """Title of each measure of a table, by its code.

        Raises
        ------
        ServiceUnavailable
        """
        shape = self._shape_3(code) if self._version == 3 else self._shape_4(code)
        return {measure: told.title for measure, told in shape.measures.items()}

    def entities(self, path: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """All rows of one set, page by page.

        Raises
        ------
        ServiceUnavailable
        """
        address = f"{self._base}/{path}"
        told = [*([_FORMAT] if self._version == 3 else []), *parameters]
        answer = self._client.get_json(_SERVICE, address, told)
        asked, before, count = {answer.address}, None, 0
        while True:
            values = self._values(address, answer.document)
            if values and values == before:
                raise self._unusable(address, _REPEATED)
            yield from values
            before, count = values, count + len(values)
            link = answer.document.get("odata.nextLink") or answer.document.get("@odata.nextLink")
            if link is None and not (self._version == 3 and len(values) == _CUT_AT):
                return
            skip = [*told, ("$skip", str(count))]
            if link is None:
                answer = self._client.get_json(_SERVICE, address, skip)
            else:
                answer = self._client.get_json(_SERVICE, self._next(answer.address, str(link)))
            if answer.address in asked:
                raise self._unusable(address, "its pages go round in a circle")
            asked.add(answer.address)

    def _next(self, address: str, link: str) -> str:
        following = same_host(address, link)
        if following is None:
            raise self._unusable(address, "its next page lies on another host")
        return following

    def _values(self, address: str, document: Any) -> list[dict[str, Any]]:
        values = document.get("value") if isinstance(document, dict) else None
        if not isinstance(values, list) or not all(isinstance(row, dict) for row in values):
            raise self._unusable(address, "its answer has no list of rows")
        return values

    def _unusable(self, address: str, reason: str) -> ServiceUnavailable:
        return ServiceUnavailable(_SERVICE, address.partition("?")[0], reason)

    def _shape_3(self, code: str) -> _Shape:
        infos = next(self.entities(f"{code}/TableInfos"), {})
        properties = list(self.entities(f"{code}/DataProperties"))
        kinds = {str(p["Key"]): str(p.get("Type")) for p in properties if p.get("Key")}
        measures = {
            str(p["Key"]): _measure(p)
            for p in properties
            if p.get("Key") and p.get("Type") == "Topic"
        }
        return _Shape(
            str(infos.get("Title") or code),
            infos.get("Modified"),
            infos.get("Period"),
            measures,
            *_dimensions(kinds),
        )

    def _shape_4(self, code: str) -> _Shape:
        address = f"{self._base}/{code}/Properties"
        infos = self._client.get_json(_SERVICE, address).document
        if not isinstance(infos, dict):
            raise self._unusable(address, "its answer is no object")
        kinds = {
            str(d.get("Identifier")): str(d.get("Kind"))
            for d in self.entities(f"{code}/Dimensions")
        }
        measures = {
            str(m.get("Identifier")): _measure(m) for m in self.entities(f"{code}/MeasureCodes")
        }
        return _Shape(
            str(infos.get("Title") or code),
            infos.get("Modified"),
            infos.get("TemporalCoverage"),
            measures,
            *_dimensions(kinds),
        )

    def _titles(
        self, code: str, dimension: str | None, wanted: Sequence[str]
    ) -> dict[str, dict[str, Any]]:
        """Codes of a dimension with what is said about each."""
        if dimension is None:
            return {}
        key = "Key" if self._version == 3 else "Identifier"
        path = f"{code}/{dimension}" if self._version == 3 else f"{code}/{dimension}Codes"
        condition = self._beginning(key, wanted)
        parameters = [("$filter", condition)] if condition else []
        return {str(row[key]).strip(): row for row in self.entities(path, parameters) if key in row}

    def _figures_3(
        self, code: str, shape: _Shape, selection: Selection
    ) -> Iterator[dict[str, Any]]:
        keys = [k for k in (shape.region, shape.time, *shape.others) if k]
        parameters = [("$select", ",".join([*keys, *selection.measures]))]
        conditions = self._conditions(shape, selection)
        if conditions:
            parameters.insert(0, ("$filter", " and ".join(conditions)))
        for row in self.entities(f"{code}/TypedDataSet", parameters):
            for measure in selection.measures:
                yield {
                    **{k: row.get(k) for k in keys},
                    "Measure": measure,
                    "Value": row.get(measure),
                }

    def _figures_4(
        self, code: str, shape: _Shape, selection: Selection
    ) -> Iterator[dict[str, Any]]:
        measures = " or ".join(f"Measure eq {_quoted(m)}" for m in selection.measures)
        conditions = [f"({measures})", *self._conditions(shape, selection)]
        for row in self.entities(f"{code}/Observations", [("$filter", " and ".join(conditions))]):
            if str(row.get("Measure")).strip() in selection.measures:
                yield row

    def _conditions(self, shape: _Shape, selection: Selection) -> list[str]:
        conditions = [self._beginning(d, wanted) for d, wanted in _wanted(shape, selection)]
        return [condition for condition in conditions if condition]

    def _beginning(self, dimension: str, wanted: Iterable[str]) -> str:
        """Condition that a code, padded or not, is or begins with one of some."""
        texts = [_quoted(code.rstrip("*")) for code in wanted]
        if self._version == 3:
            parts = [f"substringof({text},{dimension})" for text in texts]
        else:
            parts = [f"startswith({dimension},{text})" for text in texts]
        return f"({' or '.join(parts)})" if parts else ""


def _wanted(shape: _Shape, selection: Selection) -> list[tuple[str, Sequence[str]]]:
    """Dimensions of a table with the codes that are wanted of each; none: all."""
    wanted = [(shape.region, selection.regions), (shape.time, selection.periods)]
    further = [(dimension, [code]) for dimension, code in selection.where.items()]
    return [(dimension, codes) for dimension, codes in [*wanted, *further] if dimension]


def _is_wanted(shape: _Shape, raw: Mapping[str, Any], selection: Selection) -> bool:
    """Whether a row is wanted: a service may send more, as its conditions are coarser."""
    return all(
        not codes or any(_fits(_code(raw, dimension), code) for code in codes)
        for dimension, codes in _wanted(shape, selection)
    )


def _fits(code: str | None, wanted: str) -> bool:
    if wanted.endswith("*"):
        return (code or "").startswith(wanted[:-1])
    return code == wanted


def _dimensions(kinds: Mapping[str, str]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """Dimension of regions, that of periods, and the further ones."""
    region = next((key for key, kind in kinds.items() if kind in _REGION_KINDS), None)
    time = next((key for key, kind in kinds.items() if kind == "TimeDimension"), None)
    # A table by home and by work has two of regions: the second is a further one.
    others = tuple(
        key for key, kind in kinds.items()
        if kind == "Dimension" or (kind in _REGION_KINDS and key != region)
    )  # fmt: skip
    return region, time, others


def _measure(described: Mapping[str, Any]) -> _Measure:
    decimals = described.get("Decimals")
    return _Measure(
        " ".join(str(described.get("Title") or "").split()),
        " ".join(str(described.get("Unit") or "").split()),
        int(decimals) if isinstance(decimals, (int, str)) and str(decimals).isdecimal() else None,
    )


def _check_selection(code: str, shape: _Shape, selection: Selection) -> None:
    for measure in selection.measures:
        if measure not in shape.measures:
            known = ", ".join(f"{key} ({m.title})" for key, m in list(shape.measures.items())[:10])
            raise NotFound(f"measure in table {code}", measure, f"It has, among others: {known}.")
    for dimension in selection.where:
        if dimension not in shape.others:
            known = ", ".join(shape.others) or "none"
            raise NotFound(f"dimension in table {code}", dimension, f"It has: {known}.")


def _row(
    shape: _Shape,
    raw: Mapping[str, Any],
    regions: Mapping[str, Mapping[str, Any]],
    periods: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    region, period = _code(raw, shape.region), _code(raw, shape.time)
    measure = str(raw["Measure"]).strip()
    described = shape.measures[measure]
    value, missing = _value(raw)
    attribute = str(raw.get("ValueAttribute") or "None")
    told = [periods.get(period or "", {}).get("Status")]
    if missing is None and attribute != "None":
        told.append(attribute)
    return {
        "region": region,
        "region_name": _title(regions.get(region or "")),
        "period": period or shape.period,
        "measure": measure,
        "title": described.title,
        "unit": described.unit,
        "factor": unit_factor(described.unit)[0],
        "decimals": described.decimals,
        "value": value,
        "missing": missing,
        "status": ", ".join(str(part) for part in told if part) or None,
        **{other: _code(raw, other) for other in shape.others},
    }


def _value(raw: Mapping[str, Any]) -> tuple[float | None, str | None]:
    """Figure as published, or None with the reason why there is none."""
    value, attribute = raw.get("Value"), raw.get("ValueAttribute")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value), None
    text = raw.get("StringValue") if value is None else value
    if attribute not in (None, "None"):
        return None, f"niet gepubliceerd ({attribute})"
    if text is None:
        return None, _NO_REASON
    text = str(text).strip()
    try:
        return float(text.replace(",", ".")), None
    except ValueError:
        return None, _REASONS.get(text.lower(), f"geen getal ({text})")


def _code(raw: Mapping[str, Any], dimension: str | None) -> str | None:
    value = raw.get(dimension) if dimension else None
    return None if value is None else str(value).strip()


def _title(described: Mapping[str, Any] | None) -> str | None:
    text = str(described.get("Title") or "").strip() if described else ""
    return text or None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
