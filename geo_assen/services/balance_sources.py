"""Who says what the balance of a park is: the least certain of all that stand behind it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from geo_assen.catalogue import CERTAINTIES
from geo_assen.land import effective_events, event_parks
from geo_assen.services.session import Session

__all__ = ["balance_sources"]


def balance_sources(
    session: Session, as_of: date, known_at: date | None = None
) -> pd.Series[Any]:
    """Source of the least certain record behind the balance of each park on a date.

    Behind a balance stand the record of the park and every land event that counts by then:
    a figure is no surer than the weakest of them. Of equally certain ones the source of the
    park goes first, then the code.

    Returns
    -------
    Code of the source by park code; a park without any event by then is left out.
    """
    parks, _ = session.attributes("business_park", as_of)
    plots, _ = session.attributes("plot", as_of)
    events = effective_events(session.table("land_event"), as_of, known_at)
    behind = events.assign(park=event_parks(events, plots))
    behind = behind[["park", "source_code"]].drop_duplicates()
    behind = behind[behind["park"].isin(parks["code"])]
    own = parks[["code", "source_code"]].rename(columns={"code": "park"})
    own = own[own["park"].isin(behind["park"])]
    told = pd.concat([own.assign(turn=0), behind.assign(turn=1)], ignore_index=True)
    certainty = session.table("source").set_index("code")["certainty"]
    told = told.assign(rank=told["source_code"].map(certainty).map(CERTAINTIES.index))
    told = told.sort_values(
        ["park", "rank", "turn", "source_code"], ascending=[True, False, True, True]
    )
    return told.drop_duplicates("park").set_index("park")["source_code"]
