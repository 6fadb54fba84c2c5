"""What the address asks of the figures: date, park, years, and what the uptake is told by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.land import UPTAKE_BY, UptakeBy
from webapp import params
from webapp.fields import read_number

__all__ = ["PAGE_ARGS", "Question", "read_question"]

PAGE_ARGS = frozenset(
    {
        "as_of", "known_at", "park", "years", "by", "year", "horizon", "return_share", "lang",
        "at",
    }
)  # fmt: skip
"""Parameters of the page; its files take the same ones."""

_LONGEST_CODE = 80
_LAST_YEAR = 2100
_USUAL_YEARS, _USUAL_HORIZON = "10", "10"


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    as_of, known_at
        Day for which, and up to which recorded, the figures are told; None: all recorded.
    park
        Code of a park; None: all of them.
    years
        Number of last whole years of which the mean is taken: 3, 5 or 10.
    by, year
        What the uptake is told by, and its only year; None: all years.
    horizon_years
        Years ahead of the forecast: 5, 10 or 15.
    return_share
        Part of withdrawn land that is looked for again, 0 to 1.
    """

    as_of: date
    known_at: date | None
    park: str | None
    years: int
    by: UptakeBy
    year: int | None
    horizon_years: int
    return_share: float


def read_question(args: Mapping[str, str]) -> Question:
    """Read what an address asks.

    Raises
    ------
    ParameterError
        If a parameter means nothing.
    """
    windows = [str(years) for years in services.WINDOWS]
    horizons = [str(years) for years in services.HORIZONS]
    by = params.choice("by", args.get("by") or "park", UPTAKE_BY)
    horizon = params.choice("horizon", args.get("horizon") or _USUAL_HORIZON, horizons)
    return Question(
        as_of=params.as_of(args),
        known_at=params.day(args, "known_at"),
        park=params.text(args, "park", longest=_LONGEST_CODE) or None,
        years=int(params.choice("years", args.get("years") or _USUAL_YEARS, windows)),
        by=next(name for name in UPTAKE_BY if name == by),
        year=_year(args),
        horizon_years=int(horizon),
        return_share=_share(args),
    )


def _year(args: Mapping[str, str]) -> int | None:
    if not args.get("year"):
        return None
    return params.whole_number(args, "year", default=1, maximum=_LAST_YEAR)


def _share(args: Mapping[str, str]) -> float:
    written = args.get("return_share", "").strip()
    if not written:
        return 1.0
    share = read_number(written)
    if math.isnan(share) or not 0 <= share <= 1:
        raise params.ParameterError("return_share", _("a share from 0 to 1, such as 0.5"))
    return share
