"""What is in a file that was sent, and how it would be read: shown for approval."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from flask import Response, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition, LayerDefinition
from geo_assen.errors import FileRefused, GeoAssenError
from geo_assen.services import ImportOptions, LayerProposal, Mapping
from webapp import params
from webapp.auth.roles import requires
from webapp.ingest import jobs
from webapp.ingest.blueprint import blueprint
from webapp.ingest.drafts import Choice, choice_of, keep_choice, proposals, waiting
from webapp.ingest.forms import HECTARES, FormFault, base_of, read_choice, read_crs
from webapp.ingest.uploads import Upload, harmless_name
from webapp.ingest.words import field_title, kind_words, shown, system_words, why_words
from webapp.language import current_language
from webapp.store import current_store

__all__ = ["draft", "layer_of", "mapping_file", "mapping_page", "reading", "remove"]

_EXAMPLES = 3
_FILLED_BY_US = frozenset({"source_code", "recorded_on"})
_PARKS = "business_parks"
_LONGEST_MAPPING = 200_000


@dataclass(frozen=True)
class ColumnRow:
    """One column of the file: examples, the fields it is read as, and why.

    Attributes
    ----------
    fields
        Names of the fields; empty: the column is not used.
    factor
        What its number is multiplied by; 1 where it stays as it is.
    is_place
        Whether the place of the row is read from it.
    """

    number: int
    name: str
    examples: tuple[str, ...]
    fields: tuple[str, ...]
    why: str
    factor: float
    is_place: bool

    @property
    def is_used(self) -> bool:
        """Whether anything is read from it."""
        return bool(self.fields) or self.is_place


@dataclass(frozen=True)
class Sheet:
    """One layer or sheet of the file as the page shows it.

    Attributes
    ----------
    is_skipped
        Whether the user left it out.
    missing
        Titles of required fields that nothing fills.
    constants
        Titles of fields with the value that every row gets.
    """

    number: int
    name: str
    rows: int | None
    crs: str | None
    is_skipped: bool
    columns: tuple[ColumnRow, ...]
    missing: tuple[str, ...]
    constants: tuple[tuple[str, str], ...]
    ready: str | None


@blueprint.get("/imports/new/<token>")
@requires(Role.STAFF)
def draft(token: str) -> str | AnyResponse | tuple[str, int]:
    """Show the columns of the file with the field of each, for approval."""
    upload = waiting(token)
    if upload.resent_from is not None:
        return redirect(f"/imports/{upload.resent_from}/quarantine")
    return mapping_page(upload)


@blueprint.post("/imports/new/<token>/reading")
@requires(Role.STAFF)
def reading(token: str) -> AnyResponse | str | tuple[str, int]:
    """Read the file again: in another reference system, or by a mapping file."""
    upload = waiting(token)
    request.max_content_length = 2 * _LONGEST_MAPPING
    before = choice_of(upload)
    try:
        choice = replace(before, crs=read_crs(request.form.get("crs", "")) or before.crs)
        sent = request.files.get("mapping")
        if sent is not None and sent.filename:
            choice = _with_mapping_file(upload, choice)
    except (FormFault, FileRefused) as fault:
        return mapping_page(upload, fault=upload.told(fault))
    keep_choice(upload, choice)
    upload.forget("proposal", "report", "job")
    return redirect(f"/imports/new/{token}", 303)


@blueprint.post("/imports/new/<token>/mapping.toml")
@requires(Role.STAFF)
def mapping_file(token: str) -> AnyResponse | str | tuple[str, int]:
    """Give the mapping of one layer of the file, as filled in, as a file to use again."""
    upload = waiting(token)
    sheets = proposals(current_store(), upload)
    layer = layer_of(upload)
    try:
        choice = read_choice(
            request.form, sheets, choice_of(upload), layer=layer, language=current_language()
        )
    except FormFault as fault:
        return mapping_page(upload, fault=str(fault))
    numbers = {str(number): sheet for number, sheet in enumerate(sheets)}
    sheet = numbers[params.choice("sheet", request.form.get("sheet", "0"), numbers)]
    keep_choice(upload, choice)
    answer = Response(choice.mappings[sheet.name].to_toml(layer.id), mimetype="application/toml")
    name = f"{harmless_name(sheet.name).rsplit('.', 1)[0]}.toml"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.post("/imports/new/<token>/remove")
@requires(Role.STAFF)
def remove(token: str) -> AnyResponse:
    """Remove the upload and all that was written about it."""
    jobs.discard(waiting(token))
    return redirect("/imports", 303)


def layer_of(upload: Upload) -> LayerDefinition:
    """Layer that an upload is for."""
    return current_store().catalogue.layers[upload.layer]


def mapping_page(upload: Upload, *, fault: str | None = None) -> str | tuple[str, int]:
    """The page with the mapping; with a fault of the form above it, or why the file is refused."""
    language, layer = current_language(), layer_of(upload)
    try:
        found = proposals(current_store(), upload)
    except FileRefused as error:
        return _refused(upload, error, fault), 400
    choice = choice_of(upload)
    page = render_template(
        "ingest/mapping.html",
        upload=upload,
        layer=layer,
        title=layer.title.of(language),
        sheets=[_sheet(n, item, choice, layer, language) for n, item in enumerate(found)],
        fields=[_option(item, language) for item in layer.importable_fields],
        areas=[item.name for item in layer.stored_fields if item.unit == "m2"],
        hectares=int(HECTARES),
        geometry_columns=list(dict.fromkeys(n for item in found for n in item.geometry_columns)),
        choice=choice,
        needs_crs=any(item.crs is None and item.geometry_columns for item in found),
        fault=fault,
        language=language,
    )
    return (page, 400) if fault else page


def _refused(upload: Upload, error: GeoAssenError, fault: str | None) -> str:
    kind = error.kind if isinstance(error, FileRefused) else None
    return render_template(
        "ingest/refused.html",
        upload=upload,
        kind=kind_words(kind) if kind else None,
        asks_crs=kind == "crs_missing",
        crs=request.form.get("crs", ""),
        sentence=upload.told(error),
        fault=fault,
    )


def _with_mapping_file(upload: Upload, choice: Choice) -> Choice:
    """The choice with the mapping of a file of the user, for one layer of the file.

    Raises
    ------
    FileRefused
        If it is no mapping for this layer, or names columns that are not there.
    """
    sent = request.files["mapping"]
    content = sent.read(_LONGEST_MAPPING)
    path = upload.folder / harmless_name(f"mapping {sent.filename}")
    sheet = request.form.get("sheet") or None
    options = ImportOptions(
        mapping_file=path,
        crs=choice.crs,
        geometry_column=choice.geometry_column,
        file_layer=sheet,
    )
    try:
        path.write_bytes(content)
        found = services.propose_mapping(current_store(), upload.layer, upload.path, options)
    except FileRefused as error:
        raise FileRefused(sent.filename or path.name, _without_path(str(error))) from error
    finally:
        path.unlink(missing_ok=True)
    return replace(choice, mappings={**choice.mappings, **{x.name: x.mapping for x in found}})


def _without_path(sentence: str) -> str:
    return sentence.partition(": ")[2] or sentence


def _sheet(
    number: int, item: LayerProposal, choice: Choice, layer: LayerDefinition, language: str
) -> Sheet:
    chosen = choice.mappings.get(item.name)
    mapping = base_of(item, choice)
    rows = list(_columns(item, mapping, _place_columns(item, choice)))
    filled = {*mapping.columns, *mapping.constants, *_FILLED_BY_US}
    if item.geometry_columns:  # the park in which a thing lies is found from its place
        filled |= {field.name for field in layer.stored_fields if field.refers_to == _PARKS}
    if layer.finder and any(field.name in filled for field in layer.finder.field):
        filled.add(layer.finder.of)
    return Sheet(
        number=number,
        name=item.name,
        rows=item.rows,
        crs=system_words(choice.crs or item.crs) if choice.crs or item.crs else None,
        is_skipped=chosen is not None and not chosen.columns,
        columns=(*(r for r in rows if r.is_used), *(r for r in rows if not r.is_used)),
        missing=tuple(
            field.title.of(language)
            for field in layer.stored_fields
            if field.required and field.name not in filled
        ),
        constants=tuple(
            (field_title(layer, name, language), shown(value))
            for name, value in mapping.constants.items()
        ),
        ready=mapping.name,
    )


def _place_columns(item: LayerProposal, choice: Choice) -> list[str]:
    """Columns of the file that hold the place, such as x and y."""
    named = [n for n in item.geometry_columns if n == choice.geometry_column]
    first = (named or list(item.geometry_columns) or [""])[0]
    return [first, *first.split(", ")]


def _columns(item: LayerProposal, mapping: Mapping, places: Collection[str]) -> Iterator[ColumnRow]:
    for number, (column, examples) in enumerate(item.columns.items()):
        names = tuple(name for name, taken in mapping.columns.items() if taken == column)
        told = [text for text in dict.fromkeys(examples) if text.strip()]
        yield ColumnRow(
            number=number,
            name=column,
            examples=tuple(shown(text) for text in told[:_EXAMPLES]),
            fields=names,
            why=why_words(mapping.certainty.get(names[0])) if names else "",
            factor=mapping.factors.get(names[0], 1.0) if names else 1.0,
            is_place=column in places,
        )


def _option(field: FieldDefinition, language: str) -> tuple[str, str]:
    """Name and title of a field in the list of a column."""
    title = field.title.of(language)
    return field.name, _("%(field)s (required)", field=title) if field.required else title
