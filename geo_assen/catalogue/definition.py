"""What one layer file may say: the whole vocabulary of ``layers/*.toml``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from geo_assen.access import Role
from geo_assen.catalogue.lines import line_of
from geo_assen.errors import LayerDefinitionError

if TYPE_CHECKING:
    from geo_assen.catalogue.rasters import RasterLayer

__all__ = [
    "ADDRESS_PARTS",
    "UNITS",
    "Catalogue",
    "Code",
    "CodeList",
    "FieldDefinition",
    "Finder",
    "LayerDefinition",
    "Legend",
    "LegendClass",
    "Words",
]

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Colour = Annotated[str, StringConstraints(pattern=r"^#[0-9a-f]{6}$")]
FieldType = Literal["text", "integer", "number", "boolean", "date", "category", "set"]
Unit = Literal[
    "m2",
    "m",
    "mva",
    "share",
    "eur",
    "eur_m2",
    "eur_m2_year",
    "minutes",
    "days",
    "units",
    "jobs",
    "visitors",
    "year",
    "persons",
    "workers",
    "rank",
    "one",
    "stated",
]
UNITS = frozenset(get_args(Unit))
"""Units that a layer file may name; a field that a raster fills may have another, its own."""

GeometryKind = Literal["point", "line", "polygon", "any", "none"]
Group = Literal["work_locations", "city_centre", "leisure", "commuting", "base", "records"]
Mark = Literal[
    "solid",
    "outline",
    "bold",
    "hatch",
    "dense",
    "dots",
    "dash",
    "ring",
    "half",
    "full",
    "cross",
    "square",
    "triangle",
    "diamond",
]

ADDRESS_PARTS = ("address", "street", "house_number", "house_addition", "postcode", "town")
"""Fields that together are an address, by which records can be found."""

_RECORDED = "recorded_on"
_COUNTS = {"units", "jobs", "visitors", "year", "persons", "workers", "rank", "eur"}
_UNNAMED = ("one", "stated")
"""Units of which a name says nothing: no dimension, and one in a column of the record."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Strict):
    """One text in the two languages of the interface."""

    nl: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

    def of(self, language: str) -> str:
        """Text in a language; Dutch where the language is unknown."""
        return self.en if language == "en" else self.nl


class Code(_Strict):
    """One allowed value of a category.

    Attributes
    ----------
    aliases
        Other texts that files say it with, beside its value and titles.
    """

    value: Annotated[str, StringConstraints(min_length=1)]
    title: Words
    aliases: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()


def _folded(*texts: str) -> list[str]:
    return [text.strip().lower() for text in texts]


class CodeList(_Strict):
    """Allowed values of a category, in rank order where the order has a meaning."""

    ordered: bool = False
    code: tuple[Code, ...]

    @model_validator(mode="after")
    def _consistent(self) -> CodeList:
        doubles = sorted({v for v in self.values if self.values.count(v) > 1})
        if doubles:
            raise ValueError(f"code {doubles[0]!r} is listed twice")
        meant: dict[str, str] = {}
        for item in self.code:
            meant |= dict.fromkeys(_folded(item.value, item.title.nl, item.title.en), item.value)
        for item in self.code:
            for alias in _folded(*item.aliases):
                if meant.setdefault(alias, item.value) != item.value:
                    raise ValueError(f"alias {alias!r} stands for two codes")
        return self

    @property
    def values(self) -> tuple[str, ...]:
        """Values in file order; for an ordered list from low to high."""
        return tuple(item.value for item in self.code)

    def title(self, value: object, language: str) -> str:
        """Title of a value, or the value itself where the list does not know it."""
        return next((c.title.of(language) for c in self.code if c.value == value), str(value))


