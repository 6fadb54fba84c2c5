from __future__ import annotations

import io
import os
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import services
from geo_assen.services import TREATMENT
from geo_assen.settings import Settings
from tests.webapp.importing import PREMISES, Importer, words
from tests.webapp.pages import parse
from webapp.ingest.forms import read_crs
from webapp.ingest.uploads import KEPT_SECONDS, harmless_name
from webapp.ingest.words import KINDS

TOKEN = "0" * 32
GET_PATHS = (
    "/imports",
    f"/imports/new/{TOKEN}",
    f"/imports/new/{TOKEN}/job",
    f"/imports/new/{TOKEN}/preview",
    "/imports/99",
    "/imports/99/undo",
    "/imports/99/quarantine",
    "/imports/99/quarantine/1",
)
FILE_PATHS = (
    f"/imports/new/{TOKEN}/job.json",
    f"/imports/new/{TOKEN}/places.geojson",
    "/imports/99.json",
    "/imports/99/places.geojson",
    "/imports/99/quarantine.geojson",
)


# Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GET_PATHS)
def test_public_is_led_to_the_sign_in_page(client: FlaskClient, path):
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


@pytest.mark.parametrize("path", FILE_PATHS)
def test_public_gets_no_file(client: FlaskClient, path):
    assert client.get(path).status_code == 403


def test_public_can_post_nothing(import_app: Flask):
    import_app.config["WTF_CSRF_ENABLED"] = False  # so that the role alone refuses
    client = import_app.test_client()
    answers = [
        client.post("/imports/upload"),
        client.post(f"/imports/new/{TOKEN}/reading"),
        client.post(f"/imports/new/{TOKEN}/mapping.toml"),
        client.post(f"/imports/new/{TOKEN}/check"),
        client.post(f"/imports/new/{TOKEN}/land"),
        client.post(f"/imports/new/{TOKEN}/cancel"),
        client.post(f"/imports/new/{TOKEN}/remove"),
        client.post("/imports/1/undo"),
        client.post("/imports/1/quarantine/1"),
        client.post("/imports/1/quarantine/rule"),
        client.post("/imports/1/quarantine/resend"),
    ]
    assert {answer.status_code for answer in answers} == {403}


def test_menu_shows_import_to_staff_alone(client: FlaskClient, reader: Importer):
    assert 'href="/imports"' in reader.get("/about").text
    assert 'href="/imports"' not in client.get("/about").text


@pytest.mark.parametrize("path", [*GET_PATHS[1:], *FILE_PATHS])
def test_what_is_not_there_is_404_for_staff(reader: Importer, path):
    assert reader.get(path).status_code == 404


# Sending ------------------------------------------------------------------------------------


def test_empty_list_says_the_one_step_that_fills_it(staff: Importer):
    assert "Er is nog niets ingevoerd. Kies hierboven een bestand" in staff.get("/imports").text
    page = staff.get("/imports?layer=plots").text
    assert "In deze laag is nog niets ingevoerd." in page


def test_send_without_a_file_says_so(reader: Importer):
    answer = reader.post("/imports/upload", layer="plots")
    assert answer.status_code == 400
    assert "Kies eerst een bestand." in answer.text


def test_send_without_the_word_of_the_form_is_refused(staff: Importer, import_settings: Settings):
    assert staff.upload(b"code\n1\n", "a.csv", layer="plots").status_code == 400
    assert not import_settings.uploads.exists()


def test_send_of_more_than_the_limit_is_refused(staff: Importer, import_settings: Settings):
    answer = staff.upload(b"x" * 1_200_000, "a.csv", csrf_token=staff.word, layer="plots")
    assert answer.status_code == 413
    assert "Dit is te groot" in answer.text
    assert not import_settings.uploads.exists()


def test_send_takes_files_larger_than_a_form(staff: Importer):
    rows = "".join(f"H-{n};Markt {n}\n" for n in range(50_000))
    path = staff.send(f"code;adres\n{rows}")
    assert staff.get(path).status_code == 200


def test_send_into_a_layer_that_is_not_there_is_refused(reader: Importer):
    assert reader.post("/imports/upload", layer="nope").status_code == 404


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("panden.csv", "panden.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\kavels 2026.xlsx", "kavels 2026.xlsx"),
        (".hidden", "hidden"),
        ("a\x00b<c>.csv", "a_b_c_.csv"),
        ("..", "file"),
        ("x" * 300 + ".geojson", "x" * 48 + ".geojson"),
    ],
)
def test_name_of_a_file_leads_nowhere(sent, kept):
    assert harmless_name(sent) == kept


