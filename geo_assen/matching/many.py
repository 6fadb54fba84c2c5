"""Many requirements in one pass over the same sites."""

from __future__ import annotations

import os
import pickle
import threading
import warnings
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from geo_assen.access import Role
from geo_assen.errors import RequirementError
from geo_assen.matching.index import SiteIndex
from geo_assen.matching.order import Placed
from geo_assen.matching.ranking import Ranking, match
from geo_assen.matching.requirement import Requirement

__all__ = ["match_pairs"]

_TOGETHER = 500
"""Requirements that are worked on before the first of them is told."""

_WORTH_A_PROCESS = 20_000_000
"""Sites times requirements from which a second process is quicker than one alone."""

_Asked = tuple[Requirement, SiteIndex]
_Found = Placed | RequirementError


def match_pairs(
    asked: Iterable[_Asked], *, top: int, role: Role = Role.PUBLIC
) -> Iterator[Ranking]:
    """Rank many requirements, each over the sites beside it, in the order of asking.

    Where there is much to do a second process takes every other one: it has the same sites
    in the same memory, and only says which rows come first.

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
    while pairs := list(islice(left, _TOGETHER)):
        work = sum(len(index) for _, index in pairs)
        by_two = work >= _WORTH_A_PROCESS and len(pairs) > 1 and _may_fork()
        found = _found_by_two(pairs, top, role) if by_two else _found(pairs, top, role)
        for (requirement, index), one in zip(pairs, found, strict=True):
            if isinstance(one, RequirementError):
                raise one
            yield Ranking(requirement, index, found_before={top: one})


def _may_fork() -> bool:
    """Whether a second process can be had; the threads of a server do without."""
    return hasattr(os, "fork") and threading.current_thread() is threading.main_thread()


def _found(pairs: Sequence[_Asked], top: int, role: Role) -> Iterator[_Found]:
    """First rows of each, or what is wrong with it."""
    for requirement, index in pairs:
        try:
            yield match(requirement, index, role=role).look_for(top)
        except RequirementError as error:
            yield error


def _found_by_two(pairs: Sequence[_Asked], top: int, role: Role) -> list[_Found]:
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # the child runs none of the parent's other threads, and needs none of their locks
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(writing, pairs[1::2], top, role)
    os.close(writing)
    own = list(_found(pairs[::2], top, role))
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    # a child that was killed has told nothing: then its part is done here, and so is what
    # it could not find, to say why
    theirs = pairs[1::2]
    placed: list[Placed | None] = pickle.loads(told) if told else [None] * len(theirs)  # noqa: S301 - our own child
    others = [
        next(_found([pair], top, role)) if one is None else one
        for pair, one in zip(theirs, placed, strict=True)
    ]
    both = [*own, *others]
    both[::2], both[1::2] = own, others
    return both


def _answer(writing: int, pairs: Sequence[_Asked], top: int, role: Role) -> None:
    """Tell what was found, and end this process without a word to anything else."""
    try:
        found = _found(pairs, top, role)
        told = pickle.dumps([None if isinstance(one, RequirementError) else one for one in found])
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(told)
    finally:
        os._exit(0)
