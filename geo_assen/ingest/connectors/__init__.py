"""Public services as sources: addresses (PDOK), registers (OGC API), figures (CBS).

In: a :class:`Client` and the address of a service, which the settings know. Out: candidates
for an address, or layers that go through the same checks and import as any file. Nothing is
written here, and a service that fails half way leaves nothing behind.
"""

from geo_assen.ingest.addresses import Address, parse_address
from geo_assen.ingest.connectors.cbs import area_rows, indicator_rows
from geo_assen.ingest.connectors.home_work import (
    HOME,
    WORK,
    flow_rows_of,
    home_work_layer,
    open_home_work,
)
from geo_assen.ingest.connectors.odata import CbsTable, Odata, Selection
from geo_assen.ingest.connectors.ogc import Api, fetch_features
from geo_assen.ingest.connectors.pdok import Candidate, Geocoded, Geocoder, Suggestion
from geo_assen.ingest.connectors.provenance import Provenance
from geo_assen.ingest.connectors.registers import (
    DISTRICT_COLLECTIONS,
    district_rows,
    municipality_rows,
    premises_rows,
)
from geo_assen.ingest.connectors.rows import Fetched, Progress
from geo_assen.ingest.connectors.transport import Client

__all__ = [
    "DISTRICT_COLLECTIONS",
    "HOME",
    "WORK",
    "Address",
    "Api",
    "Candidate",
    "CbsTable",
    "Client",
    "Fetched",
    "Geocoded",
    "Geocoder",
    "Odata",
    "Progress",
    "Provenance",
    "Selection",
    "Suggestion",
    "area_rows",
    "district_rows",
    "fetch_features",
    "flow_rows_of",
    "home_work_layer",
    "indicator_rows",
    "municipality_rows",
    "open_home_work",
    "parse_address",
    "premises_rows",
]
