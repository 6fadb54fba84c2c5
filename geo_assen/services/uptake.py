"""Uptake of business sites: stock, uptake by year, years of supply, for any date.

One report serves the page, the command, the downloads and the library, so that its figures
cannot differ between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import ILLUSTRATIVE
from geo_assen.errors import NotFound
from geo_assen.land import UptakeBy, running_promises, uptake_by, uptake_rows
from geo_assen.land.supply import (
    IronStock,
    MeanUptake,
    YearsOfSupply,
    iron_stock,
    mean_uptake,
    yearly_uptake,
    years_of_supply,
)
from geo_assen.services.land import stock_at
from geo_assen.services.session import Session, today

__all__ = [
    "STOCKS",
    "WINDOWS",
    "UptakeReport",
    "complete_years",
    "ending_promises",
    "uptake_report",
]

STOCKS = ("issuable_m2", "immediately_issuable_m2", "hard_plan_m2")
"""Stocks that are divided by the mean uptake, in years of supply."""

WINDOWS = (3, 5, 10)
"""Numbers of years of which the mean uptake is usually taken."""

LEAST_DEEDS_PUBLIC = 3
"""Prices of fewer deeds together are told to staff only: the price of one is private."""


@dataclass(frozen=True)
class UptakeReport:
    """Stock and uptake on a date.

    Attributes
    ----------
    as_of, known_at
        Day for which, and up to which recorded, the figures hold; None: all recorded rows.
    park
        The park that it is about; None: all of them.
    parks
        Stock by park code (see :func:`geo_assen.land.park_stock`), with ``name`` and
        ``certainty`` before it.
    rows
        Deeds and buy-backs until the date (see :func:`geo_assen.land.uptake_rows`), with
        ``certainty``. Every price is in them: show those of :meth:`uptake` instead.
    first_year, last_year
        Whole years of the records; None where not one has passed.
    years
        Number of years of which the mean is taken.
    mean
        Mean uptake of those years; None where there are none.
    iron
        Stock that has to be ready; None where the mean is no measure of it.
    recorded_later
        Events that took effect by the date but were recorded after ``known_at``.
    is_recorded
        Whether any event counts on the date; where none does, a stock of 0 m² is no fact.
    tells_every_price
        Whether :meth:`uptake` tells prices of few deeds too: to staff only.
    """

    as_of: date
    known_at: date | None
    park: str | None
    parks: pd.DataFrame
    rows: pd.DataFrame
    first_year: int | None
    last_year: int | None
    years: int
    mean: MeanUptake | None
    iron: IronStock | None
    recorded_later: int
    is_recorded: bool
    tells_every_price: bool

    @cached_property
    def total(self) -> pd.Series[Any]:
        """Stock of all parks of the report together, in whole m²."""
        return self.parks.drop(columns=["name", "certainty"]).sum().astype("int64")

    @property
    def certainties(self) -> tuple[str, ...]:
        """Kinds of certainty that the figures rest on, in alphabetical order."""
        told = pd.concat([self.parks["certainty"], self.rows["certainty"]])
        return tuple(sorted(told.dropna().unique()))

    @property
    def yearly(self) -> pd.Series[Any]:
        """Uptake of every whole year of the records, in whole m²."""
        return _yearly(self.rows, self.first_year, self.last_year)

    @property
    def is_illustrative(self) -> bool:
        """Whether any figure rests on drawn or modelled facts."""
        return any(kind in ILLUSTRATIVE for kind in self.certainties)

    @cached_property
    def means(self) -> Mapping[int, MeanUptake | None]:
        """Mean uptake by number of years, for each of :data:`WINDOWS`."""
        return {years: mean_uptake(self.yearly, years) for years in WINDOWS}

    def supply(self, stock: str = "issuable_m2", years: int | None = None) -> YearsOfSupply:
        """Years that one of :data:`STOCKS` lasts, at the mean uptake of some years.

        Raises
        ------
        ArgumentRefused
            If the years are no whole number from 1 on.
        """
        if years is None:
            mean = self.mean
        elif years in self.means:
            mean = self.means[years]
        else:
            mean = mean_uptake(self.yearly, years)
        return years_of_supply(int(self.total[stock]), mean)

    def uptake(self, by: UptakeBy = "park", year: int | None = None) -> pd.DataFrame:
        """Uptake by year and one thing beside it (see :func:`geo_assen.land.uptake_by`).

        Parameters
        ----------
        year
            Only this year; None: all.
        """
        rows = self.rows if year is None else self.rows[self.rows["year"] == year]
        told = uptake_by(rows, by)
        few = told["priced_deeds"] < LEAST_DEEDS_PUBLIC
        private = few & (not self.tells_every_price)
        return told.assign(price_eur_m2=told["price_eur_m2"].mask(private))

    def document(self, by: UptakeBy = "park", year: int | None = None) -> dict[str, Any]:
        """The report as ``geo-assen uptake --json`` prints it."""
        parks = self.parks.reset_index().to_dict("records")
        told = self.uptake(by, year)
        prices = told["price_eur_m2"].astype(object).where(told["price_eur_m2"].notna(), None)
        return {
            "as_of": self.as_of.isoformat(),
            "known_at": None if self.known_at is None else self.known_at.isoformat(),
            "by": by,
            "parks": parks,
            "uptake": told.assign(price_eur_m2=prices).to_dict("records"),
            "years_of_supply": {**_plain(self.supply()), **self._mean_document()},
            "supply": {
                stock: {str(n): _plain(self.supply(stock, n)) for n in WINDOWS}
                for stock in STOCKS
            },
            "iron_stock": None if self.iron is None else vars(self.iron),
            "recorded_later": self.recorded_later,
            "certainty": list(self.certainties),
        }

    def _mean_document(self) -> Mapping[str, Any]:
        mean = self.mean
        if mean is None:
            return {"years": 0, "first_year": None, "last_year": None, "mean_uptake_m2": None}
        return {
            "years": mean.used,
            "first_year": mean.first_year,
            "last_year": mean.last_year,
            "mean_uptake_m2": round(mean.mean_m2),
        }


def _plain(supply: YearsOfSupply) -> dict[str, float | None]:
    return {"value": supply.value, "low": supply.low, "high": supply.high}


def uptake_report(
    session: Session,
    *,
    as_of: date,
    known_at: date | None = None,
    park: str | None = None,
    years: int = 10,
    role: Role = Role.PUBLIC,
) -> UptakeReport:
    """Answer how much land there is, was handed over, and how long it lasts.

    Parameters
    ----------
    park
        Code of one park; None: the whole municipality.
    years
        Number of last whole years of which the mean uptake is taken, from 1.

    Raises
    ------
    NotFound
        If there is no such park.
    ArgumentRefused
        If ``years`` is no whole number from 1 on.
    """

    def build() -> UptakeReport:
        return _report(session, as_of, known_at, park, years, role)

    return session.kept(("uptake_report", as_of, known_at, park, years, role), build)


def _report(
    session: Session,
    as_of: date,
    known_at: date | None,
    park: str | None,
    years: int,
    role: Role,
) -> UptakeReport:
    parks = _parks(session, as_of, known_at, park)
    events = _events_of(session, park)
    rows = _rows(session, as_of, known_at, parks)
    first, last = complete_years(session, as_of, park)
    mean = mean_uptake(_yearly(rows, first, last), years)
    ready = int(parks["immediately_issuable_m2"].sum())
    effective = events[events["effective_on"] <= as_of]
    late = effective["recorded_on"] > (known_at or date.max)
    later = int(late.sum())
    return UptakeReport(
        as_of, known_at, park, parks, rows, first, last, years, mean,
        iron_stock(ready, mean, session.settings.iron_stock_years), later,
        later < len(effective), role >= Role.STAFF,
    )  # fmt: skip


def _yearly(
    rows: pd.DataFrame, first_year: int | None, last_year: int | None
) -> pd.Series[Any]:
    """Uptake of every year of a period; of no year where there is none."""
    if first_year is None or last_year is None:
        return yearly_uptake(rows, 1, 0)
    return yearly_uptake(rows, first_year, last_year)


def _parks(
    session: Session, as_of: date, known_at: date | None, park: str | None
) -> pd.DataFrame:
    stock = stock_at(session, as_of, known_at)
    attributes, _ = session.attributes("business_park", as_of)
    said = session.table("source").set_index("code")["certainty"]
    listed = attributes.set_index("code")
    certainty = listed["source_code"].map(said)
    if "illustrative_fields" in listed:
        certainty = certainty.mask(listed["illustrative_fields"].notna(), "illustrative")
    told = stock.assign(name=listed["name"], certainty=certainty)
    told = told[["name", "certainty", *stock.columns]].sort_index()
    if park is None:
        return told
    if park not in told.index:
        raise NotFound("business park", park, f"Known: {', '.join(told.index)}.")
    return told.loc[[park]]


def _rows(
    session: Session, as_of: date, known_at: date | None, parks: pd.DataFrame
) -> pd.DataFrame:
    plots, _ = session.attributes("plot", as_of)
    events = session.table("land_event")
    rows = uptake_rows(events, plots=plots, as_of=as_of, known_at=known_at)
    said = session.table("source").set_index("code")["certainty"]
    source = events.set_index("code")["source_code"].map(said)
    rows = rows.assign(certainty=rows["code"].map(source))
    return rows[rows["park"].isin(parks.index)].reset_index(drop=True)


def complete_years(
    session: Session, as_of: date, park: str | None = None
) -> tuple[int | None, int | None]:
    """First and last whole year of the records of the ledger, as seen from a date.

    The records of a park begin after its opening balance, or with its first deed where it
    has none. Those of a municipality begin with the first of its parks.

    Returns
    -------
    Both None where no whole year has passed.
    """
    events = _events_of(session, park)
    opened = events.loc[events["kind"] == "opening_balance", "effective_on"]
    handed = events.loc[events["kind"].isin(["deed", "buy_back"]), "effective_on"]
    if len(opened):
        # A balance holds at the end of its day; the year it falls in is not whole.
        first = (min(opened) + timedelta(days=1)).year
    elif len(handed):
        first = min(handed).year
    else:
        return None, None
    # What is still to come is no year on record.
    last = (min(as_of, today()) + timedelta(days=1)).year - 1
    return (first, last) if first <= last else (None, None)


def _events_of(session: Session, park: str | None) -> pd.DataFrame:
    """Events of one park and its plots; None: all events."""
    events = session.table("land_event")
    if park is None:
        return events
    plots = session.table("plot")
    own = plots.loc[plots["park"] == park, "code"]
    return events[(events["park"] == park) | events["plot"].isin(own)]


def ending_promises(
    session: Session,
    *,
    as_of: date,
    within_days: int = 30,
    known_at: date | None = None,
    role: Role = Role.PUBLIC,
) -> pd.DataFrame:
    """List options and reservations that run on a date and end soon after it.

    Returns
    -------
    As :func:`geo_assen.land.running_promises`, with ``plot_name`` and ``days_left`` (0 on
    the last day), the soonest first; ``party`` is the name for staff, None for others.
    """
    plots, _ = session.attributes("plot", as_of)
    events = session.table("land_event")

    def build() -> pd.DataFrame:
        return running_promises(plots, events, as_of=as_of, known_at=known_at)

    running = session.kept(("running_promises", as_of, known_at), build)
    last = as_of + timedelta(days=within_days)
    # With .loc an empty frame keeps its columns; a bare empty list would pick none.
    soon = running.loc[[until is not None and until <= last for until in running["until"]]]
    names = plots.set_index("code")["name"]
    parties = session.table("party").set_index("code")["name"]
    is_staff = role >= Role.STAFF
    return soon.assign(
        plot_name=soon["plot"].map(names),
        days_left=[(until - as_of).days for until in soon["until"]],
        party=soon["party"].map(parties) if is_staff else None,
    ).reset_index(drop=True)
