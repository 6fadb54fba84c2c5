"""The need as a form: which rows it has, what is filled in, and what an answer means.

The form speaks the language of the address itself (``min.area_m2``, ``w.price_eur_m2``),
but for curves: it asks the values where a wish is wholly met and not met at all
(``good.price_eur_m2``, ``bad.price_eur_m2``), which :func:`canonical` joins to one curve.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue, FieldDefinition

__all__ = ["Choice", "Demand", "NeedForm", "Wish", "canonical", "need_form"]

FRAME_ARGS = frozenset({"lang", "at", "layers", "for", "limit"})
"""Parameters that say how a page is shown, not what is needed."""

HEAVIEST_WEIGHT = 5
_FIRST_DEMANDS = (
    "max.price_eur_m2",
    "max.rent_eur_m2_year",
    "at_least.max_env_category",
    "max.available_from",
    "min.grid_mva",
)
_FALLEN_WISHES = ("price_eur_m2", "rent_eur_m2_year")
_RISEN_WISHES = ("grid_mva", "area_m2")


@dataclass(frozen=True)
class Choice:
    """One value that can be ticked or picked."""

    value: str
    title: str
    chosen: bool


@dataclass(frozen=True)
class Demand:
    """One row of what must hold.

    Attributes
    ----------
    kind
        ``lowest`` (pick the lowest of an order), ``least`` or ``most`` (a number),
        ``latest`` (a date) or ``yes`` (a tick).
    argument
        Parameter of the address that the row fills.
    """

    kind: str
    argument: str
    title: str
    unit: str
    value: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Whether the need asks something here."""
        return bool(self.value) or any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class Wish:
    """One row of what is wished: a weight from 0, and the ends of its curve."""

    name: str
    title: str
    unit: str
    weight: float
    good: str
    bad: str


@dataclass(frozen=True)
class NeedForm:
    """The whole form, and what the address asks that no row of it shows.

    The demands that most needs have stand first; the others are folded away.
    """

    title: str
    uses: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    area_min: str
    area_max: str
    demands: tuple[Demand, ...]
    more_demands: tuple[Demand, ...]
    wishes: tuple[Wish, ...]
    kept: tuple[tuple[str, str], ...]


def canonical(args: MultiDict[str, str]) -> MultiDict[str, str]:
    """Parameters as a link should have them: no empty ones, curves joined, no idle wishes.

    A wish without weight is left out, and so is a curve whose ends are no two different
    numbers: then nothing could be told apart by it.
    """
    ready: MultiDict[str, str] = MultiDict()
    for name, value in args.items(multi=True):
        if value.strip() and not name.startswith(("good.", "bad.", "w.", "c.")):
            ready.add(name, value.strip())
    for name, weight in _weights(args).items():
        curve = _curve(args, name)
        if curve:
            ready[f"w.{name}"] = weight
            ready[f"c.{name}"] = curve
    return ready


def _weights(args: MultiDict[str, str]) -> dict[str, str]:
    """Weights as written, but for those that are nothing."""
    written = {name[2:]: value.strip() for name, value in args.items() if name.startswith("w.")}
    return {name: value for name, value in written.items() if value and _number(value) != 0}


def _curve(args: MultiDict[str, str], name: str) -> str:
    good, bad = (_number(args.get(f"{end}.{name}", "")) for end in ("good", "bad"))
    if math.isnan(good) or math.isnan(bad) or good == bad:
        return args.get(f"c.{name}", "")
    return f"smaller:{good:g},{bad:g}" if good < bad else f"larger:{bad:g},{good:g}"


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan


def need_form(
    args: MultiDict[str, str],
    catalogue: Catalogue,
    ranges: Mapping[str, tuple[float, float]],
    language: str,
) -> NeedForm:
    """Form filled in as an address asks.

    Parameters
    ----------
    ranges
        Usual low and high value by field, to start the curves of wishes with.
    """
    layer = catalogue.layers["sites"]
    fields = {f.name: f for f in layer.field if f.filter}
    demands = tuple(_demands(args, catalogue, fields.values(), language))
    wishes = tuple(_wishes(args, fields, ranges, language))
    shown = {"title", "use", "kinds", "min.area_m2", "max.area_m2", "as_of", *FRAME_ARGS}
    shown |= {d.argument for d in demands}
    shown |= {f"{sign}.{w.name}" for w in wishes for sign in "wc"}
    kept = tuple((n, v) for n, v in args.items(multi=True) if n not in shown)
    return NeedForm(
        title=args.get("title", ""),
        uses=_choices(catalogue, "uses", args.getlist("use"), language),
        kinds=_choices(catalogue, "site_kind", args.getlist("kinds"), language),
        area_min=args.get("min.area_m2", ""),
        area_max=args.get("max.area_m2", ""),
        demands=tuple(d for d in demands if d.argument in _FIRST_DEMANDS),
        more_demands=tuple(d for d in demands if d.argument not in _FIRST_DEMANDS),
        wishes=wishes,
        kept=kept,
    )


