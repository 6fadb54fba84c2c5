"""The same record twice, the same thing drawn twice, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo_assen.ingest.checks import apart_from_stored, taken_in_store
from geo_assen.ingest.checks.identity import Met
from geo_assen.ingest.checks.outlines import hash_outlines
from tests.ingest.checks.conftest import PLACE, RD, codes, kinds, only, plot, rows_of, square

FLAT = {PLACE: Point(233_700, 556_700), "name": None}


def test_second_row_with_a_code_is_set_aside_also_in_a_later_part(run):
    rows = [plot(), plot(), plot(code="B", geometry=square(1)), plot(geometry=square(2))]
    outcome = run(rows, parts=2)
    assert rows_of(outcome.issues, "duplicate_id") == [2, 4]
    assert codes(outcome) == ["A", "B"]
    assert outcome.counts() == {"duplicate_id": 2}


def test_code_as_number_and_code_as_text_are_the_same(run):
    outcome = run([plot(code=12), plot(code="12", geometry=square(1))])
    assert outcome.counts() == {"duplicate_id": 1}


def test_identity_of_several_fields_is_unique_as_a_whole(run):
    row = {"series": "s", "year": 2020, "home_code": "GM0106", "work_code": "GM0014", "jobs": 5}
    outcome = run([row, row, row | {"year": 2021}], "commuter_flows", crs=None)
    assert outcome.counts() == {"duplicate_id": 1}
    assert list(outcome.accepted["year"]) == [2020, 2021]


def test_what_may_be_said_again_waits_for_the_whole_file(run):
    row = {"premises": "Q", "observed_on": "2026-01-01", "recorded_on": "2026-01-02",
           "source": "field", "state": "vacant"}  # fmt: skip
    outcome = run([row, row | {"state": "occupied"}], "vacancy", crs=None)
    assert (outcome.counts(), len(outcome.accepted)) == ({}, 2)


def test_bag_id_is_unique_besides_the_code(run):
    rows = [{"code": code, "bag_id": "0106010000000001", PLACE: Point(233_700 + at, 556_700)}
            for at, code in enumerate("ABB")]  # fmt: skip
    outcome = run(rows, "premises")
    assert [(i.row, i.field) for i in outcome.issues] == [(2, "bag_id"), (3, "code")]


def test_code_is_the_bag_id_where_the_file_has_no_code(run):
    rows = [{"bag_id": "0106010000000001", PLACE: Point(233_700, 556_700)}]
    assert codes(run(rows, "premises")) == ["0106010000000001"]


def test_outline_under_two_ids_is_a_warning_however_it_is_drawn(run):
    turned = Polygon(list(square(0).exterior.coords)[2:] + list(square(0).exterior.coords)[1:3])
    rows = [
        plot(geometry=square(0)),
        plot(code="B", geometry=shapely.reverse(turned)),
        plot(code="C", geometry=MultiPolygon([square(0)])),
        plot(code="D", geometry=square(1)),
    ]
    outcome = run(rows, parts=3)
    assert rows_of(outcome.issues, "duplicate_geometry") == [2, 3]
    assert codes(outcome) == ["A", "B", "C", "D"]


def test_second_row_with_a_code_is_not_said_to_have_the_same_outline_too(run):
    assert kinds(run([plot(), plot()]), row=2) == ["duplicate_id"]


def test_outline_of_another_kind_or_year_is_no_twin(run):
    area = {"code": "W1", "kind": "district", "name": "W", "year": 2025, PLACE: square(0)}
    rows = [area, area | {"year": 2026}, area | {"code": "G", "kind": "municipality"}]
    assert run(rows, "areas").counts() == {}
    assert run([area, area | {"code": "W2"}], "areas").counts() == {"duplicate_geometry": 1}


def test_flats_that_share_a_point_are_no_twins(run):
    rows = [FLAT | {"code": f"F{at}", "address": f"Brink {at}"} for at in range(5)]
    assert run(rows, "premises").counts() == {}


def test_flats_that_differ_in_a_column_that_nobody_mapped_are_no_twins(run):
    rows = [FLAT | {"code": f"F{at}", "straat": "Brink", "huisnummer": at} for at in range(5)]
    assert run(rows, "premises", columns={"code": "code", "street": "straat"}).counts() == {}


def test_points_without_a_word_about_them_are_no_twins(run):
    rows = [FLAT | {"code": f"F{at}", "floor_area_m2": 100} for at in range(3)]
    assert run(rows, "premises").counts() == {}


def test_point_with_the_same_values_under_another_id_is_a_twin(run):
    rows = [FLAT | {"code": f"F{at}", "fid": at, "address": "Brink 1", "floor_area_m2": 100}
            for at in range(2)]  # fmt: skip
    assert rows_of(run(rows, "premises").issues, "duplicate_geometry") == [2]


def test_met_tells_the_row_of_the_first_meeting_over_many_parts():
    generator = np.random.default_rng(3)
    values = generator.integers(0, 400, 3_000).astype(np.uint64)
    numbers = np.arange(1, len(values) + 1)
    met, first, expected = Met(), {}, []
    for value, number in zip(values.tolist(), numbers.tolist(), strict=True):
        expected.append(first.get(value, 0))
        first.setdefault(value, number)
    cuts = [0, 1, 2, 50, 51, 700, 2_999, 3_000]
    found = [met.add(values[a:b], numbers[a:b]) for a, b in pairwise(cuts)]
    assert np.concatenate(found).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=7,
                unique=True), st.integers(0, 6))  # fmt: skip
def test_hash_of_an_outline_does_not_hang_on_where_it_starts(corners, start):
    start %= len(corners)
    drawn = [Polygon(corners), Polygon(corners[start:] + corners[:start]), Polygon(corners[::-1])]
    assert len(set(hash_outlines(np.array(drawn, dtype=object)))) == 1


def test_hash_of_an_outline_tells_others_apart():
    hole = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 2, 2).exterior])
    other = Polygon(box(0, 0, 9, 9).exterior, [box(1, 1, 2, 3).exterior])
    shapes = [
        box(0, 0, 1, 1),
        box(0, 0, 1, 2),
        hole,
        other,
        box(0, 0, 9, 9),
        Point(1, 2),
        Point(2, 1),
        LineString([(0, 0), (1, 1)]),
        MultiPolygon([box(0, 0, 1, 1), hole]),
        Polygon([(0, 0), (4, 0), (4, 4), (2, 1)]),
        Polygon([(0, 0), (4, 0), (2, 1), (4, 4)]),
    ]
    assert len(set(hash_outlines(np.array(shapes, dtype=object)))) == len(shapes)


# Against the store


@pytest.fixture
def layer(catalogue):
    return catalogue.layers["premises"]


def stored(*records):
    columns = ("code", "bag_id", "source_code")
    return gpd.GeoDataFrame(
        {name: np.array([r[at] for r in records], dtype=object) for at, name in enumerate(columns)},
        geometry=[Point(233_700 + r[3], 556_700) for r in records],
        crs=RD,
    )


ACCEPTED = {"code": "A", "bag_id": "0106010000000001", PLACE: Point(233_700, 556_700)}


@pytest.mark.parametrize(
    ("record", "found"),
    [(("A", None, "other", 251), 1), (("A", None, "other", 249), 0), (("A", None, "file", 900), 0),
     (("X", "0106010000000001", "other", 300), 1), (("X", None, "other", 900), 0)],
)  # fmt: skip
def test_two_sources_far_apart_are_a_warning(run, layer, record, found):
    issues = apart_from_stored(run([ACCEPTED], "premises").accepted, stored(record), layer)
    assert [issue.kind for issue in issues] == ["two_sources_apart"] * found
    assert all(f"{record[3]} m" in issue.message for issue in issues)


def test_bag_id_that_another_record_of_the_store_has_is_a_duplicate(run, layer):
    accepted = run([ACCEPTED], "premises").accepted
    (issue,) = taken_in_store(accepted, stored(("X", "0106010000000001", "o", 0)), layer)
    assert (issue.kind, issue.row, issue.field) == ("duplicate_id", 1, "bag_id")
    assert taken_in_store(accepted, stored(("A", "0106010000000001", "o", 0)), layer) == []


def test_ids_that_a_spreadsheet_spoilt_are_set_aside(run):
    cells = ["1,06E+14", "1.06e+15", 1.06e16, "12345", "NL.IMBAG.Pand.0106010000000001", "abc"]
    for cell in cells:
        issue = only(run([ACCEPTED | {"bag_id": cell}], "premises"))
        assert (issue.kind, issue.field) == ("bad_number", "bag_id")
    issue = only(run([ACCEPTED | {"bag_id": cells[4]}], "premises"))
    assert issue.fix.value == "0106010000000001"


@pytest.mark.parametrize("cell", ["106010000000001", 106010000000001, 106010000000001.0])
def test_leading_zero_that_was_lost_is_put_back(run, cell):
    outcome = run([ACCEPTED | {"bag_id": cell}], "premises")
    assert outcome.counts() == {"text_repaired": 1}
    assert outcome.accepted["bag_id"].tolist() == ["0106010000000001"]
    assert outcome.repaired == 1


def test_code_that_became_a_date_is_set_aside(run):
    assert only(run([plot(code="2026-01-03 00:00:00")])).kind == "bad_number"
    assert codes(run([plot(code="2026-01-03")])) == ["2026-01-03"]


def test_code_that_lost_a_sign_is_set_aside_and_a_name_that_did_is_not(run):
    assert only(run([plot(code="Caf\ufffd")])).kind == "unreadable_row"
    assert run([plot(name="Caf\ufffd")]).counts() == {}


def test_ids_that_differ_in_capitals_and_blanks_are_one(run):
    rows = [plot(), plot(code=" a ", geometry=square(1)), plot(code="\u00a0A", geometry=square(2))]
    outcome = run(rows, parts=3)
    assert rows_of(outcome.issues, "duplicate_id") == [2, 3]


@pytest.mark.parametrize("cell", ["'0106010000000001", "106010000000001.0", "0106010000000001.0"])
def test_id_in_the_dress_of_a_spreadsheet_is_put_right(run, cell):
    outcome = run([ACCEPTED | {"bag_id": cell}], "premises")
    assert set(outcome.counts()) == {"text_repaired"}
    assert outcome.accepted["bag_id"].tolist() == ["0106010000000001"]


def test_two_sources_for_one_thing_in_a_file_are_compared(run, context):
    known = context.known_codes | {"sources": frozenset({"a", "b"})}
    within = replace(context, known_codes=known)
    shop = {"name": "Hema", "bag_id": "0106010000000001", "source_code": "a"}
    rows = [
        shop | {"code": "A", PLACE: Point(233_700, 556_700)},
        shop | {"code": "A", "source_code": "b", PLACE: Point(234_100, 556_700)},
        shop | {"code": "B", "source_code": "b", PLACE: Point(233_700, 557_200)},
        shop | {"code": "C", "source_code": "b", PLACE: Point(233_800, 556_700)},
        shop | {"code": "D", PLACE: Point(235_000, 556_700)},
    ]
    for parts in (1, 3):
        outcome = run(rows, "premises", within=within, parts=parts)
        assert rows_of(outcome.issues, "duplicate_id") == [2, 3, 4, 5]
        assert rows_of(outcome.issues, "two_sources_apart") == [2, 3]
