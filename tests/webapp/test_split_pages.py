"""The pages on which staff split and merge plots: planned in the address, then recorded."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import SplitRefused
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse
from webapp.splitting.form import FieldFault, points_of, read_split, typed_in
from webapp.splitting.words import refusal_words

PLOT = "P-MV-042"
AREA_M2 = 18104
PAGE = f"/uptake/plots/{PLOT}/split"
CUT = "area_m2=6000&effective_on=2026-11-01"


def plan(page: str) -> str:
    """Text of the plan on a page."""
    found = parse(page).find(".//section[@id='plan']")
    return " ".join("".join(found.itertext()).replace("\xa0", " ").split())


def cells(page: str) -> list[list[str]]:
    rows = parse(page).findall(".//section[@id='plan']//tr")
    return [[" ".join("".join(c.itertext()).split()) for c in row] for row in rows]


def hidden(page: str) -> dict[str, str]:
    """What the button that records would send."""
    form = parse(page).find(".//form[@class='plan__record']")
    return {i.get("name"): i.get("value") for i in form.findall("input")}


def m2(text: str) -> int:
    return int(text.replace(".", "").removesuffix(" m²"))


def test_page_without_a_question_tells_the_sides(reader: Importer):
    page = reader.get(f"{PAGE}?lang=nl").text
    ticks = parse(page).findall(".//input[@name='access']")
    assert [tick.get("value") for tick in ticks] == ["1", "2", "3", "4"]
    assert [tick.get("value") for tick in ticks if tick.get("checked") is not None] == ["4"]
    assert "zijde 3, 135,0 m" in words(page)
    assert "Vul een oppervlakte in" in plan(page)
    assert parse(page).find(".//form[@class='plan__record']") is None


@pytest.mark.parametrize("language", ["nl", "en"])
def test_pieces_sum_to_the_plot_and_what_it_does_is_said(reader: Importer, language: str):
    page = reader.get(f"{PAGE}?{CUT}&lang={language}").text
    head, first, second, total = cells(page)
    assert len(head) == 4
    areas = [int(row[1].replace(",", "").replace(".", "").split()[0]) for row in (first, second)]
    assert areas == [6000, AREA_M2 - 6000]
    assert sum(areas) == int(total[1].replace(",", "").replace(".", "").split()[0]) == AREA_M2
    assert first[0].startswith(f"{PLOT}A")
    sentence = {"nl": f"{PLOT}B zou aan geen toegang liggen", "en": "would lie at no access"}
    assert sentence[language] in plan(page)
    assert reader.get("/?lang=nl").status_code == 200


def test_promise_that_ends_is_named(reader: Importer):
    page = reader.get("/uptake/plots/P-MV-018/split?area_m2=1000").text
    assert "Hiermee vervalt: Reservering voor" in plan(page)
    assert "tot en met 6 april 2027 (E-0224)" in plan(page)


def test_refusal_says_why_and_offers_a_way_that_keeps_the_rest(reader: Importer):
    page = reader.get(f"{PAGE}?{CUT}&min_frontage_m=20,5")
    assert page.status_code == 200
    told = plan(page.text)
    assert "Het deel dat overblijft zou een front van 0,0 m hebben; minstens 20,5 m" in told
    ways = parse(page.text).findall(".//p[@class='link-row plan__ways']/a")
    assert [way.text for way in ways] == ["Haaks snijden", "Zonder minimumfront"]
    across = reader.get(ways[0].get("href"))
    assert "min_frontage_m=20,5" in ways[0].get("href")
    assert [row[2] for row in cells(across.text)[1:3]] == ["44,5 m", "89,7 m"]
    assert "Splitsing vastleggen" in plan(across.text)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("area_m2=18104", "De hele kavel is 18.104 m² groot"),
        ("area_m2=0", "Een deel is minstens 1 m² groot"),
        ("area_m2=3000&min_depth_m=80", "Het gevraagde deel zou 22,4 m diep zijn"),
        ("how=line&line=235400 560800;235401 560801", "De lijn doorsnijdt de kavel niet"),
        ("how=line&line=235400 560800", "Teken minstens twee punten"),
        ("area_m2=4000&effective_on=1900-01-01", "De kavel was voor die dag al gesplitst"),
    ],
)
def test_each_refusal_has_its_sentence(reader: Importer, query: str, told: str):
    page = reader.get(f"{PAGE}?{query}")
    assert page.status_code == 200
    assert told in plan(page.text)
    assert "Splitsing vastleggen" not in plan(page.text)


@pytest.mark.parametrize("way", ["area", "line", "merger"])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_reason_is_put_into_words(sample_app: Flask, way: str, language: str):
    numbers = dict.fromkeys(
        ("asked_m2", "recorded_m2", "parts", "piece_number", "frontage_m", "min_frontage_m",
         "depth_m", "min_depth_m", "gap_m", "overlap_m2", "border_m"), 1.0,
    )  # fmt: skip
    reasons = (
        "too_large", "too_small", "no_access", "not_one_piece", "invalid_outline", "frontage",
        "depth", "line_does_not_cross", "line_crosses_itself", "one_plot", "overlap", "border",
        "other_park",
    )  # fmt: skip
    typed = None if way == "merger" else typed_in(MultiDict({"how": way}))
    with sample_app.test_request_context(f"/?lang={language}"):
        sample_app.preprocess_request()
        for reason in reasons:
            error = SplitRefused("A", "english words", "c", reason=reason, numbers=numbers)
            told = refusal_words(error, typed)
            assert "english words" not in told.told
            assert told.advice
        other = SplitRefused("A", "english words", "c", reason="of later", numbers={})
        assert "english words" in refusal_words(other, typed).told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("area_m2=veel", "Vul een heel aantal m² in, zoals 4000."),
        ("area_m2=-5", "Vul een heel aantal m² in, zoals 4000."),
        ("area_m2=0.500", "Vul een heel aantal m² in, zoals 4000."),
        ("area_m2=1.000,000", "Vul een heel aantal m² in, zoals 4000."),
        ("area_m2=12.5", "Vul een heel aantal m² in, zoals 4000."),
        ("area_m2=5000&min_depth_m=nan", "Vul een lengte in van 0 tot 10000 meter"),
        ("area_m2=5000&min_frontage_m=-1", "Vul een lengte in van 0 tot 10000 meter"),
        ("effective_on=gisteren", "Vul een dag in tussen 1900 en 2100"),
        ("access=9", "Kies een zijde van de kavel uit de lijst."),
        ("access=x", "Kies een zijde van de kavel uit de lijst."),
        ("how=line&line=een twee", "“een twee” is geen punt in RD"),
        ("how=line&line=6.5 53.0", "“6.5 53.0” is geen punt in RD"),
    ],
)
def test_nonsense_is_said_at_the_field_and_what_was_typed_stays(
    reader: Importer, query: str, told: str
):
    page = reader.get(f"{PAGE}?{query}&min_depth_m=7")
    assert page.status_code == 400
    assert told in plan(page.text)
    name, value = query.rsplit("&", maxsplit=1)[-1].split("=")
    wrong = parse(page.text).findall(".//form[@class='split']//*[@aria-invalid='true']")
    assert {field.get("name") for field in wrong} == {name}
    if name not in ("access", "line"):
        assert wrong[0].get("value") == value
    assert reader.client.get(f"/uptake/plots/{PLOT}/split.geojson?{query}").status_code == 400


def test_what_no_form_sends_is_refused(reader: Importer):
    for query in ("nonsense=1", "how=saw", "direction=up", "view=prospect"):
        assert reader.get(f"{PAGE}?{query}").status_code == 400
    assert reader.get(f"/uptake/plots/{PLOT}/merge?nonsense=1").status_code == 400
    assert reader.get("/uptake/plots/NOPE/split").status_code == 404
    assert reader.get("/uptake/plots/NOPE/merge").status_code == 404
    assert reader.client.get("/uptake/plots/NOPE/split.geojson").status_code == 404


def test_fields_are_read_as_people_write_them(sample_app: Flask):
    def read(**fields: str) -> services.SplitAsked:
        return read_split(PLOT, typed_in(MultiDict(fields)))

    with sample_app.test_request_context("/?lang=nl"):
        for text in ("4.000", "4 000", "4,000", "4\u00a0000", "4000"):
            assert read(area_m2=text).area_m2 == 4000
        assert read(area_m2="1.234.567").area_m2 == 1234567
        points = [(235400.5, 560800.0), (235500.0, 560900.25)]
        for text in ("235400.5 560800\n235500 560900.25", "235400,5, 560800; 235500 560900,25"):
            assert points_of(text) == points
        assert read(how="line", line="", area_m2="4000").area_m2 is None
        access = MultiDict([("access", "1"), ("access", "3"), ("along", "3")])
        assert read_split(PLOT, typed_in(access)).access == (2, 0)
        with pytest.raises(FieldFault):
            points_of("235400 560800\n" * 101)


def test_side_that_the_cut_is_measured_against_can_be_chosen(reader: Importer):
    page = reader.get(f"{PAGE}?access=1&access=4&along=4&{CUT}").text
    options = parse(page).findall(".//select[@name='along']/option")
    assert [(o.get("value"), o.get("selected") is not None) for o in options] == [
        ("1", False), ("4", True),
    ]  # fmt: skip
    other = reader.get(f"{PAGE}?access=1&access=4&along=1&{CUT}").text
    assert [row[3] for row in cells(page)[1:3]] != [row[3] for row in cells(other)[1:3]]
    assert "zou aan geen toegang liggen" not in plan(page)


def test_form_asks_for_the_plan_alone(reader: Importer):
    answer = reader.client.get(f"{PAGE}?area_m2=zes", headers={"X-Fragment": "plan"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Fragment" in answer.headers["Vary"]
    assert "<nav" not in answer.text
    assert "Vul een heel aantal m² in" in answer.text
    assert 'id="sides"' in answer.text


def test_geojson_has_the_planned_pieces(reader: Importer):
    answer = reader.client.get(f"/uptake/plots/{PLOT}/split.geojson?{CUT}&direction=across")
    told = json.loads(answer.text)
    assert answer.mimetype == "application/geo+json"
    properties = [feature["properties"] for feature in told["features"]]
    assert [p["code"] for p in properties] == [f"{PLOT}A", f"{PLOT}B"]
    assert sum(p["area_m2"] for p in properties) == told["area_m2"] == AREA_M2
    assert properties[0]["frontage_m"] == pytest.approx(44.4, abs=0.1)
    assert properties[0]["depth_m"] == pytest.approx(135, abs=0.1)
    lon, lat = told["features"][0]["geometry"]["coordinates"][0][0]
    assert 6.4 < lon < 6.7
    assert 52.9 < lat < 53.1
    sides = json.loads(reader.client.get(f"/uptake/plots/{PLOT}/split.geojson?part=sides").text)
    assert [f["properties"]["access"] for f in sides["features"]] == [*["other"] * 3, "access"]
    refused = reader.client.get(f"/uptake/plots/{PLOT}/split.geojson?area_m2=99999")
    assert refused.status_code == 400


def test_only_staff_see_any_of_it(sample_app: Flask, reader: Importer):
    guest = sample_app.test_client()
    page = {"Accept": "text/html"}
    for path in (PAGE, f"/uptake/plots/{PLOT}/merge"):
        answer = guest.get(path, headers=page)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=")
    for path in (f"/uptake/plots/{PLOT}/split.geojson", f"/uptake/plots/{PLOT}/merge.geojson"):
        assert guest.get(path).status_code == 403
    word = parse(guest.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    for path in (f"/uptake/plots/{PLOT}/split", f"/uptake/plots/{PLOT}/merge"):
        assert guest.post(path, data={"csrf_token": word, "area_m2": "9"}).status_code == 403
        assert reader.client.post(path, data={"area_m2": "9"}).status_code == 400
    assert "Kavel splitsen" not in words(guest.get(f"/sites/plot:{PLOT}", headers=page).text)
    links = parse(reader.get(f"/sites/plot:{PLOT}").text).findall(".//main//a")
    assert {f"/uptake/plots/{PLOT}/split", f"/uptake/plots/{PLOT}/merge"} <= {
        link.get("href") for link in links
    }


def test_split_is_recorded_as_it_was_planned(own_app: Flask, anna: Importer):
    page = anna.get(f"{PAGE}?{CUT}&direction=across&across_piece=end").text
    planned = cells(page)[1:3]
    answer = anna.client.post(f"/uptake/plots/{PLOT}/split", data=hidden(page))
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/sites/plot:{PLOT}A"
    site = anna.get(answer.headers["Location"])
    assert site.status_code == 200
    assert f"Kavel {PLOT} is gesplitst in {PLOT}A en {PLOT}B." in words(site.text)
    store = own_app.extensions["geo_assen"]
    rows = services.layer_rows(store, "plots", as_of=date(2026, 11, 1), role=Role.STAFF).frame
    areas = dict(zip(rows["code"], rows["area_m2"], strict=True))
    assert [m2(row[1]) for row in planned] == [areas[f"{PLOT}A"], areas[f"{PLOT}B"]]
    assert sum(m2(row[1]) for row in planned) == AREA_M2
    assert PLOT not in areas

    again = anna.client.post(f"/uptake/plots/{PLOT}/split", data=hidden(page))
    assert again.status_code == 409
    assert "Er is niets vastgelegd" in words(again.text)
    gone = anna.get(PAGE)
    assert gone.status_code == 200
    links = [link.get("href") for link in parse(gone.text).findall(".//main//li/a")]
    assert links == [f"/sites/plot:{PLOT}A", f"/sites/plot:{PLOT}B"]
    assert all(anna.get(link).status_code == 200 for link in links)


def test_split_of_a_later_day_leads_to_that_day(anna: Importer):
    fields = {"area_m2": "6000", "effective_on": "2090-01-01"}
    answer = anna.post(PAGE, **fields)
    assert answer.headers["Location"] == f"/sites/plot:{PLOT}A?as_of=2090-01-01"
    assert anna.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status", "told"),
    [
        ({"area_m2": ""}, 400, "Vul een oppervlakte in"),
        ({"how": "line", "line": "235400 560800"}, 400, "Teken minstens twee punten"),
        ({"area_m2": "veel"}, 400, "Vul een heel aantal m² in"),
        ({"area_m2": "6000", "min_frontage_m": "20"}, 400, "front van 0,0 m"),
        ({"area_m2": "6000", "effective_on": "1900-01-01"}, 409, "Er is niets vastgelegd"),
    ],
)
def test_what_cannot_be_recorded_is_kept(
    sample_app: Flask, reader: Importer, fields: dict[str, str], status: int, told: str
):
    version = sample_app.extensions["geo_assen"].version()
    answer = reader.post(f"/uptake/plots/{PLOT}/split", **fields)
    assert answer.status_code == status
    assert told in plan(answer.text)
    if fields.get("area_m2"):
        field = parse(answer.text).find(".//input[@name='area_m2']")
        assert field.get("value") == fields["area_m2"]
    assert sample_app.extensions["geo_assen"].version() == version


def test_neighbours_are_offered_and_the_merger_is_recorded(anna: Importer):
    page = anna.get("/uptake/plots/P-MV-043/merge?with=P-MV-044&effective_on=2026-11-01").text
    offered = parse(page).findall(".//input[@type='checkbox']")
    assert {i.get("value"): i.get("checked") is not None for i in offered} == {
        PLOT: False, "P-MV-044": True, "P-MV-045": False,
    }  # fmt: skip
    assert "P-MV-043 + P-MV-044 worden één kavel" in plan(page)
    assert cells(page)[1] == ["P-MV-044AKavel MV-044A", "32.039 m²"]
    answer = anna.client.post("/uptake/plots/P-MV-043/merge", data=hidden(page))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sites/plot:P-MV-044A"
    site = words(anna.get(answer.headers["Location"]).text)
    assert "De kavels P-MV-043 en P-MV-044 zijn samengevoegd tot P-MV-044A." in site
    again = anna.post("/uptake/plots/P-MV-043/merge", **{"with": "P-MV-044"})
    assert again.status_code == 409
    assert "Kavel P-MV-043 is samengevoegd" in words(anna.get("/uptake/plots/P-MV-043/merge").text)
    other = anna.get(f"/uptake/plots/{PLOT}/merge?with=P-MV-043")
    assert "Een van deze kavels is intussen gesplitst of samengevoegd" in plan(other.text)


def test_merger_that_makes_no_plot_says_why(sample_app: Flask, reader: Importer):
    path = f"/uptake/plots/{PLOT}/merge"
    version = sample_app.extensions["geo_assen"].version()
    assert "Kies een buurkavel" in plan(reader.get(path).text)
    apart = reader.get(f"{path}?with=P-MV-001").text
    assert "Deze kavels sluiten niet aaneen" in plan(apart)
    chosen = parse(apart).find(".//input[@type='checkbox'][@value='P-MV-001']")
    assert chosen.get("checked") is not None
    assert "verschillende bedrijventerreinen" in plan(reader.get(f"{path}?with=P-PP-012").text)
    mixed = reader.get(f"{path}?with=P-MV-043").text
    assert "samengevoegd waarvan maar een deel is uitgegeven" in plan(mixed)
    assert reader.get(f"{path}?with=NOPE").status_code == 404
    assert reader.get(f"{path}?effective_on=nooit").status_code == 400
    assert reader.post(path, **{"with": "P-MV-001"}).status_code == 400
    assert reader.post(path).status_code == 400
    assert reader.post(path, **{"with": "P-MV-043"}).status_code == 409
    assert sample_app.extensions["geo_assen"].version() == version


def test_geojson_of_a_merger_has_the_plot_and_its_neighbours(reader: Importer):
    path = "/uptake/plots/P-MV-043/merge.geojson"
    made = json.loads(reader.client.get(f"{path}?with=P-MV-044").text)
    assert [f["properties"]["area_m2"] for f in made["features"]] == [32039]
    around = json.loads(reader.client.get(f"{path}?with=P-MV-044&part=neighbours").text)
    assert {f["id"]: f["properties"]["chosen"] for f in around["features"]} == {
        PLOT: "offered", "P-MV-044": "chosen", "P-MV-045": "offered",
    }  # fmt: skip


def test_plot_that_nothing_lies_beside_says_so(sample_app: Flask, reader: Importer):
    store = sample_app.extensions["geo_assen"]
    rows = services.layer_rows(store, "plots", as_of=date(2026, 11, 1), role=Role.STAFF).frame
    near = [int((rows.geometry.distance(outline) <= 1).sum()) for outline in rows.geometry]
    lone = rows["code"].iloc[near.index(1)]
    page = reader.get(f"/uptake/plots/{lone}/merge").text
    assert "Naast deze kavel ligt geen andere van hetzelfde terrein" in words(page)


def test_client_without_a_session_sees_no_plan(client: FlaskClient):
    assert client.get(f"/uptake/plots/{PLOT}/split.geojson").status_code == 403
