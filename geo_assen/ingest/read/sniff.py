"""What kind of file some bytes are: told by their content, the ending only breaks ties."""

from __future__ import annotations

import re
from typing import Literal

from geo_assen.ingest.read.safety import Source, xml_root
from geo_assen.ingest.read.text import looks_like_a_table, looks_like_text

__all__ = ["READABLE", "Kind", "kind_of"]

Kind = Literal[
    "bag", "csv", "esrijson", "fgb", "geojson", "geojsonseq", "gml", "gpkg", "gz", "kml",
    "parquet", "shp", "topojson", "zip",
]  # fmt: skip

READABLE = (
    "GeoJSON, GeoPackage, Shapefile (zip), FlatGeobuf, GeoParquet, GML, KML, CSV, XLSX or a BAG "
    "extract"
)
_HEAD_BYTES = 65_536
_TABLE_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt"})
_LINE_ENDINGS = frozenset({".geojsonl", ".geojsons", ".ndjson", ".jsonl", ".nljson"})

_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"SQLite format 3\x00", "gpkg"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\x1f\x8b", "gz"),
    (b"fgb\x03", "fgb"),
    (b"PAR1", "parquet"),
    (b"\x00\x00\x27\x0a", "shp"),
)
_OTHERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file of the old kind or one with a password; "
     "save it as .xlsx without a password"),
    (b"%PDF", "a PDF; ask for the table or the map behind it"),
    (b"Rar!", "a RAR archive; pack it as .zip"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; pack it as .zip"),
    (b"AC10", "a drawing (DWG); export the outlines as GeoPackage or GeoJSON"),
    (b"\x89PNG", "a picture; ask for the data behind it"),
    (b"\xff\xd8\xff", "a picture; ask for the data behind it"),
    (b"II*\x00", "a raster image; ask for the outlines as GeoPackage or GeoJSON"),
    (b"{\\rtf", "a text document; save its table as .csv or .xlsx"),
)  # fmt: skip
_FEATURE_LINES = re.compile(r"^\s*\{.*\}\s*[\r\n]+\s*\{", re.DOTALL)


def kind_of(source: Source) -> Kind:
    """Tell which reader takes a file.

    Raises
    ------
    FileRefused
        If no reader does; the sentence says what the file seems to be and what to give.
    """
    with source.path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    for magic, what in _OTHERS:
        if head.startswith(magic):
            raise source.refused(f"this is {what}.")
    return _kind_of_text(source, head)


def _kind_of_text(source: Source, head: bytes) -> Kind:
    bare = head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    if bare.startswith(b"\x1e"):
        return "geojsonseq"
    if bare[:1] == b"<":
        return _kind_of_xml(source)
    named_json = source.suffix in {".geojson", ".json"} | _LINE_ENDINGS
    if bare[:1] == b"{" or (bare[:1] == b"[" and (named_json or source.suffix == "")):
        return _kind_of_json(source, head)
    if looks_like_text(head) and (
        source.suffix in _TABLE_ENDINGS or (not named_json and looks_like_a_table(head))
    ):
        return "csv"
    if named_json:
        return "geojsonseq" if source.suffix in _LINE_ENDINGS else "geojson"
    what = source.suffix or "a file without extension"
    raise source.refused(f"{what} with this content cannot be read; give {READABLE}.")


def _kind_of_xml(source: Source) -> Kind:
    root = xml_root(source)
    if root is None:
        raise source.refused("the XML is damaged or cut off before its first element.")
    name = root.rpartition(" ")[2]
    if name == "kml":
        return "kml"
    if name == "bagStand" or name.startswith("BAG-GWR"):
        return "bag"
    if name.lower() in {"html", "head", "body"}:
        raise source.refused("this is a web page, not data; download the file behind it.")
    if _speaks_gml(source) or name in {"FeatureCollection", "CityModel"}:
        return "gml"
    raise source.refused(
        f"the XML has first element {name!r}, which is neither GML, KML nor a BAG extract; "
        f"give {READABLE}."
    )


def _speaks_gml(source: Source) -> bool:
    with source.path.open("rb") as stream:
        return b"opengis.net/gml" in stream.read(_HEAD_BYTES).replace(b"\x00", b"")


def _kind_of_json(source: Source, head: bytes) -> Kind:
    text = head.decode("utf-8", errors="replace")
    if '"esriGeometry' in text or '"esriFieldType' in text:
        return "esrijson"
    if re.search(r'"type"\s*:\s*"Topology"', text):
        return "topojson"
    lines = source.suffix in _LINE_ENDINGS
    if not lines and re.match(r'\s*\{[^{}]{0,200}"type"\s*:\s*"FeatureCollection"', text):
        return "geojson"
    if lines or (_FEATURE_LINES.match(text) and _first_line_is_a_feature(text)):
        return "geojsonseq"
    return "geojson"


def _first_line_is_a_feature(text: str) -> bool:
    first = text.lstrip("\ufeff\r\n \t").splitlines()[0]
    return first.rstrip().endswith("}") and re.search(r'"type"\s*:\s*"Feature"', first) is not None
