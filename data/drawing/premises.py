"""Premises: shops and bars along the centre streets, offices, halls, care and leisure.

Street names are real and sourced, house numbers and everything else are made up; the
address says so itself. No BAG id is given anywhere.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import LineString, Point, Polygon

from data.drawing.base_map import ROADS, STREETS_OF_PARKS, harbour, line
from data.drawing.centre import CORE_STREETS
from data.drawing.dice import between, pick, share, whole
from data.drawing.ledger import Story
from data.drawing.shapes import Points, move_along

__all__ = ["CORE", "Unit", "drawn_units", "premises_rows"]

CORE = "SA-KERN"
_CORE_UNITS = 210
_LABELS = ("A", "A", "B", "B", "C", "C", "C", "D", "E", "F", "G", "A+", "A++", None, None)
_LARGE: dict[str, tuple[int, ...]] = {
    "Citadel": (5600, 2300),
    "Koopmansplein": (4200, 1900),
    "Mercuriusplein": (3400, 2200),
    "Triade": (2900, 1800),
    "Ceresplein": (1900,),
    "Singelpassage": (1500,),
    "Rolderstraat": (1300,),
    "Gedempte Singel": (1200,),
}
"""Sales floors of the large shops, m²."""
_OFFICES: dict[str, int] = {
    "Dr. A.F. Philipsweg": 13, "Vaart": 8, "Beilerstraat": 7, "Rolderstraat": 5,
    "Groningerstraat": 5, "Port Natalweg": 4, "Industrieweg": 3, "Brinkstraat": 3, "Brink": 2,
}  # fmt: skip
_HALLS: dict[str, int] = {"Industrieweg": 26, "Europaweg": 14, "Dr. A.F. Philipsweg": 6,
                          "Havenkade": 7}  # fmt: skip
_NEIGHBOURHOOD: dict[str, tuple[str, float, float]] = {
    "SA-KLOOSTERVEEN": ("Kloosterveen", 230_560, 557_790),
    "SA-MARSDIJK": ("Marsdijk", 235_150, 559_690),
}
_ELSEWHERE: tuple[tuple[str, str, str | None, float, float], ...] = (
    ("care", "Praktijkruimte", "Vaart", 233_280, 557_215),
    ("care", "Praktijkruimte", "Port Natalweg", 233_120, 556_040),
    ("care", "Gezondheidscentrum", "Port Natalweg", 233_300, 555_985),
    ("care", "Zorgpand", "Beilerstraat", 233_700, 555_760),
    ("care", "Praktijkruimte", "Rolderstraat", 235_400, 556_870),
    ("care", "Gezondheidscentrum", None, 230_470, 557_720),
    ("care", "Zorgpand", None, 234_800, 559_640),
    ("leisure", "Sporthal", "Stadsbroek", 232_620, 555_740),
    ("leisure", "Leisurehal", "Stadsbroek", 232_980, 555_790),
    ("leisure", "Leisurehal", "Havenkade", 234_262, 557_668),
    ("leisure", "Leisurehal", "Industrieweg", 234_760, 558_390),
    ("leisure", "Sportschool", "Europaweg", 235_880, 557_940),
)


@dataclass
class Unit:
    """One premises as drawn: what it is, where, and how large."""

    kind: str
    noun: str
    street: str | None
    number: int | None
    x: float
    y: float
    floor_m2: int
    sales_m2: int | None = None
    park: str | None = None
    shopping_area: str | None = None
    near_plot: str | None = None
    build_year: int | None = None
    code: str = ""

    @property
    def where(self) -> str:
        """Street and number, or the plot or quarter it stands in."""
        if self.near_plot:
            return f"kavel {self.near_plot.removeprefix('P-')}"
        if self.street:
            return f"{self.street} {self.number}"
        return f"unit {self.number}"


def drawn_units(story: Story, parks: dict[str, Polygon]) -> list[Unit]:
    """All premises, with codes ``W-0001`` and on."""
    units = [*_core(), *_neighbourhood(), *_offices(story), *_halls(story, parks), *_elsewhere()]
    numbers: Counter[str] = Counter()
    for place, unit in enumerate(units, start=1):
        unit.code = f"W-{place:04d}"
        if unit.number is None and not unit.near_plot:
            key = unit.street or unit.noun
            numbers[key] += 1
            unit.number = 100 + 3 * numbers[key]
        if unit.park is None:
            here = Point(unit.x, unit.y)
            unit.park = next((code for code, shape in parks.items() if shape.contains(here)), None)
        if unit.build_year is None:
            unit.build_year = _built(unit)
    return units


def premises_rows(units: list[Unit]) -> list[dict[str, Any]]:
    """Rows of the layer ``premises``."""
    return [_row(unit) for unit in units]


def _row(unit: Unit) -> dict[str, Any]:
    code = unit.code
    hall = unit.kind in ("industrial", "logistics")
    return {
        "code": code,
        "name": f"{unit.noun} {unit.where}",
        "address": f"{unit.where[0].upper()}{unit.where[1:]} (illustratief)",
        "street": unit.street,
        "park": unit.park,
        "shopping_area": unit.shopping_area,
        "uses": _uses(unit),
        "floor_area_m2": unit.floor_m2,
        "sales_floor_m2": unit.sales_m2,
        "energy_label": "A+++" if (unit.build_year or 0) > 2020 else pick(_LABELS, "label", code),
        "build_year": unit.build_year if share("built", code) < 0.93 else None,
        "grid_mva": round(between(0.04, 0.25, "grid", code) * (1 + unit.floor_m2 / 1500), 2)
        if hall and share("grid-known", code) < 0.6 else None,
        "fibre": None if share("fibre", code) < 0.2 else share("fibre", code) < 0.92,
        "source_code": "sample-illustrative",
        "geometry": Point(round(unit.x, 1), round(unit.y, 1)),
    }  # fmt: skip


def _uses(unit: Unit) -> tuple[str, ...]:
    extra = share("uses", unit.code)
    if unit.kind == "retail" and extra < 0.12:
        return ("hospitality", "retail")
    if unit.kind == "office" and extra < 0.15:
        return ("care", "office")
    if unit.kind == "industrial" and extra < 0.18:
        return ("industrial", "office")
    if unit.kind == "logistics":
        return ("industrial", "logistics")
    return (unit.kind,)


def _built(unit: Unit) -> int:
    if unit.shopping_area == CORE:
        low, high = (1880, 1975) if share("old", unit.code) < 0.6 else (1985, 2012)
    elif unit.shopping_area:
        low, high = 2004, 2012
    else:
        low, high = (1962, 1998) if unit.park == "SB" else (1975, 2016)
    return whole(low, high, "year", unit.code)


def _core() -> list[Unit]:
    """Units on both sides of the core streets, at one distance from each other."""
    slots = []
    lines = {name: LineString(points) for name, points in CORE_STREETS.items()}
    sides = {name: (1,) if street.is_ring else (1, -1) for name, street in lines.items()}
    apart = sum(lines[name].length * len(sides[name]) for name in lines) / _CORE_UNITS
    for name, street in lines.items():
        for side in sides[name]:
            count = round(street.length / apart)
            for place in range(count):
                slots.append((name, street, side, place, (place + 0.5) * street.length / count))
    large = {name: list(sizes) for name, sizes in _LARGE.items()}
    return [_core_unit(*slot, large) for slot in slots]


def _core_unit(
    name: str, street: LineString, side: int, place: int, along: float,
    large: dict[str, list[int]],
) -> Unit:  # fmt: skip
    key = ("core", name, side, place)
    x, y = move_along(street, along, side * between(9, 13, *key, "aside"))
    number = 2 * place + (1 if side > 0 else 2)
    if large.get(name) and place % 3 == 1:
        sales = large[name].pop(0)
        return Unit(
            "retail",
            "Winkelpand",
            name,
            number,
            x,
            y,
            round(sales * 1.25),
            sales,
            shopping_area=CORE,
        )
    bar = share(*key, "bar") < (0.45 if name in ("Marktstraat", "Koopmansplein") else 0.2)
    if bar:
        floor = round(90 + 260 * share(*key, "floor"))
        return Unit("hospitality", "Horecapand", name, number, x, y, floor, shopping_area=CORE)
    sales = round(75 + 1120 * share(*key, "sales") ** 1.9, -1)
    floor = round(sales * between(1.15, 1.4, *key, "stock"))
    return Unit("retail", "Winkelpand", name, number, x, y, floor, int(sales), shopping_area=CORE)


def _neighbourhood() -> list[Unit]:
    units = []
    for area, (quarter, x, y) in _NEIGHBOURHOOD.items():
        for place in range(11):
            sales = 1900 if place == 0 else whole(90, 380, area, place)
            dx, dy = (place % 6) * 16 - 40, (place // 6) * 34 - 17
            units.append(
                Unit("hospitality" if place in (4, 9) else "retail", f"Winkelunit {quarter}", None,
                     place + 1, x + dx, y + dy, round(sales * 1.2),
                     None if place in (4, 9) else sales, shopping_area=area)
            )  # fmt: skip
    return units


def _course(name: str) -> Points:
    """Course of a street of the base map, in kilometres."""
    named = {**dict(ROADS.values()), **dict(STREETS_OF_PARKS)}
    if name in named:
        return named[name]
    return [(x / 1000, y / 1000) for x, y in _OTHER[name]]


_OTHER: dict[str, Points] = {"Brinkstraat": ((233962, 556988), (233998, 557003), (234036, 557016))}


def _along(name: str, number: int, key: str, start: float, end: float) -> list[tuple[float, float]]:
    street = line(_course(name))
    points = []
    for place in range(number):
        along = street.length * (start + (end - start) * (place + 0.5) / number)
        aside = (1 if place % 2 else -1) * between(24, 48, key, name, place)
        points.append(move_along(street, along, aside))
    return points


def _offices(story: Story) -> list[Unit]:
    units = []
    for name, number in _OFFICES.items():
        start, end = (0.02, 0.35) if name == "Dr. A.F. Philipsweg" else (0.08, 0.5)
        for place, (x, y) in enumerate(_along(name, number, "office", start, end)):
            floor = round(160 + 2600 * share("office", name, place) ** 2.2, -1)
            house = 3 + 4 * place + 20 * (name in ("Rolderstraat", "Groningerstraat"))
            units.append(Unit("office", "Kantoor", name, house, x, y, int(floor)))
    for piece in story.pieces:
        if piece.park == "SM" and piece.code in story.deed_on:
            middle = piece.shape.representative_point()
            floor = int(round(piece.area_m2 * between(0.3, 0.5, "floor", piece.code), -1))
            units.append(Unit("office", "Kantoor", "Schepersmaat", None, middle.x, middle.y, floor,
                              park="SM", near_plot=piece.code,
                              build_year=story.deed_on[piece.code].year + 1))  # fmt: skip
    return units


def _halls(story: Story, parks: dict[str, Polygon]) -> list[Unit]:
    units = []
    taken = shapely.union_all([piece.shape for piece in story.pieces] + [harbour().buffer(20)])
    for name, number in _HALLS.items():
        for place, (x, y) in enumerate(_along(name, number, "hall", 0.12, 0.97)):
            here = Point(x, y)
            if not parks["SB"].contains(here) or taken.contains(here):
                continue
            floor = round(320 + 5200 * share("hall", name, place) ** 2.4, -1)
            kind = "logistics" if floor > 2600 else "industrial"
            house = 41 + 6 * place
            units.append(Unit(kind, "Bedrijfshal", name, house, x, y, int(floor), park="SB"))
    gone = story.bought_back | story.withdrawn
    for piece in story.pieces:
        deed = story.deed_on.get(piece.code)
        if deed is None or deed.year > 2024 or piece.park == "SM" or piece.code in gone:
            continue
        if share("unit", piece.code) < 0.24:
            continue
        middle = piece.shape.representative_point()
        floor = int(round(piece.area_m2 * between(0.3, 0.55, "floor", piece.code), -1))
        kind = "logistics" if piece.area_m2 > 9_000 else "industrial"
        units.append(Unit(kind, "Bedrijfshal", "Graswijk" if piece.park == "GW" else None, None,
                          middle.x, middle.y, floor, park=piece.park, near_plot=piece.code,
                          build_year=deed.year + 1))  # fmt: skip
    return units


def _elsewhere() -> list[Unit]:
    units = []
    for place, (kind, noun, street, x, y) in enumerate(_ELSEWHERE):
        low, high = (140, 900) if kind == "care" else (700, 2400)
        floor = whole(low // 10, high // 10, "elsewhere", place) * 10
        units.append(Unit(kind, noun, street, None, x, y, floor))
    return units
