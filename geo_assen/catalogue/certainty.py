"""How sure a record is: the kinds, which of them are no facts, and the weakest of several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

__all__ = ["CERTAINTIES", "ILLUSTRATIVE", "Certainty", "least_sure"]

Certainty = Literal["observed", "stated", "derived", "modelled", "illustrative"]

CERTAINTIES: tuple[Certainty, ...] = get_args(Certainty)
"""Kinds of certainty, from the surest to the least sure."""

ILLUSTRATIVE: tuple[Certainty, ...] = ("illustrative", "modelled")
"""Kinds that are drawn or computed: whatever rests on them says so."""


def least_sure(certainties: Iterable[str]) -> str | None:
    """Answer the least sure of some kinds of certainty; None of none."""
    told = set(certainties)
    return next((name for name in reversed(CERTAINTIES) if name in told), None)
