"""Source, date, certainty and licence beside every record."""

from __future__ import annotations

import pandas as pd

from geo_assen.services.session import Session

__all__ = ["with_provenance"]


def with_provenance(session: Session, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what the source of each record says; a record's own certainty goes first."""
    sources = session.table("source").set_index("code")
    codes = frame["source_code"]
    own = frame["certainty"] if "certainty" in frame else pd.Series(None, frame.index, dtype=object)
    said = codes.map(sources["certainty"])
    return frame.assign(
        source_name=codes.map(sources["name"]),
        source_date=codes.map(sources["retrieved_on"]),
        certainty=own.where(own.notna(), said),
        licence=codes.map(sources["licence"]),
    )
