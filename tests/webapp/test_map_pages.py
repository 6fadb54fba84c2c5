from __future__ import annotations

import csv
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape

from geo_assen import services
from geo_assen.access import Role
from geo_assen.units import format_date
from tests.webapp.pages import parse

PAGES = ("/", "/about", "/login", "/layers/plots", "/layers/business_parks", "/layers/sources",
         "/search?q=assen", "/sites", "/sites?kind=plot&min.area_m2=2000",
         "/sites?min.area_m2=900000",
         "/sites/plot:P-MV-042", "/sites/premises:W-0280", "/match",
         "/match?use=office&w.near.station=2&c.near.station=smaller:300,2500")  # fmt: skip
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WHOLE = "6.3,52.8,6.8,53.2"


def rows_of(document) -> list[str]:
    return [row.find("th").findtext(".//a") or row.findtext("th") for row in
            document.findall(".//tbody/tr")]  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_valid_and_has_one_heading_that_starts_its_title(client, path, language):
    joint = "&" if "?" in path else "?"
    answer = client.get(f"{path}{joint}lang={language}", headers=BROWSER)
    assert answer.status_code == 200
    document = parse(answer.text)
    headings = document.findall(".//h1")
    assert len(headings) == 1
    assert document.findtext(".//title").startswith("".join(headings[0].itertext()).strip())
    assert answer.text.count('style="') == 0
    assert "<style" not in answer.text
    for form in document.findall(".//form"):
        assert form.get("action") or form.get("method") == "get" or "data-layers" in form.attrib


def test_every_layer_of_the_catalogue_has_its_table(sample_app: Flask, client: FlaskClient):
    for layer in sample_app.extensions["geo_assen"].catalogue:
        if layer.role is Role.PUBLIC:
            answer = client.get(f"/layers/{layer.id}")
            assert answer.status_code == 200, layer.id
            assert layer.title.nl in answer.text


def test_menu_holds_only_what_is_built(sample_app: Flask, client: FlaskClient):
    menu = re.search(r'class="head__menu".*?</nav>', client.get("/").text, re.S)[0]
    linked = re.findall(r'href="(/[^"]*)"', menu)
    built = {rule.rule for rule in sample_app.url_map.iter_rules()}
    assert "/" in linked
    assert set(linked) <= built
    for path in linked:
        assert client.get(path).status_code == 200, path


def test_file_holds_exactly_what_the_list_shows(client: FlaskClient):
    for query in ("", "?limit=3", f"?bbox={WHOLE}", "?bbox=6.53,52.955,6.56,52.97"):
        listed = rows_of(parse(client.get(f"/layers/plots{query}").text))
        features = client.get(f"/layers/plots.geojson{query}").json["features"]
        named = [f["properties"]["name"] or f["properties"]["code"] for f in features]
        assert listed == named, query
        text = client.get(f"/layers/plots.csv{query}").data.decode("utf-8-sig")
        assert len(list(csv.reader(io.StringIO(text), delimiter=";"))) == len(named) + 1


def test_bounds_select_fewer_rows_and_nowhere_selects_none(client: FlaskClient):
    every = client.get("/layers/plots.geojson").json["numberMatched"]
    some = client.get("/layers/plots.geojson?bbox=6.53,52.955,6.56,52.97").json["numberMatched"]
    assert 0 < some < every
    empty = client.get("/layers/plots?bbox=4.0,51.0,4.1,51.1")
    assert "Voor deze datum zijn hier geen rijen." in empty.text


def test_cut_list_says_so(client: FlaskClient):
    total = client.get("/layers/plots.geojson").json["numberMatched"]
    assert f"2 van {total} rijen" in client.get("/layers/plots?limit=2").text


