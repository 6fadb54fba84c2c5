from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient

from tests.webapp.pages import parse

NEED = (
    "use=logistics&use=industrial&kinds=plot&min.area_m2=5000&near.motorway_exit.max_m=3000"
    "&w.price_eur_m2=3&c.price_eur_m2=smaller:60,140"
    "&w.near.motorway_exit=2&c.near.motorway_exit=smaller:500,3000"
)


def ranked(client: FlaskClient, need: str = NEED) -> list[dict]:
    return [f["properties"] for f in client.get(f"/match.geojson?{need}").json["features"]]


def text_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def table(client: FlaskClient, query: str) -> tuple[list[str], dict[str, list[str]]]:
    """Ids of the columns, and the texts of each line by its title; the first of each title."""
    document = parse(client.get(f"/compare?{query}&lang=en").text)
    ids = [th.get("data-key") for th in document.findall(".//thead/tr/th[@data-key]")]
    lines: dict[str, list[str]] = {}
    for row in document.findall(".//table[@data-compare]/tbody/tr"):
        if row.get("class") != "compare__block" and row.get("hidden") is None:
            title = text_of(row.find("th"))
            lines.setdefault(title, [text_of(cell) for cell in row.findall("td")])
    return ids, lines


def kept_in(url: str) -> list[str]:
    return [i for i in parse_qs(urlsplit(url).query).get("keep", [""])[0].split(",") if i]


def test_columns_stand_in_the_order_of_the_list_and_tell_what_the_ranking_tells(
    client: FlaskClient,
):
    results = ranked(client)
    chosen = [results[3], results[0]]
    ids, lines = table(client, f"{NEED}&keep={','.join(r['id'] for r in chosen)}")
    assert ids == [r["id"] for r in chosen]
    total = len(results)
    assert [re.match(r"\d+ of \d+", cell)[0] for cell in lines["Rank"]] == [
        f"4 of {total}",
        f"1 of {total}",
    ]
    for cell, result in zip(lines["Score"], chosen, strict=True):
        assert cell.startswith(f"{result['score'] * 100:,.0f} %")
    weights = [c["weight"] for c in chosen[0]["criteria"]]
    price = next(c for c in chosen[0]["criteria"] if c["name"] == "price_eur_m2")
    points = f"{price['contribution'] / sum(weights) * 100:.0f} of 60 points"
    assert sum(points in cell for cells in lines.values() for cell in cells) >= 1


def test_every_constraint_and_wish_has_a_line_and_the_best_is_marked_with_a_word(
    client: FlaskClient,
):
    results = ranked(client)[:4]
    document = parse(
        client.get(f"/compare?{NEED}&keep={','.join(r['id'] for r in results)}&lang=en").text
    )
    titles = [text_of(row.find("th")) for row in document.findall(".//tbody/tr")]
    assert "Areaat least 5,000 m²" in titles
    assert titles.count("Land price") == 2, "once as a wish, once as a fact"
    prices = [c["value"] for r in results for c in r["criteria"] if c["name"] == "price_eur_m2"]
    wish = next(row for row in document.findall(".//tbody/tr")
                if text_of(row.find("th")) == "Land price")  # fmt: skip
    best = [index for index, cell in enumerate(wish.findall("td")) if cell.get("class")]
    assert best == [i for i, price in enumerate(prices) if price == min(prices)]
    for index in best:
        assert "★ best" in text_of(wish.findall("td")[index])


def test_unknown_is_no_failure_and_a_site_that_the_need_does_not_look_at_says_so(
    client: FlaskClient,
):
    unknown = next(r for r in ranked(client) if r["verdict"] == "unknown")
    premises = client.get("/sites.geojson?kind=premises").json["features"][0]["id"]
    ids, lines = table(client, f"{NEED}&keep={unknown['id']},{premises}")
    assert ids == [unknown["id"], premises]
    assert lines["Verdict"][0].startswith("to check")
    assert lines["Verdict"][1] == "the need does not look at this kind of site"
    assert "not looked at" in lines["Rank"][1]


