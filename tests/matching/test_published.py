"""Desirabilities of a published worked example: a compound for tyre treads.

Derringer & Suich (1980), "Simultaneous optimization of several response variables",
Journal of Quality Technology 12(4), 214-219.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo_assen.matching import Curve
from geo_assen.matching.desirability import number_desirability

TYRE_TREAD = {
    "abrasion index": (129.5, 0.05, Curve(larger=(120, 170)), 0.189),
    "modulus": (1300.0, 0.5, Curve(larger=(1000, 1300)), 1.000),
    "elongation at break": (465.7, 0.05, Curve(target=(400, 500, 500, 600)), 0.656),
    "hardness": (68.0, 0.05, Curve(target=(60, 67.5, 67.5, 75)), 0.932),
}
"""Response at the optimum as printed, half its last digit, curve, desirability as printed."""

OVERALL = 0.583
"""Their geometric mean, as printed."""


def desirability(curve, value):
    return float(number_desirability(curve, np.array([value]))[0])


@pytest.mark.parametrize("response", TYRE_TREAD)
def test_desirability_of_a_printed_response_is_the_printed_one(response):
    """To the digits that the rounded response still determines."""
    value, half_digit, curve, printed = TYRE_TREAD[response]
    reached = [desirability(curve, value + step) for step in (-half_digit, half_digit)]
    assert min(reached) - 0.0005 <= printed <= max(reached) + 0.0005


FITTED = {
    "abrasion index": (139.12, 16.49, 17.88, 10.91, -4.01, -3.45, -1.57, 5.13, 7.13, 7.88),
    "modulus": (
        *(1261.11, 268.15, 246.5, 139.48, -83.55, -124.79, 199.17, 69.38, 94.13, 104.38),
    ),
    "elongation at break": (
        *(400.38, -99.67, -31.4, -73.92, 7.93, 17.31, 0.43, 8.75, 6.25, 1.25),
    ),
    "hardness": (68.91, -1.41, 4.32, 1.63, 1.56, 0.06, -0.32, -1.63, 0.13, -0.25),
}
"""Fitted responses: constant, three factors, their squares, their products 12, 13 and 23."""

SETTINGS = (-0.050, 0.145, -0.868)
"""Of the three factors at the optimum."""


def test_overall_desirability_of_the_optimum_is_the_printed_one():
    one, two, three = SETTINGS
    terms = (1, one, two, three, one**2, two**2, three**2, one * two, one * three, two * three)
    found = [
        desirability(curve, float(np.dot(FITTED[response], terms)))
        for response, (_, _, curve, _) in TYRE_TREAD.items()
    ]
    assert round(math.prod(found) ** 0.25, 3) == OVERALL
    assert round(found[0], 3) == 0.189
    assert found[1] == 1
