"""One of the premises as its page tells it: sentences, who says what, spells and the log."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.services import PremisesVacancy
from webapp.auth.roles import current_role
from webapp.figures import Column, Figure, Key, Table
from webapp.language import current_language
from webapp.review import sentences
from webapp.review.bar import Said, Stretch, state_bar
from webapp.review.words import code_words, day_words, known, source_words, state_words
from webapp.store import current_store

__all__ = ["Story", "story_of"]

_STATES = ("vacant", "partly", "occupied", "unknown")


@dataclass(frozen=True)
class Story:
    """What a page says of one of the premises.

    Attributes
    ----------
    title, place, about
        What they are called, where they stand (or what they are called), and the lines about
        them: title and text of each.
    answer, more
        The answer in one sentence, and what belongs to it.
    gone
        Why they are not in the stock; empty where they are.
    merged_into
        Code and place of the premises that they are a part of now; None: of none.
    told_on
        Day for which sources, stretches and spells are told: the last one in the stock.
    vacancy_class
        Class of the vacancy with its title; None where they are not in the stock.
    certainty
        Code and title of how sure the answer is; None where they are not in the stock.
    """

    code: str
    title: str
    place: str
    about: tuple[tuple[str, str], ...]
    answer: str
    more: tuple[str, ...]
    disagreement: str
    gone: str
    merged_into: tuple[str, str] | None
    told_on: date
    vacancy_class: tuple[str, str] | None
    certainty: tuple[str, str] | None
    has_bag: bool
    voices: Table
    figure: Figure | None
    stretches: Table
    spells: Table
    observations: Table
    follow_ups: Table


def story_of(code: str, as_of: date, known_at: date | None) -> Story:
    """Ask for one of the premises on a date and put it into words.

    Of premises that left the stock, who said what is told for their last day in it: what is
    not there is neither vacant nor unknown.
    """
    found = _asked(code, as_of, known_at)
    gone_on = known(found.attributes["gone_on"])
    left = gone_on is not None and gone_on <= as_of
    told_on = gone_on - timedelta(days=1) if left else as_of
    history = _asked(code, told_on, known_at) if left else found
    more = (sentences.who_said(found), sentences.short_use(found.unit))
    return Story(
        code=code,
        title=str(known(found.attributes["name"]) or known(found.attributes["address"]) or code),
        place=_place(found.attributes),
        about=_about(found.attributes),
        answer=sentences.answer(found),
        more=tuple(text for text in more if text),
        disagreement=sentences.disagreement(found.unit),
        gone=sentences.stock_words(found.attributes, as_of),
        merged_into=_merged_into(found.attributes, as_of) if left else None,
        told_on=told_on,
        vacancy_class=_coded(found.unit, "vacancy_class"),
        certainty=_coded(found.unit, "certainty"),
        has_bag="bag" in set(found.voices["source"]),
        voices=_voices(history),
        figure=_figure(history, told_on),
        stretches=_stretches(history),
        spells=_spells(history, left=left),
        observations=_observations(found),
        follow_ups=_follow_ups(found),
    )


def _asked(code: str, as_of: date, known_at: date | None) -> PremisesVacancy:
    return services.premises_vacancy(
        current_store(), code, as_of=as_of, known_at=known_at, role=current_role()
    )


def _place(attributes: Mapping[Hashable, Any]) -> str:
    """Where premises stand, or what they are called."""
    names = (known(attributes[name]) for name in ("address", "name", "code"))
    return str(next(name for name in names if name))


def _merged_into(attributes: Mapping[Hashable, Any], as_of: date) -> tuple[str, str] | None:
    code = known(attributes["merged_into"])
    return None if code is None else (code, _place(_asked(code, as_of, None).attributes))


def _about(attributes: Mapping[Hashable, Any]) -> tuple[tuple[str, str], ...]:
    """What the premises are, field by field, as far as it is known."""
    language = current_language()
    layer = current_store().catalogue.layers["premises"]
    fields = {field.name: field.title.of(language) for field in layer.field}
    uses = code_words("uses")
    floor = Column("floor_area_m2", "", "m2").cell(known(attributes["floor_area_m2"]))
    told = {
        "address": known(attributes["address"]) or "",
        "uses": ", ".join(uses.get(use, use) for use in sorted(attributes["uses"] or ())),
        "floor_area_m2": f"{floor} m²" if floor != "–" else _("not known"),
    }
    return tuple((fields[name], str(text)) for name, text in told.items() if text)


def _coded(unit: Mapping[Hashable, Any] | None, name: str) -> tuple[str, str] | None:
    """Value of a field and its title; None where there is none."""
    value = None if unit is None else known(unit[name])
    return None if value is None else (value, code_words(name).get(value, value))


def _voices(found: PremisesVacancy) -> Table:
    columns = (
        Column("source", _("Source"), words=code_words("vacancy_source")),
        Column("state", _("Says")),
        Column("observed_on", _("Seen on"), "date"),
        Column("holds_until", _("Holds until"), "date"),
        Column("role", _("What it counts for")),
    )
    in_use = _bag_in_use(found)
    rows = [
        (
            row["source"],
            in_use if row["source"] == "bag" and in_use else _said(row),
            row["observed_on"],
            row["holds_until"],
            _role(row),
        )
        for row in found.voices.to_dict("records")
    ]
    return _table("voices", _("What each source said last"), columns, rows)


def _role(row: Mapping[Hashable, Any]) -> str:
    """What the word of a source counts for, with a sign that tells it at a glance."""
    if not row["holds"]:
        return "– " + _("no longer holds")
    if row["decides"]:
        return "● " + _("decides")
    if row["agrees"] is None:
        return "? " + _("does not know")
    return "= " + _("says the same") if row["agrees"] else "≠ " + _("says something else")


def _bag_in_use(found: PremisesVacancy) -> str:
    """What the BAG said last where that is no word about who is inside; else empty."""
    rows = found.observations[found.observations["source"] == "bag"]
    if rows.empty or rows.iloc[0]["state"] != "occupied":
        return ""
    return _("in use, as an object")


def _said(row: Mapping[Hashable, Any]) -> str:
    return state_words(str(row["state"]), row["vacant_share"])


def _figure(found: PremisesVacancy, until: date) -> Figure | None:
    """The states over time; None where nothing was ever said."""
    rows = found.stretches.iloc[::-1].to_dict("records")
    if not rows:
        return None
    states = code_words("vacancy_state")
    stretches = [
        Stretch(row["starts_on"], row["ends_on"], row["state"], _stretch_title(row, states))
        for row in rows
    ]
    said = [
        Said(row["observed_on"], f"{day_words(row['observed_on'])}: "
             f"{source_words([row['source']])}, {_said(row)}")
        for row in found.observations.to_dict("records")
    ]  # fmt: skip
    keys = [
        Key(f"state-{state}", states[state], "hatch" if state == "partly" else "")
        for state in _STATES
        if state in {stretch.state for stretch in stretches}
    ]
    told = "; ".join(stretch.title for stretch in stretches)
    chart = state_bar(stretches, said)
    start = day_words(rows[0]["starts_on"])
    title = _("From %(start)s to %(end)s", start=start, end=day_words(until))
    return Figure("states", title, told, chart, tuple(keys))


def _stretch_title(row: Mapping[Hashable, Any], states: Mapping[str, str]) -> str:
    days = _("%(start)s to %(end)s",
        start=day_words(row["starts_on"]), end=day_words(row["ends_on"]),
    )  # fmt: skip
    return f"{days}: {states[row['state']]}"


def _stretches(found: PremisesVacancy) -> Table:
    sources = code_words("vacancy_source")
    columns = (
        Column("starts_on", _("From day"), "date"),
        Column("ends_on", _("Up to and including"), "date"),
        Column("state", _("State of use"), words=code_words("vacancy_state")),
        Column("source", _("Source"), words=sources, missing=_("no word holds")),
        Column("disagreement", _("Sources disagreed"), "flag"),
    )
    rows = _rows(found.stretches, columns)
    return _table("stretches", _("State over time, newest first"), columns, rows)


def _spells(found: PremisesVacancy, *, left: bool) -> Table:
    columns = (
        Column("starts_on", _("Vacant from")),
        Column("ends_on", _("Up to and including")),
        Column("days", _("Days"), "count"),
        Column("vacancy_class", _("How long"), words=code_words("vacancy_class")),
        Column("used_before_days", _("Use just before"), missing="–"),
    )
    endings = {"occupied": _("in use"), "unknown": _("out of sight")}
    rows = []
    for row in found.spells.to_dict("records"):
        used, ends_on = known(row["used_before_days"]), known(row["ends_on"])
        runs = _("until it left the stock") if left else _("still vacant")
        ended = f"{day_words(ends_on)}, {endings.get(row['ended_by'], '')}" if ends_on else runs
        starts = f"{'≥ ' if row['at_least'] else ''}{day_words(row['starts_on'])}"
        used_days = None if used is None else _("%(days)s days of use", days=int(used))
        rows.append((starts, ended, int(row["days"]), row["vacancy_class"], used_days))
    return _table("spells", _("Vacancies, newest first"), columns, rows)


def _observations(found: PremisesVacancy) -> Table:
    columns = (
        Column("observed_on", _("Seen on"), "date"),
        Column("source", _("Source"), words=code_words("vacancy_source")),
        Column("said", _("Says")),
        Column("recorded_on", _("Recorded on"), "date"),
        Column("source_name", _("Comes from")),
        Column("certainty", _("Certainty"), words=code_words("certainty")),
        Column("note", _("Remark"), shown=bool(found.observations["note"].notna().any())),
    )
    told = found.observations.assign(
        said=[_said(row) for row in found.observations.to_dict("records")]
    )
    rows = _rows(told, columns)
    return _table("observations", _("All observations, newest first"), columns, rows)


def _follow_ups(found: PremisesVacancy) -> Table:
    columns = (
        Column("followed_on", _("Date"), "date"),
        Column("step", _("Step"), words=code_words("follow_up_step")),
        Column("due_on", _("Next step due on"), "date"),
        Column("user_name", _("Done by")),
        Column("note", _("Remark")),
    )
    rows = _rows(found.follow_ups, columns)
    return _table("follow-ups", _("Steps, newest first"), columns, rows)


def _rows(frame: pd.DataFrame, columns: tuple[Column, ...]) -> list[tuple[Any, ...]]:
    return [tuple(known(row[c.name]) for c in columns) for row in frame.to_dict("records")]


def _table(
    name: str, caption: str, columns: tuple[Column, ...], rows: list[tuple[Any, ...]]
) -> Table:
    return Table(name, caption, columns, tuple(rows), ())
