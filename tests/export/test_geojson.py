"""GeoJSON by RFC 7946: degrees, ring order, digits, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import shapely
from shapely.geometry import Point, Polygon, shape

from geo_assen.crs import to_rd
from geo_assen.export import PROVENANCE, encode, feature_collection, lonlat_geojson
from tests.factories import make_offer, make_plot, make_premises, square


def _no_number(name):
    raise AssertionError(f"{name} is no JSON")


def _document(rows):
    return json.loads(encode(rows, "geojson"), parse_constant=_no_number)


def test_collection_says_licence_publisher_date_and_count(plots):
    document = _document(plots)
    assert document["type"] == "FeatureCollection"
    assert {k: document[k] for k in ("name", "licence", "as_of", "numberMatched")} == {
        "name": "plots", "licence": plots.layer.source.licence, "as_of": "2026-11-01",
        "numberMatched": 3,
    }  # fmt: skip
    assert document["publisher"] == plots.layer.source.publisher
    assert document["coordinate_accuracy_m"] == 0.25
    assert document["numberReturned"] == len(document["features"]) == 3
    assert "crs" not in document


def test_every_feature_has_id_properties_and_provenance(plots):
    for item in _document(plots)["features"]:
        assert item["type"] == "Feature"
        assert item["id"] == item["properties"]["code"]
        assert set(PROVENANCE) <= set(item["properties"])
        assert set(item) == {"type", "id", "properties", "geometry"}


def test_values_are_plain_json(plots):
    first, second, third = (f["properties"] for f in _document(plots)["features"])
    assert first["price_eur_m2"] == 85.5
    assert first["area_m2"] == 10_000
    assert isinstance(first["area_m2"], int)
    assert first["serviced_on"] == "2020-01-01"
    assert first["fibre"] is True
    assert second["uses"] == ["office", "retail"]
    assert second["price_eur_m2"] is None
    assert third["uses"] is None


def test_outer_rings_run_against_the_clock_and_holes_with_it(rows):
    outer = [(233_000, 556_000), (233_000, 557_000), (234_000, 557_000), (234_000, 556_000)]
    hole = [(233_400, 556_400), (233_600, 556_400), (233_600, 556_600), (233_400, 556_600)]
    document = _document(rows("plots", make_plot(geometry=Polygon(outer, [hole]))))
    outer_ring, hole_ring = document["features"][0]["geometry"]["coordinates"]
    assert shapely.LinearRing(outer_ring).is_ccw
    assert not shapely.LinearRing(hole_ring).is_ccw
    assert outer_ring[0] == outer_ring[-1]


def _positions(value):
    if isinstance(value[0], float):
        return [value]
    return [position for part in value for position in _positions(part)]


def test_positions_are_longitude_and_latitude_in_eight_decimals(plots):
    for item in _document(plots)["features"]:
        for position in _positions(item["geometry"]["coordinates"]):
            assert len(position) == 2
            assert 6.5 < position[0] < 6.9
            assert 52.4 < position[1] < 53
            assert position == [round(part, 8) for part in position]


@pytest.mark.parametrize("x_m", [-6_000, 120_000, 233_700.123, 290_000])
@pytest.mark.parametrize("y_m", [300_000, 556_700.456, 620_000])
def test_a_place_comes_back_within_two_millimetres(x_m, y_m):
    (text,) = lonlat_geojson([Point(x_m, y_m)])
    back = to_rd(shape(json.loads(text)), "OGC:CRS84").item()
    assert back.distance(Point(x_m, y_m)) < 0.002


def test_fewer_decimals_make_it_smaller():
    (text,) = lonlat_geojson([Point(233_700, 556_700)], decimals=5)
    assert json.loads(text)["coordinates"] == [6.55928, 52.99152]


def test_what_has_no_place_has_none(rows):
    odd = rows("plots", make_plot(geometry=None), make_plot(geometry=square(230_000, 555_000)))
    first, second = _document(odd)["features"]
    assert first["geometry"] is None
    assert second["geometry"]["type"] == "MultiPolygon"
    (offer,) = _document(rows("offers", make_offer(code="O")))["features"]
    assert offer["geometry"] is None
    assert lonlat_geojson([]) == []
    assert lonlat_geojson([None]) == ["null"]


def test_numbers_that_are_none_are_missing(rows):
    odd = rows("plots", make_plot(price_eur_m2=float("inf")), make_plot(price_eur_m2=float("nan")))
    prices = [f["properties"]["price_eur_m2"] for f in _document(odd)["features"]]
    assert prices == [None, None]


def test_texts_are_written_as_they_are(rows):
    name = 'Kavel "Noord" \\ é €\n\u2028</script>'
    text = encode(rows("premises", make_premises(name=name)), "geojson")
    assert json.loads(text)["features"][0]["properties"]["name"] == name
    assert "é €".encode() in text


def test_collection_without_rows_is_valid(plots):
    empty = replace(plots, frame=plots.frame.iloc[:0], total=0)
    assert _document(empty)["features"] == []


def test_collection_is_written_piece_by_piece(plots):
    pieces = list(feature_collection(plots))
    assert len(pieces) > len(plots.frame)
    assert json.loads("".join(pieces)) == _document(plots)


def test_sequence_has_one_feature_a_line(plots):
    lines = encode(plots, "geojsonseq").decode().splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["A", "B", "C"]
    assert [json.loads(line) for line in lines] == _document(plots)["features"]
