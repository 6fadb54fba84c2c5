"""The worklist: its rows in words, its chips and choices, its file, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.services import VacancyFilter
from geo_assen.vacancy import NO_KEY, REASONS
from webapp.auth.roles import current_role
from webapp.fields import Choice
from webapp.figures import Column, Table
from webapp.review.question import FILTERS, ReviewQuestion
from webapp.review.words import (
    REASONS as REASON_TITLES,
)
from webapp.review.words import (
    age_words,
    area_words,
    code_words,
    day_words,
    known,
    since_words,
    source_words,
)
from webapp.store import current_store

__all__ = ["Chip", "Item", "Worklist", "file_table", "following", "listed", "worklist_of"]

_COLUMN = {"street": "street", "area": "shopping_area", "district": "district", "use": "use"}
_NUMBER = re.compile(r"(\d+)\s*(.*)")
_UNITS: Mapping[str, str] = {
    "vacant_since": "date", "at_least": "flag", "floor_area_m2": "m2", "vacant_m2": "m2",
    "newest_on": "date", "newest_age_days": "count", "last_followed_on": "date", "due_on": "date",
}  # fmt: skip
_IN_FILE = (
    "premises", "name", "address", "street", "shopping_area", "district", "use", "reasons",
    "state", "vacancy_class", "vacant_since", "at_least", "floor_area_m2", "vacant_m2",
    "newest_on", "newest_age_days", "disagreeing", "last_step", "last_followed_on", "due_on",
)  # fmt: skip


@dataclass(frozen=True)
class Chip:
    """One reason with the number of premises that it has; pressing it leads to ``url``."""

    title: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True)
class Item:
    """One of the premises on the list, in words; a text is empty where there is nothing to say."""

    code: str
    title: str
    about: str
    reasons: tuple[str, ...]
    state: str
    since: str
    floor: str
    seen: str
    last_step: str
    due: str
    certainty: tuple[str, str]


@dataclass(frozen=True)
class Worklist:
    """The list as its page tells it.

    Attributes
    ----------
    total
        Premises on the list when nothing narrows it.
    choices
        Choices of each filter by its name; only what occurs on the whole list is offered.
    """

    items: tuple[Item, ...]
    total: int
    chips: tuple[Chip, ...]
    choices: Mapping[str, tuple[Choice, ...]]


@dataclass(frozen=True)
class _Words:
    """Titles of code lists that every row needs."""

    steps: Mapping[str, str]
    certainties: Mapping[str, str]
    classes: Mapping[str, str]


def listed(asked: ReviewQuestion) -> pd.DataFrame:
    """Premises on the list by code, in the order that is asked for."""
    return _picked(_asked(asked.chosen, asked), asked)


def following(asked: ReviewQuestion, code: str) -> str | None:
    """Code of what comes after one of the premises on the list; None where that was the last.

    From premises that are not on it one goes to its beginning.
    """
    codes = [str(each) for each in listed(asked).index]
    place = codes.index(code) + 1 if code in codes else 0
    return codes[place] if place < len(codes) else None


def worklist_of(asked: ReviewQuestion) -> Worklist:
    """Ask for the list and put it into words."""
    among = _asked(asked.chosen, asked)
    whole = among if asked.chosen == VacancyFilter() else _asked(VacancyFilter(), asked)
    rows = _picked(among, asked)
    words = _Words(
        code_words("follow_up_step"), code_words("certainty"), code_words("vacancy_class")
    )
    items = [
        _item(str(code), row, words) for code, row in zip(rows.index, _records(rows), strict=True)
    ]
    choices = _choices(whole, asked, area_words(asked.as_of))
    return Worklist(tuple(items), len(whole), _chips(among, asked), choices)


def file_table(asked: ReviewQuestion) -> Table:
    """The list as a file has it."""
    frame = listed(asked).rename_axis("premises").reset_index()
    told = frame.assign(reasons=[" ".join(reasons) for reasons in frame["reasons"]])
    rows = [tuple(_plain(row[name]) for name in _IN_FILE) for row in _records(told)]
    columns = tuple(Column(name, name, _UNITS.get(name, "text")) for name in _IN_FILE)
    certainties = tuple(str(known(one) or "") for one in frame["certainty"])
    caption = _("Worklist of vacancy on %(day)s", day=day_words(asked.as_of))
    return Table("review", caption, columns, tuple(rows), certainties)


def _asked(chosen: VacancyFilter, asked: ReviewQuestion) -> pd.DataFrame:
    return services.vacancy_worklist(
        current_store(), as_of=asked.as_of, role=current_role(), chosen=chosen
    )


def _picked(frame: pd.DataFrame, asked: ReviewQuestion) -> pd.DataFrame:
    """Rows that have a reason that is asked for, in the order that is."""
    if asked.reasons:
        wanted = set(asked.reasons)
        frame = frame[[bool(wanted & set(reasons)) for reasons in frame["reasons"]]]
    if asked.order == "street":
        keys = {code: _walk(row) for code, row in zip(frame.index, _records(frame), strict=True)}
        frame = frame.loc[sorted(frame.index, key=lambda code: keys[code])]
    return frame


def _records(frame: pd.DataFrame) -> Sequence[Mapping[Hashable, Any]]:
    return frame.drop(columns="geometry").to_dict("records")


def _plain(value: Any) -> Any:
    """Value for a file; a whole number that a frame has as a fraction is whole again."""
    value = known(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _walk(row: Mapping[Hashable, Any]) -> tuple[Any, ...]:
    """Where premises stand on the way through the streets; those without a street are last."""
    street, address = str(known(row["street"]) or ""), str(known(row["address"]) or "")
    found = _NUMBER.search(address.removeprefix(street))
    number, addition = (int(found[1]), found[2].lower()) if found else (0, "")
    return (not street, street.lower(), number, addition)


def _item(code: str, row: Mapping[Hashable, Any], words: _Words) -> Item:
    since, seen, step = known(row["vacant_since"]), known(row["newest_on"]), known(row["last_step"])
    due = known(row["due_on"])
    name, address = known(row["name"]), known(row["address"])
    title = str(address or name or code)
    sure = str(known(row["certainty"]) or "")
    done = f"{words.steps.get(step, step)}, {day_words(row['last_followed_on'])}" if step else ""
    return Item(
        code=code,
        title=title,
        about=str(name) if name and name != title else "",
        reasons=tuple(_reason(reason, row) for reason in row["reasons"]),
        state=words.classes.get(row["vacancy_class"], row["vacancy_class"]),
        since=since_words(since, bool(row["at_least"])) if since else "",
        floor=Column("floor_area_m2", "", "m2", missing="").cell(known(row["floor_area_m2"])),
        seen=f"{day_words(seen)}, {age_words(row['newest_age_days'])}" if seen else "",
        last_step=done,
        due=day_words(due) if due else "",
        certainty=(sure, words.certainties.get(sure, sure)),
    )


def _reason(reason: str, row: Mapping[Hashable, Any]) -> str:
    """Why premises are on the list, with what is behind it."""
    if reason == "disagreement":
        sources = source_words(str(row["disagreeing"]).split(","))
        return _("Sources disagree: %(sources)s", sources=sources)
    if reason == "unseen" and known(row["newest_on"]) is None:
        return _("No word holds any more")
    if reason == "follow_up_due":
        return _("Follow-up due since %(day)s", day=day_words(row["due_on"]))
    return str(REASON_TITLES[reason])


def _chips(frame: pd.DataFrame, asked: ReviewQuestion) -> tuple[Chip, ...]:
    today = services.today()
    everything = replace(asked, reasons=())
    chips = [
        Chip(_("All reasons"), len(frame), not asked.reasons,
             everything.address("/vacancy/review", today=today))
    ]  # fmt: skip
    for reason in REASONS:
        count = sum(reason in reasons for reasons in frame["reasons"])
        url = asked.toggled(reason).address("/vacancy/review", today=today)
        chips.append(Chip(str(REASON_TITLES[reason]), count, reason in asked.reasons, url))
    return tuple(chips)


def _choices(
    whole: pd.DataFrame, asked: ReviewQuestion, areas: Mapping[str, str]
) -> dict[str, tuple[Choice, ...]]:
    uses = code_words("vacancy_use")
    titles: Mapping[str, Mapping[str, str]] = {"area": areas, "district": areas, "use": uses}
    found = {}
    for name in FILTERS:
        chosen = getattr(asked, name)
        values = {str(value) for value in whole[_COLUMN[name]].dropna()} - {NO_KEY}
        words = titles.get(name, {})
        named = sorted((words.get(value, value), value) for value in values | {chosen} - {""})
        found[name] = tuple(Choice(value, title, value == chosen) for title, value in named)
    return found
