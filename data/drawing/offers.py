"""Offers: what is on the market today, and what was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from data.drawing.dice import between, day_between, pick, share, shuffled, whole
from data.drawing.ledger import TODAY, Story
from data.drawing.premises import CORE, Unit
from data.drawing.vacancy import Lives

__all__ = ["offer_rows"]

_RENTS: dict[str, tuple[float, float]] = {
    "retail": (95, 230), "hospitality": (110, 220), "office": (85, 165), "industrial": (42, 72),
    "logistics": (40, 60), "care": (105, 160), "leisure": (45, 80),
}  # fmt: skip
"""Asking rents, euros a m² a year."""
_OFFERED_SHARE = 0.76
"""Of the premises that stand empty; the rest stands empty without an offer."""
_CONTACTS = ("contact-acquisition", "contact-broker-1", "contact-broker-2", "contact-broker-3")
_LEAVING = 13


def offer_rows(units: list[Unit], lives: Lives, story: Story) -> list[dict[str, Any]]:
    """Rows of the layer ``offers``, ordered by day, with codes ``O-0001`` and on."""
    rows = [*_of_plots(story), *_of_empty(units, lives), *_of_leaving(units, lives)]
    rows += _ended(units, lives)
    rows.sort(key=lambda row: (row["offered_on"], str(row.get("plot")), str(row.get("premises"))))
    return [{"code": f"O-{n:04d}", **row} for n, row in enumerate(rows, start=1)]


def _of_plots(story: Story) -> list[dict[str, Any]]:
    promised = {e["plot"] for e in story.events
                if e.get("valid_until") and e["valid_until"] > TODAY}  # fmt: skip
    free = [piece for piece in story.issuable if piece.code not in promised]
    chosen = shuffled([piece.code for piece in free], "plot-offer")[:12]
    return [
        {
            "plot": code,
            "offer_kind": "sale",
            "offered_on": day_between(date(2025, 3, 3), date(2026, 10, 30), "offered", code),
            "contact": "contact-acquisition",
            "source_code": "sample-illustrative",
        }
        for code in sorted(chosen)
    ]


def _of_empty(units: list[Unit], lives: Lives) -> list[dict[str, Any]]:
    rows = []
    for unit in units:
        since = lives.vacant_today(unit.code)
        if since is not None and share("offer", unit.code) < _OFFERED_SHARE:
            offered = max(since - timedelta(days=whole(0, 60, "early", unit.code)),
                          date(2021, 1, 4))  # fmt: skip
            rows.append(_offer(unit, offered, max(since, offered)))
    return rows


def _of_leaving(units: list[Unit], lives: Lives) -> list[dict[str, Any]]:
    """Premises still in use that come free within a year or so."""
    used = {u.code: u for u in units
            if not lives.vacant(u.code, TODAY) and u.kind not in ("hospitality", "care")
            and u.shopping_area != CORE}  # fmt: skip
    rows = []
    for code in shuffled(used, "leaving")[:_LEAVING]:
        offered = day_between(date(2026, 4, 6), date(2026, 11, 13), "offered", code)
        free = day_between(date(2027, 1, 4), date(2027, 11, 1), "free", code)
        rows.append(_offer(used[code], offered, free))
    return rows


def _ended(units: list[Unit], lives: Lives) -> list[dict[str, Any]]:
    """Offers of earlier spells: they ended the day the new user came."""
    rows = []
    for unit in units:
        for start, end in lives.spells[unit.code]:
            if end and start.year >= 2016 and share("ended", unit.code, start) < 0.45:
                rows.append({**_offer(unit, start, start), "until": end})
    return rows


def _offer(unit: Unit, offered: date, available: date) -> dict[str, Any]:
    low, high = _RENTS[unit.kind]
    rent = round(between(low, high, "rent", unit.code) * (0.8 if unit.floor_m2 > 1500 else 1.0))
    sale = share("sale", unit.code) < (0.3 if unit.kind in ("industrial", "logistics") else 0.1)
    divided = unit.floor_m2 > 800 and share("divided", unit.code) < 0.6
    return {
        "premises": unit.code,
        "offer_kind": "sale" if sale else "let",
        "price_eur": round(unit.floor_m2 * rent * 11, -3) if sale else None,
        "rent_eur_m2_year": None if sale or share("on-request", unit.code) < 0.08 else rent,
        "offered_on": offered,
        "available_from": available,
        "smallest_part_m2": int(round(unit.floor_m2 / 3, -1)) if divided and not sale else None,
        "contact": pick(_CONTACTS[1:], "contact", unit.code),
        "source_code": "sample-illustrative",
    }
