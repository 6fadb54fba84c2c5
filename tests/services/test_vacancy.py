"""Vacancy: the same figures from every door, for any date, and what is recorded by hand."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest
import shapely
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import ArgumentRefused, FileRefused, NotAllowed, NotFound
from geo_assen.services import (
    EntryRefused,
    FollowUpEntry,
    ObservationEntry,
    Store,
    VacancyFilter,
)
from geo_assen.store import metadata
from geo_assen.vacancy import VacancyRuleError
from tests.cli.running import run
from tests.services.sample import SAMPLE_IN_A_FILE, sample_file, settings_of

DAY = date(2026, 11, 1)
TODAY = services.today()
GROUPED = ("street", "area", "district", "use", "size", "municipality")
COUNTS = (
    "units", "vacant_units", "floor_m2", "vacant_floor_m2", "friction_units", "long_units",
    "structural_units", "unknown_units",
)  # fmt: skip


@pytest.mark.parametrize("by", GROUPED)
@SAMPLE_IN_A_FILE
def test_groups_add_up_to_all_units_with_and_without_large_ones(sample: Store, by: str) -> None:
    report = services.vacancy_report(sample, as_of=DAY)
    for large, total in ((True, report.total), (False, report.without_large)):
        told = report.figures(by, large=large)
        assert {name: told[name].sum() for name in COUNTS} == {n: total[n] for n in COUNTS}
    assert report.total["units"] == len(services.units_at(sample, DAY)) > 400
    assert 0 < report.without_large["units"] < report.total["units"]


def test_report_command_and_layer_have_the_same_figures(
    sample: Store, sample_address: str
) -> None:
    report = services.vacancy_report(sample, as_of=DAY)
    said = run("vacancy", "--json", "--by", "street", "--as-of", DAY, "--store", sample_address)
    document = json.loads(said.out)
    assert document == json.loads(json.dumps(report.document("street")))
    assert [group["key"] for group in document["groups"]] == list(report.figures("street").index)

    layer = services.layer_rows(sample, "vacancy", as_of=DAY, role=Role.PUBLIC).frame
    is_vacant = layer["vacancy_class"].isin(["friction", "long", "structural"])
    for group in document["groups"]:
        street = None if group["key"] == "(none)" else group["key"]
        there = layer["street"].isna() if street is None else layer["street"] == street
        assert group["units"] == there.sum()
        vacant = layer[there & is_vacant]
        assert group["vacant_units"] == len(vacant)
        assert group["vacant_floor_m2"] == vacant["vacant_m2"].sum()
    streets = services.layer_rows(sample, "vacancy_streets", as_of=DAY, role=Role.PUBLIC).frame
    told = {row["street"]: row["vacant_floor_m2"] for row in streets.to_dict("records")}
    assert told == {g["key"]: g["vacant_floor_m2"] for g in document["groups"] if g["key"] in told}
    assert len(told) == len(document["groups"]) - 1


@SAMPLE_IN_A_FILE
def test_figures_of_a_year_are_those_of_the_evening_before_it(sample: Store) -> None:
    years = services.vacancy_report(sample, as_of=DAY).figures("year")
    assert years["as_of"].iloc[-1] == DAY
    assert list(years.index[:2]) == ["2016", "2017"]
    evening = services.vacancy_report(sample, as_of=date(2019, 12, 31)).total
    assert years.loc["2020", list(COUNTS)].to_dict() == {name: evening[name] for name in COUNTS}


@SAMPLE_IN_A_FILE
def test_figures_as_known_at_a_day_forget_what_was_recorded_later(sample: Store) -> None:
    day = date(2019, 6, 30)
    then = services.vacancy_report(sample, as_of=day, known_at=date(2018, 12, 31))
    rows = sample.table("vacancy_observation")
    late = (rows["observed_on"] <= day) & (rows["recorded_on"] > date(2018, 12, 31))
    assert then.recorded_later == late.sum() > 0
    seen = rows.loc[rows["recorded_on"] <= date(2018, 12, 31), "observed_on"].max()
    assert then.units["newest_on"].dropna().max() <= seen


@SAMPLE_IN_A_FILE
def test_filter_of_class_lists_units_but_leaves_the_figures_alone(sample: Store) -> None:
    every = services.vacancy_report(sample, as_of=DAY, chosen=VacancyFilter(areas=("SA-KERN",)))
    chosen = VacancyFilter(areas=("SA-KERN",), classes=("structural",))
    told = services.vacancy_report(sample, as_of=DAY, chosen=chosen)
    assert told.total == every.total
    assert len(told.listed) == told.total["structural_units"] > 0
    assert set(told.listed["vacancy_class"]) == {"structural"}


@SAMPLE_IN_A_FILE
def test_filter_of_use_takes_every_unit_with_that_use(sample: Store) -> None:
    told = services.vacancy_report(sample, as_of=DAY, chosen=VacancyFilter(uses=("hospitality",)))
    wanted = services.units_at(sample, DAY)["uses"].map(lambda uses: "hospitality" in uses)
    assert told.total["units"] == wanted.sum()
    assert set(told.figures("use").index) == {"hospitality", "mixed"}


@SAMPLE_IN_A_FILE
def test_drawn_area_counts_the_units_inside(sample: Store) -> None:
    corners = [(6.559, 52.993), (6.566, 52.993), (6.566, 52.998), (6.559, 52.998)]
    area = services.drawn_area(corners)
    told = services.vacancy_report(sample, as_of=DAY, chosen=VacancyFilter(within=area))
    units = services.units_at(sample, DAY)
    inside = [area.intersects(point) for point in units.geometry]
    assert list(told.units.index) == list(units.index[inside])
    assert 0 < len(told.units) < len(units)


@pytest.mark.parametrize(
    "corners",
    [
        [(6.56, 52.99), (6.57, 52.99)],
        [(6.56, 52.99), (6.57, 53.0), (6.57, 52.99), (6.56, 53.0)],
        [(0.0, 10.0), (1.0, 10.0), (1.0, 11.0)],
        [(6.5 + n / 1e4, 53 + (n % 2) / 1e3) for n in range(201)],
    ],
    ids=["two corners", "crossing sides", "elsewhere", "too many"],
)
def test_drawn_area_that_is_none_is_refused(corners: list[tuple[float, float]]) -> None:
    with pytest.raises(ArgumentRefused):
        services.drawn_area(corners)


def test_polygon_file_of_two_features_is_refused(write: object) -> None:
    square = shapely.to_geojson(shapely.box(6.55, 52.99, 6.57, 53.0))
    feature = f'{{"type": "Feature", "properties": {{}}, "geometry": {square}}}'
    one = write("one.json", feature)  # type: ignore[operator]
    assert services.polygon_file(one).area == pytest.approx(1_494_000, rel=0.01)
    two = f'{{"type": "FeatureCollection", "features": [{feature}, {feature}]}}'
    with pytest.raises(FileRefused, match="only feature"):
        services.polygon_file(write("two.json", two))  # type: ignore[operator]


@SAMPLE_IN_A_FILE
def test_unknown_area_is_named_in_the_refusal(sample: Store) -> None:
    with pytest.raises(NotFound, match="SA-MOON"):
        services.vacancy_report(sample, as_of=DAY, chosen=VacancyFilter(areas=("SA-MOON",)))


@SAMPLE_IN_A_FILE
def test_changes_between_two_days_lead_from_one_count_to_the_other(sample: Store) -> None:
    since, until = date(2024, 12, 31), DAY
    report = services.vacancy_change_report(sample, since=since, until=until)
    before, after = (
        services.vacancy_report(sample, as_of=day).total["vacant_units"] for day in (since, until)
    )
    units = report.figures["units"]
    gone = units["newly_filled"] + units["lost_sight"] + units["left_stock"]
    assert before + units["newly_vacant"] - gone == after
    assert before == units["still_vacant"] + gone
    with pytest.raises(ArgumentRefused):
        services.vacancy_change_report(sample, since=until, until=until)


@SAMPLE_IN_A_FILE
def test_demolished_and_merged_premises_are_no_units_and_no_sites(sample: Store) -> None:
    premises = sample.table("premises")
    gone = premises[premises["gone_on"].notna()]
    assert len(gone) >= 3
    for row in gone.to_dict("records"):
        day = row["gone_on"]
        assert row["code"] not in services.units_at(sample, day).index
        assert row["code"] in services.units_at(sample, day - timedelta(days=1)).index
        ids = services.sites_at(sample, max(day, DAY)).frame["id"]
        assert f"premises:{row['code']}" not in set(ids)


def _occupied(store: Store) -> str:
    """Premises in use, without an offer, that were seen in use lately."""
    units = services.units_at(store, TODAY)
    offered = set(store.table("offer")["premises"].dropna())
    lately = units["observed_on"].map(lambda day: day is not None and day < TODAY)
    kept = units[(units["state"] == "occupied") & lately & ~units.index.isin(offered)]
    return str(kept.index[0])


def test_premises_seen_vacant_become_a_unit_to_check_and_stop_when_filled(copy: Store) -> None:
    code = _occupied(copy)
    vacant = ObservationEntry(premises=code, observed_on=TODAY, source="field", state="vacant")
    before = services.vacancy_report(copy, as_of=TODAY).total["vacant_units"]
    effect = services.observation_effect(copy, vacant, role=Role.STAFF)
    assert (effect.before["state"], effect.after["state"]) == ("occupied", "vacant")
    assert services.vacancy_report(copy, as_of=TODAY).total["vacant_units"] == before

    for _tap in range(2):
        services.record_observation(copy, vacant, role=Role.STAFF)
    said = copy.table("vacancy_observation")
    assert ((said["premises"] == code) & (said["observed_on"] == TODAY)).sum() == 1
    assert services.vacancy_report(copy, as_of=TODAY).total["vacant_units"] == before + 1
    site = services.sites_at(copy, TODAY).frame.set_index("id").loc[f"premises:{code}"]
    assert (site["availability"], site["status_note"]) == ("unknown", "vacant_without_offer")
    with copy.read() as connection:
        now = metadata.tables["vacancy_now"].c
        shown = connection.execute(sa.select(now.state).where(now.premises == code)).scalar()
    assert shown == "vacant"

    filled = ObservationEntry(
        premises=code, observed_on=TODAY, source="field", state="occupied", note="Winkel is open."
    )
    effect = services.observation_effect(copy, filled, role=Role.STAFF)
    assert "replaces" in effect.cautions
    services.record_observation(copy, filled, role=Role.STAFF)
    assert services.vacancy_report(copy, as_of=TODAY).total["vacant_units"] == before
    told = services.premises_vacancy(copy, code, as_of=TODAY, role=Role.STAFF)
    assert told.observations["note"].iloc[0] == "Winkel is open."
    public = services.premises_vacancy(copy, code, as_of=TODAY, role=Role.PUBLIC)
    assert public.observations["note"].isna().all()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"observed_on": TODAY + timedelta(days=1)}, "observed_on"),
        ({"source": "rumour"}, "source"),
        ({"state": "haunted"}, "state"),
        ({"state": "partly"}, "vacant_share"),
        ({"state": "partly", "vacant_share": 1.0}, "vacant_share"),
        ({"state": "vacant", "vacant_share": 0.4}, "vacant_share"),
        ({"note": "x" * 2001}, "note"),
    ],
)
@SAMPLE_IN_A_FILE
def test_observation_that_cannot_be_is_refused_at_its_field(
    sample: Store, changes: dict[str, object], field: str
) -> None:
    usual = {"premises": "W-0001", "observed_on": TODAY, "source": "field", "state": "vacant"}
    with pytest.raises(EntryRefused) as refused:
        services.observation_effect(
            sample,
            ObservationEntry(**(usual | changes)),  # type: ignore[arg-type]
            role=Role.STAFF,
        )
    assert [name for name, _ in refused.value.faults] == [field]


@SAMPLE_IN_A_FILE
def test_observation_of_premises_that_are_gone_names_where_they_went(sample: Store) -> None:
    premises = sample.table("premises")
    merged = premises[premises["merged_into"].notna()].iloc[0]
    entry = ObservationEntry(
        premises=merged["code"], observed_on=TODAY, source="field", state="vacant"
    )
    with pytest.raises(EntryRefused, match=merged["merged_into"]):
        services.observation_effect(sample, entry, role=Role.STAFF)
    with pytest.raises(NotFound):
        services.observation_effect(
            sample,
            ObservationEntry(premises="W-9", observed_on=TODAY, source="field", state="vacant"),
            role=Role.STAFF,
        )


def test_follow_up_is_a_log_for_staff_that_brings_premises_back_when_due(copy: Store) -> None:
    services.add_user(copy, "planner", "a long password 1", role=Role.STAFF)
    code = _occupied(copy)
    first = FollowUpEntry(
        premises=code, followed_on=TODAY - timedelta(days=30), step="contacted",
        due_on=TODAY - timedelta(days=1), note="Eigenaar belt terug.",
    )  # fmt: skip
    services.record_follow_up(copy, first, user_name="planner", role=Role.STAFF)
    listed = services.vacancy_worklist(copy, as_of=TODAY, role=Role.STAFF)
    assert "follow_up_due" in listed.loc[code, "reasons"]
    services.record_follow_up(
        copy,
        FollowUpEntry(premises=code, followed_on=TODAY, step="closed"),
        user_name="planner",
        role=Role.STAFF,
    )
    listed = services.vacancy_worklist(copy, as_of=TODAY, role=Role.STAFF)
    assert code not in listed.index or "follow_up_due" not in listed.loc[code, "reasons"]
    told = services.premises_vacancy(copy, code, as_of=TODAY, role=Role.STAFF).follow_ups
    assert told["step"].tolist() == ["closed", "contacted"]
    assert told["note"].tolist() == [None, "Eigenaar belt terug."]
    assert set(told["user_name"]) == {"planner"}
    assert services.premises_vacancy(copy, code, as_of=TODAY, role=Role.PUBLIC).follow_ups.empty
    with pytest.raises(NotAllowed):
        services.vacancy_worklist(copy, as_of=TODAY, role=Role.PUBLIC)
    with pytest.raises(EntryRefused):
        services.record_follow_up(
            copy,
            FollowUpEntry(premises=code, followed_on=TODAY, step="closed", due_on=TODAY),
            user_name="planner",
            role=Role.STAFF,
        )


@SAMPLE_IN_A_FILE
def test_hotspot_layer_has_every_unit_of_known_state(sample: Store) -> None:
    layer = services.layer_rows(sample, "vacancy_hotspots", as_of=DAY, role=Role.PUBLIC).frame
    units = services.units_at(sample, DAY)
    assert len(layer) == (units["state"] != "unknown").sum()
    assert set(layer["certainty"]) == {"modelled"}
    assert np.isfinite(layer["gi_z"]).any()


@SAMPLE_IN_A_FILE
def test_reference_figures_name_measure_source_and_year(sample: Store) -> None:
    told = services.vacancy_report(sample, as_of=DAY).reference
    assert set(told["measure"]) == {"vacant_units_share", "vacant_floor_share"}
    centre = told[(told["area"] == "GM0106") & (told["year"] == 2019)].iloc[0]
    assert centre["value"] == 0.2
    assert told["source_name"].notna().all()


def test_rule_of_the_settings_decides_and_a_wrong_one_stops_the_start(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    file = sample_file(tmp_path_factory.getbasetemp())
    usual = services.open_store(settings_of(file))
    trusting = services.open_store(
        settings_of(file, vacancy_validity="listing:60 field:1 owner:1 register:1 bag:1")
    )
    states = [services.units_at(store, DAY)["source"] for store in (usual, trusting)]
    assert (states[1] == "listing").sum() > (states[0] == "listing").sum()
    assert trusting.vacancy_rule.order[0] == "listing"
    for store in (usual, trusting):
        store.close()
    with pytest.raises(VacancyRuleError, match="each of field, owner"):
        services.open_store(settings_of(file, vacancy_validity="field:18"))
