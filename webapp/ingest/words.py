"""Kinds of faults, what is done about them, and dates, in the words of a reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.catalogue import LayerDefinition
from geo_assen.services import TREATMENT
from geo_assen.units import format_date

__all__ = [
    "KINDS",
    "TREATMENTS",
    "KindWords",
    "field_title",
    "kind_words",
    "moment",
    "shown",
    "system_words",
    "treatment_of",
    "why_words",
]

_LOCAL = ZoneInfo("Europe/Amsterdam")
_LONGEST_SHOWN = 80


@dataclass(frozen=True)
class KindWords:
    """What a kind of fault is called, and what it means in one sentence."""

    title: LazyString
    meaning: LazyString


KINDS: dict[str, KindWords] = {
    "missing_geometry": KindWords(
        _l("No place"), _l("The layer needs a place and the row has none.")
    ),
    "missing_coordinates": KindWords(
        _l("Coordinate missing"), _l("One of the two coordinates is empty or is no number.")
    ),
    "swapped_axes": KindWords(
        _l("Latitude and longitude exchanged"),
        _l("The degrees stand in the wrong order: latitude first."),
    ),
    "swapped_projected_axes": KindWords(
        _l("Easting and northing exchanged"),
        _l("The metres stand in the wrong order: the row names another place than it lies in."),
    ),
    "crs_missing": KindWords(
        _l("Reference system unknown"),
        _l("Nobody says in which reference system the places stand."),
    ),
    "crs_contradicts_values": KindWords(
        _l("Reference system does not fit"),
        _l("The numbers do not belong to the reference system that is stated."),
    ),
    "outside_country": KindWords(
        _l("Outside the Netherlands"), _l("The place lies outside the area of the RD system.")
    ),
    "outside_area": KindWords(
        _l("Outside the municipality"), _l("The place lies outside the municipality.")
    ),
    "invalid_geometry_repaired": KindWords(
        _l("Outline repaired"), _l("The outline crossed itself and was put right.")
    ),
    "invalid_geometry": KindWords(
        _l("Shape cannot be used"),
        _l("The shape is not of the kind that the layer takes, or cannot be repaired."),
    ),
    "duplicate_id": KindWords(
        _l("Code occurs twice"),
        _l("The code stands in the file twice, or is recorded already as another fact."),
    ),
    "duplicate_geometry": KindWords(
        _l("Same outline twice"), _l("Two rows of the file have the same outline.")
    ),
    "area_mismatch": KindWords(
        _l("Area differs from the drawing"),
        _l("The area that is stated and the area that is drawn differ too much."),
    ),
    "two_sources_apart": KindWords(
        _l("Two sources disagree on the place"),
        _l("Another source puts the same thing more than 250 metres away."),
    ),
    "missing_value": KindWords(_l("Value missing"), _l("A field that must be filled is empty.")),
    "bad_number": KindWords(
        _l("No number"), _l("The value is no number, or not one that the field can hold.")
    ),
    "bad_date": KindWords(_l("No date"), _l("The value is no date.")),
    "bad_category": KindWords(
        _l("Unknown category"), _l("The value is not one of the allowed values.")
    ),
    "negative_value": KindWords(
        _l("Below zero"), _l("The value lies below zero where that means nothing.")
    ),
    "end_before_start": KindWords(_l("End before start"), _l("The end lies before the start.")),
    "future_date": KindWords(
        _l("Date in the future"), _l("Something that has happened is dated after today.")
    ),
    "ghost_row": KindWords(_l("Empty row"), _l("The row holds nothing.")),
    "encoding_repaired": KindWords(
        _l("Garbled text repaired"),
        _l("Text was garbled by a wrong character set and was put right."),
    ),
    "text_repaired": KindWords(
        _l("Text cleaned"), _l("Signs that do not belong in the text were taken out.")
    ),
    "unknown_parent": KindWords(
        _l("Refers to nothing"), _l("The row refers to a record that does not exist.")
    ),
    "unreadable_row": KindWords(
        _l("Row cannot be read"), _l("The row cannot be taken apart into columns.")
    ),
}
"""Words of every kind of fault that an import finds."""

TREATMENTS: dict[str, LazyString] = {
    "refuse": _l("file refused"),
    "quarantine": _l("set aside"),
    "repair": _l("repaired and imported"),
    "warn": _l("reported and imported"),
}
"""What is done about a fault."""

_WHY: dict[str, LazyString] = {
    "name": _l("by its name"),
    "alias": _l("by another name of the field"),
    "title": _l("by the title of the field"),
    "values": _l("by the values in it"),
    "file": _l("by the mapping file"),
    "ready": _l("by a ready mapping"),
}


def kind_words(kind: str) -> KindWords:
    """Words of a kind; one that a later release added is shown under its own name."""
    return KINDS.get(kind) or KindWords(_l("Other fault"), _l("A fault of another kind."))


def treatment_of(kind: str) -> str:
    """What is done about a kind: ``refuse``, ``quarantine``, ``repair`` or ``warn``."""
    return TREATMENT.get(kind, "warn")


def why_words(certainty: str | None) -> str:
    """Why a column was taken for a field; who chose it himself needs no reason."""
    return str(_WHY[certainty]) if certainty in _WHY else _("chosen here")


def field_title(layer: LayerDefinition | None, name: str | None, language: str) -> str:
    """Title of a field; empty where the row as a whole is meant."""
    if name is None:
        return ""
    if name == "geometry":
        return _("Place")
    field = (layer.importable(name) or layer.named(name)) if layer else None
    return field.title.of(language) if field else name


def shown(value: Any) -> str:
    """A value of a file, short enough for a line."""
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def system_words(crs: str) -> str:
    """Name of a reference system; of a long definition only what it is called."""
    known = {"OGC:CRS84": "WGS 84 (CRS84)", "EPSG:28992": "RD (EPSG:28992)"}
    if crs in known:
        return known[crs]
    parts = crs.split('"')
    return parts[1] if len(parts) > 2 else shown(crs)


def moment(when: datetime, language: str) -> str:
    """Day and minute where the municipality lies."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    local = aware.astimezone(_LOCAL)
    return f"{format_date(local.date(), language)}, {local:%H:%M}"
