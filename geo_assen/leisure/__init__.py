"""Leisure: who visits what, where visitors come from, and when something goes on.

In: frames of attractions, counts and events, arrays of places in EPSG:28992. Out: visitors by
year with every source beside the others, catchments after Huff, the reach of a place for
visitors, and the weeks and months of a year with their events.
"""

from geo_assen.leisure.catchment import (
    ALPHA,
    BETA,
    HALF_DISTANCE_M,
    LEAST_DISTANCE_M,
    VISITS_PER_PERSON,
    Catchment,
    huff,
    visitor_reach,
)
from geo_assen.leisure.places import (
    AT_MOST,
    LatestVisitors,
    VisitorValue,
    VisitorYear,
    latest_visitors,
    missing_years,
    visitor_years,
)
from geo_assen.leisure.season import Week, events_of_year, months_of, shared_days, weeks_of

__all__ = [
    "ALPHA",
    "AT_MOST",
    "BETA",
    "HALF_DISTANCE_M",
    "LEAST_DISTANCE_M",
    "VISITS_PER_PERSON",
    "Catchment",
    "LatestVisitors",
    "VisitorValue",
    "VisitorYear",
    "Week",
    "events_of_year",
    "huff",
    "latest_visitors",
    "missing_years",
    "months_of",
    "shared_days",
    "visitor_reach",
    "visitor_years",
    "weeks_of",
]
