"""What goes along from page to page: the shortlist, and that a prospect is looking.

The base page passes its finished body through :func:`carried`. A link that forgot to take
``view=prospect`` along would show a prospect what staff see, so that no template is trusted
to remember it. A link that lets one go on purpose says so: ``data-leaves="view"``.
"""

from __future__ import annotations

import html
import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from flask import Response, request
from markupsafe import Markup, escape

from webapp.params import CARRIED, PROSPECT
from webapp.presentation import HOME, is_presentable, is_presentation
from webapp.shortlist import current_shortlist

__all__ = ["carried", "carry_redirect"]

_LISTING = frozenset({"match", "compare", "sites"})
_LINK = re.compile(r"<a\b[^>]*>")
_FORM = re.compile(r"(<form\b[^>]*>)(.*?</form>)", re.DOTALL)
_HREF = re.compile(r'(\shref=")([^"]*)"')
_ACTION = re.compile(r'(\saction=")([^"]*)"')
_LEAVES = re.compile(r'\sdata-leaves="([^"]*)"')
_SAFE = ",:;"


def carried(markup: str) -> Markup:
    """Put what this request carries into every link and every asking form of a page."""
    if not CARRIED & set(request.args):
        return Markup(markup)  # noqa: S704  # a rendered template
    text = _LINK.sub(lambda found: _link(found[0]), markup)
    return Markup(_FORM.sub(_form, text))  # noqa: S704


def carry_redirect(answer: Response) -> Response:
    """Put the same into the address that a redirect within the application leads to."""
    if answer.location and CARRIED & set(request.args):
        answer.location = _address(answer.location, frozenset())
    return answer


def _link(tag: str) -> str:
    leaves = _LEAVES.search(tag)
    left = frozenset(leaves[1].split()) if leaves else frozenset()
    return _HREF.sub(lambda found: f'{found[1]}{_rewritten(found[2], left)}"', tag)


def _form(found: re.Match[str]) -> str:
    opening, rest = found.groups()
    if 'method="post"' in opening:
        return found[0]
    action = _ACTION.search(opening)
    parts = urlsplit(html.unescape(action[2]) if action else request.path)
    present = set(re.findall(r'\sname="([^"]*)"', rest))
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in _missing(parts, frozenset(present))
    )
    return f"{opening}{hidden}{rest}"


def _rewritten(href: str, left: frozenset[str]) -> str:
    return str(escape(_address(html.unescape(href), left)))


def _address(url: str, left: frozenset[str]) -> str:
    """Address with what it lacks; one that leads out of the application stays as it is."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc or not (parts.path or parts.query):
        return url
    if is_presentation() and "view" not in left and not _can_be_shown(parts):
        parts = SplitResult("", "", HOME, "", "")
    missing = _missing(parts, left)
    if not missing:
        return parts.geturl()
    query = "&".join(filter(None, (parts.query, urlencode(missing, safe=_SAFE))))
    return parts._replace(query=query).geturl()


def _missing(parts: SplitResult, left: frozenset[str]) -> list[tuple[str, str]]:
    """What a target does not have yet of the parameters that it should."""
    have = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)} | left
    path = parts.path or request.path
    wanted = []
    kept = current_shortlist().written
    if kept and path.split("/")[1] in _LISTING:
        wanted.append(("keep", kept))
    if is_presentation() and is_presentable(path):
        wanted.append(("view", PROSPECT))
    return [(name, value) for name, value in wanted if name not in have]


def _can_be_shown(parts: SplitResult) -> bool:
    return not parts.path or (parts.path.startswith("/") and is_presentable(parts.path))
