"""Files besides GeoJSON, read back by whoever will read them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
import shapely

from geo_assen.crs import from_rd
from geo_assen.errors import FileRefused
from geo_assen.export import FORMATS, MEDIA_TYPES, encode
from geo_assen.ingest import Checker, Context, guess_mapping, open_file
from tests.export.conftest import AS_OF
from tests.factories import make_event, make_offer, make_plot, make_premises


def _table(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig")), delimiter=delimiter))


def _sheet(data: bytes, index: int = 0) -> list[list[object]]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[index]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_format_has_a_media_type_and_a_writer(plots):
    assert tuple(MEDIA_TYPES) == FORMATS
    assert all(encode(plots, kind) for kind in FORMATS)


def test_unknown_format_is_refused_with_the_known_ones(plots):
    with pytest.raises(FileRefused, match="unknown format; use one of geojson, "):
        encode(plots, "dwg")


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_vector_file_comes_back_in_rd(plots, tmp_path, kind):
    path = tmp_path / f"plots.{kind}"
    path.write_bytes(encode(plots, kind))
    back = pyogrio.read_dataframe(path).set_index("code").sort_index()
    assert back.crs.to_epsg() == 28992
    assert list(back.index) == ["A", "B", "C"]
    assert shapely.equals_exact(
        back.geometry.to_numpy(), plots.frame.geometry.to_numpy(), tolerance=1e-6
    ).all()
    assert back.loc["A", "price_eur_m2"] == 85.5
    assert back.loc["B", "uses"] == "office;retail"
    assert back.loc["A", "serviced_on"] == "2020-01-01"
    assert set(back["licence"]) == {"CC0-1.0"}


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_columns_keep_their_type_in_a_file_without_rows(plots, tmp_path, kind):
    empty = replace(plots, frame=plots.frame.iloc[:0], total=0)
    path = tmp_path / f"plots.{kind}"
    path.write_bytes(encode(empty, kind))
    info = pyogrio.read_info(path)
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert len(pyogrio.read_dataframe(path)) == 0
    assert kinds["code"] == kinds["uses"] == "object"
    assert kinds["price_eur_m2"] == "float64"
    assert kinds["area_m2"].startswith("int")
    assert kinds["fibre"] == "bool"


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_record_without_a_place_is_no_hindrance(rows, tmp_path, kind):
    path = tmp_path / f"plots.{kind}"
    path.write_bytes(encode(rows("plots", make_plot(code="A", geometry=None), make_plot()), kind))
    back = pyogrio.read_dataframe(path).set_index("code")
    assert len(back) == 2
    assert back.geometry["A"] is None


def test_geopackage_says_where_it_comes_from(plots, tmp_path):
    path = tmp_path / "plots.gpkg"
    path.write_bytes(encode(plots, "gpkg"))
    meta = pyogrio.read_info(path)["layer_metadata"]
    assert meta["IDENTIFIER"] == plots.layer.title.nl
    assert plots.layer.source.licence in meta["DESCRIPTION"]
    assert AS_OF.isoformat() in meta["DESCRIPTION"]


@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_layer_without_geometry_makes_no_vector_file(rows, kind):
    with pytest.raises(FileRefused, match=f"no geometry; {kind} needs one"):
        encode(rows("offers", make_offer()), kind)


def test_table_has_points_for_machines(plots):
    first, second, third = _table(encode(plots, "csv"))
    assert (first["price_eur_m2"], first["area_m2"], first["fibre"]) == ("85.5", "10000", "true")
    assert (second["price_eur_m2"], second["uses"]) == ("", "office;retail")
    assert shapely.from_wkt(third["wkt_rd"]).equals(plots.frame.geometry.iloc[2])


def test_table_has_commas_and_semicolons_for_dutch_spreadsheets(plots):
    data = encode(plots, "csv-nl")
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    first, second, _ = _table(data, ";")
    assert (first["price_eur_m2"], first["area_m2"]) == ("85,5", "10000")
    assert second["uses"] == "office;retail"
    assert first["wkt_rd"].startswith("MULTIPOLYGON (((230100 555000,")


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+31 592 123456", "'+31 592 123456"),
        ("-", "'-"),
        ("@cmd", "'@cmd"),
        ("\t=1", "'\t=1"),
        ("a=b", "a=b"),
        ('quote " and ; and\nbreak', 'quote " and ; and\nbreak'),
    ],
)
@pytest.mark.parametrize(("kind", "delimiter"), [("csv", ","), ("csv-nl", ";")])
def test_text_in_a_table_is_never_a_formula(rows, kind, delimiter, name, cell):
    (row,) = _table(encode(rows("premises", make_premises(name=name)), kind), delimiter)
    assert row["name"] == cell


def test_negative_numbers_stay_numbers_in_a_table(rows):
    (row,) = _table(encode(rows("plots", make_plot(price_eur_m2=-1234567890.25)), "csv"))
    assert row["price_eur_m2"] == "-1234567890.25"


def test_degrees_in_a_table_have_eight_decimals(plots):
    degrees = gpd.GeoSeries(from_rd(plots.frame.geometry.to_numpy(), "EPSG:4258"), crs="EPSG:4258")
    (first, *_) = _table(encode(replace(plots, frame=plots.frame.set_geometry(degrees)), "csv"))
    assert "wkt_rd" not in first
    written = shapely.from_wkt(first["wkt"])
    assert written.hausdorff_distance(degrees.iloc[0]) < 1e-8


def test_workbook_has_titles_values_and_source(plots):
    head, first, second, _ = _sheet(encode(plots, "xlsx"))
    assert head[:2] == ["Code", "Naam"]
    assert first[0] == "A"
    assert 85.5 in first
    assert "office;retail" in second
    about = dict(_sheet(encode(plots, "xlsx"), index=1))
    assert about["licence"] == plots.layer.source.licence
    assert about["as_of"] == "2026-11-01"
    assert _sheet(encode(plots, "xlsx", "en"))[0][:2] == ["Code", "Name"]


def test_text_in_a_workbook_is_never_a_formula(rows):
    data = encode(rows("premises", make_premises(code="=1+1", name="@x")), "xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    cells = {cell.value: cell.data_type for cell in list(sheet.iter_rows())[1]}
    assert cells["=1+1"] == cells["@x"] == "s"


def test_signs_that_a_workbook_cannot_hold_are_left_out(rows):
    data = encode(rows("premises", make_premises(name="a\x00b\x07c\ufffe\td")), "xlsx")
    assert "abc\td" in _sheet(data)[1]


def test_every_layer_can_leave_in_every_language(catalogue, rows):
    row = {"plots": make_plot, "premises": make_premises, "offers": make_offer,
           "land_events": make_event}  # fmt: skip
    for layer in catalogue:
        made = row.get(layer.id, make_offer)()
        for language in ("nl", "en"):
            assert _sheet(encode(rows(layer.id, made), "xlsx", language))[0]


@pytest.mark.parametrize("kind", ["csv", "csv-nl", "geojson"])
def test_what_leaves_can_come_back(plots, catalogue, tmp_path, kind):
    path = tmp_path / ("plots.geojson" if kind == "geojson" else "plots.csv")
    path.write_bytes(encode(plots, kind))
    context = Context(catalogue, {"business_parks": {"P"}, "sources": {"survey"}}, "survey", AS_OF)
    with open_file(path) as opened:
        (content,) = opened.layers
        (part,) = content.read()
        mapping = guess_mapping(plots.layer, content, part.values, catalogue=catalogue)
        back = Checker(plots.layer, content, mapping, context).check(part)
    # The plots of the test all lie in one place.
    assert set(back.counts()) <= {"area_mismatch", "duplicate_geometry"}
    for name in ("code", "name", "area_m2", "price_eur_m2", "uses", "fibre", "serviced_on"):
        was, now = plots.frame[name], back.accepted[name]
        assert list(was[was.notna()]) == list(now[now.notna()])
    moved = back.accepted.geometry.hausdorff_distance(plots.frame.geometry)
    assert moved.max() < 0.002
