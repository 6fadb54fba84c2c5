"""What answers to many requirements must be, in whatever way they were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from geo_assen.errors import RequirementError
from geo_assen.matching import Ranking, Requirement, SiteIndex, match
from tests.matching.factories import make_requirement

WRONG = make_requirement(constraint=[{"field": "depth_m", "min": 3}])
"""Asks for a field that no site has."""


def check_in_order(
    answers: Iterator[Ranking], asked: Sequence[Requirement], index: SiteIndex, top: int
) -> None:
    """Each answer is that of its requirement alone; a wrong one is told when its turn comes."""
    for one in asked:
        if one is WRONG:
            with pytest.raises(RequirementError, match="depth_m"):
                next(answers)
            return
        answer, alone = next(answers), match(one, index)
        assert answer.requirement == one
        assert answer.top(top) == alone.top(top)
        assert answer.counts == alone.counts
