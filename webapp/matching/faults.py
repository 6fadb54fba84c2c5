"""What is wrong with a need, as a reader of the form looks for it: by row, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.matching import Constraint, Criterion, Requirement
from webapp.matching.rows import Subjects
from webapp.matching.switching import split_constraint

__all__ = ["NO_FAULTS", "NeedFaults", "told_faults"]

_CLAUSE = re.compile(r"(constraint|criterion) (\d+)\b.*")


@dataclass(frozen=True)
class NeedFaults:
    """Faults of a need.

    Attributes
    ----------
    listed
        Title of the row and what is wrong there, for all.
    by_row
        Sentences by subject of a demand, by subject behind ``w.`` of a wish, or by the
        name of another parameter.
    """

    listed: tuple[tuple[str, str], ...] = ()
    by_row: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_FAULTS = NeedFaults()


def told_faults(
    faults: Iterable[tuple[str, str]], requirement: Requirement | None, subjects: Subjects
) -> NeedFaults:
    """Name each fault by the row of the form, and say what should stand there.

    Parameters
    ----------
    requirement
        The need as far as it could be read, for faults that number its clauses.
    """
    listed: list[tuple[str, str]] = []
    by_row: dict[str, tuple[str, ...]] = {}
    for place, reason in faults:
        row = _row_of(place, requirement)
        told = _sentence(_in_titles(reason, row, subjects))
        listed.append((_title(row, subjects), told))
        by_row[row] = (*by_row.get(row, ()), told)
    return NeedFaults(tuple(dict.fromkeys(listed)), by_row)


def _row_of(place: str, requirement: Requirement | None) -> str:
    """Row that a fault belongs to; the place itself where no row has it."""
    clause = _CLAUSE.fullmatch(place)
    if clause and requirement is not None:
        is_wish = clause[1] == "criterion"
        clauses = requirement.criteria if is_wish else requirement.constraints
        subject = _subject(clauses[int(clause[2]) - 1])
        return f"w.{subject}" if is_wish else subject
    if place.startswith(("w.", "c.")):
        return f"w.{place[2:]}"
    found = split_constraint(place)
    return found[1] if found else place


def _subject(clause: Constraint | Criterion) -> str:
    if clause.field is not None:
        return clause.field
    if clause.near is None:
        return "inside"
    near = clause.near
    return f"near.{near}" if isinstance(near, str) else f"near.{near[0]!r},{near[1]!r}"


def _title(row: str, subjects: Subjects) -> str:
    """Title of a row; the parameter itself where there is no such row."""
    own = {
        "use": _("Use"),
        "kinds": _("Kind of site"),
        "kind": _("Kind of demand"),
        "present_site": _("Present site"),
        "inside": _("In the area or park"),
        "title": _("Name of the need"),
        "as_of": _("Reference date"),
        "needed_by": _("Needed by"),
        "jobs": _("Jobs"),
    }
    plain = row.removeprefix("w.").partition("~")[0]
    if plain in own and not row.startswith("w."):
        return own[plain]
    title = subjects.about(plain).title
    return _("Wish: %(field)s", field=title) if row.startswith("w.") else title


def _in_titles(reason: str, row: str, subjects: Subjects) -> str:
    """Reason with the allowed values by their titles, where the row has a list of codes."""
    codes = subjects.about(row.partition("~")[0]).codes
    if codes is None:
        return reason
    titles = ", ".join(codes.title(value, subjects.language) for value in codes.values)
    return reason.replace(", ".join(codes.values), titles)


def _sentence(reason: str) -> str:
    """Reason in the language of the page; one that no form can bring about stays as told."""
    for pattern, sentence in _SENTENCES:
        found = re.search(pattern, reason)
        if found:
            told = found.groupdict()
            if "hint" in told:
                told["hint"] = _hint(told["hint"])
            return str(sentence) % told
    return reason


def _hint(text: str) -> str:
    meant = re.search(r"did you mean (.+)\?", text)
    return _("did you mean %(names)s?", names=meant[1]) if meant else _("nothing resembles it")


_NOT_IN_THE_LIST = _l("“%(value)s” is not in the list; choose from %(values)s")
_NO_SUCH_SITE = _l("“%(value)s” is no plot or premises that is known here")
_SENTENCES: tuple[tuple[str, LazyString], ...] = (
    (r"min must not be above max", _l("the least must not be more than the most")),
    (r"min and max must both", _l("must have two numbers or two dates, not one of each")),
    (
        r"must be a number or a date|(min|max) must be a number",
        _l("must be a number, such as 2500, or a date"),
    ),
    (r"must be a (finite )?number", _l("must be a number, such as 2500")),
    (r"must be a date", _l("must be a date, such as 2026-11-01")),
    (r"must be a day that exists, not (?P<day>.+)", _l("%(day)s is no day that exists")),
    (r"must lie between 1900 and 2100", _l("must lie between 1900 and 2100")),
    (r"must be 0 or more", _l("must be 0 or more")),
    (r"must be a whole number", _l("must be a whole number, 0 or more")),
    (
        r"must lie in the Netherlands",
        _l("lies outside the map: it must lie in the Netherlands"),
    ),
    (
        r"must have the longitude first: \[(?P<point>.+)\]",
        _l("must have the longitude first: %(point)s"),
    ),
    (r"must be in degrees", _l("must be in degrees, longitude first")),
    (
        r"inside must be the code of an area or business park \((?P<hint>.*)\)",
        _l("is no code of an area or business park (%(hint)s)"),
    ),
    (
        r"must be the code of an area|GeoJSON asks for|valid polygon|empty polygon",
        _l("must be an area or business park, or a valid polygon"),
    ),
    (
        r"near must be one of (?P<values>.*), or \[",
        _l("is no kind of place that is known; known are %(values)s"),
    ),
    (
        r"must be a kind of place or",
        _l("must be a kind of place, or a point as longitude,latitude"),
    ),
    (r"must be one of (?P<values>.*), not '?(?P<value>.*?)'?$", _NOT_IN_THE_LIST),
    (r"must hold (?P<values>.*), not '?(?P<value>.*?)'?$", _NOT_IN_THE_LIST),
    (
        r"there is no field '(?P<name>.*)' of a site \((?P<hint>.*)\)",
        _l("sites have nothing that is called “%(name)s” (%(hint)s)"),
    ),
    (r"must run from low to high", _l("the curve must run from low to high")),
    (
        r"curve must run over|curve must be categories|curve of near|desirabilities",
        _l("the curve does not suit this wish"),
    ),
    (
        r"exactly one of smaller|must be a list of (2|4) numbers|at least (one|two)",
        _l("the curve cannot be read"),
    ),
    (r"is missing", _l("the curve is missing: fill in what is good and what is bad")),
    (r"^unknown (parameter|key)", _l("is not known here; leave it out")),
    (r"is given (?P<times>\d+) times", _l("is given %(times)s times; once is allowed")),
    (r"must be a site that exists, not '?(?P<value>.*?)'?$", _NO_SUCH_SITE),
    (r"must be plot:<code> or premises:<code>, not '?(?P<value>.*?)'?$", _NO_SUCH_SITE),
    (
        r"belongs to kind",
        _l("belongs to growing or relocating, not to a new firm; choose that, or leave it out"),
    ),
    (r"must be text|must not be empty", _l("must not be empty")),
    (r"does not suit", _l("cannot be asked in this way")),
)
"""What matching says, and what the page says instead; the first that fits holds."""
