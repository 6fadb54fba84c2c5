"""What the address asks of the flows: year, series, direction, and how many are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geo_assen.services import FLOW_SHOWS, FlowShow
from webapp import params

__all__ = ["PAGE_ARGS", "TOPS", "Question", "read_question"]

PAGE_ARGS = frozenset(
    {"as_of", "year", "series", "show", "top", "least", "boundaries", "lang", "at"}
)
"""Parameters of the page; its files take the same ones."""

TOPS = ("5", "10", "25", "all")
_USUAL_TOP = "10"
_LONGEST_SERIES = 40
_LAST_YEAR = 2100
_MOST_JOBS = 10_000_000


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    year, series
        Of the flows; None: the latest year that has begun by ``as_of``, and its first series.
    show
        Flows in, out, or what is left of the two.
    top
        Municipalities at most; None: all of them.
    least_jobs
        Jobs at least that a flow has to be shown.
    boundaries
        Year of the municipalities on which the flows are told; None: those of the source.
    """

    as_of: date
    year: int | None
    series: str | None
    show: FlowShow
    top: int | None
    least_jobs: int
    boundaries: int | None

    @property
    def written_top(self) -> str:
        """How many are shown, as the address has it."""
        return "all" if self.top is None else str(self.top)


def read_question(args: Mapping[str, str]) -> Question:
    """Read what an address asks.

    Raises
    ------
    ParameterError
        If a parameter means nothing.
    """
    show = params.choice("show", args.get("show") or "in", FLOW_SHOWS)
    top = params.choice("top", args.get("top") or _USUAL_TOP, TOPS)
    return Question(
        as_of=params.as_of(args),
        year=_number(args, "year", _LAST_YEAR),
        series=params.text(args, "series", longest=_LONGEST_SERIES) or None,
        show=next(one for one in FLOW_SHOWS if one == show),
        top=None if top == "all" else int(top),
        least_jobs=_number(args, "least", _MOST_JOBS) or 0,
        boundaries=_number(args, "boundaries", _LAST_YEAR),
    )


def _number(args: Mapping[str, str], name: str, maximum: int) -> int | None:
    if not args.get(name, "").strip("0 "):
        return None
    return params.whole_number(args, name, default=1, maximum=maximum)
