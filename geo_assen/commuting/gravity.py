"""The decay that gives flows their observed mean distance, and flows where none are published.

The decay is found by trying: each trial balances the flows at one decay, starting from the
factors that the trials before it lead to expect. Those factors go into the exponent, so that
no decay, however steep, makes a number too small to be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from geo_assen.commuting.balancing import (
    MOST_ROUNDS,
    GravityError,
    Side,
    as_matrix,
    as_totals,
    check_connections,
    check_sums,
    placed_flows,
    refuse_unbalanced,
)
from geo_assen.commuting.scaling import Method, Scaled, scaling_factors

__all__ = ["Filled", "Form", "GravityFit", "fill_unpublished", "fit_gravity"]

Form = Literal["exponential", "power"]
"""How flows fall with cost c: by ``exp(-beta c)`` or by ``c ** -beta``."""

Floats = NDArray[np.float64]

_DOUBLINGS = 40
"""The decay is doubled so often in search of one that is too steep."""

_FURTHEST_AHEAD = 4
"""The line through the last two trials is followed at most so many times their distance."""

_LARGE_EXPONENT = 50.0
"""Logarithms of flows above this are far from what the totals allow."""

_MOVES_SHARE = 1e-7
"""If the mean moves less than this share, the totals alone settle the flows."""

_SMALL_SHARE = 1e-9
"""A rest below this share of the total is rounding."""


@dataclass(frozen=True, eq=False)
class GravityFit:
    """A doubly constrained model with the mean cost that was observed.

    Attributes
    ----------
    flows
        Flow from each origin (row) to each destination.
    form, beta
        How flows fall with cost; ``beta`` is per unit of cost, or a plain exponent for
        ``power``.
    mean_cost
        Mean cost of the flows, in the unit of the costs.
    error
        Largest relative error of a row or column sum.
    rounds, trials
        Passes over the matrix, and decays tried, in all.
    method
        As in :class:`geo_assen.commuting.Balanced`, at the last trial.
    converged
        Whether sums and mean cost are within the tolerance.
    """

    flows: Floats
    form: Form
    beta: float
    mean_cost: float
    error: float
    rounds: int
    trials: int
    method: Method
    converged: bool


@dataclass(frozen=True, eq=False)
class Filled:
    """Published flows, and modelled ones where none are published.

    Attributes
    ----------
    flows
        Every flow; the published ones as they were.
    is_modelled
        True where a flow is modelled.
    beta
        Decay of the modelled flows; None if nothing was to be modelled, or if the totals left
        over settle the flows whatever the decay.
    error
        Largest relative error of what is left over of a row or column.
    rounds
        Passes over the matrix of what is left over.
    converged
        Whether ``error`` is within the tolerance.
    """

    flows: Floats
    is_modelled: NDArray[np.bool_]
    beta: float | None
    error: float
    rounds: int
    converged: bool


def fit_gravity(
    origins: ArrayLike,
    destinations: ArrayLike,
    cost: ArrayLike,
    mean_cost: float,
    *,
    form: Form = "exponential",
    tolerance: float = 1e-8,
) -> GravityFit:
    """Answer which doubly constrained flows have the mean cost that was observed.

    Parameters
    ----------
    origins, destinations
        What leaves and what arrives, by zone, with one sum.
    cost
        Distance or time of each pair, 0 or more (more than 0 for ``power``: give a zone a
        distance to itself); infinite where there can be no flow.
    mean_cost
        Mean over all flows, in the unit of ``cost``.
    form
        ``exponential`` or ``power``.
    tolerance
        Largest relative error of a sum and of the mean.

    Raises
    ------
    GravityError
        If no flows have these totals, or if none of them that fall with cost has this mean:
        the sentence says what the longest or the shortest mean is.
    """
    leaving, arriving = as_totals(origins, "origins"), as_totals(destinations, "destinations")
    costs = as_matrix(cost, "cost", (len(leaving), len(arriving)))
    check_sums(leaving, arriving)
    if not leaving.sum() > 0:
        raise GravityError("bad_input", "There are no flows to fit a decay to")
    trials = _Trials(leaving, arriving, costs, form, tolerance)
    beta = _decay(trials, mean_cost)
    flows, error = trials.flows()
    reached = trials.mean_cost
    within = error <= tolerance and abs(reached / mean_cost - 1) <= tolerance
    return GravityFit(flows, form, beta, reached, error, trials.rounds, len(trials.means),
                      trials.scaled.method, within)  # fmt: skip


def fill_unpublished(
    known: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    cost: ArrayLike,
    mean_cost: float | None,
    *,
    form: Form = "exponential",
    tolerance: float = 1e-8,
) -> Filled:
    """Divide what published flows leave over of the totals over the pairs not published.

    Parameters
    ----------
    known
        Published flows by origin (row) and destination; NaN where none is published.
    row_totals, column_totals
        What leaves and what arrives in all, published and not.
    cost
        As in :func:`fit_gravity`; infinite where there can be no flow.
    mean_cost
        Mean over all flows, published and not. None takes the decay that the published flows
        show among themselves.
    form, tolerance
        As in :func:`fit_gravity`.

    Raises
    ------
    GravityError
        If published flows exceed a total, a total is left without a pair to go to, or the
        rest cannot have the totals or the mean: the sentence says which.
    """
    leaving, arriving = as_totals(row_totals, "origins"), as_totals(column_totals, "destinations")
    shape = (len(leaving), len(arriving))
    costs = as_matrix(cost, "cost", shape)
    flows = np.array(known, dtype=np.float64)
    blank = np.isnan(flows)
    flows[blank] = 0.0
    flows = as_matrix(flows, "table of published flows", shape)
    rows, columns = _rest(leaving, flows, "origins"), _rest(arriving, flows.T, "destinations")
    check_sums(leaving, arriving)
    if not rows.any() and not columns.any():
        return Filled(flows, blank, None, 0.0, 0, converged=True)
    _refuse_full(rows, columns, blank)
    rest_costs = np.where(blank, costs, np.inf)
    trials = _Trials(rows, columns * (rows.sum() / columns.sum()), rest_costs, form, tolerance)
    beta = _rest_decay(trials, flows, blank, costs, mean_cost)
    modelled, error = trials.flows()
    return Filled(flows + modelled, blank, beta, error, trials.rounds, error <= tolerance)


class _Trials:
    """The model at one decay after the other, and the mean cost at each."""

    def __init__(
        self, origins: Floats, destinations: Floats, cost: Floats, form: Form, tolerance: float
    ) -> None:
        out, into = origins > 0, destinations > 0
        self._totals = origins, destinations
        self._rows, self._columns = origins[out], destinations[into]
        self._cost = cost if out.all() and into.all() else cost[np.ix_(out, into)]
        self._barred = None if np.isfinite(self._cost.sum()) else np.isinf(self._cost)
        if self._barred is not None:
            check_connections((~self._barred).astype(np.float64), origins, destinations)
            self._cost = np.where(self._barred, 0.0, self._cost)
        self._exponent = self._cost if form == "exponential" else self._logarithm()
        self.tolerance = tolerance
        start = np.log(self._rows), np.log(self._columns / self._columns.sum())
        self._known = [(0.0, *start)]
        self.form = form
        self.means: dict[float, float] = {}
        self.rounds = 0

    def _logarithm(self) -> Floats:
        least = self._cost if self._barred is None else self._cost[~self._barred]
        if not least.min() > 0:
            raise GravityError("bad_input", "A power of a cost of 0 is infinite: give every pair "
                               "a cost above 0, also a zone to itself")  # fmt: skip
        return np.log(self._cost if self._barred is None else np.where(self._barred, 1, self._cost))

    @property
    def total(self) -> float:
        """Sum of all flows."""
        return float(self._rows.sum())

    @property
    def lowest_beyond(self) -> float:
        """No flows with these totals have a mean cost below this; -inf where that is not known.

        The flows at a decay have the least of mean cost + divergence / decay, and the
        divergence of flows from independence is at most the logarithm of the zones.
        """
        if self.form == "power":
            return -np.inf
        return self.mean_cost - float(np.log(min(self._cost.shape))) / self.beta

    def at(self, beta: float) -> float:
        """Balance at a decay and tell the mean cost."""
        x, y = self._expected(beta)
        kernel, x, y = self._kernel(beta, x, y)
        self.scaled: Scaled = scaling_factors(
            kernel, self._rows, self._columns, start=np.ones(len(y)),
            tolerance=0.1 * self.tolerance, most_rounds=MOST_ROUNDS, method="newton",
        )  # fmt: skip
        self.beta, self.kernel = beta, kernel
        self.rounds += self.scaled.rounds
        factors = x + np.log(self.scaled.u), y + np.log(self.scaled.v)
        self._known = [*self._known[-1:], (beta, *factors)]
        weighed = np.einsum("ij,ij,j->i", kernel, self._cost, self.scaled.v)
        self.mean_cost = self.means[beta] = float(self.scaled.u @ weighed / self._rows.sum())
        return self.mean_cost

    def _kernel(self, beta: float, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Deterrence at a decay, times factors of which these are the logarithms."""
        kernel = np.multiply(self._exponent, -beta)
        kernel += x[:, None]
        kernel += y
        if self._barred is not None:
            kernel[self._barred] = -np.inf
        if kernel.max() > _LARGE_EXPONENT:  # expected wrongly: the largest of each zone is 1 then
            y_more = -kernel.max(axis=0)
            kernel += y_more
            x_more = -kernel.max(axis=1)
            kernel += x_more[:, None]
            x, y = x + x_more, y + y_more
        return np.exp(kernel, out=kernel), x, y

    def flows(self) -> tuple[Floats, float]:
        """Flows between all zones at the last decay, and their largest relative error."""
        flows, error = placed_flows(self.kernel, self.scaled, *self._totals)
        if not error <= 10 * self.tolerance:
            refuse_unbalanced(flows, *self._totals, error)
        return flows, error

    def _expected(self, beta: float) -> tuple[Floats, Floats]:
        """Logarithms of the factors at a decay, by the line through the last two."""
        (before, x0, y0), (last, x1, y1) = self._known[0], self._known[-1]
        ahead = (beta - last) / (last - before) if last != before else 0.0
        ahead = float(np.clip(ahead, -_FURTHEST_AHEAD, _FURTHEST_AHEAD))
        return x1 + ahead * (x1 - x0), y1 + ahead * (y1 - y0)


