"""Parts of a page that its script asks for alone, and the header that says so."""

from __future__ import annotations

from flask import Response, make_response, request

__all__ = ["FRAGMENT", "answer_fragment", "answer_page", "asked_fragment"]

FRAGMENT = "X-Fragment"
"""Request header with the name of the part that is asked for."""


def asked_fragment() -> str | None:
    """Name of the part that is asked for; None where it is the whole page."""
    return request.headers.get(FRAGMENT)


def answer_fragment(text: str, status: int = 200) -> Response:
    """Answer with a part, which nobody keeps: at its address stands the whole page."""
    answer = answer_page(text, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def answer_page(text: str, status: int = 200) -> Response:
    """Answer with a whole page of which parts can be asked for at the same address."""
    answer = make_response(text, status)
    answer.vary.add(FRAGMENT)
    return answer
