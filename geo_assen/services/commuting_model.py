"""Flows between municipalities that are not published, as a gravity model expects them.

Only pairs of municipalities of which both totals are stored can be told: what their published
pairs leave over of the totals is all there is to divide. Published flows stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo_assen.commuting import OTHER, balance, fill_unpublished, fit_gravity
from geo_assen.services.commuting import FlowsNotFound
from geo_assen.services.session import Session

__all__ = ["LeftOut", "ModelledCell", "ModelledFlows", "NothingFilled", "modelled_flows"]

LeftOut = Literal["no_totals", "no_inside", "no_centre", "totals_exceeded"]
"""Why a municipality takes no part: a total of it or the jobs inside it are not stored, it has
no place, or its published pairs are more than its total."""

NothingFilled = Literal[
    "too_few", "all_published", "none_published", "no_rest", "too_few_pairs"
]
"""Why nothing is modelled: fewer than two municipalities take part, every pair of theirs is
published, no pair of theirs has published jobs that show a decay, nothing is left over, or the
published pairs are no more than what the model has to fit: any decay would agree with them."""

Form = Literal["exponential"]
_FORM: Form = "exponential"
FITTED_TO: Literal["mean_straight_distance_of_published_pairs"] = (
    "mean_straight_distance_of_published_pairs"
)
"""Which mean distance the decay is fitted to: no mean over all flows is stored."""
_EXACT_SHARE = 1e-9
"""Sums that differ less than this share are the same."""

_WAYS = {"leaving": "home_code", "arriving": "work_code"}

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class ModelledCell:
    """Modelled jobs of residents of one municipality in another."""

    home_code: str
    work_code: str
    jobs: float
    certainty: Literal["modelled"] = "modelled"

    def document(self) -> dict[str, Any]:
        """The cell as JSON carries it."""
        return {"home": self.home_code, "work": self.work_code, "jobs": round(self.jobs, 1),
                "certainty": self.certainty}  # fmt: skip


@dataclass(frozen=True)
class ModelledFlows:
    """What is modelled of a year of a series.

    Attributes
    ----------
    municipalities
        Codes of those that take part.
    cells
        Pairs that are not published, the most jobs first.
    form, beta
        How flows fall with the straight distance; per km. None: nothing was modelled.
    mean_distance_m
        Mean straight distance of the published pairs of different municipalities, weighed by
        their jobs, which the decay was fitted to; None: nothing was modelled.
    error
        Largest relative error of a sum that the model was to keep.
    rounds
        Passes over the matrix that it took.
    converged
        Whether the model came as near as it was to; None: nothing was modelled.
    outside_out_jobs, outside_in_jobs
        What is left over for municipalities that take no part, rounding of the totals included;
        0 where the table is whole.
    untold_count
        Pairs that are not published and of which the published ones say nothing.
    left_out
        Why, of each municipality of the year that takes no part.
    nothing
        Why there are no cells; None: there are.
    """

    series: str
    year: int
    municipalities: tuple[str, ...]
    cells: tuple[ModelledCell, ...]
    left_out: Mapping[str, LeftOut]
    form: Form = _FORM
    beta: float | None = None
    mean_distance_m: float | None = None
    error: float = 0.0
    rounds: int = 0
    converged: bool | None = None
    outside_out_jobs: float = 0.0
    outside_in_jobs: float = 0.0
    untold_count: int = 0
    nothing: NothingFilled | None = None

    def document(self) -> dict[str, Any]:
        """The answer as ``commuting --modelled --json`` writes it."""
        mean_m = self.mean_distance_m
        return {
            "form": self.form,
            "beta": self.beta,
            "mean_distance_m": None if mean_m is None else round(mean_m),
            "fitted_to": None if mean_m is None else FITTED_TO,
            "converged": self.converged,
            "rounds": self.rounds,
            "error": self.error,
            "municipalities": list(self.municipalities),
            "outside": {"out_jobs": round(self.outside_out_jobs, 1),
                        "in_jobs": round(self.outside_in_jobs, 1)},
            "untold_count": self.untold_count,
            "cells": [cell.document() for cell in self.cells],
            "nothing": self.nothing,
            "left_out": dict(self.left_out),
        }  # fmt: skip


def modelled_flows(session: Session, *, year: int, series: str) -> ModelledFlows:
    """Answer how many jobs the pairs that are not published may hold.

    Where the municipalities are all there are in the year and their totals add up to the job,
    the rest of the totals is divided over the pairs. Otherwise some of the rest belongs to
    municipalities elsewhere: then each pair gets what the published ones lead to expect, at
    most what is left over, and the remainder stays outside.

    Parameters
    ----------
    year, series
        Which of the stored flows.

    Raises
    ------
    FlowsNotFound
        If there are none.
    GravityError
        If no flows have these totals, or the published ones do not fall with distance.
    """
    return session.kept(("modelled_flows", series, year), lambda: _modelled(session, year, series))


def _modelled(session: Session, year: int, series: str) -> ModelledFlows:
    flows = session.table("commuter_flow")
    flows = flows[(flows["series"] == series) & (flows["year"] == year)]
    if flows.empty:
        raise FlowsNotFound(None, year, series, stored=_stored(session))
    table = _Table.of(flows, _centres(session))
    nothing = table.nothing_to_fill()
    if nothing is not None:
        return ModelledFlows(series, year, tuple(table.codes), (), table.left_out, nothing=nothing)
    solved = table.divided() if table.is_whole else table.expected()
    jobs = solved.jobs
    cells = [
        ModelledCell(table.codes[i], table.codes[j], float(jobs[i, j]))
        for i, j in np.argwhere(table.is_blank & np.isfinite(jobs))
    ]
    cells.sort(key=lambda cell: (-cell.jobs, cell.home_code, cell.work_code))
    in_cells = sum(cell.jobs for cell in cells)
    outside = (0.0, 0.0) if table.is_whole else (
        max(float(table.leaving.sum()) - in_cells, 0.0),
        max(float(table.arriving.sum()) - in_cells, 0.0),
    )  # fmt: skip
    return ModelledFlows(
        series, year, tuple(table.codes), tuple(cells), table.left_out,
        beta=solved.beta, mean_distance_m=1000 * table.mean_km, error=solved.error,
        rounds=solved.rounds, converged=solved.converged,
        outside_out_jobs=outside[0], outside_in_jobs=outside[1],
        untold_count=int(table.is_blank.sum()) - len(cells),
    )  # fmt: skip


def _stored(session: Session) -> list[tuple[str, int]]:
    """Series and year of all flows that are stored."""
    pairs = session.table("commuter_flow")[["series", "year"]].drop_duplicates()
    return sorted((str(series), int(year)) for series, year in pairs.itertuples(index=False))


def _centres(session: Session) -> pd.DataFrame:
    """Centre of each municipality as it was told last."""
    areas = session.table("area").sort_values("year")
    areas = areas[areas["kind"].eq("municipality")].drop_duplicates("code", keep="last")
    return areas.set_index("code")[["centre_x_m", "centre_y_m"]].dropna().astype("float64")


@dataclass(frozen=True, eq=False)
class _Solved:
    """Jobs of every pair as the model has them, and how it came by them."""

    jobs: Floats
    beta: float | None
    error: float
    rounds: int
    converged: bool


@dataclass(frozen=True, eq=False)
class _Table:
    """Published flows between those that take part, and what is left over of their totals.

    Attributes
    ----------
    published
        Jobs by home (row) and work; 0 where not published, and of those inside one
        municipality: no straight distance says how they came about.
    has_others
        Whether the year has municipalities that take no part.
    leaving, arriving
        Of each total what no published pair of anywhere holds, never below 0.
    most_leaving, most_arriving
        The same at most, as far as rounding allows.
    """

    codes: list[str]
    left_out: dict[str, LeftOut]
    published: Floats
    is_blank: Flags
    cost_km: Floats
    has_others: bool
    leaving: Floats
    arriving: Floats
    most_leaving: Floats
    most_arriving: Floats

    @classmethod
    def of(cls, flows: pd.DataFrame, centres: pd.DataFrame) -> _Table:
        """Sort the flows of a year."""
        left, most = _left_over(flows)
        left_out = _left_out(flows, left, most, centres)
        everyone = sorted({*flows["home_code"], *flows["work_code"]} - {OTHER})
        codes = [code for code in everyone if code not in left_out]
        pairs = flows[flows["home_code"].isin(codes) & flows["work_code"].isin(codes)]
        jobs = pairs.pivot_table(index="home_code", columns="work_code", values="jobs",
                                 aggfunc="sum")  # fmt: skip
        known = jobs.reindex(index=codes, columns=codes).to_numpy(dtype="float64")
        places = centres.reindex(codes).to_numpy(dtype="float64")
        cost_km = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) / 1000
        np.fill_diagonal(cost_km, np.inf)
        is_blank = np.isnan(known)
        published = np.where(is_blank, 0.0, known)
        np.fill_diagonal(published, 0.0)
        rests = {
            f"{kind}{way}": one[side].reindex(codes).to_numpy(dtype="float64")
            for kind, one in (("", left), ("most_", most)) for way, side in _WAYS.items()
        }  # fmt: skip
        has_others = len(codes) < len(everyone)
        return cls(codes, left_out, published, is_blank, cost_km, has_others, **rests)

    def nothing_to_fill(self) -> NothingFilled | None:
        """Why there is nothing to model; None: there is something."""
        if len(self.codes) < 2:
            return "too_few"
        if not self.is_blank.any():
            return "all_published"
        if not self.published.any():
            return "none_published"
        rest = np.minimum(self.most_leaving[:, None], self.most_arriving)
        if not rest[self.is_blank].any():
            return "no_rest"
        unknown_count = 2 * len(self.codes)  # a factor of each home and work, and the decay
        is_loose = np.count_nonzero(self.published) <= unknown_count and not self.is_whole
        return "too_few_pairs" if is_loose else None

    @property
    def is_whole(self) -> bool:
        """Whether all that is left over belongs to the pairs that are not published."""
        least = _EXACT_SHARE * (self.published.sum() + self.leaving.sum())
        is_exact = bool(np.all(self.most_leaving - self.leaving <= least)
                        and np.all(self.most_arriving - self.arriving <= least))  # fmt: skip
        settled = (self.leaving[~self.is_blank.any(axis=1)],
                   self.arriving[~self.is_blank.any(axis=0)])  # fmt: skip
        return (
            not self.has_others
            and is_exact
            and abs(float(self.leaving.sum() - self.arriving.sum())) <= least
            and not any(np.any(rest > least) for rest in settled)
        )

    @property
    def mean_km(self) -> float:
        """Mean distance of the published flows."""
        has = self.published > 0
        return float(self.published[has] @ self.cost_km[has] / self.published.sum())

    def divided(self) -> _Solved:
        """The rest of the totals over the pairs."""
        filled = fill_unpublished(
            np.where(self.is_blank, np.nan, self.published),
            self.published.sum(axis=1) + self.leaving,
            self.published.sum(axis=0) + self.arriving,
            self.cost_km, None, form=_FORM,
        )  # fmt: skip
        return _Solved(filled.flows, filled.beta, filled.error, filled.rounds, filled.converged)

    def expected(self) -> _Solved:
        """What the published pairs lead to expect of the others, at most what is left over.

        NaN where they lead to nothing: no chain of published pairs joins the two ends.
        """
        origins, destinations = self.published.sum(axis=1), self.published.sum(axis=0)
        known_km = np.where(self.is_blank, np.inf, self.cost_km)
        fit = fit_gravity(origins, destinations, known_km, self.mean_km, form=_FORM)
        same = balance(origins, destinations, np.exp(-fit.beta * known_km))
        jobs = np.outer(same.a * origins, same.b * destinations) * np.exp(-fit.beta * self.cost_km)
        is_told = self.is_blank & _joined(self.published)
        jobs = np.where(is_told, jobs, 0.0)
        allowed = np.minimum(
            _allowed(self.most_leaving, jobs.sum(axis=1))[:, None],
            _allowed(self.most_arriving, jobs.sum(axis=0)),
        )
        return _Solved(
            np.where(self.is_blank & ~is_told, np.nan, jobs * allowed), fit.beta,
            max(fit.error, same.error), fit.rounds + same.rounds,
            fit.converged and same.converged,
        )  # fmt: skip


def _joined(published: Floats) -> Flags:
    """Which homes and works hang together: only within a part have the factors one level."""
    count = len(published)
    homes, works = np.nonzero(published)
    links = coo_array((np.ones(len(homes)), (homes, works + count)), shape=(2 * count, 2 * count))
    parts = connected_components(links, directed=False)[1]
    joined: Flags = parts[:count, None] == parts[count:]
    return joined


def _allowed(most: Floats, wanted: Floats) -> Floats:
    """Share of what is wanted that is there, at most 1."""
    share: Floats = np.ones_like(most)
    np.divide(most, wanted, out=share, where=wanted > most)
    return share


def _left_over(flows: pd.DataFrame) -> tuple[dict[str, pd.Series], dict[str, pd.Series]]:
    """What published pairs leave over of each total, by end of the flow: as told, and at most."""
    is_rest = (flows["home_code"] == OTHER) | (flows["work_code"] == OTHER)
    pairs, totals = flows[~is_rest], flows[is_rest & flows["total_jobs"].notna()]
    low = pairs["jobs_low"].fillna(pairs["jobs"])
    high = totals["total_jobs_high"].fillna(totals["total_jobs"])
    left, most = {}, {}
    for side in ("home_code", "work_code"):
        own = totals[totals[side] != OTHER].set_index(side)
        told = pairs["jobs"].groupby(pairs[side]).sum().reindex(own.index, fill_value=0)
        least = low.groupby(pairs[side]).sum().reindex(own.index, fill_value=0)
        left[side] = (own["total_jobs"] - told).astype("float64").clip(lower=0)
        most_own = high[totals[side] != OTHER].set_axis(own.index)
        most[side] = (most_own - least).astype("float64")
    return left, most


def _left_out(
    flows: pd.DataFrame,
    left: Mapping[str, pd.Series],
    most: Mapping[str, pd.Series],
    centres: pd.DataFrame,
) -> dict[str, LeftOut]:
    """Why, of each municipality that can take no part."""
    inside = set(flows.loc[flows["home_code"] == flows["work_code"], "home_code"])
    reasons: dict[str, LeftOut] = {}
    for code in sorted({*flows["home_code"], *flows["work_code"]} - {OTHER}):
        if not all(code in one.index for one in left.values()):
            reasons[code] = "no_totals"
        elif code not in inside:
            reasons[code] = "no_inside"
        elif code not in centres.index:
            reasons[code] = "no_centre"
        elif any(one[code] < 0 for one in most.values()):
            reasons[code] = "totals_exceeded"
    return reasons
