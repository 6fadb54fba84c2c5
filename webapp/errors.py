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
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from geo_assen import errors
from geo_assen.commuting import GravityError
from geo_assen.land import DevelopmentError
from geo_assen.services import EntryRefused
from geo_assen.vacancy import VacancyRuleError
from webapp.language import current_language
from webapp.params import ParameterError

__all__ = ["STATUS", "NotFoundInWords", "init_errors", "wants_json"]

log = logging.getLogger(__name__)


class NotFoundInWords(errors.NotFound):
    """What was asked for is not there, told in the language of the reader."""

    def __init__(self, sentence: str) -> None:
        errors.GeoAssenError.__init__(self, sentence)


STATUS: dict[type[errors.GeoAssenError], int] = {
    ParameterError: 400,
    EntryRefused: 400,
    DevelopmentError: 400,
    errors.ArgumentRefused: 400,
    errors.SplitRefused: 400,
    errors.RequirementError: 400,
    errors.FileRefused: 400,
    errors.UnknownCrsError: 400,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.LedgerError: 409,
    errors.ImportNotUndone: 409,
    errors.ImportCancelled: 409,
    errors.ServiceUnavailable: 502,
    errors.StoreError: 503,
    errors.LayerDefinitionError: 500,
    errors.SettingsError: 500,
    VacancyRuleError: 500,
    GravityError: 409,
    errors.CrsError: 500,
    errors.GeoAssenError: 500,
}
"""Status of each error class; a class that is not listed takes that of its parent."""

_JSON_ENDINGS = (".geojson", ".json", ".mvt", ".csv", ".gpkg")
_JSON_PATHS = ("/search", "/healthz", "/readyz")


@dataclass(frozen=True)
class Explanation:
    """What a reader is told about one status."""

    title: LazyString
    happened: LazyString
    kept: LazyString
    advice: LazyString


_NOTHING_CHANGED = _l("Nothing was changed and nothing was lost.")
_EXPLANATIONS = {
    400: Explanation(
        _l("This address does not say what to show"),
        _l("Part of the address has a value that cannot be used."),
        _NOTHING_CHANGED,
        _l("Correct the address, or go back and choose again."),
    ),
    403: Explanation(
        _l("This is for staff"),
        _l("You are not signed in with a role that may see this."),
        _NOTHING_CHANGED,
        _l("Sign in, or ask a colleague who may."),
    ),
    404: Explanation(
        _l("Nothing is here"),
        _l("There is no page or record at this address."),
        _NOTHING_CHANGED,
        _l("Check the address, or search on the map."),
    ),
    405: Explanation(
        _l("This address cannot be used like that"),
        _l("The page exists, but not for this kind of request."),
        _NOTHING_CHANGED,
        _l("Go back and use the buttons of the page."),
    ),
    409: Explanation(
        _l("These facts contradict each other"),
        _l("The request does not agree with what was recorded before."),
        _l("What was recorded stands as it was."),
        _l("Compare the dates and areas, then try again."),
    ),
    413: Explanation(
        _l("This is too large"),
        _l("More was sent than the server takes at once."),
        _l("Nothing of it was stored; your file is untouched."),
        _l("Send it in smaller parts."),
    ),
    429: Explanation(
        _l("Too many attempts"),
        _l("From your address too many requests came in a short time."),
        _NOTHING_CHANGED,
        _l("Wait a minute, then try again."),
    ),
    500: Explanation(
        _l("Something went wrong on our side"),
        _l("The server could not finish this request."),
        _l("What was stored before stands as it was; nothing was half written."),
        _l("Try again. If it stays, give the reference below to the administrator."),
    ),
    502: Explanation(
        _l("A public service does not answer"),
        _l("It was asked, and gave nothing that can be used."),
        _NOTHING_CHANGED,
        _l("Try again later, or import a file that you downloaded yourself."),
    ),
    503: Explanation(
        _l("The data cannot be reached"),
        _l("The store does not answer at this moment."),
        _l("What was stored before stands as it was; nothing was half written."),
        _l("Try again in a minute. If it stays, give the reference to the administrator."),
    ),
}
_FORGED = Explanation(
    _l("This form has expired"),
    _l("The form came from another session, or the session has ended."),
    _l("Nothing was stored; what you typed is still in the form when you go back."),
    _l("Go back, reload the page and send it again."),
)


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
    own_words = isinstance(error, (ParameterError, NotFoundInWords))
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
    reference = _log(status, cause)
    told = explanation(status, forged=forged)
    if wants_json():
        body = {
            "status": status,
            "title": str(told.title),
            "detail": detail or str(told.happened),
            "advice": str(told.advice),
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


def _log(status: int, cause: Exception) -> str:
    """Write the error down and answer the reference under which it stands."""
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
    return reference


def explanation(status: int, *, forged: bool = False) -> Explanation:
    """Words for a status; those of 400 or 500 where a status has none of its own."""
    if forged:
        return _FORGED
    return _EXPLANATIONS.get(status, _EXPLANATIONS[500 if status >= 500 else 400])


def _back() -> str | None:
    """Page of ours that the reader came from; None for any other origin."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host or parts.path == request.path:
        return None
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _one_line(text: str) -> str:
    """Text that cannot start a line of its own in the log."""
    return text.encode("unicode_escape").decode("ascii")
