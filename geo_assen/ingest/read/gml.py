"""GML and KML: XML that GDAL reads, looked over before it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from geo_assen.ingest.content import FileLayer
from geo_assen.ingest.read.gdal import Request, described, layers_of
from geo_assen.ingest.read.safety import Source, xml_root

__all__ = ["check_xml_whole", "gml_layers", "kml_layers", "linked", "parse_whole"]

_TAIL_BYTES = 4096
_CHUNK = 1024 * 1024
_EPSG = re.compile(r"EPSG\D{1,12}(\d{4,6})$")
_DIMENSIONS = {
    "Point": 0, "MultiPoint": 0,
    "Curve": 1, "LineString": 1, "MultiCurve": 1, "MultiLineString": 1, "CompositeCurve": 1,
    "Polygon": 2, "Surface": 2, "MultiSurface": 2, "MultiPolygon": 2, "CompositeSurface": 2,
    "OrientableSurface": 2, "PolyhedralSurface": 2, "Solid": 2, "MultiGeometry": 2,
}  # fmt: skip
"""Dimension of the elements of GML that are a geometry of their own."""


def check_xml_whole(source: Source) -> None:
    """Refuse an XML file that ends before its first element is closed."""
    root = (xml_root(source) or "").rpartition(" ")[2]
    size = source.path.stat().st_size
    with source.path.open("rb") as stream:
        stream.seek(max(0, size - _TAIL_BYTES))
        tail = stream.read().replace(b"\x00", b"").rstrip()
    tail = re.sub(rb"(\s*<!--.*?-->)+$", b"", tail, flags=re.DOTALL)
    closing = re.compile(rb"(</([^<>/:]+:)?" + re.escape(root.encode()) + rb"\s*|/)>$")
    if not closing.search(tail):
        raise source.refused("the XML is cut off; fetch or export it again.")


def kml_layers(source: Source) -> list[FileLayer]:
    """Layers of a KML file: its folders."""
    check_xml_whole(source)
    parse_whole(source, lambda _name, _attributes: None)
    request = Request(source, "LIBKML", path=linked(source, ".kml"))
    pairs = [(request, layer) for layer in described(request)]
    return layers_of(pairs)


def gml_layers(source: Source) -> list[FileLayer]:
    """Layers of a GML file: its feature types, each with every geometry it has."""
    check_xml_whole(source)
    path = linked(source, ".gml")
    request = Request(source, "GML", config=_config(source), path=path, passes_over=True)
    layers = described(request)
    schema = path.with_suffix(".gfs")
    root = _schema(schema)
    finder = _find_geometries(source, root)
    if _name_all_geometries(root, finder.paths):
        ElementTree.ElementTree(root).write(schema, encoding="utf-8")
        layers = described(request)
    systems = _stated_systems(root, finder.systems)
    layers = [{**layer, "crs": layer["crs"] or systems.get(layer["name"])} for layer in layers]
    if not layers:
        return [FileLayer(source.name, (), lambda: iter(()), rows=0)]
    return layers_of([(request, layer) for layer in layers])


def _schema(path: Path) -> ElementTree.Element:
    """Description of the file as GDAL wrote it; an empty one where it found no features."""
    if not path.exists():
        return ElementTree.Element("GMLFeatureClassList")
    return ElementTree.parse(path).getroot()  # noqa: S314 - GDAL wrote it


def _config(source: Source) -> dict[str, str]:
    """Options for the Dutch base map: CityGML, but flat where it does not say otherwise."""
    with source.path.open("rb") as stream:
        flat = b"geostandaarden.nl/imgeo" in stream.read(_TAIL_BYTES)
    return {"GML_SRS_DIMENSION_IF_MISSING": "2"} if flat else {}


def linked(source: Source, ending: str) -> Path:
    """Path to the file in a folder of its own, where a driver may write and finds nothing else."""
    path = source.work.place_for(f"{re.sub(r'[^A-Za-z0-9_-]', '_', source.name)[:100]}{ending}")
    path.symlink_to(source.path.resolve())
    return path


def _classes(root: ElementTree.Element) -> dict[str, ElementTree.Element]:
    """Feature types in GDAL's description of the file, by the path of their elements."""
    return {
        element.findtext("ElementPath", ""): element for element in root.iterfind("GMLFeatureClass")
    }


