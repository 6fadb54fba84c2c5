"""Chance that never changes: every draw is a function of its own key.

A draw does not depend on the draws before it, so one added record leaves all the others
as they were and a change of the sample reads well in a diff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

__all__ = ["between", "day_between", "pick", "share", "shuffled", "whole"]

SEED = "assen-1"
_T = TypeVar("_T")


def share(*key: object) -> float:
    """Number from 0 up to but not including 1 that belongs to the key."""
    text = "|".join([SEED, *(str(part) for part in key)])
    digest = hashlib.blake2b(text.encode(), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def between(low: float, high: float, *key: object) -> float:
    """Number from ``low`` to ``high``."""
    return low + (high - low) * share(*key)


def whole(low: int, high: int, *key: object) -> int:
    """Whole number from ``low`` to ``high``, both included."""
    return low + int((high - low + 1) * share(*key))


def pick(options: Sequence[_T], *key: object) -> _T:
    """One of the options; repeat an option to make it likelier."""
    return options[int(len(options) * share(*key))]


def shuffled(items: Iterable[_T], *key: object) -> list[_T]:
    """Items in an order that belongs to the key; their text decides, not their place."""
    return sorted(items, key=lambda item: share(*key, item))


def day_between(first: date, last: date, *key: object) -> date:
    """Working day from ``first`` to ``last``; a weekend moves to the Friday before it."""
    day = first + timedelta(days=whole(0, (last - first).days, *key))
    moved = day - timedelta(days=max(0, day.weekday() - 4))
    return moved if moved >= first else day + timedelta(days=7 - day.weekday())
