"""Sign in and out."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.access import Role
from webapp.auth.forms import LoginForm
from webapp.auth.roles import remember, requires
from webapp.limits import limiter
from webapp.store import current_store

__all__ = ["blueprint", "login", "logout"]

blueprint = Blueprint("auth", __name__, template_folder="templates")


@blueprint.route("/login", methods=["GET", "POST"])
@limiter.limit("5 per minute; 30 per hour", methods=["POST"])
@requires(Role.PUBLIC)
def login() -> str | Response | tuple[str, int]:
    """Ask for name and password; a wrong pair never tells which of the two was wrong."""
    form = LoginForm(next=request.args.get("next", ""))
    if not form.validate_on_submit():
        return render_template("auth/login.html", form=form, refusal=None)
    user = services.authenticate(current_store(), form.name.data, form.password.data)
    if user is None:
        refusal = _("This name and password do not belong together.")
        return render_template("auth/login.html", form=form, refusal=refusal), 401
    remember(user.name, user.role)
    return redirect(_local(form.next.data))


@blueprint.post("/logout")
@requires(Role.PUBLIC)
def logout() -> Response:
    """End the session; the language stays."""
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language
    return redirect("/")


def _local(target: str | None) -> str:
    """Address within this application, or the map."""
    parts = urlsplit(target or "")
    fine = (
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and target.isprintable()
        and parts.path not in {"/login", "/logout"}
    )
    return target if fine and target else "/"
