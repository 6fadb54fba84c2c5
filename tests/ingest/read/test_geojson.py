"""GeoJSON as it comes: old reference systems, heights, holes in the data."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_assen.errors import FileRefused
from geo_assen.ingest.read import geojson, sha256_of
from tests.ingest.read.conftest import read_one

SQUARE = [[6.559, 52.991], [6.561, 52.991], [6.561, 52.993], [6.559, 52.991]]
POLYGON = {"type": "Polygon", "coordinates": [SQUARE]}
POINT = {"type": "Point", "coordinates": [6.559, 52.991]}


def feature(geometry: Any = POLYGON, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"code": "A"} | properties, "geometry": geometry}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def _named(name: object) -> dict[str, object]:
    return {"type": "name", "properties": {"name": name}}


SYSTEMS = {
    "urn:ogc:def:crs:EPSG::28992": "EPSG:28992",
    "urn:ogc:def:crs:EPSG:9.8.1:28992": "EPSG:28992",
    "EPSG:28992": "EPSG:28992",
    "http://www.opengis.net/def/crs/EPSG/0/28992": "EPSG:28992",
    "urn:ogc:def:crs:OGC:1.3:CRS84": "OGC:CRS84",
    "urn:ogc:def:crs:EPSG::4326": "EPSG:4326",
    "EPSG:99999": "EPSG:99999",
}


@pytest.mark.parametrize(("name", "crs"), SYSTEMS.items())
def test_member_crs_of_before_the_standard_is_heeded(write, name, crs):
    table = read_one(write("plots.geojson", collection(feature(), crs=_named(name))))
    assert (table.crs, table.wkt()) == (crs, [shapely.to_wkt(shapely.Polygon(SQUARE), trim=True)])


@pytest.mark.parametrize("member", [_named("local grid"), _named(None), "EPSG:28992",
                                    {"type": "name", "properties": ["EPSG:28992"]}])  # fmt: skip
def test_member_crs_that_names_nothing_is_refused_unless_the_caller_says(write, member):
    path = write("plots.geojson", collection(feature(), crs=member))
    with pytest.raises(FileRefused, match="give it with --crs"):
        read_one(path)
    assert read_one(path, crs="EPSG:28992").crs == "EPSG:28992"


def test_member_crs_may_stand_after_the_features(write):
    text = '{"features": [%s], "type": "FeatureCollection", "crs": %s}'
    path = write("p.json", text % (json.dumps(feature()), json.dumps(_named("EPSG:3857"))))
    assert read_one(path).crs == "EPSG:3857"


def test_heights_are_read(write):
    deep = {"type": "Polygon", "coordinates": [[[x, y, 12.5] for x, y in SQUARE]]}
    (polygon,) = read_one(write("plots.geojson", collection(feature(deep)))).geometry
    assert polygon.has_z


@pytest.mark.parametrize("odd", [None, 1, "x", [], {"properties": [1]}, {"geometry": "POINT(1 2)"},
                                 {"geometry": {}}, {"geometry": False},
                                 feature({"type": "Polygon", "coordinates": [SQUARE[:2]]}),
                                 feature({"type": "Point", "coordinates": ["x", "52"]}),
                                 feature({"type": "Point", "coordinates": [10**400, 52]}),
                                 feature({"type": ["Point"], "coordinates": [6, 52]}),
                                 feature({"type": "Heart", "coordinates": [6, 52]})])  # fmt: skip
def test_feature_that_is_none_is_unreadable_and_the_next_is_read(write, odd):
    table = read_one(write("plots.geojson", collection(odd, feature(), odd, feature(POINT))))
    assert table.kinds() == [(1, "unreadable_row"), (3, "unreadable_row")]
    assert (table.numbers, table.column("code"), table.rows) == ([2, 4], ["A", "A"], 4)


@pytest.mark.parametrize("bare", [{}, {"properties": None}, {"properties": {}, "geometry": None}])
def test_feature_without_anything_is_a_record(write, bare):
    table = read_one(write("plots.geojson", collection(bare)))
    assert (table.numbers, table.geometry, table.columns) == ([1], [None], ())


def test_id_of_the_feature_is_a_column_of_its_own(write):
    table = read_one(write("p.geojson", collection({**feature(), "id": 7}, feature(id="8"))))
    assert table.column("id") == [7, "8"]


def test_columns_are_those_of_all_features(write):
    table = read_one(write("p.geojson", collection(feature(a=1), feature(b=None), feature(a=2.5))))
    assert table.columns == ("code", "a", "b")
    assert table.column("b") == [None, None, None]


def test_values_keep_their_types(write):
    rows = [feature(n=1, f=1.5, b=True, t="x", o={"a": [1]}), feature(n=2, f=2, b=False, t=None)]
    values = read_one(write("p.geojson", collection(*rows))).values
    assert [values[name].dtype.kind for name in ("n", "b", "t", "o")] == ["i", "b", "O", "O"]
    assert list(values["f"]) == [1.5, 2]
    assert list(values["o"]) == [{"a": [1]}, None]


def test_number_too_large_for_a_column_of_numbers_stays_whole(write):
    table = read_one(write("p.geojson", collection(feature(n=2**60 + 1), feature(n=None))))
    assert table.column("n") == [2**60 + 1, None]


@pytest.mark.parametrize(("written", "found"), [("NaN", "nan"), ("-Infinity", "-inf"),
                                                ("1e999", "inf"),
                                                ("9" * 400, int("9" * 400))])  # fmt: skip
def test_numbers_beyond_json_are_no_crash(write, written, found):
    text = collection(feature(area=29900)).replace("29900", written)
    table = read_one(write("plots.geojson", text))
    assert table.column("area") == [found]
    json.dumps(table.row(), allow_nan=False)


@pytest.mark.parametrize("number", ["NaN", "1e400"])
def test_coordinate_that_is_no_number_is_no_crash(write, number):
    text = collection(feature(POINT), feature(POINT)).replace("6.559", number, 1)
    table = read_one(write("p.geojson", text))
    assert len(table.numbers) + len(table.issues) == 2
    assert table.wkt()[-1] == "POINT (6.559 52.991)"


def test_outline_that_is_not_closed_is_closed_and_said(write):
    rows = [feature({"type": "Polygon", "coordinates": [SQUARE[:3]]}), feature(),
            feature({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE[:3]]]})]  # fmt: skip
    table = read_one(write("p.geojson", collection(*rows)))
    assert table.kinds() == [(1, "invalid_geometry_repaired"), (3, "invalid_geometry_repaired")]
    assert table.geometry[0].equals(table.geometry[1])


def test_all_kinds_of_geometry_are_read(write):
    shapes = ["POINT (1 2)", "MULTIPOINT ((1 2), (3 4))", "LINESTRING (1 2, 3 4)",
              "MULTILINESTRING ((1 2, 3 4))",
              "POLYGON ((0 0, 9 0, 9 9, 0 0), (5 1, 6 1, 6 2, 5 1))",
              "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((20 0, 29 0, 29 9, 20 0)))",
              "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))"]  # fmt: skip
    drawn = [json.loads(shapely.to_geojson(shapely.from_wkt(text))) for text in shapes]
    text = collection(*(feature(geometry) for geometry in drawn))
    assert read_one(write("p.geojson", text)).wkt() == shapes


@pytest.mark.parametrize("document", [feature(POINT), POINT])
def test_one_feature_or_geometry_is_a_file(write, document):
    table = read_one(write("p.geojson", json.dumps(document)))
    assert (table.numbers, table.wkt()) == ([1], ["POINT (6.559 52.991)"])


@pytest.mark.parametrize("start", ["", "\x1e"])
@pytest.mark.parametrize("name", ["p.geojsonl", "p.ndjson", "p.geojson", "p.json", "p.txt"])
def test_features_may_come_one_a_line(write, start, name):
    lines = "".join(f"{start}{json.dumps(feature(POINT, n=n))}\n" for n in range(3))
    table = read_one(write(name, lines))
    assert (table.column("n"), table.rows, table.crs) == ([0, 1, 2], 3, "OGC:CRS84")


def test_text_of_an_outline_in_a_property_comes_before_the_label_point(write):
    rows = [feature(POINT, outline="SRID=28992;POLYGON ((0 0, 9 0, 9 9, 0 0))")]
    path = write("p.geojson", collection(*rows))
    table = read_one(path)
    assert (table.places, table.crs) == (("outline", "geometry"), "EPSG:28992")
    assert table.wkt() == ["POLYGON ((0 0, 9 0, 9 9, 0 0))"]
    assert table.column("geometry") == ["POINT (6.559 52.991)"]
    asked = read_one(path, geometry_column="geometry")
    assert (asked.wkt(), asked.columns) == (["POINT (6.559 52.991)"], ("code", "outline"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"features": [,]}', "not valid JSON at line 1, column 15"),
        ('{"features":\n[\n{},\n}', "not valid JSON at line 4, column 1"),
        ('{"features": [{}', "not valid JSON at line 1, column 17: expected , or ]"),
        ('{"features": [{"a": "', "not valid JSON at line 1, column 21: Unterminated"),
        ('{"features": []} x', "not valid JSON at line 1, column 18: Extra data"),
        ("x", "not valid JSON at line 1"),
        ("[]", "no list 'features'"),
        ('{"type": "Topological"}', "no list 'features'"),
        ('{"features": {}}', "no list 'features'"),
        ("[" * 100_000, "nests too deep"),
        ('{"features": [' + "9" * 5000 + "]}", "a number too long"),
        ('{"features": [{"a": "é"}]}'.encode("cp1252"), "not UTF-8"),
    ],
)  # fmt: skip
def test_file_that_is_no_geojson_is_refused_with_the_reason(write, content, reason):
    path = write("plots.geojson", content)
    with pytest.raises(FileRefused, match=reason.replace("[", r"\[")) as refused:
        read_one(path)
    assert str(refused.value).startswith(str(path))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_file_with_a_byte_order_mark_is_read(write, encoding):
    text = collection(feature(code="Café"))
    text = json.dumps(json.loads(text), ensure_ascii=False)
    assert read_one(write("p.geojson", text.encode(encoding))).column("code") == ["Café"]


def test_file_without_features_has_no_rows(write):
    table = read_one(write("p.geojson", collection()))
    assert (table.numbers, table.crs, table.places) == ([], "OGC:CRS84", ("geometry",))


def test_features_across_the_edge_of_a_buffer_are_whole(write, monkeypatch):
    rows = [feature(POINT, n=n, text='é"\\u00e9' * (n % 7), f=n / 7) for n in range(50)]
    text = collection(*rows)
    expected = read_one(write("whole.geojson", text))
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(geojson, "_READ_SIGNS", size)
        table = read_one(write("p.geojson", text))
        assert table.values.equals(expected.values)
        assert table.wkt() == expected.wkt()
        broken = write("q.geojson", text.replace('"n": 30', '"n" 30'))
        column = text.index('"n": 30') + 5
        with pytest.raises(FileRefused, match=f"column {column}: Expecting ':'"):
            read_one(broken)


def test_hash_tells_files_by_their_content(write):
    one, same = write("a.csv", "code\n1\n"), write("b.csv", "code\n1\n")
    assert sha256_of(one) == sha256_of(same) != sha256_of(write("c.csv", "code\n2\n"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
NAMES = st.sampled_from(["code", "lon", "lat", "wkt", "id", "serviced_on", "geometry"])
FEATURES = st.lists(
    JSON
    | st.fixed_dictionaries(
        {
            "properties": st.dictionaries(NAMES, JSON, max_size=5),
            "geometry": JSON
            | st.fixed_dictionaries(
                {
                    "type": st.sampled_from(["Point", "Polygon", "MultiPoint", "LineString",
                                             "MultiPolygon"]),
                    "coordinates": JSON
                    | st.lists(st.floats(), max_size=4)
                    | st.lists(st.lists(st.lists(st.floats(), max_size=3), max_size=5), max_size=2),
                }
            ),
        }
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=120, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(features=FEATURES)
def test_any_json_is_read_to_the_last_feature(tmp_path, features):
    path = tmp_path / "any.geojson"
    path.write_text(json.dumps({"features": features}), encoding="utf-8")
    table = read_one(path)
    unread = [row for row, kind in table.kinds() if kind == "unreadable_row"]
    assert sorted(table.numbers + unread) == list(range(1, len(features) + 1))
    for name in table.columns:
        if table.values[name].dtype == object:
            json.dumps(table.column(name), allow_nan=False)


def test_half_a_sign_in_names_and_values_is_marked_as_lost(write):
    text = '{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": null, ' \
        '"properties": {"a\\ud800": "b\\udfff", "c": ["\\uD83D\\uDE00"]}}]}'  # fmt: skip
    table = read_one(write("p.geojson", text))
    assert table.columns == ("a\ufffd", "c")
    assert table.values.iloc[0].tolist() == ["b\ufffd", ["\U0001f600"]]
