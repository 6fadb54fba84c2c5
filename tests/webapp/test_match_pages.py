from __future__ import annotations

import csv
import io
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.pages import STAFF, parse
from webapp.matching.faults import told_faults
from webapp.matching.rows import Subjects

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
    # A curve that was changed stays, though its wish weighs nothing.
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.location).query) == {
        "use": ["office"],
        "off.c.price_eur_m2": ["smaller:60,140"],
        "w.rent_eur_m2_year": ["2"],
        "c.rent_eur_m2_year": ["smaller:80,160"],
        "w.grid_mva": ["1"],
        "c.grid_mva": ["larger:0.5,2"],
    }


def test_form_shows_the_need_of_the_address_and_keeps_what_it_has_no_row_for(client: FlaskClient):
    drawn = '{"type":"Polygon","coordinates":[[[6.5,52.9],[6.6,52.9],[6.6,53],[6.5,52.9]]]}'
    document = parse(
        client.get(
            f"/match?{NEED}&one_of.energy_label=A&inside=MV&inside~2={quote(drawn)}"
            "&near.6.56,52.99.max_m=900&jobs=12&w.area_m2=1&c.area_m2=points:1,0;900,1"
        ).text
    )
    assert document.find(".//input[@name='min.area_m2']").get("value") == "5000"
    assert document.find(".//input[@name='near.motorway_exit.max_m']").get("value") == "3000"
    assert document.find(".//input[@name='w.price_eur_m2']").get("value") == "3"
    assert document.find(".//input[@name='good.price_eur_m2']").get("value") == "60"
    assert document.find(".//input[@name='one_of.energy_label'][@value='A']").get("checked") == ""
    picked = document.find(".//select[@name='inside']/option[@value='MV']")
    assert picked.get("selected") == ""
    assert document.find(".//input[@name='near.6.56,52.99.max_m']").get("value") == "900"
    hidden = {i.get("name"): i.get("value") for i in document.findall(".//input[@type='hidden']")}
    assert hidden["inside~2"] == drawn
    assert hidden["jobs"] == "12"
    assert hidden["c.area_m2"] == "points:1,0;900,1"


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
    assert "stage" not in link
    assert "record=R-01:" in link
    assert listed(client, urlsplit(link).query)
    moving = parse_qs(urlsplit(client.get("/match?requirement=R-10").location).query)
    assert moving["kind"] == ["relocate"]
    assert moving["present_site"] == ["premises:W-0323"]
    assert "party" not in moving


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


def part(client: FlaskClient, query: str):
    """Answer to the screen itself, which swaps parts, and what it says."""
    answer = client.get(f"/match?{query}", headers={"X-Fragment": "results"})
    return answer, parse(answer.text)


