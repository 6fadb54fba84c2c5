"""Factors that give a positive matrix its row and column sums: Newton, and Furness under it.

Furness takes rows and columns in turn; each round takes away a fixed share of the error, a
small one where zones hardly mix. With the rows kept exact, the logarithms of the column
factors minimise a convex function, and a Newton step on it squares the error instead. Its
linear system is solved by conjugate gradients, which need the matrix only in products: a few
slow patterns are all that sets it apart from the unit matrix, so a few products are enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Method", "Scaled", "scaled_flows", "scaling_factors"]

Method = Literal["newton", "furness"]
"""Newton steps on the factors, or rounds of Furness alone."""

Floats = NDArray[np.float64]

_BLOCK_CELLS = 2**17
"""Cells gone through at a time: they stay in the cache between the two products of a pass."""

_SINGLE_FROM_CELLS = 2**20
"""From here on products inside a Newton step are made in single precision, at half the memory."""

_FAR = 1e3
"""Factors that moved this much make single precision start again from where they are."""

_NEGLIGIBLE = 1e-30
"""Smaller flows are none in single precision; numbers too small for it would be slow."""

_FIRST_ROUNDS = 10
_NEAR = 0.5
"""Furness opens, until the largest error is this small or for so many rounds."""

_LONGEST_STEP = 8.0
"""Largest change of the logarithm of a factor in one step; beyond, the curve is another one."""

_FLAT, _FLAT_SINGLE = 1e-13, 1e-6
"""Share of the diagonal below which a curvature is rounding."""

_HALVINGS = 30
_ARMIJO = 1e-4


@dataclass(frozen=True, eq=False)
class Scaled:
    """Where the factors stand: flows are ``u[:, None] * kernel * v``, with exact row sums.

    Attributes
    ----------
    u, v
        Factor of each row and of each column.
    columns
        Column sums of these flows.
    value
        The convex function that the right factors minimise.
    error
        Largest relative error of a column sum.
    rounds
        Passes over the matrix so far; a round of Furness is one.
    method
        What led here.
    """

    u: Floats
    v: Floats
    columns: Floats
    value: float
    error: float
    rounds: int
    method: Method


@dataclass(frozen=True, eq=False)
class _Problem:
    kernel: Floats
    rows: Floats
    columns: Floats

    def at(self, v: Floats, rounds: int, method: Method) -> Scaled:
        """Rows made exact for column factors, in one pass."""
        sums = np.empty(len(self.rows))
        back = np.zeros(len(self.columns))
        for part in _blocks(self.kernel):
            block = self.kernel[part]
            sums[part] = block @ v
            back += (self.rows[part] / sums[part]) @ block
        u, columns = self.rows / sums, v * back
        value = float(self.rows @ np.log(sums) - self.columns @ np.log(v))
        if not np.isfinite(u.sum() + v.sum()):
            value = np.inf
        error = float(np.max(np.abs(columns / self.columns - 1)))
        return Scaled(u, v, columns, value, error, rounds, method)

    def furness(self, now: Scaled, method: Method) -> Scaled:
        """One round: columns made exact, then rows."""
        return self.at(now.v * (self.columns / now.columns), now.rounds + 1, method)


def scaling_factors(
    kernel: Floats,
    rows: Floats,
    columns: Floats,
    *,
    start: Floats,
    tolerance: float,
    most_rounds: int,
    method: Method,
) -> Scaled:
    """Factors that give a matrix these row and column sums, as near as they come.

    Parameters
    ----------
    kernel
        Matrix without negative cells, and with one above 0 in each row and column.
    rows, columns
        Sums, all above 0 and of one total.
    start
        Column factors to begin with, above 0.
    tolerance
        Largest relative error of a column sum; row sums are exact.
    most_rounds
        Passes after which it stops, whatever the error.
    method
        ``furness`` makes no Newton steps.
    """
    problem = _Problem(kernel, rows, columns)
    curvature = _Curvature(kernel, rows)
    with np.errstate(all="ignore"):  # a step too far shows in the function's value
        now = problem.at(start, 1, "furness")
        while tolerance < now.error and now.rounds < most_rounds:
            if method == "furness" or (now.error > _NEAR and now.rounds < _FIRST_ROUNDS):
                then = problem.furness(now, "furness")
            else:
                then = _newton(problem, now, curvature, tolerance, most_rounds)
            if not np.isfinite(then.value):  # no factors give these sums: they have no end
                break
            now = then
    return now


def scaled_flows(kernel: Floats, scaled: Scaled, out: Floats) -> tuple[Floats, Floats]:
    """Write the flows of some factors into ``out`` and tell their row and column sums."""
    rows, columns = np.empty(len(scaled.u)), np.zeros(len(scaled.v))
    for part in _blocks(kernel):
        block = np.multiply(kernel[part], scaled.v, out=out[part])
        block *= scaled.u[part, None]
        rows[part] = block.sum(axis=1)
        columns += block.sum(axis=0)
    return rows, columns


def _blocks(kernel: NDArray[Any]) -> Iterator[slice]:
    height = max(1, _BLOCK_CELLS // max(1, kernel.shape[1]))
    return (slice(first, first + height) for first in range(0, len(kernel), height))


class _Curvature:
    """Second derivatives at some factors, as a product: columns - flows' (flows x / rows)."""

    def __init__(self, kernel: Floats, rows: Floats) -> None:
        self._kernel, self._rows = kernel, rows
        self.single = kernel.size >= _SINGLE_FROM_CELLS
        self._base: tuple[NDArray[Any], Floats, Floats] | None = None

    def move(self, now: Scaled) -> None:
        """Stand at these factors."""
        matrix, u, v = self._standing(now)
        self._matrix: NDArray[Any] = matrix
        self._right = (now.v / v).astype(matrix.dtype)
        self._left = (now.u / u).astype(matrix.dtype)
        self._back = (now.u / u / self._rows).astype(matrix.dtype)
        self.diagonal = now.columns

    def times(self, x: Floats) -> Floats:
        """Second derivatives times a direction, in one pass."""
        right = self._right * x.astype(self._matrix.dtype)
        back = np.zeros(self._matrix.shape[1], dtype=self._matrix.dtype)
        for part in _blocks(self._matrix):
            block = self._matrix[part]
            moved = self._left[part] * (block @ right)  # not by the square: too large a number
            back += (self._back[part] * moved) @ block
        product: Floats = self.diagonal * x - (self._right * back).astype(np.float64)
        return product

    def _standing(self, now: Scaled) -> tuple[NDArray[Any], Floats, Floats]:
        """The matrix to multiply with, and the factors that are in it already."""
        if not self.single:
            return self._kernel, np.ones(1), np.ones(1)
        if self._base is None or not (_near(now.u, self._base[1]) and _near(now.v, self._base[2])):
            flows = np.empty(self._kernel.shape, dtype=np.float32)
            for part in _blocks(self._kernel):
                block = self._kernel[part] * now.v
                block *= now.u[part, None]
                block[block < _NEGLIGIBLE] = 0
                flows[part] = block
            self._base = (flows, now.u, now.v)
        return self._base


