"""What can be said of each plot: category, use, connections, price. All made up."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.drawing.dice import between, day_between, pick, share
from data.drawing.ledger import TODAY, Story
from data.drawing.parks import PARKS, Park
from data.drawing.plots import Piece, values_of

__all__ = ["plot_rows"]

_SMALL_M2, _LARGE_M2 = 3_000, 9_000
_CATEGORIES = {
    "MV": ("3.1", "3.2", "4.1"),
    "PP": ("2", "3.1", "3.2"),
    "SB": ("3.1", "3.2", "4.2"),
    "AZ": ("2", "3.1", "3.2"),
    "GW": ("2", "2", "2"),
    "SM": ("1", "2", "2"),
}
"""Highest category of small, middling and large plots."""
_USES: dict[str, tuple[tuple[str, ...], ...]] = {
    "MV": (("mixed", "office"), ("industrial", "mixed"), ("industrial", "logistics")),
    "PP": (("industrial", "mixed"), ("industrial",), ("industrial", "logistics")),
    "SB": (("industrial", "mixed"), ("industrial", "leisure"), ("industrial", "logistics")),
    "AZ": (("industrial", "office"), ("industrial",), ("industrial", "logistics")),
    "GW": (("mixed",), ("mixed", "industrial"), ("mixed", "industrial")),
    "SM": (("office",), ("office", "care"), ("office", "care")),
}
_STREETS = {"GW": "Graswijk", "SM": "Schepersmaat"}
_GRID_KNOWN = {"available": 0.85, "limited": 0.6, "congested": 0.3}
"""Share of plots of which the connection is known."""


def plot_rows(story: Story) -> list[dict[str, Any]]:
    """Rows of the layer ``plots``; a split plot stays, with its parts behind it."""
    parks = {park.code: park for park in PARKS}
    issuable = {piece.code for piece in story.issuable}
    return [
        _row(piece, parks[piece.park], story, free=piece.code in issuable) for piece in story.pieces
    ]


def _row(piece: Piece, park: Park, story: Story, *, free: bool) -> dict[str, Any]:
    size = (piece.area_m2 > _SMALL_M2) + (piece.area_m2 > _LARGE_M2)
    code = piece.code
    low, high = park.values["price_min_eur_m2"], park.values["price_max_eur_m2"]
    large = free and piece.area_m2 > _LARGE_M2
    return {
        **values_of(piece),
        "name": f"Kavel {code.removeprefix('P-')}",
        "street": _street(piece),
        "uses": _USES[park.code][size],
        "max_env_category": None if share("category", code) < 0.05
        else _CATEGORIES[park.code][size],
        "max_height_m": pick((8.0, 10.0, 10.0, 12.0, 15.0), "height", code) + 2 * (size == 2),
        "coverage_share": pick((0.5, 0.6, 0.7, 0.7, 0.8), "coverage", code),
        "grid_mva": _grid(piece, park),
        "fibre": None if share("fibre", code) < 0.15 else True,
        "water": _on_water(piece),
        "rail": False,
        "serviced_on": _serviced(piece, park),
        "available_from": _available(piece, park) if free else None,
        "price_eur_m2": round(between(low, high, "price", code)) if free else None,
        "smallest_part_m2": round(piece.area_m2 / 4, -2) if large else None,
        "parent_plot": story.parents.get(code),
        "source_code": "sample-illustrative",
    }  # fmt: skip


def _street(piece: Piece) -> str | None:
    """Name of the street, where one is known to run there."""
    middle = piece.shape.centroid
    if piece.park == "AZ" and middle.y < 553_060:
        return "Burgemeester Masmanweg"
    if piece.park == "SB":
        if middle.x < 234_600:
            return "Havenkade"
        return "Industrieweg" if middle.y > 558_500 else "Europaweg"
    return _STREETS.get(piece.park)


def _on_water(piece: Piece) -> bool:
    return piece.park == "SB" and piece.shape.centroid.x < 234_340


def _grid(piece: Piece, park: Park) -> float | None:
    if share("grid", piece.code) > _GRID_KNOWN[park.values["grid_status"]]:
        return None
    size = 0.1 + piece.area_m2 / 9_000
    if park.values["grid_status"] == "congested":
        size = min(size, 0.16)
    return round(min(2.5, size * between(0.7, 1.4, "mva", piece.code)), 2)


def _serviced(piece: Piece, park: Park) -> date | None:
    if park.code == "MV" and piece.shape.centroid.y > 561_200:
        return date(2019, 4, 1)
    return park.values["serviced_on"]


def _available(piece: Piece, park: Park) -> date:
    ready = share("ready", piece.code)
    if ready < 0.72:
        serviced = _serviced(piece, park) or date(2010, 1, 1)
        return max(serviced, date(2012, 1, 1))
    return day_between(date(TODAY.year + 1, 1, 15), date(TODAY.year + 1, 11, 1), "from", piece.code)
