"""Features come page by page, in RD, and end as a layer to import."""

from __future__ import annotations

import pytest
import shapely

from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.connectors import Api, fetch_features
from geo_assen.ingest.content import PART_ROWS
from tests.ingest.connectors.server import Reply

RD_URI = "http://www.opengis.net/def/crs/EPSG/0/28992"
CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
IN_RD = {"Content_Crs": f"<{RD_URI}>"}
ITEMS = "/collections/c/items"


@pytest.fixture
def api(service, client):
    service.json("/collections/c", {"id": "c", "title": "Things", "crs": [CRS84_URI, RD_URI]})
    return Api(client, "Test API", service.url)


def point(number, x=233_700.0, y=556_700.0, **properties):
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "id": str(number), "geometry": geometry, "properties": properties}


def page(*features, following=None, **members):
    links = [{"rel": "self", "href": "{url}/self"}]
    links += [{"rel": "next", "href": following}] if following else []
    return {"type": "FeatureCollection", "features": list(features), "links": links, **members}


def refusal(api):
    with pytest.raises(ServiceUnavailable) as refused:
        fetch_features(api, "c")
    return str(refused.value)


def test_pages_are_followed_and_told(service, client):
    base = "/districts/2024/collections/buurten"
    service.recorded(base, "districts/buurten.json")
    service.recorded(
        f"{base}/items", "districts/buurten_1.json", "districts/buurten_2.json", **IN_RD
    )
    told = []
    layer = fetch_features(
        Api(client, "Test", f"{service.url}/districts/2024"),
        "buurten",
        query={"gemeentecode": "GM0106"},
        progress=lambda *done: told.append(done),
    )
    assert (layer.name, layer.crs, layer.rows) == ("Buurten", "EPSG:28992", 4)
    assert layer.geometry_columns == ("geometry",)
    assert told == [(2, 4), (4, 4)]
    (part,) = layer.read()
    assert part.numbers.tolist() == [1, 2, 3, 4]
    assert part.values["buurtcode"].tolist()[:2] == ["BU01060000", "BU01060001"]
    assert tuple(part.values.columns) == layer.columns
    assert layer.columns[0] == "id"
    assert part.geometry[0].bounds == (231_000, 555_000, 232_000, 556_000)
    first, second = service.asked[1:]
    assert dict(first.query) == {
        "f": "json", "limit": "1000", "crs": RD_URI, "gemeentecode": "GM0106",
    }
    assert second["cursor"] == "AB|C"


def test_layer_may_be_read_twice_without_asking_again(service, api):
    service.json(ITEMS, page(point(1)), **IN_RD)
    layer = fetch_features(api, "c")
    asked = len(service.asked)
    assert [len(part) for part in layer.read()] == [len(part) for part in layer.read()] == [1]
    assert len(service.asked) == asked


def test_box_is_asked_in_rd(service, api):
    service.json(ITEMS, page(point(1)), **IN_RD)
    fetch_features(api, "c", bbox_rd=(233_000, 556_000, 234_000, 557_000.5))
    asked = service.asked[-1]
    assert asked["bbox"] == "233000.000,556000.000,234000.000,557000.500"
    assert asked["bbox-crs"] == RD_URI


def test_service_without_rd_is_asked_and_read_in_degrees(service, api):
    service.json("/collections/c", {"id": "c", "crs": [CRS84_URI]})
    service.json(ITEMS, page(point(1, 6.559, 52.991)))
    layer = fetch_features(api, "c", bbox_rd=(233_000, 556_000, 234_000, 557_000))
    assert (layer.name, layer.crs) == ("c", "OGC:CRS84")
    asked = service.asked[-1]
    assert {name for name, _ in asked.query} == {"f", "limit", "bbox"}
    west, south, east, north = map(float, asked["bbox"].split(","))
    assert 6.5 < west < east < 6.6
    assert 52.9 < south < north < 53.0


def test_list_of_systems_of_the_whole_api_counts(service, api):
    service.json("/collections/c", {"id": "c", "crs": ["#/crs"]})
    service.json("/collections", {"crs": [CRS84_URI, RD_URI]})
    service.json(ITEMS, page(point(1)), **IN_RD)
    assert fetch_features(api, "c").crs == "EPSG:28992"


def test_header_says_what_the_coordinates_are_and_north_first_is_turned(service, api):
    header = {"Content_Crs": "<http://www.opengis.net/def/crs/EPSG/0/4258>"}
    service.json(ITEMS, page(point(1, 52.991, 6.559)), **header)
    layer = fetch_features(api, "c")
    (part,) = layer.read()
    assert layer.crs == "EPSG:4258"
    assert part.geometry[0] == shapely.Point(6.559, 52.991)


def test_system_that_was_not_asked_for_is_refused(service, api):
    service.json(ITEMS, page(point(1)), Content_Crs="<http://www.opengis.net/def/crs/EPSG/0/3857>")
    assert "which was not asked for" in refusal(api)


