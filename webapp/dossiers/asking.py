"""From what was typed or sent to a dossier, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage, MultiDict

from geo_assen import services
from geo_assen.errors import FileRefused, RequirementError
from geo_assen.land import Development, DevelopmentError, LadderDossier
from webapp import params
from webapp.auth.roles import current_role
from webapp.dossiers.sent import harmless_name, laid_down
from webapp.dossiers.typed import Typed, document_of, typed_in, typed_of
from webapp.dossiers.words import FaultWords, fault_words
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["Asked", "ask", "park_names"]

Faults = Mapping[str, tuple[FaultWords, ...]]


@dataclass(frozen=True)
class Asked:
    """What the form asks, and what came of it.

    Attributes
    ----------
    as_of
        Day of the dossier; today where the form names none that can be read.
    dossier
        None where something is wrong.
    faults
        What is wrong, by the field of the form.
    file_faults
        What is wrong with the file that was sent; the form is as it was then.
    """

    typed: Typed
    as_of: date
    dossier: LadderDossier | None = None
    faults: Faults | None = None
    file_faults: tuple[FaultWords, ...] = ()


def ask(form: MultiDict[str, str], sent: FileStorage | None) -> Asked:
    """Lay the development of a form, or of the file that came along, beside what is known.

    Raises
    ------
    ParameterError
        If a text is far longer than it could have to be.
    """
    typed = typed_in(form)
    try:
        day = params.as_of({"as_of": typed.values["as_of"]})
    except params.ParameterError:
        words = FaultWords(_("This is no date between 1900 and 2100."), current_language())
        return Asked(typed, services.today(), faults={"as_of": (words,)})
    if sent is not None and sent.filename:
        return _of_file(sent, typed, day)
    names = park_names(day)
    try:
        asked = Development.parse(document_of(typed, names))
        return _answered(asked, typed, day)
    except (DevelopmentError, RequirementError) as error:
        return Asked(typed, day, faults=_by_field(error.faults))


def park_names(day: date) -> dict[str, str]:
    """Names of the business parks of a day by their code."""
    rows = services.layer_rows(
        current_store(), "business_parks", as_of=day, role=current_role()
    ).frame
    pairs = zip(rows["code"], rows["name"].fillna(rows["code"]), strict=True)
    return {str(code): str(name) for code, name in sorted(pairs, key=lambda pair: str(pair[1]))}


def _of_file(sent: FileStorage, typed: Typed, day: date) -> Asked:
    name = harmless_name(sent.filename or "", "development.toml")
    with laid_down(sent.stream.read(), name) as path:
        try:
            asked = Development.load(path)
            told = typed_of(asked)
            told = replace(told, values={**told.values, "as_of": typed.values["as_of"]})
            return _answered(asked, told, day)
        except (DevelopmentError, RequirementError) as error:
            words = tuple(fault_words(reason, field) for field, reason in error.faults)
        except FileRefused as error:
            words = (FaultWords(str(error).replace(str(path), name), "en"),)
    return Asked(typed, day, file_faults=words)


def _answered(asked: Development, typed: Typed, day: date) -> Asked:
    dossier = services.ladder_dossier(current_store(), asked, as_of=day, role=current_role())
    return Asked(typed, day, dossier)


def _by_field(faults: tuple[tuple[str, str], ...]) -> Faults:
    told: dict[str, tuple[FaultWords, ...]] = {}
    for field, reason in faults:
        # "constraint 2 (area_m2)": the form carries constraints as one.
        name = "constraint" if field.startswith("constraint") else field
        told[name] = (*told.get(name, ()), fault_words(reason, field))
    return told
