"""A development as the fields of its form have it, and as a file has it.

Answers about parks and sites stand beside them in the tables of the page, each in a field of
its own name; alternatives that no table shows have rows of the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from geo_assen.land import Development
from geo_assen.matching.toml_text import toml_text
from webapp import params
from webapp.fields import ungrouped

__all__ = [
    "ALTERNATIVE",
    "EVIDENCE",
    "OUTLINE",
    "REASON",
    "Row",
    "Typed",
    "development_toml",
    "document_of",
    "typed_in",
    "typed_of",
]

OUTLINE = "outline"
"""Value of ``place`` where the place is the outline that the form carries along."""
REASON = "reason:"
"""Start of the name of a field that answers about one park or site; its id follows."""
_USED = "used"
"""Name of the boxes that say that the need is met there; their value is the id."""

_TEXTS = ("title", "need", "quality", "motivation")
_WHOLE = ("area_m2", "smallest_part_m2", "horizon_years")
_CARRIED = ("outline", "constraint")
_SIMPLE = (*_TEXTS, *_WHOLE, "place", "inside_built_up", *_CARRIED, "as_of")
EVIDENCE = ("title", "date", "url")
ALTERNATIVE = ("id", "answer", "reason")
_LONGEST, _LONGEST_CARRIED = 20_000, 300_000
_SAID = {"yes": True, "no": False}

Row = Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """Fields of the form as they were filled in.

    Attributes
    ----------
    values
        The fields that are there once.
    evidence
        Rows with ``title``, ``date`` and ``url``; empty ones are left out.
    alternatives
        Rows with ``id``, ``answer`` (``used`` or empty: rejected) and ``reason``, those of
        the tables included.
    """

    values: Row
    use: tuple[str, ...] = ()
    evidence: tuple[Row, ...] = ()
    alternatives: tuple[Row, ...] = ()


def typed_in(form: MultiDict[str, str]) -> Typed:
    """Take the fields of a form as they are.

    Raises
    ------
    ParameterError
        If a text is far longer than it could have to be.
    """
    values = {
        name: params.text(
            form, name, longest=_LONGEST_CARRIED if name in _CARRIED else _LONGEST
        ).replace("\r\n", "\n")
        for name in _SIMPLE
    }
    alternatives = [row for row in _rows(form, "alternative", ALTERNATIVE) if row["id"]]
    named = {row["id"] for row in alternatives}
    return Typed(
        values,
        tuple(dict.fromkeys(form.getlist("use"))),
        tuple(row for row in _rows(form, "evidence", EVIDENCE) if any(row.values())),
        (*alternatives, *(row for row in _answers(form) if row["id"] not in named)),
    )


def _rows(form: MultiDict[str, str], table: str, names: Iterable[str]) -> list[Row]:
    """Rows of the fields ``table.name``, which stand once for every row."""
    columns = {name: form.getlist(f"{table}.{name}") for name in names}
    count = max(map(len, columns.values()))
    return [
        {
            name: cells[at].strip().replace("\r\n", "\n") if at < len(cells) else ""
            for name, cells in columns.items()
        }
        for at in range(count)
    ]


def _answers(form: MultiDict[str, str]) -> list[Row]:
    """Answers beside parks and sites; one without a reason is none unless it is ticked."""
    used = set(form.getlist(_USED))
    told = {
        name.removeprefix(REASON): form[name].strip().replace("\r\n", "\n")
        for name in form if name.startswith(REASON)
    }  # fmt: skip
    return [
        {"id": site_id, "answer": _USED if site_id in used else "", "reason": reason}
        for site_id, reason in told.items()
        if site_id and (reason or site_id in used)
    ]


def typed_of(asked: Development) -> Typed:
    """Fields of the form that say what a development says; the date is not among them."""
    is_drawn = isinstance(asked.place, dict)
    values: dict[str, Any] = {name: getattr(asked, name) for name in (*_TEXTS, *_WHOLE)}
    values |= {
        "place": OUTLINE if is_drawn else asked.place,
        "outline": json.dumps(asked.place) if is_drawn else None,
        # What TOML has as a date is text in JSON; a constraint takes either.
        "constraint": json.dumps(asked.constraint, default=str) if asked.constraint else None,
        "inside_built_up": {True: "yes", False: "no", None: None}[asked.inside_built_up],
        "as_of": None,
    }
    return Typed(
        {name: "" if value is None else str(value) for name, value in values.items()},
        asked.use,
        tuple(
            {name: str(getattr(item, name) or "") for name in EVIDENCE} for item in asked.evidence
        ),
        tuple(
            {"id": item.id, "answer": _USED if item.used else "", "reason": item.reason or ""}
            for item in asked.alternative
        ),
    )


def document_of(typed: Typed, parks: Mapping[str, str]) -> dict[str, Any]:
    """Development as a file would have it; what was left empty is left out.

    Parameters
    ----------
    parks
        Names of the parks by code: an alternative may be written by the name of a park.
    """
    values = typed.values
    document: dict[str, Any] = {name: values[name] or None for name in _TEXTS}
    document |= {name: _whole(values[name]) for name in _WHOLE}
    document |= {
        "place": _carried(values["outline"]) if values["place"] == OUTLINE else values["place"],
        "inside_built_up": _SAID.get(values["inside_built_up"], values["inside_built_up"] or None),
        "use": list(typed.use),
        "constraint": _carried(values["constraint"]) or [],
        "evidence": [{name: text for name, text in row.items() if text} for row in typed.evidence],
        "alternative": [_alternative(row, parks) for row in typed.alternatives],
    }
    document["place"] = document["place"] or None
    return document


def _whole(text: str) -> int | str | None:
    """Whole number, with or without signs between the thousands; other text as it is."""
    plain = ungrouped(text)
    return int(plain) if re.fullmatch("[0-9]{1,9}", plain) else plain or None


def _carried(text: str) -> Any:
    """What the form carries along as JSON; text that is none stays text, and is refused."""
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return text


def _alternative(row: Row, parks: Mapping[str, str]) -> dict[str, Any]:
    named, codes = row["id"], {name.lower(): code for code, name in parks.items()}
    told: dict[str, Any] = {"reason": row["reason"]} if row["reason"] else {}
    if row["answer"] == _USED:
        told["used"] = True
    if named.startswith(("plot:", "premises:")):
        return {"site": named, **told}
    named = named.removeprefix("park:")
    return {"park": named if named in parks else codes.get(named.lower(), named), **told}


def development_toml(asked: Development) -> str:
    """Development as the text of a TOML file, which this page and the command read back."""
    document = {name: value for name, value in asdict(asked).items() if value not in (None, ())}
    for name in ("evidence", "alternative", "constraint"):
        rows = [_filled(row) for row in document.pop(name, ())]
        if rows:
            document[name] = rows
    return toml_text(document)


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Row of a table without what is at its default; TOML has no sign for nothing."""
    return {
        key: value for key, value in row.items()
        if value is not None and not (key == _USED and value is False)
    }  # fmt: skip