def test_file_is_stored_under_a_random_name_inside_the_folder(
    staff: Importer, import_settings: Settings
):
    path = staff.send(PREMISES, "../../../panden.csv")
    stored = import_settings.uploads / path.rsplit("/", 1)[1] / "file" / "panden.csv"
    assert stored.read_text() == PREMISES
    assert re.fullmatch(r"/imports/new/[0-9a-f]{32}", path)


def test_upload_that_nobody_touches_is_swept(staff: Importer, import_settings: Settings):
    old, fresh = staff.send(PREMISES), staff.send(PREMISES)
    folder = import_settings.uploads / old.rsplit("/", 1)[1]
    before = folder.stat().st_mtime - KEPT_SECONDS - 60
    os.utime(folder, (before, before))
    staff.send(PREMISES)
    assert staff.get(old).status_code == 404
    assert staff.get(fresh).status_code == 200


def test_upload_can_be_removed(staff: Importer, import_settings: Settings):
    path = staff.send(PREMISES)
    assert staff.post(f"{path}/remove").headers["Location"] == "/imports"
    assert list(import_settings.uploads.iterdir()) == []


def test_file_that_cannot_be_read_is_one_sentence_and_a_way_on(staff: Importer, store):
    path = staff.send(b"", "leeg.csv")
    answer = staff.get(path)
    assert answer.status_code == 400
    assert "Dit bestand is zo niet te lezen" in answer.text
    assert "leeg.csv" in answer.text
    assert "/file/leeg.csv" not in answer.text
    assert services.imports(store) == []


# Mapping ------------------------------------------------------------------------------------


def test_mapping_shows_the_guess_its_reason_and_the_rest_last(staff: Importer):
    page = parse(staff.get(staff.send(PREMISES)).text)
    rows = [row for body in page.findall(".//table/tbody") for row in body.findall("tr")]
    told = ["|".join(" ".join(cell.itertext()).strip() for cell in row) for row in rows]
    assert "aan de naam" in told[0]
    assert "H-001" in told[0]
    assert told[-1].startswith("<script>alert(1)</script>|")
    assert "Niet gebruikt" in told[-2]
    chosen = {
        select.get("name"): option.get("value")
        for select in page.findall(".//select")
        for option in select.findall("option")
        if option.get("selected") is not None
    }
    assert chosen["s0.c4"] == "floor_area_m2"


def test_mapping_says_which_required_field_nothing_fills(staff: Importer):
    page = staff.get(staff.send("naam;x;y\nWinkel;233900;556800\n")).text
    assert "Geen kolom vult: Code." in words(page)


def test_mapping_as_chosen_is_what_is_imported(staff: Importer, store):
    text = "code;naam;omschrijving;x;y\nH-1;oud;nieuw;233900;556800\n"
    report = staff.imported(text, **{"s0.c1": "", "s0.c2": "name"})
    record = services.import_record(store, int(report.rsplit("/", 1)[1]))
    assert record.mapping.columns == {"code": "code", "name": "omschrijving"}
    assert store.table("premises")["name"].tolist() == ["nieuw"]


def test_mapping_takes_hectares(staff: Importer, store):
    text = "code;vloeroppervlak;x;y\nH-1;1,5;233900;556800\n"
    staff.imported(text, **{"s0.f1": "10000"})
    assert store.table("premises")["floor_area_m2"].tolist() == [15_000]


def test_mapping_refuses_one_field_for_two_columns_and_keeps_the_file(staff: Importer):
    path = staff.send(PREMISES)
    answer = staff.check(path, **{"s0.c1": "name", "s0.c2": "name"})
    assert answer.status_code == 400
    assert "Het veld “Naam” is voor twee kolommen gekozen: naam en adres." in answer.text
    assert staff.get(path).status_code == 200


def test_mapping_without_any_field_is_refused(staff: Importer):
    path = staff.send(PREMISES)
    nothing = {name: "" for name in staff.form(path) if name.startswith("s0.c")}
    answer = staff.check(path, **nothing)
    assert answer.status_code == 400
    assert "Kies voor minstens één kolom een veld." in answer.text