class FieldDefinition(_Strict):
    """One attribute of a layer.

    Attributes
    ----------
    name
        Column, also in files; a number carries its unit as the end of its name.
    codes
        Name of a list in ``codes.toml``; for ``category`` and ``set``.
    digits
        How many digits the text has, no more and no fewer; leading zeros count.
    refers_to
        Layer whose ``code`` this field holds.
    sites
        Kinds of site the field applies to; empty: it is no field of a site.
    derived
        Computed for a date; never read from a file.
    wanted
        A row that leaves it empty is taken, and it is said.
    filter
        Offered as a filter and as a constraint or criterion of a requirement.
    aliases
        Other names under which files carry the field.
    """

    name: Name
    title: Words
    type: FieldType
    unit: Unit | None = None
    required: bool = False
    visible: Literal["public", "staff"] = "public"
    codes: Name | None = None
    minimum: float | None = None
    maximum: float | None = None
    digits: Annotated[int, Field(ge=1, le=80)] | None = None
    refers_to: Name | None = None
    sites: tuple[Literal["plot", "premises"], ...] = ()
    derived: bool = False
    filter: bool = False
    aliases: tuple[str, ...] = ()
    description: Words | None = None
    wanted: bool = False

    @property
    def role(self) -> Role:
        """Lowest role that may see the field."""
        return Role.parse(self.visible)

    @property
    def is_modelled_count(self) -> bool:
        """Whether a model counts people here, so that its last digits say nothing."""
        return self.derived and bool(self.sites) and self.unit in ("workers", "visitors")

    @property
    def is_of_place(self) -> bool:
        """Whether the value follows from where a site lies, so that nothing there changes it."""
        is_own_unit = self.unit is not None and self.unit not in UNITS
        is_distance = bool(self.sites) and self.name.startswith("distance_to_")
        return self.is_modelled_count or is_own_unit or is_distance

    @model_validator(mode="after")
    def _consistent(self) -> FieldDefinition:
        if self.type in ("category", "set") and self.codes is None:
            raise ValueError(f"field {self.name!r} is a {self.type} and needs 'codes'")
        if self.codes is not None and self.type not in ("category", "set"):
            raise ValueError(f"field {self.name!r} has codes but is a {self.type}")
        if self.digits is not None and self.type != "text":
            raise ValueError(f"field {self.name!r} has digits but is a {self.type}")
        if self.unit is not None and self.unit not in _UNNAMED:
            named = (
                self.unit in self.name.split("_")
                if self.unit in _COUNTS
                else (self.name.endswith(f"_{self.unit}"))
            )
            if not named:
                raise ValueError(
                    f"field {self.name!r} is measured in {self.unit}: its name must say so"
                )
        if self.type in ("number", "integer") and self.unit is None:
            raise ValueError(f"number field {self.name!r} needs a 'unit'")
        return self


class Finder(_Strict):
    """Fields by which a file may name another record where it does not have our code.

    They are read to find the record and are not stored.

    Attributes
    ----------
    of
        Field of the layer that gets the code of what was found; it refers to another layer.
    field
        What a file may have, the surest first. ``address``, ``street``, ``house_number``,
        ``house_addition``, ``postcode`` and ``town`` are parts of one address; any other is a
        field of that layer.
    """

    of: Name
    field: Annotated[tuple[FieldDefinition, ...], Field(min_length=1)]


class LegendClass(_Strict):
    """One class of a legend: a colour and a second mark, so that colour never speaks alone."""

    value: str
    title: Words
    colour: Colour
    mark: Mark
    width: Annotated[float, Field(gt=0, le=12)] = 2.0


class Legend(_Strict):
    """How features are told apart; without ``field`` there is one class for all."""

    field: Name | None = None
    classes: Annotated[tuple[LegendClass, ...], Field(min_length=1)]
    width_field: Name | None = None


class LayerSource(_Strict):
    """Where a layer as a whole comes from; each record names its own source besides."""

    publisher: str
    licence: str
    update: Annotated[str, StringConstraints(pattern=r"^(P\d+[YMWD]|irregular|continuous)$")]
    url: str | None = None


class Zooms(_Strict):
    """Web-map zooms between which the layer draws, and from which names are shown."""

    min: Annotated[int, Field(ge=0, le=22)] = 0
    max: Annotated[int, Field(ge=0, le=22)] = 22
    label: Annotated[int, Field(ge=0, le=23)] = 23


class PolicyHooks(_Strict):
    """What the layer serves in the Economische Agenda Assen 2020-2025."""

    pillar: tuple[Literal["1", "2", "3"], ...] = ()
    theme: tuple[Literal["1", "2", "3", "4"], ...] = ()
    sdg: tuple[Annotated[int, Field(ge=1, le=17)], ...] = ()
    monitoring_group: Literal["1", "2", "3", "4"] | None = None


