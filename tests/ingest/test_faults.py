"""Each kind of fault, in a file that has it once."""

from __future__ import annotations

import pytest
from shapely.geometry import Polygon

from geo_assen.ingest import TREATMENT
from tests.ingest.conftest import SQUARE, codes, collection, feature, kinds, lines

SWAPPED = {"type": "Polygon", "coordinates": [[[y, x] for x, y in SQUARE]]}
BOW_TIE = {"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3],
                                               SQUARE[0]]]}  # fmt: skip


def _ring(*corners: list[float]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}


GEOMETRIES = {
    "missing_geometry": None,
    "swapped_axes": SWAPPED,
    "crs_contradicts_values": _ring([233_700, 556_700], [233_800, 556_700], [233_800, 556_800]),
    "outside_country": _ring([2.35, 48.85], [2.36, 48.85], [2.36, 48.86]),
    "invalid_geometry": {"type": "Point", "coordinates": SQUARE[0]},
    "unreadable_row": {"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[1]]]},
}


@pytest.mark.parametrize(("kind", "geometry"), GEOMETRIES.items(), ids=GEOMETRIES.keys())
def test_geometry_that_cannot_be_used_sets_the_row_aside(check, kind, geometry):
    outcome = check("plots.geojson", collection(feature(), feature(geometry, code="B")))
    assert kinds(outcome, row=2) == [kind]
    assert codes(outcome) == ["A"]
    ((row, issues),) = outcome.quarantined
    assert row.number == 2
    assert issues[0].message
    assert TREATMENT[kind] == "quarantine"


def test_place_elsewhere_in_the_country_is_a_warning(check):
    away = _ring([5.38, 52.15], [5.382, 52.15], [5.382, 52.152])
    outcome = check("plots.geojson", collection(feature(away, area_m2=15_220)))
    assert kinds(outcome) == ["outside_area"]
    assert codes(outcome) == ["A"]


def test_outline_that_crosses_itself_is_repaired_and_counted(check):
    outcome = check("plots.geojson", collection(feature(BOW_TIE, area_m2=14_950)))
    assert kinds(outcome) == ["invalid_geometry_repaired"]
    assert outcome.repaired == 1
    assert outcome.accepted.geometry.iloc[0].is_valid


@pytest.mark.parametrize(("stated", "found"), [(30_400, []), (31_000, ["area_mismatch"])])
def test_area_may_differ_by_two_percent_from_what_is_drawn(check, stated, found):
    outcome = check("plots.geojson", collection(feature(area_m2=stated)))
    assert kinds(outcome) == found
    assert codes(outcome) == ["A"]


VALUES = {
    "no park": ({"park": None}, "missing_value", "park"),
    "empty park": ({"park": "  "}, "missing_value", "park"),
    "unknown park": ({"park": "Z"}, "unknown_parent", "park"),
    "words for a number": ({"frontage_m": "broad"}, "bad_number", "frontage_m"),
    "half a metre square": ({"area_m2": 29900.5}, "bad_number", "area_m2"),
    "yes for a number": ({"area_m2": True}, "bad_number", "area_m2"),
    "list for a number": ({"area_m2": [29900]}, "bad_number", "area_m2"),
    "infinite number": ({"price_eur_m2": "1e999"}, "bad_number", "price_eur_m2"),
    "number too large": ({"smallest_part_m2": 3e9}, "bad_number", "smallest_part_m2"),
    "share over one": ({"coverage_share": 1.5}, "bad_number", "coverage_share"),
    "negative price": ({"price_eur_m2": -1}, "negative_value", "price_eur_m2"),
    "zero where one is least": ({"smallest_part_m2": 0}, "bad_number", "smallest_part_m2"),
    "words for a date": ({"serviced_on": "soon"}, "bad_date", "serviced_on"),
    "day that is not": ({"serviced_on": "2026-02-30"}, "bad_date", "serviced_on"),
    "number for a date": ({"serviced_on": 20260101}, "bad_date", "serviced_on"),
    "unknown use": ({"uses": "office;circus"}, "bad_category", "uses"),
    "unknown category": ({"max_env_category": "9"}, "bad_category", "max_env_category"),
    "perhaps": ({"fibre": "perhaps"}, "bad_category", "fibre"),
    "object for a text": ({"name": {"nl": "Kavel"}}, "unreadable_row", "name"),
    "endless code": ({"code": "x" * 81}, "unreadable_row", "code"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "field"), VALUES.values(), ids=VALUES.keys())
def test_value_that_cannot_be_used_sets_the_row_aside(check, changes, kind, field):
    outcome = check("plots.geojson", collection(feature(**changes)))
    (issue,) = outcome.issues
    assert (issue.kind, issue.field, issue.row) == (kind, field, 1)
    assert codes(outcome) == []


def test_row_may_carry_several_faults_each_counted(check):
    wrong = feature(None, area_m2="x", serviced_on="y", price_eur_m2=-1)
    outcome = check("plots.geojson", collection(wrong))
    assert outcome.counts() == {
        "bad_date": 1, "bad_number": 1, "missing_geometry": 1, "negative_value": 1,
    }  # fmt: skip
    assert len(outcome.quarantined) == 1


def test_second_row_with_a_code_is_set_aside(check):
    outcome = check("plots.geojson", collection(feature(), feature(), feature(code="B")))
    assert kinds(outcome, row=2) == ["duplicate_id"]
    assert codes(outcome) == ["A", "B"]


def test_identity_of_several_fields_is_unique_as_a_whole(check):
    rows = ["premises,observed_on,recorded_on,source,state", "Q,2026-01-01,2026-01-02,field,vacant"]
    outcome = check("v.csv", lines([*rows, rows[1], rows[1].replace("field", "owner")]), "vacancy")
    assert outcome.counts() == {"duplicate_id": 1}
    assert list(outcome.accepted["source"]) == ["field", "owner"]


def test_end_before_start_is_set_aside(check):
    rows = ["code;plot;offer_kind;offered_on;until", "O;;let;2026-02-01;2026-01-31"]
    outcome = check("offers.csv", lines(rows), "offers")
    assert kinds(outcome) == ["end_before_start"]
    outcome = check("offers.csv", lines(rows).replace("01-31", "02-01"), "offers")
    assert codes(outcome) == ["O"]


def test_observation_of_tomorrow_is_a_warning(check):
    rows = ["premises,observed_on,source,state", "Q,2026-11-01,field,vacant",
            "Q,2026-11-02,field,vacant"]  # fmt: skip
    outcome = check("v.csv", lines(rows), "vacancy")
    assert (kinds(outcome, row=1), kinds(outcome, row=2)) == ([], ["future_date"])
    assert len(outcome.accepted) == 2


def test_empty_row_is_a_ghost(check):
    outcome = check("p.csv", "code,x,y\nA,233700,556700\n,,\n", "premises")
    assert kinds(outcome, row=2) == ["ghost_row"]


def test_row_with_a_place_alone_is_no_ghost(check):
    outcome = check("p.csv", "code,x,y\n,233700,556700\n", "premises")
    assert kinds(outcome) == ["missing_value"]


def test_row_with_too_many_cells_is_unreadable_and_the_next_is_read(check):
    outcome = check("p.csv", "code,x,y\nA,233700,556700,9\nB,233700,556700\n", "premises")
    assert kinds(outcome) == ["unreadable_row"]
    assert codes(outcome) == ["B"]
    assert outcome.quarantined[0][0].values == {"text": "A,233700,556700,9"}


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("233700,556700", []),
        ("556700,233700", ["swapped_projected_axes"]),
        ("6.56,52.99", ["crs_contradicts_values"]),
        ("900000,900000", ["outside_country"]),
        ("nan,nan", ["missing_geometry"]),
        (",556700", ["missing_geometry"]),
        ("here,there", ["missing_geometry"]),
        ("1e400,556700", ["missing_geometry"]),
    ],
)
def test_places_in_rd_metres(check, place, found):
    assert kinds(check("p.csv", f"code,x,y\nA,{place}\n", "premises")) == found


