"""Land at a date: status of plots and stock of parks, from the events in the store."""

from __future__ import annotations

from datetime import date

import pandas as pd

from geo_assen.land import park_stock, plot_states
from geo_assen.services.session import Session

__all__ = ["plot_events", "states_at", "stock_at"]


def states_at(session: Session, as_of: date, known_at: date | None = None) -> pd.DataFrame:
    """Status of every plot on a date, by plot code (see :func:`geo_assen.land.plot_states`)."""

    def build() -> pd.DataFrame:
        plots, _ = session.attributes("plot", as_of)
        parks, _ = session.attributes("business_park", as_of)
        events = session.table("land_event")
        return plot_states(plots, events, parks=parks, as_of=as_of, known_at=known_at)

    return session.kept(("plot_states", as_of, known_at), build)


def stock_at(session: Session, as_of: date, known_at: date | None = None) -> pd.DataFrame:
    """Stock of every park on a date, by park code (see :func:`geo_assen.land.park_stock`)."""

    def build() -> pd.DataFrame:
        plots, _ = session.attributes("plot", as_of)
        parks, _ = session.attributes("business_park", as_of)
        events = session.table("land_event")
        return park_stock(parks, plots, events, as_of=as_of, known_at=known_at)

    return session.kept(("park_stock", as_of, known_at), build)


def plot_events(session: Session, plot: str, as_of: date) -> pd.DataFrame:
    """Events of one plot up to a date, oldest first."""
    events = session.table("land_event")
    chosen = events[(events["plot"] == plot) & (events["effective_on"] <= as_of)]
    return chosen.sort_values(["effective_on", "id"])