def _decay(trials: _Trials, mean_cost: float) -> float:
    """The decay with a mean cost; the trials stand there."""
    if not 0 < mean_cost < np.inf:
        raise GravityError("bad_input", f"A mean cost of {mean_cost:g} is none that flows can have")
    longest = trials.at(0.0)
    trials.flows()  # refuses totals that no flows have
    if abs(mean_cost - longest) <= trials.tolerance * longest:
        return 0.0
    first = 1 / mean_cost if trials.form == "exponential" else 1.0
    if abs(trials.at(first) - longest) <= _MOVES_SHARE * longest:
        sentence = (f"The totals alone settle the flows, at a mean cost of {longest:.6g}, "
                    f"and none of them has {mean_cost:.6g}")  # fmt: skip
        raise GravityError("mean_undetermined", sentence, numbers={"mean_cost": longest})
    if mean_cost > longest:
        sentence = (f"A mean cost of {mean_cost:.6g} is longer than {longest:.6g}, "
                    "that of flows that distance does not deter")  # fmt: skip
        raise GravityError("mean_too_long", sentence, numbers={"mean_cost": longest})
    gentle, steep = _around(trials, mean_cost)

    def too_long(beta: float) -> float:
        """How much longer the mean is than asked; exactly 0 where that is near enough."""
        reached = trials.means[beta] if beta in trials.means else trials.at(beta)
        off = float(np.log(reached / mean_cost))
        return 0.0 if abs(off) <= 0.5 * trials.tolerance else off

    beta = float(brentq(too_long, gentle, steep, xtol=1e-14 * steep, rtol=1e-14, maxiter=100))
    if beta != trials.beta:
        trials.at(beta)
    return beta


