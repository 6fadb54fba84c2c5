"""Flows with known totals: the doubly constrained model at a given deterrence.

``T_ij = A_i O_i B_j D_j f_ij``: what leaves i adds up to ``O_i``, what arrives at j to
``D_j``, and nothing else is assumed but how distance deters (Wilson 1967, "A statistical
theory of spatial distribution models", Transportation Research 1). What cannot have an
answer is refused with the zones it fails at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_assen.commuting.scaling import Method, Scaled, scaled_flows, scaling_factors
from geo_assen.errors import GeoAssenError

__all__ = [
    "MOST_ROUNDS", "Balanced", "GravityError", "Side", "as_matrix", "as_totals", "balance",
    "check_connections", "check_sums", "placed_flows", "refuse_unbalanced",
]  # fmt: skip

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

Side = Literal["origins", "destinations"]
"""Which zones: those that are left, or those that are gone to."""

MOST_ROUNDS = 10_000
"""Passes over the matrix after which balancing stops as it is."""

_SAME_SUM_SHARE = 1e-9
"""Sums that differ less than this share of the total are the same, written down in decimals."""

_NAMED_ZONES = 5


class GravityError(GeoAssenError):
    """Flows that keep every total cannot be told, and the sentence says at which zones.

    Attributes
    ----------
    reason
        ``bad_input``, ``sums_differ``, ``unreachable``, ``parts_differ``, ``not_balanced``,
        ``mean_too_long``, ``mean_too_short``, ``mean_undetermined``, ``published_exceed`` or
        ``nothing_left``.
    origins, destinations
        Positions of the zones concerned, from 0.
    numbers
        What was found and what was asked, by name.
    """

    def __init__(
        self,
        reason: str,
        sentence: str,
        *,
        origins: Sequence[int] = (),
        destinations: Sequence[int] = (),
        numbers: Mapping[str, float] | None = None,
    ) -> None:
        self.reason = reason
        self.origins = tuple(int(one) for one in origins)
        self.destinations = tuple(int(one) for one in destinations)
        self.numbers = dict(numbers or {})
        zones = [_named("origin", self.origins), _named("destination", self.destinations)]
        concerned = ", ".join(one for one in zones if one)
        super().__init__(f"{sentence}{f' ({concerned}, counted from 0)' if concerned else ''}.")

    @classmethod
    def at(
        cls,
        side: Side,
        zones: Sequence[int],
        reason: str,
        sentence: str,
        numbers: Mapping[str, float] | None = None,
    ) -> GravityError:
        """Error at zones of one side."""
        origins, destinations = (zones, ()) if side == "origins" else ((), zones)
        return cls(reason, sentence, origins=origins, destinations=destinations, numbers=numbers)


def _named(kind: str, positions: tuple[int, ...]) -> str:
    shown = ", ".join(str(one) for one in positions[:_NAMED_ZONES])
    more = f" and {len(positions) - _NAMED_ZONES} more" if len(positions) > _NAMED_ZONES else ""
    return f"{kind}{'s' if len(positions) > 1 else ''} {shown}{more}" if positions else ""


@dataclass(frozen=True, eq=False)
class Balanced:
    """Flows with the totals asked for.

    Attributes
    ----------
    flows
        Flow from each origin (row) to each destination.
    a, b
        Balancing factors: ``flows = a * origins * b * destinations * deterrence``, with ``b``
        1 on average over what arrives; 0 for a zone without any.
    rounds
        Passes over the matrix; one costs what a round of Furness costs.
    error
        Largest relative error of a row or column sum of ``flows``.
    method
        ``newton``, or ``furness`` where the last step was a round of Furness: because its
        rounds were enough, or because no Newton step descended.
    converged
        Whether ``error`` is within the tolerance. False where zero cells leave no flows with
        these totals: the flows are the last ones tried, and not to be used.
    """

    flows: Floats
    a: Floats
    b: Floats
    rounds: int
    error: float
    method: Method
    converged: bool


def balance(
    origins: ArrayLike,
    destinations: ArrayLike,
    deterrence: ArrayLike,
    *,
    tolerance: float = 1e-8,
    most_rounds: int = MOST_ROUNDS,
    method: Method = "newton",
) -> Balanced:
    """Answer which flows add up to what leaves each zone and what arrives at each.

    Parameters
    ----------
    origins, destinations
        What leaves and what arrives, by zone, in one unit; 0 where nothing does.
    deterrence
        How far each pair is willing to be one, by origin (row) and destination: 0 where there
        can be no flow. Any scale.
    tolerance
        Largest relative error of a row or column sum.
    most_rounds
        Passes over the matrix after which it stops as it is.
    method
        ``newton`` (with Furness where it does not descend), or ``furness`` alone.

    Raises
    ------
    GravityError
        If the sums differ, a zone reaches no other, or a part of the zones that is cut off
        from the rest has sums that differ.
    """
    leaving, arriving = as_totals(origins, "origins"), as_totals(destinations, "destinations")
    kernel = as_matrix(deterrence, "deterrence", (len(leaving), len(arriving)))
    if not np.isfinite(kernel.sum()):
        raise GravityError("bad_input", "Deterrence has cells that are no finite number")
    check_sums(leaving, arriving)
    out, into = leaving > 0, arriving > 0
    used, rows, columns = _used(kernel, out, into), leaving[out], arriving[into]
    if not rows.size:
        nothing = np.zeros_like(kernel)
        return Balanced(nothing, np.zeros_like(leaving), np.zeros_like(arriving), 0, 0.0,
                        "furness", True)  # fmt: skip
    check_connections(used, leaving, arriving)
    scaled = scaling_factors(used, rows, columns, start=columns.copy(), tolerance=tolerance,
                             most_rounds=most_rounds, method=method)  # fmt: skip
    flows, error = placed_flows(used, scaled, leaving, arriving)
    a, b = np.zeros_like(leaving), np.zeros_like(arriving)
    with np.errstate(over="ignore"):  # where there is no answer the factors have no end
        level = scaled.v.sum() / columns.sum()
        a[out], b[into] = scaled.u / rows * level, scaled.v / columns / level
    return Balanced(flows, a, b, scaled.rounds, error, scaled.method, error <= tolerance)


def as_totals(values: ArrayLike, name: Side) -> Floats:
    """Totals by zone as numbers, refused where one is below 0 or no number."""
    totals = np.asarray(values, dtype=np.float64)
    if totals.ndim != 1:
        raise GravityError("bad_input", f"The {name} are no list of totals")
    bad = np.flatnonzero(~(np.isfinite(totals) & (totals >= 0)))
    if bad.size:
        sentence = f"The {name} have totals below 0 or that are no number"
        raise GravityError.at(name, bad.tolist(), "bad_input", sentence)
    return totals


def as_matrix(values: ArrayLike, name: str, shape: tuple[int, int]) -> Floats:
    """Cells by origin and destination, refused in another shape, below 0 or unknown."""
    matrix = np.ascontiguousarray(values, dtype=np.float64)
    if matrix.shape != shape:
        sentence = f"The {name} has shape {matrix.shape} where the totals have {shape}"
        raise GravityError("bad_input", sentence)
    if matrix.size and not matrix.min() >= 0:  # also where a cell is NaN
        raise GravityError("bad_input", f"The {name} has cells below 0 or that are no number")
    return matrix


def check_sums(origins: Floats, destinations: Floats) -> None:
    """Refuse totals of which the sums differ."""
    leaves, arrives = float(origins.sum()), float(destinations.sum())
    if abs(leaves - arrives) > _SAME_SUM_SHARE * max(leaves, arrives):
        sentence = f"The origins add up to {leaves:.10g} and the destinations to {arrives:.10g}"
        raise GravityError("sums_differ", sentence,
                           numbers={"origins": leaves, "destinations": arrives})  # fmt: skip


def check_connections(used: Floats, origins: Floats, destinations: Floats) -> None:
    """Refuse zones without a cell above 0, and parts cut off from the rest that do not add up.

    Parameters
    ----------
    used
        Cells of the zones with a total above 0 only.
    origins, destinations
        Totals of all zones.
    """
    if used.min() > 0:
        return
    out, into = np.flatnonzero(origins), np.flatnonzero(destinations)
    lonely, unreached = out[~used.any(axis=1)], into[~used.any(axis=0)]
    if lonely.size or unreached.size:
        raise GravityError("unreachable", "Zones have a total but no pair that can have a flow",
                           origins=lonely.tolist(),
                           destinations=unreached.tolist())  # fmt: skip
    total = origins.sum()
    for rows, columns in _parts(used > 0):
        leaves, arrives = origins[out[rows]].sum(), destinations[into[columns]].sum()
        if abs(leaves - arrives) > _SAME_SUM_SHARE * total:
            sentence = (f"Zones that are cut off from the rest send {leaves:.10g} and receive "
                        f"{arrives:.10g}")  # fmt: skip
            raise GravityError("parts_differ", sentence, origins=out[rows].tolist(),
                               destinations=into[columns].tolist(),
                               numbers={"origins": leaves, "destinations": arrives})  # fmt: skip


def placed_flows(
    used: Floats, scaled: Scaled, origins: Floats, destinations: Floats
) -> tuple[Floats, float]:
    """Flows between all zones, and their largest relative error in a row or column."""
    out, into = origins > 0, destinations > 0
    flows: Floats = np.empty(used.shape)
    rows, columns = scaled_flows(used, scaled, flows)
    wanted = np.concatenate([origins[out], destinations[into]])
    error = float(np.max(np.abs(np.concatenate([rows, columns]) / wanted - 1)))
    if not (out.all() and into.all()):
        everywhere: Floats = np.zeros((len(out), len(into)))
        everywhere[np.ix_(out, into)] = flows
        flows = everywhere
    return flows, error


def refuse_unbalanced(flows: Floats, origins: Floats, destinations: Floats, error: float) -> None:
    """Raise that no flows have these totals, and name the zones that are furthest off."""
    rows, columns = flows.sum(axis=1), flows.sum(axis=0)
    far = 0.5 * error
    sentence = f"No flows with these totals were found; the nearest are {error:.2g} off"
    raise GravityError(
        "not_balanced",
        sentence,
        origins=np.flatnonzero(np.abs(rows - origins) > far * origins).tolist(),
        destinations=np.flatnonzero(np.abs(columns - destinations) > far * destinations).tolist(),
        numbers={"error": error},
    )


def _used(kernel: Floats, out: Flags, into: Flags) -> Floats:
    return kernel if out.all() and into.all() else kernel[np.ix_(out, into)]


def _parts(linked: Flags) -> list[tuple[Flags, Flags]]:
    """Rows and columns that hang together; each row and column is looked at once."""
    parts = []
    left = np.ones(linked.shape[0], dtype=bool)
    while left.any():
        rows, columns = np.zeros_like(left), np.zeros(linked.shape[1], dtype=bool)
        new_rows = np.flatnonzero(left)[:1]
        while new_rows.size:
            rows[new_rows] = True
            new_columns = np.flatnonzero(linked[new_rows].any(axis=0) & ~columns)
            columns[new_columns] = True
            new_rows = np.flatnonzero(linked[:, new_columns].any(axis=1) & ~rows)
        parts.append((rows, columns))
        left &= ~rows
    return parts
