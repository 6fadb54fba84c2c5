"""What the forms of import say, read and judged; each fault is a sentence for the page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as Table

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import LayerDefinition
from geo_assen.crs import is_degrees, rd_to_lonlat
from geo_assen.errors import UnknownCrsError
from geo_assen.services import LayerProposal, Mapping
from webapp.ingest.drafts import Choice
from webapp.ingest.words import field_title, shown

__all__ = ["HECTARES", "FormFault", "base_of", "read_choice", "read_crs", "read_place", "same_text"]

HECTARES = 10_000.0
"""Square metres of a hectare: the factor that a form can give a column."""

_BETWEEN = r"\s*[;,\s]\s*"
_METRES = r"(\d{1,3}[ \u00a0]?\d{3}(?:[.,]\d+)?)"
_DEGREES = r"(\d{1,2}(?:[.,]\d+)?)°?"
_RD_PAIR = re.compile(rf"\s*(?:RD)?\s*{_METRES}{_BETWEEN}{_METRES}\s*", re.IGNORECASE)
_DEGREE_PAIR = re.compile(rf"\s*{_DEGREES}{_BETWEEN}{_DEGREES}\s*")
_LONGEST_SOURCE = 200


class FormFault(Exception):
    """The form says something that cannot be used; the text is for the page."""


def read_choice(
    form: MultiDict[str, str],
    sheets: list[LayerProposal],
    before: Choice,
    *,
    layer: LayerDefinition,
    language: str,
) -> Choice:
    """What the form of the mapping says.

    Raises
    ------
    FormFault
        If it cannot be carried out; the form is shown again as it was filled in.
    """
    reader = _MappingForm(form, layer, language)
    mappings = {
        sheet.name: reader.mapping(number, sheet, base_of(sheet, before))
        for number, sheet in enumerate(sheets)
    }
    if not any(mapping.columns for mapping in mappings.values()):
        raise FormFault(_("Choose the field of at least one column."))
    source = form.get("source", "").strip()
    if len(source) > _LONGEST_SOURCE:
        raise FormFault(_("The name of the source is too long."))
    geometry_columns = {name for sheet in sheets for name in sheet.geometry_columns}
    chosen = form.get("geometry_column", "")
    return Choice(
        mappings=mappings,
        crs=read_crs(form.get("crs", "")),
        geometry_column=chosen if chosen in geometry_columns else None,
        source=source or None,
    )


def base_of(sheet: LayerProposal, before: Choice) -> Mapping:
    """What was chosen for a layer of the file; as proposed where it was left out or not seen."""
    chosen = before.mappings.get(sheet.name)
    return chosen if chosen is not None and chosen.columns else sheet.mapping


def read_crs(written: str) -> str | None:
    """Reference system of a form, as ``EPSG:n``; None where the field is empty.

    Raises
    ------
    FormFault
        If there is no such system.
    """
    text = written.strip().upper().replace(" ", "")
    if not text:
        return None
    crs = f"EPSG:{text}" if text.isascii() and text.isdecimal() else text
    try:
        is_degrees(crs[:40])
    except UnknownCrsError:
        raise FormFault(
            _("“%(crs)s” is no reference system; write one like EPSG:28992.", crs=written[:40])
        ) from None
    return crs


def read_place(written: str) -> tuple[float, float] | None:
    """Longitude and latitude of a place that was typed or pointed at; None where nothing was.

    Takes RD metres (``233968 556906``) and degrees (``6.56, 52.99``), either order of degrees.

    Raises
    ------
    FormFault
        If it is neither.
    """
    if not written.strip():
        return None
    found = _RD_PAIR.fullmatch(written) or _DEGREE_PAIR.fullmatch(written)
    if found:
        first, second = (_number(part) for part in found.groups())
        if 3 <= first <= 8 and 50 <= second <= 54:
            return first, second
        if 3 <= second <= 8 and 50 <= first <= 54:
            return second, first
        if 0 <= first <= 300_000 and 300_000 <= second <= 630_000:
            lon, lat = rd_to_lonlat(first, second)  # type: ignore[arg-type]  # one number each
            return float(lon), float(lat)
    raise FormFault(
        _("“%(text)s” is no place; write RD metres such as 233968 556906, or degrees such as "
          "6.5632, 52.9971.", text=written[:60])
    )  # fmt: skip


def same_text(first: str, second: str) -> bool:
    """Whether two texts are one, but for what a form does to line ends and unseen signs."""
    return _as_sent(first) == _as_sent(second)


def _number(text: str) -> float:
    return float(re.sub(r"[ \u00a0]", "", text).replace(",", "."))


def _as_sent(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")


class _MappingForm:
    """The form with a choice per column: ``s0.c3`` is the field of column 3 of sheet 0."""

    def __init__(self, form: MultiDict[str, str], layer: LayerDefinition, language: str) -> None:
        self._form = form
        self._layer = layer
        self._language = language
        self._known = {item.name: item for item in layer.importable_fields}

    def mapping(self, number: int, sheet: LayerProposal, base: Mapping) -> Mapping:
        """Mapping of one layer of the file; empty where it is to be left out."""
        if self._form.get(f"s{number}.skip"):
            return Mapping()
        columns, factors = self._columns(number, sheet, base)
        kept = {name for name, column in columns.items() if base.columns.get(name) == column}
        constants = {name: v for name, v in base.constants.items() if name not in columns}
        return Mapping(
            columns=columns,
            constants=constants,
            values={name: texts for name, texts in base.values.items() if name in kept},
            factors=factors,
            certainty={n: why for n, why in base.certainty.items() if n in kept or n in constants},
            name=base.name,
        )

    def _columns(
        self, number: int, sheet: LayerProposal, base: Mapping
    ) -> tuple[dict[str, str], dict[str, float]]:
        columns: dict[str, str] = {}
        factors: dict[str, float] = {}
        for at, column in enumerate(sheet.columns):
            for name in _chosen(self._form.getlist(f"s{number}.c{at}"), self._known):
                if name in columns:
                    self._refuse_double(name, columns[name], column)
                columns[name] = column
                factor = _factor(self._form.get(f"s{number}.f{at}", ""), base, name, column)
                if factor is not None and self._known[name].type in {"number", "integer"}:
                    factors[name] = factor
        return columns, factors

    def _refuse_double(self, name: str, first: str, second: str) -> None:
        raise FormFault(
            _(
                "The field “%(field)s” is chosen for two columns: %(first)s and %(second)s.",
                field=field_title(self._layer, name, self._language),
                first=shown(first),
                second=shown(second),
            )
        )


def _chosen(names: Iterable[str], known: Table[str, object]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name in known))


def _factor(written: str, base: Mapping, name: str, column: str) -> float | None:
    """Factor of a column: as the form says, else as it was proposed for the same field."""
    if written == "1":
        return None
    if written == str(int(HECTARES)):
        return HECTARES
    return base.factors.get(name) if base.columns.get(name) == column else None
