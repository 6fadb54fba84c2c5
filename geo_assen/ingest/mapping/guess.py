"""Guess which column is which field, from its name and from what is in it.

A wrong guess is worse than none: a column that is left out is seen and can be given, a
wrong value in the right shape is not. So a name has to say all of what the field says, its
unit has to fit, and the values must not contradict it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from geo_assen.catalogue import Catalogue, FieldDefinition, LayerDefinition
from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.mapping.definition import Certainty, Mapping
from geo_assen.ingest.mapping.evidence import Column, columns_of, known_texts, share_that_fits
from geo_assen.ingest.mapping.files import ReadyMapping
from geo_assen.ingest.mapping.names import Reading, factor_between, plain, read_name
from geo_assen.ingest.mapping.phrases import Phrase, is_slip_of, phrases_of
from geo_assen.ingest.mapping.words import (
    ID_WORDS,
    KIND_WORDS,
    OWN_NOUNS,
    SAYS_NOTHING,
    TECHNICAL_IDS,
)

__all__ = ["guess_mapping"]

_ENOUGH = 3
"""Values of which not one fits before a name is not believed."""
_CUT = 10
"""Signs of the name of a column in a shapefile."""
_TELLING = 4
"""Signs of a part of a name that can still be told."""
_LONGEST_ID = 20
"""Signs of what a column called "kavel" can number its records with; longer is a text."""


def guess_mapping(
    layer: LayerDefinition,
    file_layer: FileLayer,
    sample: pd.DataFrame,
    *,
    catalogue: Catalogue,
    ready: Sequence[ReadyMapping] = (),
) -> Mapping:
    """Map the columns of a file to the fields of a layer.

    A ready mapping that knows the file goes first. The rest is told by name (the field's
    own, then its aliases, then its titles in Dutch and English), then by variants of those
    (abbreviated, with a unit, with words in between), and last by values.

    Parameters
    ----------
    sample
        The first records of the file as they were read; some hundreds are looked at.
    ready
        Ready mappings; those of other layers are passed over.

    Returns
    -------
    A field has one column, a column one field, except in a ready mapping. Fields for which
    nothing speaks are left out.
    """
    known = _ready_for(layer, file_layer, ready)
    guess = _Guess(layer, catalogue, columns_of(file_layer.columns, sample), known)
    guess.by_plain_name()
    guess.by_phrase()
    guess.by_slip()
    guess.by_cut_name()
    guess.by_bare_unit()
    places = {column for column in file_layer.columns if column in file_layer.geometry_columns}
    guess.by_own_noun()
    guess.by_values(places)
    guess.by_id(places)
    return guess.mapping()


def _ready_for(
    layer: LayerDefinition, file_layer: FileLayer, ready: Sequence[ReadyMapping]
) -> Mapping:
    """The ready mapping that takes most of the file, or an empty one."""
    fitted = [
        item.fitted(file_layer.columns)
        for item in ready
        if item.layer == layer.id and item.recognised_in(file_layer.columns)
    ]
    return max(fitted, key=lambda mapping: len(mapping.columns), default=Mapping())


class _Guess:
    """Fields and columns that have found each other so far."""

    def __init__(
        self, layer: LayerDefinition, catalogue: Catalogue, columns: list[Column], known: Mapping
    ) -> None:
        self._layer = layer
        self._catalogue = catalogue
        self._columns = columns
        self._readings = {column.name: read_name(column.name) for column in columns}
        self._own = OWN_NOUNS.get(layer.id, frozenset())
        computed = [field for field in layer.field if field.derived]
        self._fields = [*layer.importable_fields, *computed]
        self._known = known
        self._found = dict(known.columns)
        self._factors = dict(known.factors)
        self._certainty = dict(known.certainty)
        self._done = {*known.columns, *known.constants}
        self._taken = set(known.columns.values())

    def mapping(self) -> Mapping:
        """What was found."""
        return Mapping(
            columns=self._found,
            constants=self._known.constants,
            values=self._known.values,
            factors=self._factors,
            certainty=self._certainty,
            name=self._known.name,
        )

    def by_plain_name(self) -> None:
        """Names that are a field's name, alias or title, but for case and signs."""
        for why in ("name", "alias", "title"):
            for field in self._open_fields():
                named = {plain(text) for text in _names(field, why)}
                for column in self._open_columns():
                    said = factor_between(self._readings[column.name].unit, field.unit)
                    fits = plain(column.name) in named and (said or why == "name")
                    if fits and self._take(field, column, why, said or 1):
                        break

    def by_phrase(self) -> None:
        """Names that say the same in other words, in another unit or with words in between."""
        for number in (0, 1, 2):
            for phrase in self._phrases():
                said = [
                    column
                    for column in self._open_columns()
                    if phrase.is_said_by(self._versions(column, phrase.field)[number])
                ]
                if number:  # of a wijknaam and a gemeentenaam, the one that tells more apart
                    said.sort(key=lambda column: -len(column.distinct))
                for column in said:
                    if phrase.field.name not in self._done:
                        unit = self._readings[column.name].unit
                        factor = factor_between(unit, phrase.field.unit)
                        self._take(phrase.field, column, phrase.why, factor or 1)

    def by_bare_unit(self) -> None:
        """A column called "ha" or "m2" is the one area that the layer asks for."""
        fields = [f for f in self._open_fields() if f.unit == "m2" and f.required]
        columns = [c for c in self._open_columns() if not self._readings[c.name].words]
        for column in columns if len(fields) == 1 else ():
            factor = factor_between(self._readings[column.name].unit, "m2")
            named = self._readings[column.name].unit is not None and factor is not None
            if named and fields[0].name not in self._done and self._agrees(fields[0], column):
                self._take(fields[0], column, "values", factor or 1)

    def by_slip(self) -> None:
        """Names with one slip of the pen, where the values agree."""
        for phrase in self._phrases():
            for column in self._open_columns():
                reading = self._versions(column, phrase.field)[1]
                if (
                    phrase.field.name not in self._done
                    and is_slip_of(reading, phrase)
                    and self._agrees(phrase.field, column)
                ):
                    factor = factor_between(reading.unit, phrase.field.unit)
                    self._take(phrase.field, column, "values", factor or 1)

    def by_cut_name(self) -> None:
        """Names that a shapefile cut off after ten signs: ``BEDRIJVENT``, ``OPPERVLAKT``."""
        phrases = [(phrase, "".join(phrase.words)) for phrase in self._phrases()]
        for column in self._open_columns():
            if len(column.name) != _CUT:
                continue
            forms = self._cut_forms(column)
            said = {
                phrase.field.name: phrase
                for phrase, text in phrases
                if not phrase.needs_unit and any(text.startswith(form) for form in forms)
            }
            if len(said) == 1:
                phrase = next(iter(said.values()))
                if phrase.field.name not in self._done:
                    self._take(phrase.field, column, phrase.why)

    def _cut_forms(self, column: Column) -> list[str]:
        """A cut name, and what is left of it without the noun of the layer in front."""
        text = plain(column.name)
        bare = [text.removeprefix(noun) for noun in self._own if text.startswith(noun)]
        return [text, *(form for form in bare if len(form) >= _TELLING)]

    def _cut_id(self, column: Column) -> list[str]:
        """Word for an id in which a cut name ends, behind the noun of the layer."""
        rests = self._cut_forms(column)[1:] if len(column.name) == _CUT else []
        return [word for rest in rests for word in ID_WORDS if word.startswith(rest)][:1]

    def by_values(self, places: set[str]) -> None:
        """Columns whose name says nothing and whose values can be one field only."""
        self._only_one("name", "bag_id", [c for c in self._mute(places) if c.is_bag])
        self._only_one("name", "postcode", [c for c in self._mute(places) if c.is_postcode])
        self._categories_by_values(places)
        self._only_one("type", "date", [c for c in self._mute(places) if c.is_date])
        self._only_one("type", "boolean", [c for c in self._mute(places) if c.is_yes_no])

    def _only_one(self, key: str, wanted: str, columns: list[Column]) -> None:
        """Join the one open field of a name or type with the one column there is for it."""
        fields = [field for field in self._open_fields() if getattr(field, key) == wanted]
        if len(fields) == len(columns) == 1:
            self._take(fields[0], columns[0], "values")

    def by_own_noun(self) -> None:
        """A column called what the records are, in a layer that asks for their name."""
        field = self._layer.named("name")
        if field is None or not field.required or "name" in self._done:
            return
        for column in self._open_columns():
            words = self._readings[column.name].words
            told = words and all(word in self._own for word in words)
            if told and self._readings[column.name].unit is None and _is_text(column):
                self._take(field, column, "values")
                return

    def by_id(self, places: set[str]) -> None:
        """What tells the records apart, for a layer that asks for a code."""
        field = self._layer.named("code")
        if field is None or field.derived or "code" in self._done:
            return
        columns = [c for c in self._open_columns() if c.name not in places]
        ranked = sorted(
            (rank, column.position, column)
            for column in columns
            if (rank := self._id_rank(column)) is not None
        )
        if ranked:
            self._take(field, ranked[0][2], "values")

    def _id_rank(self, column: Column) -> int | None:
        """How good an id a column is, 0 the best; None: none at all."""
        reading = self._readings[column.name]
        if plain(column.name) in TECHNICAL_IDS:
            return 20 + TECHNICAL_IDS.index(plain(column.name)) if column.is_unique else None
        left = [word for word in reading.words if word not in self._own]
        named = len(left) < len(reading.words)
        cut = self._cut_id(column)
        left, named = cut or left, named or bool(cut)
        if column.is_bag and "bag_id" in self._done:
            return None
        if reading.unit or not (left or named) or not column.is_nearly_unique(named=named):
            return None
        if not all(word in ID_WORDS for word in left):
            return None
        if not left and max(map(len, column.texts)) > _LONGEST_ID:
            return None
        best = min((ID_WORDS.index(word) for word in left), default=9)
        return best if named else best + 10

    def _categories_by_values(self, places: set[str]) -> None:
        for field in self._open_fields():
            codes = self._catalogue.codes_of(field)
            if codes is None:
                continue
            found = [
                column
                for column in self._mute(places, KIND_WORDS)
                if len(column.texts) >= _ENOUGH
                and share_that_fits(column, field, codes) >= 0.95
                and _telling(column, known_texts(codes))
                and not self._other_category_of(column, field)
            ]
            if len(found) == 1:
                self._take(field, found[0], "values")

    def _other_category_of(self, column: Column, field: FieldDefinition) -> bool:
        """Whether a field with another list of codes explains the values as well."""
        return any(
            other.codes not in (None, field.codes)
            and not (other.derived and not field.derived)
            and share_that_fits(column, other, self._catalogue.codes_of(other)) >= 0.95
            for other in self._open_fields()
        )

    def _mute(self, places: set[str], more: frozenset[str] = frozenset()) -> Iterator[Column]:
        """Open columns whose name leaves it to the values."""
        for column in self._open_columns():
            words = [w for w in self._readings[column.name].words if w not in self._own]
            said = SAYS_NOTHING | more | {"datum", "date", "dag", "postcode", "bag", "id"}
            if column.name not in places and all(
                word in said or word.isdigit() or len(word) == 1 or word[1:].isdigit()
                for word in words
            ):
                yield column

    def _open_fields(self) -> list[FieldDefinition]:
        return [field for field in self._fields if field.name not in self._done]

    def _open_columns(self) -> list[Column]:
        return [column for column in self._columns if column.name not in self._taken]

    def _phrases(self) -> list[Phrase]:
        return [phrase for field in self._open_fields() for phrase in phrases_of(field)]

    def _versions(self, column: Column, field: FieldDefinition) -> tuple[Reading, ...]:
        """What a name says: as it is, without the noun of the layer, without its "id"."""
        reading = self._readings[column.name]
        bare = reading.without(self._own)
        if not field.refers_to:
            return reading, bare, bare
        return reading, bare, reading.without({*ID_WORDS, "naam", "name"})

    def _agrees(self, field: FieldDefinition, column: Column) -> bool:
        """Whether the values speak for a field; plain text speaks for nothing."""
        told = field.type != "text" or field.name in ("bag_id", "postcode")
        codes = self._catalogue.codes_of(field)
        return told and bool(column.texts) and share_that_fits(column, field, codes) >= 0.9

    def _take(
        self, field: FieldDefinition, column: Column, why: Certainty, factor: float = 1
    ) -> bool:
        """Join a field and a column, unless its values contradict that."""
        if self._contradicted(field, column):
            return False
        self._done.add(field.name)
        self._taken.add(column.name)
        if field.derived:
            return True
        self._found[field.name] = column.name
        self._certainty[field.name] = why
        if field.unit == "share" and self._readings[column.name].unit != "share":
            factor = _share_factor(column, factor)
        if factor != 1:
            self._factors[field.name] = factor
        return True

    def _contradicted(self, field: FieldDefinition, column: Column) -> bool:
        """Whether enough values speak against it; none does where nothing else could be meant."""
        meant = field.required and plain(column.name) == plain(field.name)
        if meant or len(column.texts) < _ENOUGH:
            return False
        if field.refers_to == "sources" and self._is_category(column):
            return True
        return share_that_fits(column, field, self._catalogue.codes_of(field)) == 0

    def _is_category(self, column: Column) -> bool:
        """Whether the values are codes of a field that is still open."""
        listed = [(other, self._catalogue.codes_of(other)) for other in self._open_fields()]
        return any(
            codes is not None and share_that_fits(column, other, codes) >= 0.95
            for other, codes in listed
        )


def _names(field: FieldDefinition, why: str) -> tuple[str, ...]:
    if why == "name":
        return (field.name,)
    return field.aliases if why == "alias" else (field.title.nl, field.title.en)


def _telling(column: Column, known: frozenset[str]) -> bool:
    """Whether values are words of a list, not letters or figures that fit by chance."""
    words = {text.lower() for text in column.distinct}
    long = {word for word in words if len(word) > 3 and not word.isdigit()}
    parts = {word for word in words if word[:1].isdigit() and "." in word}
    return len(long) >= 2 or (len(parts & known) >= 2 and len(column.texts) >= 5)


def _is_text(column: Column) -> bool:
    """Whether most values have a letter in them."""
    lettered = [text for text in column.texts if any(map(str.isalpha, text))]
    return len(lettered) * 2 > len(column.texts)


def _share_factor(column: Column, said: float) -> float:
    """Factor of a share: percents where most values are above 1, none where none is."""
    numbers = sorted(column.numbers)
    if not numbers:
        return 0.01 if any("%" in text for text in column.texts) else said
    if numbers[-1] <= 1:
        return 1
    return 0.01 if numbers[len(numbers) // 2] > 1 else said
