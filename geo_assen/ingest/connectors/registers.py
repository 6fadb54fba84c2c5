"""Columns of the registers turned into fields of our layers; what is left out is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geo_assen.errors import FileRefused
from geo_assen.ingest.connectors.provenance import Provenance
from geo_assen.ingest.connectors.rows import Fetched, column_of, replaced
from geo_assen.ingest.content import FileLayer

__all__ = ["DISTRICT_COLLECTIONS", "district_rows", "municipality_rows", "premises_rows"]

DISTRICT_COLLECTIONS = {
    "municipality": "gemeenten",
    "district": "wijken",
    "neighbourhood": "buurten",
}
"""Collection of CBS by kind of area."""

_CODE_AND_NAME = {
    "municipality": ("gemeentecode", "gemeentenaam"),
    "district": ("wijkcode", "wijknaam"),
    "neighbourhood": ("buurtcode", "buurtnaam"),
}
_IN_STOCK = {
    "verblijfsobject in gebruik",
    "verblijfsobject in gebruik (niet ingemeten)",
    "verbouwing verblijfsobject",
}
_DWELLING = "woonfunctie"
_USES = {
    "industriefunctie": "industrial",
    "kantoorfunctie": "office",
    "winkelfunctie": "retail",
    "logiesfunctie": "hospitality",
    "bijeenkomstfunctie": "leisure",
    "sportfunctie": "leisure",
    "gezondheidszorgfunctie": "care",
}
"""Use by purpose in the BAG; the purposes that are not here say nothing about a business."""


def district_rows(
    layer: FileLayer, kind: str, year: int, municipality: str, provenance: Provenance
) -> Fetched:
    """Turn areas of CBS into rows for layer ``areas``.

    CBS writes unknown or secret numbers as large negative ones: those become missing. Water
    has features of its own with the code of the land beside it: those are left out.

    Parameters
    ----------
    kind
        Key of :data:`DISTRICT_COLLECTIONS`.
    municipality
        Only areas of this municipality, ``GM`` and four digits.

    Raises
    ------
    FileRefused
        If a column that CBS publishes is not there.
    """
    code, name = _CODE_AND_NAME[kind]
    _require(layer, [code, name, "gemeentecode"])
    counts = {"water": 0, "elsewhere": 0}

    def change(values: pd.DataFrame) -> pd.DataFrame:
        inside = values["gemeentecode"].astype(str).str.strip() == municipality
        water = inside & _texts(values, "water").eq("JA")
        counts["elsewhere"] += int((~inside).sum())
        counts["water"] += int(water.sum())
        kept = values[inside & ~water]
        areas = {
            "code": kept[code].astype(str).str.strip(),
            "kind": kind,
            "name": kept[name],
            "year": year,
            "population_persons": _persons(kept),
            "source_code": provenance.code,
        }
        return pd.DataFrame(areas, index=kept.index)

    changed = replaced(layer, change)
    return Fetched(
        changed,
        provenance,
        _told(counts, {"water": "areas of water", "elsewhere": "areas of other municipalities"}),
    )


def municipality_rows(
    layer: FileLayer, year: int, municipality: str, provenance: Provenance
) -> Fetched:
    """Turn municipalities of the Kadaster into rows for layer ``areas``.

    Raises
    ------
    FileRefused
        If a column that the Kadaster publishes is not there.
    """
    _require(layer, ["identificatie", "naam"])
    counts = {"elsewhere": 0}

    def change(values: pd.DataFrame) -> pd.DataFrame:
        inside = values["identificatie"].astype(str).str.strip() == municipality
        counts["elsewhere"] += int((~inside).sum())
        kept = values[inside]
        areas = {
            "code": municipality,
            "kind": "municipality",
            "name": kept["naam"],
            "year": year,
            "source_code": provenance.code,
        }
        return pd.DataFrame(areas, index=kept.index)

    changed = replaced(layer, change)
    return Fetched(changed, provenance, _told(counts, {"elsewhere": "other municipalities"}))


def premises_rows(layer: FileLayer, provenance: Provenance) -> Fetched:
    """Turn units of the BAG into rows for layer ``premises``.

    Units that are no longer or not yet there, and those that are dwellings and nothing else,
    are left out. Area is use area as the BAG has it, not sales floor. Purposes that say
    nothing about a business give no use.

    Raises
    ------
    FileRefused
        If a column that the BAG publishes is not there.
    """
    _require(layer, ["identificatie", "status", "gebruiksdoel", "oppervlakte"])
    counts = {"gone": 0, "dwellings": 0}

    def change(values: pd.DataFrame) -> pd.DataFrame:
        in_stock = values["status"].astype(str).str.strip().str.lower().isin(_IN_STOCK)
        purposes = values["gebruiksdoel"].map(_purposes)
        dwelling = in_stock & purposes.map(lambda found: set(found) == {_DWELLING})
        counts["gone"] += int((~in_stock).sum())
        counts["dwellings"] += int(dwelling.sum())
        kept = values[in_stock & ~dwelling]
        ids = kept["identificatie"].map(_bag_id)
        premises = {
            "code": ids,
            "bag_id": ids,
            "address": column_of([_address(row) for row in kept.to_dict("records")]).to_numpy(),
            "street": _texts(kept, "openbare_ruimte_naam"),
            "postcode": _texts(kept, "postcode"),
            "uses": purposes[kept.index].map(_uses),
            "floor_area_m2": kept["oppervlakte"],
            "source_code": provenance.code,
        }
        return pd.DataFrame(premises, index=kept.index)

    changed = replaced(layer, change)
    return Fetched(
        changed,
        provenance,
        _told(counts, {"gone": "units not in use", "dwellings": "dwellings"}),
    )


def _require(layer: FileLayer, columns: Sequence[str]) -> None:
    missing = [name for name in columns if name not in layer.columns]
    if layer.rows and missing:
        raise FileRefused(layer.name, f"the service sends no {', '.join(missing)} any more.")
    if not layer.rows:
        raise FileRefused(layer.name, "the service has nothing for this question.")


def _texts(values: pd.DataFrame, column: str) -> pd.Series[Any]:
    """Column of texts; where there is none, of nothing."""
    if column not in values:
        return pd.Series([None] * len(values), index=values.index, dtype=object)
    return values[column].astype(object)


def _persons(values: pd.DataFrame) -> pd.Series[Any]:
    """Inhabitants; negative numbers say why there is no figure, and are none."""
    if "aantal_inwoners" not in values:
        return pd.Series(pd.NA, index=values.index, dtype="Int64")
    numbers = pd.to_numeric(values["aantal_inwoners"], errors="coerce").astype("Int64")
    return numbers.where(numbers >= 0)


def _purposes(value: Any) -> list[str]:
    return [part.strip().lower() for part in re.split(r"[;,]", str(value or "")) if part.strip()]


def _uses(purposes: Sequence[str]) -> str | None:
    return ";".join(dict.fromkeys(_USES[p] for p in purposes if p in _USES)) or None


def _bag_id(value: Any) -> str:
    """Id of 16 characters: one that was sent as a number has lost its leading zero."""
    return str(value).strip().zfill(16)


def _address(row: dict[Any, Any]) -> str | None:
    house = "".join(str(row[n]) for n in ("huisnummer", "huisletter") if _is_there(row.get(n)))
    if _is_there(row.get("toevoeging")):
        house += f"-{row['toevoeging']}"
    street = row.get("openbare_ruimte_naam")
    return " ".join(str(p) for p in (street, house) if _is_there(p)) or None


def _is_there(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != ""


def _told(counts: dict[str, int], words: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{counts[key]} {words[key]} left out." for key in counts if counts[key])
