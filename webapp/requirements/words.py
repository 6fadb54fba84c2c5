"""A need in plain words, and what is wrong with one, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from geo_assen.catalogue import Catalogue, FieldDefinition
from geo_assen.matching import Constraint, Criterion, Curve, Requirement
from geo_assen.services import RequirementChange
from geo_assen.units import format_date, format_quantity

__all__ = ["ChangeWords", "NeedWords", "change_words", "need_words", "told_faults"]

_LOCAL = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True)
class NeedWords:
    """What is asked, under the three headings of the match screen.

    Attributes
    ----------
    wishes
        Sentence and weight of each wish.
    """

    what: str
    musts: tuple[str, ...]
    wishes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChangeWords:
    """One change of a record: when, and what became what."""

    when: str
    parts: tuple[str, ...]


class _Speaker:
    """Titles and amounts in one language."""

    def __init__(self, catalogue: Catalogue, areas: Mapping[str, str], language: str) -> None:
        self.catalogue = catalogue
        self.areas = areas
        self.language = language
        self.fields = {field.name: field for field in catalogue.layers["sites"].field}

    def code(self, codes: str, value: str) -> str:
        return self.catalogue.codes[codes].title(value, self.language)

    def either(self, words: Iterable[str]) -> str:
        listed = list(words)
        if len(listed) < 2:
            return "".join(listed)
        return _("%(some)s or %(last)s", some=", ".join(listed[:-1]), last=listed[-1])

    def title(self, name: str | None) -> str:
        field = self.fields.get(name or "")
        return field.title.of(self.language) if field else str(name)

    def value(self, field: FieldDefinition | None, value: object) -> str:
        if isinstance(value, date):
            return format_date(value, self.language)
        codes = self.catalogue.codes_of(field) if field else None
        if codes is not None:
            return codes.title(value, self.language)
        return format_quantity(value, field.unit if field else "m", self.language)

    def place(self, near: object) -> str:
        if isinstance(near, str):
            return self.code("place_kind", near).lower()
        return _("the point %(place)s", place=", ".join(str(part) for part in near))  # type: ignore[attr-defined]

    def area(self, inside: object) -> str:
        if isinstance(inside, str):
            return self.areas.get(inside, inside)
        return _("a drawn area")


def need_words(
    requirement: Requirement, catalogue: Catalogue, areas: Mapping[str, str], language: str
) -> NeedWords:
    """Put what is asked of a site into words.

    Parameters
    ----------
    areas
        Names of areas and parks by code.
    """
    say = _Speaker(catalogue, areas, language)
    kinds = say.either(say.code("site_kind", kind).lower() for kind in requirement.kinds)
    uses = say.either(say.code("uses", use).lower() for use in requirement.use)
    what = _("%(kinds)s, for %(uses)s", kinds=kinds, uses=uses) if uses else kinds
    return NeedWords(
        what=what[:1].upper() + what[1:],
        musts=tuple(_must(constraint, say) for constraint in requirement.constraints),
        wishes=tuple((_wish(wish, say), f"{wish.weight:g}") for wish in requirement.criteria),
    )


def _must(constraint: Constraint, say: _Speaker) -> str:
    if constraint.near is not None:
        place = say.place(constraint.near)
        if constraint.max_m is not None:
            most = format_quantity(constraint.max_m, "m", say.language)
            return _("At most %(most)s from %(place)s", most=most, place=place)
        most = format_quantity(constraint.max_minutes, "minutes", say.language)
        return _("At most %(most)s of travel to %(place)s", most=most, place=place)
    if constraint.field is None:
        return _("In %(area)s", area=say.area(constraint.inside))
    title = say.title(constraint.field)
    return _("%(field)s: %(asked)s", field=title, asked=_asked(constraint, say))


def _asked(constraint: Constraint, say: _Speaker) -> str:
    field = say.fields.get(constraint.field or "")
    if constraint.equals is not None:
        return _("yes") if constraint.equals else _("no")
    if constraint.one_of is not None:
        return say.either(say.value(field, value) for value in constraint.one_of)
    if constraint.at_least is not None:
        return _("at least %(value)s", value=say.value(field, constraint.at_least))
    low, high = (
        None if bound is None else say.value(field, bound)
        for bound in (constraint.min, constraint.max)
    )
    if low and high:
        return _("%(low)s to %(high)s", low=low, high=high)
    if isinstance(constraint.min or constraint.max, date):
        return _("from %(day)s", day=low) if low else _("%(day)s at the latest", day=high)
    return _("at least %(value)s", value=low) if low else _("at most %(value)s", value=high)


def _wish(wish: Criterion, say: _Speaker) -> str:
    if wish.near is not None:
        subject, field = _("Distance to %(place)s", place=say.place(wish.near)), None
    else:
        subject, field = say.title(wish.field), say.fields.get(wish.field or "")
    return _("%(field)s: %(asked)s", field=subject, asked=_curve(wish.curve, field, say))


def _curve(curve: Curve, field: FieldDefinition | None, say: _Speaker) -> str:
    if curve.categories is not None:
        names = sorted(curve.categories.items(), key=lambda pair: -pair[1])
        return _("preferably %(values)s", values=", ".join(say.value(field, n) for n, _d in names))
    knots = curve.smaller or curve.larger or curve.target
    if knots is None:
        return _("by a curve of its own")
    texts = [say.value(field, knot) for knot in knots]
    if curve.smaller:
        return _("preferably at most %(good)s, nothing from %(bad)s", good=texts[0], bad=texts[1])
    if curve.larger:
        return _("preferably at least %(good)s, nothing to %(bad)s", good=texts[1], bad=texts[0])
    return _("preferably %(low)s to %(high)s", low=texts[1], high=texts[2])


def change_words(
    changes: Sequence[RequirementChange], catalogue: Catalogue, language: str
) -> tuple[ChangeWords, ...]:
    """Put the changes of a record into words."""
    say = _Speaker(catalogue, {}, language)
    return tuple(
        ChangeWords(
            _moment(change.changed_at, language),
            tuple(_changed(change, name, say) for name in change.fields),
        )
        for change in changes
    )


def _changed(change: RequirementChange, name: str, say: _Speaker) -> str:
    title = _titles().get(name, name)
    if name == "need":
        return title
    before, after = (
        _plain(getattr(state, name), name, say) for state in (change.before, change.after)
    )
    return _("%(field)s: %(before)s, now %(after)s", field=title, before=before, after=after)


def _plain(value: object, name: str, say: _Speaker) -> str:
    if value is None or value == "":
        return _("nothing")
    codes = {"stage": "stage", "kind": "demand_kind", "sector": "sector"}.get(name)
    if codes:
        return say.code(codes, str(value))
    return format_date(value, say.language) if isinstance(value, date) else str(value)


def _moment(when: datetime, language: str) -> str:
    """Day and minute where the municipality lies."""
    aware = when if when.tzinfo else when.replace(tzinfo=UTC)
    local = aware.astimezone(_LOCAL)
    return f"{format_date(local.date(), language)}, {local:%H:%M}"


def _titles() -> dict[str, str]:
    return {
        "title": _("Title"),
        "kind": _("Kind of demand"),
        "present_site": _("Present site"),
        "sector": _("Sector"),
        "party": _("Party"),
        "stage": _("Stage"),
        "needed_by": _("Needed by"),
        "jobs": _("Jobs"),
        "code": _("Code"),
        "need": _("What is asked of a site"),
        "requirement": _("Requirement"),
    }


def told_faults(faults: Sequence[tuple[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """Faults of a record: title of the field, sentence, and the language of the sentence.

    What only a hand-written file can bring about is told as the file names it, in English.
    """
    titles, told = _titles(), []
    for place, reason in faults:
        known = _sentences() if place in titles else ()
        sentence = next((say for start, say in known if reason.startswith(start)), None)
        told.append((titles.get(place, place), sentence or reason, "" if sentence else "en"))
    return tuple(told)


def _sentences() -> tuple[tuple[str, str], ...]:
    return (
        ("must not be empty", _("fill it in: colleagues find the requirement by it")),
        ("is missing", _("nothing is asked; fill in a need or choose a file")),
        ("must have at most", _("is too long")),
        ("must be a date", _("is no date")),
        ("must be a day that exists", _("is no day that exists")),
        ("must lie between 1900", _("must lie between 1900 and 2100")),
        ("must be a number", _("must be a whole number, 0 or more")),
        ("must be a whole number", _("must be a whole number, 0 or more")),
        ("must be the code of a party", _("is no party that is known here")),
        ("must be a site that exists", _("is no plot or premises that is known here")),
        ("must be plot:", _("is written like plot:P-MV-042 or premises:W-0323")),
        ("belongs to kind", _("belongs to growth or relocation, not to a new firm")),
        ("one is asked, and this file holds", _("the file holds more than one; send them apart")),
    )
