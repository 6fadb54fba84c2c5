"""What a page says of premises whose state is not known, wherever it tells vacancy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from geo_assen.units import format_number
from webapp.language import current_language

__all__ = ["is_nothing_known", "nothing_known", "unknown_sentence"]


def is_nothing_known(figures: Mapping[Any, Any]) -> bool:
    """Whether there are premises and the state of none of them is known: 0 vacant is no fact."""
    return 0 < figures["units"] == figures["unknown_units"]


def nothing_known(figures: Mapping[Any, Any]) -> str:
    """That the state of none of the premises is known, as part of a sentence."""
    return _(
        "of none of the %(units)s premises (%(floor)s m²) is the state known",
        units=_number(figures["units"]),
        floor=_number(figures["floor_m2"]),
    )


def unknown_sentence(figures: Mapping[Any, Any]) -> str:
    """Of how many premises and m² the state is not known; empty where it is known of all."""
    count = figures["unknown_units"]
    if not count:
        return ""
    return ngettext(
        "Of %(num)s (%(floor)s m²) the state is not known; it counts among all premises.",
        "Of %(num)s (%(floor)s m²) the state is not known; they count among all premises.",
        count,
        floor=_number(figures["unknown_floor_m2"]),
    )


def _number(value: float) -> str:
    return format_number(value, current_language())
