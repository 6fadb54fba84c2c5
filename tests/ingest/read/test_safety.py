"""Files that are damaged, hostile or not what they seem: one sentence, and nothing left behind."""

from __future__ import annotations

import errno
import gzip
import json
import os
import signal
import sqlite3
import stat
import tempfile
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from pyogrio import raw
from shapely.geometry import box

from geo_assen.errors import FileRefused
from geo_assen.ingest.read import delimited, gdal, geojson, open_file, safety
from tests.ingest.read.conftest import Write, read_all, read_one

RD = "EPSG:28992"
KML = '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>a</name></Document></kml>'
NOBODY = 65534
CSV = "code;x;y\nA;233700;556700\n"


def refusal(path: Path) -> str:
    """The sentence with which a file is refused, when opened or when read."""
    with pytest.raises(FileRefused) as refused:
        read_all(path)
    text = str(refused.value)
    assert text.startswith(f"{path}: ")
    assert text.endswith(".")
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def zipped(path: Path, **contents: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def test_missing_file_folder_pipe_and_device_are_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "none.csv")
    assert "this is a folder" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "a device or a pipe" in refusal(tmp_path / "pipe.csv")
    assert "a device or a pipe" in refusal(Path("/dev/zero"))
    assert "cannot be read" in refusal(tmp_path / ("x" * 300))


