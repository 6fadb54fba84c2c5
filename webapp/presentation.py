"""Presentation mode: what a prospect sees beside the one who shows it.

``view=prospect`` in the address makes of whoever is signed in one of the public, before any
service is asked (:func:`webapp.auth.roles.current_role`), so that nothing has to be hidden
afterwards. Pages that are not meant for it refuse the parameter instead of ignoring it: a
page that looks like a presentation must be one.
"""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext as _

from webapp import params

__all__ = ["HOME", "init_presentation", "is_presentable", "is_presentation"]

HOME = "/match"
"""Where a presentation stays when a link would lead out of it."""

_PRESENTABLE = frozenset({"match", "compare", "sites", "layers", "search", "about", "rasters"})
"""First part of the paths that can be shown to a prospect, files of the same name included."""


def is_presentation() -> bool:
    """Whether this request is answered for a prospect."""
    return params.PROSPECT in request.args.getlist("view")


def is_presentable(path: str) -> bool:
    """Whether the page at a path can be shown to a prospect."""
    return path.split("/")[1].partition(".")[0] in _PRESENTABLE


def init_presentation(app: Flask) -> None:
    """Refuse any other ``view``, and this one where it means nothing."""
    app.before_request(_check_view)


def _check_view() -> None:
    asked = params.shown_to(request.args)
    if asked and request.endpoint not in {None, "static"} and not is_presentable(request.path):
        raise params.ParameterError("view", _("left out: this page is not shown to prospects"))
