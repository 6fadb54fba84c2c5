"""The Ladder dossier and the yearly balance on their pages: outcome, files, bringing one in."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from dataclasses import fields
from datetime import date
from xml.etree.ElementTree import Element

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.land import Development, missing
from geo_assen.settings import PROJECT_FOLDER
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
EXAMPLE = PROJECT_FOLDER / "data" / "assen" / "developments" / "assen-zuid.toml"
HALL = {
    "title": "Hal",
    "place": "GW",
    "inside_built_up": "yes",
    "use": "industrial",
    "area_m2": "12.000",
    "smallest_part_m2": "5000",
    "horizon_years": "5",
    "need": "Twee bedrijven",
    "quality": "Aan de weg",
    "evidence.title": "Raming",
    "evidence.date": "2026-01-15",
    "as_of": DAY.isoformat(),
}
"""A development of which the parks and sites are still to be answered."""


def asked(reader: Importer, **typed: object) -> TestResponse:
    return reader.client.post("/uptake/ladder", data={**typed, "csrf_token": reader.word})


def sent(reader: Importer, text: str, name: str = "a.toml", **typed: object) -> TestResponse:
    return asked(reader, file=(io.BytesIO(text.encode()), name), **typed)


def fields_of(page: str) -> dict[str, list[str]]:
    """What the form of the Ladder would send as it stands."""
    form = parse(page).find(".//form[@class='ask']")
    assert form is not None
    told: dict[str, list[str]] = {}
    for element in form.iter():
        name, value = element.get("name"), element.get("value") or ""
        if not name or element.tag == "button" or element.get("type") == "file":
            continue
        if element.tag == "textarea":
            value = "".join(element.itertext()).removeprefix("\n")  # as a browser does
        elif element.tag == "select":
            chosen = [o.get("value") for o in element.iter("option") if "selected" in o.attrib]
            value = chosen[0] if chosen else ""
        elif element.get("type") == "checkbox" and "checked" not in element.attrib:
            continue
        told.setdefault(name, []).append(value)
    return told


def gaps_of(page: str) -> list[tuple[str, str]]:
    """Sentence and target of everything that is said to be missing."""
    links = parse(page).findall(".//ul[@class='ask__missing']/li/a")
    return [("".join(link.itertext()), link.get("href")[1:]) for link in links]


def named(page: str, anchor: str) -> Element:
    found = parse(page).find(f".//*[@id='{anchor}']")
    assert found is not None, anchor
    return found


# The Ladder -----------------------------------------------------------------------------------

def test_ladder_says_what_is_asked_and_is_for_staff(client: FlaskClient, reader: Importer):
    told = words(reader.get("/uptake/ladder?lang=nl").text)
    assert "beschrijft de behoefte daaraan" in told
    assert "zegt het plan ook waarom het daarbinnen niet kan" in told
    assert "What is needed" in words(reader.get("/uptake/ladder?lang=en").text)
    reader.get("/uptake/ladder?lang=nl")
    asked_in = client.get("/uptake/ladder", headers={"Accept": "text/html"})
    assert asked_in.location.startswith("/login?next=")
    assert reader.get("/uptake/ladder?foo=1").status_code == 400


def test_every_gap_is_in_words_and_leads_to_its_field(reader: Importer):
    answer = asked(reader, title="Hal", place="ZZ", as_of="2026-11-01")
    assert answer.status_code == 200
    found = gaps_of(answer.text)
    development = Development.parse({"title": "Hal", "place": "ZZ"})
    dossier = services.ladder_dossier(
        reader.client.application.extensions["geo_assen"], development, as_of=DAY, role=Role.STAFF
    )
    gaps = missing(dossier)
    assert {sentence for sentence, _ in found} == {gap.sentence("nl") for gap in gaps}
    assert f"Er ontbreken nog {len(gaps)} onderdelen" in words(answer.text)
    ids = {element.get("id") for element in parse(answer.text).iter()}
    assert {anchor for _, anchor in found} <= ids
    targets = dict(found)
    assert targets["De functie ontbreekt."] == "f-use"
    assert targets["Er is geen onderbouwing van de behoefte."] == "f-evidence-1"
    park = next(a for s, a in found if s.startswith("Terrein Messchenveld (MV)"))
    assert named(answer.text, park).get("name") == "reason:park:MV"
    assert named(answer.text, "f-place").find("option[@selected]").get("value") == "ZZ"


def test_figures_are_those_of_the_service(reader: Importer):
    told = words(asked(reader, **HALL).text)
    assert "Behoefte 1,2 ha Hard aanbod 36,3 ha Zacht aanbod 0 m²" in told
    assert "Peildatum 1 november 2026." in told
    assert "illustratief" in told
    assert "de plek zelf" in told


def test_reasons_beside_parks_and_sites_complete_the_dossier(reader: Importer):
    page = asked(reader, **HALL).text
    for _round in range(2):
        form = fields_of(page)
        empty = [name for name in form if name.startswith("reason:") and form[name] == [""]]
        form |= {name: ["te klein\r\nen te ver"] for name in empty}
        page = asked(reader, **form).text
    assert empty == []
    assert "Het dossier is compleet" in words(page)
    assert gaps_of(page) == []
    kept = fields_of(page)
    assert kept["title"] == ["Hal"]
    assert kept["reason:park:MV"] == ["te klein\nen te ver"]
    toml = asked(reader, **kept, give="toml")
    again = sent(reader, toml.text, as_of=DAY.isoformat()).text
    assert "Het dossier is compleet" in words(again)
    found = fields_of(again)
    assert (kept.pop("area_m2"), found.pop("area_m2")) == (["12.000"], ["12000"])
    assert kept.pop("csrf_token")
    assert found.items() >= kept.items()


def test_park_that_is_used_needs_no_reason(reader: Importer):
    page = asked(reader, **HALL, used="park:MV", **{"reason:park:MV": ""}).text
    assert not [s for s, _ in gaps_of(page) if "(MV)" in s]
    assert "het terrein: benut" in words(page)


def test_alternatives_may_be_written_by_name(reader: Importer):
    named_so = {
        "alternative.id": ["messchenveld", "plot:P-XX-9", ""],
        "alternative.answer": ["", "", ""],
        "alternative.reason": ["te ver", "weg", ""],
    }
    page = asked(reader, **HALL, **named_so).text
    assert fields_of(page)["reason:park:MV"] == ["te ver"]
    assert ("Het alternatief plot:P-XX-9 is hier niet bekend.", "f-alternative-1") in gaps_of(page)
    assert named(page, "f-alternative-1").get("value") == "plot:P-XX-9"


def test_what_cannot_be_read_is_told_at_its_field_and_kept(reader: Importer):
    wrong = HALL | {"area_m2": "veel", "horizon_years": "80", "title": "", "evidence.url": "ftp:x"}
    answer = asked(reader, **wrong)
    assert answer.status_code == 400
    for field, sentence in (
        ("title", "Vul dit in."),
        ("area_m2", "Dit is geen heel getal van 1 of meer."),
        ("horizon_years", "Geef een aantal jaren van 1 tot en met 50."),
        ("evidence-1", "Het adres moet beginnen met https://."),
    ):
        told = named(answer.text, f"f-{field}-error")
        assert "".join(told.itertext()).strip() == sentence
        assert named(answer.text, f"f-{field}").get("aria-describedby").startswith(told.get("id"))
    kept = fields_of(answer.text)
    assert (kept["area_m2"], kept["need"]) == (["veel"], ["Twee bedrijven"])
    assert asked(reader, **HALL | {"as_of": "ooit"}).status_code == 400
    assert asked(reader, **HALL | {"use": "housing"}).status_code == 400


def test_example_fills_the_form_and_comes_back_as_it_was(reader: Importer):
    example = reader.client.get("/uptake/ladder/example.toml")
    assert example.text == EXAMPLE.read_text(encoding="utf-8")
    assert "attachment" in example.headers["Content-Disposition"]
    page = sent(reader, example.text, "assen-zuid.toml", as_of=DAY.isoformat()).text
    assert "Het dossier is compleet" in words(page)
    assert "field = max_env_category, at_least = 3.2" in words(page)
    back = asked(reader, **fields_of(page), give="toml")
    assert re.search(r"attachment; filename=ladder-\S+\.toml", back.headers["Content-Disposition"])
    given, known = (Development.parse(tomllib.loads(f.text)) for f in (back, example))
    for field in fields(Development):
        one, other = getattr(given, field.name), getattr(known, field.name)
        if field.name in {"use", "alternative"}:  # the page has an order of its own
            one, other = sorted(one, key=str), sorted(other, key=str)
        assert one == other, field.name


def test_dossier_is_given_as_a_page_to_print(reader: Importer):
    named_so = HALL | {"title": "Hal <b>1</b>", "give": "html"}
    answer = asked(reader, **named_so)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=ladder-Hal_b1_b.html"
    assert "Hal &lt;b&gt;1&lt;/b&gt;" in answer.text
    assert "Wat nog ontbreekt" in answer.text
    assert asked(reader, **named_so | {"give": "pdf"}).status_code == 400
    wrong = asked(reader, **named_so | {"area_m2": "veel"})
    assert wrong.status_code == 400
    assert "f-area_m2-error" in wrong.text


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ('title = "x', "a.toml", "a.toml: not valid TOML"),
        ("[]", "a.json", "must be a table of keys"),
        ('title = "x"\narea_m2 = "veel"', "a.toml", "Dit is geen heel getal van 1 of meer."),
        ('title = "x"\nfoo = 1', "a.toml", "unknown key 'foo'"),
        ('title = "x"\n[[constraint]]\nfield = "nope"\nmin = 1', "a.toml", "constraint 1 (nope)"),
        ("\x00", "../../etc/passwd", "etc_passwd: not valid TOML"),
    ],
)
def test_file_that_cannot_be_read_leaves_the_form(reader: Importer, text, name, told):
    answer = sent(reader, text, name, **HALL)
    assert answer.status_code == 400
    assert told in words(answer.text)
    assert "geo-assen-" not in answer.text
    assert fields_of(answer.text)["title"] == ["Hal"]


def test_ladder_works_before_anything_is_stored(staff: Importer):
    page = asked(staff, title="Hal").text
    assert "Op deze datum is geen bedrijventerrein vastgelegd." in words(page)


# The balance ----------------------------------------------------------------------------------

def cells(page: str) -> list[list[str]]:
    rows = parse(page).findall(".//table/tbody/tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def test_balance_has_the_figures_of_its_file(client: FlaskClient):
    page = client.get("/uptake/ibis?year=2022&lang=nl").text
    assert (
        "Stand op de landelijke peildatum 1 januari 2023: het einde van 31 december 2022." in
        words(page)
    )
    answer = client.get("/uptake/ibis.csv?year=2022")
    assert answer.headers["Content-Disposition"] == "attachment; filename=ibis-2022.csv"
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff")), delimiter=";"))
    titles = ["bruto (ha)", "netto (ha)", "reeds uitgegeven (ha)", "nog uitgeefbaar (ha)",
              "terstond uitgeefbaar (ha)", "uitgifte in het jaar (ha)"]  # fmt: skip
    assert len(rows) == 6
    for row, shown in zip(rows, cells(page), strict=True):
        assert shown[0].startswith(row["naam"])
        assert shown[1:7] == [row[title] for title in titles]
        assert shown[7] == row["maximale milieucategorie"]
        assert row["zekerheid"] in shown[9]
    english = client.get("/uptake/ibis.csv?year=2022&lang=en").text
    assert english.startswith("code,naam")
    assert "60.0000" in client.get("/uptake/ibis?year=2022").text
    client.get("/uptake/ibis?lang=nl")


def test_balance_is_given_as_a_workbook(client: FlaskClient):
    answer = client.get("/uptake/ibis.xlsx?year=2022")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert [row[0].value for row in sheet.rows][:3] == ["code", "AZ", "GW"]


def test_last_whole_year_is_shown_where_none_is_asked(client: FlaskClient):
    assert "31 december 2019" in words(client.get("/uptake/ibis?as_of=2020-06-01").text)
    assert "31 december 2020" in words(client.get("/uptake/ibis?as_of=2020-12-31").text)
    this_year = services.today().year
    assert "nog niet om" in words(client.get(f"/uptake/ibis?year={this_year}").text)
    assert "Geen werklocatie heeft een balans" in words(client.get("/uptake/ibis?year=1950").text)


@pytest.mark.parametrize("query", ["year=abc", "year=9999", "year=12", "foo=1", "year=-1"])
def test_year_that_means_nothing_is_refused(client: FlaskClient, query):
    assert client.get(f"/uptake/ibis?{query}").status_code == 400
    assert client.get(f"/uptake/ibis.csv?{query}").status_code == 400


def bring(reader: Importer, content: str | bytes, name: str = "ibis.csv") -> TestResponse:
    # Written out here: the client would put a large form in a file that it leaves open.
    data, mark = content.encode() if isinstance(content, str) else content, "a-line-between"
    field = f'--{mark}\r\nContent-Disposition: form-data; name="{{}}"{{}}\r\n\r\n{{}}'
    body = "".join((
        field.format("csrf_token", "", f"{reader.word}\r\n"),
        field.format("step", "", "check\r\n"),
        field.format("file", f'; filename="{name}"', ""),
    )).encode() + data + f"\r\n--{mark}--\r\n".encode()  # fmt: skip
    return reader.client.post(
        "/uptake/ibis", data=body, content_type=f"multipart/form-data; boundary={mark}"
    )


def test_only_staff_bring_a_balance_in(client: FlaskClient):
    assert parse(client.get("/uptake/ibis").text).find(".//input[@type='file']") is None
    token = parse(client.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    form = {"step": "check", "csrf_token": token}
    assert client.post("/uptake/ibis", data=form).status_code == 403


def test_balance_is_rehearsed_and_then_lands(sample_app: Flask, import_app: Flask):
    anna, store = Importer(import_app), import_app.extensions["geo_assen"]
    sample = sample_app.extensions["geo_assen"]
    lines = services.ibis_file(sample, 2022, "csv-nl").decode("utf-8-sig").splitlines()
    new = lines[1].replace("Werklandschap Assen-Zuid", "Nieuw <i>terrein</i>")
    bad = lines[2].replace(";8,9784;", ";acht;")
    file = "\r\n".join([lines[0], new, bad])
    answer = bring(anna, file)
    assert answer.status_code == 200
    told = words(answer.text)
    assert "2 rijen gelezen. In te lezen: 1, ongewijzigd: 0, geweigerd: 1." in told
    assert "1 nieuwe werklocatie (AZ); 3 grondgebeurtenissen." in told
    assert "netto (ha) acht De waarde is geen getal." in told
    assert len(store.table("land_event")) == 0
    form = parse(answer.text).findall(".//main//form/input")
    carried = {item.get("name"): item.get("value") for item in form}
    landed = anna.client.post("/uptake/ibis", data=carried)
    assert (landed.status_code, landed.headers["Location"]) == (303, "/uptake/ibis")
    assert len(store.table("land_event")) == 3
    page = anna.get("/uptake/ibis?year=2022").text
    assert "Rijen ingelezen: 1, ongewijzigd: 0, geweigerd: 1." in words(page)
    assert "Nieuw &lt;i&gt;terrein&lt;/i&gt;" in page
    again = words(bring(anna, file).text)
    assert "In te lezen: 0, ongewijzigd: 1, geweigerd: 1." in again
    assert "Niets in dit bestand is nieuw" in again


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (b"a;b\r\n1;2\r\n", "x.csv", "x.csv: it has no column"),
        (b"\x00\x01", "x.xlsx", "x.xlsx"),
        (b"x" * (1024 * 1024 + 1), "x.csv", "hoogstens 1 MB"),
        (b"", "", "Kies eerst een bestand."),
    ],
)
def test_file_that_is_no_balance_is_refused_at_its_field(reader: Importer, content, name, told):
    answer = bring(reader, content, name)
    assert answer.status_code == 400
    assert told in "".join(named(answer.text, "send-file-error").itertext())
    assert "geo-assen-" not in answer.text


def test_what_comes_back_must_be_a_file(reader: Importer):
    data = {"csrf_token": reader.word, "step": "record", "name": "x.csv", "content": "%%%"}
    assert reader.client.post("/uptake/ibis", data=data).status_code == 400
    without_word = {"step": "record", "name": "x.csv", "content": "eA=="}
    assert reader.client.post("/uptake/ibis", data=without_word).status_code == 400
