"""Why a site stands where it stands: nearest miss, next question, and words in nl and en.

Any language but ``en`` is answered in Dutch, the first language of the interface.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.matching.constraints import MISSING, NO_PLACE, NO_TRAVEL_TIMES, PART_FITS, UNSURE
from geo_assen.matching.result import (
    ConstraintResult,
    CriterionResult,
    Direction,
    NearestMiss,
    Result,
    Verdict,
)
from geo_assen.units import format_about, format_date, format_number, format_quantity

__all__ = [
    "Gain",
    "Vocabulary",
    "nearest_miss",
    "next_question",
    "reasons",
    "short_reason",
    "why_not_higher",
]


class Vocabulary(Protocol):
    """Titles of fields and codes; a ranking and the sites themselves both have them."""

    @property
    def fields(self) -> Mapping[str, FieldDefinition]:
        """Definitions of the fields by name."""

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Code lists by name."""


@dataclass(frozen=True)
class Gain:
    """A criterion on which the site above gains.

    Attributes
    ----------
    score_gain
        Part of the score, 0 to 1, that the site above has more on this criterion.
    here, above
        What the criterion gives both; ``None`` where it does not apply to the kind.
    """

    name: str
    score_gain: float
    here: CriterionResult | None
    above: CriterionResult | None


def nearest_miss(constraints: Sequence[ConstraintResult]) -> NearestMiss | None:
    """Change that turns the only failing constraint into a pass; None if not exactly one fails."""
    failing = [item for item in constraints if item.verdict is Verdict.FAIL]
    if len(failing) != 1 or failing[0].shortfall is None:
        return None
    only = failing[0]
    return NearestMiss(only.name, failing[0].shortfall, only.unit, _direction(only))


def _direction(failed: ConstraintResult) -> Direction:
    limit = failed.limit if isinstance(failed.limit, Mapping) else {}
    simple: dict[str, Direction] = {
        "max_m": "nearer",
        "max_minutes": "nearer",
        "inside": "inside",
        "one_of": "one_of",
        "at_least": "higher",
    }
    for operator, direction in simple.items():
        if operator in limit:
            return direction
    if "is" in limit:
        return "with" if limit["is"] else "without"
    if not limit:
        return "one_of"
    too_low = "min" in limit and _comparable(failed.value) < _comparable(limit["min"])
    if failed.unit == "days":
        return "later" if too_low else "earlier"
    if failed.unit == "m2":
        return "larger" if too_low else "smaller"
    return "higher" if too_low else "lower"


def _comparable(value: object) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def next_question(
    constraints: Sequence[ConstraintResult], criteria: Sequence[CriterionResult]
) -> str | None:
    """Name of the unknown whose answer would move the site most.

    An unknown constraint goes before any criterion, because it decides the group; of
    several the one that also carries most unknown weight, then the first. Among criteria
    the most unknown weight counts, then the first. ``None`` where no answer would move it.
    """
    weights: dict[str, float] = {}
    for criterion in criteria:
        if criterion.unknown and criterion.weight > 0:
            weights[criterion.name] = weights.get(criterion.name, 0.0) + float(criterion.weight)
    open_names = [item.name for item in constraints if item.verdict is Verdict.UNKNOWN]
    candidates = open_names or list(weights)
    return max(candidates, key=lambda name: weights.get(name, 0.0), default=None)


def why_not_higher(result: Result, above: Result) -> tuple[Gain, ...]:
    """List the criteria on which the site above gains, the largest gain first.

    Contributions are compared as parts of the score, because a plot and premises may be
    weighed over different criteria. Empty where the site above does not gain anywhere:
    it then stands higher by its verdict, or by its id.
    """
    here, there = _parts(result.criteria), _parts(above.criteria)
    gains = []
    for key in dict.fromkeys([*there, *here]):
        mine, my_part = here.get(key, (None, 0.0))
        theirs, their_part = there.get(key, (None, 0.0))
        if their_part > my_part:
            gains.append(Gain(key[0], their_part - my_part, mine, theirs))
    return tuple(sorted(gains, key=lambda gain: -gain.score_gain))


