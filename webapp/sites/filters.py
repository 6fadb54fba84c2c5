"""The filter of the list of sites, in the address: read, and written as a sentence.

``kind=plot&min.area_m2=2000&at_least.max_env_category=3.2&is.fibre=true&q=north``: which
fields can be asked is what ``layers/sites.toml`` marks with ``filter = true``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue, FieldDefinition
from geo_assen.services import SiteFilter
from geo_assen.units import format_quantity
from webapp import params
from webapp.fields import Choice, code_choices, read_number, unit_word, written_number
from webapp.params import ParameterError

__all__ = ["Control", "controls", "read_filter", "sentence"]

_LONGEST_TEXT = 100
_OPERATORS = frozenset({"min", "max", "at_least", "is"})
_FRAME_ARGS = frozenset({"q", "id", "as_of", "lang", "at", "layers", "for"})
"""Parameters beside the filter: the text, single sites, and how the page is shown."""
_FIRST = frozenset({"kind", "use", "area_m2", "price_eur_m2", "rent_eur_m2_year"})


@dataclass(frozen=True)
class Control:
    """One field of the filter form, with what is filled in.

    Attributes
    ----------
    kind
        ``choices`` (tick any), ``lowest`` (pick the lowest of an order), ``range`` (two
        numbers), ``before`` (a date), ``yes`` (a tick).
    low, high
        Texts of the two inputs of a range; ``high`` is also the date of ``before``.
    """

    name: str
    title: str
    kind: str
    unit: str
    choices: tuple[Choice, ...] = ()
    low: str = ""
    high: str = ""
    ticked: bool = False

    @property
    def is_first(self) -> bool:
        """Whether most readers want it: the others are folded away."""
        return self.name in _FIRST

    @property
    def is_filled(self) -> bool:
        """Whether the filter asks something here."""
        picked = any(choice.chosen for choice in self.choices)
        return picked or self.ticked or bool(self.low or self.high)


def read_filter(args: MultiDict[str, str], catalogue: Catalogue) -> SiteFilter:
    """Filter that an address asks for.

    Raises
    ------
    ParameterError
        If a value means nothing, or a field is asked that cannot be.
    """
    fields = {f.name: f for f in catalogue.layers["sites"].field if f.filter}
    _refuse_unknown(args, fields)
    return SiteFilter(
        text=params.text(args, "q", longest=_LONGEST_TEXT),
        one_of={
            name: _allowed(catalogue, f, args.getlist(name))
            for name, f in fields.items()
            if any(args.getlist(name))
        },
        at_least={
            name: params.choice(f"at_least.{name}", args[f"at_least.{name}"], _codes(catalogue, f))
            for name, f in fields.items()
            if args.get(f"at_least.{name}")
        },
        minimum=dict(_bounds(args, "min", fields)),
        maximum=dict(_bounds(args, "max", fields)),
        yes=tuple(name for name in fields if _is_yes(args, name)),
    )


def _refuse_unknown(args: MultiDict[str, str], fields: dict[str, FieldDefinition]) -> None:
    """A misspelt filter must not pass for one that lets everything through."""
    for key in args:
        operator, dot, name = key.partition(".")
        known = operator in _OPERATORS and name in fields if dot else key in fields
        if not known and key not in _FRAME_ARGS:
            raise ParameterError(key, _("left out: sites cannot be filtered by it"))


def _allowed(catalogue: Catalogue, field: FieldDefinition, values: list[str]) -> tuple[str, ...]:
    asked = tuple(value for value in values if value)
    if field.codes is not None:
        for value in asked:
            params.choice(field.name, value, _codes(catalogue, field))
    return asked


def _codes(catalogue: Catalogue, field: FieldDefinition) -> tuple[str, ...]:
    codes = catalogue.codes_of(field)
    return codes.values if codes else ()


def _bounds(
    args: MultiDict[str, str], operator: str, fields: dict[str, FieldDefinition]
) -> Iterator[tuple[str, float | date]]:
    for name, field in fields.items():
        key = f"{operator}.{name}"
        if args.get(key):
            yield name, _bound(key, args[key], field)


def _bound(key: str, text: str, field: FieldDefinition) -> float | date:
    if field.type == "date":
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ParameterError(key, _("a date, such as 2026-11-01")) from None
    number = read_number(text)
    if field.type not in {"number", "integer"} or math.isnan(number):
        raise ParameterError(key, _("a number"))
    return number


def _is_yes(args: MultiDict[str, str], name: str) -> bool:
    key = f"is.{name}"
    return bool(args.get(key)) and params.choice(key, args[key], ("true",)) == "true"


def controls(
    catalogue: Catalogue, chosen: SiteFilter, parks: dict[str, str], language: str
) -> list[Control]:
    """Fields of the filter form in the order of the layer file, filled in as asked.

    Parameters
    ----------
    parks
        Names of business parks by code.
    """
    fields = (f for f in catalogue.layers["sites"].field if f.filter)
    return [_control(catalogue, f, chosen, parks, language) for f in fields]


def _control(
    catalogue: Catalogue,
    field: FieldDefinition,
    chosen: SiteFilter,
    parks: dict[str, str],
    language: str,
) -> Control:
    name, title, unit = field.name, field.title.of(language), unit_word(field)
    codes = catalogue.codes_of(field)
    if field.refers_to == "business_parks" or codes is not None:
        ordered = codes is not None and codes.ordered
        picked = [chosen.at_least[name]] if name in chosen.at_least else []
        ticked = picked if ordered else list(chosen.one_of.get(name, ()))
        choices = (
            tuple(Choice(code, word, code in ticked) for code, word in parks.items())
            if codes is None
            else code_choices(catalogue, field.codes or "", ticked, language)
        )
        return Control(name, title, "lowest" if ordered else "choices", unit, choices)
    if field.type == "boolean":
        return Control(name, title, "yes", unit, ticked=name in chosen.yes)
    low, high = chosen.minimum.get(name), chosen.maximum.get(name)
    kind = "before" if field.type == "date" else "range"
    return Control(name, title, kind, unit, low=_written(low), high=_written(high))


def _written(bound: float | date | None) -> str:
    if bound is None:
        return ""
    return bound.isoformat() if isinstance(bound, date) else written_number(bound)


def sentence(catalogue: Catalogue, chosen: SiteFilter, parks: dict[str, str], language: str) -> str:
    """Say a filter in words: ``Kavel · 2.000 m² of meer · Categorie 3.2 of hoger``."""
    layer = catalogue.layers["sites"]
    fields = {f.name: f for f in layer.field}
    parts = [f"“{chosen.text}”"] if chosen.text else []
    for name, values in chosen.one_of.items():
        codes = catalogue.codes_of(fields[name])
        words = [codes.title(v, language) if codes else parks.get(v, v) for v in values]
        parts.append(_(" or ").join(words))
    for name, lowest in chosen.at_least.items():
        codes = catalogue.codes_of(fields[name])
        word = codes.title(lowest, language) if codes else lowest
        if not word.lower().startswith(fields[name].title.of(language).split()[0].lower()[:5]):
            word = f"{fields[name].title.of(language)} {word}"
        parts.append(_("%(value)s or higher", value=word))
    for name in dict.fromkeys([*chosen.minimum, *chosen.maximum]):
        parts.append(_range_words(fields[name], chosen, language))
    parts += [fields[name].title.of(language) for name in chosen.yes]
    return " · ".join(parts)


def _range_words(field: FieldDefinition, chosen: SiteFilter, language: str) -> str:
    low, high = chosen.minimum.get(field.name), chosen.maximum.get(field.name)
    low_word, high_word = (format_quantity(bound, field.unit, language) for bound in (low, high))
    title = field.title.of(language)
    if low is None:
        return _("%(field)s up to %(high)s", field=title, high=high_word)
    if high is None:
        return _("%(field)s from %(low)s", field=title, low=low_word)
    return _("%(field)s %(low)s to %(high)s", field=title, low=low_word, high=high_word)
