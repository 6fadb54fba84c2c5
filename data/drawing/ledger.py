"""The story of the land, 2005 to today: who bought what when, and what is promised.

The years follow the published points (a planned 2.25 ha a year, hardly a sale from 2009
to 2016, two small plots in 2016, just over 6 ha in 2022, Assen-Zuid for about 20 ha in use by the
middle of 2023 and then nearly all under option); each single event is made up.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from data.drawing.dice import between, day_between, pick, share, shuffled, whole
from data.drawing.parks import PARKS
from data.drawing.plots import Piece, halves

__all__ = ["Story", "told_story"]

TODAY = date(2026, 11, 24)
OPENING = date(2004, 12, 31)
SOURCE = "sample-illustrative"
_HA = 10_000

DEEDS_HA: dict[str, dict[int, float]] = {
    "MV": {
        2005: 2.6, 2006: 7.4, 2007: 8.4, 2008: 5.4, 2009: 0.8, 2010: 0.5, 2011: 0.4, 2012: 0.3,
        2013: 0.3, 2014: 0.2, 2015: 0.5, 2017: 1.0, 2018: 1.3, 2019: 1.6, 2020: 0.9, 2021: 1.3,
        2022: 2.3, 2023: 1.6, 2024: 1.2, 2025: 0.9, 2026: 0.8,
    },
    "PP": {
        2005: 1.4, 2006: 1.8, 2007: 1.8, 2008: 1.0, 2009: 0.4, 2010: 0.3, 2012: 0.3, 2014: 0.3,
        2016: 0.2, 2017: 0.8, 2018: 1.0, 2019: 1.0, 2021: 0.7, 2023: 0.6,
    },
    "SB": {
        2006: 0.8, 2008: 0.5, 2011: 0.5, 2015: 0.4, 2016: 0.2, 2018: 0.6, 2020: 0.6, 2022: 0.45,
        2024: 0.5, 2025: 0.4,
    },
    "AZ": {
        2015: 0.6, 2017: 1.3, 2018: 1.5, 2019: 1.8, 2020: 1.1, 2021: 1.2, 2022: 0.2, 2023: 1.3,
        2024: 3.6, 2025: 1.6, 2026: 0.9,
    },
    "GW": {
        2009: 0.3, 2010: 0.2, 2011: 0.2, 2013: 0.2, 2018: 0.4, 2019: 0.4, 2020: 0.5, 2021: 0.4,
        2022: 0.3, 2023: 0.4, 2024: 0.4, 2025: 0.3,
    },
    "SM": {
        2005: 0.9, 2006: 0.8, 2007: 1.2, 2008: 0.8, 2010: 0.5, 2017: 0.6, 2019: 0.6, 2023: 0.7,
    },
}  # fmt: skip
"""Hectares to be sold a year and park; plots are whole, so the outcome comes near.

The poorest years choose first: they took the small plots, as in 2016.
"""
LARGE_DEEDS = {70_000: date(2020, 9, 11), 15_000: date(2021, 5, 20), 30_000: date(2022, 6, 9)}
"""The known large sales in Assen-Zuid by their size (7, 1.5 and 3 ha); dates filled in."""
ISSUED_BEFORE_HA = {"MV": 0.0, "PP": None, "SB": 168.0, "AZ": 0.0, "GW": 3.2, "SM": 1.0}
"""Issued before 2005; None: what the sourced net area leaves."""
NET_SOURCED_M2 = {"MV": 500_000, "PP": 250_000}
NET_SET_ON = {"AZ": date(2011, 6, 30)}
PRICE_LEVEL = {2005: 0.58, 2008: 0.66, 2012: 0.68, 2016: 0.7, 2020: 0.82, 2024: 0.96, 2027: 1.02}
"""Land price against today's."""
_SECTORS = ("other",) * 12 + ("energy",) * 3 + ("care",) * 2 + ("leisure",) * 2 + ("government",)
_PARTIES = tuple(f"party-{number:02d}" for number in range(1, 15))


@dataclass
class Story:
    """Plots that exist in the end, their deeds, and every event."""

    pieces: list[Piece]
    parents: dict[str, str] = field(default_factory=dict)
    deed_on: dict[str, date] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    bought_back: set[str] = field(default_factory=set)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def issuable(self) -> list[Piece]:
        """Plots that can still be issued today."""
        gone = set(self.parents.values()) | self.withdrawn
        return [
            piece
            for piece in self.pieces
            if piece.code not in gone
            and (piece.code not in self.deed_on or piece.code in self.bought_back)
        ]

    def add(self, kind: str, piece: Piece, day: date, **values: Any) -> None:
        """Note an event of a plot."""
        self.events.append(
            {
                "kind": kind, "park": piece.park, "plot": piece.code, "effective_on": day,
                "area_m2": piece.area_m2, "source_code": SOURCE, **values,
            }
        )  # fmt: skip