def text_of(element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(document, name: str):
    return next(e for e in document.iter() if e.get("id") == name)


def fields_of(document) -> list[tuple[str, str]]:
    """What a browser would send of the form."""
    form = by_id(document, "need-form")
    sent = []
    for field in form.iter():
        if field.tag == "input" and field.get("type") in {"checkbox", "radio"}:
            if field.get("checked") is not None:
                sent.append((field.get("name"), field.get("value")))
        elif field.tag == "input":
            sent.append((field.get("name"), field.get("value") or ""))
        elif field.tag == "select":
            options = field.findall("option")
            chosen = [o for o in options if o.get("selected") is not None] or options[:1]
            sent.append((field.get("name"), chosen[0].get("value")))
    return sent


@pytest.mark.parametrize(
    "query",
    [
        NEED,
        f"{NEED}&keep=plot:P-MV-042&limit=7&lang=en&advanced=1&weigh=pairs",
        f"{NEED}&advanced=1&weigh=ranks&rank.price_eur_m2=2&rank.near.motorway_exit=1",
        f"{NEED}&weigh=ranks&off.min.grid_mva=1&kind=relocate&present_site=premises:W-0323",
        f"{NEED}&is.fibre=false&max.max_height_m=12&min.max_height_m=3&one_of.park=MV&jobs=3",
        "w.max_env_category=2&c.max_env_category=categories:3.1=0.5,4.1=1&inside=GM0106&limit=9",
        "as_of=2015-01-01&at_least.energy_label=B&max.available_from=2028-01-01",
    ],
)
def test_form_sent_as_it_stands_leads_to_the_same_address(client: FlaskClient, query):
    document = parse(client.get(f"/match?{query}", follow_redirects=True).text)
    settled = client.get(f"/match?{query}", headers={"X-Fragment": "1"}).headers["X-Address"]
    answer, _parts = part(client, urlencode(fields_of(document)))
    assert sorted(parse_qsl(urlsplit(answer.headers["X-Address"]).query)) == sorted(
        parse_qsl(urlsplit(settled).query)
    )


def test_screen_gets_its_parts_and_address_without_a_second_round_trip(client: FlaskClient):
    answer, document = part(client, f"{NEED}&min.grid_mva=0,5&good.area_m2=&lang=en")
    assert answer.status_code == 200
    assert "X-Fragment" in answer.vary
    assert answer.cache_control.no_store
    query = parse_qs(urlsplit(answer.headers["X-Address"]).query)
    assert query["min.grid_mva"] == ["0.5"]
    whole = client.get(answer.headers["X-Address"])
    assert whole.status_code == 200
    told = parse(whole.text)
    for name in ("answer", "ranking", "need-rows"):
        assert text_of(by_id(told, name)) == text_of(by_id(document, name))
    links = {a.get("href") for a in by_id(document, "ranking").iter("a")}
    assert not [link for link in links if link and "good." in link]


def test_faults_stand_in_dutch_at_their_rows_and_nothing_is_lost(client: FlaskClient):
    answer, document = part(
        client,
        "min.area_m2=900&max.area_m2=800&w.price_eur_m2=-1&c.price_eur_m2=smaller:1,2"
        "&near.50,50.max_m=3&max.available_from=ooit&title=Kept",
    )
    assert answer.status_code == 400
    told = {n: text_of(by_id(document, f"fault-{n}")) for n in (
        "area_m2", "w.price_eur_m2", "near.50,50", "available_from")}  # fmt: skip
    assert told == {
        "area_m2": "het minimum mag niet hoger zijn dan het maximum",
        "w.price_eur_m2": "moet 0 of meer zijn",
        "near.50,50": "ligt buiten de kaart: het moet in Nederland liggen",
        "available_from": "moet een getal zijn, zoals 2500, of een datum",
    }
    sent = dict(fields_of(document))
    assert sent["min.area_m2"] == "900"
    assert sent["max.area_m2"] == "800"
    assert sent["max.available_from"] == "ooit"
    assert sent["title"] == "Kept"
    assert by_id(document, "need-max.available_from").get("aria-invalid") == "true"


def test_unknown_category_stays_to_be_taken_back(client: FlaskClient):
    answer, document = part(client, "use=castle&at_least.max_env_category=9")
    assert answer.status_code == 400
    assert "Industrie" in text_of(by_id(document, "fault-use"))
    assert "Categorie 3.1" in text_of(by_id(document, "fault-max_env_category"))
    assert {("use", "castle"), ("at_least.max_env_category", "9")} <= set(fields_of(document))


def test_own_site_of_whoever_moves_says_so_where_it_is_listed(client: FlaskClient):
    _answer, document = part(client, f"{NEED}&kind=relocate&present_site=plot:P-MV-042")
    told = [
        item.get("data-key")
        for item in document.iter("li")
        if item.get("data-key") and "huidige locatie" in text_of(item)
    ]
    assert told == ["plot:P-MV-042"]
    assert "huidige locatie" not in text_of(by_id(part(client, NEED)[1], "ranking"))


def test_present_site_of_a_new_firm_is_a_fault_in_dutch(sample_app: Flask):
    catalogue = sample_app.extensions["geo_assen"].catalogue
    reason = 'belongs to kind = "grow" or "relocate", not to "new"'
    with sample_app.test_request_context("/?lang=nl"):
        told = told_faults([("present_site", reason)], None, Subjects(catalogue, "nl"))
    ((title, sentence),) = told.listed
    assert title == "Huidige locatie"
    assert sentence.startswith("hoort bij uitbreiding of verplaatsing")


def test_present_site_that_does_not_exist_is_a_fault_of_its_row(client: FlaskClient):
    answer, document = part(client, f"{NEED}&kind=relocate&present_site=plot:NOPE")
    assert answer.status_code == 400
    assert "plot:NOPE" in text_of(by_id(document, "fault-present_site"))


def test_relocation_shows_what_comes_free(client: FlaskClient):
    _answer, document = part(client, f"{NEED}&kind=relocate&present_site=premises:W-0323")
    assert "premises" in by_id(document, "match-release").find(".//a").get("href")


def test_unknown_is_asked_and_a_near_miss_told(client: FlaskClient):
    query = f"{NEED}&min.grid_mva=0.5&limit=1000"
    document = parse(client.get(f"/match?{query}").text)
    told = text_of(by_id(document, "ranking"))
    assert "te checken: netaansluiting" in told
    assert "Vraag eerst: netaansluiting" in told
    assert "ja, mits" in told
    assert "optie tot en met" in told
    headings = [text_of(e) for e in by_id(document, "ranking").iter("h2")]
    assert headings == ["Past", "Te checken", "Ja, mits …"]


def test_each_site_but_the_first_is_compared_with_the_one_above(client: FlaskClient):
    document = parse(client.get(f"/match?{NEED}&limit=8&lang=en").text)
    client.get("/match?lang=nl")
    items = document.findall(".//li[@data-layer='match']")
    names = [text_of(item.find(".//h3/a")) for item in items]
    compared = [item.find(".//details[@data-why='higher']") for item in items]
    assert compared[0] is None
    for above, told in zip(names, compared[1:], strict=False):
        assert above in text_of(told) or "equal" in text_of(told)
    assert "that is" in text_of(compared[1])


def test_bars_are_as_long_as_the_score_and_show_what_is_unknown(client: FlaskClient):
    query = f"{NEED}&w.grid_mva=2&c.grid_mva=larger:0.2,1.5&limit=1000"
    document = parse(client.get(f"/match?{query}").text)
    features = client.get(f"/match.geojson?{query}").json["features"]
    results = {feature["id"]: feature["properties"] for feature in features}
    for item in document.findall(".//li[@data-layer='match']"):
        told = results[item.get("data-key")]
        drawn = [e for e in item.iter() if e.tag.endswith(("}rect", "}path"))]
        parts = [float(e.get("width")) for e in drawn if e.tag.endswith("rect")][1:]
        assert sum(parts) == pytest.approx(200 * told["score"], abs=0.3)
        assert len(parts) == len(told["criteria"])
        has_whisker = any(e.tag.endswith("path") for e in drawn)
        assert has_whisker == (told["score_low"] < told["score_high"])


@pytest.mark.parametrize(("lang", "sign"), [("nl", ";"), ("en", ",")])
def test_files_hold_exactly_the_ranking_shown(client: FlaskClient, lang, sign):
    query = f"{NEED}&limit=9&lang={lang}"
    answer = client.get(f"/match.csv?{query}")
    assert answer.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=sign))
    assert [row["id"] for row in rows] == listed(client, query)
    sheet = client.get(f"/match.xlsx?{query}")
    table = openpyxl.load_workbook(io.BytesIO(sheet.data)).worksheets[0]
    assert [row[1].value for row in table.iter_rows(min_row=2)] == listed(client, query)
    client.get("/match?lang=nl")
    assert client.get("/match.csv?use=castle").status_code == 400