def test_premises_leave_out_what_only_plots_have(client: FlaskClient):
    premises = client.get("/sites.geojson?kind=premises").json["features"][0]["id"]
    _ids, lines = table(client, f"keep=plot:P-MV-042,{premises}")
    assert lines["Land price"][1] == "does not apply"
    assert lines["Rent"][0] == "does not apply"


def test_without_a_need_there_are_facts_alone(client: FlaskClient):
    _ids, lines = table(client, "keep=plot:P-MV-042,plot:P-PP-020")
    assert "Rank" not in lines
    assert lines["Business park"] == ["Messchenveld", "Peelerpark"]
    assert {"Area", "Land price", "Available from", "Source", "Certainty",
            "Distance to station"} <= lines.keys()  # fmt: skip
    assert lines["Certainty"] == ["illustrative", "illustrative"]


def test_differences_only_drops_the_lines_that_are_the_same(client: FlaskClient):
    keep = "keep=plot:P-MV-042,plot:P-MV-051"
    _ids, every = table(client, keep)
    _ids, differing = table(client, f"{keep}&differences=1")
    assert every["Business park"] == ["Messchenveld", "Messchenveld"]
    assert "Business park" not in differing
    told = {title: cells for title, cells in every.items() if len(set(cells)) > 1}
    assert {t: c for t, c in differing.items() if t not in ("Source", "Certainty")} == told
    assert client.get(f"/compare?{keep}&differences=some").status_code == 400


def test_more_than_six_says_which_six_are_compared(client: FlaskClient):
    ids = [r["id"] for r in ranked(client)[:8]]
    answer = client.get(f"/compare?keep={','.join(ids)}&lang=en")
    columns, _lines = table(client, f"keep={','.join(ids)}")
    assert columns == ids[:6]
    names = [client.get(f"/sites.geojson?id={i}").json["features"][0]["properties"]["name"]
             for i in ids[6:]]  # fmt: skip
    assert f"Not compared: {', '.join(names)}" in answer.text
    # An id without an offer takes no place from one with an offer.
    assert table(client, f"keep=plot:NOPE,{','.join(ids)}")[0] == ids[:6]


def test_id_without_an_offer_is_said_in_words(client: FlaskClient):
    plots = client.get("/layers/plots.geojson?limit=5000").json["features"]
    issued = next(f for f in plots if f["properties"]["status"] == "issued")
    query = f"keep=plot:P-MV-042,plot:{issued['id']},plot:NOPE,%3Cscript%3E"
    answer = client.get(f"/compare?{query}&lang=en")
    assert answer.status_code == 200
    assert issued["properties"]["name"] in answer.text
    assert "“plot:NOPE”: there is no such site" in answer.text
    assert "<script>“" not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert table(client, query)[0] == ["plot:P-MV-042"]


def test_empty_list_says_what_to_do(client: FlaskClient):
    assert "Er staat nog niets in de lijst" in client.get("/compare?lang=nl").text
    answer = client.get("/compare?keep=plot:NOPE&lang=nl")
    assert "Geen van de locaties in de lijst" in answer.text


def test_need_that_cannot_be_read_leaves_the_facts(client: FlaskClient):
    answer = client.get("/compare?min.area_m2=abc&keep=plot:P-MV-042&lang=en")
    assert answer.status_code == 400
    assert "The need in this address cannot be read" in answer.text
    assert "Messchenveld" in answer.text


def test_list_holds_thirty(client: FlaskClient):
    ids = [f["id"] for f in client.get("/sites.geojson").json["features"]][:33]
    keep = ",".join(ids)
    page = client.get(f"/compare?keep={keep}&lang=en").text
    assert "3 more in this address are left out" in page
    listed = client.get(f"/sites?keep={keep}&lang=en").text
    assert "List: 30 sites" in listed
    assert "The list is full" in listed


