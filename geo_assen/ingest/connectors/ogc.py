"""OGC API Features, as PDOK offers the BAG, administrative areas and districts.

All pages are fetched before a layer is handed over: a service that fails half way then
leaves nothing behind, and whoever reads the layer twice asks nobody twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from geo_assen.crs import RD, to_lonlat
from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.connectors.rows import Progress, column_of, frame_layer
from geo_assen.ingest.connectors.transport import Answer, Client, same_host
from geo_assen.ingest.content import CRS84, FileLayer
from geo_assen.ingest.issues import Issue

__all__ = ["PAGE_ROWS", "Api", "fetch_features"]

PAGE_ROWS = 1000
"""Features asked for at a time; a service may give fewer."""
MOST_ROWS = 500_000
"""Features that one question may bring in: more belongs in a file."""

_RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
_CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_NORTH_FIRST = {"EPSG:4326", "EPSG:4258"}
_GLOBAL_LIST = "#/crs"
_NOT_A_FEATURE = (
    TypeError,
    ValueError,
    LookupError,
    OverflowError,
    AttributeError,
    shapely.errors.ShapelyError,
)

Bbox = tuple[float, float, float, float]


@dataclass(frozen=True)
class Api:
    """One OGC API: how to ask, its name in messages, and its address."""

    client: Client
    service: str
    address: str

    def at(self, path: str) -> str:
        """Address of something inside the API."""
        return f"{self.address.rstrip('/')}/{path}"

    def unusable(self, path: str, reason: str) -> ServiceUnavailable:
        """Error about an answer that does not fit the standard."""
        return ServiceUnavailable(self.service, self.at(path), reason)


@dataclass
class _Found:
    """Features as they come in."""

    records: list[dict[str, Any]] = field(default_factory=list)
    places: list[BaseGeometry | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    page_before: list[Any] = field(default_factory=list)
    count: int = 0
    promised_rows: int | None = None


def fetch_features(
    api: Api,
    collection: str,
    *,
    bbox_rd: Bbox | None = None,
    query: Mapping[str, str] | None = None,
    page_rows: int = PAGE_ROWS,
    progress: Progress | None = None,
) -> FileLayer:
    """Fetch the features of a collection, in RD where the service has it.

    Parameters
    ----------
    collection
        Id of the collection, such as ``pand``.
    bbox_rd
        Only features that touch this box: min x, min y, max x, max y in RD metres.
    query
        Only features with these values of properties.
    page_rows
        Features asked for at a time.
    progress
        Told after each page.

    Returns
    -------
    Layer named by the title of the collection. A feature that cannot be taken apart is an
    issue of the layer. The id of a feature is column ``id`` where no property is.

    Raises
    ------
    ServiceUnavailable
        If the service cannot be used, leads elsewhere, or sends pages that repeat or that
        are together less than it said.
    """
    path = f"collections/{collection}"
    described = _object(api, path, api.client.get_json(api.service, api.at(path), [("f", "json")]))
    parameters = _parameters(_offers_rd(api, path, described), bbox_rd, query or {}, page_rows)
    found, crs = _Found(), None
    for answer in _pages(api, f"{path}/items", parameters):
        page = _object(api, path, answer)
        stated = _crs_of(api, path, answer, asked=parameters)
        if crs not in (None, stated):
            raise api.unusable(path, f"its pages are in two reference systems, {crs} and {stated}")
        crs = stated
        _take(api, path, page, found, north_first=crs in _NORTH_FIRST)
        _check_promise(api, path, page, found)
        if progress:
            progress(found.count, found.promised_rows)
    return _layer(str(described.get("title") or collection), found, crs or CRS84)


def _object(api: Api, path: str, answer: Answer) -> dict[str, Any]:
    if not isinstance(answer.document, dict):
        raise api.unusable(path, "its answer is no object")
    return answer.document


def _offers_rd(api: Api, path: str, described: Mapping[str, Any]) -> bool:
    """Whether features can be had in RD, by the list of the collection or of the whole API."""
    listed = described.get("crs")
    systems = list(listed) if isinstance(listed, list) else []
    if _GLOBAL_LIST in systems:
        answer = api.client.get_json(api.service, api.at("collections"), [("f", "json")])
        shared = _object(api, path, answer).get("crs")
        systems += shared if isinstance(shared, list) else []
    return _RD_URI in [*systems, described.get("storageCrs")]


def _parameters(
    in_rd: bool, bbox_rd: Bbox | None, query: Mapping[str, str], page_rows: int
) -> list[tuple[str, str]]:
    parameters = [("f", "json"), ("limit", str(page_rows))]
    if in_rd:
        parameters.append(("crs", _RD_URI))
    if bbox_rd is not None and in_rd:
        parameters += [("bbox", ",".join(f"{v:.3f}" for v in bbox_rd)), ("bbox-crs", _RD_URI)]
    elif bbox_rd is not None:
        around = to_lonlat(shapely.box(*bbox_rd)).item().bounds
        parameters.append(("bbox", ",".join(f"{v:.8f}" for v in around)))
    return parameters + list(query.items())


def _pages(api: Api, path: str, parameters: list[tuple[str, str]]) -> Iterator[Answer]:
    """Answers from the first page on, as each names the next."""
    answer = api.client.get_json(api.service, api.at(path), parameters)
    asked = {answer.address}
    while True:
        yield answer
        link = _next_link(answer.document)
        if link is None:
            return
        address = same_host(answer.address, link)
        if address is None:
            raise api.unusable(path, "its next page lies on another host")
        if address in asked:
            raise api.unusable(path, "its pages go round in a circle")
        asked.add(address)
        answer = api.client.get_json(api.service, address)


def _next_link(document: Mapping[str, Any]) -> str | None:
    links = document.get("links")
    for link in links if isinstance(links, list) else []:
        if isinstance(link, dict) and link.get("rel") == "next" and link.get("href"):
            return str(link["href"])
    return None


def _crs_of(api: Api, path: str, answer: Answer, *, asked: list[tuple[str, str]]) -> str:
    """Reference system of a page: what its header says, else what was asked for."""
    header = answer.headers.get("Content-Crs")
    uri = header.strip().strip("<>") if header else dict(asked).get("crs", _CRS84_URI)
    if uri.rstrip("/").endswith("/CRS84"):
        return CRS84
    code = re.fullmatch(r"https?://www\.opengis\.net/def/crs/EPSG/[^/]+/(\d+)", uri)
    crs = f"EPSG:{code[1]}" if code else uri
    if crs != RD and crs not in _NORTH_FIRST:
        raise api.unusable(path, f"it answers in reference system {uri}, which was not asked for")
    return crs


def _take(
    api: Api, path: str, page: Mapping[str, Any], found: _Found, *, north_first: bool
) -> None:
    features = page.get("features")
    if not isinstance(features, list):
        raise api.unusable(path, "its answer has no list of features")
    if not features and _next_link(page):
        raise api.unusable(path, "one of its pages is empty though it names a next one")
    for feature in features:
        found.count += 1
        if found.count > MOST_ROWS:
            raise api.unusable(
                path, f"there are more than {MOST_ROWS} features; choose a smaller area"
            )
        try:
            _take_feature(feature, found, north_first=north_first)
        except _NOT_A_FEATURE:
            found.issues.append(_unreadable(found.count, feature))
    ids = [str(f["id"]) for f in features if isinstance(f, dict) and f.get("id") is not None]
    if found.ids.intersection(ids) or (features and features == found.page_before):
        raise api.unusable(path, "its pages repeat each other")
    found.ids.update(ids)
    found.page_before = features


def _take_feature(feature: dict[str, Any], found: _Found, *, north_first: bool) -> None:
    values = feature.get("properties") or {}
    if not isinstance(values, dict):
        raise TypeError("properties is not an object")
    if feature.get("id") is not None and "id" not in values:
        values = {"id": feature["id"], **values}
    geometry = feature.get("geometry")
    place = None if geometry is None else shape(geometry)
    if place is not None and north_first:
        place = shapely.transform(place, lambda xy: xy[:, ::-1])
    found.records.append(values)
    found.places.append(place)
    found.numbers.append(found.count)


def _unreadable(number: int, feature: Any) -> Issue:
    return Issue(
        number,
        "unreadable_row",
        None,
        str(feature)[:200],
        "The feature cannot be read.",
        "Tell the publisher of the service.",
    )


def _check_promise(api: Api, path: str, page: Mapping[str, Any], found: _Found) -> None:
    """Refuse a collection that shrinks while it is read, or ends before all has come."""
    matched = page.get("numberMatched")
    if isinstance(matched, int):
        if found.promised_rows is not None and matched < found.promised_rows:
            raise api.unusable(
                path, f"it shrinks while it is read: {found.promised_rows}, {matched}"
            )
        found.promised_rows = matched
    if _next_link(page) is None and found.count < (found.promised_rows or 0):
        raise api.unusable(path, f"it says {found.promised_rows} features and sends {found.count}")


def _layer(name: str, found: _Found, crs: str) -> FileLayer:
    columns = dict.fromkeys(column for record in found.records for column in record)
    frame = pd.DataFrame(
        {c: column_of([record.get(c) for record in found.records]) for c in columns},
        index=pd.RangeIndex(len(found.records)),
    )
    places = np.empty(len(found.places), dtype=object)
    places[:] = found.places
    return frame_layer(
        name,
        frame,
        geometry=places,
        crs=crs,
        numbers=np.asarray(found.numbers, dtype=np.int64),
        issues=found.issues,
    )
