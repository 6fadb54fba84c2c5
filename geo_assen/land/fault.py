"""One contradiction between land events, as a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

__all__ = ["LedgerFault", "first_of_each_place"]


@dataclass(frozen=True, order=True)
class LedgerFault:
    """One contradiction.

    Attributes
    ----------
    place
        Code of the plot or park; empty where the event names none that is known.
    kind
        Short name, for whoever wants to count or translate.
    event
        Code of the event, or None for a fault of a balance.
    message
        What is wrong, in a sentence.
    """

    place: str
    kind: str
    event: str | None
    message: str

    def __str__(self) -> str:
        """Message with the event it is about."""
        return f"Event {self.event}: {self.message}" if self.event else self.message


def first_of_each_place(days: pd.DataFrame, kind: str, message: str) -> Iterator[LedgerFault]:
    """One fault for each place in balances that are wrong, on the first day they are."""
    for row in days.drop_duplicates("place").to_dict("records"):
        yield LedgerFault(row["place"], kind, None, message.format_map(row))
