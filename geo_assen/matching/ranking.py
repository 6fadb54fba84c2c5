"""Ranking: all sites of a date in order for one requirement.

Passing sites come first, then those with an unknown, then failing ones. Inside the first
two groups the score decides, then the id by code point. Of the failing sites only those
that fail exactly one constraint are listed, by relative shortfall (see ``constraints``),
then score, then id, at most :data:`FAILING_LISTED`; the others are counted.

Only what is asked is worked out: the first hundred of a million need no order of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import RD
from geo_assen.errors import NotFound, RequirementError
from geo_assen.matching.check import check
from geo_assen.matching.columns import Rows
from geo_assen.matching.explain import reasons, short_reason
from geo_assen.matching.index import SiteIndex, index_of
from geo_assen.matching.listing import listed
from geo_assen.matching.order import Placed, first, nearest_to_passing
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import Result
from geo_assen.matching.rules import rules
from geo_assen.matching.scoring import Weighing, wishes
from geo_assen.matching.search import Block, blocks
from geo_assen.sites import Sites

__all__ = ["FAILING_LISTED", "METHOD_VERSION", "Ranking", "match"]

METHOD_VERSION = "match-1"
FAILING_LISTED = 100


def match(
    requirement: Requirement,
    sites: Sites | SiteIndex,
    *,
    as_of: date | None = None,
    role: Role = Role.PUBLIC,
) -> Ranking:
    """Rank the sites of a date for a requirement.

    Parameters
    ----------
    sites
        Drawn up for the date that is asked: their date overrides the requirement's. Their
        index is made at the first call and kept with them.
    as_of
        Date that the caller counts on; ``None``: that of the sites.
    role
        Role of whoever asks; fields that it may not see cannot be asked for.

    Raises
    ------
    RequirementError
        If the requirement asks for a field, code, place or area that the sites do not
        know, or if the sites were drawn up for another date than ``as_of``.
    """
    if as_of is not None and as_of != sites.as_of:
        reason = f"the sites were drawn up for {sites.as_of}, not for {as_of}; draw them up anew"
        raise RequirementError(f"Requirement {requirement.title!r}", [("as_of", reason)])
    index = index_of(sites) if isinstance(sites, Sites) else sites
    check(requirement, index.sites, role=role)
    return Ranking(requirement, index)


@dataclass(frozen=True, eq=False)
class Ranking:
    """Sites in order for one requirement, with the reasons at hand.

    Attributes
    ----------
    requirement
        What was asked.
    index
        Sites that were ranked.
    found_before
        What :meth:`look_for` found, by the number asked.
    """

    requirement: Requirement
    index: SiteIndex
    found_before: dict[int | None, Placed] = field(default_factory=dict, repr=False)
    _tops: dict[int | None, tuple[Result, ...]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return self.counts["pass"] + self.counts["unknown"] + self.counts["fail_listed"]

    @property
    def method_version(self) -> str:
        """Version of the rules by which the ranking was made."""
        return METHOD_VERSION

    @property
    def as_of(self) -> date:
        """Date for which the sites were drawn up."""
        return self.index.as_of

    @property
    def fields(self) -> Mapping[str, FieldDefinition]:
        """Definitions of the fields of a site, for whoever puts results into words."""
        return self.index.fields

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Code lists, for whoever puts results into words."""
        return self.index.codes

    @cached_property
    def passing(self) -> int:
        """How many sites pass every constraint."""
        return sum(len(block.sifted[0]) for block in self.blocks) - self.to_check

    @cached_property
    def to_check(self) -> int:
        """How many sites fail no constraint, but leave at least one unknown."""
        return sum(int(block.sifted[1].sum()) for block in self.blocks)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Sites that were looked at, by verdict, and how many failing ones are listed."""
        looked_at = sum(block.part.count(block.kind) for block in self.blocks)
        fail = looked_at - self.passing - self.to_check
        shown = len(self._failing[1])
        return {
            "pass": self.passing,
            "unknown": self.to_check,
            "fail": fail,
            "fail_listed": shown,
            "fail_not_listed": fail - shown,
        }

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Every listed site in order; built on first use."""
        return self.top(None)

    def top(self, n: int | None) -> tuple[Result, ...]:
        """First ``n`` listed sites in order; ``None``: all of them."""
        if n not in self._tops:
            self._tops[n] = self._listed(*self._first(n))
        return self._tops[n]

    def look_for(self, n: int) -> Placed:
        """Find the first ``n`` listed sites: block and row of each, for another ranking."""
        return self._first(n)

    def find(self, site_id: str) -> Result:
        """Result of one site that was looked at, listed or not.

        Raises
        ------
        NotFound
            If no such site was looked at.
        """
        for block in self.blocks:
            columns = block.columns
            row = columns.sites.row_of(site_id)
            start, end = columns.kind_bounds[block.kind]
            at = start + np.flatnonzero(columns.rows[start:end] == row)
            if row is not None and len(block.part.there(at)):
                return listed(block, at)[0]
        raise NotFound("site in this ranking", site_id)

    def facts(self, names: Sequence[str], top: int | None = None) -> pd.DataFrame:
        """Fields of the listed sites in plain values, one row a site, in order.

        Parameters
        ----------
        names
            Columns of sites, as :class:`geo_assen.sites.Sites` has them.
        top
            How many sites; ``None``: all that are listed.
        """
        told = {
            name: self._arranged(*self._first(top), lambda b, r, n=name: b.columns.objects(n, r))
            for name in names
        }
        return pd.DataFrame({name: pd.Series(told[name], dtype=object) for name in names})

    def to_json_document(self, top: int | None = None) -> dict[str, Any]:
        """Ranking in plain JSON values, in the shape that ``match --format json`` promises.

        Parameters
        ----------
        top
            How many sites to list; ``None``: all that are listed.
        """
        return {
            "requirement": self.requirement.code,
            "title": self.requirement.title,
            "as_of": self.as_of.isoformat(),
            "method_version": self.method_version,
            "counts": self.counts,
            "results": [result.to_document() for result in self.top(top)],
        }

    def to_geodataframe(self, top: int | None = None, language: str = "nl") -> gpd.GeoDataFrame:
        """Ranking as a frame in EPSG:28992, one row a listed site, in order.

        Parameters
        ----------
        top
            How many sites to list; ``None``: all that are listed.
        language
            ``nl`` or ``en``, of the columns ``reason`` and ``reasons``.

        Returns
        -------
        Columns ``rank`` (from 1), ``id, kind, name, verdict, score, score_low,
        score_high, reliability, next_question, reason`` (a few words), ``reasons``
        (sentences, one a line) and ``geometry``; index 0..n-1.
        """
        results = self.top(top)
        plain = (
            "id",
            "kind",
            "name",
            "verdict",
            "score",
            "score_low",
            "score_high",
            "reliability",
            "next_question",
        )
        data: dict[str, Any] = {"rank": np.arange(1, len(results) + 1)}
        data |= {name: [getattr(result, name) for result in results] for name in plain}
        data["verdict"] = [result.verdict.value for result in results]
        data["reason"] = [short_reason(result, language, self) for result in results]
        data["reasons"] = ["\n".join(reasons(result, language, self)) for result in results]
        shapes = np.empty(len(results), dtype=object)
        shapes[:] = self._arranged(*self._first(top), lambda b, r: list(b.columns.geometries(r)))
        return gpd.GeoDataFrame(data, geometry=shapes, crs=RD)

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """What is asked of the sites of each kind in each part of the index."""
        asked = wishes(self.requirement, self.index.sites)
        weighings: dict[str, Weighing] = {
            kind: Weighing(tuple(wish for wish in asked if kind in wish.kinds))
            for kind in self.requirement.kinds
        }
        asked_rules = rules(self.requirement, self.index.sites)
        return blocks(self.index.parts, self.requirement.kinds, asked_rules, weighings)

    def _first(self, n: int | None) -> Placed:
        """Block and row of the first listed sites, in order."""
        found = self.found_before.get(n)
        if found is None:
            need = None if n is None else max(n, 0)
            found = first(self.blocks, need)
            left = None if need is None else need - len(found[1])
            if left is None or left > 0:
                (which, rows), (also, more) = found, self._failing
                found = np.concatenate([which, also[:left]]), np.concatenate([rows, more[:left]])
            self.found_before[n] = found
        return found

    @cached_property
    def _failing(self) -> Placed:
        """Block and row of the failing sites that are listed, in order."""
        return nearest_to_passing(self.blocks, FAILING_LISTED)

    def _listed(self, which: Rows, rows: Rows) -> tuple[Result, ...]:
        return tuple(self._arranged(which, rows, listed))

    def _arranged(self, which: Rows, rows: Rows, tell: Any) -> list[Any]:
        """What is told of some rows, asked a block at a time, in the order of the rows."""
        if len(self.blocks) == 1:
            return list(tell(self.blocks[0], rows))
        told: list[Any] = [None] * len(rows)
        for number, block in enumerate(self.blocks):
            places = np.flatnonzero(which == number)
            if len(places):
                found = tell(block, rows[places])
                for place, one in zip(places.tolist(), found, strict=True):
                    told[place] = one
        return told

