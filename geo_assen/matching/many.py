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
from geo_assen.matching.bulk import can_compile, first_of_many, is_compiled
from geo_assen.matching.index import SiteIndex
from geo_assen.matching.order import Placed
from geo_assen.matching.ranking import Ranking, match
from geo_assen.matching.requirement import Requirement

__all__ = ["match_pairs"]

_TOGETHER = 500
"""Requirements that are worked on before the first of them is told."""

_WORTH_A_PROCESS = 20_000_000
"""Sites times requirements from which a second process is quicker than one alone."""

_WORTH_COMPILING = 10_000
"""Requirements over few sites in one call that repay the second or so of loading machine code."""

_Asked = tuple[Requirement, SiteIndex]
_Found = Placed | RequirementError


def match_pairs(
    asked: Iterable[_Asked], *, top: int, role: Role = Role.PUBLIC
) -> Iterator[Ranking]:
    """Rank many requirements, each over the sites beside it, in the order of asking.

    Where there is much to do a second process takes every other one: it has the same sites
    in the same memory, and only says which rows come first. Where sites are few and
    requirements very many, or the machine code for it is loaded, they are asked by that.

    Parameters
    ----------
    top
        How many sites of each will be looked at; those are found ahead.

    Raises
    ------
    RequirementError
        As :func:`geo_assen.matching.match`, when the turn of that requirement has come.
    """
    left, told = iter(asked), 0
    while pairs := list(islice(left, _TOGETHER)):
        told += len(pairs)
        work = sum(len(index) for _, index in pairs)
        if _may_compile(pairs, told):
            found: Iterable[_Found] = _found_compiled(pairs, top, role)
        elif work >= _WORTH_A_PROCESS and len(pairs) > 1 and _may_fork():
            found = _found_by_two(pairs, top, role)
        else:
            found = _found(pairs, top, role)
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


def _may_compile(pairs: Sequence[_Asked], told: int) -> bool:
    """Whether all are asked of the same few sites, and it is worth asking by machine code."""
    index = pairs[0][1]
    suits = index.is_small and all(own is index for _, own in pairs)
    return suits and (is_compiled() or (told >= _WORTH_COMPILING and can_compile()))


def _found_compiled(pairs: Sequence[_Asked], top: int, role: Role) -> list[_Found]:
    rankings: list[Ranking | RequirementError] = []
    for requirement, index in pairs:
        try:
            rankings.append(match(requirement, index, role=role))
        except RequirementError as error:
            rankings.append(error)
    good = [one for one in rankings if isinstance(one, Ranking)]
    placed = iter(first_of_many([one.blocks for one in good], top))
    found: list[_Found] = []
    for one in rankings:
        if isinstance(one, RequirementError):
            found.append(one)
            continue
        first = next(placed)
        found.append(one.look_for(top) if first is None else first)
    return found


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