def _around(trials: _Trials, mean_cost: float) -> tuple[float, float]:
    """Two decays, both tried, between whose mean costs the one asked for lies."""
    gentle, shortest = 0.0, trials.mean_cost
    for _ in range(_DOUBLINGS):
        if trials.mean_cost <= mean_cost:
            return gentle, trials.beta
        if not trials.scaled.error <= trials.tolerance or trials.lowest_beyond > mean_cost:
            break
        gentle = trials.beta
        shortest = min(shortest, trials.at(2 * gentle))
    sentence = (f"A mean cost of {mean_cost:.6g} is shorter than these totals allow; the "
                f"shortest found is {shortest:.6g}")  # fmt: skip
    raise GravityError("mean_too_short", sentence, numbers={"mean_cost": shortest})


def _rest(totals: Floats, flows: Floats, side: Side) -> Floats:
    """What the published flows of each zone leave over of its total."""
    rest: Floats = totals - flows.sum(axis=1)
    rest[np.abs(rest) <= _SMALL_SHARE * totals.sum()] = 0
    over = np.flatnonzero(rest < 0)
    if over.size:
        sentence = f"Published flows are more than the total, by {-float(rest.min()):.6g} at most"
        numbers = {"more": -float(rest.min())}
        raise GravityError.at(side, over.tolist(), "published_exceed", sentence, numbers)
    return rest


def _refuse_full(rows: Floats, columns: Floats, blank: NDArray[np.bool_]) -> None:
    """Refuse zones where something is left over though every pair of theirs is published."""
    origins = np.flatnonzero((rows > 0) & ~blank.any(axis=1))
    destinations = np.flatnonzero((columns > 0) & ~blank.any(axis=0))
    if origins.size or destinations.size:
        sentence = "Every pair is published, and yet they are less than the total"
        raise GravityError("nothing_left", sentence, origins=origins.tolist(),
                           destinations=destinations.tolist())  # fmt: skip


def _rest_decay(
    trials: _Trials,
    flows: Floats,
    blank: NDArray[np.bool_],
    costs: Floats,
    mean_cost: float | None,
) -> float | None:
    """The decay of what is left over, the trials stand there; None where any would do."""
    if mean_cost is None:
        among = fit_gravity(
            flows.sum(axis=1), flows.sum(axis=0), np.where(blank, np.inf, costs),
            _total_cost(flows, costs) / max(flows.sum(), 1e-300),
            form=trials.form, tolerance=trials.tolerance,
        )  # fmt: skip
        trials.at(among.beta)
        return among.beta
    left = mean_cost * (flows.sum() + trials.total) - _total_cost(flows, costs)
    if not left > 0:
        sentence = (f"The published flows alone cost more than a mean of {mean_cost:.6g} over "
                    "all flows would")  # fmt: skip
        raise GravityError("mean_too_short", sentence, numbers={"mean_cost": mean_cost})
    try:
        return _decay(trials, left / trials.total)
    except GravityError as refused:
        if refused.reason != "mean_undetermined":
            raise
        return None


def _total_cost(flows: Floats, costs: Floats) -> float:
    has = flows > 0
    return float(flows[has] @ costs[has])