def test_advanced_part_tells_how_sure_the_order_is(client: FlaskClient):
    closed = parse(client.get(f"/match?{NEED}").text)
    assert "wegingen" not in text_of(by_id(closed, "ranking"))
    document = parse(client.get(f"/match?{NEED}&advanced=1").text)
    told = text_of(by_id(document, "ranking"))
    assert "van de wegingen, plaats 1 tot en met" in told
    assert "van het gewicht van" in told
    assert "wint Kavel" in told


def test_pairs_that_contradict_each_other_are_warned_of(client: FlaskClient):
    query = (
        "w.price_eur_m2=1&c.price_eur_m2=smaller:60,140&w.grid_mva=1&c.grid_mva=larger:0.2,2"
        "&w.area_m2=1&c.area_m2=larger:500,5000&weigh=pairs&advanced=1"
        "&pair.price_eur_m2:grid_mva=9&pair.price_eur_m2:area_m2=1/9&pair.grid_mva:area_m2=9"
        "&pair.area_m2:price_eur_m2=9&pair.grid_mva:price_eur_m2=1/9"
    )
    _answer, document = part(client, query)
    warning = by_id(document, "advanced").find(".//p[@role='alert']")
    assert "Kijk nog eens naar" in text_of(warning)
    assert "Consistentieratio" in text_of(by_id(document, "advanced"))


def test_past_date_says_that_present_attributes_stand_in(client: FlaskClient):
    told = text_of(by_id(parse(client.get(f"/match?{NEED}&as_of=2012-06-30").text), "ranking"))
    assert "Kenmerken zoals ze nu zijn" in told
    now = text_of(by_id(parse(client.get(f"/match?{NEED}").text), "ranking"))
    assert "Kenmerken zoals ze nu zijn" not in now


def test_nothing_fits_is_said_with_what_to_do(client: FlaskClient):
    near = text_of(by_id(parse(client.get("/match?min.area_m2=900000").text), "ranking"))
    assert "Geen locatie past zoals die is" in near
    far = client.get("/match?min.area_m2=900000&near.motorway_exit.max_m=1")
    told = text_of(by_id(parse(far.text), "ranking"))
    assert "zet een rij van Moet op Wens" in told


def test_no_wish_that_weighs_is_said(client: FlaskClient):
    told = text_of(by_id(parse(client.get("/match?use=office").text), "ranking"))
    assert "Er weegt nog geen wens mee" in told


def test_presentation_keeps_staff_words_away(client: FlaskClient):
    sign_in(client)
    assert "Bewaar als zoekvraag" in client.get(f"/match?{NEED}").text
    shown = client.get(f"/match?{NEED}&view=prospect").text
    assert "Bewaar als zoekvraag" not in shown
    assert "R-01" not in shown


def test_list_of_kept_sites_and_view_survive_the_way_to_a_link(client: FlaskClient):
    answer = client.get("/match?use=office&min.area_m2=&keep=plot:P-MV-042&view=prospect")
    query = parse_qs(urlsplit(answer.location).query)
    assert query == {"use": ["office"], "keep": ["plot:P-MV-042"], "view": ["prospect"]}


def test_empty_store_says_what_would_be_here(import_app):
    client = import_app.test_client()
    assert client.get("/match").status_code == 200
    told = text_of(by_id(parse(client.get("/match?use=office").text), "ranking"))
    assert "geen locatie in aanbod" in told
    assert client.get("/match.geojson?use=office").json["features"] == []
    assert client.get("/match.csv?use=office").status_code == 200
    assert client.get("/match.xlsx?use=office").status_code == 200
    advanced = "use=office&advanced=1&w.area_m2=1&c.area_m2=larger:1,2"
    assert client.get(f"/match?{advanced}").status_code == 200
