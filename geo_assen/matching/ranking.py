"""Ranking: all sites of a date in order for one requirement.

Passing sites come first, then those with an unknown, then failing ones. Inside the first
two groups the score decides, then the id by code point. Of the failing sites only those
that fail exactly one constraint are listed, by relative shortfall (see ``constraints``),
then score, then id, at most :data:`FAILING_LISTED`; the others are counted.

Arrays are computed for all sites; a :class:`Result` is built only for what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_assen.access import Role
from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.crs import RD
from geo_assen.errors import NotFound, RequirementError
from geo_assen.matching.check import check
from geo_assen.matching.columns import Columns, plain_value
from geo_assen.matching.constraints import FAIL, UNKNOWN, Judgement, judge
from geo_assen.matching.explain import nearest_miss, next_question, reasons, short_reason
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.result import Result, Verdict
from geo_assen.matching.scoring import DECIMALS, Scores, Wish, weigh, wishes
from geo_assen.sites import Sites

__all__ = ["FAILING_LISTED", "METHOD_VERSION", "Ranking", "match"]

METHOD_VERSION = "match-1"
FAILING_LISTED = 100
_VERDICTS = (Verdict.PASS, Verdict.UNKNOWN, Verdict.FAIL)


def match(
    requirement: Requirement,
    sites: Sites,
    *,
    as_of: date | None = None,
    role: Role = Role.PUBLIC,
) -> Ranking:
    """Rank the sites of a date for a requirement.

    Parameters
    ----------
    sites
        Drawn up for the date that is asked: their date overrides the requirement's.
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
    check(requirement, sites, role=role)
    columns = Columns(sites, requirement.kinds)
    judged = judge(requirement, columns)
    found = wishes(requirement, columns)
    scores = weigh(found, len(columns))
    verdict = np.max([item.verdict for item in judged], axis=0)
    order = _order(columns, judged, verdict, scores)
    return Ranking(requirement, columns, judged, found, scores, verdict, order)


def _order(
    columns: Columns, judged: Sequence[Judgement], verdict: NDArray[np.int8], scores: Scores
) -> NDArray[np.intp]:
    """Positions of the sites that are listed, in their order."""
    id_rank = _rank_of_ids(columns.objects("id"))
    fails = np.zeros(len(columns), dtype=np.int64)
    relative = np.zeros(len(columns))
    for item in judged:
        fails += item.verdict == FAIL
        relative += np.where(item.verdict == FAIL, item.relative, 0.0)
    eligible = np.flatnonzero(verdict != FAIL)
    eligible = eligible[_sorted(eligible, id_rank, -scores.score, verdict)]
    near = np.flatnonzero(fails == 1)
    near = near[_sorted(near, id_rank, -scores.score, np.round(relative, DECIMALS))]
    return np.concatenate([eligible, near[:FAILING_LISTED]])


def _sorted(chosen: NDArray[np.intp], *keys: NDArray[Any]) -> NDArray[np.intp]:
    """Order of some sites; the last key decides first."""
    return np.lexsort(tuple(key[chosen] for key in keys))


def _rank_of_ids(ids: NDArray[np.object_]) -> NDArray[np.intp]:
    """Place of each id when they are sorted by code point."""
    ranks = np.empty(len(ids), dtype=np.intp)
    ranks[np.argsort(ids, kind="stable")] = np.arange(len(ids))
    return ranks


@dataclass(frozen=True, eq=False)
class Ranking:
    """Sites in order for one requirement, with the reasons at hand.

    Attributes
    ----------
    requirement
        What was asked.
    """

    requirement: Requirement
    _columns: Columns
    _judged: tuple[Judgement, ...]
    _wishes: tuple[Wish, ...]
    _scores: Scores
    _verdict: NDArray[np.int8]
    _order: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self._order)

    @property
    def sites(self) -> Sites:
        """Sites that were ranked."""
        return self._columns.sites

    @property
    def method_version(self) -> str:
        """Version of the rules by which the ranking was made."""
        return METHOD_VERSION

    @property
    def as_of(self) -> date:
        """Date for which the sites were drawn up."""
        return self._columns.sites.as_of

    @property
    def fields(self) -> Mapping[str, FieldDefinition]:
        """Definitions of the fields of a site, for whoever puts results into words."""
        return self._columns.sites.fields

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Code lists, for whoever puts results into words."""
        return self._columns.sites.codes

    @cached_property
    def counts(self) -> dict[str, int]:
        """Sites that were looked at, by verdict, and how many failing ones are listed."""
        fail = int((self._verdict == FAIL).sum())
        unknown = int((self._verdict == UNKNOWN).sum())
        passing = len(self._verdict) - unknown - fail
        listed = len(self._order) - passing - unknown
        return {
            "pass": passing,
            "unknown": unknown,
            "fail": fail,
            "fail_listed": listed,
            "fail_not_listed": fail - listed,
        }

    @cached_property
    def results(self) -> tuple[Result, ...]:
        """Every listed site in order; built on first use."""
        return self.top(None)

    def top(self, n: int | None) -> tuple[Result, ...]:
        """First ``n`` listed sites in order; ``None``: all of them."""
        return tuple(self._result(position) for position in self._first(n))

    def find(self, site_id: str) -> Result:
        """Result of one site that was looked at, listed or not.

        Raises
        ------
        NotFound
            If no such site was looked at.
        """
        at = np.flatnonzero(self._columns.objects("id") == site_id)
        if not len(at):
            raise NotFound("site in this ranking", site_id)
        return self._result(at[0])

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
        chosen = self._first(top)
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
        data: dict[str, Any] = {"rank": np.arange(1, len(chosen) + 1)}
        data |= {name: [getattr(result, name) for result in results] for name in plain}
        data["verdict"] = [result.verdict.value for result in results]
        data["reason"] = [short_reason(result, language, self) for result in results]
        data["reasons"] = ["\n".join(reasons(result, language, self)) for result in results]
        return gpd.GeoDataFrame(data, geometry=self._columns.geometries()[chosen], crs=RD)

    def _first(self, n: int | None) -> NDArray[np.intp]:
        return self._order if n is None else self._order[: max(n, 0)]

    def _result(self, position: int) -> Result:
        frame = self._columns.sites.frame
        row = self._columns.rows[position]
        source = tuple(
            plain_value(frame[name].iat[row]) if name in frame else None
            for name in ("source_name", "source_date")
        )
        constraints = tuple(
            answer for item in self._judged if (answer := item.at(position)) is not None
        )
        criteria = tuple(
            given
            for item in self._wishes
            if (given := item.at(position, (source[0], source[1]))) is not None
        )
        return Result(
            id=str(frame["id"].iat[row]),
            kind=str(frame["kind"].iat[row]),
            name=str(plain_value(frame["name"].iat[row]) or ""),
            verdict=_VERDICTS[int(self._verdict[position])],
            **_scores_at(self._scores, position),
            constraints=constraints,
            criteria=criteria,
            nearest_miss=nearest_miss(constraints),
            next_question=next_question(constraints, criteria),
        )


def _scores_at(scores: Scores, position: int) -> dict[str, float]:
    return {
        "score": float(scores.score[position]),
        "score_low": float(scores.low[position]),
        "score_high": float(scores.high[position]),
        "reliability": float(scores.reliability[position]),
    }