def _parts(
    criteria: Sequence[CriterionResult],
) -> dict[tuple[str, int], tuple[CriterionResult, float]]:
    """Part of the score by criterion; a number tells apart criteria of the same name."""
    total = sum(float(item.weight) for item in criteria) or 1.0
    parts: dict[tuple[str, int], tuple[CriterionResult, float]] = {}
    for item in criteria:
        number = sum(1 for name, _ in parts if name == item.name)
        parts[item.name, number] = (item, item.contribution / total)
    return parts


def short_reason(
    result: Result, language: str, vocabulary: Vocabulary, *, on_screen: bool = False
) -> str:
    """Say in a few words why the site is in its group: fits, to check, "yes, if", or no.

    Parameters
    ----------
    on_screen
        Written for people to look at: what a model counted is rounded, and of what follows
        from where the site lies is said what is short, since no change there would mend it.
    """
    words = _Words(language, vocabulary, on_screen=on_screen)
    if result.verdict is Verdict.PASS:
        return words.say("past", "fits")
    if result.verdict is Verdict.UNKNOWN:
        asked = [words.open_point(c) for c in result.constraints if c.verdict is Verdict.UNKNOWN]
        return f"{words.say('te checken', 'to check')}: {', '.join(dict.fromkeys(asked))}"
    failing = [item for item in result.constraints if item.verdict is Verdict.FAIL]
    if result.nearest_miss is not None and on_screen and words.is_of_place(failing[0]):
        return words.shortage(result.nearest_miss)
    if result.nearest_miss is not None:
        miss = words.miss(result.nearest_miss, failing[0])
        return f"{words.say('ja, mits', 'yes, if')} {miss}"
    names = ", ".join(dict.fromkeys(words.name(item.name) for item in failing))
    return f"{words.say('nee, faalt op', 'no, fails on')} {names}"


def reasons(
    result: Result, language: str, vocabulary: Vocabulary, *, on_screen: bool = False
) -> tuple[str, ...]:
    """Say in sentences what decided: the group first, then what fails, is open, or counts.

    Criteria follow by contribution, the largest first; unknown ones come last.

    Parameters
    ----------
    on_screen
        As :func:`short_reason` takes it.
    """
    words = _Words(language, vocabulary, on_screen=on_screen)
    told = [short_reason(result, language, vocabulary, on_screen=on_screen)]
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN):
        told += [words.answer(item) for item in result.constraints if item.verdict is verdict]
    known_first = sorted(result.criteria, key=lambda item: (item.unknown, -item.contribution))
    return (*told, *(words.wish(item) for item in known_first))


