"""What is wrong with a need, as a reader of the form looks for it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from geo_assen.catalogue import Catalogue

__all__ = ["fault_words"]


def fault_words(
    faults: Sequence[tuple[str, str]], catalogue: Catalogue, language: str
) -> tuple[tuple[str, str], ...]:
    """Name each fault by the row of the form, and say what stands there instead.

    Reasons that only a hand-written address can bring about stay as they were told.
    """
    return tuple((_place(name, catalogue, language), _reason(reason)) for name, reason in faults)


def _place(name: str, catalogue: Catalogue, language: str) -> str:
    """Title of the row that fills a parameter; the parameter itself where there is none."""
    sign, _dot, rest = name.partition(".")
    if sign == "near":
        rest = f"distance_to_{rest.partition('.')[0]}_m"
    fields = {f.name: f for f in catalogue.layers["sites"].field}
    field = fields.get(rest or {"kinds": "kind"}.get(name, name))
    if field is None:
        return name
    title = field.title.of(language)
    if sign in {"min", "at_least"}:
        return _("%(field)s, at least", field=title)
    if sign in {"max", "near"}:
        return _("%(field)s, at most", field=title)
    return title


def _reason(reason: str) -> str:
    if reason.startswith("must be a number or a date"):
        return _("must be a number, such as 2500, or a date")
    if reason.startswith("must be a number"):
        return _("must be a number, such as 2500")
    return reason