class LayerDefinition(_Strict):
    """One layer file.

    Attributes
    ----------
    table
        Built-in table behind the layer; ``None``: a table is made from the fields.
    where
        Values of one column that select the rows of the layer from a shared table.
    view
        Name of the derived reading that the layer shows; ``None``: its table as it is.
    key, label
        Fields that stand for a record on screen and that name it to a reader.
    identity
        Fields that together are unique; a second import of the same record is told by them.
    geometry_in_file
        Whether an imported row brings a geometry; ``none`` where a view supplies it.
    card
        Up to three fields that matter most, shown when a feature is opened.
    on_at_start
        Drawn on the first view of the map.
    finder
        By what else than its code a file may name a record of another layer.
    """

    id: Name
    group: Group
    title: Words
    description: Words
    geometry: GeometryKind
    table: Name | None = None
    view: Name | None = None
    where: dict[Name, tuple[str, ...]] = Field(default_factory=dict)
    key: Name = "code"
    identity: tuple[Name, ...] = ("code",)
    label: Name = "code"
    geometry_in_file: Literal["required", "optional", "none"] = "required"
    card: Annotated[tuple[Name, ...], Field(max_length=3)] = ()
    on_at_start: bool = False
    order: int = 100
    visible: Literal["public", "staff"] = "public"
    source: LayerSource
    policy: PolicyHooks = PolicyHooks()
    zoom: Zooms = Zooms()
    legend: Legend | None = None
    field: Annotated[tuple[FieldDefinition, ...], Field(min_length=1)]
    finder: Finder | None = None

    @property
    def role(self) -> Role:
        """Lowest role that may see the layer at all."""
        return Role.parse(self.visible)

    @property
    def stored_fields(self) -> tuple[FieldDefinition, ...]:
        """Fields that a file may bring and that are kept."""
        return tuple(f for f in self.field if not f.derived)

    @property
    def importable_fields(self) -> tuple[FieldDefinition, ...]:
        """Fields that a file may bring: to be kept, or only to find another record."""
        return self.stored_fields + (self.finder.field if self.finder else ())

    @property
    def restates(self) -> bool:
        """Whether the same may be said again: the day of recording tells the versions apart."""
        return self.table is not None and _RECORDED in self.identity and len(self.identity) > 1

    @property
    def subject(self) -> tuple[str, ...]:
        """Fields that say what a record is about: of two that agree in them one is later."""
        return tuple(name for name in self.identity if name != _RECORDED)

    def fields_for(self, role: Role) -> tuple[FieldDefinition, ...]:
        """Fields that a role may see, in file order."""
        return tuple(f for f in self.field if f.role <= role)

    def named(self, name: str) -> FieldDefinition | None:
        """Field of that name, or None."""
        return next((f for f in self.field if f.name == name), None)

    def importable(self, name: str) -> FieldDefinition | None:
        """Field of that name that a file may bring, or None."""
        return next((f for f in self.importable_fields if f.name == name), None)

    @model_validator(mode="after")
    def _consistent(self) -> LayerDefinition:
        names = [f.name for f in self.field]
        doubles = sorted({n for n in names if names.count(n) > 1})
        if doubles:
            raise ValueError(f"field {doubles[0]!r} is listed twice")
        asked = [self.key, self.label, *self.card, *self.where]
        if self.view is None or self.table is not None:
            asked += self.identity
        if self.legend is not None:
            asked += [n for n in (self.legend.field, self.legend.width_field) if n]
        missing = [n for n in asked if n not in names]
        if missing:
            raise ValueError(f"{missing[0]!r} is used but is not one of the fields")
        if self.legend is None and self.geometry != "none":
            raise ValueError("a layer with geometry needs a legend")
        if self.finder is not None:
            self._check_finder(self.finder)
        return self

    def _check_finder(self, finder: Finder) -> None:
        found = self.named(finder.of)
        if found is None or found.derived or found.refers_to in (None, self.id):
            raise ValueError(f"{finder.of!r} is to be found, but refers to no other layer")
        names = [f.name for f in self.importable_fields]
        doubles = sorted({n for n in names if names.count(n) > 1})
        if doubles:
            raise ValueError(f"field {doubles[0]!r} is listed twice")


class Catalogue:
    """All layers of an installation and the code lists they share.

    Attributes
    ----------
    layers
        Layers of records by id.
    rasters
        Layers that are a surface of values, by id.
    """

    def __init__(
        self,
        layers: dict[str, LayerDefinition],
        codes: dict[str, CodeList],
        folder: Path | None = None,
        rasters: Mapping[str, RasterLayer] | None = None,
    ) -> None:
        self.layers = layers
        self.codes = codes
        self.rasters = dict(rasters or {})
        self._folder = folder

    def refusal(
        self, layer: LayerDefinition, reason: str, place: Sequence[str | int]
    ) -> LayerDefinitionError:
        """Error that stops the start, with the file and line of what is wrong in a layer.

        Parameters
        ----------
        place
            Keys and list positions that lead to it, such as ``("field", 3)``.
        """
        name = f"{layer.id}.toml"
        if self._folder is None:
            return LayerDefinitionError(name, None, reason)
        path = self._folder / name
        return LayerDefinitionError(path, line_of(path.read_text(encoding="utf-8"), place), reason)

    def __iter__(self) -> Iterator[LayerDefinition]:
        return iter(sorted(self.layers.values(), key=lambda layer: (layer.order, layer.id)))

    def __contains__(self, layer_id: str) -> bool:
        return layer_id in self.layers

    def layer(self, layer_id: str) -> LayerDefinition | None:
        """Layer of that id, or None."""
        return self.layers.get(layer_id)

    def codes_of(self, field: FieldDefinition) -> CodeList | None:
        """Code list of a field, or None where it has none."""
        return self.codes[field.codes] if field.codes else None