def test_button_of_a_site_adds_it_to_the_link_and_takes_it_out(client: FlaskClient):
    def button(path: str) -> Element:
        return parse(client.get(path).text).find(".//a[@data-keep-id='plot:P-MV-042']")

    adding = button("/sites/plot:P-MV-042?keep=plot:P-PP-020&lang=en")
    assert text_of(adding).endswith("Keep in the list")
    assert kept_in(adding.get("href")) == ["plot:P-PP-020", "plot:P-MV-042"]
    taking = button(adding.get("href"))
    assert text_of(taking).endswith("Off the list")
    assert kept_in(taking.get("href")) == ["plot:P-PP-020"]
    last = button("/sites/plot:P-MV-042?keep=plot:P-MV-042")
    assert kept_in(last.get("href")) == []


@pytest.mark.parametrize("path", ["/sites", "/sites/plot:P-MV-042", f"/match?{NEED}", "/compare"])
def test_list_goes_along_with_every_link_to_a_page_that_shows_it(client: FlaskClient, path):
    ids = ["plot:P-MV-042", "premises:W-0408"]
    joint = "&" if "?" in path else "?"
    page = client.get(f"{path}{joint}keep={','.join(ids)}&as_of=2026-10-01")
    document = parse(page.text)
    led = [a for a in document.findall(".//a[@href]")
           if re.match(r"/(match|sites|compare)(/|\?|$)", a.get("href"))
           and a.get("data-leaves") is None]  # fmt: skip
    assert len(led) > 3
    for link in led:
        assert kept_in(link.get("href")) == ids, link.get("href")
    for form in document.findall(".//form"):
        if form.get("method") == "get":
            kept = [i.get("value") for i in form.findall(".//input[@name='keep']")]
            assert kept == [",".join(ids)], form.get("action")
    cleared = document.find(".//a[@data-kept-clear]")
    assert kept_in(cleared.get("href")) == []


def test_comparison_is_asked_with_the_need_of_the_page(client: FlaskClient):
    def compared(path: str) -> dict[str, list[str]]:
        link = parse(client.get(path).text).find(".//a[@data-kept-compare]").get("href")
        assert link.startswith("/compare?")
        return parse_qs(urlsplit(link).query)

    asked = compared(f"/match?{NEED}&keep=plot:P-MV-042&limit=5")
    assert asked["use"] == ["logistics", "industrial"]
    assert asked["keep"] == ["plot:P-MV-042"]
    assert "limit" not in asked
    assert compared("/sites?kind=plot&keep=plot:P-MV-042") == {"keep": ["plot:P-MV-042"]}


def test_redirect_keeps_the_list(client: FlaskClient):
    answer = client.get("/match?site=plot:P-MV-042&keep=plot:P-PP-020&view=prospect")
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked["keep"] == ["plot:P-PP-020"]
    assert asked["view"] == ["prospect"]


def test_list_changes_nothing_in_what_is_listed_or_downloaded(client: FlaskClient):
    for path in ("/sites.geojson?kind=plot", f"/match.geojson?{NEED}", "/layers/plots.geojson?"):
        plain, kept = client.get(path).json, client.get(f"{path}&keep=plot:P-MV-042").json
        assert plain["features"] == kept["features"]


def test_sheets_are_one_a_site_with_reasons_source_and_certainty(client: FlaskClient):
    results = ranked(client)[:7]
    page = client.get(f"/compare?{NEED}&keep={','.join(r['id'] for r in results)}&sheet=1&lang=en")
    sheets = parse(page.text).findall(".//article[@class='a4']")
    assert len(sheets) == 7
    for sheet, result in zip(sheets, results, strict=True):
        told = text_of(sheet)
        assert result["name"] in told
        assert f"{result['score'] * 100:,.0f} %" in told
        for words in ("illustrative", "Source:", "Map 1 : 5,000", "Land price", "Station",
                      "at least 5,000 m²", "of 60 points", "as of"):  # fmt: skip
            assert words in told, words
    assert client.get("/compare?sheet=2").status_code == 400
