"""Records that a file calls by their name instead of their code."""

from __future__ import annotations

from collections.abc import Container, Iterable

import numpy as np
import pandas as pd

from geo_assen.ingest.checks.columns import Column
from geo_assen.ingest.checks.context import Context

__all__ = ["Names", "names_of", "same_but_capitals"]


class Names:
    """Codes of the records of a layer, by name; of two with one name neither is meant.

    Parameters
    ----------
    records
        Records with ``code`` and ``name``.
    """

    def __init__(self, records: pd.DataFrame) -> None:
        self._codes = set(records["code"])
        found: dict[str, set[str]] = {}
        for code, name in zip(records["code"], records["name"], strict=True):
            if isinstance(name, str):
                found.setdefault(_plain(name), set()).add(code)
        self._named = {name: codes.pop() for name, codes in found.items() if len(codes) == 1}

    def put_codes(self, column: Column) -> None:
        """Put the code in the place of each name; what is a code, or no name, stays."""
        codes, distinct = pd.factorize(column.values)
        meant = [
            value if value in self._codes else self._named.get(_plain(str(value)), value)
            for value in distinct
        ]
        if meant == list(distinct):
            return
        table = np.empty(len(meant) + 1, dtype=object)
        table[: len(meant)] = meant
        column.values[:] = table[codes]


def names_of(context: Context) -> dict[str, Names]:
    """Names of the records that others refer to, by layer."""
    known: Iterable[tuple[str, pd.DataFrame | None]] = (
        ("business_parks", context.parks), ("areas", context.areas)
    )  # fmt: skip
    return {
        layer: Names(records)
        for layer, records in known
        if records is not None and "name" in records
    }


def same_but_capitals(code: object, known: Container[str]) -> str | None:
    """Known code that differs from another in its capitals only; None: there is none."""
    forms = {str(code).upper(), str(code).lower(), str(code).title()}
    return next((form for form in sorted(forms) if form in known), None)


def _plain(name: str) -> str:
    return " ".join(name.lower().split())