def test_mapping_kept_as_a_file_maps_the_file_of_next_year(staff: Importer):
    path = staff.send(PREMISES)
    chosen = {**staff.form(path), "s0.c1": "street", "sheet": "0"}
    kept = staff.post(f"{path}/mapping.toml", **chosen)
    assert kept.mimetype == "application/toml"
    assert "attachment" in kept.headers["Content-Disposition"]
    assert 'naam = "street"' in kept.text
    again = staff.send(PREMISES)
    answer = staff.client.post(f"{again}/reading", data={
        "csrf_token": staff.word, "mapping": (io.BytesIO(kept.data), "vorig jaar.toml"),
    })  # fmt: skip
    assert answer.status_code == 303
    assert staff.form(again)["s0.c1"] == "street"
    assert "door het toewijzingsbestand" in staff.get(again).text


def test_mapping_file_that_does_not_fit_is_told_and_changes_nothing(staff: Importer):
    path = staff.send(PREMISES)
    answer = staff.client.post(f"{path}/reading", data={
        "csrf_token": staff.word,
        "mapping": (io.BytesIO(b'[columns]\nnergens = "name"\n'), "fout.toml"),
    })  # fmt: skip
    assert answer.status_code == 400
    assert "fout.toml" in answer.text
    assert "nergens" in answer.text
    assert staff.form(path)["s0.c1"] == "name"


def workbook() -> bytes:
    """Two sheets of premises with other names for the same columns."""
    book = openpyxl.Workbook()
    for sheet, columns in ((book.active, ["code", "naam"]), (book.create_sheet(), ["code", "x1"])):
        sheet.append([*columns, "x", "y"])
        sheet.append([f"H-{sheet.title}", "Winkel", 233_900, 556_800])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_each_sheet_has_a_mapping_of_its_own(staff: Importer, store):
    path = staff.send(workbook(), "boek.xlsx")
    assert "Dit blad weglaten" in staff.get(path).text
    staff.check(path, **{"s1.c1": "street"})
    staff.land(path)
    told = {record.name: record.mapping.columns for record in services.imports(store)}
    assert told == {
        "Sheet": {"code": "code", "name": "naam"}, "Sheet1": {"code": "code", "street": "x1"},
    }  # fmt: skip


def test_sheet_can_be_left_out(staff: Importer, store):
    path = staff.send(workbook(), "boek.xlsx")
    page = staff.check(path, **{"s1.skip": "1"})
    assert "Weggelaten: geen van de kolommen wordt als veld gelezen." in words(page.text)
    staff.land(path)
    assert [record.name for record in services.imports(store)] == ["Sheet"]
    assert store.table("premises")["code"].tolist() == ["H-Sheet"]


@pytest.mark.parametrize("written", ["28992", "epsg:28992", " EPSG:28992 "])
def test_reference_system_is_read_in_any_spelling(written):
    assert read_crs(written) == "EPSG:28992"


def test_reference_system_that_does_not_exist_is_told_at_the_form(staff: Importer):
    path = staff.send(PREMISES)
    answer = staff.check(path, crs="EPSG:999999")
    assert answer.status_code == 400
    assert "“EPSG:999999” is geen referentiesysteem" in answer.text


def test_reference_system_nobody_states_is_asked_for(staff: Importer, store):
    text = "code;wkt\nH-1;POINT (233900 556800)\n"
    path = staff.send(text)
    refused = staff.check(path) if staff.get(path).status_code == 200 else staff.get(path)
    assert "Referentiesysteem onbekend" in refused.text
    assert staff.post(f"{path}/reading", crs="28992").status_code == 303
    assert "1 in te voeren" in words(staff.check(path).text)
    assert services.imports(store) == []


# Check, preview, import ---------------------------------------------------------------------


def test_check_shows_what_would_change_and_changes_nothing(staff: Importer, store):
    page = staff.check(staff.send(PREMISES))
    assert page.request.path.endswith("/preview")
    assert (
        "7 rijen gelezen: 2 in te voeren (2 nieuw, 0 gewijzigd), 0 ongewijzigd, "
        "5 opzij te zetten." in words(page.text)
    )
    assert "Onbekende categorie" in page.text
    assert services.imports(store) == []
    assert len(store.table("premises")) == 0


def test_preview_draws_the_rows_it_lists(staff: Importer):
    path = staff.send(PREMISES)
    page = parse(staff.check(path).text)
    listed = {row.get("data-key") for row in page.findall(".//tr[@data-key]")}
    drawn = staff.get(f"{path}/places.geojson").json["features"]
    assert {feature["id"] for feature in drawn} <= listed
    assert {feature["properties"]["treatment"] for feature in drawn} == {"quarantine"}
    assert len(drawn) == 3