_DIRECTIONS: dict[Direction, tuple[str, str]] = {
    "smaller": ("kleiner", "smaller"),
    "larger": ("groter", "larger"),
    "lower": ("lager", "lower"),
    "higher": ("hoger", "higher"),
    "earlier": ("eerder", "earlier"),
    "later": ("later", "later"),
}
_SHORTAGES: dict[Direction, tuple[str, str]] = {
    "lower": ("te veel", "too many"),
    "higher": ("te weinig", "too few"),
}
_OFF: dict[Direction, tuple[str, str]] = {
    "lower": ("te veel", "too much"),
    "higher": ("te weinig", "too little"),
}
_DISTANCES: dict[Direction, tuple[str, str]] = {
    "lower": ("te ver", "too far"),
    "higher": ("te dichtbij", "too near"),
}
_LIMITS = {
    "min": ("minstens", "at least"),
    "at_least": ("minstens", "at least"),
    "max": ("hoogstens", "at most"),
    "max_m": ("hoogstens", "at most"),
    "max_minutes": ("hoogstens", "at most"),
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KNOWN_REASONS = {
    "option": "optie",
    "reservation": "reservering",
    UNSURE["vacant_without_offer"]: "leeg, niet in aanbod",
    MISSING: "niet bekend",
    NO_TRAVEL_TIMES: "geen reistijden bekend",
    NO_PLACE: "geen zo'n plaats bekend",
    PART_FITS: "een deel past",
}


class _Words:
    """Names and amounts in one language."""

    def __init__(self, language: str, vocabulary: Vocabulary, *, on_screen: bool) -> None:
        self.on_screen = on_screen
        self.language = "en" if language == "en" else "nl"
        self.fields = vocabulary.fields
        self.codes = vocabulary.codes

    def say(self, nl: str, en: str) -> str:
        return en if self.language == "en" else nl

    def name(self, name: str) -> str:
        """Name of a constraint or criterion as it stands inside a sentence."""
        if name == "availability":
            return self.say("beschikbaarheid", "availability")
        subject, colon, told = name.partition(":")
        if colon and subject == "near":
            return f"{self.say('afstand tot', 'distance to')} {self.place(told)}"
        if colon:
            return f"{self.say('binnen', 'inside')} {self.area(told)}"
        field = self.fields.get(name)
        return _small(field.title.of(self.language)) if field else name

    def place(self, told: str) -> str:
        if "," in told:
            return self.say("het gekozen punt", "the chosen point")
        kinds = self.codes.get("place_kind")
        return _small(kinds.title(told, self.language)) if kinds else told

    def area(self, told: str) -> str:
        return self.say("het getekende gebied", "the drawn area") if told == "polygon" else told

    def value(self, name: str, value: object, unit: str | None) -> str:
        """Value with its unit or the title of its code."""
        if isinstance(value, (list, tuple)):
            return self.either([self.value(name, item, unit) for item in value])
        field = self.fields.get("status" if name == "availability" else name)
        codes = self.codes.get(field.codes) if field and field.codes else None
        if codes is not None and value is not None:
            return codes.title(value, self.language)
        if isinstance(value, str) and field is not None and field.type == "date":
            value = date.fromisoformat(value)
        return format_quantity(value, unit, self.language)

    def measured(self, name: str, value: object, unit: str | None) -> str | None:
        """What a model counted, rounded; None where it is said exactly."""
        field = self.fields.get(name)
        if not self.on_screen or field is None or not field.is_modelled_count:
            return None
        return format_about(value, unit, self.language)

    def is_of_place(self, constraint: ConstraintResult) -> bool:
        """Whether what fails follows from where the site lies."""
        field = self.fields.get(constraint.name)
        return constraint.name.startswith("near:") or (field is not None and field.is_of_place)

    def shortage(self, miss: NearestMiss) -> str:
        """Nearest miss of what follows from the place: how much is short."""
        amount = self.measured(miss.constraint, miss.change, miss.unit)
        amount = amount or self.amount(miss.change, miss.unit)
        if miss.direction == "nearer":
            place = self.place(miss.constraint.partition(":")[2])
            return f"{amount} {self.say(f'te ver van {place}', f'too far from {place}')}"
        if miss.unit == "m":
            words = _DISTANCES
        else:
            words = _SHORTAGES if miss.unit in ("workers", "visitors") else _OFF
        return f"{self.name(miss.constraint)}: {amount} {self.say(*words[miss.direction])}"

    def either(self, parts: Sequence[str]) -> str:
        """Join with commas and "or"."""
        if len(parts) < 2:
            return "".join(parts)
        return f"{', '.join(parts[:-1])} {self.say('of', 'or')} {parts[-1]}"

    def amount(self, change: float, unit: str | None) -> str:
        if unit == "days":
            one = change == 1
            word = self.say("dag" if one else "dagen", "day" if one else "days")
            return f"{format_number(change, self.language)} {word}"
        if unit == "steps":
            one = change == 1
            word = self.say("stap" if one else "stappen", "step" if one else "steps")
            return f"{format_number(change, self.language)} {word}"
        return format_quantity(change, unit, self.language)

    def miss(self, miss: NearestMiss, failed: ConstraintResult) -> str:
        """Nearest miss behind "yes, if"."""
        subject = self.name(miss.constraint)
        if miss.direction == "inside":
            outside = self.say("nu {} erbuiten", "now {} outside")
            return f"{subject} ({outside.format(self.amount(miss.change, miss.unit))})"
        if miss.direction == "nearer":
            place = self.place(miss.constraint.partition(":")[2])
            return f"{self.amount(miss.change, miss.unit)} " + self.say(
                f"dichter bij {place}", f"closer to {place}"
            )
        if miss.direction in ("with", "without"):
            with_it = miss.direction == "with"
            return f"{self.say(*_WITH[with_it])} {subject}"
        if miss.direction == "one_of":
            limit = failed.limit
            wanted = limit["one_of"] if isinstance(limit, Mapping) else limit
            return f"{subject} {self.value(miss.constraint, wanted, None)}"
        changed = f"{self.amount(miss.change, miss.unit)} {self.say(*_DIRECTIONS[miss.direction])}"
        return changed if miss.unit == "m2" else f"{subject} {changed}"

    def open_point(self, constraint: ConstraintResult) -> str:
        """Name of what is unknown, with its reason where there is more to say than that."""
        told = self.name(constraint.name)
        known = constraint.reason in (None, MISSING)
        return told if known else f"{told} ({self.reason(constraint.reason)})"

    def reason(self, reason: str | None) -> str:
        text, until, last = (reason or "").partition(" until ")
        told = _KNOWN_REASONS.get(text, text) if self.language == "nl" else text
        if not _DAY.fullmatch(last):
            return told + until + last
        return f"{told} {self.say('tot en met', 'until')} {self.day(last)}"

    def day(self, iso: str) -> str:
        return format_date(date.fromisoformat(iso), self.language)

    def answer(self, constraint: ConstraintResult) -> str:
        """One constraint in a sentence: what the site has and what was asked."""
        name = _large(self.name(constraint.name))
        if constraint.verdict is Verdict.UNKNOWN:
            return f"{name}: {self.reason(constraint.reason)}"
        if constraint.name.startswith("inside:"):
            outside = self.exact(constraint.value or 0, constraint.unit)
            return f"{name}: {self.say(f'{outside} erbuiten', f'{outside} outside')}"
        has = self.measured(constraint.name, constraint.value, constraint.unit)
        has = has or self.exact_value(constraint, constraint.value)
        asked = self.limit(constraint)
        return f"{name}: {has}, {self.say('gevraagd', 'asked')} {asked}"

    def limit(self, constraint: ConstraintResult) -> str:
        limit = constraint.limit
        if not isinstance(limit, Mapping):
            return self.exact_value(constraint, limit)
        parts = []
        for operator, value in limit.items():
            word = self.say(*_LIMITS.get(operator, ("", "")))
            parts.append(f"{word} {self.exact_value(constraint, value)}".strip())
        return self.say(" en ", " and ").join(parts)

    def exact_value(self, constraint: ConstraintResult, value: object) -> str:
        """Value to set beside a limit: not rounded to hectares or kilometres."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.exact(value, constraint.unit)
        return self.value(constraint.name, value, None)

    def exact(self, value: float, unit: str | None) -> str:
        if unit in ("m2", "m"):
            return f"{format_number(value, self.language)} {'m²' if unit == 'm2' else 'm'}"
        return format_quantity(value, unit, self.language)

    def wish(self, criterion: CriterionResult) -> str:
        """One criterion in a sentence: the value and how far it meets the wish."""
        name = _large(self.name(criterion.name))
        if criterion.desirability is None:
            told = self.say("niet bekend, telt voor de helft", "not recorded, counts for half")
            return f"{name}: {told}"
        met = format_number(criterion.desirability * 100, self.language)
        has = self.measured(criterion.name, criterion.value, criterion.unit)
        has = has or self.value(criterion.name, criterion.value, criterion.unit)
        told = self.say(f"wens voor {met} % vervuld", f"{met} % of the wish met")
        return f"{name}: {has}, {told}"


_WITH = {True: ("met", "with"), False: ("zonder", "without")}


def _small(title: str) -> str:
    """Title inside a sentence; an abbreviation keeps its capitals."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _large(text: str) -> str:
    return text[:1].upper() + text[1:]