def told_story(pieces: list[Piece]) -> Story:
    """Tell the story of all plots; events come out in order of date, with codes."""
    story = Story(list(pieces))
    for park in DEEDS_HA:
        _sell(story, [piece for piece in pieces if piece.park == park], park)
    _split_one(story)
    _buy_one_back(story)
    _withdraw_one(story)
    _promises_that_lapsed(story)
    _promises_of_today(story)
    _balances(story)
    story.events.sort(
        key=lambda e: (
            e["effective_on"],
            e["kind"] != "net_set",
            e["park"],
            str(e.get("plot")),
            e["kind"],
        )
    )
    for number, event in enumerate(story.events, start=1):
        event["code"] = f"E-{number:04d}"
        event.setdefault("recorded_on", _recorded(event["effective_on"], number))
    return story


def _recorded(effective: date, number: int) -> date:
    return min(TODAY, effective + timedelta(days=whole(0, 9, "recorded", number)))


def _sell(story: Story, pieces: list[Piece], park: str) -> None:
    kept = _held_back(pieces, park)
    left = [piece for piece in pieces if piece.code not in kept]
    if park == "AZ":
        for piece in [item for item in left if round(item.area_m2, -2) in LARGE_DEEDS]:
            _deed(story, piece, LARGE_DEEDS[round(piece.area_m2, -2)])
            left.remove(piece)
    for year, hectares in sorted(DEEDS_HA[park].items(), key=lambda item: item[1]):
        for piece in _bought(left, hectares * _HA, (park, year)):
            first = date(year, 9, 15) if (park, year) == ("MV", 2005) else date(year, 1, 10)
            last = date(2026, 11, 6) if year == TODAY.year else date(year, 12, 18)
            _deed(story, piece, day_between(first, last, "deed", piece.code))
            left.remove(piece)


def _held_back(pieces: list[Piece], park: str) -> set[str]:
    """Plots that stay free to the end: a large one and some of the others."""
    if park == "AZ":
        pieces = [piece for piece in pieces if round(piece.area_m2, -2) not in LARGE_DEEDS]
    by_size = sorted(pieces, key=lambda piece: -piece.area_m2)
    large = {"MV": 2, "AZ": 2}.get(park, 1)
    number = {"MV": 5, "PP": 3, "SB": 6, "AZ": 4, "GW": 4, "SM": 2}[park]
    others = shuffled([piece.code for piece in by_size[large:]], "held", park)
    return {piece.code for piece in by_size[:large]} | set(others[:number])


def _bought(left: list[Piece], wanted_m2: float, key: tuple[object, ...]) -> list[Piece]:
    """Choose whole plots that come near an area; always at least the smallest one."""
    if not left:
        return []
    chosen: list[Piece] = []
    total = 0
    for piece in sorted(left, key=lambda item: share("bought", *key, item.code)):
        if total >= 0.9 * wanted_m2:
            break
        if total + piece.area_m2 <= 1.1 * wanted_m2:
            chosen.append(piece)
            total += piece.area_m2
    return chosen or [min(left, key=lambda item: item.area_m2)]


def _price(piece: Piece, day: date) -> float:
    park = next(park for park in PARKS if park.code == piece.park)
    low, high = park.values["price_min_eur_m2"], park.values["price_max_eur_m2"]
    years = sorted(PRICE_LEVEL)
    before = max(year for year in years if year <= day.year)
    after = min(year for year in years if year > day.year)
    part = (day.year - before) / (after - before)
    level = PRICE_LEVEL[before] * (1 - part) + PRICE_LEVEL[after] * part
    return round(between(low, high, "price", piece.code) * level * 2) / 2


def _deed(story: Story, piece: Piece, day: date) -> None:
    party = pick(_PARTIES, "party", piece.code) if day.year >= 2015 else None
    values: dict[str, Any] = {"party": party, "sector": pick(_SECTORS, "sector", piece.code)}
    fair: dict[str, Any] = {}
    if day >= date(2022, 3, 1):
        sole = share("selection", piece.code) < 0.6
        fair = {
            "selection": "sole_candidate" if sole else "open",
            "published_on": day - timedelta(days=whole(120, 170, "published", piece.code)),
        }
    if day.year >= 2015 and share("preceded", piece.code) < 0.55:
        start = day - timedelta(days=whole(150, 210, "option", piece.code))
        middle = day - timedelta(days=whole(60, 90, "reserve", piece.code))
        story.add(
            "option",
            piece,
            start,
            valid_until=middle + timedelta(days=14),
            priority_rank=1,
            **values,
        )
        story.add(
            "reservation", piece, middle, valid_until=day + timedelta(days=45), **values, **fair
        )
    elif day.year >= 2015 and share("surveyed", piece.code) < 0.12:
        story.add("survey", piece, day - timedelta(days=30))
    leased = "ground_lease" if piece.code == _LEASED else "ownership"
    price = None if leased == "ground_lease" else _price(piece, day)
    story.add("deed", piece, day, tenure=leased, price_eur_m2=price, **values, **fair)
    story.deed_on[piece.code] = day