def _stated_systems(root: ElementTree.Element, systems: dict[str, set[str]]) -> dict[str, str]:
    """Reference system by feature type, where only some of its geometries state it."""
    return {
        element.findtext("Name", ""): next(iter(systems[path]))
        for path, element in _classes(root).items()
        if len(systems.get(path, ())) == 1
    }


def _name_all_geometries(root: ElementTree.Element, paths: dict[str, dict[str, int]]) -> bool:
    """Give each feature type in GDAL's description of the file all of its geometries.

    By itself GDAL keeps the last one it meets, be it the label of a building.

    Returns
    -------
    Whether a feature type has several.
    """
    several = {name: found for name, found in paths.items() if len(found) > 1}
    classes = _classes(root)
    for name, found in several.items():
        _describe_geometries(classes[name], found)
    return bool(several)


def _describe_geometries(element: ElementTree.Element, paths: dict[str, int]) -> None:
    for tag in ("GeometryName", "GeometryElementPath", "GeometryType"):
        for old in element.findall(tag):
            element.remove(old)
    taken: set[str] = {name.text or "" for name in element.iterfind("PropertyDefn/Name")}
    ordered = sorted(paths, key=lambda path: -paths[path])
    for place, path in enumerate(ordered):
        name = path.rpartition("|")[2]
        name = name if name not in taken else f"{path.replace('|', '_')}_geometry"
        taken.add(name)
        defined = ElementTree.Element("GeomPropertyDefn")
        for tag, text in (("Name", name), ("ElementPath", path), ("Type", "0")):
            ElementTree.SubElement(defined, tag).text = text
        element.insert(2 + place, defined)


class _PathFinder:
    """Follows the elements of a file; notes where in a feature a geometry stands."""

    def __init__(self, features: frozenset[str]) -> None:
        self._features = {path.split("|")[-1]: path for path in features}
        self._path: list[str] = []
        self._feature: str | None = None
        self._inside = 0
        self.paths: dict[str, dict[str, int]] = {}
        self.systems: dict[str, set[str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Go into an element."""
        if self._inside:
            self._inside += 1
            return
        space, _sep, local = name.rpartition(" ")
        if self._feature is None:
            if local in self._features:
                self._feature = self._features[local]
                self._path = []
            return
        if self._path and local in _DIMENSIONS and "opengis.net/gml" in space:
            self._note(_DIMENSIONS[local], attributes.get("srsName", ""))
            self._inside = 1
            return
        self._path.append(local)

    def _note(self, dimension: int, system: str) -> None:
        feature = self._feature or ""
        paths = self.paths.setdefault(feature, {})
        path = "|".join(self._path)
        paths[path] = max(paths.get(path, 0), dimension)
        if code := _EPSG.search(system):
            self.systems.setdefault(feature, set()).add(f"EPSG:{code[1]}")

    def end(self, name: str) -> None:
        """Leave an element."""
        if self._inside:
            self._inside -= 1
        elif self._path:
            self._path.pop()
        elif self._feature is not None and name.rpartition(" ")[2] in self._features:
            self._feature = None


def _find_geometries(source: Source, root: ElementTree.Element) -> _PathFinder:
    """Follow the whole file for the geometries of its feature types.

    Raises
    ------
    FileRefused
        If the XML is damaged.
    """
    finder = _PathFinder(frozenset(_classes(root)))
    parse_whole(source, finder.start, finder.end)
    return finder


def parse_whole(
    source: Source,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
) -> None:
    """Follow the elements of an XML file from the first to the last.

    GDAL stops without a word where the XML breaks off; this does not.

    Raises
    ------
    FileRefused
        If the XML is damaged.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    with source.path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise source.refused(
                f"the XML is damaged at line {error.lineno}: "
                f"{expat.ErrorString(error.code)}; fetch or export it again."
            ) from error
