"""What is asked of the worklist, in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from geo_assen.services import VacancyFilter
from geo_assen.vacancy import REASONS
from webapp import params
from webapp.review.words import ORDERS, code_words

__all__ = ["FILTERS", "LIST_ARGS", "PAGE_ARGS", "ReviewQuestion", "read_question"]

FILTERS = ("street", "area", "district", "use")
"""Parameters of which each narrows the list to one value."""

LIST_ARGS = frozenset({"reason", "order", *FILTERS})
"""Parameters that make up the list; a form that was opened from it takes them along."""

PAGE_ARGS = LIST_ARGS | {"as_of", "lang"}
_LONGEST = 200


@dataclass(frozen=True)
class ReviewQuestion:
    """Part of the worklist, and its order.

    Attributes
    ----------
    reasons
        Of :data:`geo_assen.vacancy.REASONS`, of which one must hold; empty: any.
    street, area, district, use
        The only one that is listed; empty: all.
    order
        ``importance``, or ``street``: the way somebody walks.
    """

    as_of: date
    reasons: tuple[str, ...] = ()
    street: str = ""
    area: str = ""
    district: str = ""
    use: str = ""
    order: str = "importance"

    @property
    def chosen(self) -> VacancyFilter:
        """Units among which the list is made."""
        return VacancyFilter(
            streets=_one(self.street),
            areas=_one(self.area),
            districts=_one(self.district),
            uses=_one(self.use),
        )

    @property
    def args(self) -> list[tuple[str, str]]:
        """The list as parameters of an address, without its date: forms are of today."""
        told = [("reason", reason) for reason in self.reasons]
        told += [(name, getattr(self, name)) for name in FILTERS]
        return [(n, v) for n, v in [*told, ("order", self.order)] if v and v != "importance"]

    def toggled(self, reason: str) -> ReviewQuestion:
        """The same list with a reason added, or taken off where it was asked."""
        kept = {*self.reasons} ^ {reason}
        return replace(self, reasons=tuple(name for name in REASONS if name in kept))

    def address(self, path: str, *, today: date, **more: str) -> str:
        """Address of a page that is asked for the list; its date is told unless it is today."""
        day = [] if self.as_of == today else [("as_of", self.as_of.isoformat())]
        query = urlencode([*self.args, *more.items(), *day])
        return f"{path}?{query}" if query else path


def read_question(args: MultiDict[str, str]) -> ReviewQuestion:
    """List that an address asks for.

    Raises
    ------
    ParameterError
        If a value means nothing.
    """
    asked = [params.choice("reason", value, REASONS) for value in args.getlist("reason") if value]
    use = params.text(args, "use", longest=_LONGEST)
    return ReviewQuestion(
        as_of=params.as_of(args),
        reasons=tuple(reason for reason in REASONS if reason in asked),
        street=params.text(args, "street", longest=_LONGEST),
        area=params.text(args, "area", longest=_LONGEST),
        district=params.text(args, "district", longest=_LONGEST),
        use=params.choice("use", use, code_words("vacancy_use")) if use else "",
        order=params.choice("order", args.get("order") or "importance", ORDERS),
    )


def _one(value: str) -> tuple[str, ...]:
    return (value,) if value else ()
