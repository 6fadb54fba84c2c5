"""The register in the browser: staff list, record, change and match; nobody else sees it."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_assen import Requirement, services
from geo_assen.access import Role
from geo_assen.settings import PROJECT_FOLDER
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

FOLDER = PROJECT_FOLDER / "data" / "assen" / "requirements"
NEED = (
    "use=office&kinds=premises&min.area_m2=200&max.available_from=2028-01-01"
    "&w.near.station=3&c.near.station=smaller:300,2500&title=Kantoor"
)


def stored(app: Flask, code: str) -> Requirement:
    return services.stored_requirement(app.extensions["geo_assen"], code, role=Role.STAFF)


def fields(page: str) -> dict[str, str]:
    """What the form of a record would send as it stands."""
    form = parse(page).find(".//form[@class='register__edit']")
    values = {i.get("name"): i.get("value") or "" for i in form.findall(".//input")}
    for choice in form.findall(".//select"):
        chosen = [o.get("value") for o in choice.findall("option") if o.get("selected") is not None]
        values[choice.get("name")] = chosen[0] if chosen else ""
    return values


def save(anna: Importer, code: str, page: str, **changes: str) -> TestResponse:
    return anna.client.post(f"/requirements/{code}", data=fields(page) | changes)


def send(anna: Importer, content: bytes, name: str, **more: str) -> TestResponse:
    data = {"csrf_token": anna.word, "file": (io.BytesIO(content), name), **more}
    return anna.client.post("/requirements", data=data)


def test_list_tells_what_is_asked_and_how_much_there_is(sample_app: Flask, reader: Importer):
    page = reader.get("/requirements?as_of=2026-11-01").text
    rows = parse(page).findall(".//table/tbody/tr")
    assert len(rows) == 10
    listed = services.requirement_register(
        sample_app.extensions["geo_assen"], as_of=date(2026, 11, 1), role=Role.STAFF
    )
    for row, told in zip(rows, listed, strict=True):
        text = " ".join("".join(row.itertext()).split())
        assert told.title in text
        assert told.code in text
        numbers = ["".join(cell.itertext()) for cell in row.findall("td[@class='numeric']")]
        assert numbers == [str(told.fits), str(told.to_check)]
    assert "Verplaatsing" in words(page)


def test_list_is_narrowed_by_stage(reader: Importer):
    rows = parse(reader.get("/requirements?stage=talking").text).findall(".//table/tbody/tr")
    assert 0 < len(rows) < 10
    assert "Geen zoekvraag is in deze fase" in words(reader.get("/requirements?stage=closed").text)
    assert reader.get("/requirements?stage=won").status_code == 400
    assert reader.get("/requirements?nonsense=1").status_code == 400


def test_empty_register_says_the_step_that_fills_it(staff: Importer):
    page = staff.get("/requirements")
    assert page.status_code == 200
    assert "Vul op het matchscherm in wat een bedrijf zoekt" in words(page.text)
    assert parse(page.text).find(".//main//a[@href='/match']") is not None


@pytest.mark.parametrize("code", [f"R-{number:02d}" for number in range(1, 11)])
def test_every_record_has_its_page_in_both_languages(reader: Importer, code: str):
    for language in ("en", "nl"):  # the language stays with the session: end in Dutch
        answer = reader.get(f"/requirements/{code}?lang={language}")
        assert answer.status_code == 200
        document = parse(answer.text)
        assert document.find(f".//a[@href='/match?requirement={code}']") is not None
        assert document.find(f".//a[@href='/requirements/{code}.toml']") is not None
        told = words(answer.text)
        assert ("Wat van een locatie wordt gevraagd" in told) == (language == "nl")


def test_record_says_the_need_in_plain_words(reader: Importer):
    told = words(reader.get("/requirements/R-01").text)
    for sentence in (
        "Kavel of pand, voor logistiek of industrie",
        "Oppervlakte: 8.000 m² tot en met 2,5 ha",
        "Maximale milieucategorie: minstens Categorie 3.2",
        "Hoogstens 2,0 km van afrit snelweg",
        "Grondprijs: liefst hoogstens € 80 per m²; vanaf € 160 per m² telt het niet (gewicht 3)",
        "Frontbreedte: liefst minstens 120 m; tot 40 m telt het niet (gewicht 1)",
    ):
        assert sentence in told
    assert "In Kernwinkelgebied" in words(reader.get("/requirements/R-05").text)
    assert "Vertrekt van Bedrijfshal Havenkade 77" in words(reader.get("/requirements/R-10").text)


def test_record_leads_to_its_ranking(reader: Importer):
    answer = reader.client.get("/match?requirement=R-04", follow_redirects=True)
    assert answer.status_code == 200
    assert "Kantoor op loopafstand van het station" in answer.text
    assert "party-13" not in answer.text


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.toml")), ids=lambda file: file.stem)
def test_record_downloads_as_the_file_it_came_from(reader: Importer, file: Path):
    asked = Requirement.load(file)
    toml = reader.client.get(f"/requirements/{asked.code}.toml")
    as_json = reader.client.get(f"/requirements/{asked.code}.json")
    assert Requirement.from_text(toml.text, "a.toml") == asked
    assert Requirement.from_text(as_json.text, "a.json") == asked
    assert f"{asked.code}.json" in as_json.headers["Content-Disposition"]


def test_need_of_the_match_screen_is_stored_as_it_stands(own_app: Flask, anna: Importer):
    files = [(file, Requirement.load(file)) for file in sorted(FOLDER.glob("*.toml"))]
    queries = [
        anna.client.get(f"/match?requirement={asked.code}").headers["Location"].split("?")[1]
        for _, asked in files
    ]
    for number, ((file, asked), query) in enumerate(zip(files, queries, strict=True), start=11):
        answer = anna.post("/requirements", query=query)
        assert (answer.status_code, answer.headers.get("Location")) == (
            303, f"/requirements/R-{number}",
        ), words(answer.text)  # fmt: skip
        kept = stored(own_app, f"R-{number}")
        for name in ("title", "use", "kinds", "constraints", "criteria", "kind", "sector", "jobs"):
            assert getattr(kept, name) == getattr(asked, name), (file.stem, name)
        assert (kept.party, kept.as_of, kept.present_site) == (None, None, asked.present_site)


def test_how_the_screen_was_shown_is_no_part_of_the_need(own_app: Flask, anna: Importer):
    view = "&as_of=2020-01-01&limit=5&at=6.5,53,12&keep=plot:a&advanced=1&off.c.area_m2=x"
    assert anna.post("/requirements", query=f"/match?{NEED}{view}").status_code == 303
    kept = stored(own_app, "R-11")
    assert kept == Requirement.from_query(
        {k: [v] for k, v in (pair.split("=") for pair in NEED.split("&"))}
        | {"code": ["R-11"], "stage": ["open"]}
    )


def test_need_without_a_name_is_named_by_its_day(own_app: Flask, anna: Importer):
    anna.post("/requirements", query="use=care")
    assert stored(own_app, "R-11").title.startswith("Zoekvraag van ")
    anna.post("/requirements", query="use=care", title="Praktijk")
    assert stored(own_app, "R-12").title == "Praktijk"


@pytest.mark.parametrize("query", ["use=housing", "min.area_m2=x", "", "foo=1"])
def test_need_that_cannot_be_matched_is_not_stored(sample_app: Flask, reader: Importer, query: str):
    answer = reader.post("/requirements", query=query)
    assert answer.status_code == 400
    assert "Er is niets veranderd" in words(answer.text)
    assert len(sample_app.extensions["geo_assen"].table("requirement")) == 10


def test_newer_need_replaces_what_is_asked_and_keeps_who_asks(own_app: Flask, anna: Importer):
    before = stored(own_app, "R-04")
    assert anna.post("/requirements", query=NEED, code="R-04").status_code == 303
    after = stored(own_app, "R-04")
    assert after.constraints != before.constraints
    assert after.title == "Kantoor"
    for name in ("party", "stage", "sector", "needed_by", "jobs", "kind"):
        assert getattr(after, name) == getattr(before, name)
    assert "Wat van een locatie wordt gevraagd" in words(anna.get("/requirements/R-04").text)
    assert anna.post("/requirements", query=NEED, code="R-99").status_code == 404


def offered_update(page: str) -> dict[str, str]:
    """Fields of the form that puts the need on the match screen back into its record."""
    for form in parse(page).findall(".//form[@action='/requirements']"):
        sent = {field.get("name", ""): field.get("value", "") for field in form.iter("input")}
        if "whole" in sent:
            return {name: value for name, value in sent.items() if name != "csrf_token"}
    raise AssertionError("nothing to put back")


def test_need_from_a_record_goes_back_into_it(own_app: Flask, anna: Importer):
    before = stored(own_app, "R-10")
    page = anna.client.get("/match?requirement=R-10", follow_redirects=True)
    changed = page.request.url.replace("kind=relocate", "kind=new") + "&min.frontage_m=43"
    offered = offered_update(anna.client.get(changed, follow_redirects=True).text)
    assert anna.post("/requirements", **offered).status_code == 303
    after = stored(own_app, "R-10")
    assert "frontage_m" in {clause.field for clause in after.constraints}
    assert (before.kind, after.kind, after.present_site) == ("relocate", "new", None)
    for name in ("party", "stage", "sector", "needed_by", "jobs", "title"):
        assert getattr(after, name) == getattr(before, name), name
    assert anna.post("/requirements", **offered).status_code == 409


def test_need_of_its_own_has_no_record_to_go_back_to(reader: Importer):
    for origin in ("", "&record=R-99:1", "&record=R-01", "&record=R-01:x", "&record="):
        page = reader.client.get(f"/match?{NEED}{origin}", follow_redirects=True)
        assert page.status_code == 200
        assert 'name="whole"' not in page.text
    assert 'name="whole"' in reader.client.get(f"/match?{NEED}&record=R-01:1").text


def test_file_is_stored(own_app: Flask, anna: Importer):
    content = (FOLDER / "live-work.toml").read_bytes().replace(b'code = "R-03"', b'code = "WW"')
    assert send(anna, content, "need.toml").headers["Location"] == "/requirements/WW"
    as_json = json.dumps(Requirement.parse({"title": "Iets", "use": ["care"]}).to_document())
    assert send(anna, as_json.encode(), "need.json").headers["Location"] == "/requirements/R-11"
    assert stored(own_app, "R-11").use == ("care",)


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"title = ", "a.toml", "not valid TOML"),
        (b"\xff\xfe", "a.toml", "not UTF-8"),
        (b'[[requirement]]\ntitle="a"', "a.toml", "stuur ze apart"),
        (b"[]", "a.json", "stuur ze apart"),
        (b'title="a"\n[[constraint]]\nfield="area_m2"\nmin=nan', "a.toml", "finite number"),
        ((FOLDER / "live-work.toml").read_bytes(), "a.toml", "R-03 is taken"),
        (b'title="a"\nparty="nobody"', "a.toml", "geen partij die hier bekend is"),
        (b'{"title": "<script>alert(1)</script>", "use": ["x"]}', "a.json", "must be one of"),
    ],
)
def test_file_that_cannot_be_stored_is_refused_with_the_reason(
    sample_app: Flask, reader: Importer, content: bytes, name: str, said: str
):
    answer = send(reader, content, name)
    assert answer.status_code == 400
    assert said in words(answer.text)
    assert len(sample_app.extensions["geo_assen"].table("requirement")) == 10


def test_file_replaces_what_a_record_asks(own_app: Flask, anna: Importer):
    content = (FOLDER / "live-work.toml").read_bytes()
    version = fields(anna.get("/requirements/R-04").text)["version"]
    answer = send(anna, content, "need.toml", code="R-04", version=version)
    assert answer.headers["Location"] == "/requirements/R-04"
    assert stored(own_app, "R-04").constraints == stored(own_app, "R-03").constraints
    again = send(anna, content, "need.toml", code="R-04", version=version)
    assert again.status_code == 409


def test_record_is_changed_by_its_form(own_app: Flask, anna: Importer):
    page = anna.get("/requirements/R-02").text
    answer = save(
        anna, "R-02", page, stage="closed", title="Machines", jobs="70", needed_by="",
        party="", kind="relocate", present_site="premises:W-0323",
    )  # fmt: skip
    assert answer.headers["Location"] == "/requirements/R-02"
    now = stored(own_app, "R-02")
    assert (now.stage, now.title, now.jobs, now.needed_by) == ("closed", "Machines", 70, None)
    assert (now.party, now.kind, now.present_site) == (None, "relocate", "premises:W-0323")
    told = words(anna.get("/requirements/R-02").text)
    assert "Fase: Open, nu Afgesloten" in told
    assert "Banen: 65, nu 70" in told


def test_form_sent_as_it_stands_changes_nothing(own_app: Flask, anna: Importer):
    before = [stored(own_app, f"R-{n:02d}") for n in range(1, 11)]
    pages = [anna.get(f"/requirements/{asked.code}").text for asked in before]
    for asked, page in zip(before, pages, strict=True):
        assert save(anna, str(asked.code), page).status_code == 303
    assert [stored(own_app, f"R-{n:02d}") for n in range(1, 11)] == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "Titel: vul dit in"),
        ({"jobs": "veel"}, "Banen: moet een geheel getal zijn"),
        ({"jobs": "-1"}, "Banen: moet een geheel getal zijn"),
        ({"needed_by": "morgen"}, "Nodig per: is geen datum"),
        ({"needed_by": "2026-02-30"}, "Nodig per: is geen dag die bestaat"),
        ({"needed_by": "0001-01-01"}, "Nodig per: moet tussen 1900 en 2100 liggen"),
        ({"party": "nobody"}, "Partij: is geen partij die hier bekend is"),
        ({"kind": "grow", "present_site": "W-0323"}, "Huidige locatie: is geen kavel of pand"),
        ({"present_site": "premises:W-0323"}, "Huidige locatie: hoort bij uitbreiding"),
    ],
)
def test_form_that_says_something_wrong_is_kept_as_it_was_filled_in(
    sample_app: Flask, reader: Importer, changes: dict[str, str], said: str
):
    before = stored(sample_app, "R-03")
    answer = save(reader, "R-03", reader.get("/requirements/R-03").text, **changes)
    assert answer.status_code == 400
    assert said in words(answer.text).replace(" :", ":")
    # A list of choices cannot show what it does not have.
    typed = {k: v for k, v in changes.items() if v != " " and k != "party"}
    assert fields(answer.text).items() >= typed.items()
    assert stored(sample_app, "R-03") == before


def test_second_save_of_an_outdated_form_is_refused(own_app: Flask, anna: Importer):
    page = anna.get("/requirements/R-03").text
    assert save(anna, "R-03", page, stage="talking").status_code == 303
    late = save(anna, "R-03", page, jobs="9")
    assert late.status_code == 409
    assert "Iemand anders heeft deze zoekvraag intussen gewijzigd" in words(late.text)
    assert (stored(own_app, "R-03").stage, stored(own_app, "R-03").jobs) == ("talking", 4)
    # What was filled in still stands there, and may now be saved over what the other wrote.
    assert fields(late.text)["jobs"] == "9"
    assert save(anna, "R-03", late.text, stage="talking").status_code == 303
    assert stored(own_app, "R-03").jobs == 9


def test_past_date_is_told(anna: Importer):
    save(anna, "R-03", anna.get("/requirements/R-03").text, needed_by="2020-05-01")
    assert "1 mei 2020, is voorbij" in words(anna.get("/requirements/R-03").text)
    assert "voorbij" in words(anna.get("/requirements").text)


def test_public_gets_the_sign_in_page_and_nothing_else(sample_app: Flask):
    public: FlaskClient = sample_app.test_client()
    for path in ("/requirements", "/requirements/R-01"):
        answer = public.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/login?next=")
    for path in ("/requirements/R-01.toml", "/requirements/R-01.json", "/match?requirement=R-01"):
        assert public.get(path).status_code == 403
    token = parse(public.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    for path in ("/requirements", "/requirements/R-01"):
        data = {"csrf_token": token, "query": NEED, "title": "x"}
        assert public.post(path, data=data).status_code == 403
    assert "R-11" not in set(sample_app.extensions["geo_assen"].table("requirement")["code"])


def test_form_without_its_word_is_refused(sample_app: Flask, reader: Importer):
    assert reader.client.post("/requirements", data={"query": NEED}).status_code == 400
    assert reader.client.post("/requirements/R-03", data={"title": "x"}).status_code == 400
    assert len(sample_app.extensions["geo_assen"].table("requirement")) == 10
    assert stored(sample_app, "R-03").title == "Kleine werkplaats met woning"


def test_public_pages_say_nothing_of_what_is_asked(sample_app: Flask):
    public = sample_app.test_client()
    titles = sample_app.extensions["geo_assen"].table("requirement")["title"]
    for path in ("/", "/match", "/sites", "/about", "/search?q=distributie", "/sites.geojson"):
        text = public.get(path, follow_redirects=True).text
        assert not any(title in text for title in titles), path
        assert "/requirements" not in text, path


def test_unknown_record_is_not_found(reader: Importer):
    for path in ("/requirements/R-99", "/requirements/R-99.toml", "/requirements/R-99.json"):
        assert reader.get(path).status_code == 404
    assert reader.post("/requirements/R-99", title="x").status_code == 404