@pytest.fixture
def forbidden(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """File that the account may not read; the administrator steps down for a while."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:  # all may look there
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "p.csv").write_text(CSV)
        (folder / "p.csv").chmod(0)
        monkeypatch.setattr(tempfile, "tempdir", name)
        own = os.geteuid()
        if own == 0:
            os.seteuid(NOBODY)
        yield folder / "p.csv"
        os.seteuid(own)


def test_file_that_may_not_be_read_is_refused(forbidden):
    assert "may not be read" in refusal(forbidden)


@pytest.mark.parametrize("name", ["p.csv", "p.geojson", "p.zip", "p.gpkg", "p.xlsx", "p"])
def test_empty_file_is_refused(write, name):
    assert "empty (0 bytes)" in refusal(write(name, ""))


OTHERS = {
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "save it as .xlsx"),
    "PDF": (b"%PDF-1.7 ...", "a PDF"),
    "RAR": (b"Rar!\x1a\x07", "pack it as .zip"),
    "drawing": (b"AC1032\0\0", "a drawing"),
    "picture": (b"\x89PNG\r\n", "a picture"),
    "noise": (bytes(range(256)) * 40, "with this content cannot be read; give GeoJSON"),
    "web page": (b"<!DOCTYPE html><html><body>404</body></html>", "document type or entities"),
    "other web page": (b"<html><body>404</body></html>", "a web page"),
    "fault of a service": (b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows"/>',
                           "neither GML, KML nor"),
    "other JSON": (b'{"response": {"docs": []}}', "not a GeoJSON FeatureCollection"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), OTHERS.values(), ids=OTHERS.keys())
@pytest.mark.parametrize("name", ["p.csv", "p.gpkg", "p.dat"])
def test_what_is_no_data_is_refused_with_what_to_give(write, name, content, reason):
    assert reason in refusal(write(name, content))


@pytest.mark.parametrize("name", ["plots.dwg", "plots", "plots.xyz"])
def test_text_of_unknown_kind_without_cells_is_refused(write, name):
    assert "cannot be read; give GeoJSON" in refusal(write(name, "x"))


def _frame(number: int = 400) -> gpd.GeoDataFrame:
    squares = [box(233_700 + n, 556_700, 233_800 + n, 556_800) for n in range(number)]
    codes = [f"kavel {n * 7919 % 1000}" for n in range(number)]
    return gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=RD)


def _whole(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"whole.{kind}"
    match kind:
        case "gpkg" | "fgb" | "gml" | "geojson":
            _frame().to_file(path)
        case "kml":
            _frame().to_crs("EPSG:4326").to_file(path, driver="LIBKML")
        case "parquet":
            _frame().to_parquet(path)
        case "xlsx":
            book = openpyxl.Workbook()
            for n in range(400):
                book.active.append(["code" if n == 0 else f"{n}", "naam"])
            book.save(path)
        case "shp" | "dbf":
            _frame().to_file(tmp_path / "whole.shp")
        case "zip":
            zipped(path, plots__csv=CSV + "".join(f"A{n};1;{n}\n" for n in range(900)))
        case "gz":
            path = tmp_path / "whole.csv.gz"
            path.write_bytes(gzip.compress(CSV.encode() * 50 + os.urandom(2_000).hex().encode()))
    return path


@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
@pytest.mark.parametrize(
    "kind", ["gpkg", "fgb", "gml", "geojson", "kml", "parquet", "xlsx", "shp", "dbf", "zip", "gz"]
)
def test_file_that_is_cut_off_is_refused(tmp_path, kind, share):
    path = _whole(tmp_path, kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert refusal(path if kind != "dbf" else tmp_path / "whole.shp")


def test_member_of_a_zip_that_is_cut_off_is_named(tmp_path):
    text = '{"type": "FeatureCollection", "features": ['
    reason = refusal(zipped(tmp_path / "p.zip", plots__geojson=text))
    assert "plots.geojson in it: not valid JSON" in reason


def _encrypted(path: Path) -> Path:
    zipped(path, plots__csv=CSV)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def test_encrypted_zip_is_refused(tmp_path):
    assert "it is encrypted" in refusal(_encrypted(tmp_path / "p.zip"))


@pytest.mark.parametrize("name", ["../out.csv", "/etc/out.csv", "a/../../out.csv", "C:\\out.csv",
                                  "..\\out.csv"])  # fmt: skip
def test_path_that_climbs_out_of_an_archive_is_refused(tmp_path, name):
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, CSV)
    assert "outside the folder" in refusal(path)
    assert not (tmp_path / "out.csv").exists()


def test_link_in_an_archive_is_refused(tmp_path):
    link = zipfile.ZipInfo("plots.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "is a link to another file" in refusal(tmp_path / "p.zip")


def test_archive_that_grows_too_much_is_refused(tmp_path, monkeypatch):
    path = zipped(tmp_path / "p.zip", plots__csv=CSV + "0" * 3_000_000)
    monkeypatch.setattr(safety, "RATIO_FREE_BYTES", 1_000_000)
    assert "more than 200 times its size" in refusal(path)
    packed = tmp_path / "p.csv.gz"
    packed.write_bytes(gzip.compress(CSV.encode() + b"0" * 3_000_000))
    assert "more than 200 times its size" in refusal(packed)


def test_archive_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "MAX_UNPACKED_BYTES", 1_000)
    noise = os.urandom(800).hex()
    one = zipped(tmp_path / "one.zip", a__csv=f"code;naam\nA;{noise}\n")
    assert "unpacks to more than" in refusal(one)
    inner = zipped(tmp_path / "inner.zip", a__csv=CSV).read_bytes()
    many = {f"{n}__zip": inner for n in range(9)}
    assert "unpacks to more than" in refusal(zipped(tmp_path / "many.zip", **many))


def test_archive_with_too_many_members_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safety, "MAX_MEMBERS", 10)
    path = zipped(tmp_path / "p.zip", **{f"{n}__bin": b"x" for n in range(11)})
    assert "more than 10 files" in refusal(path)


def test_archives_nested_too_deep_are_refused(tmp_path):
    content = zipped(tmp_path / "p.zip", a__csv=CSV).read_bytes()
    for _ in range(2):
        content = zipped(tmp_path / "p.zip", inner__zip=content).read_bytes()
    assert read_one(tmp_path / "p.zip").numbers == [1]
    for _ in range(safety.MAX_DEPTH):
        content = zipped(tmp_path / "p.zip", inner__zip=content).read_bytes()
    assert "archives in archives" in refusal(tmp_path / "p.zip")


def test_archive_without_data_is_refused(tmp_path):
    path = zipped(tmp_path / "p.zip", leesmij__txt="Beste lezer", foto__png=b"\x89PNG")
    assert "nothing in it that can be read" in refusal(path)


ENTITIES = (
    '<!DOCTYPE k [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("root", [KML, KML.replace("kml", "FeatureCollection"),
                                  KML.replace("kml", "bagStand")])  # fmt: skip
def test_xml_with_entities_is_refused(write, root, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><!-- a -->{ENTITIES}{root}'
    assert "document type or entities" in refusal(write("p.kml", text.encode(encoding)))


def test_file_without_a_layer_is_refused(write, tmp_path):
    assert "holds no layer" in refusal(write("p.kml", KML))
    with sqlite3.connect(tmp_path / "p.gpkg") as base:
        base.execute("CREATE TABLE gpkg_contents (table_name TEXT)")
    base.close()
    assert refusal(tmp_path / "p.gpkg")


def test_gml_damaged_in_the_middle_is_refused(tmp_path):
    path = _whole(tmp_path, "gml")
    content = path.read_bytes()
    path.write_bytes(content.replace(b"<ogr:code>kavel 0</ogr:code>", b"<ogr:code>kavel</ogr:cod>"))
    assert refusal(path)


def test_file_that_changed_while_it_was_read_is_refused(write):
    path = write("p.csv", CSV)
    with open_file(path) as opened:
        opened.unchanged()
        path.write_text(CSV + "B;1;2\n")
        with pytest.raises(FileRefused, match="changed while it was read"):
            opened.unchanged()


def test_file_that_was_replaced_or_removed_while_it_was_read_is_refused(write):
    path = write("p.csv", CSV)
    with open_file(path) as opened:
        state = path.stat()
        other = write("q.csv", CSV)
        os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
        other.replace(path)
        with pytest.raises(FileRefused, match="changed while it was read"):
            opened.unchanged()
        path.unlink()
        with pytest.raises(FileRefused, match="no such file"):
            opened.unchanged()


def test_full_disk_is_one_sentence(write, tmp_path):
    path = write("p.zip", "x")
    source = safety.Source(path, path, "p", safety.Workspace(1, folder=tmp_path / "none"))
    with (
        pytest.raises(FileRefused, match=r"disk for temporary files .* is full; make room"),
        safety.plain_sentences(source),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")


def _points(path: Path, number: int) -> Path:
    points = shapely.to_wkb(shapely.points(np.arange(number), np.arange(number)))
    codes = np.array([f"{n:040d}" for n in range(number)], dtype=object)
    raw.write(path, points, [codes], ["code"], geometry_type="Point", crs=RD, driver="GPKG")
    return path


@pytest.fixture(scope="module")
def many_points(tmp_path_factory) -> Path:
    return _points(tmp_path_factory.mktemp("points") / "p.gpkg", 200_000)


def _children() -> set[int]:
    tasks = Path("/proc/self/task").iterdir()
    return {int(n) for task in tasks for n in (task / "children").read_text().split()}


@pytest.mark.parametrize(
    ("sent", "reason"),
    [(signal.SIGKILL, "stopped (signal 9)"), (signal.SIGSEGV, "stopped (signal 11)"),
     (signal.SIGSTOP, "nothing came for 0.5 seconds")],
)  # fmt: skip
def test_reader_that_dies_or_hangs_is_one_sentence(many_points, monkeypatch, sent, reason):
    before = _children()
    with open_file(many_points) as opened:
        parts = opened.layers[0].read()
        next(parts)
        (child,) = _children() - before
        monkeypatch.setattr(gdal, "HANG_SECONDS", 0.5)
        os.kill(child, sent)
        with pytest.raises(FileRefused) as refused:
            list(parts)
        assert reason in str(refused.value)
    assert _children() == before


def test_reading_that_is_given_up_leaves_no_process(tmp_path):
    path, before = _points(tmp_path / "p.gpkg", 100_000), _children()
    with open_file(path) as opened:
        next(opened.layers[0].read())
        assert sum(len(part) for part in opened.layers[0].read()) == 100_000
        one, other = opened.layers[0].read(), opened.layers[0].read()
        assert len(next(one)) == len(next(other))
    assert _children() == before


def test_virtual_files_and_other_drivers_cannot_be_called_up(write, tmp_path):
    _points(tmp_path / "secret.gpkg", 3)
    virtual = f'<OGRVRTDataSource><OGRVRTLayer name="p"><SrcDataSource>{tmp_path}/secret.gpkg' \
        "</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"  # fmt: skip
    assert "neither GML" in refusal(write("p.vrt", virtual))
    gml = virtual.replace("<OGRVRTDataSource>", '<OGRVRTDataSource xmlns:g="opengis.net/gml">')
    assert read_one(write("p.gml", gml)).numbers == []


def _lines(write: Write, number: int) -> dict[str, Path]:
    ring = [[6.5, 52.9], [6.6, 52.9], [6.6, 53.0], [6.5, 52.9]]
    feature = {"type": "Feature", "properties": {"code": "x" * 60},
               "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    return {
        "csv": write("p.csv", "code;naam;x;y\n" + f"A;{'x' * 60};1;2\n" * number),
        "geojson": write("p.geojson", json.dumps({"features": [feature] * number})),
        "geojsonl": write("p.geojsonl", f"{json.dumps(feature)}\n" * number),
    }


@pytest.mark.parametrize(
    ("kind", "smaller"), [("csv", 8_000), ("geojson", 4_000), ("geojsonl", 4_000)]
)
def test_memory_does_not_grow_with_the_file(write, kind, smaller, monkeypatch):
    monkeypatch.setattr(geojson, "_READ_SIGNS", 65_536)
    monkeypatch.setattr(geojson, "PART_ROWS", 1_000)
    monkeypatch.setattr(delimited, "PART_ROWS", 500)
    peaks = []
    for number in (smaller, 4 * smaller):
        path = _lines(write, number)[kind]
        tracemalloc.start()
        with open_file(path) as opened:
            assert sum(len(part) for part in opened.layers[0].read()) == number
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


@pytest.mark.parametrize("value", [0x00, 0x22, 0x3C, 0xFF])
@pytest.mark.parametrize(
    ("content", "step"), [(CSV, 1), ('{"features": [{"properties": {"a": 1}}]}', 1), (KML, 9)]
)
def test_byte_that_is_flipped_is_no_crash(write, content, step, value):
    data = content.encode()
    for at in range(0, len(data), step):
        path = write("p.dat", data[:at] + bytes([value]) + data[at + 1 :])
        try:
            tables = read_all(path)
        except FileRefused as refused:
            assert str(refused).startswith(f"{path}: ")
        else:
            assert tables


def test_zip_that_lies_about_its_sizes_is_refused(tmp_path):
    path = zipped(tmp_path / "p.zip", plots__csv=CSV * 10_000)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (100).to_bytes(4, "little")
    path.write_bytes(content)
    assert "damaged or cut off" in refusal(path)


def test_workbook_is_known_by_its_content_whatever_it_is_called(tmp_path):
    path = tmp_path / "p.csv"
    pd.DataFrame({"code": ["A", "B"], "name": ["x", "y"]}).to_excel(
        tmp_path / "p.xlsx", index=False
    )
    (tmp_path / "p.xlsx").rename(path)
    assert read_one(path).values["code"].tolist() == ["A", "B"]


def _workbook(tmp_path, change):
    """A workbook of which the sheet is changed."""
    plain, path = tmp_path / "plain.xlsx", tmp_path / "p.xlsx"
    pd.DataFrame({"code": ["A", "B"], "name": ["x", "y"]}).to_excel(plain, index=False)
    with zipfile.ZipFile(plain) as whole, zipfile.ZipFile(path, "w") as made:
        for name in whole.namelist():
            content = whole.read(name)
            made.writestr(name, change(content) if name.endswith("sheet1.xml") else content)
    return path


DOCTYPE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: DOCTYPE.encode() + sheet,
        lambda sheet: ("<!--" + "x" * 9000 + "-->" + DOCTYPE).encode() + sheet,
        lambda sheet: ('<?xml version="1.0" encoding="UTF-16"?>' + DOCTYPE + sheet.decode()).encode(
            "utf-16"
        ),
    ],
    ids=["plain", "late", "utf-16"],
)
def test_workbook_with_a_document_type_is_refused(tmp_path, change):
    assert "document type" in refusal(_workbook(tmp_path, change))


def test_workbook_packed_in_an_unknown_way_is_refused(tmp_path):
    path = _workbook(tmp_path, lambda sheet: sheet)
    content = bytearray(path.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 6] = 255  # the version of zip that would be needed
    path.write_bytes(content)
    assert "damaged or cut off" in refusal(path) or "makes no sense" in refusal(path)


def test_database_without_more_than_its_first_bytes_is_cut_off(write):
    assert "its header is missing" in refusal(write("p.gpkg", "SQLite format 3\x00"))


@pytest.mark.parametrize("encoding", ["UTF-7", "big5", "nonsense"])
def test_xml_in_an_encoding_that_nobody_reads_is_refused(write, encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?><kml/>'
    assert "damaged or cut off" in refusal(write("p.kml", text))


def test_xml_without_an_element_where_one_must_stand_is_refused(write):
    text = "<?xml version='1.0'?><!--" + "x" * 300_000 + "--><!DOCTYPE kml []><kml/>"
    assert "no element in its first" in refusal(write("p.kml", text))


def test_reader_that_falls_over_is_one_sentence(write, tmp_path):
    path = write("p.csv", CSV)
    source = safety.Source(path, path, "p", safety.Workspace(1, folder=tmp_path / "w"))
    with (
        pytest.raises(FileRefused, match=r"makes no sense to the program that reads it \(no 7\)"),
        safety.plain_sentences(source),
    ):
        raise LookupError("no 7")
    source.work.close()
    assert not (tmp_path / "w").exists()
