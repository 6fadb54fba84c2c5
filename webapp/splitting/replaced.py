"""The page of a plot that is not there any more: what took its place."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import make_response, render_template
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.services import Succession
from webapp.auth.roles import current_role
from webapp.splitting.page import site_url
from webapp.store import current_store

__all__ = ["replaced_page"]


@dataclass(frozen=True)
class _Successor:
    """A plot that took the place; ``is_gone`` where it was replaced in its turn."""

    code: str
    url: str
    is_gone: bool


def replaced_page(code: str, told: Succession, status: int = 200) -> Response:
    """Say what took the place of a plot; with 409 also that nothing was recorded."""
    plots = tuple(_successor(plot, told) for plot in told.plots)
    text = render_template(
        "splitting/replaced.html", code=code, told=told, plots=plots, was_refused=status != 200
    )
    answer = make_response(text)
    answer.status_code = status
    return answer


def _successor(code: str, told: Succession) -> _Successor:
    is_gone = services.succession(current_store(), code, role=current_role()) is not None
    own = f"/uptake/plots/{quote(code, safe='')}/split"
    return _Successor(code, own if is_gone else site_url(code, told), is_gone)
