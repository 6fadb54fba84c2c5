"""Commuting: who works where, and what is modelled where nothing is published.

In: arrays and frames of flows, totals and distances, and cells as CBS publishes them. Out:
flows and figures with the bounds that rounding leaves, on the municipalities of any year; and
modelled flows that keep every published total, with the decay they were fitted to, how near
they come and what is modelled. Roads or a timetable and origins in, labour reach as a raster out.
"""

from geo_assen.commuting.balancing import Balanced, GravityError, balance
from geo_assen.commuting.contours import contour_lines
from geo_assen.commuting.flows import (
    COUNTRY_CODES,
    NO_JOBS,
    OTHER,
    Cell,
    CellFault,
    Flow,
    FlowReading,
    Jobs,
    published_jobs,
    read_cells,
    year_of,
)
from geo_assen.commuting.gravity import Filled, GravityFit, fill_unpublished, fit_gravity
from geo_assen.commuting.indicators import (
    Figure,
    Indicators,
    Observed,
    Ratio,
    indicators_of,
    summed,
)
from geo_assen.commuting.mergers import Merger, merged_flows, successors, unmergeable
from geo_assen.commuting.network import (
    ACCESS_KMH,
    MODES,
    Floats,
    Road,
    RoadGraph,
    build_graph,
    quickest_minutes,
    travel_minutes,
)
from geo_assen.commuting.raster import (
    RasterTold,
    examine_raster,
    picture_values,
    reach_cog,
    values_at,
    zoom_drawn_from,
)
from geo_assen.commuting.reach import (
    TRANSIT,
    Bounds,
    Origins,
    ReachGrid,
    reach_grid,
    reach_grids,
    transit_reach_grid,
)
from geo_assen.commuting.series import (
    CUT_OFF,
    SERIES,
    Break,
    Series,
    breaks_between,
    first_series,
    related,
    series_named,
    series_of,
)
from geo_assen.commuting.timetable import Change, Timetable, transit_minutes

__all__ = [
    "ACCESS_KMH",
    "COUNTRY_CODES",
    "CUT_OFF",
    "MODES",
    "NO_JOBS",
    "OTHER",
    "SERIES",
    "TRANSIT",
    "Balanced",
    "Bounds",
    "Break",
    "Cell",
    "CellFault",
    "Change",
    "Figure",
    "Filled",
    "Floats",
    "Flow",
    "FlowReading",
    "GravityError",
    "GravityFit",
    "Indicators",
    "Jobs",
    "Merger",
    "Observed",
    "Origins",
    "RasterTold",
    "Ratio",
    "ReachGrid",
    "Road",
    "RoadGraph",
    "Series",
    "Timetable",
    "balance",
    "breaks_between",
    "build_graph",
    "contour_lines",
    "examine_raster",
    "fill_unpublished",
    "first_series",
    "fit_gravity",
    "indicators_of",
    "merged_flows",
    "picture_values",
    "published_jobs",
    "quickest_minutes",
    "reach_cog",
    "reach_grid",
    "reach_grids",
    "read_cells",
    "related",
    "series_named",
    "series_of",
    "successors",
    "summed",
    "transit_minutes",
    "transit_reach_grid",
    "travel_minutes",
    "unmergeable",
    "values_at",
    "year_of",
    "zoom_drawn_from",
]
