"""The questions behind weights that are derived: an order of wishes, or pairs of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from geo_assen.matching import PairedWeights
from geo_assen.units import format_number
from webapp.fields import Choice
from webapp.matching.weights import (
    METHODS,
    MOST_PAIRED,
    MOST_TIMES,
    paired,
    pairs_of,
    places_of,
    written_times,
)
from webapp.matching.wishes import Wish

__all__ = ["Question", "Weighing", "weighing"]


@dataclass(frozen=True)
class Question:
    """One choice to make: the parameter it fills, what it asks, and the answers."""

    name: str
    title: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Weighing:
    """How weights come about.

    Attributes
    ----------
    methods
        Sliders, order or pairs; one is chosen.
    questions
        A place for each wish, or a judgement for each pair; none for sliders.
    told
        How well the pairs agree; empty where nothing is to be told.
    warning
        Which pair to look at again; empty where the pairs agree well enough.
    """

    methods: tuple[Choice, ...]
    questions: tuple[Question, ...]
    told: str = ""
    warning: str = ""


def weighing(args: Mapping[str, str], active: Sequence[Wish], language: str) -> Weighing:
    """Questions of the chosen way to weigh the wishes that count, with their answers."""
    chosen = args.get("weigh", "")
    chosen = chosen if chosen in METHODS else "sliders"
    titles = {
        "sliders": _("By sliders"),
        "ranks": _("By order of importance"),
        "pairs": _("By comparing in pairs"),
    }
    methods = tuple(Choice(value, title, value == chosen) for value, title in titles.items())
    if chosen == "ranks":
        return Weighing(methods, _rank_questions(args, active))
    if chosen == "pairs":
        return _pair_questions(methods, args, active, language)
    return Weighing(methods, ())


def _rank_questions(args: Mapping[str, str], active: Sequence[Wish]) -> tuple[Question, ...]:
    places = places_of(args, [wish.subject for wish in active])
    return tuple(
        Question(
            f"rank.{wish.subject}",
            wish.title,
            tuple(
                Choice(str(n), _("place %(number)s", number=n), n == place)
                for n in range(1, len(active) + 1)
            ),
        )
        for wish, place in zip(active, places, strict=True)
    )


def _pair_questions(
    methods: tuple[Choice, ...], args: Mapping[str, str], active: Sequence[Wish], language: str
) -> Weighing:
    subjects = [wish.subject for wish in active]
    if len(subjects) < 2:
        return Weighing(methods, (), told=_("Pairs need at least two wishes that weigh."))
    if len(subjects) > MOST_PAIRED:
        most = _("At most %(most)s wishes can be compared in pairs.", most=MOST_PAIRED)
        return Weighing(methods, (), told=most)
    questions = tuple(
        Question(
            f"pair.{subjects[i]}:{subjects[j]}",
            _("%(one)s or %(other)s", one=active[i].title, other=active[j].title),
            _times_choices(times, active[i].title, active[j].title),
        )
        for (i, j), times in pairs_of(args, subjects).items()
    )
    found = paired(args, subjects)
    ratio = format_number(found.consistency_ratio, language, 2)
    told = _("Consistency ratio %(ratio)s; below 0.10 the pairs agree well enough.", ratio=ratio)
    return Weighing(methods, questions, told, _warning(found, active))


def _warning(found: PairedWeights, active: Sequence[Wish]) -> str:
    """Pair that fits the others least, and what they imply for it."""
    if found.is_consistent or found.to_reconsider is None:
        return ""
    i, j, implied = found.to_reconsider
    return _(
        "The pairs contradict each other. Look again at “%(one)s or %(other)s”: by the other "
        "pairs it would be: %(implied)s.",
        one=active[i].title,
        other=active[j].title,
        implied=_times_words(implied, active[i].title, active[j].title),
    )


def _times_choices(times: float, one: str, other: str) -> tuple[Choice, ...]:
    steps = [*range(MOST_TIMES, 1, -1), 1, *(1 / n for n in range(2, MOST_TIMES + 1))]
    return tuple(
        Choice(
            written_times(step),
            _times_words(step, one, other),
            abs(step - times) < 1e-9,
        )
        for step in steps
    )


def _times_words(times: float, one: str, other: str) -> str:
    number = round(times if times >= 1 else 1 / times)
    if number == 1:
        return _("equally important")
    heavier = one if times > 1 else other
    return _("%(title)s %(times)s times as important", title=heavier, times=number)
