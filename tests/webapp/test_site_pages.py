from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from flask.testing import FlaskClient

from tests.webapp.pages import parse

FILTERS = (
    "",
    "?kind=plot&min.area_m2=2000&max.area_m2=10000",
    "?use=office&use=retail&max.distance_to_station_m=1500",
    "?at_least.max_env_category=3.2&is.fibre=true",
    "?q=messchenveld",
    "?max.available_from=2026-12-31&park=MV",
    "?as_of=2019-12-31&status=issuable",
    "?energy_label=A&at_least.energy_label=B",
)


def listed_ids(client: FlaskClient, query: str) -> list[str]:
    document = parse(client.get(f"/sites{query}").text)
    return [card.get("data-key") for card in document.findall(".//article[@data-layer='sites']")]


@pytest.mark.parametrize("query", FILTERS)
def test_every_file_holds_exactly_what_is_listed(client: FlaskClient, query):
    listed = listed_ids(client, query)
    collection = client.get(f"/sites.geojson{query}").json
    assert [feature["id"] for feature in collection["features"]] == listed
    joint = "&" if query else "?"
    text = client.get(f"/sites.csv{query}{joint}lang=en").data.decode("utf-8")
    assert [row["id"] for row in csv.DictReader(io.StringIO(text))] == listed
    sheet = openpyxl.load_workbook(io.BytesIO(client.get(f"/sites.xlsx{query}").data)).worksheets[0]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == listed
    assert client.get(f"/sites.gpkg{query}").data.startswith(b"SQLite format 3")


def test_filter_keeps_only_what_is_known_to_fit(client: FlaskClient):
    features = client.get("/sites.geojson?kind=plot&min.area_m2=2000&is.fibre=true").json[
        "features"
    ]
    assert features
    for feature in features:
        values = feature["properties"]
        assert values["kind"] == "plot"
        assert values["area_m2"] >= 2000
        assert values["fibre"] is True


def test_filter_reads_back_as_a_sentence_and_in_its_form(client: FlaskClient):
    page = client.get(
        "/sites?kind=plot&min.area_m2=2000&at_least.max_env_category=3.2&lang=nl"
    ).text
    assert "Kavel" in page
    assert "Oppervlakte vanaf 2.000 m²" in page
    assert "Categorie 3.2 of hoger" in page
    document = parse(page)
    assert document.find(".//input[@name='min.area_m2']").get("value") == "2000"
    picked = document.findall(".//select[@name='at_least.max_env_category']/option[@selected]")
    assert [option.get("value") for option in picked] == ["3.2"]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("min.area_m2=big", "min.area_m2"),
        ("min.area_m2=nan", "min.area_m2"),
        ("min.nothing=3", "min.nothing"),
        ("kind=castle", "kind"),
        ("kinds=plot", "kinds"),
        ("at_least.max_env_category=7", "at_least.max_env_category"),
        ("is.fibre=perhaps", "is.fibre"),
        ("max.available_from=soon", "max.available_from"),
        ("as_of=yesterday", "as_of"),
    ],
)
def test_nonsense_in_the_address_is_refused_by_name(client: FlaskClient, query, named):
    answer = client.get(f"/sites?{query}")
    assert answer.status_code == 400
    assert named in answer.text
    assert client.get(f"/sites.geojson?{query}").status_code == 400


def test_empty_list_says_what_to_do(client: FlaskClient):
    page = client.get("/sites?min.area_m2=900000&lang=nl").text
    assert "Geen locatie in aanbod voldoet hieraan" in page
    assert listed_ids(client, "?min.area_m2=900000") == []


def test_site_page_shows_facts_neighbourhood_and_timeline(client: FlaskClient):
    page = client.get("/sites/plot:P-MV-042?lang=nl").text
    for told in ("Kavel MV-042", "Messchenveld", "Grondprijs", "Station", "illustratief", "Bron"):
        assert told in page, told


def test_site_page_tells_the_distance_its_category_asks_for(client: FlaskClient):
    (site,) = client.get("/sites.geojson?id=plot:P-MV-042").json["features"]
    assert site["properties"]["max_env_category"] == "4.1"
    page = client.get("/sites/plot:P-MV-042?lang=en").text
    assert "200 m in a quiet residential area, 100 m in a mixed area" in page


def test_issued_plot_has_a_page_that_says_it_is_not_on_offer(client: FlaskClient):
    issued = client.get("/layers/plots.geojson?limit=5000").json["features"]
    code = next(f["id"] for f in issued if f["properties"]["status"] == "issued")
    page = client.get(f"/sites/plot:{code}?lang=nl").text
    assert "niet in aanbod op deze datum" in page
    assert "Akte" in page


def test_premises_page_tells_who_said_what_when(client: FlaskClient):
    observed = client.get("/layers/vacancy.geojson?limit=1").json["features"][0]["id"]
    assert "Veldopname" in client.get(f"/sites/premises:{observed}?lang=nl").text


def test_unknown_site_is_not_found(client: FlaskClient):
    assert client.get("/sites/plot:NOPE").status_code == 404
    assert client.get("/sites/castle:1").status_code == 404


def test_contact_is_for_staff_only(client: FlaskClient):
    public = client.get("/sites.geojson").json["features"]
    assert all("contact" not in feature["properties"] for feature in public)
    assert "contact" not in client.get("/sites.csv?lang=en").text.splitlines()[0]


def test_files_say_what_they_are_and_how_they_are_called(client: FlaskClient):
    for answer, ending in (
        (client.get("/sites.geojson"), "geojson"),
        (client.get("/sites.csv"), "csv"),
        (client.get("/sites.xlsx"), "xlsx"),
        (client.get("/sites.gpkg"), "gpkg"),
        (client.get("/layers/plots.csv"), "csv"),
    ):
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["Content-Disposition"].endswith(f".{ending}")
        assert answer.mimetype != "text/html"


def test_past_date_says_that_attributes_are_those_of_today(client: FlaskClient):
    told = 'reference">Kenmerken zoals ze nu zijn'
    for path in ("/sites", "/sites/plot:P-MV-042"):
        assert told in client.get(f"{path}?as_of=2020-01-01&lang=nl").text
        assert told not in client.get(f"{path}?lang=nl").text