def test_map_form_carries_words_in_the_order_of_the_features(client: FlaskClient):
    answer = client.get(f"/layers/plots.geojson?for=map&lang=nl&bbox={WHOLE}").json
    assert len(answer["features"]) == len(answer["view"]["rows"]) == answer["numberReturned"]
    columns = [column[0] for column in answer["view"]["columns"]]
    area = columns.index("area_m2")
    assert answer["view"]["rows"][0][1][area].endswith((" m²", " ha"))
    assert {"title", "status"} <= answer["features"][0]["properties"].keys()
    english = client.get(f"/layers/plots.geojson?for=map&lang=en&bbox={WHOLE}").json
    assert [c[0] for c in english["view"]["columns"]] == columns
    assert english["view"]["columns"] != answer["view"]["columns"]


def test_geojson_is_in_degrees_and_offers_itself_as_a_file(client: FlaskClient):
    answer = client.get("/layers/business_parks.geojson")
    assert answer.mimetype == "application/geo+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    for feature in answer.json["features"]:
        assert feature["id"]
        west, south, east, north = shape(feature["geometry"]).bounds
        assert 6.3 < west < east < 6.8
        assert 52.8 < south < north < 53.2


def test_first_view_writes_no_feature_into_the_page(client: FlaskClient):
    page = client.get("/")
    assert "coordinates" not in page.text
    assert len(page.data) < 100_000


def test_permalink_sets_layers_and_view(client: FlaskClient):
    document = parse(client.get("/?layers=premises&at=6.56,52.99,15").text)
    boxes = document.findall(".//input[@name='layers']")
    assert [box.get("value") for box in boxes if "checked" in box.attrib] == ["premises"]
    assert '"view": [6.56, 52.99, 15.0]' in client.get("/?at=6.56,52.99,15").text


def test_past_date_is_said_on_every_page_and_kept_in_the_menu(client: FlaskClient):
    for path in ("/", "/layers/plots", "/about"):
        page = client.get(f"{path}?as_of=2019-12-31").text
        assert "U ziet 31 december 2019." in page, path
        assert 'href="/?as_of=2019-12-31"' in page, path
        assert 'value="2019-12-31"' in page, path


def test_present_is_not_announced(client: FlaskClient):
    page = client.get("/layers/plots").text
    assert "U ziet" not in page
    assert format_date(services.today(), "nl") in page


def test_one_record_has_a_page_and_a_file(client: FlaskClient):
    key = client.get("/layers/business_parks.geojson").json["features"][0]["id"]
    page = client.get(f"/layers/business_parks/{key}")
    parse(page.text)
    assert page.status_code == 200
    answer = client.get(f"/layers/business_parks/{key}.geojson").json
    assert [feature["id"] for feature in answer["features"]] == [key]


def test_search_finds_a_park_by_a_part_of_its_name(client: FlaskClient):
    hits = client.get("/search?q=messchen").json["hits"]
    assert hits[0]["title"].startswith("Messchen")
    assert hits[0].keys() >= {"layer", "layer_title", "key", "title", "lon", "lat", "url"}
    assert 6.3 < hits[0]["lon"] < 6.8


def test_search_of_one_sign_or_nothing_finds_nothing(client: FlaskClient):
    assert client.get("/search?q=m").json == {"hits": []}
    assert client.get("/search").json == {"hits": []}


def test_search_of_a_reader_is_a_page_that_escapes_the_question(client: FlaskClient):
    page = client.get('/search?q="><script>x</script>', headers=BROWSER)
    parse(page.text)
    assert "<script>x" not in page.text


def test_about_lists_components_and_sources(client: FlaskClient):
    page = client.get("/about").text
    for word in ("leaflet", "1.9.4", "EUPL", "CC0-1.0", "Bronnen van de gegevens"):
        assert word in page


def test_parameter_that_a_page_does_not_have_is_refused(client: FlaskClient):
    for path in ("/?zoom=abc", "/layers/plots?known_at=2020-01-01", "/layers/plots.geojson?foo=1"):
        answer = client.get(path)
        assert answer.status_code == 400, path
        assert path.partition("?")[2].partition("=")[0] in answer.text
