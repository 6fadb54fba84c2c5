"""What surrounds every page: menu, language switch, reference date, names of files.

The menu holds only what is built: an entry shows when the application has a rule for its
path, and the reader may use it. Pages need not know each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, g, request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from geo_assen import services
from geo_assen.access import Role
from webapp import params
from webapp.auth.roles import current_role, current_user_name
from webapp.carried import carried, carry_redirect
from webapp.language import current_language
from webapp.presentation import HOME, is_presentable, is_presentation
from webapp.shortlist import current_shortlist

__all__ = ["built_paths", "init_frame", "with_query"]

_PATHS = "geo_assen_paths"
_SAFE = ",:"

_MENU: tuple[tuple[str, LazyString], ...] = (
    ("/", _l("Map")),
    ("/sites", _l("Sites")),
    ("/match", _l("Match")),
    ("/compare", _l("Compare")),
    ("/uptake", _l("Uptake")),
    ("/vacancy", _l("Vacancy")),
    ("/commuting", _l("Commuting")),
    ("/leisure", _l("Leisure")),
    ("/monitor", _l("Monitor")),
    ("/requirements", _l("Requirements")),
    ("/imports", _l("Import")),
)
_STAFF_PATHS = frozenset({"/imports", "/requirements"})
"""Entries that only staff have something to look for at."""
_SHOWN_TO_PROSPECTS = frozenset({"match", "compare", "sites"})
"""Pages that offer presentation mode: those with something on offer."""


@dataclass(frozen=True)
class Link:
    """One entry of the menu or of the language switch."""

    title: LazyString | str
    url: str
    current: bool
    code: str = ""


@dataclass(frozen=True)
class Frame:
    """All that the base page needs besides its own content."""

    menu: tuple[Link, ...]
    languages: tuple[Link, ...]
    language: str
    today: date
    as_of: date
    user_name: str | None
    kept_args: tuple[tuple[str, str], ...]
    is_presentation: bool
    compare_url: str

    @property
    def home(self) -> str:
        """Page behind the name of the application."""
        return HOME if self.is_presentation else "/"

    @property
    def login_url(self) -> str:
        """Page to sign in on; it leads back to what is shown now."""
        if request.method != "GET" or request.path == "/login":
            return "/login"
        return f"/login?{urlencode({'next': with_query()})}"

    @property
    def can_be_presented(self) -> bool:
        """Whether the page can be turned into one for a prospect."""
        return not self.is_presentation and request.path.split("/")[1] in _SHOWN_TO_PROSPECTS

    @property
    def is_today(self) -> bool:
        """Whether the page shows the present."""
        return self.as_of == self.today


def init_frame(app: Flask) -> None:
    """Give every template ``frame``, ``shortlist`` and the function ``with_query``."""
    app.jinja_env.filters["carried"] = carried
    app.after_request(carry_redirect)

    @app.context_processor
    def surroundings() -> dict[str, Any]:
        return {
            "frame": _frame(),
            "shortlist": current_shortlist(),
            "with_query": with_query,
            "role": current_role(),
        }


def with_query(path: str | None = None, **changes: str | None) -> str:
    """Address with the query of this request, some parameters changed; None drops one."""
    # A name may stand more than once (use=logistics&use=industrial): all of them stay.
    kept = [(n, v) for n, v in request.args.items(multi=True) if n not in changes]
    added = [(name, value) for name, value in changes.items() if value is not None]
    query = urlencode([*kept, *added], safe=_SAFE)
    return (path or request.path) + (f"?{query}" if query else "")


def built_paths() -> frozenset[str]:
    """First part of every path that the application answers, such as ``/sites``."""
    # Rules do not change after the start, so they are read once.
    if _PATHS not in current_app.extensions:
        rules = (rule.rule for rule in current_app.url_map.iter_rules())
        current_app.extensions[_PATHS] = frozenset("/" + rule.split("/")[1] for rule in rules)
    paths: frozenset[str] = current_app.extensions[_PATHS]
    return paths


def _frame() -> Frame:
    today = services.today()
    return Frame(
        menu=tuple(_menu()),
        languages=tuple(
            Link(code.upper(), with_query(lang=code), code == current_language(), code)
            for code in params.LANGUAGES
        ),
        language=current_language(),
        today=today,
        as_of=_shown_date(today),
        user_name=None if is_presentation() else current_user_name(),
        kept_args=tuple(
            (name, value) for name, value in request.args.items(multi=True) if name != "as_of"
        ),
        is_presentation=is_presentation(),
        compare_url=f"/compare?{urlencode(current_shortlist().compare_args(), safe=_SAFE)}",
    )


def _menu() -> list[Link]:
    kept = {"as_of": request.args["as_of"]} if request.args.get("as_of") else {}
    query = f"?{urlencode(kept)}" if kept else ""
    return [
        Link(title, path + query, _is_current(path))
        for path, title in _MENU
        if path in built_paths() and _has_a_use(path)
    ]


def _has_a_use(path: str) -> bool:
    """Whether the reader has anything to look for at an entry of the menu."""
    if path == "/compare" and not current_shortlist():
        return _is_current(path)
    if is_presentation():
        return is_presentable(path)
    return path not in _STAFF_PATHS or current_role() >= Role.STAFF


def _is_current(path: str) -> bool:
    if path == "/":
        return request.path == "/" or request.path.startswith("/layers/")
    return request.path == path or request.path.startswith(f"{path}/")


def _shown_date(today: date) -> date:
    """Date of the page; an error page about a bad date shows today."""
    if "as_of" not in g:
        try:
            g.as_of = params.as_of(request.args, today=today)
        except params.ParameterError:
            g.as_of = today
    day: date = g.as_of
    return day
