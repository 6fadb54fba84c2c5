"""Many requirements in one pass over the same sites."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

from geo_assen.access import Role
from geo_assen.matching.index import SiteIndex
from geo_assen.matching.ranking import Ranking, match
from geo_assen.matching.requirement import Requirement

__all__ = ["match_pairs"]

_THREADS = 2
_AHEAD = 64
"""Rankings worked on before the first of them is taken."""


def match_pairs(
    asked: Iterable[tuple[Requirement, SiteIndex]], *, top: int, role: Role = Role.PUBLIC
) -> Iterator[Ranking]:
    """Rank many requirements, each over the sites beside it, in the order of asking.

    The next ones are worked on while the last one is used: almost all of it happens outside
    Python's lock.

    Parameters
    ----------
    top
        How many sites of each will be looked at; those are found ahead.

    Raises
    ------
    RequirementError
        As :func:`geo_assen.matching.match`, when the turn of that requirement has come.
    """
    left = iter(asked)
    with ThreadPoolExecutor(_THREADS) as pool:

        def begun(count: int) -> Iterator[Future[Ranking]]:
            for requirement, index in islice(left, count):
                yield pool.submit(_ranked, requirement, index, top, role)

        waiting = deque(begun(_AHEAD))
        try:
            while waiting:
                ranking = waiting.popleft().result()
                waiting.extend(begun(1))
                yield ranking
        finally:
            for future in waiting:
                future.cancel()


def _ranked(requirement: Requirement, index: SiteIndex, top: int, role: Role) -> Ranking:
    ranking = match(requirement, index, role=role)
    ranking.look_for(top)
    return ranking
