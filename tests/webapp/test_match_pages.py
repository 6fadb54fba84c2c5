from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.webapp.pages import STAFF, parse

NEED = (
    "use=logistics&use=industrial&kinds=plot&min.area_m2=5000&near.motorway_exit.max_m=3000"
    "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
    "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
)


def listed(client: FlaskClient, query: str) -> list[str]:
    document = parse(client.get(f"/match?{query}").text)
    return [item.get("data-key") for item in document.findall(".//li[@data-layer='match']")]


def sign_in(client: FlaskClient) -> None:
    token = parse(client.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    client.post("/login", data={"name": STAFF[0], "password": STAFF[1], "csrf_token": token})


def test_list_and_file_are_the_same_ranking(client: FlaskClient):
    collection = client.get(f"/match.geojson?{NEED}").json
    assert [feature["id"] for feature in collection["features"]] == listed(client, NEED)
    ranks = [feature["properties"]["rank"] for feature in collection["features"]]
    assert ranks == list(range(1, len(ranks) + 1))
    for feature in collection["features"]:
        assert {"verdict", "score", "score_low", "score_high", "reliability", "constraints",
                "criteria"} <= feature["properties"].keys()  # fmt: skip


def test_groups_are_never_mixed(client: FlaskClient):
    features = client.get(f"/match.geojson?{NEED}").json["features"]
    order = [("pass", "unknown", "fail").index(f["properties"]["verdict"]) for f in features]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}


def test_list_is_cut_alike_on_page_and_in_file(client: FlaskClient):
    query = f"{NEED}&limit=5"
    assert len(listed(client, query)) == 5
    features = client.get(f"/match.geojson?{query}").json["features"]
    assert [feature["id"] for feature in features] == listed(client, query)


def test_form_joins_curve_ends_and_drops_what_is_empty(client: FlaskClient):
    answer = client.get(
        "/match?use=office&min.area_m2=&max.rent_eur_m2_year=&w.price_eur_m2=0"
        "&good.price_eur_m2=60&bad.price_eur_m2=140&w.rent_eur_m2_year=2"
        "&good.rent_eur_m2_year=80&bad.rent_eur_m2_year=160&w.grid_mva=1&good.grid_mva=2"
        "&bad.grid_mva=0,5"
    )
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.location).query) == {
        "use": ["office"],
        "w.rent_eur_m2_year": ["2"],
        "c.rent_eur_m2_year": ["smaller:80,160"],
        "w.grid_mva": ["1"],
        "c.grid_mva": ["larger:0.5,2"],
    }


def test_form_shows_the_need_of_the_address_and_keeps_what_it_has_no_row_for(client: FlaskClient):
    document = parse(client.get(f"/match?{NEED}&one_of.energy_label=A&inside=MV").text)
    assert document.find(".//input[@name='min.area_m2']").get("value") == "5000"
    assert document.find(".//input[@name='near.motorway_exit.max_m']").get("value") == "3000"
    assert document.find(".//input[@name='w.price_eur_m2']").get("value") == "3.0"
    assert document.find(".//input[@name='good.price_eur_m2']").get("value") == "60"
    hidden = {i.get("name") for i in document.findall(".//form[@action='/match']/input")}
    assert hidden == {"one_of.energy_label", "inside"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("min.area_m2=abc", "min.area_m2"),
        ("use=castle", "use"),
        ("near.castle.max_m=3", "near.castle"),
        ("w.price_eur_m2=-1&c.price_eur_m2=smaller:1,2", "w.price_eur_m2"),
        ("nonsense=1", "nonsense"),
        ("inside=NOWHERE", "inside"),
    ],
)
def test_fault_of_a_need_is_named_and_nothing_filled_in_is_lost(client: FlaskClient, query, named):
    answer = client.get(f"/match?{query}&title=Kept")
    assert answer.status_code == 400
    assert named in answer.text
    assert "Kept" in answer.text
    assert client.get(f"/match.geojson?{query}").status_code == 400


def test_search_can_start_from_a_site(client: FlaskClient):
    answer = client.get("/match?site=plot:P-MV-042", follow_redirects=True)
    assert answer.status_code == 200
    assert "plot:P-MV-042" in answer.text
    assert client.get("/match?site=plot:NOPE").status_code == 404


def test_stored_requirements_are_for_staff_and_their_party_stays_out_of_the_link(
    client: FlaskClient,
):
    assert client.get("/match?requirement=R-01").status_code == 403
    assert "R-01" not in client.get("/match").text
    sign_in(client)
    assert "R-01" in client.get("/match").text
    link = client.get("/match?requirement=R-01").location
    assert "party" not in link
    assert "R-01" not in link
    assert listed(client, urlsplit(link).query)


def test_date_of_the_frame_is_the_date_of_the_ranking(client: FlaskClient):
    now = client.get(f"/match.geojson?{NEED}").json
    past = client.get(f"/match.geojson?{NEED}&as_of=2012-06-30").json
    assert past["as_of"] == "2012-06-30"
    assert [f["id"] for f in past["features"]] != [f["id"] for f in now["features"]]


def test_file_of_a_ranking_carries_licence_source_date_and_certainty(client: FlaskClient):
    collection = client.get(f"/match.geojson?{NEED}").json
    assert collection["licence"]
    assert collection["publisher"]
    for feature in collection["features"]:
        values = feature["properties"]
        assert values["source_name"]
        assert values["source_date"]
        assert values["certainty"] == "illustrative"
