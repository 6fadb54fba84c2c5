"""What is known of the vacancy of one of the premises, said in sentences."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen.services import PremisesVacancy
from geo_assen.units import format_quantity
from webapp.language import current_language
from webapp.review.words import (
    age_words,
    code_words,
    day_words,
    inside,
    known,
    length_words,
    since_words,
    source_words,
    state_words,
)

__all__ = ["answer", "disagreement", "short_use", "stock_words", "who_said"]

Unit = Mapping[Hashable, Any]


def answer(found: PremisesVacancy) -> str:
    """State on the date, since when and how long; empty for premises that are not in the stock."""
    unit = found.unit
    if unit is None:
        return ""
    if known(unit["vacant_since"]) is None:
        return _("In use.") if unit["state"] == "occupied" else _unknown(found, unit)
    return _("%(state)s since %(since)s, %(length)s.",
        state=state_words(unit["state"], unit["vacant_share"]),
        since=since_words(unit["vacant_since"], bool(unit["at_least"])),
        length=length_words(unit),
    )  # fmt: skip


def who_said(found: PremisesVacancy) -> str:
    """Who says so and when, and whoever was heard since; empty where nothing holds."""
    unit = found.unit
    if unit is None or known(unit["source"]) is None:
        return ""
    told = _("Last seen %(age)s (%(day)s): %(source)s.",
        age=age_words(unit["age_days"]),
        day=day_words(unit["observed_on"]),
        source=source_words([unit["source"]]),
    )  # fmt: skip
    newest = known(unit["newest_on"])
    if newest is None or newest <= unit["observed_on"]:
        return told
    rows = found.voices[found.voices["holds"] & (found.voices["observed_on"] == newest)]
    heard = _("Heard since then, %(age)s (%(day)s): %(words)s.",
        age=age_words(unit["newest_age_days"]),
        day=day_words(newest),
        words="; ".join(_voice(row) for row in rows.to_dict("records")),
    )  # fmt: skip
    return f"{told} {heard}"


def disagreement(unit: Unit | None) -> str:
    """Which sources say something else, and which the same; empty where all that speak agree."""
    if unit is None or not unit["disagreement"]:
        return ""
    told = _("Sources disagree: %(sources)s says something else.",
        sources=source_words(unit["disagreeing"].split(",")),
    )  # fmt: skip
    if not unit["agreeing"]:
        return told
    same = source_words(unit["agreeing"].split(","))
    return told + " " + _("The same says: %(sources)s.", sources=same)


def short_use(unit: Unit | None) -> str:
    """The short use just before, and the vacancy without it; empty where there was none."""
    if unit is None or known(unit["before_use_since"]) is None:
        return ""
    used = unit["used_before_days"]
    days = format_quantity(int(used), "days", current_language())
    since = day_words(unit["before_use_since"])
    if unit["before_use_since"] == unit["vacant_since"]:
        return _("The %(days)s of use in between are short and do not end the vacancy.", days=days)
    return _("Interrupted by %(days)s of use; vacant since %(since)s without that interruption.",
        days=days, since=since,
    )  # fmt: skip


def stock_words(attributes: Unit, as_of: date) -> str:
    """Why the premises are not in the stock on a date; empty where they are."""
    begins, ends = known(attributes["live_from"]), known(attributes["gone_on"])
    if ends is not None and ends <= as_of:
        reason = known(attributes["gone_reason"])
        if reason is None:
            return _("Not in the stock since %(day)s.", day=day_words(ends))
        words = inside(code_words("gone_reason").get(reason, reason))
        return _("Not in the stock since %(day)s: %(reason)s.", day=day_words(ends), reason=words)
    if begins is not None and begins > as_of:
        return _(
            "Not in the stock yet on this day: the premises are there from %(day)s on.",
            day=day_words(begins),
        )
    return ""


def _unknown(found: PremisesVacancy, unit: Unit) -> str:
    if known(unit["source"]) is not None:
        return _("Unknown: whoever is trusted most does not know.")
    if found.voices.empty:
        return _("Unknown: nobody has said anything of it yet.")
    last = found.voices.sort_values("observed_on").iloc[-1]
    return _("Unknown: no word holds any more. The last one (%(words)s) was of %(day)s and held "
        "until %(until)s.",
        words=_voice(last),
        day=day_words(last["observed_on"]),
        until=day_words(last["holds_until"]),
    )  # fmt: skip


def _voice(row: Mapping[Hashable, Any] | pd.Series[Any]) -> str:
    state = state_words(row["state"], row["vacant_share"])
    return f"{source_words([row['source']])}, {inside(state)}"
