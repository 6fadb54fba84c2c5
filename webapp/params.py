"""Parameters of an address: one parser each; nonsense becomes one clear sentence.

Every parser takes the arguments of the request and answers the value, or what holds where
the parameter is absent. The error class is answered as 400 by :mod:`webapp.errors`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.errors import GeoAssenError

__all__ = [
    "CARRIED",
    "LANGUAGES",
    "MOST_KEPT",
    "PROSPECT",
    "Bounds",
    "ParameterError",
    "View",
    "as_of",
    "bbox",
    "choice",
    "day",
    "kept_ids",
    "lang",
    "layer_ids",
    "limit",
    "map_view",
    "refuse_unknown",
    "shown_to",
    "text",
    "whole_number",
]

LANGUAGES = ("nl", "en")
PROSPECT = "prospect"
"""Value of ``view``: the page is shown to a prospect."""
CARRIED = frozenset({"keep", "view"})
"""Parameters that go along from page to page and never change what a page lists."""
MOST_KEPT = 30
"""Sites that a shortlist holds."""
FIRST_DATE = date(1900, 1, 1)
LAST_DATE = date(2100, 12, 31)
MAX_ZOOM = 22
_LONGEST_ID = 100
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Bounds = tuple[float, float, float, float]


class ParameterError(GeoAssenError):
    """A parameter of the address has a value that means nothing."""

    def __init__(self, name: str, expected: str) -> None:
        self.name = name
        super().__init__(
            _("The parameter “%(name)s” must be %(expected)s.", name=name, expected=expected)
        )


@dataclass(frozen=True)
class View:
    """What part of the world a map shows: centre in degrees and web-map zoom."""

    lon: float
    lat: float
    zoom: float


def refuse_unknown(args: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse a parameter that a page does not have: it would be ignored without a word.

    Raises
    ------
    ParameterError
        Naming the first such parameter.
    """
    for name in args:
        if name not in known and name not in CARRIED:
            raise ParameterError(name, _("left out: this page does not have it"))


def shown_to(args: MultiDict[str, str]) -> str | None:
    """For whom ``view`` shows the page: :data:`PROSPECT`; None where it is absent or empty.

    Raises
    ------
    ParameterError
        If it names anyone else.
    """
    written = [value for value in args.getlist("view") if value]
    for value in written:
        choice("view", value, (PROSPECT,))
    return PROSPECT if written else None


def kept_ids(args: MultiDict[str, str]) -> tuple[str, ...]:
    """Ids of sites in ``keep``, each once, in their order; empty where it is absent.

    Whether there are such sites, and not too many, is for whoever shows them: a link that
    was sent long ago must still open.
    """
    written = ",".join(args.getlist("keep")).split(",")
    ids = (site_id.strip() for site_id in written)
    return tuple(dict.fromkeys(i for i in ids if i and len(i) <= _LONGEST_ID))


def as_of(args: Mapping[str, str], *, today: date | None = None) -> date:
    """Reference date of ``as_of``; today where it is absent or empty.

    Raises
    ------
    ParameterError
        Unless it is a date ``YYYY-MM-DD`` between 1900 and 2100.
    """
    return day(args, "as_of") or today or services.today()


def day(args: Mapping[str, str], name: str) -> date | None:
    """Date of a parameter; None where it is absent or empty.

    Raises
    ------
    ParameterError
        Unless it is a date ``YYYY-MM-DD`` between 1900 and 2100.
    """
    written = args.get(name, "").strip()
    if not written:
        return None
    try:
        # Python also reads 20191231 and week dates; a link should have one form.
        found = date.fromisoformat(written) if _DATE.fullmatch(written) else date.min
    except ValueError:
        found = date.min
    if not FIRST_DATE <= found <= LAST_DATE:
        raise ParameterError(name, _("a date between 1900 and 2100, such as 2026-11-01"))
    return found


