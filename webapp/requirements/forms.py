"""What the forms of the register say: a need of the match screen, a file, or a record."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from geo_assen import services
from geo_assen.errors import FileRefused
from geo_assen.matching import Requirement
from geo_assen.units import format_date
from webapp.language import current_language
from webapp.params import whole_number

__all__ = ["FIELDS", "asked_version", "merged", "named", "of_file", "of_form", "of_query"]

FIELDS = ("title", "kind", "present_site", "sector", "party", "stage", "needed_by", "jobs")
"""What the form of a record asks, by the names that a requirement has for it."""

_SHOWN = frozenset(
    {
        "lang", "at", "layers", "for", "limit", "keep", "view", "advanced", "weigh", "as_of",
        "record",
    }
)  # fmt: skip
"""Parameters of the match screen that say how it is shown, for which date, and where the need
came from."""

_ASIDE = ("off.", "rank.", "pair.")
_NOBODY = ("code", "party", "stage")
_NEED = ("use", "kinds", "as_of", "constraints", "criteria")
_LARGEST_VERSION = 10**9 - 1


def of_query(query: str) -> Requirement:
    """Requirement that the address of the match screen asks; it is of no date.

    Raises
    ------
    RequirementError
        If it does not say something that can be matched.
    """
    asked = parse_qs(query, keep_blank_values=True)
    kept = {
        name: values
        for name, values in asked.items()
        if name not in _SHOWN and not name.startswith(_ASIDE)
    }
    return Requirement.from_query(kept, origin=_("The need"))


def of_file(sent: FileStorage) -> Requirement:
    """Requirement out of a TOML or JSON file.

    Raises
    ------
    FileRefused, RequirementError
    """
    name = sent.filename or ""
    try:
        text = sent.stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(name, "the file is not UTF-8 text.") from error
    return Requirement.from_text(text, name)


def of_form(form: MultiDict[str, str], recorded: Requirement) -> Requirement:
    """Recorded requirement with the fields of its form as they were filled in.

    Raises
    ------
    RequirementError
        Naming the fields that say nothing sensible.
    """
    kept = {name: values for name, values in recorded.to_query().items() if name not in FIELDS}
    given = {name: [form.get(name, "").strip()] for name in FIELDS}
    return Requirement.from_query(kept | given, origin=_("The requirement"))


def merged(
    recorded: Requirement, newer: Requirement, *, is_whole: bool = False
) -> Requirement:
    """Recorded requirement that asks what a newer one asks of a site.

    Who asks stays, and so does what else is known of the demand where the newer says nothing.

    Parameters
    ----------
    is_whole
        The newer came out of the record itself: what it does not say any more is gone, but
        for the title.
    """
    told = {name: getattr(newer, name) for name in FIELDS if name not in _NOBODY}
    told["title"] = newer.title or recorded.title
    if not is_whole:
        told = {name: value for name, value in told.items() if value not in (None, "", "new")}
    return replace(recorded, **told, **{name: getattr(newer, name) for name in _NEED})


def named(requirement: Requirement, title: str) -> Requirement:
    """Requirement with a title: the one given, its own, or one that says when it came."""
    today = format_date(services.today(), current_language())
    return replace(
        requirement, title=title or requirement.title or _("Requirement of %(day)s", day=today)
    )


def asked_version(form: MultiDict[str, str]) -> int | None:
    """Version of the record that the form was drawn for; None where it says none.

    Raises
    ------
    ParameterError
    """
    if not form.get("version"):
        return None
    return whole_number(form, "version", default=1, maximum=_LARGEST_VERSION)
