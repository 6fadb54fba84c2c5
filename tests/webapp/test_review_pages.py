"""Reviewing vacancy on its pages: one of the premises, the two forms, and the worklist."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import services
from geo_assen.access import Role
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse
from webapp.review.bar import Said, Stretch, state_bar

DAY = "as_of=2026-11-01"
SHORT_USE = "W-0040"
"""Vacant from 13 June 2025, in use from 5 February 2026, vacant again from 6 March 2026."""
DISAGREEING = "W-0007"
"""In use by a field survey, vacant by the BAG."""
MERGED = "W-0414"
"""A part of W-0033 since 1 September 2023."""
SVG = "{http://www.w3.org/2000/svg}"


def table(page: str, caption: str) -> list[list[str]]:
    """Cells of the rows of the table with a caption."""
    for found in parse(page).iter("table"):
        if found.findtext("caption") == caption:
            return [["".join(cell.itertext()) for cell in row] for row in found.find("tbody")]
    raise AssertionError(f"no table {caption!r}")


def form_of(page: str) -> dict[str, str]:
    """What the form in the page would send as it stands, without its token."""
    form = parse(page).find(".//main//form")
    values = {i.get("name"): i.get("value") or "" for i in form.iter("input")
              if i.get("type") != "radio" or i.get("checked") is not None}  # fmt: skip
    values |= {text.get("name"): text.text or "" for text in form.iter("textarea")}
    for choice in form.iter("select"):
        chosen = [o.get("value") for o in choice.iter("option") if o.get("selected") is not None]
        values[choice.get("name")] = chosen[0] if chosen else ""
    return {name: value for name, value in values.items() if name and name != "csrf_token"}


def fault(page: str, name: str) -> str | None:
    return parse(page).findtext(f".//p[@id='e-{name}-error']")


def listed(page: str) -> list[str]:
    """Codes of the premises on the list, in its order."""
    links = parse(page).findall(".//h2[@class='task__title']/a")
    return [link.get("href").rsplit("/", 1)[-1] for link in links]


def chips(page: str) -> dict[str, tuple[int, Element]]:
    found = parse(page).findall(".//a[@class='review__chip']")
    return {
        " ".join("".join(chip.itertext()).replace("✓", "").split()[:-1]): (
            int("".join(chip.itertext()).split()[-1]), chip,
        )
        for chip in found
    }  # fmt: skip


# One of the premises --------------------------------------------------------------------------

def test_vacancy_is_told_with_its_short_use_and_its_two_spells(client: FlaskClient):
    page = client.get(f"/vacancy/premises/{SHORT_USE}?{DAY}&lang=nl").text
    told = words(page)
    assert "Leeg sinds 6 maart 2026, hoogstens 1 jaar." in told
    assert "Laatst gezien 130 dagen geleden (24 juni 2026): veldopname." in told
    assert "Onderbroken door 29 dagen gebruik; zonder die onderbreking leeg sinds 13 juni" in told
    assert "illustratief" in told
    spells = table(page, "Perioden van leegstand, nieuwste eerst")
    # 6 March to 1 November 2026, and 13 June 2025 to 4 February 2026, both ends counted
    assert [row[:3] for row in spells] == [
        ["6 maart 2026", "nog steeds leeg", "241"],
        ["13 juni 2025", "4 februari 2026, in gebruik", "237"],
    ]
    assert [row[4] for row in spells] == ["29 dagen gebruik", "–"]
    stretches = table(page, "Toestand in de tijd, nieuwste eerst")
    assert [row[2] for row in stretches] == ["Leeg", "In gebruik", "Leeg", "In gebruik"]
    bars = parse(page).findall(f".//{SVG}svg[@class='chart']/{SVG}rect")
    assert [bar.get("class") for bar in bars] == [
        "chart__state-occupied", "chart__state-vacant", "chart__state-occupied",
        "chart__state-vacant",
    ]  # fmt: skip


def test_vacancy_that_may_be_older_says_so_in_both_languages(client: FlaskClient):
    path = f"/vacancy/premises/W-0083?{DAY}"
    told = words(client.get(f"{path}&lang=nl").text)
    assert "Leeg sinds 17 april 2015 of eerder (≥), langer dan 3 jaar." in told
    english = words(client.get(f"{path}&lang=en").text)
    assert "Vacant since 17 April 2015 or earlier (≥), over 3 years." in english
    client.get("/vacancy/premises/W-0083?lang=nl")


def test_each_source_says_what_its_word_counts_for(client: FlaskClient):
    page = client.get(f"/vacancy/premises/{DISAGREEING}?{DAY}&lang=nl").text
    assert "Bronnen verschillen: BAG zegt iets anders." in words(page)
    voices = table(page, "Wat elke bron het laatst zei")
    assert [(row[0], row[1], row[4]) for row in voices] == [
        ("Veldopname", "In gebruik", "● beslist"), ("BAG", "Leeg", "≠ zegt iets anders"),
    ]  # fmt: skip


def test_past_and_what_was_known_then_are_told(client: FlaskClient):
    path = f"/vacancy/premises/{SHORT_USE}?as_of=2026-03-07&lang=nl"
    assert "Leeg sinds 6 maart 2026" in words(client.get(path).text)
    # the observation of 6 March was recorded on the 9th
    told = words(client.get(f"{path}&known_at=2026-03-08").text)
    assert "In gebruik." in told
    assert "Zoals bekend op 8 maart 2026." in told


def test_premises_out_of_the_stock_say_since_when_and_why(client: FlaskClient):
    page = client.get(f"/vacancy/premises/{MERGED}?{DAY}&lang=nl").text
    told = words(page)
    assert "Niet meer in de voorraad sinds 1 september 2023: samengevoegd." in told
    assert "Zoals het was op 31 augustus 2023." in told
    assert parse(page).find(".//a[@href='/vacancy/premises/W-0033']") is not None
    assert "Pagina van de locatie" not in told
    ended = table(page, "Perioden van leegstand, nieuwste eerst")[0][1]
    assert ended == "tot het uit de voorraad ging"
    before = words(client.get("/vacancy/premises/W-0415?as_of=2020-01-01&lang=nl").text)
    assert "nog niet in de voorraad: het pand is er vanaf 1 mei 2024." in before


def test_address_that_means_nothing_is_refused(client: FlaskClient):
    assert client.get("/vacancy/premises/W-9999").status_code == 404
    assert client.get(f"/vacancy/premises/{SHORT_USE}?as_of=gisteren").status_code == 400
    assert client.get(f"/vacancy/premises/{SHORT_USE}?colour=red").status_code == 400


def test_site_page_leads_to_the_vacancy_of_premises(client: FlaskClient):
    page = parse(client.get(f"/sites/premises:{SHORT_USE}?{DAY}").text)
    assert page.find(f".//a[@href='/vacancy/premises/{SHORT_USE}?{DAY}']") is not None
    shown = client.get(f"/sites/premises:{SHORT_USE}?view=prospect").text
    assert "/vacancy/premises" not in shown


@pytest.mark.parametrize(
    "path", ["premises/W-0007/observe", "premises/W-0007/follow-up", "review", "review.csv"]
)
def test_what_staff_do_is_closed_to_the_public(client: FlaskClient, path):
    answer = client.get(f"/vacancy/{path}", headers={"Accept": "text/html"})
    assert answer.status_code in {302, 403}
    assert "observe" not in client.get(f"/vacancy/premises/{DISAGREEING}").text


def test_bar_is_as_high_as_the_state_and_as_wide_as_its_days():
    stretches = [
        Stretch(date(2025, 12, 2), date(2026, 1, 10), "vacant", ""),
        Stretch(date(2026, 1, 11), date(2026, 2, 9), "partly", ""),
        Stretch(date(2026, 2, 10), date(2026, 3, 11), "unknown", ""),
    ]
    drawn = state_bar(stretches, [Said(date(2026, 1, 1), "word"), Said(date(2027, 1, 1), "")])
    # 40, 30 and 30 days of 100
    assert [(box.x, box.width) for box in drawn.rects] == [(0, 40), (40, 30), (70, 30)]
    assert drawn.rects[0].height == 2 * drawn.rects[1].height > 2 * drawn.rects[2].height
    assert [box.mark for box in drawn.rects] == ["", "hatch", ""]
    assert [(dot.x, dot.title) for dot in drawn.dots] == [(30, "word")]
    assert [(text.x, text.text) for text in drawn.texts] == [(30, "2026")]


# The forms ------------------------------------------------------------------------------------

def seen(**changes: str) -> dict[str, str]:
    return {"state": "vacant", "vacant_percent": "", "observed_on": services.today().isoformat(),
            "source": "field", "note": "", "step": "check", **changes}  # fmt: skip


def test_form_is_filled_for_who_stands_in_front_of_the_premises(reader: Importer):
    page = reader.get(f"/vacancy/premises/{DISAGREEING}/observe?lang=nl").text
    told = form_of(page)
    assert told["observed_on"] == services.today().isoformat()
    assert told["source"] == "field"
    assert "state" not in told
    radios = parse(page).findall(".//input[@type='radio']")
    assert [radio.get("value") for radio in radios] == ["occupied", "vacant", "partly", "unknown"]
    assert reader.get("/vacancy/premises/W-9999/observe").status_code == 404
    assert reader.get("/vacancy/premises/W-0007/observe?as_of=2020-01-01").status_code == 400


@pytest.mark.parametrize(
    ("field", "changes", "told"),
    [
        ("state", {"state": ""}, "Kies wat u zag."),
        ("state", {"state": "burnt"}, "“burnt” is er niet."),
        ("vacant_percent", {"state": "partly"},
         "Zeg welk deel leeg is: meer dan 0 en minder dan 100 %."),
        ("vacant_percent", {"state": "partly", "vacant_percent": "half"}, "Dit is geen getal."),
        ("observed_on", {"observed_on": "gisteren"}, "Dit is geen datum tussen 1900 en 2100."),
        ("observed_on", {"observed_on": "2099-01-01"}, "Deze dag moet nog komen."),
        ("source", {"source": "rumour"}, "“rumour” is er niet."),
        ("note", {"note": "x" * 2001}, "Hoogstens 2000 tekens."),
    ],
)  # fmt: skip
def test_observation_that_says_too_little_comes_back_as_it_was_typed(
    reader: Importer, field, changes, told
):
    asked = {"note": "deur dicht", **changes}
    answer = reader.post(f"/vacancy/premises/{DISAGREEING}/observe", **seen(**asked))
    assert answer.status_code == 400
    assert fault(answer.text, field) == told
    assert form_of(answer.text)["note"] == asked["note"]
    if field != "state":
        assert form_of(answer.text)[field] == seen(**asked)[field]


def test_observation_of_premises_that_are_gone_is_refused_at_its_day(reader: Importer):
    answer = reader.post(f"/vacancy/premises/{MERGED}/observe", **seen())
    assert answer.status_code == 400
    assert fault(answer.text, "observed_on") == (
        "Het pand is er niet meer sinds 1 september 2023. Het is nu een deel van W-0033."
    )


def test_observation_without_cautions_is_recorded_at_once(anna: Importer):
    # unseen for over a year: nobody contradicts
    path = f"/vacancy/premises/{unseen(anna)}"
    answer = anna.post(f"{path}/observe", **seen(note="etalage leeg", vacant_percent="40"))
    assert answer.status_code == 303, words(answer.text)
    assert answer.location == path
    page = anna.get(path).text
    assert "Vastgelegd: leeg, " in words(page)
    assert "of eerder (≥), voor zover bekend hoogstens 1 jaar." in words(page)
    first = table(page, "Alle waarnemingen, nieuwste eerst")[0]
    assert first[1:3] == ["Veldopname", "Leeg"]
    assert first[-1] == "etalage leeg"
    assert "etalage leeg" not in anna.client.application.test_client().get(path).text


def unseen(anna: Importer) -> str:
    """Code of premises of which no word holds any more."""
    store = anna.client.application.extensions["geo_assen"]
    rows = services.vacancy_worklist(store, as_of=services.today(), role=Role.STAFF)
    return str(rows.index[rows["newest_on"].isna()][0])


def test_contradiction_is_shown_first_and_recorded_when_confirmed(anna: Importer):
    path = f"/vacancy/premises/{DISAGREEING}"
    partly = seen(state="partly", vacant_percent="40", source="listing")
    shown = anna.post(f"{path}/observe", **partly)
    assert shown.status_code == 200
    told = words(shown.text)
    assert "Een andere bron, waarvan het woord nog geldt, zegt iets anders." in told
    assert "Een bron die meer wordt vertrouwd, beslist nog" in told
    assert "Deels leeg (40 %)" in told
    assert "Vastgelegd: " not in words(anna.get(path).text)
    back = anna.post(f"{path}/observe", **(partly | {"step": "edit"}))
    assert {**form_of(back.text), "step": "check"} == partly
    kept = {**form_of(shown.text)}
    assert kept["step"] == "record"
    answer = anna.post(f"{path}/observe", **kept)
    assert answer.status_code == 303
    voices = table(anna.get(path).text, "Wat elke bron het laatst zei")
    assert voices[1][:2] == ["Aanbodsite", "Deels leeg (40 %)"]
    assert voices[1][4] == "≠ zegt iets anders"
    assert anna.post(f"{path}/observe", **(kept | {"step": "burn"})).status_code == 400


def test_step_is_recorded_and_stands_in_the_log_of_staff_alone(anna: Importer):
    path = f"/vacancy/premises/{SHORT_USE}"
    today = services.today()
    form = form_of(anna.get(f"/vacancy/premises/{SHORT_USE}/follow-up").text)
    assert form["followed_on"] == today.isoformat()
    past, due = today - timedelta(days=30), today - timedelta(days=1)
    step = {"step": "contacted", "followed_on": past.isoformat(), "due_on": past.isoformat(),
            "note": "belt terug"}  # fmt: skip
    refused = anna.post(f"{path}/follow-up", **step)
    assert refused.status_code == 400
    assert fault(refused.text, "due_on") == "De volgende stap komt na deze."
    assert form_of(refused.text) == step
    nothing = anna.post(f"{path}/follow-up", **(step | {"step": ""}))
    assert fault(nothing.text, "step") == "Kies wat er is gedaan."
    step |= {"due_on": due.isoformat()}
    answer = anna.post(f"/vacancy/premises/{SHORT_USE}/follow-up", **step)
    assert (answer.status_code, answer.location) == (303, path)
    page = anna.get(path).text
    assert "Vastgelegd: eigenaar gesproken, " in words(page)
    log = table(page, "Stappen, nieuwste eerst")
    assert [(row[1], row[3], row[4]) for row in log] == [
        ("Eigenaar gesproken", "anna", "belt terug")
    ]
    assert "belt terug" not in anna.client.application.test_client().get(path).text
    overdue = anna.get("/vacancy/review?reason=follow_up_due").text
    assert listed(overdue) == [SHORT_USE]
    assert "Vervolg nodig sinds" in words(overdue)


def test_public_cannot_record(client: FlaskClient):
    token = parse(client.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    for name in ("observe", "follow-up"):
        path = f"/vacancy/premises/{SHORT_USE}/{name}"
        assert client.post(path, data=seen(csrf_token=token)).status_code == 403


# The worklist ---------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def whole(sample_app: Flask) -> dict[str, tuple[str, ...]]:
    """Reasons of each of the premises on the list of the day, in its order."""
    store = sample_app.extensions["geo_assen"]
    day = date(2026, 11, 1)
    rows = services.vacancy_worklist(store, as_of=day, role=Role.STAFF)
    return dict(zip(rows.index, rows["reasons"], strict=True))


def test_worklist_counts_its_reasons_and_lists_those_asked(reader: Importer, whole):
    page = reader.get(f"/vacancy/review?{DAY}&lang=nl").text
    assert listed(page) == list(whole)
    counts = {title: count for title, (count, _chip) in chips(page).items()}
    assert counts["Alle redenen"] == len(whole)
    assert counts["Bronnen verschillen"] == sum("disagreement" in r for r in whole.values())
    link = chips(page)["Bronnen verschillen"][1].get("href")
    one = reader.get(link).text
    assert listed(one) == [code for code, r in whole.items() if "disagreement" in r]
    assert chips(one)["Bronnen verschillen"][1].get("aria-current") == "true"
    # pressed once more it lets go
    assert "reason=" not in chips(one)["Bronnen verschillen"][1].get("href")
    both = reader.get(chips(one)["Langer dan 3 jaar leeg"][1].get("href")).text
    wanted = {"disagreement", "structural"}
    assert listed(both) == [code for code, r in whole.items() if wanted & {*r}]


def test_walk_goes_by_street_and_house_number_and_not_by_letters(reader: Importer):
    page = reader.get(f"/vacancy/review?{DAY}&order=street&area=SA-KERN&lang=nl").text
    titles = [link.text for link in parse(page).findall(".//h2[@class='task__title']/a")]
    stands = [title.removesuffix(" (illustratief)").rsplit(" ", 1) for title in titles]
    walked = [(street, int(number)) for street, number in stands]
    assert walked == sorted(walked)
    # a street in which the order of letters would be another
    assert walked != sorted(walked, key=lambda stand: (stand[0], str(stand[1])))


def test_file_is_exactly_the_list(reader: Importer):
    query = f"{DAY}&street=Rolderstraat&order=street"
    codes = listed(reader.get(f"/vacancy/review?{query}&lang=nl").text)
    answer = reader.get(f"/vacancy/review.csv?{query}")
    assert "vacancy-review-2026-11-01.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    assert [row["premises"] for row in rows] == codes
    assert len(codes) > 1
    assert {row["street"] for row in rows} == {"Rolderstraat"}
    assert {row["certainty"] for row in rows} == {"illustrative"}


def test_list_that_nothing_answers_to_says_what_to_do(reader: Importer):
    told = words(reader.get(f"/vacancy/review?{DAY}&street=Nergens&lang=nl").text)
    assert "Niets op de werklijst voldoet hieraan." in told
    never = words(reader.get("/vacancy/review?as_of=1950-01-01&use=care&reason=structural").text)
    assert "Niets op de werklijst" in never
    for wrong in ("reason=ugly", "order=age", "use=church", "colour=red"):
        assert reader.get(f"/vacancy/review?{wrong}").status_code == 400


def test_recording_leads_on_along_the_list_it_was_opened_from(anna: Importer):
    query = "street=Rolderstraat&order=street"
    codes = listed(anna.get(f"/vacancy/review?{query}&lang=nl").text)
    first, second = codes[:2]
    form = form_of(anna.get(f"/vacancy/premises/{first}/observe?then=review&{query}").text)
    assert (form["then"], form["street"], form["order"]) == ("review", "Rolderstraat", "street")
    sent = form | seen(state="occupied", step="record")
    answer = anna.post(f"/vacancy/premises/{first}/observe", **sent)
    asked = parse_qs(urlsplit(answer.location).query)
    assert asked == {"then": ["review"], "street": ["Rolderstraat"], "order": ["street"],
                     "next": [second]}  # fmt: skip
    page = anna.get(answer.location).text
    onward = parse(page).findall(".//p[@class='review__onward']/a")
    assert onward[0].text.startswith("Volgende in de werklijst: Rolderstraat ")
    assert onward[0].get("href") == (
        f"/vacancy/premises/{second}/observe?then=review&street=Rolderstraat&order=street"
    )
    assert onward[1].get("href") == "/vacancy/review?street=Rolderstraat&order=street"
    last = anna.get(f"/vacancy/premises/{codes[-1]}/observe?then=review&{query}").text
    assert "Overslaan" not in words(last)