def test_number_that_is_none_in_an_outline_is_an_invalid_geometry(check):
    wkt = "POLYGON ((233700 556700, nan 556700, 233800 556800, 233700 556700))"
    outcome = check("p.csv", f'code,wkt\nA,"{wkt}"\n', "premises", "EPSG:28992")
    assert kinds(outcome) == ["invalid_geometry"]


def test_text_keeps_its_signs_but_the_invisible_ones(check):
    outcome = check("p.csv", "code,name,x,y\nA,Ca\x00fé\u200b 9,233700,556700\n", "premises")
    assert kinds(outcome) == ["text_repaired"]
    assert list(outcome.accepted["name"]) == ["Café 9"]
    assert outcome.repaired == 1


def test_polygons_of_a_collection_in_a_collection_are_kept(check):
    inner = {"type": "GeometryCollection",
             "geometries": [{"type": "Point", "coordinates": SQUARE[0]},
                            {"type": "Polygon", "coordinates": [SQUARE]}]}  # fmt: skip
    nested = {"type": "GeometryCollection", "geometries": [inner]}
    outcome = check("plots.geojson", collection(feature(nested)))
    assert kinds(outcome) == []
    assert isinstance(outcome.accepted.geometry.iloc[0], Polygon)


def test_rows_follow_the_rows_they_refer_to(check):
    parts = [feature(code="C", parent_plot="B"), feature(code="B", parent_plot="A"), feature()]
    outcome = check("plots.geojson", collection(*parts))
    assert codes(outcome) == ["A", "B", "C"]
    assert outcome.counts() == {}


def test_row_whose_parent_was_set_aside_is_set_aside_too(check):
    parts = [feature(code="B", parent_plot="A"), feature(area_m2="x"), feature(code="C")]
    outcome = check("plots.geojson", collection(*parts))
    assert codes(outcome) == ["C"]
    assert (kinds(outcome, 1), kinds(outcome, 2)) == (["unknown_parent"], ["bad_number"])


def test_rows_that_refer_to_each_other_in_a_ring_are_set_aside(check):
    parts = [feature(code="A", parent_plot="B"), feature(code="B", parent_plot="A")]
    outcome = check("plots.geojson", collection(*parts))
    assert outcome.counts() == {"unknown_parent": 2}


def test_every_kind_of_fault_has_a_message_fit_for_a_report(check):
    outcome = check("plots.geojson", collection(feature(area_m2="x" * 10_000), None))
    for issue in outcome.issues:
        assert issue.message.endswith(".")
        assert len(issue.message) < 200
        document = issue.document()
        assert set(document) == {"row", "kind", "field", "value", "message", "suggestion"}
