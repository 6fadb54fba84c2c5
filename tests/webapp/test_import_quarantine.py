"""Rows that were set aside: shown, mended one by one or by rule, and sent again."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse
from webapp.ingest.forms import FormFault, read_place


def group_of(page: str, text: str) -> str:
    """Key of the group of rows whose description has a text."""
    for item in parse(page).findall(".//li[@class='groups__item']"):
        if text in " ".join(item.itertext()):
            return item.find(".//input[@name='group']").get("value")
    raise AssertionError(f"no group with {text!r}")


def rows_listed(page: str) -> list[str]:
    return [
        " ".join(item.find("h3").itertext()).split()[1]
        for item in parse(page).findall(".//li[@data-key]")
    ]


def row_path(staff: Importer, report: str, number: int) -> str:
    page = parse(staff.get(f"{report}/quarantine?outcome=all").text)
    for item in page.findall(".//li[@data-key]"):
        if " ".join(item.find("h3").itertext()).split()[1] == str(number):
            return f"{report}/quarantine/{item.get('data-key')}"
    raise AssertionError(f"row {number} was not set aside")


def test_set_aside_rows_show_original_values_and_filter_by_kind(staff: Importer):
    report = staff.imported()
    page = staff.get(f"{report}/quarantine").text
    assert "5 rijen van “panden.csv” wachten." in words(page)
    assert rows_listed(page) == ["2", "3", "4", "5", "6"]
    assert "twaalf" in words(page)
    only = staff.get(f"{report}/quarantine?kind=bad_category").text
    assert rows_listed(only) == ["4", "5"]
    places = staff.get(f"{report}/quarantine.geojson?kind=bad_category").json["features"]
    assert [feature["properties"]["title"] for feature in places] == ["Rij 4", "Rij 5"]
    assert staff.get(f"{report}/quarantine?kind=nope").status_code == 400


def test_set_aside_rows_come_in_pages(staff: Importer):
    rows = "".join(f"H-{n};twaalf;233900;{556800 + n}\n" for n in range(60))
    report = staff.imported(f"code;vloeroppervlak;x;y\n{rows}", **{"s0.c1": "floor_area_m2"})
    assert len(rows_listed(staff.get(f"{report}/quarantine").text)) == 50
    second = staff.get(f"{report}/quarantine?page=2").text
    assert rows_listed(second) == [str(n) for n in range(51, 61)]
    assert "Pagina 2 van 2" in second


def test_rule_replaces_a_value_in_every_row_and_the_rows_land(staff: Importer, store):
    report = staff.imported()
    group = group_of(staff.get(f"{report}/quarantine").text, "oud")
    answer = staff.post(
        f"{report}/quarantine/rule", group=group, action="replace", new_value="retail"
    )
    assert answer.status_code == 303
    page = staff.get(f"{report}/quarantine").text
    assert "2 rijen zijn hersteld" in page
    assert "2 daarvan zijn hersteld." in words(page)
    landed = staff.get(staff.resent(report)).text
    assert "Ingevoerd: 2. Wachten nog: 0." in words(landed)
    assert sorted(store.table("premises")["code"]) == ["H-001", "H-004", "H-005", "H-007"]
    assert rows_listed(staff.get(f"{report}/quarantine").text) == ["2", "3", "6"]
    every = staff.get(f"{report}/quarantine?outcome=all").text
    assert rows_listed(every) == ["2", "3", "4", "5", "6"]
    assert words(every).count("Ingevoerd met import") == 2


def test_rule_takes_the_suggestion(staff: Importer):
    report = staff.imported()
    group = group_of(staff.get(f"{report}/quarantine").text, "X en y verwisseld")
    staff.post(f"{report}/quarantine/rule", group=group, action="suggestion")
    staff.resent(report)
    assert "3" not in rows_listed(staff.get(f"{report}/quarantine").text)


def test_rule_reads_a_place_in_another_system_and_tells_a_wrong_one(staff: Importer):
    report = staff.imported()
    group = group_of(staff.get(f"{report}/quarantine").text, "X en y verwisseld")
    answers = {
        "": "Schrijf in welk referentiesysteem",
        "x": "geen referentiesysteem",
        "EPSG:28992": "1 rij is hersteld",
    }
    for written, said in answers.items():
        staff.post(f"{report}/quarantine/rule", group=group, action="crs", new_value=written)
        assert said in staff.get(f"{report}/quarantine").text


def test_rule_leaves_rows_out_for_good_and_takes_mending_back(staff: Importer):
    report = staff.imported()
    group = group_of(staff.get(f"{report}/quarantine").text, "oud")
    rule = f"{report}/quarantine/rule"
    staff.post(rule, group=group, action="replace", new_value="retail")
    staff.post(rule, group=group, action="restore")
    assert "0 daarvan zijn hersteld." in words(staff.get(f"{report}/quarantine").text)
    staff.post(rule, group=group, action="drop", kind="bad_category")
    page = staff.get(f"{report}/quarantine").text
    assert "Weggelaten: 2." in words(page)
    assert rows_listed(page) == ["2", "3", "6"]
    staff.post(rule, group=group, action="drop")
    assert "Deze rijen wachten niet meer" in staff.get(f"{report}/quarantine").text


def test_row_is_mended_by_hand_and_its_original_is_kept(staff: Importer, store):
    report = staff.imported()
    path = row_path(staff, report, 2)
    page = parse(staff.get(path).text)
    marked = page.findall(".//input[@aria-invalid='true']")
    assert {field.get("value") for field in marked} == {"twaalf", "<b>vet</b>"}
    faulty = next(field for field in marked if field.get("value") == "twaalf")
    assert staff.post(path, **{faulty.get("name"): "12"}).status_code == 303
    said = staff.get(f"{report}/quarantine").text
    assert "twaalf" in said
    staff.resent(report)
    frame = store.table("premises").set_index("code")
    assert frame.loc["H-002", "floor_area_m2"] == 12


def test_row_is_given_a_place_in_words_or_refused_with_reason(staff: Importer, store):
    report = staff.imported()
    path = row_path(staff, report, 6)
    assert staff.get(f"{report}/quarantine.geojson?row={path.rsplit('/', 1)[1]}").json[
        "features"
    ] == []  # fmt: skip
    refused = staff.post(path, place="nergens")
    assert refused.status_code == 400
    assert "“nergens” is geen plaats" in refused.text
    staff.post(path, place="233 950, 556 850")
    assert len(staff.get(f"{report}/quarantine.geojson?row={path.rsplit('/', 1)[1]}").json[
        "features"
    ]) == 1  # fmt: skip
    staff.resent(report)
    placed = store.table("premises").set_index("code").loc["H-006"]
    assert abs(placed["geometry"].x - 233_950) < 0.1


def test_row_sent_as_it_is_counts_as_not_mended(staff: Importer):
    text = 'code;naam;vloeroppervlak;x;y\nH-1;"een\ntwee";veel;233900;556800\n'
    report = staff.imported(text)
    path = row_path(staff, report, 1)
    form = parse(staff.get(path).text).find(".//form[@class='split']")
    sent = {field.get("name"): (field.get("value") or "") for field in form.iter("input")}
    sent |= {
        field.get("name"): "".join(field.itertext()).removeprefix("\n").replace("\n", "\r\n")
        for field in form.iter("textarea")
    }
    staff.post(path, **{name: value for name, value in sent.items() if name != "csrf_token"})
    assert "0 daarvan zijn hersteld." in words(staff.get(f"{report}/quarantine").text)


def test_row_whose_parent_came_later_lands_as_it_is(staff: Importer):
    text = "code;bedrijventerrein;x;y\nH-1;NIEUW;233900;556800\n"
    report = staff.imported(text)
    assert rows_listed(staff.get(f"{report}/quarantine").text) == ["1"]
    park = (
        '{"type":"Feature","properties":{"code":"NIEUW","name":"Nieuw","gross_area_m2":370000},'
        '"geometry":{"type":"Polygon","coordinates":[[[6.56,52.99],[6.57,52.99],[6.57,53.0],[6.56,52.99]]]}}'
    )
    path = staff.send(park, "park.geojson", "business_parks")
    staff.check(path)
    assert "1 ingevoerd" in words(staff.land(path).text)
    assert "Ingevoerd: 1. Wachten nog: 0." in words(staff.get(staff.resent(report)).text)


def test_field_that_the_file_lacks_is_filled_in_by_hand(staff: Importer):
    rows = "naam;gross_area_m2\nEen;10000\nTwee;20000\n"
    path = staff.send(rows, "parken.csv", "business_parks")
    staff.check(path)
    report = staff.land(path).request.path
    page = parse(staff.get(row_path(staff, report, 1)).text)
    labels = {" ".join("".join(label.itertext()).split()): label.get("for")
              for label in page.iter("label")}  # fmt: skip
    code = labels["Code het bestand heeft er geen kolom voor"]
    staff.post(row_path(staff, report, 1), **{code: "P-1", "place": "233950 556850"})
    assert "P-1" in words(staff.get(f"{report}/quarantine").text)
    again = staff.resent(report)
    told = staff.get(f"{again}.json").json["layers"][0]
    assert told["issues"].keys() == {"invalid_geometry"}


def test_field_that_the_file_lacks_is_filled_in_by_rule(staff: Importer):
    path = staff.send("code;naam\nP-1;Een\nP-2;Twee\n", "parken.csv", "business_parks")
    staff.check(path)
    report = staff.land(path).request.path
    group = group_of(staff.get(f"{report}/quarantine").text, "Waarde ontbreekt")
    rule = f"{report}/quarantine/rule"
    staff.post(rule, group=group, action="replace", new_value="10000")
    told = staff.get(f"{staff.resent(report)}.json").json["layers"][0]
    assert told["issues"] == {"missing_geometry": 2}


def test_row_left_out_for_good_cannot_be_mended_any_more(staff: Importer):
    report = staff.imported()
    path = row_path(staff, report, 2)
    staff.post(path, do="drop")
    assert "Deze rij wacht niet meer" in staff.get(path).text
    assert staff.post(path).status_code == 404


def test_rows_that_fail_again_wait_on(staff: Importer):
    report = staff.imported()
    path = row_path(staff, report, 2)
    name = parse(staff.get(path).text).find(".//input[@aria-invalid='true']").get("name")
    staff.post(path, **{name: "dertien"})
    again = staff.get(staff.resent(report)).text
    assert "Ingevoerd: 0. Wachten nog: 1." in words(again)
    assert "2" in rows_listed(staff.get(f"{report}/quarantine").text)


def test_sending_nothing_again_says_what_is_lacking(staff: Importer):
    report = staff.imported()
    answer = staff.post(f"{report}/quarantine/resend")
    assert answer.headers["Location"] == f"{report}/quarantine"
    assert "herstel er eerst een" in staff.get(f"{report}/quarantine").text


@pytest.mark.parametrize(
    "written",
    ["233968 556906", "RD 233 968, 556 906", "233968,1;556906,2", "6.5633, 52.9933",
     "52,9933 6,5633"],
)  # fmt: skip
def test_place_is_read_in_the_ways_people_write_it(written):
    lon, lat = read_place(written)
    assert (round(lon, 3), round(lat, 3)) == (6.563, 52.993)


@pytest.mark.parametrize("written", ["nergens", "233968", "1 2", "6.5 52.9 1", "999999 999999"])
def test_place_that_is_none_is_refused(sample_app: Flask, written):
    with sample_app.test_request_context("/"), pytest.raises(FormFault):
        read_place(written)