def test_pages_in_two_systems_are_refused(service, api):
    first = page(point(1), following="{url}" + ITEMS + "?p=2")
    bodies = [service._bytes(first), service._bytes(page(point(2)))]
    systems = [RD_URI, CRS84_URI]
    service.reply(
        ITEMS,
        *(Reply(b, headers={"Content-Crs": s}) for b, s in zip(bodies, systems, strict=True)),
    )
    assert "two reference systems, EPSG:28992 and OGC:CRS84" in refusal(api)


def test_next_page_on_another_host_is_not_asked(service, api):
    service.json(ITEMS, page(point(1), following="https://elsewhere.example/items"), **IN_RD)
    assert "its next page lies on another host" in refusal(api)


def test_page_that_names_itself_as_the_next_is_refused(service, api):
    service.json(ITEMS, page(point(1), following="{url}" + ITEMS + "?p=2"), **IN_RD)
    assert "pages repeat each other" in refusal(api)
    service.json(
        ITEMS,
        page(point(1), following="{url}" + ITEMS + "?p=2"),
        page(point(2), following="{url}" + ITEMS + "?p=2"),
        **IN_RD,
    )
    assert "go round in a circle" in refusal(api)


def test_page_without_ids_that_comes_again_is_refused(service, api):
    nameless = {"type": "Feature", "geometry": None, "properties": {"a": 1}}
    pages = [page(nameless, following=f"{{url}}{ITEMS}?p={number}") for number in (2, 3)]
    service.json(ITEMS, *pages, **IN_RD)
    assert "pages repeat each other" in refusal(api)


def test_collection_that_gives_less_than_it_said_is_refused(service, api):
    service.json(ITEMS, page(point(1), numberMatched=5), **IN_RD)
    assert "it says 5 features and sends 1" in refusal(api)


def test_collection_that_shrinks_while_it_is_read_is_refused(service, api):
    service.json(
        ITEMS,
        page(point(1), following="{url}" + ITEMS + "?p=2", numberMatched=5),
        page(point(2), numberMatched=2),
        **IN_RD,
    )
    assert "it shrinks while it is read: 5, 2" in refusal(api)


def test_empty_page_with_a_next_one_is_refused(service, api):
    service.json(ITEMS, page(following="{url}" + ITEMS + "?p=2"), **IN_RD)
    assert "empty though it names a next one" in refusal(api)


def test_feature_that_cannot_be_read_is_an_issue_of_its_row(service, api):
    broken = {"type": "Feature", "id": "b", "geometry": {"type": "Point"}, "properties": {}}
    service.json(ITEMS, page(point(1), broken, "x", point(4)), **IN_RD)
    layer = fetch_features(api, "c")
    (part,) = layer.read()
    assert layer.rows == 4
    assert part.numbers.tolist() == [1, 4]
    assert [(issue.row, issue.kind) for issue in part.issues] == [
        (2, "unreadable_row"), (3, "unreadable_row"),
    ]


def test_values_keep_their_kind(service, api):
    service.json(
        ITEMS,
        page(
            point(1, whole=1, gap=2, part=1, text="01", flag=True, many=["a", "b"], deep={"x": 1}),
            point(2, whole=2, gap=None, part=1.5, text=None, flag=False, many=[], deep=None),
        ),
        **IN_RD,
    )
    (part,) = fetch_features(api, "c").read()
    values = part.values
    assert values["whole"].dtype == "int64"
    assert values["gap"].dtype == "Int64"
    assert values["part"].dtype == "float64"
    assert values["flag"].dtype == "bool"
    assert values["text"].tolist() == ["01", None]
    assert values["many"].tolist() == ["a;b", ""]
    assert values["deep"].tolist() == ['{"x": 1}', None]


def test_feature_without_geometry_is_kept(service, api):
    nowhere = {"type": "Feature", "geometry": None, "properties": {"a": 1}}
    service.json(ITEMS, page(nowhere), **IN_RD)
    (part,) = fetch_features(api, "c").read()
    assert part.geometry.tolist() == [None]
    assert part.values["a"].tolist() == [1]


def test_empty_collection_is_a_layer_without_rows(service, api):
    service.json(ITEMS, page(numberMatched=0), **IN_RD)
    layer = fetch_features(api, "c")
    assert layer.rows == 0
    assert [len(part) for part in layer.read()] == [0]


def test_many_features_come_in_parts(service, api):
    features = [point(n) for n in range(PART_ROWS + 1)]
    features[PART_ROWS - 1]["geometry"] = {"type": "Point"}
    service.json(ITEMS, page(*features), **IN_RD)
    parts = list(fetch_features(api, "c").read())
    assert [len(part) for part in parts] == [PART_ROWS]
    service.json(ITEMS, page(*features, point("a"), point("b")), **IN_RD)
    parts = list(fetch_features(api, "c").read())
    assert [len(part) for part in parts] == [PART_ROWS, 2]
    assert [len(part.issues) for part in parts] == [1, 0]
    assert parts[1].numbers.tolist() == [PART_ROWS + 2, PART_ROWS + 3]
    assert parts[1].values.index.tolist() == [0, 1]


@pytest.mark.parametrize("document", [[], {"features": None}, {}])
def test_answer_of_another_form_is_refused(service, api, document):
    service.json(ITEMS, document, **IN_RD)
    assert refusal(api)
