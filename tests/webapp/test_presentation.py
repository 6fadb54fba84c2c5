"""What a prospect sees beside a member of staff who is signed in."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.webapp.pages import STAFF, parse
from webapp.limits import limiter

NEED = "use=logistics&kinds=plot&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
PRESENTABLE = ("/match", "/compare", "/sites", "/layers", "/about")


@pytest.fixture
def staff(sample_app: Flask) -> FlaskClient:
    with sample_app.app_context():
        limiter.reset()
    client = sample_app.test_client()
    token = parse(client.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    form = {"name": STAFF[0], "password": STAFF[1], "csrf_token": token}
    assert client.post("/login", data=form).status_code == 302
    return client


@pytest.fixture
def contacts(staff: FlaskClient) -> dict[str, str]:
    """Contact by id of a site, as staff read it."""
    features = staff.get("/sites.geojson").json["features"]
    found = {f["id"]: f["properties"].get("contact") for f in features}
    return {site_id: contact for site_id, contact in found.items() if contact}


@pytest.fixture
def party(staff: FlaskClient) -> tuple[str, str]:
    """A plot on offer whose timeline names a party, and that party."""
    offered = {f["id"] for f in staff.get("/sites.geojson").json["features"]}
    for event in staff.get("/layers/land_events.geojson?limit=5000").json["features"]:
        values = event["properties"]
        if values.get("party") and f"plot:{values.get('plot')}" in offered:
            return f"plot:{values['plot']}", values["party"]
    raise AssertionError("the sample has no event with a party on a plot that is on offer")


def text_in(answer) -> str:
    """Everything that an answer holds, cells of a spreadsheet included."""
    if "spreadsheet" in answer.mimetype:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        return "\n".join(str(c) for row in sheet.iter_rows(values_only=True) for c in row)
    return answer.data.decode("latin-1")


def presented(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}view=prospect"


@pytest.mark.parametrize("ending", ["geojson", "csv", "xlsx", "gpkg"])
def test_downloads_are_free_of_contacts_that_staff_read(staff, contacts, ending):
    path = f"/sites.{ending}"
    told = text_in(staff.get(path))
    shown = text_in(staff.get(presented(path)))
    for contact in set(contacts.values()):
        assert contact in told
        assert contact not in shown


def test_page_of_a_site_and_its_comparison_are_free_of_the_contact(staff, contacts):
    site_id, contact = next(iter(contacts.items()))
    for path in (f"/sites/{site_id}", f"/compare?keep={site_id}", f"/sites.geojson?id={site_id}",
                 f"/compare?keep={site_id}&sheet=1"):  # fmt: skip
        assert contact in staff.get(path).text, path
        assert contact not in staff.get(presented(path)).text, path


def test_timeline_is_free_of_the_party_of_an_option(staff, party):
    site_id, name = party
    assert name in staff.get(f"/sites/{site_id}").text
    assert name not in staff.get(presented(f"/sites/{site_id}")).text
    assert name not in staff.get(presented(f"/compare?keep={site_id}&sheet=1")).text


@pytest.mark.parametrize(
    "path",
    [
        "/match",
        f"/match?{NEED}",
        f"/match.geojson?{NEED}",
        f"/match.geojson?{NEED}&for=map",
        "/sites",
        "/sites?kind=plot",
        "/sites.geojson?for=map",
        "/sites/plot:P-MV-042",
        f"/compare?{NEED}&keep=plot:P-MV-042,plot:P-PP-020",
        "/layers/plots.geojson?for=map",
        "/layers/business_parks",
    ],
)
def test_staff_presents_byte_for_byte_what_the_public_gets(sample_app, staff, path):
    public = sample_app.test_client()
    nonce = re.compile(r'nonce="[^"]*"|map_[0-9a-f]{32}|view_layer_[0-9a-f]{32}')
    found = [c.get(presented(path)) for c in (staff, public)]
    assert [answer.status_code for answer in found] == [200, 200]
    answers = [nonce.sub("", answer.text) for answer in found]
    assert answers[0] == answers[1]


def test_other_requirements_are_neither_listed_nor_opened(staff):
    assert "R-01" in staff.get("/match").text
    assert "R-01" not in staff.get("/match?view=prospect").text
    assert staff.get("/match?requirement=R-01&view=prospect").status_code == 403


def test_requirements_that_a_site_fits_are_for_staff(staff):
    offered = [f["id"] for f in staff.get("/sites.geojson").json["features"]]
    fitted = next(i for i in offered if "/requirements/R-" in staff.get(f"/sites/{i}").text)
    assert "/requirements" not in staff.get(presented(f"/sites/{fitted}")).text


@pytest.mark.parametrize("path", ["/layers/parties", "/layers/parties.geojson"])
def test_layer_of_staff_is_closed_in_a_presentation(staff, path):
    assert staff.get(path).status_code == 200
    assert staff.get(presented(path)).status_code == 403


@pytest.mark.parametrize("path", ["/", "/imports", "/login", "/healthz"])
def test_page_that_is_not_for_prospects_refuses_to_be_presented(staff, path):
    answer = staff.get(presented(path), headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert "view" in answer.text


@pytest.mark.parametrize("value", ["staff", "Prospect", "prospect ", "1"])
def test_any_other_view_is_refused_with_a_sentence(staff, value):
    for path in ("/sites", "/match", "/compare", "/sites/plot:P-MV-042", "/sites.geojson"):
        answer = staff.get(path, query_string={"view": value, "lang": "nl"})
        assert answer.status_code == 400
        assert "view" in answer.text
        assert "prospect" in answer.text


def test_parts_that_are_swapped_stay_in_the_presentation(staff):
    query = f"{NEED}&kind=relocate&present_site=plot:P-MV-042"
    parts = staff.get(presented(f"/match?{query}"), headers={"X-Fragment": "results"}).text
    links = re.findall(r'<a [^>]*href="(/(?:match|sites|compare)[^"]*)"', parts)
    assert "/sites/plot%3AP-MV-042?view=prospect" in links
    assert [link for link in links if "view=prospect" not in link] == []


def test_search_takes_part_in_a_presentation(staff):
    asked = "/search?q=party&lang=nl"
    in_json = {"Accept": "application/json"}
    shown = staff.get(f"{asked}&view=prospect", headers=in_json).json["hits"]
    assert {hit["layer"] for hit in staff.get(asked, headers=in_json).json["hits"]} >= {
        hit["layer"] for hit in shown
    }
    assert "parties" not in {hit["layer"] for hit in shown}
    page = staff.get("/search?q=assen&view=prospect", headers={"Accept": "text/html"}).text
    assert "Presentatie verlaten" in page
    assert "/requirements" not in page


def test_record_that_the_need_came_from_is_not_shown_to_a_prospect(staff):
    link = staff.get("/match?requirement=R-01&lang=nl").location
    page = staff.get(link).text
    assert 'name="code" value="R-01"' in page
    assert 'record' not in re.search(r'href="([^"]*)" data-view="prospect"', page)[1]
    assert "record" not in staff.get(presented(link)).location


def test_empty_view_is_no_presentation(staff):
    assert "Uitloggen" in staff.get("/sites?view=&lang=nl").text


def test_two_views_are_not_a_way_out(staff, contacts):
    site_id, contact = next(iter(contacts.items()))
    for query in ("view=&view=prospect", "view=prospect&view="):
        assert contact not in staff.get(f"/sites/{site_id}?{query}").text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_frame_shows_no_words_of_staff(staff, language):
    page = staff.get(f"/match?{NEED}&view=prospect&lang={language}").text
    for word in ("/imports", "/logout", "/login", "/requirements", "csrf_token"):
        assert word not in page, word
    assert {"nl": "Presentatie verlaten", "en": "Leave presentation"}[language] in page


@pytest.mark.parametrize(
    "path",
    [
        f"/match?{NEED}",
        "/match",
        "/sites",
        "/sites/plot:P-MV-042",
        f"/compare?{NEED}&keep=plot:P-MV-042,plot:P-PP-020",
        "/compare?keep=plot:P-MV-042&sheet=1",
        "/about",
        "/layers/plots",
        "/sites/plot:NOPE",
        "/layers/parties",
    ],
)
def test_every_link_and_form_stays_in_the_presentation(staff, path):
    document = parse(staff.get(presented(path)).text)
    leaving = []
    for link in document.findall(".//a[@href]"):
        parts = urlsplit(link.get("href"))
        if parts.netloc or not (parts.path or parts.query):
            continue
        if parse_qs(parts.query).get("view") != ["prospect"]:
            leaving.append(link.get("data-leaves"))
        elif parts.path:
            assert parts.path.startswith(PRESENTABLE), link.get("href")
    assert leaving == ["view"], "the one link that leaves the presentation"
    for form in document.findall(".//form"):
        assert form.get("method") == "get"
        assert [i.get("value") for i in form.findall(".//input[@name='view']")] == ["prospect"]


def test_leaving_shows_the_same_page_to_staff_again(staff, contacts):
    site_id, contact = next(iter(contacts.items()))
    shown = parse(staff.get(f"/sites/{site_id}?view=prospect&keep={site_id}").text)
    leave = shown.find(".//a[@data-leaves='view']").get("href")
    page = staff.get(leave)
    assert contact in page.text
    assert "/logout" in page.text
    assert parse_qs(urlsplit(leave).query) == {"keep": [site_id]}


def test_presentation_leaves_the_session_as_it_was(staff):
    with staff.session_transaction() as session:
        before = dict(session)
    staff.get("/sites?view=prospect")
    with staff.session_transaction() as session:
        assert dict(session) == before
    assert staff.post("/logout?view=prospect").status_code == 400
    assert "/logout" in staff.get("/sites").text