def test_import_reports_sums_that_hold_kinds_and_places(staff: Importer):
    report = staff.imported()
    page = staff.get(report).text
    assert "7 rijen gelezen: 2 ingevoerd (2 nieuw, 0 gewijzigd), 0 ongewijzigd, 5 opzij gezet." in (
        words(page)
    )
    document = staff.get(f"{report}.json").json
    told = document["layers"][0]
    assert told["rows_read"] == told["accepted"] + told["quarantined"] + told["unchanged"] == 7
    for title in ("Onbekende categorie", "Geen getal", "X en y verwisseld", "Geen plaats"):
        assert title in page
    assert len(staff.get(f"{report}/places.geojson").json["features"]) == 3
    assert f'href="{report}"' in staff.get("/imports").text


def test_import_lands_once(staff: Importer, store):
    path = staff.send(PREMISES)
    staff.check(path)
    first = staff.land(path).request.path
    assert staff.land(path).request.path == first
    assert len(services.imports(store)) == 1


def test_import_is_not_possible_before_the_check(staff: Importer, store):
    path = staff.send(PREMISES)
    staff.land(path)
    assert services.imports(store) == []


def test_import_of_the_same_file_again_changes_nothing(staff: Importer):
    staff.imported()
    page = words(staff.check(staff.send(PREMISES)).text)
    assert "0 in te voeren (0 nieuw, 0 gewijzigd), 2 ongewijzigd" in page


def test_preview_names_what_is_gone(staff: Importer):
    staff.imported("code;x;y\nH-1;233900;556800\nH-2;233910;556810\n", source="Lijst")
    page = staff.check(staff.send("code;x;y\nH-1;233900;556800\n"), source="Lijst")
    assert "Records van dezelfde bron die niet in dit bestand staan: 1." in words(page.text)
    assert "H-2" in page.text


def test_state_of_the_work_is_told_to_the_script(staff: Importer):
    path = staff.send(PREMISES)
    staff.check(path)
    told = staff.get(f"{path}/job.json").json
    assert told["stage"] == "done"
    assert told["next"] == f"{path}/job"


def test_cancel_and_remove_lead_back(staff: Importer):
    path = staff.send(PREMISES)
    assert staff.post(f"{path}/cancel").headers["Location"] == f"{path}/job"
    assert staff.get(f"{path}/job").headers["Location"] == path


@pytest.mark.parametrize("language", ["nl", "en"])
def test_file_can_write_no_markup_into_any_page(staff: Importer, language):
    path = staff.send(PREMISES, "<script>.csv")
    pages = [staff.get(f"{path}?lang={language}").text, staff.check(path).text]
    report = staff.land(path).request.path
    row = re.search(rf"{report}/quarantine/\d+", staff.get(f"{report}/quarantine").text)[0]
    pages += [
        staff.get(p).text
        for p in ("/imports", report, f"{report}/quarantine", row, f"{report}/undo")
    ]
    for page in pages:
        parse(page)
        assert "<script>alert" not in page
        assert "<b>vet" not in page
    assert any("&lt;script&gt;alert(2)" in page for page in pages)
    assert all(f'<html lang="{language}">' in page for page in pages)


# Undo ---------------------------------------------------------------------------------------


def test_undo_asks_first_and_takes_the_import_back(staff: Importer, store):
    report = staff.imported()
    assert "Deze import ongedaan maken?" in staff.get(f"{report}/undo").text
    assert len(store.table("premises")) == 2
    assert staff.post(f"{report}/undo").headers["Location"] == report
    assert len(store.table("premises")) == 0
    page = staff.get(report).text
    assert "De import is ongedaan gemaakt: 2 records verwijderd, 0 records teruggezet." in page
    assert "ongedaan gemaakt" in words(staff.get("/imports").text)


def test_undo_that_cannot_be_says_why(staff: Importer):
    first = staff.imported("code;naam;x;y\nH-1;een;233900;556800\n")
    staff.imported("code;naam;x;y\nH-1;twee;233900;556800\n")
    answer = staff.post(f"{first}/undo")
    assert answer.status_code == 409
    assert "Deze import kan niet ongedaan worden gemaakt" in answer.text
    assert "undo that one first" in answer.text


# Words and small parts ----------------------------------------------------------------------


def test_every_kind_of_fault_has_words_in_both_languages(sample_app: Flask):
    assert set(KINDS) == set(TREATMENT)
    for language in ("nl", "en"):
        with sample_app.test_request_context(f"/?lang={language}"):
            sample_app.preprocess_request()
            titles = [str(told.title) for told in KINDS.values()]
            assert len(set(titles)) == len(titles)
            assert ("Geen getal" in titles) == (language == "nl")
