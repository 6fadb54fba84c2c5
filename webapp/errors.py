"""Errors on their way to a reader: one table of statuses, one page, one JSON shape.

Every answer says what happened, what was not lost and what to do, with a reference that
stands in the log too. Nobody outside sees a traceback.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from geo_assen import errors
from webapp.language import current_language
from webapp.params import ParameterError

__all__ = ["STATUS", "init_errors", "wants_json"]

log = logging.getLogger(__name__)

STATUS: dict[type[errors.GeoAssenError], int] = {
    ParameterError: 400,
    errors.RequirementError: 400,
    errors.FileRefused: 400,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.LedgerError: 409,
    errors.StoreError: 503,
    errors.LayerDefinitionError: 500,
    errors.SettingsError: 500,
    errors.CrsError: 500,
    errors.GeoAssenError: 500,
}
"""Status of each error class; a class that is not listed takes that of its parent."""

_JSON_ENDINGS = (".geojson", ".json", ".mvt", ".csv", ".gpkg")
_JSON_PATHS = ("/search", "/healthz", "/readyz")


@dataclass(frozen=True)
class Explanation:
    """What a reader is told about one status."""

    title: str
    happened: str
    kept: str
    advice: str


def init_errors(app: Flask) -> None:
    """Answer every error of the domain, of HTTP and of our own making."""
    app.register_error_handler(errors.GeoAssenError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _fault)


def wants_json() -> bool:
    """Whether a program asks rather than a reader."""
    if request.path.endswith(_JSON_ENDINGS):
        return True
    # Who takes anything gets what the address is for.
    kinds = ["text/html", "application/json"]
    if request.path in _JSON_PATHS:
        kinds.reverse()
    return request.accept_mimetypes.best_match(kinds, default=kinds[0]) == "application/json"


def status_of(error: errors.GeoAssenError) -> int:
    """Status of an error by the nearest class in :data:`STATUS`."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _domain_error(error: errors.GeoAssenError) -> Response:
    status = status_of(error)
    # Texts of the domain are English and may name files: readers get those of their own
    # making (below 500) and nothing else.
    detail = str(error) if status < 500 else ""
    own_words = isinstance(error, ParameterError)
    return _answer(
        status,
        detail=detail,
        detail_language=current_language() if own_words else "en",
        cause=error,
    )


def _http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    answer = _answer(error.code, forged=isinstance(error, CSRFError), cause=error)
    for name, value in error.get_headers(request.environ):
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Response:
    return _answer(InternalServerError.code or 500, cause=error)


def _answer(
    status: int,
    *,
    cause: Exception,
    detail: str = "",
    detail_language: str = "en",
    forged: bool = False,
) -> Response:
    reference = secrets.token_hex(4)
    log.log(
        logging.ERROR if status >= 500 else logging.INFO,
        "reference %s: %s %s answered %s: %s",
        reference,
        request.method,
        _one_line(request.path),
        status,
        _one_line(str(cause)),
        exc_info=cause if status >= 500 else None,
    )
    told = explanation(status, forged=forged)
    if wants_json():
        body = {
            "status": status,
            "title": told.title,
            "detail": detail or told.happened,
            "advice": told.advice,
            "reference": reference,
        }
        answer = jsonify(error=body)
    else:
        answer = make_response(
            render_template(
                "errors/error.html",
                told=told,
                status=status,
                detail=detail,
                detail_language=detail_language,
                reference=reference,
                back=_back(),
            )
        )
    answer.status_code = status
    return answer


def explanation(status: int, *, forged: bool = False) -> Explanation:
    """Words for a status; those of 400 or 500 where a status has none of its own."""
    nothing_changed = _("Nothing was changed and nothing was lost.")
    texts = {
        400: (
            _("This address does not say what to show"),
            _("Part of the address has a value that cannot be used."),
            nothing_changed,
            _("Correct the address, or go back and choose again."),
        ),
        403: (
            _("This is for staff"),
            _("You are not signed in with a role that may see this."),
            nothing_changed,
            _("Sign in, or ask a colleague who may."),
        ),
        404: (
            _("Nothing is here"),
            _("There is no page or record at this address."),
            nothing_changed,
            _("Check the address, or search on the map."),
        ),
        405: (
            _("This address cannot be used like that"),
            _("The page exists, but not for this kind of request."),
            nothing_changed,
            _("Go back and use the buttons of the page."),
        ),
        409: (
            _("These facts contradict each other"),
            _("The request does not agree with what was recorded before."),
            _("What was recorded stands as it was."),
            _("Compare the dates and areas, then try again."),
        ),
        413: (
            _("This is too large"),
            _("More was sent than the server takes at once."),
            _("Nothing of it was stored; your file is untouched."),
            _("Send it in smaller parts."),
        ),
        429: (
            _("Too many attempts"),
            _("From your address too many requests came in a short time."),
            nothing_changed,
            _("Wait a minute, then try again."),
        ),
        500: (
            _("Something went wrong on our side"),
            _("The server could not finish this request."),
            _("What was stored before stands as it was; nothing was half written."),
            _("Try again. If it stays, give the reference below to the administrator."),
        ),
        503: (
            _("The data cannot be reached"),
            _("The store does not answer at this moment."),
            _("What was stored before stands as it was; nothing was half written."),
            _("Try again in a minute. If it stays, give the reference to the administrator."),
        ),
    }
    if forged:
        return Explanation(
            _("This form has expired"),
            _("The form came from another session, or the session has ended."),
            _("Nothing was stored; what you typed is still in the form when you go back."),
            _("Go back, reload the page and send it again."),
        )
    return Explanation(*texts.get(status, texts[500 if status >= 500 else 400]))


def _back() -> str | None:
    """Page of ours that the reader came from; None for any other origin."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or parts.path == request.path:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _one_line(text: str) -> str:
    """Text that cannot start a line of its own in the log."""
    return text.encode("unicode_escape").decode("ascii")
