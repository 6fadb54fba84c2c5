"""The formats that GDAL and Arrow read: the same plots in each, and what is peculiar to one."""

from __future__ import annotations

import datetime
import gzip
import json
import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from pyogrio import raw
from shapely.geometry import Point, box

from geo_assen.errors import FileRefused
from tests.ingest.read.conftest import read_all, read_one

RD = "EPSG:28992"
SQUARES = [box(233_700, 556_700, 233_800, 556_800), box(233_900, 556_700, 234_000, 556_750)]


def plots(**columns: Any) -> gpd.GeoDataFrame:
    values = {"code": ["A", "B"], "area_m2": [10_000, 5_000], "naam": ["Café", None]} | columns
    return gpd.GeoDataFrame(values, geometry=SQUARES, crs=RD)


def zipped(path: Path, *members: Path, folder: str = "", **contents: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, f"{folder}{member.name}")
        for name, content in contents.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def _shapefile(path: Path, frame: gpd.GeoDataFrame | None = None, **options: Any) -> list[Path]:
    folder = path.parent / path.stem
    folder.mkdir()
    (plots() if frame is None else frame).to_file(folder / f"{path.stem}.shp", **options)
    return sorted(folder.iterdir())


def _written(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"plots.{kind}"
    match kind:
        case "gpkg" | "gml":
            plots().to_file(path)
        case "fgb":
            plots().to_file(path, SPATIAL_INDEX="NO")
        case "parquet":
            plots().to_parquet(path)
        case "shp":
            path = next(p for p in _shapefile(path) if p.suffix == ".shp")
        case "zip":
            zipped(path, *_shapefile(path), folder="Export/Esri/")
        case "kmz":
            plots().to_crs("EPSG:4326").to_file(tmp_path / "doc.kml", driver="LIBKML")
            zipped(path, tmp_path / "doc.kml")
        case "kml":
            plots().to_crs("EPSG:4326").to_file(path, driver="LIBKML")
        case "geojson":
            plots().to_file(path, driver="GeoJSON", RFC7946="NO")
    return path


KINDS = ["gpkg", "fgb", "gml", "parquet", "shp", "zip", "kmz", "kml", "geojson"]


# A shapefile is several files: what is packed as one is its zip.
PACKED = [kind for kind in KINDS if kind != "shp"]


@pytest.mark.parametrize(
    ("kind", "gzipped"), [*((kind, False) for kind in KINDS), *((kind, True) for kind in PACKED)]
)
def test_same_plots_are_the_same_in_every_format(tmp_path, kind, gzipped):
    path = _written(tmp_path, kind)
    if gzipped:
        packed = tmp_path / f"{path.name}.gz"
        packed.write_bytes(gzip.compress(path.read_bytes()))
        path = packed
    table = read_one(path)
    assert table.numbers == [1, 2]
    assert table.column("code") == ["A", "B"]
    assert [int(value) for value in table.column("area_m2")] == [10_000, 5_000]
    assert table.column("naam")[0] == "Café"
    assert not table.column("naam")[1]
    assert table.issues == []
    drawn = gpd.GeoSeries(table.geometry, crs=table.crs).to_crs(RD)
    assert max(drawn.symmetric_difference(gpd.GeoSeries(SQUARES, crs=RD)).area) < 1
    if kind not in {"kml", "kmz"}:
        assert table.crs == RD


@pytest.mark.parametrize("kind", ["gpkg", "fgb", "gml", "parquet", "zip", "kml", "geojson"])
def test_wrong_ending_does_not_matter(tmp_path, kind):
    path = _written(tmp_path, kind)
    wrong = path.rename(tmp_path / "data.csv")
    assert read_one(wrong).numbers == [1, 2]


def test_nothing_is_written_beside_the_file(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    for kind in ("gpkg", "gml", "kml", "fgb"):
        path = _written(tmp_path, kind)
        shutil.copy(path, folder / f"plots.{kind}")
        (folder / f"plots.{kind}").chmod(0o400)
    before = sorted(file.name for file in folder.iterdir())
    for file in folder.iterdir():
        read_one(file)
    assert sorted(file.name for file in folder.iterdir()) == before


def test_types_of_a_geopackage_are_kept(tmp_path):
    moment = datetime.datetime(2026, 3, 1, 12, 30)
    frame = plots(
        whole=[1, 2], share=[0.5, None], yes=[True, False], moment=[moment, None],
        long=[2**60 + 1, 2**60 + 3],
    )  # fmt: skip
    frame.to_file(tmp_path / "plots.gpkg")
    table = read_one(tmp_path / "plots.gpkg")
    kinds = {name: table.values[name].dtype.kind for name in table.columns}
    assert kinds == {
        "code": "O", "area_m2": "i", "naam": "O", "whole": "i", "share": "f", "yes": "b",
        "moment": "M", "long": "i",
    }  # fmt: skip
    assert table.column("naam") == ["Café", None]
    assert table.column("moment")[0] == pd.Timestamp(moment, tz="UTC")
    assert table.column("moment")[1] is pd.NaT
    assert table.column("long") == [2**60 + 1, 2**60 + 3]


def test_days_are_days(tmp_path):
    days = np.array(["2026-03-01", "NaT"], dtype="datetime64[D]")
    raw.write(tmp_path / "d.gpkg", None, [days], ["day"], driver="GPKG", geometry_type=None)
    assert read_one(tmp_path / "d.gpkg").column("day") == [pd.Timestamp(2026, 3, 1), pd.NaT]


def test_missing_whole_numbers_leave_the_others_exact(tmp_path):
    frame = plots(small=pd.array([7, None], "Int64"), large=pd.array([2**60 + 1, None], "Int64"))
    frame.to_file(tmp_path / "plots.gpkg")
    table = read_one(tmp_path / "plots.gpkg")
    assert table.column("small")[0] == 7
    assert np.isnan(table.column("small")[1])
    assert table.column("large") == [2**60 + 1, None]


def test_all_layers_are_read_and_empty_ones_are_fine(tmp_path):
    path = tmp_path / "town.gpkg"
    plots().to_file(path, layer="plots")
    plots().iloc[:0].to_file(path, layer="nothing", geometry_type="Polygon")
    raw.write(path, None, [np.array(["x"], dtype=object)], ["remark"], layer="notes", append=True,
              driver="GPKG", geometry_type=None)  # fmt: skip
    raw.write(path, None, [np.array(["x"], dtype=object)], ["styleName"], layer="layer_styles",
              append=True, driver="GPKG", geometry_type=None)  # fmt: skip
    tables = read_all(path)
    assert {name: len(t.numbers) for name, t in tables.items()} == {
        "plots": 2, "nothing": 0, "notes": 1,
    }  # fmt: skip
    assert {name: t.crs for name, t in tables.items()} == {
        "plots": RD, "nothing": RD, "notes": None,
    }  # fmt: skip
    assert list(read_all(path, layer="notes")) == ["notes"]
    with pytest.raises(FileRefused, match="no layer 'roads'; it has 'plots', 'nothing', 'notes'"):
        read_all(path, layer="roads")


def test_key_of_a_geopackage_with_a_meaning_is_a_column(tmp_path):
    path = tmp_path / "plots.gpkg"
    plots().to_file(path, layer_options={"FID": "plot_id"})
    assert read_one(path).column("plot_id") == [1, 2]


def test_what_lies_in_the_log_beside_a_geopackage_is_read(tmp_path):
    path = tmp_path / "plots.gpkg"
    plots().to_file(path)
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("PRAGMA journal_mode=WAL")
    held.execute("PRAGMA wal_autocheckpoint=0")
    held.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        held.create_function(name, 1, lambda _: 0.0)
    held.execute("UPDATE plots SET code = 'Z' WHERE code = 'B'")
    assert path.with_name("plots.gpkg-wal").stat().st_size > 0
    before = sorted(file.name for file in tmp_path.iterdir())
    assert read_one(path).column("code") == ["A", "Z"]
    assert sorted(file.name for file in tmp_path.iterdir()) == before
    held.close()


def test_shapefile_in_utf8_without_a_note_of_it_is_read_as_such(tmp_path):
    parts = _shapefile(tmp_path / "plots.shp", encoding="UTF-8")
    kept = [part for part in parts if part.suffix != ".cpg"]
    table = read_one(zipped(tmp_path / "plots.zip", *kept))
    assert table.column("naam")[0] == "Café"


def test_shapefile_in_windows_signs_is_read_as_such(tmp_path):
    parts = _shapefile(tmp_path / "plots.shp", encoding="CP1252")
    kept = [part for part in parts if part.suffix != ".cpg"]
    assert read_one(zipped(tmp_path / "plots.zip", *kept)).column("naam")[0] == "Café"


def test_shapefile_without_index_or_projection_is_read(tmp_path):
    parts = _shapefile(tmp_path / "plots.shp")
    kept = [part for part in parts if part.suffix not in {".shx", ".prj"}]
    table = read_one(zipped(tmp_path / "plots.zip", *kept))
    assert (table.numbers, table.crs) == ([1, 2], None)


def test_several_files_in_a_zip_are_a_layer_each(tmp_path, write):
    one, other = _shapefile(tmp_path / "plots.shp"), _shapefile(tmp_path / "parks.shp")
    plots().to_file(tmp_path / "extra.geojson", driver="GeoJSON")
    table = write("list.csv", "code;x;y\nC;1;2\n")
    path = zipped(tmp_path / "all.zip", *one, *other, tmp_path / "extra.geojson", table,
                  lees__txt="Beste lezer, dit zijn de kavels", stijl__qml="<qgis/>")  # fmt: skip
    assert {name: len(t.numbers) for name, t in read_all(path).items()} == {
        "plots": 2, "parks": 2, "extra": 2, "list": 1,
    }  # fmt: skip


def test_layers_of_the_same_name_in_a_zip_are_told_apart(tmp_path):
    files = {"a/plots.csv": "code,x,y\nA,1,2\n", "b/plots.csv": "code,x,y\nB,1,2\n"}
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    tables = read_all(path)
    assert sorted(t.column("code")[0] for t in tables.values()) == ["A", "B"]


TWO_PLACES = """<?xml version="1.0" encoding="UTF-8"?>
<c:Plots xmlns:c="urn:plots" xmlns:gml="http://www.opengis.net/gml/3.2">
<c:member><c:Plot gml:id="p1"><c:code>A</c:code>
<c:outline><gml:Polygon srsName="urn:ogc:def:crs:EPSG::28992"><gml:exterior><gml:LinearRing>
<gml:posList>0 0 9 0 9 9 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></c:outline>
<c:sign><c:Sign><c:spot><gml:Point srsName="urn:ogc:def:crs:EPSG::28992"><gml:pos>5 2</gml:pos>
</gml:Point></c:spot></c:Sign></c:sign></c:Plot></c:member>
<c:member><c:Plot gml:id="p2"><c:code>B</c:code><c:sign><c:Sign><c:spot>
<gml:Point srsName="urn:ogc:def:crs:EPSG::28992"><gml:pos>7 3</gml:pos></gml:Point>
</c:spot></c:Sign></c:sign></c:Plot></c:member></c:Plots>"""


def test_outline_of_gml_comes_before_the_label_that_follows_it(write):
    path = write("plots.gml", TWO_PLACES)
    table = read_one(path)
    assert (table.places, table.crs) == (("outline", "spot"), RD)
    assert table.wkt() == ["POLYGON ((0 0, 9 0, 9 9, 0 0))", "POINT (7 3)"]
    assert table.column("spot") == ["POINT (5 2)", "POINT (7 3)"]
    asked = read_one(path, geometry_column="spot")
    assert asked.wkt() == ["POINT (5 2)", "POINT (7 3)"]
    assert asked.column("outline") == ["POLYGON ((0 0, 9 0, 9 9, 0 0))", None]


def test_arcs_become_chains_of_straight_pieces(write):
    arc = (
        '<gml:Curve srsName="urn:ogc:def:crs:EPSG::28992"><gml:segments><gml:ArcString>'
        "<gml:posList>0 0 10 10 20 0</gml:posList></gml:ArcString></gml:segments></gml:Curve>"
    )
    start, end = TWO_PLACES.index("<c:outline>") + 11, TWO_PLACES.index("</c:outline>")
    table = read_one(write("p.gml", TWO_PLACES[:start] + arc + TWO_PLACES[end:]))
    line = table.geometry[0]
    assert line.length == pytest.approx(10 * np.pi, rel=1e-3)
    assert (line.coords[0], line.coords[-1]) == ((0, 0), (20, 0))


def test_degrees_of_gml_come_longitude_first(write):
    text = TWO_PLACES.replace("EPSG::28992", "EPSG::4258").replace("7 3", "52.99 6.56")
    table = read_one(write("p.gml", text))
    assert (table.crs, table.wkt()[1]) == ("EPSG:4258", "POINT (6.56 52.99)")


def test_gml_without_features_is_an_empty_layer(write):
    text = '<CityModel xmlns="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"/>'
    assert read_one(write("bgt_wijk.gml", text)).numbers == []


KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name>Parken</name><Placemark><name>Noord</name><ExtendedData><Data name="code">
<value>007</value></Data></ExtendedData><Point><coordinates>6.5,52.9,0</coordinates></Point>
</Placemark></Folder><Folder><name>Leeg</name></Folder></Document></kml>"""


def test_folders_of_kml_are_layers(write):
    tables = read_all(write("p.kml", KML))
    assert {name: len(t.numbers) for name, t in tables.items()} == {"Parken": 1, "Leeg": 0}
    assert tables["Parken"].row()["code"] == "007"
    assert tables["Parken"].crs == "EPSG:4326"


def test_parquet_without_geometry_metadata_gives_its_places(tmp_path):
    outline = [g.wkb for g in SQUARES]
    table = pa.table(
        {"code": [b"\x01\xff", None], "x": [1.0, None], "y": [2.0, 3.0], "shape": outline}
    )
    pq.write_table(table, tmp_path / "p.parquet")
    found = read_one(tmp_path / "p.parquet")
    assert (found.places, found.crs) == (("shape", "x, y"), None)
    assert found.column("code") == ["01ff", None]
    assert all(a.equals(b) for a, b in zip(found.geometry, SQUARES, strict=True))
    points = read_one(tmp_path / "p.parquet", geometry_column="x, y")
    assert (points.wkt(), points.crs) == (["POINT (1 2)", None], RD)
    assert points.kinds() == [(2, "missing_coordinates")]


def test_second_geometry_of_parquet_can_be_asked_for(tmp_path):
    frame = plots()
    frame["label"] = gpd.GeoSeries([Point(1, 2), Point(3, 4)], crs=RD)
    frame.set_geometry("label").to_parquet(tmp_path / "p.parquet")
    table = read_one(tmp_path / "p.parquet")
    assert table.places == ("geometry", "label")
    assert table.column("label") == ["POINT (1 2)", "POINT (3 4)"]
    assert read_one(tmp_path / "p.parquet", geometry_column="label").wkt() == [
        "POINT (1 2)", "POINT (3 4)",
    ]  # fmt: skip


def test_geometry_that_is_no_geometry_is_unreadable_and_the_others_are_read(tmp_path):
    cells = [SQUARES[0].wkb, b"\x01\x02", None, _unclosed()]
    path = tmp_path / "p.parquet"
    geo = {"primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "crs": None}},
           "version": "1.0.0"}  # fmt: skip
    table = pa.table({"code": list("ABCD"), "geometry": pa.array(cells, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    found = read_one(path)
    assert found.kinds() == [(2, "unreadable_row"), (4, "invalid_geometry_repaired")]
    assert (found.numbers, found.column("code")) == ([1, 3, 4], ["A", "C", "D"])
    assert found.issues[0].value == "0102"
    assert found.geometry[1] is None
    assert found.geometry[2].area == 81 / 2


def _unclosed() -> bytes:
    """Polygon (0 0, 9 0, 9 9) whose ring does not come back."""
    positions = np.array([0, 0, 9, 0, 9, 9], dtype="<f8").tobytes()
    return bytes.fromhex("01030000000100000003000000") + positions


def test_records_beyond_one_part_are_numbered_on(tmp_path):
    number = 45_000
    points = shapely.to_wkb(shapely.points(np.arange(number), np.arange(number)))
    codes = np.array([f"{n:05d}" for n in range(number)], dtype=object)
    raw.write(tmp_path / "p.gpkg", points, [codes], ["code"], geometry_type="Point", crs=RD,
              driver="GPKG")  # fmt: skip
    table = read_one(tmp_path / "p.gpkg")
    assert table.numbers == list(range(1, number + 1))
    assert table.column("code") == list(codes)
    assert table.geometry[-1].x == number - 1


def _bag(kind: str, *objects: str) -> str:
    stand = "".join(
        f"<sl:stand><sl-bag-extract:bagObject>{o}</sl-bag-extract:bagObject></sl:stand>"
        for o in objects
    )
    return (
        '<sl-bag-extract:bagStand xmlns:sl-bag-extract="http://www.kadaster.nl/schemas/lvbag/extract-deelbestand-lvc/v20200601"'
        ' xmlns:sl="http://www.kadaster.nl/schemas/standlevering-generiek/1.0"'
        ' xmlns:Objecten="www.kadaster.nl/schemas/lvbag/imbag/objecten/v20200601"'
        ' xmlns:Historie="www.kadaster.nl/schemas/lvbag/imbag/historie/v20200601"'
        ' xmlns:gml="http://www.opengis.net/gml/3.2">'
        "<sl:standBestand><sl:dataset>LVBAG</sl:dataset><sl:inhoud><sl:objectTypen>"
        f"<sl:objectType>{kind}</sl:objectType></sl:objectTypen></sl:inhoud>{stand}"
        "</sl:standBestand></sl-bag-extract:bagStand>"
    )


def _pand(occurrence: int, status: str) -> str:
    ring = "233700 556700 0 233710 556700 0 233710 556710 0 233700 556700 0"
    return (
        '<Objecten:Pand><Objecten:identificatie domein="NL.IMBAG.Pand">0106100000000001'
        "</Objecten:identificatie><Objecten:geometrie><gml:Polygon "
        'srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="3"><gml:exterior><gml:LinearRing>'
        f'<gml:posList count="4">{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>'
        "</Objecten:geometrie><Objecten:oorspronkelijkBouwjaar>1960</Objecten:oorspronkelijkBouwjaar>"
        f"<Objecten:status>{status}</Objecten:status><Objecten:voorkomen><Historie:Voorkomen>"
        f"<Historie:voorkomenidentificatie>{occurrence}</Historie:voorkomenidentificatie>"
        "<Historie:beginGeldigheid>2010-01-01</Historie:beginGeldigheid></Historie:Voorkomen>"
        "</Objecten:voorkomen></Objecten:Pand>"
    )


ADDRESS = (
    '<Objecten:Nummeraanduiding><Objecten:identificatie domein="NL.IMBAG.Nummeraanduiding">'
    "0106200000000009</Objecten:identificatie><Objecten:huisnummer>5</Objecten:huisnummer>"
    "<Objecten:postcode>9401AA</Objecten:postcode></Objecten:Nummeraanduiding>"
)
TOWNS = """<g:BAG-GWR-Deelbestand-LVC xmlns:g="www.kadaster.nl/schemas/lvbag/gwr">
<!-- toelichting --><g:Product><g:GemeenteWoonplaatsRelatie><g:tijdvakgeldigheid>
<g:begindatumTijdvakGeldigheid>2010-07-23</g:begindatumTijdvakGeldigheid></g:tijdvakgeldigheid>
<g:gerelateerdeWoonplaats><g:identificatie>1125</g:identificatie></g:gerelateerdeWoonplaats>
<g:gerelateerdeGemeente><g:identificatie>0106</g:identificatie></g:gerelateerdeGemeente>
<g:status>definitief</g:status></g:GemeenteWoonplaatsRelatie></g:Product>
</g:BAG-GWR-Deelbestand-LVC>"""


def test_every_occurrence_of_a_bag_object_is_a_record(write):
    text = _bag("PND", _pand(1, "Bouw gestart"), _pand(2, "Pand in gebruik"))
    table = read_one(write("0106PND.xml", text))
    assert (table.name, table.numbers, table.crs) == ("Pand", [1, 2], RD)
    assert table.column("identificatie") == ["0106100000000001"] * 2
    assert table.column("voorkomenIdentificatie") == [1, 2]
    assert table.column("status") == ["Bouw gestart", "Pand in gebruik"]
    assert table.column("oorspronkelijkBouwjaar") == [1960, 1960]
    assert table.geometry[0].area == 50


def test_bag_extract_damaged_in_the_middle_is_refused(write):
    text = _bag("PND", _pand(1, "a"), _pand(2, "b")).replace("<Objecten:status>b", "<b>", 1)
    with pytest.raises(FileRefused, match="the XML is damaged at line 1"):
        read_one(write("0106PND.xml", text))


def test_bag_extract_in_zips_in_a_zip_is_one_layer_for_each_kind(tmp_path):
    one = zipped(tmp_path / "0106PND.zip", PND1__xml=_bag("PND", _pand(1, "a"), _pand(2, "b")),
                 PND2__xml=_bag("PND", _pand(3, "c")))  # fmt: skip
    other = zipped(tmp_path / "0106NUM.zip", NUM__xml=_bag("NUM", ADDRESS))
    towns = zipped(tmp_path / "GEM-WPL.zip", GEM__xml=TOWNS)
    path = zipped(tmp_path / "lvbag.zip", one, other, towns,
                  Levering__xml='<l:Extract xmlns:l="http://lvbag/levering"/>')  # fmt: skip
    tables = read_all(path)
    assert list(tables) == ["Pand", "Nummeraanduiding", "GemeenteWoonplaatsRelatie"]
    assert tables["Pand"].numbers == [1, 2, 3]
    assert tables["Pand"].column("status") == ["a", "b", "c"]
    assert tables["Nummeraanduiding"].places == ()
    assert tables["Nummeraanduiding"].column("postcode") == ["9401AA"]
    assert tables["GemeenteWoonplaatsRelatie"].row() == {
        "begindatumTijdvakGeldigheid": "2010-07-23", "gerelateerdeWoonplaats": "1125",
        "gerelateerdeGemeente": "0106", "status": "definitief",
    }  # fmt: skip
