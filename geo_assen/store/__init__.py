"""The store: one SQLite file that is a GeoPackage, or a PostGIS database, alike in use.

In: frames in EPSG:28992. Out: frames as they were written, now or on a past date. All is
written through :func:`write_batch`; every failure is a :class:`~geo_assen.errors.StoreError`.
"""

from geo_assen.store.batch import read_batch, store_version, write_batch
from geo_assen.store.bulk import Reading, reading
from geo_assen.store.changes import (
    changed_since,
    history_mark,
    referring_rows,
    remember_before,
    take_back,
)
from geo_assen.store.check import check_store
from geo_assen.store.derived import replace_beside
from geo_assen.store.engine import create_store, open_engine
from geo_assen.store.faults import store_name, translate_errors
from geo_assen.store.following import Changed, Marks, changed_sites, marks
from geo_assen.store.frames import read_frame, stands
from geo_assen.store.geometry import intersects_bbox
from geo_assen.store.history import Recorded, attributes_as_of, recorded
from geo_assen.store.layers import check_layers, custom_table, ensure_custom_tables
from geo_assen.store.selecting import among
from geo_assen.store.styles import refresh_styles
from geo_assen.store.tables import FACTS, metadata
from geo_assen.store.writing import (
    UpsertCounts,
    bulk_writing,
    insert_frame,
    last_id,
    replace_rows,
    upsert_frame,
)

__all__ = [
    "FACTS",
    "Changed",
    "Marks",
    "Reading",
    "Recorded",
    "UpsertCounts",
    "among",
    "attributes_as_of",
    "bulk_writing",
    "changed_since",
    "changed_sites",
    "check_layers",
    "check_store",
    "create_store",
    "custom_table",
    "ensure_custom_tables",
    "history_mark",
    "insert_frame",
    "intersects_bbox",
    "last_id",
    "marks",
    "metadata",
    "open_engine",
    "read_batch",
    "read_frame",
    "reading",
    "recorded",
    "referring_rows",
    "refresh_styles",
    "remember_before",
    "replace_beside",
    "replace_rows",
    "stands",
    "store_name",
    "store_version",
    "take_back",
    "translate_errors",
    "upsert_frame",
    "write_batch",
]
