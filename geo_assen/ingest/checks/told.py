"""What each row of a file says, and on whose word: one thing twice, put in two places."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.stored import APART_M

__all__ = ["Told"]


class Told:
    """Remembers where each row lies and which source says so, 24 bytes a row.

    Only for files in which a column names the source: in any other they are all of one.
    """

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.object_]]] = []

    def compare(
        self,
        shapes: NDArray[np.object_],
        sources: NDArray[Any],
        before: NDArray[np.int64],
        findings: Findings,
    ) -> None:
        """Warn of rows that another source puts elsewhere: more than 250 m away.

        Parameters
        ----------
        before
            Row that told of the same thing first; 0 where none did.
        """
        if not len(shapes):
            return
        bounds = shapely.bounds(shapes)
        middles = (bounds[:, :2] + bounds[:, 2:]) / 2
        self._firsts.append(int(findings.numbers[0]))
        self._parts.append((findings.numbers, middles, sources))
        for at in np.flatnonzero(before):
            middle, source = self._of(int(before[at]))
            away_m = float(np.hypot(*(middles[at] - middle)))
            if away_m > APART_M and sources[at] != source:
                findings.find(
                    at, "two_sources_apart", "geometry",
                    f"Source {source} has it {away_m:.0f} m away, in row {before[at]}.",
                    suggestion="Look which one is right.",
                )  # fmt: skip

    def _of(self, row: int) -> tuple[NDArray[np.float64], Any]:
        numbers, middles, sources = self._parts[bisect_right(self._firsts, row) - 1]
        at = int(np.searchsorted(numbers, row))
        return middles[at], sources[at]