def _near(factors: Floats, base: Floats) -> bool:
    ratio = factors / base
    return bool(ratio.max() < _FAR and ratio.min() > 1 / _FAR)


def _newton(
    problem: _Problem, now: Scaled, curvature: _Curvature, tolerance: float, most_rounds: int
) -> Scaled:
    """One Newton step, shortened until the function descends; where it does not, Furness."""
    gradient = now.columns - problem.columns
    enough = max(min(_NEAR, now.error), 0.3 * tolerance / now.error)
    curvature.move(now)
    step, passes = _direction(curvature, gradient, enough, most_rounds - now.rounds)
    now = replace(now, rounds=now.rounds + passes)
    step -= np.median(step)  # all factors may be multiplied alike
    share = min(1.0, _LONGEST_STEP / float(np.max(np.abs(step)))) if step.any() else 0.0
    slope = float(gradient @ step)
    for _ in range(_HALVINGS if share else 0):
        then = problem.at(now.v * np.exp(share * step), now.rounds + 1, "newton")
        descends = then.value <= now.value + _ARMIJO * share * slope
        if descends or then.error < _NEAR * now.error:
            curvature.single &= then.error < _NEAR * now.error
            return then
        now = replace(now, rounds=then.rounds)
        share /= 2
    curvature.single = False
    return problem.furness(now, "furness")


def _direction(
    curvature: _Curvature, gradient: Floats, enough: float, most_passes: int
) -> tuple[Floats, int]:
    """Conjugate gradients for the Newton step, down to a share of the residual at the start."""
    scale = 1 / curvature.diagonal
    flat = _FLAT_SINGLE if curvature.single else _FLAT
    step, residual = np.zeros_like(gradient), -gradient
    search = scale * residual
    size = first = float(residual @ search)
    passes = 0
    while size > enough * enough * first and passes < most_passes:
        bent = curvature.times(search)
        passes += 1
        curve = float(search @ bent)
        if curve <= flat * float(search @ (curvature.diagonal * search)):
            if passes == 1 and not curvature.single:
                step = search / flat  # downhill, as far as a step may be
            break
        step += (size / curve) * search
        residual -= (size / curve) * bent
        before, size = size, float(residual @ (scale * residual))
        search = scale * residual + (size / before) * search
    return step, passes
