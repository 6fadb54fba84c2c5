"""Use cases: one function each, called by page, command, export and library alike.

In: an opened :class:`Store` and plain arguments. Out: frames, rankings, reports. No
function here knows a screen, and no caller of these computes a figure of its own.
"""

from geo_assen.services.export import export_layer
from geo_assen.services.ingest import ImportReport, import_file
from geo_assen.services.layers import layer_feature, layer_rows
from geo_assen.services.matching import (
    load_requirement,
    match_sites,
    ranking_geojson,
    requirement_like,
    requirement_list,
    stored_requirement,
    usual_ranges,
)
from geo_assen.services.search import Hit, search
from geo_assen.services.session import today
from geo_assen.services.site_detail import SiteDetail, TimelineEntry, site_detail
from geo_assen.services.sites import SiteFilter, list_sites, sites_at
from geo_assen.services.store import SAMPLE_FILES, Store, check, init_store, open_store, readiness
from geo_assen.services.users import User, add_user, authenticate

__all__ = [
    "SAMPLE_FILES",
    "Hit",
    "ImportReport",
    "SiteDetail",
    "SiteFilter",
    "Store",
    "TimelineEntry",
    "User",
    "add_user",
    "authenticate",
    "check",
    "export_layer",
    "import_file",
    "init_store",
    "layer_feature",
    "layer_rows",
    "list_sites",
    "load_requirement",
    "match_sites",
    "open_store",
    "ranking_geojson",
    "readiness",
    "requirement_like",
    "requirement_list",
    "search",
    "site_detail",
    "sites_at",
    "stored_requirement",
    "today",
    "usual_ranges",
]
