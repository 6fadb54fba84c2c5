"""Figures of CBS as rows of layers ``indicators`` and ``areas``.

Texts that go into the layers are Dutch, as the figures themselves and their definitions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pandas as pd

from geo_assen.errors import FileRefused
from geo_assen.ingest.connectors.odata import CbsTable, unit_factor
from geo_assen.ingest.connectors.provenance import Provenance
from geo_assen.ingest.connectors.rows import Fetched, column_of, frame_layer
from geo_assen.ingest.content import FileLayer

__all__ = ["area_rows", "indicator_rows"]

_COUNT = "aantal"
_COUNTRY = "NL"
_WHOLE_COUNTRY = {None, "NL00", "NL01"}
_AREA_KINDS = {"GM": "municipality", "WK": "district", "BU": "neighbourhood"}
_FINAL = {"definitief", "none", ""}
_INDICATOR = (
    "code", "name", "area", "year", "value", "unit", "definition", "ambiguity", "certainty",
    "source_code",
)  # fmt: skip
_AREA = ("code", "kind", "name", "year", "population_persons", "working_age_persons", "source_code")


def indicator_rows(table: CbsTable, provenance: Provenance) -> Fetched:
    """Turn figures into rows for layer ``indicators``.

    The unit is taken without its factor and the value multiplied by it, exactly; how
    coarsely CBS rounds stands in ``ambiguity``.

    Returns
    -------
    The rows; figures that CBS does not give are among what was left out, with its reason.
    """
    rows = [_indicator(table, row, provenance) for row in _records(table) if row["missing"] is None]
    return Fetched(_layer(table, rows, _INDICATOR), provenance, _left_out(table))


def area_rows(
    table: CbsTable, provenance: Provenance, *, population: str, working_age: Sequence[str] = ()
) -> Fetched:
    """Turn figures of municipalities, districts and neighbourhoods into rows for ``areas``.

    Parameters
    ----------
    population
        Code of the measure with the number of inhabitants.
    working_age
        Codes of measures that together are the persons of working age; one that is missing
        makes the sum missing. Without any, the rows say nothing of working age.

    Raises
    ------
    FileRefused
        If a further dimension of the table was not narrowed down to one code.
    """
    rows, left_out = [], list(_left_out(table))
    for (region, period), figures in _by_region_and_period(table).items():
        kind, year = _AREA_KINDS.get(str(region)[:2]), _year(period)
        if kind is None or year is None:
            left_out.append(f"{region} in {period}: no area of one year.")
            continue
        values = {row["measure"]: _quantity(row) for row in figures}
        rows.append(
            {
                "code": region,
                "kind": kind,
                "name": figures[0]["region_name"] or region,
                "year": year,
                "population_persons": _sum([values.get(population)]),
                "working_age_persons": _sum([values.get(measure) for measure in working_age]),
                "source_code": provenance.code,
            }
        )
    told = [name for name in _AREA if working_age or name != "working_age_persons"]
    return Fetched(_layer(table, rows, told), provenance, tuple(left_out))


def _by_region_and_period(table: CbsTable) -> dict[tuple[Any, Any], list[dict[str, Any]]]:
    groups: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for row in _records(table):
        group = groups.setdefault((row["region"], row["period"]), [])
        if any(row["measure"] == other["measure"] for other in group):
            named = ", ".join(table.dimensions)
            raise FileRefused(
                f"CBS table {table.code}",
                f"it has several figures {row['measure']} for {row['region']} in "
                f"{row['period']}; say which one is meant by {named}.",
            )
        group.append(row)
    return groups


def _records(table: CbsTable) -> list[dict[str, Any]]:
    found = table.rows.astype(object).where(table.rows.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in found.to_dict("records")]


def _indicator(table: CbsTable, row: dict[str, Any], provenance: Provenance) -> dict[str, Any]:
    _, unit = unit_factor(row["unit"])
    quantity = _quantity(row)
    area = _COUNTRY if row["region"] in _WHOLE_COUNTRY else row["region"]
    further = [f"{name} {row[name]}" for name in table.dimensions]
    parts = [
        table.code,
        row["measure"],
        area,
        row["period"] or "",
        *(row[n] or "" for n in table.dimensions),
    ]
    definition = [f"CBS-tabel {table.code}, {table.title}", f"onderwerp {row['measure']}"]
    definition += [f"periode {row['period']}"] if row["period"] else []
    return {
        "code": re.sub(r"[^a-z0-9]+", "-", "-".join(["cbs", *parts]).lower()).strip("-"),
        "name": row["title"],
        "area": area,
        "year": _year(row["period"]),
        "value": None if quantity is None else float(quantity),
        "unit": unit or _COUNT,
        "definition": "; ".join([*definition, *further]) + ".",
        "ambiguity": _ambiguity(row),
        "certainty": provenance.certainty,
        "source_code": provenance.code,
    }


def _ambiguity(row: dict[str, Any]) -> str | None:
    """What a reader has to know of a figure: how coarse it is, and whether it may change."""
    remarks = []
    if row["factor"] != 1:
        step = Decimal(row["factor"]).scaleb(-int(row["decimals"] or 0))
        remarks.append(
            f"Gepubliceerd als {row['unit']}, afgerond op {_plain(step)}: "
            f"tot {_plain(step / 2)} hoger of lager."
        )
    if str(row["status"] or "").lower() not in _FINAL:
        remarks.append(f"Status bij CBS: {row['status']}.")
    return " ".join(remarks) or None


def _quantity(row: dict[str, Any]) -> Decimal | None:
    """Figure without the factor of its unit; exact, where binary fractions would drift."""
    if row["value"] is None or row["missing"] is not None:
        return None
    return Decimal(repr(float(row["value"]))) * int(row["factor"])


def _sum(values: Sequence[Decimal | None]) -> int | None:
    known = [value for value in values if value is not None]
    return round(sum(known, Decimal(0))) if values and len(known) == len(values) else None


def _year(period: Any) -> int | None:
    found = re.match(r"\d{4}(?=$|[A-Z])", str(period or ""))
    return int(found[0]) if found else None


def _plain(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text.replace(".", ",")


def _layer(table: CbsTable, rows: list[dict[str, Any]], columns: Sequence[str]) -> FileLayer:
    frame = pd.DataFrame(
        {name: column_of([row[name] for row in rows]) for name in columns},
        index=pd.RangeIndex(len(rows)),
    )
    return frame_layer(table.title, frame)


def _left_out(table: CbsTable) -> tuple[str, ...]:
    return tuple(
        f"{row['title']} of {row['region'] or _COUNTRY} in {row['period']}: {row['missing']}."
        for row in _records(table)
        if row["missing"] is not None
    )
