"""Files that a page with figures hands out, named for the day they tell of."""

from __future__ import annotations

from datetime import date

from flask import Response

from geo_assen.export import MEDIA_TYPES

__all__ = ["dated_file"]


def dated_file(
    body: str | bytes, name: str, ending: str, *, as_of: date, known_at: date | None
) -> Response:
    """Answer with a file to keep.

    A file outlives its address: the day, and the state of knowledge, stand in its name.
    """
    answer = Response(body, content_type=MEDIA_TYPES[ending])
    known = f"-known-{known_at.isoformat()}" if known_at else ""
    filename = f"{name}-{as_of.isoformat()}{known}.{ending}"
    answer.headers.set("Content-Disposition", "attachment", filename=filename)
    return answer