def bbox(args: Mapping[str, str]) -> Bounds | None:
    """Bounds of ``bbox`` in degrees (west, south, east, north); None where it is absent.

    Raises
    ------
    ParameterError
        Unless it is four finite degrees in that order that enclose some area.
    """
    written = args.get("bbox")
    if written is None:
        return None
    numbers = _numbers(written)
    if len(numbers) == 4:
        west, south, east, north = numbers
        if -180 <= west < east <= 180 and -90 <= south < north <= 90:
            return west, south, east, north
    raise ParameterError("bbox", _("four degrees west,south,east,north, such as 6.4,52.9,6.7,53.1"))


def map_view(args: Mapping[str, str]) -> View | None:
    """Map view of ``at`` (longitude, latitude, zoom); None where it is absent.

    Raises
    ------
    ParameterError
        Unless it is a place on earth and a zoom of 0 to 22.
    """
    written = args.get("at")
    if written is None:
        return None
    numbers = _numbers(written)
    if len(numbers) == 3:
        lon, lat, zoom = numbers
        if abs(lon) <= 180 and abs(lat) <= 85 and 0 <= zoom <= MAX_ZOOM:
            return View(lon, lat, zoom)
    raise ParameterError("at", _("longitude,latitude,zoom, such as 6.56,52.99,13"))


def limit(args: Mapping[str, str], *, default: int, maximum: int) -> int:
    """Most rows that ``limit`` asks for.

    Raises
    ------
    ParameterError
        Unless it is a whole number from 1 to ``maximum``.
    """
    return whole_number(args, "limit", default=default, maximum=maximum)


def whole_number(args: Mapping[str, str], name: str, *, default: int, maximum: int) -> int:
    """Whole number of a parameter; ``default`` where it is absent.

    Raises
    ------
    ParameterError
        Unless it is a whole number from 1 to ``maximum``.
    """
    written = args.get(name)
    if written is None:
        return default
    # isdecimal alone also takes digits of other scripts; int of a long text is slow.
    if written.isascii() and written.isdecimal() and len(written) <= 9:
        number = int(written)
        if 1 <= number <= maximum:
            return number
    raise ParameterError(name, _("a whole number from 1 to %(maximum)s", maximum=maximum))


def lang(args: Mapping[str, str]) -> str | None:
    """Language of ``lang``; None where it is absent.

    Raises
    ------
    ParameterError
        Unless it is one of :data:`LANGUAGES`.
    """
    written = args.get("lang")
    return None if written is None else choice("lang", written, LANGUAGES)


def layer_ids(args: Mapping[str, str], known: Collection[str]) -> tuple[str, ...] | None:
    """Layers of ``layers`` (ids with commas between); None where it is absent.

    Raises
    ------
    ParameterError
        If one of them is not among the layers of the map.
    """
    written = args.get("layers")
    if written is None:
        return None
    asked = tuple(part for part in written.split(",") if part)
    for layer_id in asked:
        choice("layers", layer_id, known)
    return asked


def text(args: Mapping[str, str], name: str, *, longest: int) -> str:
    """Free text of a parameter without the spaces around it; empty where it is absent.

    Raises
    ------
    ParameterError
        If it has more than ``longest`` signs.
    """
    written = args.get(name, "").strip()
    if len(written) > longest or "\x00" in written:
        raise ParameterError(name, _("a text of at most %(longest)s signs", longest=longest))
    return written


def choice(name: str, written: str, allowed: Collection[str]) -> str:
    """Value that must be one of a few.

    Raises
    ------
    ParameterError
        If it is another; the sentence lists the allowed values.
    """
    if written not in allowed:
        raise ParameterError(name, _("one of %(values)s", values=", ".join(sorted(allowed))))
    return written


def _numbers(written: str) -> list[float]:
    """Finite numbers of a text with commas between; empty if any part is none."""
    try:
        numbers = [float(part) for part in written.split(",")]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []
