"""The tables of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from geo_assen.store.columns import CodeSet, UtcTimestamp
from geo_assen.store.geometry import Geometry
from geo_assen.store.geopackage import HIDDEN, register_table
from geo_assen.store.triggers import guard_park_areas, keep_history, refuse_changes

revision = "202611241200"
down_revision = None


def _app_user() -> sa.Table:
    return op.create_table(
        "app_user",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", UtcTimestamp, nullable=False),
        sa.Column("disabled", sa.Boolean, nullable=False),
        sa.UniqueConstraint("name", name="uq_app_user_name"),
    )


def _attribute_history() -> sa.Table:
    return op.create_table(
        "attribute_history",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.String(40), nullable=False),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("recorded_at", UtcTimestamp, nullable=False),
        sa.Column("operation", sa.String(6), nullable=False),
        sa.Column("attributes", sa.JSON, nullable=False),
        sa.Column("shape", sa.LargeBinary),
    )


def _commuter_lines() -> sa.Table:
    return op.create_table(
        "commuter_lines",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("home_code", sa.String(20), nullable=False),
        sa.Column("work_code", sa.String(20), nullable=False),
        sa.Column("direction", sa.String(5), nullable=False),
        sa.Column("jobs", sa.Integer, nullable=False),
        sa.Column("geom", Geometry("LINESTRING")),
    )


def _import_batch() -> sa.Table:
    return op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("layer", sa.String(60), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("imported_at", UtcTimestamp, nullable=False),
        sa.Column("accepted", sa.Integer, nullable=False),
        sa.Column("quarantined", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
    )


def _layer_styles() -> sa.Table:
    return op.create_table(
        "layer_styles",
        sa.Column("id", sa.Integer, primary_key=True),
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


def _note() -> sa.Table:
    return op.create_table(
        "note",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", UtcTimestamp, nullable=False),
    )


def _plots_now() -> sa.Table:
    return op.create_table(
        "plots_now",
        sa.Column("id", sa.Integer, primary_key=True),
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


def _source() -> sa.Table:
    return op.create_table(
        "source",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("licence", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("retrieved_on", sa.Date, nullable=False),
        sa.Column("certainty", sa.String(20), nullable=False),
        sa.Column("remark", sa.Text),
        sa.CheckConstraint("certainty IN ('observed', 'stated', 'derived', 'modelled', 'illustrative')", name=op.f("ck_source_certainty_known")),
        sa.UniqueConstraint("code", name="uq_source_code"),
    )


def _store_state() -> sa.Table:
    return op.create_table(
        "store_state",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("store_version", sa.Integer, nullable=False),
        sa.Column("changed_at", UtcTimestamp, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_store_state_one_row")),
    )


def _vacancy_now() -> sa.Table:
    return op.create_table(
        "vacancy_now",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("premises", sa.String(80), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("vacancy_class", sa.String(20), nullable=False),
        sa.Column("vacant_since", sa.Date),
        sa.Column("floor_area_m2", sa.Integer),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("certainty", sa.String(20)),
        sa.Column("geom", Geometry("GEOMETRY")),
    )


def _area() -> sa.Table:
    return op.create_table(
        "area",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("population_persons", sa.Integer),
        sa.Column("working_age_persons", sa.Integer),
        sa.Column("centre_x_m", sa.Float),
        sa.Column("centre_y_m", sa.Float),
        sa.Column("geom", Geometry("MULTIPOLYGON")),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_area_source_code"),
        sa.UniqueConstraint("code", "year", name="uq_area_code_year"),
    )


def _attraction() -> sa.Table:
    return op.create_table(
        "attraction",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("address", sa.Text),
        sa.Column("position_accuracy_m", sa.Integer),
        sa.Column("remark", sa.Text),
        sa.Column("geom", Geometry("POINT"), nullable=False),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_attraction_source_code"),
        sa.UniqueConstraint("code", name="uq_attraction_code"),
    )


def _business_park() -> sa.Table:
    return op.create_table(
        "business_park",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
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
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("gross_area_m2 > 0", name=op.f("ck_business_park_gross_area_m2_positive")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_business_park_source_code"),
        sa.UniqueConstraint("code", name="uq_business_park_code"),
    )


def _commuter_flow() -> sa.Table:
    return op.create_table(
        "commuter_flow",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("series", sa.String(40), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("home_code", sa.String(20), nullable=False),
        sa.Column("work_code", sa.String(20), nullable=False),
        sa.Column("jobs", sa.Integer, nullable=False),
        sa.Column("jobs_low", sa.Integer),
        sa.Column("jobs_high", sa.Integer),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_commuter_flow_source_code"),
        sa.UniqueConstraint("series", "year", "home_code", "work_code", name="uq_commuter_flow_pair"),
    )


def _indicator() -> sa.Table:
    return op.create_table(
        "indicator",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
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
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_indicator_source_code"),
        sa.UniqueConstraint("code", name="uq_indicator_code"),
    )


def _party() -> sa.Table:
    return op.create_table(
        "party",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("legal_form", sa.Text),
        sa.Column("contact_name", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_party_source_code"),
        sa.UniqueConstraint("code", name="uq_party_code"),
    )


def _place() -> sa.Table:
    return op.create_table(
        "place",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("importance_rank", sa.Integer),
        sa.Column("position_accuracy_m", sa.Integer),
        sa.Column("geom", Geometry("GEOMETRY"), nullable=False),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_place_source_code"),
        sa.UniqueConstraint("code", name="uq_place_code"),
    )


def _quarantined_row() -> sa.Table:
    return op.create_table(
        "quarantined_row",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("import_batch_id", sa.Integer, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("original", sa.JSON, nullable=False),
        sa.Column("issues", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["import_batch_id"], ["import_batch.id"], name="fk_quarantined_row_import_batch_id"),
    )


def _event() -> sa.Table:
    return op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("attraction", sa.String(80)),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("geom", Geometry("POINT"), nullable=False),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_event_ends_after_start")),
        sa.ForeignKeyConstraint(["attraction"], ["attraction.code"], name="fk_event_attraction"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_event_source_code"),
        sa.UniqueConstraint("code", name="uq_event_code"),
    )


def _plot() -> sa.Table:
    return op.create_table(
        "plot",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("park", sa.String(80), nullable=False),
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
        sa.Column("parent_plot", sa.String(80)),
        sa.Column("geom", Geometry("MULTIPOLYGON"), nullable=False),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("area_m2 > 0", name=op.f("ck_plot_area_m2_positive")),
        sa.CheckConstraint("coverage_share >= 0 AND coverage_share <= 1", name=op.f("ck_plot_coverage_share_is_share")),
        sa.CheckConstraint("smallest_part_m2 > 0", name=op.f("ck_plot_smallest_part_m2_positive")),
        sa.ForeignKeyConstraint(["parent_plot"], ["plot.code"], name="fk_plot_parent_plot"),
        sa.ForeignKeyConstraint(["park"], ["business_park.code"], name="fk_plot_park"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_plot_source_code"),
        sa.UniqueConstraint("code", name="uq_plot_code"),
    )


def _premises() -> sa.Table:
    return op.create_table(
        "premises",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("bag_id", sa.String(16)),
        sa.Column("name", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("street", sa.Text),
        sa.Column("postcode", sa.String(7)),
        sa.Column("park", sa.String(80)),
        sa.Column("shopping_area", sa.String(80)),
        sa.Column("uses", CodeSet),
        sa.Column("floor_area_m2", sa.Integer),
        sa.Column("sales_floor_m2", sa.Integer),
        sa.Column("energy_label", sa.String(5)),
        sa.Column("build_year", sa.Integer),
        sa.Column("grid_mva", sa.Float),
        sa.Column("fibre", sa.Boolean),
        sa.Column("geom", Geometry("GEOMETRY"), nullable=False),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("floor_area_m2 > 0", name=op.f("ck_premises_floor_area_m2_positive")),
        sa.CheckConstraint("length(bag_id) = 16", name=op.f("ck_premises_bag_id_length")),
        sa.ForeignKeyConstraint(["park"], ["business_park.code"], name="fk_premises_park"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_premises_source_code"),
        sa.UniqueConstraint("bag_id", name="uq_premises_bag_id"),
        sa.UniqueConstraint("code", name="uq_premises_code"),
    )


def _requirement() -> sa.Table:
    return op.create_table(
        "requirement",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("present_site", sa.String(90)),
        sa.Column("sector", sa.String(20)),
        sa.Column("party", sa.String(80)),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("definition", sa.JSON, nullable=False),
        sa.Column("needed_by", sa.Date),
        sa.Column("jobs", sa.Integer),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("kind IN ('new', 'grow', 'relocate')", name=op.f("ck_requirement_kind_known")),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name="fk_requirement_party"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_requirement_source_code"),
        sa.UniqueConstraint("code", name="uq_requirement_code"),
    )


def _visit_count() -> sa.Table:
    return op.create_table(
        "visit_count",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("attraction", sa.String(80), nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("part", sa.String(30)),
        sa.Column("visitors", sa.Integer, nullable=False),
        sa.Column("certainty", sa.String(20)),
        sa.Column("remark", sa.Text),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.ForeignKeyConstraint(["attraction"], ["attraction.code"], name="fk_visit_count_attraction"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_visit_count_source_code"),
        sa.UniqueConstraint("code", name="uq_visit_count_code"),
    )


def _follow_up() -> sa.Table:
    return op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("premises", sa.String(80), nullable=False),
        sa.Column("followed_on", sa.Date, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("note_id", sa.Integer),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name="fk_follow_up_note_id"),
        sa.ForeignKeyConstraint(["premises"], ["premises.code"], name="fk_follow_up_premises"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_follow_up_user_id"),
    )


def _land_event() -> sa.Table:
    return op.create_table(
        "land_event",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("park", sa.String(80)),
        sa.Column("plot", sa.String(80)),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("area_m2", sa.Integer),
        sa.Column("price_eur_m2", sa.Float),
        sa.Column("tenure", sa.String(20)),
        sa.Column("sector", sa.String(20)),
        sa.Column("party", sa.String(80)),
        sa.Column("valid_until", sa.Date),
        sa.Column("priority_rank", sa.Integer),
        sa.Column("selection", sa.String(20)),
        sa.Column("published_on", sa.Date),
        sa.Column("corrects", sa.String(80)),
        sa.Column("note_id", sa.Integer),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("kind IN ('opening_balance', 'net_set', 'option', 'option_lapsed', 'reservation', 'reservation_lapsed', 'deed', 'buy_back', 'withdrawal', 'split', 'merge', 'survey')", name=op.f("ck_land_event_kind_known")),
        sa.CheckConstraint("area_m2 IS NULL OR area_m2 >= 0", name=op.f("ck_land_event_area_not_negative")),
        sa.CheckConstraint("park IS NOT NULL OR plot IS NOT NULL", name=op.f("ck_land_event_has_place")),
        sa.ForeignKeyConstraint(["corrects"], ["land_event.code"], name="fk_land_event_corrects"),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name="fk_land_event_note_id"),
        sa.ForeignKeyConstraint(["park"], ["business_park.code"], name="fk_land_event_park"),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name="fk_land_event_party"),
        sa.ForeignKeyConstraint(["plot"], ["plot.code"], name="fk_land_event_plot"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_land_event_source_code"),
        sa.UniqueConstraint("code", name="uq_land_event_code"),
    )


def _offer() -> sa.Table:
    return op.create_table(
        "offer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(80), nullable=False),
        sa.Column("plot", sa.String(80)),
        sa.Column("premises", sa.String(80)),
        sa.Column("offer_kind", sa.String(10), nullable=False),
        sa.Column("price_eur", sa.Float),
        sa.Column("price_eur_m2", sa.Float),
        sa.Column("rent_eur_m2_year", sa.Float),
        sa.Column("offered_on", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
        sa.Column("available_from", sa.Date),
        sa.Column("smallest_part_m2", sa.Integer),
        sa.Column("contact", sa.String(80)),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("offer_kind IN ('let', 'sale')", name=op.f("ck_offer_offer_kind_known")),
        sa.CheckConstraint("(plot IS NULL) <> (premises IS NULL)", name=op.f("ck_offer_one_site")),
        sa.CheckConstraint("until IS NULL OR until >= offered_on", name=op.f("ck_offer_until_after_offered")),
        sa.ForeignKeyConstraint(["contact"], ["party.code"], name="fk_offer_contact"),
        sa.ForeignKeyConstraint(["plot"], ["plot.code"], name="fk_offer_plot"),
        sa.ForeignKeyConstraint(["premises"], ["premises.code"], name="fk_offer_premises"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_offer_source_code"),
        sa.UniqueConstraint("code", name="uq_offer_code"),
    )


def _vacancy_observation() -> sa.Table:
    return op.create_table(
        "vacancy_observation",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("premises", sa.String(80), nullable=False),
        sa.Column("observed_on", sa.Date, nullable=False),
        sa.Column("recorded_on", sa.Date, nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("vacant_share", sa.Float),
        sa.Column("source_code", sa.String(80), nullable=False),
        sa.CheckConstraint("source IN ('field', 'owner', 'register', 'listing', 'bag')", name=op.f("ck_vacancy_observation_source_known")),
        sa.CheckConstraint("state IN ('occupied', 'vacant', 'partly', 'unknown')", name=op.f("ck_vacancy_observation_state_known")),
        sa.CheckConstraint("vacant_share >= 0 AND vacant_share <= 1", name=op.f("ck_vacancy_observation_vacant_share_is_share")),
        sa.ForeignKeyConstraint(["premises"], ["premises.code"], name="fk_vacancy_observation_premises"),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name="fk_vacancy_observation_source_code"),
    )


_TABLES = (
    _app_user,
    _attribute_history,
    _commuter_lines,
    _import_batch,
    _layer_styles,
    _note,
    _plots_now,
    _source,
    _store_state,
    _vacancy_now,
    _area,
    _attraction,
    _business_park,
    _commuter_flow,
    _indicator,
    _party,
    _place,
    _quarantined_row,
    _event,
    _plot,
    _premises,
    _requirement,
    _visit_count,
    _follow_up,
    _land_event,
    _offer,
    _vacancy_observation,
)

_INDEXES = {
    "attribute_history": {"ix_attribute_history_code": ["table_name", "code", "recorded_at"]},
    "area": {"ix_area_code": ["code"], "ix_area_source_code": ["source_code"]},
    "attraction": {"ix_attraction_source_code": ["source_code"]},
    "business_park": {"ix_business_park_source_code": ["source_code"]},
    "commuter_flow": {"ix_commuter_flow_source_code": ["source_code"]},
    "indicator": {"ix_indicator_source_code": ["source_code"]},
    "party": {"ix_party_source_code": ["source_code"]},
    "place": {"ix_place_kind": ["kind"], "ix_place_source_code": ["source_code"]},
    "quarantined_row": {"ix_quarantined_row_import_batch_id": ["import_batch_id"]},
    "event": {"ix_event_attraction": ["attraction"], "ix_event_source_code": ["source_code"]},
    "plot": {"ix_plot_parent_plot": ["parent_plot"], "ix_plot_park": ["park"], "ix_plot_source_code": ["source_code"]},
    "premises": {"ix_premises_park": ["park"], "ix_premises_shopping_area": ["shopping_area"], "ix_premises_source_code": ["source_code"], "ix_premises_street": ["street"]},
    "requirement": {"ix_requirement_party": ["party"], "ix_requirement_source_code": ["source_code"]},
    "visit_count": {"ix_visit_count_attraction": ["attraction"], "ix_visit_count_source_code": ["source_code"]},
    "follow_up": {"ix_follow_up_premises": ["premises"]},
    "land_event": {"ix_land_event_corrects": ["corrects"], "ix_land_event_effective_on": ["effective_on"], "ix_land_event_park": ["park"], "ix_land_event_party": ["party"], "ix_land_event_plot": ["plot"], "ix_land_event_source_code": ["source_code"]},
    "offer": {"ix_offer_contact": ["contact"], "ix_offer_plot": ["plot"], "ix_offer_premises": ["premises"], "ix_offer_source_code": ["source_code"]},
    "vacancy_observation": {"ix_vacancy_observation_premises": ["premises"], "ix_vacancy_observation_source_code": ["source_code"]},
}


_HISTORY_OF = ("business_park", "plot", "premises", "attraction", "offer")
_APPEND_ONLY = ("land_event", "vacancy_observation", "follow_up", "attribute_history")


def upgrade() -> None:
    """Make all tables, register them as layers and set their triggers."""
    connection = op.get_bind()
    for create in _TABLES:
        table = create()
        for name, columns in _INDEXES.get(table.name, {}).items():
            op.create_index(name, table.name, columns)
        if table.name not in HIDDEN:
            register_table(connection, table)
    for name in _HISTORY_OF:
        keep_history(connection, name)
    for name in _APPEND_ONLY:
        refuse_changes(connection, name, ("id", "code") if name == "land_event" else ("id",))
    guard_park_areas(connection)
    op.execute("INSERT INTO store_state VALUES (1, 0, '2026-11-24T12:00:00.000Z')")
