"""What rows are judged against, and what comes out of judging them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from geo_assen.catalogue import Catalogue
from geo_assen.ingest.checks.records import Records
from geo_assen.ingest.issues import Issue

__all__ = ["Checked", "Context", "SetAside"]


@dataclass(frozen=True)
class Context:
    """What a row is judged against, besides its layer.

    Attributes
    ----------
    catalogue
        Layers and code lists.
    known_codes
        Codes that exist in the store, by layer id.
    default_source
        Code of the source for rows that name none.
    today
        Day of the import.
    municipality
        Outline in RD beyond which ``outside_area`` warns; None: nothing is asked.
    areas
        Municipalities and other areas that the store knows, with ``code, kind, name`` and
        ``geometry`` in RD: where a row lies that names one. None: nothing is asked.
    parks
        Business parks with ``code`` and ``geometry`` in RD, for plots that do not say in
        which one they lie. None: nothing is filled in.
    records
        Records that rows may name otherwise than by their code, or that are not there on
        every day, by layer id.
    """

    catalogue: Catalogue
    known_codes: Mapping[str, Container[str]]
    default_source: str
    today: date
    municipality: BaseGeometry | None = None
    areas: gpd.GeoDataFrame | None = None
    parks: gpd.GeoDataFrame | None = None
    records: Mapping[str, Records] = field(default_factory=dict)


@dataclass(frozen=True)
class SetAside:
    """A row that did not pass.

    Attributes
    ----------
    row
        Its number in the file, from 1.
    original
        Every column as the file has it, in values that JSON knows.
    geometry
        Its place as read, in the reference system of the file; None where there is none.
    issues
        Everything found in the row.
    """

    row: int
    original: dict[str, Any]
    geometry: BaseGeometry | None
    issues: list[Issue]


@dataclass
class Checked:
    """Outcome of checking some rows.

    Attributes
    ----------
    accepted
        Rows fit for the store: ``row`` with the number in the file, every stored field in
        the dtypes of :mod:`geo_assen.store.frames`, and ``geometry`` in EPSG:28992 if the
        layer takes a place. A row follows the rows it refers to.
    set_aside
        Rows that did not pass.
    issues
        Every issue of every row, those of accepted rows included.
    repaired
        Accepted rows in which something was repaired.
    superseded
        Rows that tell an earlier state of a record whose present state, or end, the file
        also has. They are neither accepted nor set aside.
    """

    accepted: pd.DataFrame
    set_aside: list[SetAside] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    repaired: int = 0
    superseded: int = 0

    @property
    def rows(self) -> int:
        """Number of rows judged: accepted, set aside and superseded together."""
        return len(self.accepted) + len(self.set_aside) + self.superseded

    def setting_aside(
        self, issues: list[Issue], original: Callable[[int], dict[str, Any]]
    ) -> Checked:
        """The same rows, with accepted ones set aside for what was found in the store.

        Parameters
        ----------
        issues
            One for each row to set aside, at least.
        original
            Gives the values of a row as its file has them.
        """
        rows = {issue.row for issue in issues}
        if not rows:
            return self
        known = [*self.issues, *issues]
        moved = [
            SetAside(row, original(row), None, [issue for issue in known if issue.row == row])
            for row in sorted(rows)
        ]
        return replace(
            self,
            accepted=self.accepted[~self.accepted["row"].isin(rows)],
            set_aside=[*self.set_aside, *moved],
            issues=known,
        )

    def counts(self) -> dict[str, int]:
        """Number of issues by kind, each counted where a row has several."""
        return dict(sorted(Counter(issue.kind for issue in self.issues).items()))
