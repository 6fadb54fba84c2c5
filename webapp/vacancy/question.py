"""What the address asks of the vacancy: date, part of the stock, and how it is told."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _
from shapely.geometry.base import BaseGeometry
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.crs import rd_to_lonlat
from geo_assen.errors import ArgumentRefused
from geo_assen.services import VACANCY_BY, VacancyBy, VacancyFilter
from webapp import params
from webapp.store import current_store
from webapp.vacancy.words import code_words

__all__ = ["LISTED", "PAGE_ARGS", "SIGNS", "Question", "read_question", "within_text"]

LISTED = ("use", "street", "area", "district", "size", "class", "source")
"""Parameters that may hold several values, with commas between or one after the other."""

PAGE_ARGS = frozenset(
    {
        *LISTED, "as_of", "known_at", "by", "large_m2", "within", "since", "hot", "signs", "at",
        "lang",
    }
)  # fmt: skip
"""Parameters of the page; its files take the same ones."""

SIGNS = ("nl", "en")
"""Signs of CSV: ``;`` and a decimal comma, or ``,`` and a decimal point."""

_CODES = {
    "use": "vacancy_use", "size": "vacancy_size", "class": "vacancy_class",
    "source": "vacancy_source",
}  # fmt: skip
_FILTERS = {
    "use": "uses", "street": "streets", "area": "areas", "district": "districts",
    "size": "sizes", "class": "classes", "source": "sources",
}  # fmt: skip
_LONGEST = 4000
_MOST_LARGE_M2 = 10_000_000
_DECIMALS = 6
_FIRST_RD_M = 1000
"""No degree is as large, and no RD coordinate in the country as small."""


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    as_of, known_at
        Day for which, and up to which recorded, the figures are told; None: all recorded.
    by
        What the figures are told by.
    chosen
        Part of the stock that they are about, and part of it that is listed.
    large_m2
        Floor area from which a unit is large; None: as the installation has it.
    corners
        Longitude and latitude of the corners of the drawn area; empty: none.
    since
        Day with which the date is compared; None: the page does not compare.
    is_hot
        Whether hot spots are shown.
    signs
        Of the CSV files; None: those of the language.
    """

    as_of: date
    known_at: date | None = None
    by: VacancyBy = "street"
    chosen: VacancyFilter = field(default_factory=VacancyFilter)
    large_m2: int | None = None
    corners: tuple[tuple[float, float], ...] = ()
    since: date | None = None
    is_hot: bool = False
    signs: str | None = None

    @property
    def compares(self) -> bool:
        """Whether the day to compare with lies before the date, as it has to."""
        return self.since is not None and self.since < self.as_of

    def chosen_values(self, name: str) -> tuple[str, ...]:
        """Values of one of the parameters that may hold several."""
        values: tuple[str, ...] = getattr(self.chosen, _FILTERS[name])
        return values

    @property
    def args(self) -> list[tuple[str, str]]:
        """What is asked of the stock and of knowledge, as parameters; the date stands apart."""
        told = [(name, ",".join(self.chosen_values(name))) for name in LISTED]
        told += [
            ("known_at", self.known_at.isoformat() if self.known_at else ""),
            ("large_m2", "" if self.large_m2 is None else str(self.large_m2)),
            ("within", within_text(self.corners)),
            ("since", self.since.isoformat() if self.since else ""),
        ]
        return [(name, value) for name, value in told if value]

    def address(self, path: str, *without: str, **more: str) -> str:
        """Address of a page or file that is asked the same; braces in it stay as they are."""
        left = {*without, *more}
        told = [(name, value) for name, value in self.args if name not in left]
        query = urlencode([*told, *more.items()], safe=",{};")
        return f"{path}?{query}" if query else path


def read_question(args: MultiDict[str, str]) -> Question:
    """Read what an address asks.

    Raises
    ------
    ParameterError
        If a parameter means nothing.
    """
    by = params.choice("by", args.get("by") or "street", VACANCY_BY)
    signs, hot = args.get("signs"), args.get("hot")
    large = args.get("large_m2", "").strip()
    corners = _corners(params.text(args, "within", longest=_LONGEST))
    return Question(
        as_of=params.as_of(args),
        known_at=params.day(args, "known_at"),
        by=next(name for name in VACANCY_BY if name == by),
        chosen=_filter(args, corners),
        large_m2=params.whole_number(
            {"large_m2": large}, "large_m2", default=1, maximum=_MOST_LARGE_M2
        )
        if large
        else None,
        corners=corners,
        since=params.day(args, "since"),
        is_hot=bool(hot and params.choice("hot", hot, ("1",))),
        signs=params.choice("signs", signs, SIGNS) if signs else None,
    )


def within_text(corners: Iterable[tuple[float, float]]) -> str:
    """Corners as the address has them."""
    return ";".join(f"{lon:.{_DECIMALS}f},{lat:.{_DECIMALS}f}" for lon, lat in corners)


def _filter(args: MultiDict[str, str], corners: tuple[tuple[float, float], ...]) -> VacancyFilter:
    asked = {name: _values(args, name) for name in LISTED}
    for name, codes in _CODES.items():
        known: Collection[str] = code_words(codes)
        for value in asked[name]:
            params.choice(name, value, known)
    # Card and table lead to either kind of place by one parameter.
    districts = _districts() & set(asked["area"]) if asked["area"] else frozenset()
    return VacancyFilter(
        uses=asked["use"],
        streets=asked["street"],
        areas=tuple(code for code in asked["area"] if code not in districts),
        districts=(*asked["district"], *sorted(districts - set(asked["district"]))),
        sizes=asked["size"],
        within=_area(corners) if corners else None,
        classes=asked["class"],
        sources=asked["source"],
    )


def _values(args: MultiDict[str, str], name: str) -> tuple[str, ...]:
    written = ",".join(args.getlist(name))
    params.text({name: written}, name, longest=_LONGEST)
    parts = (part.strip() for part in written.split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def _districts() -> frozenset[str]:
    areas = services.area_outlines(current_store())
    return frozenset(areas.loc[areas["kind"] == "district", "code"])


def _area(corners: tuple[tuple[float, float], ...]) -> BaseGeometry:
    try:
        return services.drawn_area(corners)
    except ArgumentRefused as error:
        raise _no_area() from error


def _corners(written: str) -> tuple[tuple[float, float], ...]:
    """Corners as they were drawn or typed: degrees, or metres in RD."""
    pairs = [part for part in re.split(r"[;\r\n]+", written) if part.strip()]
    return tuple(_corner(part) for part in pairs)


def _corner(written: str) -> tuple[float, float]:
    try:
        x, y = (float(part) for part in re.split(r"[,\s]+", written.strip()))
    except ValueError as error:
        raise _no_area() from error
    if not (math.isfinite(x) and math.isfinite(y)):
        raise _no_area()
    if abs(x) >= _FIRST_RD_M or abs(y) >= _FIRST_RD_M:
        x, y = rd_to_lonlat(x, y)
    # As the address has them, so that every link asks for the very same area.
    return round(float(x), _DECIMALS), round(float(y), _DECIMALS)


def _no_area() -> params.ParameterError:
    return params.ParameterError(
        "within",
        _(
            "the corners of an area in the Netherlands, 3 to %(most)s of them, whose sides do "
            "not cross, such as 6.55,52.99;6.57,52.99;6.57,53.00",
            most=services.MOST_CORNERS,
        ),
    )
