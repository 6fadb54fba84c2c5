"""Points: exits, station and centre; attractions; events at them.

Positions are those of the sources, in RD metres, each with how far it may be off. Public
files place some of these kilometres away; what proved wrong is not stored.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from shapely.geometry import Point

__all__ = ["attraction_rows", "event_rows", "reference_rows"]

_SKETCHED = "sample-schematic"
_REFERENCES: tuple[tuple[str, str, str, int, int, float, float, str], ...] = (
    ("centrum", "centre", "Centrum", 1, 100, 233_968, 556_906, "wiki-assen-de"),
    ("station-assen", "station", "Station Assen", 1, 60, 234_492, 556_822, "wiki-station"),
    ("exit-31a", "motorway_exit", "Afrit 31a Assen-Zuid", 2, 500, 232_003, 552_853, _SKETCHED),
    ("exit-32", "motorway_exit", "Afrit 32 Assen", 2, 400, 232_990, 555_130,
     "soundscape-places"),
    ("exit-33", "motorway_exit", "Afrit 33 Assen-West", 2, 500, 231_750, 556_455, _SKETCHED),
    ("exit-34", "motorway_exit", "Afrit 34 Assen-Noord", 2, 300, 234_693, 560_767,
     "soundscape-places"),
)  # fmt: skip
_ATTRACTIONS: tuple[tuple[str, str, str, str | None, int, float, float, str, str | None], ...] = (
    ("tt-circuit", "TT Circuit", "circuit", None, 400, 231_338, 553_340, "wiki-places",
     "Baan van 4,5 km; een tweede bron ligt 62 m verder, een derde 381 m."),
    ("drents-museum", "Drents Museum", "museum", "Brink 1", 25, 234_043, 556_907,
     "wiki-places", "Een tweede bron ligt 21 m verder."),
    ("de-nieuwe-kolk", "De Nieuwe Kolk", "culture", None, 200, 233_722, 557_066, _SKETCHED, None),
    ("de-bonte-wever", "De Bonte Wever", "stay", "Stadsbroek 17, 9405 BK", 400, 232_897, 555_750,
     _SKETCHED, "262 kamers (opgave 2025); plaats geschat uit het adres."),
    ("van-der-valk", "Van der Valk Assen", "stay", "Balkenweg 1", 500, 231_700, 556_298,
     _SKETCHED, "Ongeveer 130 kamers (2017); plaats geschat bij afrit 33."),
    ("hotel-de-jonge", "Hotel de Jonge", "stay", "Brinkstraat", 100, 233_998, 557_003,
     _SKETCHED, "15 kamers vernieuwd in 2018; totaal niet gevonden."),
    ("witterzomer", "Vakantiepark Witterzomer", "stay", None, 400, 230_053, 555_505, _SKETCHED,
     "Sinds 1952; aantal plaatsen niet gevonden."),
    ("asserbos", "Asserbos", "nature", None, 300, 232_891, 556_622, "soundscape-places",
     "114 hectare."),
    ("baggelhuizerplas", "Baggelhuizerplas", "nature", None, 600, 232_001, 555_903, _SKETCHED,
     None),
    ("duurzaamheidscentrum", "Duurzaamheidscentrum", "visitor_centre", "Bosrand 2", 400, 233_151,
     555_854, _SKETCHED, None),
)  # fmt: skip
_EVENTS: tuple[tuple[str, str, str, str | None, date, date | None, str], ...] = (
    ("tt-2025", "TT Assen 2025 (100 jaar)", "motorsport", "tt-circuit", date(2025, 6, 26),
     date(2025, 6, 29), "press-tt-2025"),
    ("tt-2026", "TT Assen 2026", "motorsport", "tt-circuit", date(2026, 6, 25),
     date(2026, 6, 28), "sample-illustrative"),
    ("tt-2027", "TT Assen 2027", "motorsport", "tt-circuit", date(2027, 6, 24),
     date(2027, 6, 27), "sample-illustrative"),
    ("tt-festival-2025", "TT Festival 2025", "festival", None, date(2025, 6, 25),
     date(2025, 6, 28), "sample-illustrative"),
    ("tt-festival-2026", "TT Festival 2026", "festival", None, date(2026, 6, 24),
     date(2026, 6, 27), "sample-illustrative"),
    ("van-gogh-2023", "Van Gogh in het Drents Museum", "exhibition", "drents-museum",
     date(2023, 9, 1), date(2024, 1, 31), "press-lost"),
    ("ijsbaan-2018", "IJsbaan Koopmansplein", "sport", None, date(2018, 12, 8),
     date(2019, 1, 6), "sample-illustrative"),
    ("superbikes-2026", "Superbikes op het circuit", "motorsport", "tt-circuit",
     date(2026, 4, 17), date(2026, 4, 19), "sample-illustrative"),
    ("braderie-2026", "Braderie binnenstad", "market", None, date(2026, 7, 11), None,
     "sample-illustrative"),
    ("najaarsmarkt-2026", "Najaarsmarkt", "market", None, date(2026, 10, 3), date(2026, 10, 4),
     "sample-illustrative"),
    ("boslopen-2026", "Loop door het Asserbos", "sport", "asserbos", date(2026, 9, 20), None,
     "sample-illustrative"),
    ("filmweek-2026", "Filmweek De Nieuwe Kolk", "festival", "de-nieuwe-kolk",
     date(2026, 11, 2), date(2026, 11, 8), "sample-illustrative"),
    ("winterfair-2026", "Winterfair Koopmansplein", "market", None, date(2026, 12, 12),
     date(2026, 12, 13), "sample-illustrative"),
)  # fmt: skip
_KOOPMANSPLEIN = (233_890, 557_270)


def reference_rows() -> list[dict[str, Any]]:
    """Rows of the layer ``reference_points``."""
    return [
        {
            "code": code, "kind": kind, "name": name, "importance_rank": rank,
            "position_accuracy_m": accuracy, "source_code": source, "geometry": Point(x, y),
        }
        for code, kind, name, rank, accuracy, x, y, source in _REFERENCES
    ]  # fmt: skip


def attraction_rows() -> list[dict[str, Any]]:
    """Rows of the layer ``attractions``."""
    return [
        {
            "code": code, "name": name, "kind": kind, "address": address,
            "position_accuracy_m": accuracy, "remark": remark, "source_code": source,
            "geometry": Point(x, y),
        }
        for code, name, kind, address, accuracy, x, y, source, remark in _ATTRACTIONS
    ]  # fmt: skip


def event_rows() -> list[dict[str, Any]]:
    """Rows of the layer ``events``; what has no place of its own is on the Koopmansplein."""
    places = {row["code"]: row["geometry"] for row in attraction_rows()}
    return [
        {
            "code": code, "name": name, "kind": kind, "attraction": attraction,
            "starts_on": start, "ends_on": end, "source_code": source,
            "geometry": places.get(attraction, Point(_KOOPMANSPLEIN)),
        }
        for code, name, kind, attraction, start, end, source in _EVENTS
    ]  # fmt: skip
