"""The dossier as a page: whole, safe, and the same facts in both languages."""

from __future__ import annotations

import re
from datetime import date

import html5lib
import pytest

from geo_assen.catalogue import load_catalogue
from geo_assen.export import dossier_html
from geo_assen.land import Development, LadderDossier, missing
from geo_assen.land.ladder import ParkSupply, ServingSite, VacantPremises
from geo_assen.settings import Settings

CODES = load_catalogue(Settings().layers).codes
NASTY = "<script>alert('x')</script>&\"{about}"
DAY = date(2026, 11, 1)


def dossier(**changes):
    document = {
        "title": "Hall", "place": "MV", "inside_built_up": False, "use": ["logistics"],
        "area_m2": 40000, "horizon_years": 10, "quality": "by the road", "need": "asked\nfor",
        "constraint": [{"field": "area_m2", "min": 4000}], "motivation": "no room",
        "evidence": [{"title": "Survey", "date": "2025-06-01", "url": "https://a.example/x"}],
        "alternative": [{"site": "premises:V-1", "reason": "too low"},
                        {"park": "PP", "used": True}],
    }  # fmt: skip
    told = {"source": "Test survey", "source_date": DAY, "certainty": "illustrative"}
    return LadderDossier(
        Development.parse({**document, **changes}),
        DAY,
        parks=(
            ParkSupply("MV", "Messchenveld", "irrevocable", 107_034, 0, 16_437, **told),
            ParkSupply("SO", "Soft", "draft", 0, 5_000, 0),
        ),
        sites=(
            ServingSite("plot:P-1", "plot", "Plot 1", "MV", 20_000, "pass", **told),
            ServingSite("premises:V-1", "premises", NASTY, None, None, "unknown"),
        ),
        vacancy=(
            VacantPremises("premises:V-1", NASTY, 4_000, 1_000, "partly", date(2024, 3, 1),
                           "field", DAY),
        ),
        method_version="match-1",
    )  # fmt: skip


def page(found, language="nl"):
    return dossier_html(found, missing(found), CODES, language)


def text_of(html):
    body = re.sub(r"<style>.*?</style>", "", html, flags=re.S)
    return " ".join(re.sub(r"<[^>]*>", " ", body).split())


def test_a_page_is_sound_html_in_its_language():
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(page(dossier()))
    assert root.attrib["lang"] == "nl"
    assert root.find("head/title").text == "Hall"
    assert [h.text for h in root.iter("h1")] == ["Hall"]
    for table in root.iter("table"):
        widths = {len(row.findall("td")) for row in table.iter("tr")} - {0}
        assert len(widths) == 1


def test_nothing_is_loaded_and_nothing_runs():
    html = page(dossier(title=NASTY, need=NASTY, quality=NASTY, motivation=NASTY))
    assert "<script" not in html
    assert not re.search(r"\b(src|href|action|srcset|on\w+)\s*=", html)
    assert "url(" not in html
    assert "@import" not in html
    assert "&lt;script&gt;" in html


def test_every_fact_stands_on_the_page():
    text = text_of(page(dossier(), "en"))
    for fact in (
        "As of: 1 November 2026", "Quantity 40,000 m²", "Horizon 10 years",
        "asked for", "by the road", "field = area_m2; min = 4000", "Survey 1 June 2025",
        "https://a.example/x", "107,034 m²", "5,000 m²", "1 premises, 1,000 m²", "1 March 2024",
        "too low", "no room", "fits", "to check", "Test survey, 1 November 2026", "illustrative",
        "match-1", "park:PP",
    ):  # fmt: skip
        assert fact in text, fact


def test_dutch_has_dutch_words_dates_and_numbers():
    text = text_of(page(dossier()))
    for fact in ("Peildatum: 1 november 2026", "40.000 m²", "Onherroepelijk", "illustratief",
                 "te checken", "Termijn 10 jaar"):  # fmt: skip
        assert fact in text, fact


@pytest.mark.parametrize(("language", "heading"), [
    ("nl", "Wat nog ontbreekt (2)"), ("en", "What is still missing (2)"),
])
def test_what_is_missing_stands_above_everything_else(language, heading):
    found = dossier(horizon_years=None)
    html = page(found, language)
    assert len(missing(found)) == 2  # the horizon, and an answer about the soft park
    assert heading in html
    assert html.index(heading) < html.index("<h2>Method" if language == "en" else "<h2>Methode")
    assert html.index(heading) < html.index("<table")


def test_a_complete_dossier_says_so_and_marks_nothing_without_cause():
    found = LadderDossier(
        Development.parse({**_bare(), "place": "A"}), DAY, method_version="match-1"
    )
    assert missing(found) == []
    html = page(found)
    assert "class=gaps" not in html
    assert "class=mark" not in html
    assert "Alle onderdelen zijn ingevuld" in html


def test_a_drawn_place_is_told_by_its_area():
    square = {
        "type": "Polygon",
        "coordinates": [[[6.54, 52.95], [6.55, 52.95], [6.55, 52.96], [6.54, 52.96],
                         [6.54, 52.95]]],
    }  # fmt: skip
    assert "getekend vlak van 74," in text_of(page(dossier(place=square)))


def _bare():
    return {
        "title": "Hall", "inside_built_up": True, "use": ["care"], "area_m2": 100,
        "horizon_years": 5, "quality": "quiet", "need": "asked for",
        "evidence": [{"title": "Survey", "date": "2025-06-01"}],
    }  # fmt: skip
