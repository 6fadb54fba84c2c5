"""Names of records that other records refer to by code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geo_assen.catalogue import FieldDefinition
from geo_assen.services.session import Session

__all__ = ["names_for"]

_NAMED = ("areas", "attractions", "business_parks", "parties", "plots", "premises")
"""Layers whose records carry a name that says more than their code."""


def names_for(
    session: Session, fields: Iterable[FieldDefinition]
) -> Mapping[str, Mapping[str, str]]:
    """Names by layer and code of what the fields refer to."""
    asked = {item.refers_to for item in fields if item.refers_to in _NAMED}
    return {name: _names(session, name) for name in asked if name is not None}


def _names(session: Session, layer_id: str) -> Mapping[str, str]:
    frame = session.layer_table(session.catalogue.layers[layer_id])
    named = frame[frame["name"].notna()]
    return dict(zip(named["code"], named["name"], strict=True))