def _choices(
    catalogue: Catalogue, codes: str, chosen: list[str], language: str
) -> tuple[Choice, ...]:
    listed = catalogue.codes[codes].code
    return tuple(Choice(c.value, c.title.of(language), c.value in chosen) for c in listed)


def _demands(
    args: MultiDict[str, str],
    catalogue: Catalogue,
    fields: Iterable[FieldDefinition],
    language: str,
) -> Iterable[Demand]:
    for field in fields:
        title, unit = field.title.of(language), _unit(field)
        codes = catalogue.codes_of(field)
        if codes is not None and codes.ordered:
            argument = f"at_least.{field.name}"
            asked = [args.get(argument, "")]
            choices = _choices(catalogue, field.codes or "", asked, language)
            yield Demand("lowest", argument, title, unit, choices=choices)
        elif field.type == "boolean":
            argument = f"is.{field.name}"
            yield Demand("yes", argument, title, unit, args.get(argument, ""))
        elif field.type == "date":
            argument = f"max.{field.name}"
            yield Demand("latest", argument, title, unit, args.get(argument, ""))
        elif field.type in {"number", "integer"} and field.name != "area_m2":
            least = not field.name.startswith(("price", "rent", "distance"))
            argument = _distance(field.name) or f"{'min' if least else 'max'}.{field.name}"
            yield Demand(
                "least" if least else "most", argument, title, unit, args.get(argument, "")
            )


def _distance(name: str) -> str:
    """Parameter for the nearest of a kind of place, where the field is its distance."""
    kind = _place_kind(name)
    return f"near.{kind}.max_m" if kind else ""


def _place_kind(name: str) -> str:
    fits = name.startswith("distance_to_") and name.endswith("_m")
    return name.removeprefix("distance_to_").removesuffix("_m") if fits else ""


def _wishes(
    args: MultiDict[str, str],
    fields: Mapping[str, FieldDefinition],
    ranges: Mapping[str, tuple[float, float]],
    language: str,
) -> Iterable[Wish]:
    falling = [*_FALLEN_WISHES, *(name for name in fields if _place_kind(name))]
    for field_name in (*falling, *_RISEN_WISHES):
        if field_name not in fields:
            continue
        kind = _place_kind(field_name)
        name = f"near.{kind}" if kind else field_name
        low, high = ranges.get(field_name, (0.0, 1.0))
        usual = (low, high) if field_name in falling else (high, low)
        good, bad = _ends(args.get(f"c.{name}", "")) or usual
        field = fields[field_name]
        yield Wish(
            name=name,
            title=field.title.of(language),
            unit=_unit(field),
            weight=_weight(args.get(f"w.{name}", "")),
            good=f"{good:g}",
            bad=f"{bad:g}",
        )


def _weight(text: str) -> float:
    number = _number(text)
    return 0.0 if math.isnan(number) else min(max(number, 0.0), HEAVIEST_WEIGHT)


def _ends(curve: str) -> tuple[float, float] | None:
    """Ends of a straight curve as (wholly met, not met); None for any other curve."""
    shape, _, knots = curve.partition(":")
    numbers = [_number(part) for part in knots.split(",")]
    if shape not in {"smaller", "larger"} or len(numbers) != 2 or any(map(math.isnan, numbers)):
        return None
    return (numbers[0], numbers[1]) if shape == "smaller" else (numbers[1], numbers[0])


def _unit(field: FieldDefinition) -> str:
    words = {
        "m2": "m²",
        "m": "m",
        "eur_m2": "€/m²",
        "eur_m2_year": "€/m²",
        "mva": "MVA",
        "share": "0–1",
    }
    return words.get(field.unit or "", "")
