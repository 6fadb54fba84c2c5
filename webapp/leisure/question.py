"""What the address asks of leisure: date, attraction, parameters of the model, year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask_babel import gettext as _

from geo_assen import services
from geo_assen.leisure import ALPHA, BETA, VISITS_PER_PERSON
from geo_assen.services import LeisureReport
from webapp import params
from webapp.fields import read_number, written_number
from webapp.store import current_store

__all__ = ["LIMITS", "PAGE_ARGS", "USUAL", "Question", "read_question"]

PAGE_ARGS = frozenset({"as_of", "place", "alpha", "beta", "visits", "year", "at", "lang"})
"""Parameters of the page; its files take the same ones."""

LIMITS: Mapping[str, tuple[float, float]] = {"alpha": (0, 5), "beta": (0, 5), "visits": (0, 365)}
"""Least and most of each parameter of the model."""

USUAL: Mapping[str, float] = {"alpha": ALPHA, "beta": BETA, "visits": VISITS_PER_PERSON}
"""What each parameter is where the address says nothing."""

_LONGEST = 100


@dataclass(frozen=True)
class Question:
    """What is asked.

    Attributes
    ----------
    place
        Code of an attraction; None: the one with the most visitors.
    alpha, beta, visits_per_person
        Parameters of the catchment.
    year
        Of the calendar; None: that of the date.
    """

    as_of: date
    place: str | None = None
    alpha: float = ALPHA
    beta: float = BETA
    visits_per_person: float = VISITS_PER_PERSON
    year: int | None = None

    def report(self) -> LeisureReport:
        """What is answered.

        Raises
        ------
        NotFound
            If there is no such attraction.
        """
        return services.leisure_report(
            current_store(), as_of=self.as_of, place=self.place, year=self.year,
            alpha=self.alpha, beta=self.beta, visits_per_person=self.visits_per_person,
        )  # fmt: skip

    @property
    def model_args(self) -> list[tuple[str, str]]:
        """Parameters of the model that are not the usual ones, as the address has them."""
        told = {"alpha": self.alpha, "beta": self.beta, "visits": self.visits_per_person}
        return [(n, written_number(v)) for n, v in told.items() if v != USUAL[n]]

    def address(self, path: str, **more: str) -> str:
        """Address of a page or file that is asked the same; braces in it stay as they are."""
        own = [("place", self.place or ""), *self.model_args,
               ("year", str(self.year) if self.year else "")]  # fmt: skip
        told = [(name, value) for name, value in own if value and name not in more]
        query = urlencode([*told, *more.items()], safe=",{}")
        return f"{path}?{query}" if query else path


def read_question(args: Mapping[str, str]) -> Question:
    """Read what an address asks.

    Raises
    ------
    ParameterError
        If a parameter means nothing.
    """
    return Question(
        as_of=params.as_of(args),
        place=params.text(args, "place", longest=_LONGEST) or None,
        alpha=_decimal(args, "alpha"),
        beta=_decimal(args, "beta"),
        visits_per_person=_decimal(args, "visits"),
        year=_year(args),
    )


def _decimal(args: Mapping[str, str], name: str) -> float:
    written = args.get(name, "").strip()
    if not written:
        return USUAL[name]
    number, (least, most) = read_number(written), LIMITS[name]
    if not least <= number <= most:
        raise params.ParameterError(
            name, _("a number from %(least)s to %(most)s", least=f"{least:g}", most=f"{most:g}")
        )
    return number


def _year(args: Mapping[str, str]) -> int | None:
    if not args.get("year", "").strip():
        return None
    year = params.whole_number(args, "year", default=1, maximum=params.LAST_DATE.year)
    if year < params.FIRST_DATE.year:
        raise params.ParameterError("year", _("a year from 1900 to 2100"))
    return year
