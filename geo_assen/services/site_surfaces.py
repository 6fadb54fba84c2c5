"""What fills fields of sites from where they lie: raster layers, and the reach for visitors."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date

import numpy as np

from geo_assen.leisure import visitor_reach
from geo_assen.services.leisure import visitor_places
from geo_assen.services.raster_values import surfaces_of
from geo_assen.services.session import Session
from geo_assen.sites import FieldSource, Floats, Surfaces

__all__ = ["VISITOR_FIELD", "site_surfaces", "surface_marks"]

VISITOR_FIELD = "visitor_reach_visitors"
"""Field of a site with the visitors a year of the attractions around it."""

_SOURCE = "geo_assen: bezoekers van attracties in de omgeving"


def site_surfaces(session: Session, as_of: date) -> Surfaces:
    """All that fills fields of sites on a date."""
    rasters, reach = surfaces_of(session), _visitor_surface(session, as_of)

    def read(x_m: Floats, y_m: Floats) -> Mapping[str, Floats]:
        return {**rasters.values_at(x_m, y_m), **reach.values_at(x_m, y_m)}

    return Surfaces({**rasters.sources, **reach.sources}, read, rasters.travel)


def surface_marks(session: Session, as_of: date) -> Hashable:
    """What is another where a surface of a date is another."""
    places = visitor_places(session, as_of)
    return session.raster_folder.marks(), tuple(places.itertuples(index=False, name=None))


def _visitor_surface(session: Session, as_of: date) -> Surfaces:
    if VISITOR_FIELD not in {field.name for field in session.catalogue.layers["sites"].field}:
        return Surfaces()
    places = visitor_places(session, as_of)

    def read(x_m: Floats, y_m: Floats) -> Mapping[str, Floats]:
        return {VISITOR_FIELD: np.asarray(visitor_reach(x_m, y_m, places))}

    return Surfaces({VISITOR_FIELD: FieldSource(_SOURCE, as_of, "modelled")}, read)
