"""What is worth knowing about a requirement that can be matched: no fault, but told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from geo_assen.catalogue import FieldDefinition
from geo_assen.matching.clauses import Constraint
from geo_assen.matching.requirement import Requirement
from geo_assen.matching.written import Limit
from geo_assen.units import format_date

__all__ = ["remarks"]


def remarks(
    requirement: Requirement,
    *,
    as_of: date,
    fields: Mapping[str, FieldDefinition],
    language: str,
) -> tuple[str, ...]:
    """Say what whoever asks may have overlooked, a sentence each; empty if nothing.

    Days that have passed, clauses that stand twice or that no site can meet together,
    wishes that all weigh nothing, a relocation from nowhere. None of these keeps sites
    from being ranked.

    Parameters
    ----------
    as_of
        Date that is asked about.
    fields
        Fields of a site by name, for their titles.
    language
        ``nl`` or ``en``; any other is answered in Dutch.
    """
    pairs = (
        *_passed(requirement, as_of, fields),
        *_twice(requirement),
        *_at_odds(requirement),
        *_idle(requirement),
    )
    return tuple(en if language == "en" else nl for nl, en in pairs)


def _passed(
    requirement: Requirement, as_of: date, fields: Mapping[str, FieldDefinition]
) -> Iterator[tuple[str, str]]:
    if requirement.needed_by is not None and requirement.needed_by < as_of:
        nl, en = (format_date(requirement.needed_by, language) for language in ("nl", "en"))
        yield (
            f"De datum waarop de locatie nodig is, {nl}, is voorbij.",
            f"The day on which the site is needed, {en}, has passed.",
        )
    for constraint in requirement.constraints:
        field = fields.get(constraint.field or "")
        if field and isinstance(constraint.max, date) and constraint.max < as_of:
            nl, en = (format_date(constraint.max, language) for language in ("nl", "en"))
            title = field.title
            yield (
                f"De eis „{title.nl}, uiterlijk {nl}” ligt voor de peildatum.",
                f"The constraint “{title.en}, {en} at the latest” lies before the date asked.",
            )


def _idle(requirement: Requirement) -> Iterator[tuple[str, str]]:
    if requirement.criteria and not any(item.weight for item in requirement.criteria):
        yield (
            "Alle wensen hebben gewicht 0: de volgorde zegt niets, locaties staan op hun code.",
            "All wishes have weight 0: the order says nothing, sites stand by their code.",
        )
    if requirement.kind == "relocate" and requirement.present_site is None:
        yield (
            "Een verplaatsing zonder huidige locatie: noem die, dan is te zien wat vrijkomt.",
            "A relocation without its present site: name it, and what comes free is seen.",
        )


def _twice(requirement: Requirement) -> Iterator[tuple[str, str]]:
    parts = {
        ("Eis", "Constraint"): [repr(item) for item in requirement.constraints],
        # A wish with another weight is the same wish: both weights count.
        ("Wens", "Criterion"): [
            repr((item.field, item.near, item.curve)) for item in requirement.criteria
        ],
    }
    for (nl, en), texts in parts.items():
        first: dict[str, int] = {}
        for number, text in enumerate(texts, start=1):
            before = first.setdefault(text, number)
            if before != number:
                yield (
                    f"{nl} {number} zegt hetzelfde als {before} en telt zo dubbel.",
                    f"{en} {number} says the same as {before} and so counts twice.",
                )


def _at_odds(requirement: Requirement) -> Iterator[tuple[str, str]]:
    before: dict[str, list[tuple[int, Constraint]]] = {}
    for number, constraint in enumerate(requirement.constraints, start=1):
        if constraint.field is None:
            continue
        others = before.setdefault(constraint.field, [])
        for other, earlier in others:
            if _exclude(constraint, earlier):
                yield (
                    f"Geen locatie kan zowel aan eis {other} als aan eis {number} voldoen.",
                    f"No site can meet both constraint {other} and constraint {number}.",
                )
                break
        others.append((number, constraint))


def _exclude(one: Constraint, other: Constraint) -> bool:
    """Whether no value of a field meets both constraints on it."""
    if _above(one.min, other.max) or _above(other.min, one.max):
        return True
    if one.equals is not None and other.equals is not None:
        return one.equals != other.equals
    return bool(one.one_of and other.one_of and not set(one.one_of) & set(other.one_of))


def _above(low: Limit | None, high: Limit | None) -> bool:
    if low is None or high is None or isinstance(low, date) != isinstance(high, date):
        return False
    return bool(low > high)  # type: ignore[operator]
