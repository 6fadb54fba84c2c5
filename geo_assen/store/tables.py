"""Every built-in table, once, for SQLite (GeoPackage) and PostGIS alike.

Rows refer to each other by ``code``, so that the file reads well in QGIS without joins.
What is derived (status, stock, vacancy state) is in no table but the ``*_now`` layers,
which are refreshed in the transaction that changes their facts.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from geo_assen.store.columns import CodeSet, UtcTimestamp
from geo_assen.store.geometry import Geometry

__all__ = ["APPEND_ONLY", "DERIVED", "FACTS", "HISTORY_OF", "metadata"]

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

HISTORY_OF = ("business_park", "plot", "premises", "attraction", "offer", "requirement")
"""Tables whose every change is kept in ``attribute_history`` by trigger."""

APPEND_ONLY = ("land_event", "vacancy_observation", "follow_up", "attribute_history")
"""Tables that refuse update and delete by trigger; a correction is a new row."""

FACTS = ("land_event", "vacancy_observation")
"""Append-only tables that imports fill; an import that is undone leaves its rows there, and
they count no more."""

DERIVED = ("plots_now", "vacancy_now", "commuter_lines")
"""Layers for QGIS, refreshed from the facts."""

Column = sa.Column[Any]


def _id() -> Column:
    return sa.Column("id", sa.Integer, primary_key=True)


def _code() -> Column:
    return sa.Column("code", sa.String(80), nullable=False, unique=True)


def _refers(name: str, target: str, *, required: bool = False) -> Column:
    return sa.Column(
        name, sa.String(80), sa.ForeignKey(f"{target}.code"), nullable=not required, index=True
    )


def _source() -> Column:
    return _refers("source_code", "source", required=True)


def _positive(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} > 0", name=f"{name}_positive")


def _share(name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{name} >= 0 AND {name} <= 1", name=f"{name}_is_share")


def _one_of(name: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} IN ({listed})", name=f"{name}_known")


store_state = sa.Table(
    "store_state",
    metadata,
    _id(),
    sa.Column("store_version", sa.Integer, nullable=False),
    sa.Column("changed_at", UtcTimestamp, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

source = sa.Table(
    "source",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("licence", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("retrieved_on", sa.Date, nullable=False),
    sa.Column("certainty", sa.String(20), nullable=False),
    sa.Column("remark", sa.Text),
    _one_of("certainty", "observed", "stated", "derived", "modelled", "illustrative"),
)

area = sa.Table(
    "area",
    metadata,
    _id(),
    sa.Column("code", sa.String(80), nullable=False, index=True),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("population_persons", sa.Integer),
    sa.Column("working_age_persons", sa.Integer),
    sa.Column("centre_x_m", sa.Float),
    sa.Column("centre_y_m", sa.Float),
    sa.Column("geom", Geometry("MULTIPOLYGON")),
    _source(),
    sa.UniqueConstraint("code", "year", name="uq_area_code_year"),
)

business_park = sa.Table(
    "business_park",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.String(30)),
    sa.Column("gross_area_m2", sa.Integer, nullable=False),
    sa.Column("plan_status", sa.String(20)),
    sa.Column("plan_adopted_on", sa.Date),
    sa.Column("plan_irrevocable_on", sa.Date),
    sa.Column("serviced_on", sa.Date),
    sa.Column("max_env_category", sa.String(4)),
    sa.Column("price_min_eur_m2", sa.Float),
    sa.Column("price_max_eur_m2", sa.Float),
    sa.Column("grid_status", sa.String(20)),
    sa.Column("park_management", sa.Boolean),
    sa.Column("illustrative_fields", sa.Text),
    sa.Column("geom", Geometry("MULTIPOLYGON"), nullable=False),
    _source(),
    _positive("gross_area_m2"),
)

plot = sa.Table(
    "plot",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text),
    _refers("park", "business_park", required=True),
    sa.Column("street", sa.Text),
    sa.Column("area_m2", sa.Integer, nullable=False),
    sa.Column("uses", CodeSet),
    sa.Column("max_env_category", sa.String(4)),
    sa.Column("max_height_m", sa.Float),
    sa.Column("coverage_share", sa.Float),
    sa.Column("frontage_m", sa.Float),
    sa.Column("grid_mva", sa.Float),
    sa.Column("fibre", sa.Boolean),
    sa.Column("water", sa.Boolean),
    sa.Column("rail", sa.Boolean),
    sa.Column("serviced_on", sa.Date),
    sa.Column("available_from", sa.Date),
    sa.Column("price_eur_m2", sa.Float),
    sa.Column("smallest_part_m2", sa.Integer),
    sa.Column("cadastral_ids", sa.Text),
    _refers("parent_plot", "plot"),
    sa.Column("geom", Geometry("MULTIPOLYGON"), nullable=False),
    _source(),
    _positive("area_m2"),
    _positive("smallest_part_m2"),
    _share("coverage_share"),
)

premises = sa.Table(
    "premises",
    metadata,
    _id(),
    _code(),
    sa.Column("bag_id", sa.String(16), unique=True),
    sa.Column("name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("street", sa.Text, index=True),
    sa.Column("postcode", sa.String(7)),
    _refers("park", "business_park"),
    sa.Column("shopping_area", sa.String(80), index=True),
    sa.Column("uses", CodeSet),
    sa.Column("floor_area_m2", sa.Integer),
    sa.Column("sales_floor_m2", sa.Integer),
    sa.Column("energy_label", sa.String(5)),
    sa.Column("build_year", sa.Integer),
    sa.Column("grid_mva", sa.Float),
    sa.Column("fibre", sa.Boolean),
    sa.Column("geom", Geometry("GEOMETRY"), nullable=False),
    _source(),
    sa.Column("live_from", sa.Date),
    # The first day on which it is no longer there, so that it may begin again the same day.
    sa.Column("gone_on", sa.Date),
    sa.Column("gone_reason", sa.String(20)),
    _refers("merged_into", "premises"),
    sa.CheckConstraint("length(bag_id) = 16", name="bag_id_length"),
    _positive("floor_area_m2"),
    sa.CheckConstraint("gone_on > live_from", name="gone_after_live"),
    _one_of("gone_reason", "demolished", "merged", "withdrawn"),
    # A comparison with nothing would pass: no reason is no merger.
    sa.CheckConstraint(
        "merged_into IS NULL OR coalesce(gone_reason, '') = 'merged'", name="merged_into_if_merged"
    ),
)

party = sa.Table(
    "party",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("legal_form", sa.Text),
    sa.Column("contact_name", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    _source(),
)

app_user = sa.Table(
    "app_user",
    metadata,
    _id(),
    sa.Column("name", sa.String(80), nullable=False, unique=True),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("created_at", UtcTimestamp, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, default=False),
)

note = sa.Table(
    "note",
    metadata,
    _id(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("created_at", UtcTimestamp, nullable=False),
)

offer = sa.Table(
    "offer",
    metadata,
    _id(),
    _code(),
    _refers("plot", "plot"),
    _refers("premises", "premises"),
    sa.Column("offer_kind", sa.String(10), nullable=False),
    sa.Column("price_eur", sa.Float),
    sa.Column("price_eur_m2", sa.Float),
    sa.Column("rent_eur_m2_year", sa.Float),
    sa.Column("offered_on", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("available_from", sa.Date),
    sa.Column("smallest_part_m2", sa.Integer),
    _refers("contact", "party"),
    _source(),
    sa.CheckConstraint("(plot IS NULL) <> (premises IS NULL)", name="one_site"),
    sa.CheckConstraint("until IS NULL OR until >= offered_on", name="until_after_offered"),
    _one_of("offer_kind", "let", "sale"),
)

land_event = sa.Table(
    "land_event",
    metadata,
    _id(),
    _code(),
    sa.Column("kind", sa.String(20), nullable=False),
    _refers("park", "business_park"),
    _refers("plot", "plot"),
    sa.Column("effective_on", sa.Date, nullable=False, index=True),
    sa.Column("recorded_on", sa.Date, nullable=False),
    sa.Column("area_m2", sa.Integer),
    sa.Column("price_eur_m2", sa.Float),
    sa.Column("tenure", sa.String(20)),
    sa.Column("sector", sa.String(20)),
    _refers("party", "party"),
    sa.Column("valid_until", sa.Date),
    sa.Column("priority_rank", sa.Integer),
    sa.Column("selection", sa.String(20)),
    sa.Column("published_on", sa.Date),
    _refers("corrects", "land_event"),
    sa.Column("note_id", sa.ForeignKey("note.id")),
    _source(),
    _refers("into_plot", "plot"),
    sa.CheckConstraint("park IS NOT NULL OR plot IS NOT NULL", name="has_place"),
    sa.CheckConstraint("area_m2 IS NULL OR area_m2 >= 0", name="area_not_negative"),
    _one_of(
        "kind",
        "opening_balance",
        "net_set",
        "option",
        "option_lapsed",
        "reservation",
        "reservation_lapsed",
        "deed",
        "buy_back",
        "withdrawal",
        "split",
        "merge",
        "survey",
    ),
)

vacancy_observation = sa.Table(
    "vacancy_observation",
    metadata,
    _id(),
    _refers("premises", "premises", required=True),
    sa.Column("observed_on", sa.Date, nullable=False),
    sa.Column("recorded_on", sa.Date, nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("vacant_share", sa.Float),
    _source(),
    sa.Column("note_id", sa.ForeignKey("note.id")),
    _one_of("source", "field", "owner", "register", "listing", "bag"),
    _one_of("state", "occupied", "vacant", "partly", "unknown"),
    _share("vacant_share"),
)

follow_up = sa.Table(
    "follow_up",
    metadata,
    _id(),
    _refers("premises", "premises", required=True),
    sa.Column("followed_on", sa.Date, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("user_id", sa.ForeignKey("app_user.id"), nullable=False),
    sa.Column("note_id", sa.ForeignKey("note.id")),
    sa.Column("due_on", sa.Date),
    sa.CheckConstraint("due_on >= followed_on", name="due_after_followed"),
)

requirement = sa.Table(
    "requirement",
    metadata,
    _id(),
    _code(),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("present_site", sa.String(90)),
    sa.Column("sector", sa.String(20)),
    _refers("party", "party"),
    sa.Column("stage", sa.String(20), nullable=False),
    sa.Column("definition", sa.JSON, nullable=False),
    sa.Column("needed_by", sa.Date),
    sa.Column("jobs", sa.Integer),
    _source(),
    _one_of("kind", "new", "grow", "relocate"),
)

attraction = sa.Table(
    "attraction",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    sa.Column("address", sa.Text),
    sa.Column("position_accuracy_m", sa.Integer),
    sa.Column("remark", sa.Text),
    sa.Column("geom", Geometry("POINT"), nullable=False),
    _source(),
)

event = sa.Table(
    "event",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.String(30), nullable=False),
    _refers("attraction", "attraction"),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date),
    sa.Column("geom", Geometry("POINT"), nullable=False),
    _source(),
    sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
)

visit_count = sa.Table(
    "visit_count",
    metadata,
    _id(),
    _code(),
    _refers("attraction", "attraction", required=True),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("part", sa.String(30)),
    sa.Column("visitors", sa.Integer, nullable=False),
    sa.Column("certainty", sa.String(20)),
    sa.Column("remark", sa.Text),
    _source(),
)

commuter_flow = sa.Table(
    "commuter_flow",
    metadata,
    _id(),
    sa.Column("series", sa.String(40), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("home_code", sa.String(20), nullable=False),
    sa.Column("work_code", sa.String(20), nullable=False),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("jobs_low", sa.Integer),
    sa.Column("jobs_high", sa.Integer),
    _source(),
    sa.Column("total_jobs", sa.Integer),
    sa.Column("total_jobs_low", sa.Integer),
    sa.Column("total_jobs_high", sa.Integer),
    sa.UniqueConstraint("series", "year", "home_code", "work_code", name="uq_commuter_flow_pair"),
)

place = sa.Table(
    "place",
    metadata,
    _id(),
    _code(),
    sa.Column("kind", sa.String(30), nullable=False, index=True),
    sa.Column("name", sa.Text),
    sa.Column("importance_rank", sa.Integer),
    sa.Column("position_accuracy_m", sa.Integer),
    sa.Column("geom", Geometry("GEOMETRY"), nullable=False),
    _source(),
)

indicator = sa.Table(
    "indicator",
    metadata,
    _id(),
    _code(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("area", sa.String(80), nullable=False),
    sa.Column("year", sa.Integer),
    sa.Column("value", sa.Float, nullable=False),
    sa.Column("unit", sa.String(40), nullable=False),
    sa.Column("definition", sa.Text),
    sa.Column("ambiguity", sa.Text),
    sa.Column("monitoring_group", sa.String(10)),
    sa.Column("sdg", sa.String(20)),
    sa.Column("pillar", sa.String(10)),
    sa.Column("theme", sa.String(10)),
    sa.Column("certainty", sa.String(20)),
    _source(),
    # Which figure of the store it can be compared with.
    sa.Column("measure", sa.String(40)),
)

import_batch = sa.Table(
    "import_batch",
    metadata,
    _id(),
    sa.Column("layer", sa.String(60), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("imported_at", UtcTimestamp, nullable=False),
    sa.Column("accepted", sa.Integer, nullable=False),
    sa.Column("quarantined", sa.Integer, nullable=False),
    sa.Column("unchanged", sa.Integer, nullable=False),
    # What follows came with schema 2; older batches have nothing there.
    sa.Column("name", sa.Text),
    sa.Column("source_code", sa.String(80)),
    sa.Column("crs", sa.Text),
    sa.Column("decimal_sign", sa.String(1)),
    sa.Column("mapping", sa.JSON),
    sa.Column("report", sa.JSON),
    sa.Column("inserted", sa.Integer),
    sa.Column("updated", sa.Integer),
    sa.Column("fact_table", sa.String(40)),
    sa.Column("first_id", sa.Integer),
    sa.Column("last_id", sa.Integer),
    sa.Column("history_mark", sa.Integer),
    sa.Column("resent_from", sa.Integer),
    sa.Column("undone_at", UtcTimestamp),
)

import_change = sa.Table(
    "import_change",
    metadata,
    _id(),
    sa.Column("import_batch_id", sa.ForeignKey("import_batch.id"), nullable=False, index=True),
    sa.Column("row_id", sa.Integer, nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("shape", sa.LargeBinary),
)

quarantined_row = sa.Table(
    "quarantined_row",
    metadata,
    _id(),
    sa.Column("import_batch_id", sa.ForeignKey("import_batch.id"), nullable=False, index=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("original", sa.JSON, nullable=False),
    sa.Column("issues", sa.JSON, nullable=False),
    sa.Column("shape", sa.LargeBinary),
    sa.Column("mended", sa.JSON),
    sa.Column("mended_shape", sa.LargeBinary),
    sa.Column("outcome", sa.String(10)),
    sa.Column("landed_batch_id", sa.Integer),
)

attribute_history = sa.Table(
    "attribute_history",
    metadata,
    _id(),
    sa.Column("table_name", sa.String(40), nullable=False),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Column("recorded_at", UtcTimestamp, nullable=False),
    sa.Column("operation", sa.String(6), nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("shape", sa.LargeBinary),
    sa.Index("ix_attribute_history_code", "table_name", "code", "recorded_at"),
)

plots_now = sa.Table(
    "plots_now",
    metadata,
    _id(),
    sa.Column("code", sa.String(80), nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("park", sa.String(80)),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("status_since", sa.Date),
    sa.Column("area_m2", sa.Integer),
    sa.Column("price_eur_m2", sa.Float),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("certainty", sa.String(20)),
    sa.Column("geom", Geometry("MULTIPOLYGON")),
)

vacancy_now = sa.Table(
    "vacancy_now",
    metadata,
    _id(),
    sa.Column("premises", sa.String(80), nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("vacancy_class", sa.String(20), nullable=False),
    sa.Column("vacant_since", sa.Date),
    sa.Column("floor_area_m2", sa.Integer),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("certainty", sa.String(20)),
    sa.Column("geom", Geometry("GEOMETRY")),
    sa.Column("state", sa.String(10)),
    sa.Column("at_least", sa.Boolean),
    sa.Column("observed_on", sa.Date),
    sa.Column("disagreement", sa.Boolean),
    sa.Column("vacant_share", sa.Float),
)

commuter_lines = sa.Table(
    "commuter_lines",
    metadata,
    _id(),
    sa.Column("series", sa.String(40), nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("home_code", sa.String(20), nullable=False),
    sa.Column("work_code", sa.String(20), nullable=False),
    sa.Column("direction", sa.String(5), nullable=False),
    sa.Column("jobs", sa.Integer, nullable=False),
    sa.Column("geom", Geometry("LINESTRING")),
)

layer_styles = sa.Table(
    "layer_styles",
    metadata,
    _id(),
    sa.Column("f_table_catalog", sa.String(256)),
    sa.Column("f_table_schema", sa.String(256)),
    sa.Column("f_table_name", sa.String(256)),
    sa.Column("f_geometry_column", sa.String(256)),
    sa.Column("stylename", sa.String(30)),
    sa.Column("styleqml", sa.Text),
    sa.Column("stylesld", sa.Text),
    sa.Column("useasdefault", sa.Boolean),
    sa.Column("description", sa.Text),
    sa.Column("owner", sa.String(30)),
    sa.Column("ui", sa.String(30)),
    sa.Column("update_time", UtcTimestamp),
)
