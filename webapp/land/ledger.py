"""The latest events of the ledger in words, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.units import format_date
from webapp.auth.roles import current_role
from webapp.land.tables import Told
from webapp.land.words import code_words, shown_m2
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["EventLine", "event_named", "latest_events"]

_MOST_EVENTS = 20


@dataclass(frozen=True)
class EventLine:
    """One event as staff read it; what it does not say is an empty text.

    Attributes
    ----------
    corrected_by
        Code of the event that stands in its place; empty: none does.
    """

    code: str
    kind: str
    place: str
    effective_on: str
    recorded_on: str
    area: str
    party: str
    corrects: str
    corrected_by: str


def latest_events(found: Told) -> list[EventLine]:
    """Last events of the park, or of all parks, up to the date; the latest first."""
    asked, store = found.asked, current_store()
    rows = services.layer_rows(store, "land_events", as_of=asked.as_of, role=current_role())
    plots = services.layer_rows(store, "plots", as_of=asked.as_of, role=current_role()).frame
    frame = rows.frame
    corrected = dict(zip(frame["corrects"], frame["code"], strict=True))
    chosen = frame["effective_on"] <= asked.as_of
    if asked.known_at is not None:
        chosen &= ~(frame["recorded_on"] > asked.known_at)
    if asked.park is not None:
        own = plots.loc[plots["park"] == asked.park, "code"]
        chosen &= (frame["park"] == asked.park) | frame["plot"].isin(own)
    latest = frame[chosen].sort_values(["effective_on", "code"], ascending=False)
    kinds = code_words("land_event_kind")
    return [
        _line(row, kinds, rows.names, corrected.get(row["code"]))
        for row in latest.head(_MOST_EVENTS).to_dict("records")
    ]


def event_named(code: str) -> dict[str, Any] | None:
    """Recorded event by its code, with the name of its party; None where there is none."""
    rows = services.layer_rows(
        current_store(), "land_events", as_of=services.today(), role=current_role()
    )
    chosen = rows.frame[rows.frame["code"] == code].to_dict("records")
    if not chosen:
        return None
    parties = rows.names.get("parties", {})
    return {**chosen[0], "party": parties.get(chosen[0]["party"], chosen[0]["party"])}


def _line(
    row: dict[Any, Any], kinds: dict[str, str], names: Any, corrected_by: str | None
) -> EventLine:
    def named(layer: str, code: object) -> str:
        return str(names.get(layer, {}).get(code) or code) if isinstance(code, str) else ""

    area = row["area_m2"]
    return EventLine(
        code=row["code"],
        kind=kinds.get(row["kind"], row["kind"]),
        place=named("plots", row["plot"]) or named("business_parks", row["park"]),
        effective_on=_day(row["effective_on"]),
        recorded_on=_day(row["recorded_on"]),
        area="" if area is None or area != area else _("%(m2)s m²", m2=shown_m2(int(area))),  # noqa: PLR0124  NaN
        party=named("parties", row["party"]),
        corrects=row["corrects"] if isinstance(row["corrects"], str) else "",
        corrected_by=corrected_by or "",
    )


def _day(day: object) -> str:
    return format_date(day, current_language()) if isinstance(day, date) else ""