_LEASED = "P-SM-001"
"""The one plot that went in ground lease."""


def _split_one(story: Story) -> None:
    parent = sorted(
        (piece for piece in story.issuable if piece.park == "MV"), key=lambda piece: piece.area_m2
    )[-2]
    day = date(2024, 2, 15)
    a, b = halves(parent, round(parent.area_m2 * 0.42))
    story.add("split", parent, day)
    story.pieces += [a, b]
    story.parents |= {a.code: parent.code, b.code: parent.code}
    _deed(story, a, date(2024, 9, 26))


def _buy_one_back(story: Story) -> None:
    piece = min(
        (
            p
            for p in story.pieces
            if p.park == "MV"
            and p.code in story.deed_on
            and story.deed_on[p.code].year == 2007
            and p.area_m2 > 3000
        ),
        key=lambda p: p.area_m2,
    )
    story.add("buy_back", piece, date(2013, 5, 23), price_eur_m2=_price(piece, date(2013, 5, 23)))
    story.bought_back.add(piece.code)


def _withdraw_one(story: Story) -> None:
    piece = next(p for p in reversed(story.issuable) if p.park == "SB")
    story.add("withdrawal", piece, date(2024, 6, 20))
    story.withdrawn.add(piece.code)


def _promises_that_lapsed(story: Story) -> None:
    """Promises that ended without a deed: three said so, two simply ran out."""
    chosen = shuffled([p.code for p in story.issuable if p.park in ("MV", "PP", "AZ")], "lapsed")
    for number, code in enumerate(chosen[:5]):
        piece = next(p for p in story.pieces if p.code == code)
        start = day_between(date(2024, 3, 20), date(2025, 3, 1), "lapsed", code)
        kind = "reservation" if number == 2 else "option"
        until = start + timedelta(days=183)
        party = pick(_PARTIES, "lapsed-party", code)
        story.add(kind, piece, start, valid_until=until, party=party, priority_rank=1)
        if number < 3:
            story.add(f"{kind}_lapsed", piece, until - timedelta(days=21), party=party)


def _promises_of_today(story: Story) -> None:
    """Options and reservations that run today; Assen-Zuid has most of them."""
    wanted = {"AZ": 7, "MV": 3, "PP": 1, "GW": 1, "SB": 1}
    for park, number in wanted.items():
        codes = shuffled([p.code for p in story.issuable if p.park == park], "promised")
        largest = max((p for p in story.issuable if p.park == park), key=lambda p: p.area_m2).code
        codes = [largest] * (park == "AZ") + [code for code in codes if code != largest]
        for place, code in enumerate(codes[:number]):
            _promise(story, next(p for p in story.pieces if p.code == code), place)


def _promise(story: Story, piece: Piece, place: int) -> None:
    start = day_between(date(2026, 5, 4), date(2026, 11, 6), "promise", piece.code)
    values = {"party": _PARTIES[place % 14], "sector": pick(_SECTORS, "promise", piece.code)}
    if place % 3 == 0:
        published = start - timedelta(days=28)
        story.add(
            "reservation",
            piece,
            start,
            valid_until=start + timedelta(days=270),
            selection="sole_candidate",
            published_on=published,
            **values,
        )
        return
    story.add(
        "option", piece, start, valid_until=start + timedelta(days=212), priority_rank=1, **values
    )
    if place == 1:
        second = min(start + timedelta(days=14), TODAY)
        story.add(
            "option",
            piece,
            second,
            valid_until=start + timedelta(days=230),
            priority_rank=2,
            party=_PARTIES[(place + 7) % 14],
            sector="other",
        )


def _balances(story: Story) -> None:
    """Net area and opening balance of each park, so that all plots fit in exactly."""
    plots: dict[str, int] = defaultdict(int)
    for piece in story.pieces:
        if piece.code not in story.parents.values():
            plots[piece.park] += piece.area_m2
    for park, hectares in ISSUED_BEFORE_HA.items():
        net = NET_SOURCED_M2.get(park)
        opening = net - plots[park] if net else round((hectares or 0) * _HA)
        sourced = "cases-assen-parks" if net else SOURCE
        for kind, area, source in (
            ("net_set", net or opening + plots[park], sourced),
            ("opening_balance", opening, SOURCE),
        ):
            day = NET_SET_ON.get(park, OPENING) if kind == "net_set" else OPENING
            story.events.append(
                {
                    "kind": kind,
                    "park": park,
                    "effective_on": day,
                    "area_m2": area,
                    "source_code": source,
                }
            )
