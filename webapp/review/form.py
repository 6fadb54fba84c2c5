"""The two forms: what was typed, field by field, and the observation or step that it makes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.services import FollowUpEntry, ObservationEntry
from webapp import params
from webapp.fields import read_number
from webapp.language import current_language
from webapp.review.words import fault_words

__all__ = [
    "FOLLOW_UP_FIELDS",
    "OBSERVATION_FIELDS",
    "Faults",
    "new_follow_up",
    "new_observation",
    "read_follow_up",
    "read_observation",
    "refused",
    "typed_in",
]

OBSERVATION_FIELDS = ("state", "vacant_percent", "observed_on", "source", "note")
FOLLOW_UP_FIELDS = ("step", "followed_on", "due_on", "note")

Faults = dict[str, tuple[str, str]]
"""Why a field is refused and the language that this is in, by its name."""

_TYPED_AS = {"vacant_share": "vacant_percent"}
"""Fields of an observation that are typed in another unit, under another name."""


def typed_in(form: Mapping[str, str], fields: tuple[str, ...]) -> dict[str, str]:
    """What was typed, field by field."""
    return {name: form.get(name, "").strip() for name in fields}


def new_observation() -> dict[str, str]:
    """What the form of an observation holds at first: seen on the spot, today."""
    blank = dict.fromkeys(OBSERVATION_FIELDS, "")
    return {**blank, "observed_on": services.today().isoformat(), "source": "field"}


def new_follow_up() -> dict[str, str]:
    """What the form of a step holds at first."""
    return {**dict.fromkeys(FOLLOW_UP_FIELDS, ""), "followed_on": services.today().isoformat()}


def read_observation(
    code: str, typed: Mapping[str, str]
) -> tuple[ObservationEntry | None, Faults]:
    """Make an observation of what was typed.

    Returns
    -------
    No observation where a field cannot be read; its fault says why.
    """
    faults: Faults = {}
    observed_on = _day(typed, "observed_on", faults)
    # The part stays filled in, out of sight, when somebody goes on to choose another state.
    share = _share(typed["vacant_percent"], faults) if typed["state"] == "partly" else None
    if not typed["state"]:
        faults["state"] = _told(_("Choose what you saw."))
    if faults or observed_on is None:
        return None, faults
    return ObservationEntry(
        premises=code,
        observed_on=observed_on,
        source=typed["source"] or "field",
        state=typed["state"],
        vacant_share=share,
        note=typed["note"],
    ), {}


def read_follow_up(code: str, typed: Mapping[str, str]) -> tuple[FollowUpEntry | None, Faults]:
    """Make a step of what was typed.

    Returns
    -------
    No step where a field cannot be read; its fault says why.
    """
    faults: Faults = {}
    followed_on = _day(typed, "followed_on", faults)
    due_on = _day(typed, "due_on", faults, required=False)
    if not typed["step"]:
        faults["step"] = _told(_("Choose what was done."))
    if faults or followed_on is None:
        return None, faults
    return FollowUpEntry(
        premises=code, followed_on=followed_on, step=typed["step"], due_on=due_on,
        note=typed["note"],
    ), {}  # fmt: skip


def refused(found: Any) -> Faults:
    """Faults that a service found, at the fields where they were typed."""
    return {_TYPED_AS.get(name, name): fault_words(reason) for name, reason in found}


def _day(
    typed: Mapping[str, str], name: str, faults: Faults, *, required: bool = True
) -> date | None:
    try:
        day = params.day(typed, name)
    except params.ParameterError:
        faults[name] = _told(_("This is no date between 1900 and 2100."))
        return None
    if day is None and required:
        faults[name] = _told(_("Fill this in."))
    return day


def _share(written: str, faults: Faults) -> float | None:
    """Part that was typed in percents; whether it can be is for the service to say."""
    if not written:
        return None
    percent = read_number(written.removesuffix("%"))
    if math.isnan(percent):
        faults["vacant_percent"] = _told(_("This is no number."))
        return None
    return percent / 100


def _told(text: str) -> tuple[str, str]:
    return text, current_language()
