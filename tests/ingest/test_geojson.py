"""GeoJSON as it comes: old reference systems, heights, holes in the data."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo_assen.errors import FileRefused, UnknownCrsError
from geo_assen.ingest import check_rows, guess_mapping, read_file, sha256_of
from tests.ingest.conftest import PLACE, SQUARE, codes, collection, feature, kinds

RD_SQUARE = [[233_700, 556_700], [233_873, 556_700], [233_873, 556_873], [233_700, 556_873],
             [233_700, 556_700]]  # fmt: skip


def _named(name: object) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


@pytest.mark.parametrize(
    "name",
    [
        "urn:ogc:def:crs:EPSG::28992",
        "urn:ogc:def:crs:EPSG:9.8.1:28992",
        "EPSG:28992",
        "http://www.opengis.net/def/crs/EPSG/0/28992",
    ],
)
def test_member_crs_of_before_the_standard_is_heeded(check, name):
    plot = feature({"type": "Polygon", "coordinates": [RD_SQUARE]}, area_m2=29_929)
    outcome = check("plots.geojson", collection(plot, crs=_named(name)))
    assert outcome.counts() == {}
    assert outcome.accepted.geometry.iloc[0].bounds == (233_700, 556_700, 233_873, 556_873)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"])
def test_degrees_are_longitude_first_whatever_they_are_called(check, name):
    outcome = check("plots.geojson", collection(feature(), crs=_named(name)))
    assert outcome.counts() == {}


@pytest.mark.parametrize("member", [_named("local grid"), _named(None), "EPSG:28992",
                                    {"type": "name", "properties": ["EPSG:28992"]}])  # fmt: skip
def test_member_crs_that_names_nothing_is_refused(write, member):
    with pytest.raises(FileRefused, match="give it with --crs"):
        read_file(write("plots.geojson", collection(feature(), crs=member)))


def test_member_crs_that_does_not_exist_is_refused(check):
    with pytest.raises(UnknownCrsError, match="EPSG:99999"):
        check("plots.geojson", collection(feature(), crs=_named("EPSG:99999")))


def test_crs_of_the_caller_wins(check):
    plot = feature({"type": "Polygon", "coordinates": [RD_SQUARE]}, area_m2=29_929)
    outcome = check("plots.geojson", collection(plot, crs=_named("x")), crs="EPSG:28992")
    assert outcome.counts() == {}


def test_web_mercator_is_brought_to_rd(check):
    point = {"type": "Point", "coordinates": [730_175.95126, 6_981_429.37591]}
    outcome = check("p.geojson", collection(feature(point), crs=_named("EPSG:3857")), "premises")
    assert outcome.accepted.geometry.iloc[0].distance(Point(233_700, 556_700)) < 0.01


def test_degrees_are_brought_to_rd(check):
    outcome = check("p.geojson", collection(feature({"type": "Point", "coordinates": PLACE})),
                    "premises")  # fmt: skip
    assert outcome.accepted.geometry.iloc[0].distance(Point(233_700, 556_700)) < 0.25
    assert outcome.accepted.crs.to_epsg() == 28992


def test_heights_are_left_out(check):
    deep = {"type": "Polygon", "coordinates": [[[x, y, 12.5] for x, y in SQUARE]]}
    outcome = check("plots.geojson", collection(feature(deep)))
    assert outcome.counts() == {}
    assert not outcome.accepted.geometry.iloc[0].has_z


@pytest.mark.parametrize("odd", [None, 1, "x", [], {"properties": [1]}, {"geometry": "POINT(1 2)"},
                                 {"geometry": {}}, {"geometry": False}])  # fmt: skip
def test_feature_that_is_none_is_unreadable_and_the_next_is_read(check, odd):
    outcome = check("plots.geojson", collection(odd, feature()))
    assert kinds(outcome) == ["unreadable_row"]
    assert codes(outcome) == ["A"]


@pytest.mark.parametrize("bare", [{}, {"properties": None}, {"properties": {}, "geometry": None}])
def test_feature_without_anything_is_a_ghost(check, bare):
    assert kinds(check("plots.geojson", collection(bare))) == ["ghost_row"]


def test_id_of_the_feature_is_a_column_of_its_own(write):
    (content,) = read_file(write("p.geojson", collection({**feature(), "id": 7})))
    assert content.rows[0].values["id"] == 7


def test_numbers_may_be_texts_and_texts_numbers(check):
    outcome = check("plots.geojson", collection(feature(code=12.0, area_m2="29900", fibre=1.0)))
    assert outcome.counts() == {}
    row = outcome.accepted.iloc[0]
    assert (row["code"], row["area_m2"], row["fibre"]) == ("12", 29_900, True)


@pytest.mark.parametrize(
    ("written", "found"),
    [("NaN", ["missing_value"]), ("Infinity", ["bad_number"]), ("1e999", ["bad_number"]),
     ("9" * 400, ["bad_number"])],
)  # fmt: skip
def test_numbers_beyond_json_are_no_crash(check, written, found):
    text = collection(feature()).replace("29900", written)
    outcome = check("plots.geojson", text)
    assert kinds(outcome) == found
    json.dumps([i.document() for i in outcome.issues], allow_nan=False)
    json.dumps([row.values for row, _ in outcome.quarantined], allow_nan=False)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not valid JSON at line 1"),
        ('{"features": [,]}', "not valid JSON at line 1, column 15"),
        ("[]", "no list 'features'"),
        ('{"type": "Feature"}', "no list 'features'"),
        ('{"features": {}}', "no list 'features'"),
        ("[" * 100_000, "nests too deep"),
        ('{"features": [' + "9" * 5000 + "]}", "a number too long"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ],
)
def test_file_that_is_no_geojson_is_refused_with_the_reason(write, content, reason):
    path = write("plots.geojson", content)
    with pytest.raises(FileRefused, match=reason) as refused:
        read_file(path)
    assert str(refused.value).startswith(str(path))


def test_file_with_a_byte_order_mark_is_read(check):
    outcome = check("plots.geojson", b"\xef\xbb\xbf" + collection(feature()).encode())
    assert codes(outcome) == ["A"]


def test_file_without_features_has_no_rows(check):
    outcome = check("plots.geojson", collection())
    assert len(outcome.accepted) == 0
    assert outcome.accepted.crs.to_epsg() == 28992


@pytest.mark.parametrize("name", ["nothing.geojson", "folder.csv", "plots.dwg", "plots"])
def test_what_is_no_file_or_no_known_kind_is_refused(tmp_path, name):
    path = tmp_path / name
    if name == "folder.csv":
        path.mkdir()
    elif name.startswith("plots"):
        path.write_text("x", encoding="utf-8")
    with pytest.raises(FileRefused, match=r"no such file|cannot be read; give"):
        read_file(path)


def test_hash_tells_files_by_their_content(write):
    one, same = write("a.csv", "code\n1\n"), write("b.csv", "code\n1\n")
    assert sha256_of(one) == sha256_of(same) != sha256_of(write("c.csv", "code\n2\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(["code", "park", "area_m2", "uses", "fibre", "serviced_on", "name"])
FEATURES = st.lists(
    JSON
    | st.fixed_dictionaries(
        {
            "properties": st.dictionaries(NAMES, JSON, max_size=5),
            "geometry": JSON
            | st.fixed_dictionaries(
                {
                    "type": st.sampled_from(["Point", "Polygon", "MultiPoint", "LineString"]),
                    "coordinates": JSON | st.lists(st.floats(), max_size=4),
                }
            ),
        }
    ),
    max_size=4,
)


@settings(max_examples=80, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(features=FEATURES)
def test_any_json_is_read_to_the_last_feature(tmp_path, context, features):
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    (read,) = read_file(path)
    plots = context.catalogue.layers["plots"]
    names = dict.fromkeys(name for row in read.rows for name in row.values)
    outcome = check_rows(read, plots, guess_mapping(plots, names), context)
    assert len(outcome.accepted) + len(outcome.quarantined) == len(features)
    json.dumps([row.values for row, _ in outcome.quarantined], allow_nan=False)
    json.dumps([i.document() for i in outcome.issues], allow_nan=False, ensure_ascii=False).encode()
