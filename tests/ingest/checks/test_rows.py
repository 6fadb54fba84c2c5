"""Rows as a whole: ghosts, parents, history, and rules between fields."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlalchemy as sa
from shapely.geometry import Point

from geo_assen.ingest.checks.rules import LONGEST, NEEDS_ONE_OF, UNIQUE
from geo_assen.ingest.issues import TREATMENT, Issue
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import metadata
from tests.ingest.checks.conftest import (
    PLACE,
    codes,
    kinds,
    only,
    part_of,
    plot,
    rows_of,
    square,
)

SHOP = {"code": "A", "name": "Hema", PLACE: Point(233_700, 556_700)}

# Ghosts

GHOSTS = {
    "nothing": {"code": None, "name": None},
    "blanks": {"code": " ", "name": ""},
    "signs for nothing": {"code": "-", "name": "n.v.t."},
    "the number alone": {"code": "17", "name": ""},
    "a running number": {"code": None, "name": None, "nr": 17},
    "coordinates of nowhere": {"code": "17", "name": "-", "x": "0", "y": 0, PLACE: Point(0, 0)},
}


@pytest.mark.parametrize("row", GHOSTS.values(), ids=GHOSTS)
def test_row_that_says_nothing_is_a_ghost_and_nothing_else(run, row):
    outcome = run([SHOP | {"nr": 1, "x": 1, "y": 1}, row], "premises")
    assert kinds(outcome, row=2) == ["ghost_row"]
    assert codes(outcome) == ["A"]


REMARKS = {
    "the header again": {"code": "code", "name": "name", "floor_area_m2": "floor_area_m2"},
    "a total": {"code": "Totaal", "name": None, "floor_area_m2": 4821},
    "a total beside the names": {"code": None, "name": "Subtotaal", "floor_area_m2": "4.821"},
    "a mean": {"code": None, "name": None, "floor_area_m2": "gem. 95,00"},
    "a note": {"code": None, "name": "Bron: gemeente, 2026", "floor_area_m2": None},
    "noughts of a formula": {"code": None, "name": 0, "floor_area_m2": 0},
    "noughts throughout": {"code": "0", "name": "0", "floor_area_m2": "0"},
}


@pytest.mark.parametrize("row", REMARKS.values(), ids=REMARKS)
def test_row_that_is_no_record_is_a_ghost(run, row):
    outcome = run([SHOP | {"floor_area_m2": "95"}, row], "premises")
    assert kinds(outcome, row=2) == ["ghost_row"]
    assert codes(outcome) == ["A"]


@pytest.mark.parametrize("name", ["Totaal Wonen", "Som", "Bron", "Gemiddeld", "name", "* Ster"])
def test_record_with_the_name_of_a_sum_is_no_ghost(run, name):
    assert run([SHOP | {"name": name}], "premises").counts() == {}
    row = {"code": "B", "name": name, PLACE: None}
    assert kinds(run([SHOP, row], "premises"), row=2) == ["missing_geometry"]


def test_record_whose_id_is_whole_but_for_its_value_is_no_ghost(run):
    flow = {"series": "cbs", "year": 2023, "home_code": "GM0014", "work_code": "GM0106"}
    rows = [flow | {"jobs": 5}, flow | {"home_code": "GM0034", "jobs": None},
            flow | {"home_code": None, "jobs": None}]  # fmt: skip
    outcome = run(rows, "commuter_flows", crs=None)
    assert kinds(outcome, row=2) == ["missing_value"]
    assert kinds(outcome, row=3) == ["ghost_row"]


def test_ghost_of_which_the_reader_missed_the_coordinates_is_one_issue(run):
    missed = Issue(2, "missing_coordinates", "geometry", None, "There is no x.")
    part = part_of([SHOP, {"code": "17", "name": ""}], issues=[missed])
    assert run([part], "premises").counts() == {"ghost_row": 1}


NO_GHOSTS = {
    "a place alone": ({"code": None, "name": None, PLACE: SHOP[PLACE]}, ["missing_value"]),
    "a name alone": ({"code": None, "name": "Hema"}, ["missing_geometry", "missing_value"]),
    "a zero": ({"code": "B", "name": None, "floor_area_m2": 0},
               ["bad_number", "missing_geometry"]),
}  # fmt: skip


@pytest.mark.parametrize(("row", "found"), NO_GHOSTS.values(), ids=NO_GHOSTS)
def test_row_that_says_something_is_no_ghost(run, row, found):
    assert kinds(run([SHOP, row], "premises"), row=2) == found


def test_code_without_a_place_is_no_ghost_where_the_file_has_no_more_columns(run):
    assert run([{"code": "A", PLACE: None}], "premises").counts() == {"missing_geometry": 1}


def test_code_alone_is_no_ghost_where_the_layer_needs_no_more(run, context):
    row = {"code": "A", "name": None}
    assert "ghost_row" not in run([row], "parties", crs=None).counts() or (
        context.catalogue.layers["parties"].named("name").required
    )


# Rows that could not be read


def test_row_that_the_reader_could_not_take_apart_is_set_aside_with_its_text(run):
    broken = Issue(2, "unreadable_row", None, "B;;;", "The row has 4 cells, the header 2.")
    part = part_of([SHOP], issues=[broken])
    outcome = run([part, part_of([SHOP | {"code": "C", "name": "Action"}], first=3)], "premises")
    assert outcome.issues == [broken]
    (aside,) = outcome.set_aside
    assert (aside.row, aside.original, aside.geometry) == (2, {"text": "B;;;"}, None)


def test_row_set_aside_keeps_every_column_and_its_place(run):
    outcome = run([plot(area_m2="x", extra=float("nan"), stamp={"a": [1, None]})])
    (aside,) = outcome.set_aside
    assert aside.original == {
        "code": "A", "park": "P", "area_m2": "x", "extra": None, "stamp": {"a": [1, None]}
    }  # fmt: skip
    assert aside.geometry.equals(plot()[PLACE])


# Parents


def chain(**parents):
    return [plot(code=code, geometry=square(at), parent_plot=parent)
            for at, (code, parent) in enumerate(parents.items())]  # fmt: skip


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_rows_follow_the_rows_they_refer_to(run, parts):
    outcome = run(chain(C="B", B="A", A=None), parts=parts)
    assert outcome.counts() == {}
    assert codes(outcome) == ["A", "B", "C"]


def test_parent_in_the_store_or_in_an_earlier_part_is_known(run):
    outcome = run(chain(A="OLD", B="A", C="A"), parts=3)
    assert codes(outcome) == ["A", "B", "C"]


@pytest.mark.parametrize("parts", [1, 3])
def test_row_whose_parent_was_set_aside_is_set_aside_too(run, parts):
    rows = chain(B="A", A=None, C=None)
    rows[1]["area_m2"] = "x"
    outcome = run(rows, parts=parts)
    assert codes(outcome) == ["C"]
    assert (kinds(outcome, 1), kinds(outcome, 2)) == (["unknown_parent"], ["bad_number"])
    assert "set aside" in next(i.message for i in outcome.issues if i.row == 1)


def test_row_whose_parent_is_nowhere_says_so(run):
    assert "does not exist" in only(run(chain(A="Z"))).message


@pytest.mark.parametrize("parts", [1, 2])
def test_rows_that_refer_to_each_other_in_a_ring_are_set_aside(run, parts):
    outcome = run([*chain(A="B", B="A"), *chain(C="C")], parts=parts)
    assert outcome.counts()["unknown_parent"] == 3
    assert codes(outcome) == []


def test_row_that_waited_counts_its_repair_once(run):
    rows = chain(B="A", A=None)
    rows[0]["name"] = "Brink  1"
    outcome = run(rows, parts=2)
    assert (outcome.counts(), outcome.repaired) == ({"text_repaired": 1}, 1)


# History


def building(code, begin, end=None, **more):
    return {"identificatie": code, "beginGeldigheid": begin, "eindGeldigheid": end,
            "name": f"{code} since {begin}", PLACE: Point(233_700, 556_700)} | more  # fmt: skip


BAG = {"code": "identificatie", "name": "name"}


def test_state_in_force_is_taken_and_the_others_are_superseded(run):
    rows = [building("1", "2010-01-01", "2015-01-01"), building("1", "2015-01-01", "2020-06-01"),
            building("1", "2020-06-01"), building("2", "2012-01-01")]  # fmt: skip
    outcome = run(rows, "premises", columns=BAG, parts=4)
    assert outcome.counts() == {}
    assert (outcome.superseded, codes(outcome)) == (2, ["1", "2"])
    assert outcome.accepted["name"].tolist() == ["1 since 2020-06-01", "2 since 2012-01-01"]


def test_record_whose_every_state_has_ended_is_superseded_altogether(run):
    rows = [building("1", "2010-01-01", "2015-01-01"), building("1", "2015-01-01", "2026-11-01"),
            building("2", "2012-01-01", "2026-11-02")]  # fmt: skip
    outcome = run(rows, "premises", columns=BAG)
    assert (outcome.superseded, codes(outcome), outcome.counts()) == (2, ["2"], {})


def test_state_that_was_withdrawn_is_superseded(run):
    rows = [
        building("1", "2010-01-01", voorkomenidentificatie="1", tijdstipInactief="2011-01-01"),
        building("1", "2010-01-01", voorkomenidentificatie="2", tijdstipInactief=None),
    ]
    outcome = run(rows, "premises", columns=BAG)
    assert (outcome.superseded, outcome.accepted["row"].tolist()) == (1, [2])


def test_state_to_come_does_not_take_the_place_of_the_present_one(run):
    rows = [building("1", "2026-12-01"), building("1", "2010-01-01", "2026-12-01"),
            building("2", "2027-01-01")]  # fmt: skip
    outcome = run(rows, "premises", columns=BAG)
    assert (outcome.superseded, outcome.accepted["row"].tolist()) == (1, [2, 3])


def test_two_states_of_the_same_period_are_a_duplicate(run):
    rows = [building("1", "2010-01-01", "2015-01-01"), building("1", "2015-01-01"),
            building("1", "2015-01-01")]  # fmt: skip
    outcome = run(rows, "premises", columns=BAG)
    assert (outcome.superseded, outcome.counts()) == (1, {"duplicate_id": 1})


def dated(code, start, end=None):
    return {"code": code, "startdatum": start, "einddatum": end, "name": f"{code} {start}",
            PLACE: Point(233_700, 556_700)}  # fmt: skip


@pytest.mark.parametrize("status", ["Pand gesloopt", "Niet gerealiseerd pand"])
def test_building_that_is_not_there_is_no_premises(run, status):
    rows = [building("1", "2010-01-01", status="Pand in gebruik"),
            building("2", "2010-01-01", status=status)]  # fmt: skip
    outcome = run(rows, "premises", columns=BAG)
    assert (outcome.superseded, codes(outcome), outcome.counts()) == (1, ["1"], {})


def test_other_register_is_history_only_where_an_id_comes_back(run):
    rows = [dated("A", "1-1-2010", "1-1-2015"), dated("B", "1-1-2010", "31-12-2019"),
            dated("B", "1-1-2020"), dated("C", "1-1-2010", "9999-12-31")]  # fmt: skip
    outcome = run(rows, "premises", parts=2)
    assert (outcome.superseded, outcome.counts()) == (1, {})
    assert outcome.accepted["row"].tolist() == [1, 3, 4]


def test_same_id_without_different_periods_is_a_duplicate(run):
    rows = [dated("A", "1-1-2010"), dated("A", "1-1-2010"), dated("B", None), dated("B", None)]
    outcome = run(rows, "premises")
    assert (outcome.superseded, outcome.counts()) == (0, {"duplicate_id": 2})


def test_latest_version_is_taken(run):
    rows = [SHOP | {"versie": number} for number in (1, 3, 2)]
    outcome = run(rows, "premises")
    assert (outcome.superseded, outcome.accepted["row"].tolist()) == (2, [2])


# Rules


OFFER = {"code": "O", "premises": "Q", "offer_kind": "let", "offered_on": "2026-02-01"}


@pytest.mark.parametrize(("until", "found"), [("2026-01-31", ["end_before_start"]),
                                              ("2026-02-01", [])])  # fmt: skip
def test_end_before_start_is_set_aside(run, until, found):
    assert kinds(run([OFFER | {"until": until}], "offers", crs=None)) == found


@pytest.mark.parametrize(("day", "found"), [("2026-11-01", []), ("2026-11-02", ["future_date"])])
def test_observation_of_tomorrow_is_a_warning(run, day, found):
    row = {"premises": "Q", "observed_on": day, "source": "field", "state": "vacant"}
    outcome = run([row], "vacancy", crs=None)
    assert kinds(outcome) == found
    assert len(outcome.accepted) == 1


def test_offer_is_of_one_site(run):
    assert run([OFFER], "offers", crs=None).counts() == {}
    assert only(run([OFFER | {"premises": None}], "offers", crs=None)).kind == "missing_value"
    assert only(run([OFFER | {"plot": "OLD"}], "offers", crs=None)).kind == "bad_category"


def test_land_event_is_about_a_park_or_a_plot(run):
    event = {"code": "E", "kind": "deed", "effective_on": "2026-01-01", "park": "P"}
    assert (
        run([event, event | {"code": "F", "plot": "OLD"}], "land_events", crs=None).counts() == {}
    )
    issue = only(run([event | {"park": None}], "land_events", crs=None))
    assert (issue.kind, issue.field) == ("missing_value", "park")


def test_kind_of_another_layer_is_set_aside(run):
    row = {"code": "S", "name": "S", PLACE: Point(233_700, 556_700)}
    rows = [row | {"kind": "station"}, row | {"code": "W", "kind": "street"}]
    outcome = run(rows, "reference_points")
    assert rows_of(outcome.issues, "bad_category") == [2]


def test_source_of_the_file_is_filled_in_and_another_has_to_exist(run):
    rows = [plot(source_code=None), plot(code="B", geometry=square(1), source_code="zzz")]
    outcome = run(rows)
    assert only(outcome).kind == "unknown_parent"
    assert outcome.accepted["source_code"].tolist() == ["file"]


# The rules of the store


def test_every_text_of_the_store_that_has_a_limit_has_it_here(catalogue):
    limited = set()
    for layer in catalogue:
        table = metadata.tables.get(layer.table or "")
        for field in layer.stored_fields if table is not None else ():
            length = getattr(table.c[field.name].type, "length", None)
            if field.type == "text" and length and length not in (field.digits, 80):
                limited.add(((table.name, field.name), length))
                assert LONGEST[(table.name, field.name)] == length
            if length == 80:
                code = field.name == "code" or field.refers_to
                assert code or LONGEST[(table.name, field.name)] == 80
    assert len(limited) == 10


def test_every_code_of_a_list_fits_in_its_column(catalogue):
    for layer in catalogue:
        table = metadata.tables.get(layer.table or "")
        for field in layer.stored_fields if table is not None else ():
            length = getattr(table.c[field.name].type, "length", None)
            if field.type == "category" and length:
                assert max(map(len, catalogue.codes_of(field).values)) <= length


def test_text_that_does_not_fit_in_the_store_is_set_aside(run):
    issue = only(run([SHOP | {"postcode": "9401 AB ASSEN"}], "premises"))
    assert (issue.kind, issue.field) == ("unreadable_row", "postcode")


RULES = {
    "ck_source_certainty_known": "codes", "ck_offer_offer_kind_known": "codes",
    "ck_land_event_kind_known": "codes", "ck_vacancy_observation_source_known": "codes",
    "ck_vacancy_observation_state_known": "codes",
    "ck_business_park_gross_area_m2_positive": "minimum", "ck_plot_area_m2_positive": "minimum",
    "ck_plot_smallest_part_m2_positive": "minimum", "ck_premises_floor_area_m2_positive": "minimum",
    "ck_plot_coverage_share_is_share": "share",
    "ck_vacancy_observation_vacant_share_is_share": "share",
    "ck_land_event_area_not_negative": "minimum", "ck_premises_bag_id_length": "digits",
    "ck_offer_one_site": "site", "ck_land_event_has_place": "site",
    "ck_offer_until_after_offered": "period", "ck_event_ends_after_start": "period",
    "ck_premises_gone_after_live": "period", "ck_premises_gone_reason_known": "codes",
    "ck_premises_merged_into_if_merged": "merged",
}  # fmt: skip
"""Each rule that the store keeps about a layer, and what keeps it here."""


def test_every_rule_of_the_store_is_kept_before_it(catalogue):
    tables = {layer.table for layer in catalogue if layer.table and layer.stored_fields}
    found = {
        constraint.name: constraint
        for name in tables
        for constraint in metadata.tables[name].constraints
        if isinstance(constraint, sa.CheckConstraint)
    }
    assert sorted(found) == sorted(RULES)
    for name, kept in RULES.items():
        layer = next(la for la in catalogue if la.table == found[name].table.name)
        fields = [f for f in layer.stored_fields if f.name in str(found[name].sqltext)]
        if kept in ("codes", "minimum", "share", "digits"):
            (field,) = fields
            keeps = {
                "codes": field.codes,
                "minimum": field.minimum is not None,
                "share": (field.minimum, field.maximum) == (0, 1),
                "digits": field.digits,
            }
            assert keeps[kept], name
            if "> 0" in str(found[name].sqltext):
                assert field.minimum == 1, name
        elif kept == "site":
            assert {f.name for f in fields} == set(NEEDS_ONE_OF[layer.table])


def test_every_unique_column_is_the_identity_or_looked_after(catalogue):
    for layer in catalogue:
        table = metadata.tables.get(layer.table or "")
        for column in table.columns if table is not None else ():
            if column.unique:
                assert (column.name,) == layer.identity or column.name in UNIQUE[table.name]


def test_every_kind_of_fault_is_in_the_documentation_with_what_is_done():
    text = (PROJECT_FOLDER / "docs/import.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", text, flags=re.M)
    assert {kind: done for kind, done, _ in table} == TREATMENT
    assert len(table) == len(TREATMENT)


# Parents by name


def test_area_that_is_called_by_its_name_gets_its_code(run, context):
    known = context.known_codes | {"areas": frozenset({"GM0106", "GM0014"})}
    within = replace(context, known_codes=known)
    rows = [SHOP | {"shopping_area": "assen "}, SHOP | {"code": "B", "shopping_area": "GM0014"},
            SHOP | {"code": "C", "shopping_area": "Meppel", "name": "Hema 2"}]  # fmt: skip
    outcome = run(rows, "premises", within=within)
    assert outcome.accepted["shopping_area"].tolist() == ["GM0106", "GM0014"]
    assert rows_of(outcome.issues, "unknown_parent") == [3]


def test_name_that_two_areas_have_is_none_of_them(run, context):
    areas = context.areas.assign(name="Noord")
    known = context.known_codes | {"areas": frozenset({"GM0106", "GM0014"})}
    within = replace(context, known_codes=known, areas=areas)
    outcome = run([SHOP | {"shopping_area": "Noord"}], "premises", within=within)
    assert kinds(outcome) == ["unknown_parent"]


def test_code_in_other_capitals_is_suggested(run):
    issue = only(run([plot(park="p")]))
    assert (issue.kind, issue.fix.value) == ("unknown_parent", "P")
