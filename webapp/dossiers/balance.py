"""Views of the yearly balance of work locations: the table, its files, and bringing one in."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from datetime import date

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import FileRefused
from geo_assen.export import MEDIA_TYPES, reference_date
from geo_assen.services import IbisReport
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.dossiers.balance_table import AREAS, balance_rows, refused_rows
from webapp.dossiers.blueprint import blueprint
from webapp.dossiers.sent import harmless_name, laid_down
from webapp.language import current_language
from webapp.security import csrf
from webapp.store import current_store

__all__ = ["balance", "bring_in", "csv_file", "xlsx_file"]

_ARGS = frozenset({"year", "as_of", "lang"})
_FIRST_YEAR = 1900
_MEGABYTE = 1024 * 1024
_LARGEST_FILE = _MEGABYTE
"""A balance is small: a row of each work location and year."""
_MOST_SHOWN = 200


@blueprint.get("/uptake/ibis")
@requires(Role.PUBLIC)
def balance() -> str:
    """Show the balance of a year as it is exported."""
    return _page()


@blueprint.get("/uptake/ibis.csv")
@requires(Role.PUBLIC)
def csv_file() -> Response:
    """Give the balance of a year as CSV, in Dutch signs for a Dutch reader."""
    return _file("csv-nl" if current_language() == "nl" else "csv", "csv")


@blueprint.get("/uptake/ibis.xlsx")
@requires(Role.PUBLIC)
def xlsx_file() -> Response:
    """Give the balance of a year as a workbook."""
    return _file("xlsx", "xlsx")


@blueprint.post("/uptake/ibis")
@requires(Role.STAFF)
# The guard of forms would read the file before its limit is set; the view calls it itself.
@csrf.exempt
def bring_in() -> AnyResponse | str | tuple[str, int]:
    """Try what a file would change; with ``step=record`` let it land."""
    request.max_content_length = request.max_form_memory_size = 2 * _LARGEST_FILE
    csrf.protect()
    step = params.choice("step", request.form.get("step", "check"), ("check", "record"))
    source = params.text(request.form, "source", longest=200)
    name, content = _carried() if step == "record" else _sent()
    if not content:
        return _page(_("Choose a file first.")), 400
    if len(content) > _LARGEST_FILE:
        return _page(_("The file is too large: a balance has at most 1 MB.")), 400
    try:
        report = _imported(content, name, source, dry_run=step == "check")
    except FileRefused as error:
        return _page(str(error), refusal_language="en"), 400
    if step == "check":
        return _rehearsal(report, name, content, source)
    flash(_(
        "Rows brought in: %(accepted)s, unchanged: %(unchanged)s, refused: %(refused)s.",
        accepted=report.accepted, unchanged=report.unchanged, refused=report.quarantined,
    ))  # fmt: skip
    return redirect("/uptake/ibis", 303)


def _sent() -> tuple[str, bytes]:
    """Name and content of the file that came along; nothing where none did."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return "", b""
    return harmless_name(sent.filename, "ibis.csv"), sent.stream.read()


def _carried() -> tuple[str, bytes]:
    """Name and content of the file that was tried; the page has carried it along.

    Raises
    ------
    ParameterError
        If what came back is no file.
    """
    try:
        content = b64decode(request.form.get("content", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise params.ParameterError("content", _("the file that was tried")) from error
    return harmless_name(request.form.get("name", ""), "ibis.csv"), content


def _imported(content: bytes, name: str, source: str, *, dry_run: bool) -> IbisReport:
    with laid_down(content, name) as path:
        try:
            return services.import_ibis(
                current_store(), path, source=source or None, dry_run=dry_run
            )
        except FileRefused as error:
            # Where the file lay here says nothing to who sent it.
            told = str(error).replace(str(path), name).removeprefix(f"{name}: ")
            raise FileRefused(name, told) from error


def _rehearsal(report: IbisReport, name: str, content: bytes, source: str) -> str:
    refused = refused_rows(report)
    return render_template(
        "dossiers/rehearsal.html",
        report=report,
        refused=refused[:_MOST_SHOWN],
        more_refused=max(len(refused) - _MOST_SHOWN, 0),
        name=name,
        content=b64encode(content).decode("ascii"),
        source=source,
        language=current_language(),
    )


def _page(refusal: str = "", *, refusal_language: str | None = None) -> str:
    params.refuse_unknown(request.args, _ARGS)
    store, language, year = current_store(), current_language(), _year()
    rows = services.ibis_rows(store, year)
    return render_template(
        "dossiers/balance.html",
        year=year,
        years=_years(year),
        is_over=date(year, 12, 31) <= services.today(),
        reference_date=reference_date(year),
        last_day=date(year, 12, 31),
        areas=tuple(AREAS.values()),
        rows=balance_rows(rows, store.catalogue.codes, language),
        is_staff=current_role() >= Role.STAFF,
        refusal=refusal,
        refusal_language=refusal_language or language,
        language=language,
    )


def _file(kind: str, ending: str) -> Response:
    params.refuse_unknown(request.args, _ARGS)
    year = _year()
    answer = Response(
        services.ibis_file(current_store(), year, kind), content_type=MEDIA_TYPES[kind]
    )
    answer.headers.set("Content-Disposition", "attachment", filename=f"ibis-{year}.{ending}")
    return answer


def _year() -> int:
    """Year that is asked; the last one that was over on the date of the page where none is.

    Raises
    ------
    ParameterError
        If it is no year up to this one.
    """
    this_year = services.today().year
    if not request.args.get("year"):
        day = params.as_of(request.args)
        return min(day.year if (day.month, day.day) == (12, 31) else day.year - 1, this_year)
    year = params.whole_number(request.args, "year", default=this_year, maximum=this_year)
    if year < _FIRST_YEAR:
        raise params.ParameterError(
            "year", _("a year from %(first)s on", first=_FIRST_YEAR)
        )
    return year


def _years(shown: int) -> list[int]:
    """Years that can be chosen, the latest first: those on record, and the one that is shown."""
    this_year = services.today().year
    report = services.uptake_report(
        current_store(), as_of=services.today(), role=current_role()
    )
    first = this_year - 1 if report.first_year is None else report.first_year
    return sorted({shown, *range(first, this_year + 1)}, reverse=True)
