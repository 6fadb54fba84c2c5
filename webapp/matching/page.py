"""What the screen of matching shows for one address: form, groups, legend and notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import request
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import RequirementError
from geo_assen.matching import Ranking, Requirement, Result, remarks
from webapp import params
from webapp.auth.roles import current_role
from webapp.frame import built_paths
from webapp.language import current_language
from webapp.maps import Reading, read_rows
from webapp.matching.address import ignored, only, query_of, says_something, without
from webapp.matching.bars import BAR_WIDTH, Bar, criterion_colours, score_bar
from webapp.matching.curves import CURVE_HEIGHT, CURVE_WIDTH
from webapp.matching.faults import NO_FAULTS, NeedFaults, told_faults
from webapp.matching.form import need_form
from webapp.matching.higher import Comparison, compared_with_above
from webapp.matching.robust import Robust, robust_words
from webapp.matching.rows import Subjects
from webapp.matching.weighing import weighing
from webapp.matching.wishes import usual_curves
from webapp.matching.words import (
    ABOUT,
    MatchWords,
    about_sites,
    criterion_title,
    match_words,
)
from webapp.store import current_store

__all__ = ["Matched", "Ranked", "asked_day", "limit", "matched", "page", "read_about", "usual"]

_LISTED = 50
_MOST_LISTED = 1000
_NOT_FOR_THE_MAP = {"lang", "as_of", "at", "layers", "for", "keep", "view", "advanced", "record"}
_EXAMPLES = (
    (
        "kinds=plot&use=logistics&use=industrial&min.area_m2=5000&near.motorway_exit.max_m=3000"
        "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
        "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
    ),
    (
        "kinds=premises&use=office&min.area_m2=200&max.area_m2=1500"
        "&w.near.station=3&c.near.station=smaller:300,2500"
        "&w.rent_eur_m2_year=2&c.rent_eur_m2_year=smaller:80,160"
    ),
    (
        "kinds=premises&use=retail&min.area_m2=80&max.area_m2=400"
        "&w.near.centre=3&c.near.centre=smaller:100,800"
        "&w.rent_eur_m2_year=2&c.rent_eur_m2_year=smaller:80,240"
    ),
)


@dataclass(frozen=True)
class Matched:
    """What came of an address: a ranking, or what is wrong; neither where nothing is asked.

    Attributes
    ----------
    release
        The site that a relocation sets free; None where none is.
    """

    requirement: Requirement | None = None
    ranking: Ranking | None = None
    release: services.Released | None = None
    faults: NeedFaults = NO_FAULTS


@dataclass(frozen=True)
class Ranked:
    """One result as the list shows it; ``higher`` compares it with the one above it."""

    rank: int
    result: Result
    bar: Bar
    words: MatchWords
    higher: Comparison | None


@dataclass(frozen=True)
class Group:
    """Results under one heading."""

    verdict: str
    title: str
    ranked: tuple[Ranked, ...]


def asked_day() -> date:
    """Reference date of this request."""
    return params.as_of(request.args)


def limit() -> int:
    """Most results that this request lists."""
    return params.limit(request.args, default=_LISTED, maximum=_MOST_LISTED)


def usual() -> dict[str, str]:
    """Curve that each wish starts with, from the sites of the reference date."""
    store = current_store()
    return usual_curves(services.usual_ranges(store, as_of=asked_day()), store.catalogue)


def matched(args: MultiDict[str, str]) -> Matched:
    """Rank the sites for what an address asks; faults are told, not raised."""
    if not says_something(args):
        return Matched()
    store, requirement = current_store(), None
    try:
        requirement = Requirement.from_query(dict(args.lists()), ignore=ignored(args))
        ranking = services.match_sites(store, requirement, as_of=asked_day())
        release = services.released_site(
            store, requirement, as_of=asked_day(), role=current_role()
        )
    except RequirementError as error:
        subjects = Subjects(store.catalogue, current_language())
        return Matched(requirement, faults=told_faults(error.faults, requirement, subjects))
    return Matched(requirement, ranking, release)


def page(args: MultiDict[str, str], found: Matched) -> dict[str, Any]:
    """Everything that the templates of the screen need."""
    store, language, ranking = current_store(), current_language(), found.ranking
    listed = () if ranking is None else ranking.top(limit())
    reading = None if ranking is None else read_about(ranking, listed)
    form = need_form(
        args,
        store.catalogue,
        usual=usual(),
        areas=_areas(),
        faults=found.faults.by_row,
        language=language,
    )
    is_open, stored = "advanced" in args, _stored()
    return {
        "form": form,
        "found": found,
        "release": found.release,
        "ranking": ranking,
        "groups": _groups(ranking, listed, reading) if reading else (),
        "listed": len(listed),
        "criteria": _criteria(ranking, listed) if reading else (),
        "notes": _notes(ranking, reading) if reading else (),
        "robust": _robust(ranking, listed) if reading and is_open else None,
        "weighing": weighing(args, form.active, language) if is_open else None,
        "is_open": is_open,
        "examples": tuple(zip(_example_titles(), _EXAMPLES, strict=True)),
        "requirements": stored,
        "record": _record(args, stored),
        "query": query_of(args),
        "keep_query": query_of(only(args, {"as_of", "lang", "at", "keep", "view"})),
        "need_query": query_of(without(args, ignored(args))),
        "map_query": query_of(without(args, _NOT_FOR_THE_MAP)),
        "built": built_paths(),
        "bar_width": BAR_WIDTH,
        "curve_size": (CURVE_WIDTH, CURVE_HEIGHT),
        "language": language,
    }


def _groups(ranking: Ranking, listed: tuple[Result, ...], reading: Reading) -> tuple[Group, ...]:
    """Results under three headings, never mixed; headings without results are left out."""
    about, language = about_sites(reading), current_language()
    colours = criterion_colours(listed)
    shown = [
        Ranked(
            rank,
            result,
            score_bar(result, colours, lambda name: criterion_title(name, ranking, language)),
            match_words(result, ranking, about, language),
            compared_with_above(result, listed[rank - 2], ranking, language) if rank > 1 else None,
        )
        for rank, result in enumerate(listed, start=1)
    ]
    headings = (("pass", _("Fits")), ("unknown", _("To check")), ("fail", _("Yes, if ...")))
    groups = (
        Group(verdict, title, tuple(r for r in shown if r.result.verdict == verdict))
        for verdict, title in headings
    )
    return tuple(group for group in groups if group.ranked)


def _criteria(ranking: Ranking, listed: tuple[Result, ...]) -> tuple[tuple[str, str], ...]:
    """Colour and title of each criterion, for the legend of the bars."""
    return tuple(
        (colour, criterion_title(name, ranking, current_language()))
        for name, colour in criterion_colours(listed).items()
    )


def _notes(ranking: Ranking, reading: Reading) -> tuple[str, ...]:
    """What must be said about a ranking as a whole."""
    notes = list(
        remarks(
            ranking.requirement,
            as_of=ranking.as_of,
            fields=ranking.fields,
            language=current_language(),
        )
    )
    if reading.present_attributes:
        notes.append(_("Attributes as they are now; none were recorded for this date."))
    if reading.rows and not ranking.requirement.criteria:
        notes.append(_("No wish weighs yet: within a group the sites stand by their code."))
    return tuple(notes)


def read_about(ranking: Ranking, listed: tuple[Result, ...]) -> Reading:
    """What a reader wants to know of the sites that are listed beside their score."""
    store = current_store()
    ids = [result.id for result in listed]
    rows = services.sites_named(store, ids, as_of=ranking.as_of, role=current_role())
    fields = tuple(f for f in rows.fields if f.name in {"id", "name", *ABOUT})
    told = replace(rows, fields=fields)
    return read_rows(told, store.catalogue, current_language())


def _robust(ranking: Ranking, listed: tuple[Result, ...]) -> Robust | None:
    found = services.robustness_of(ranking)
    if found is None:
        return None
    return robust_words(found, ranking, {r.id: r.name for r in listed}, current_language())


def _areas() -> tuple[tuple[str, str], ...]:
    """Code and name of the areas that can be picked, business parks first."""
    return services.areas_at(current_store(), asked_day())


def _example_titles() -> tuple[str, ...]:
    return (
        _("A plot for logistics near the motorway"),
        _("An office near the station"),
        _("A shop in the centre"),
    )


def _stored() -> list[dict[str, Any]]:
    """Stored requirements, which only staff see."""
    if current_role() < Role.STAFF:
        return []
    listed = services.requirement_list(current_store(), role=current_role())
    return [dict(row) for row in listed.to_dict("records")]


def _record(args: MultiDict[str, str], stored: list[dict[str, Any]]) -> tuple[str, str] | None:
    """Code and version of the requirement that the need came from; None where it is not known."""
    code, _colon, version = args.get("record", "").rpartition(":")
    is_known = any(row["code"] == code for row in stored)
    return (code, version) if is_known and version.isdecimal() else None
