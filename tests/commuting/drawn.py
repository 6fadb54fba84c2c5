"""Totals and distances drawn at random, and Furness in plain Python to compare with."""

from __future__ import annotations

import numpy as np


def region(zones: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What leaves, what arrives, and distances between zones at random in a square of 1 by 1.

    A zone lies 0.02 from itself.
    """
    chance = np.random.default_rng(seed)
    x, y = chance.random((2, zones))
    distance = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(distance, 0.02)
    leaving, arriving = chance.lognormal(size=(2, zones))
    return leaving, arriving * (leaving.sum() / arriving.sum()), distance


def furness(leaving, arriving, deterrence, rounds: int = 5000) -> np.ndarray:
    """Flows after so many rounds of rows and columns, a number at a time."""
    flows = [[float(cell) for cell in row] for row in deterrence]
    for _ in range(rounds):
        for row, wanted in zip(flows, leaving, strict=True):
            total = sum(row)
            row[:] = [cell * wanted / total if total else 0.0 for cell in row]
        totals = [sum(column) for column in zip(*flows, strict=True)]
        for row in flows:
            scales = zip(row, arriving, totals, strict=True)
            row[:] = [cell * wanted / total if total else 0.0 for cell, wanted, total in scales]
        if all(abs(t - w) <= 1e-14 * w for t, w in zip(totals, arriving, strict=True)):
            break
    return np.array(flows)
