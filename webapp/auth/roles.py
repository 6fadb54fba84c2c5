"""Who asks, and which role each view demands.

Each view names its role with :func:`requires`; the role stands on the function, so that a
test can see that none forgot, and is enforced before the view runs. A view that names
none is closed to the public.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

from flask import Flask, current_app, redirect, request, session
from werkzeug.wrappers import Response

from geo_assen.access import Role
from geo_assen.errors import NotAllowed
from webapp.presentation import init_presentation, is_presentation

__all__ = [
    "current_role",
    "current_user_name",
    "init_roles",
    "remember",
    "required_role",
    "requires",
]

View = TypeVar("View", bound=Callable[..., object])
_ATTRIBUTE = "required_role"


def requires(role: Role) -> Callable[[View], View]:
    """Mark a view with the lowest role that may call it."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, role)
        return view

    return mark


def required_role(view: Callable[..., object]) -> Role | None:
    """Role that a view demands; None where it was never marked."""
    return getattr(view, _ATTRIBUTE, None)


def current_role() -> Role:
    """Role of whoever asks; PUBLIC without a session.

    In presentation mode it is PUBLIC whoever is signed in: a prospect looks along.
    """
    if is_presentation():
        return Role.PUBLIC
    try:
        return Role(session.get("role", Role.PUBLIC))
    except ValueError:
        return Role.PUBLIC


def current_user_name() -> str | None:
    """Name under which the asker signed in, or None."""
    return session.get("user")


def remember(name: str, role: Role) -> None:
    """Start a session for a user; whatever an earlier session held is dropped."""
    language = session.get("lang")
    session.clear()
    session.permanent = True
    session["user"] = name
    session["role"] = int(role)
    if language:
        session["lang"] = language


def init_roles(app: Flask) -> None:
    """Enforce the role of each view before it runs; files of the interface are public."""
    app.view_functions["static"] = requires(Role.PUBLIC)(app.view_functions["static"])
    init_presentation(app)
    app.before_request(_enforce)


def _enforce() -> Response | None:
    if request.endpoint is None:
        return None
    demanded = required_role(current_app.view_functions[request.endpoint])
    if current_role() >= (Role.STAFF if demanded is None else demanded):
        return None
    if request.method == "GET" and current_user_name() is None and _is_page():
        query = urlencode({"next": request.full_path.rstrip("?")})
        return redirect(f"/login?{query}")
    raise NotAllowed(f"The page {request.path}")


def _is_page() -> bool:
    """Whether a reader asks, for whom a sign-in form is an answer."""
    return "." not in request.path.rsplit("/", 1)[-1] and request.accept_mimetypes.accept_html
