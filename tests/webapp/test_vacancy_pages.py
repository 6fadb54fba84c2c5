"""Vacancy on its page: page, map and files tell what the report tells, of what was asked."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from xml.etree.ElementTree import Element

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import services
from geo_assen.crs import lonlat_to_rd
from geo_assen.services import Store, VacancyFilter
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
CENTRE = ((6.555, 52.992), (6.567, 52.992), (6.567, 52.998), (6.555, 52.998))
WITHIN = "within=" + ";".join(f"{lon},{lat}" for lon, lat in CENTRE)
VACANT = frozenset({"friction", "long", "structural"})


@pytest.fixture(scope="module")
def store(sample_app: Flask) -> Store:
    found: Store = sample_app.extensions["geo_assen"]
    return found


def text_of(part: Element) -> str:
    return " ".join("".join(part.itertext()).split())


def table(page: str, name: str) -> list[list[str]]:
    """Cells of the rows of a folded table, its last row among them."""
    fold = parse(page).find(f".//details[@id='fold-{name}']")
    assert fold is not None
    rows = fold.findall(".//tbody/tr") + fold.findall(".//tfoot/tr")
    return [[text_of(cell) for cell in row] for row in rows]


def rows_of(text: str, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter))


def features_of(client: FlaskClient, query: str) -> list[dict[str, object]]:
    found = json.loads(client.get(f"/vacancy.geojson?{query}").text)
    return [feature["properties"] for feature in found["features"]]


def dutch(number: float, decimals: int = 0) -> str:
    return f"{number:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("as_of=2026-11-01", {}),
        ("as_of=2019-12-31&known_at=2021-01-01&by=use",
         {"as_of": date(2019, 12, 31), "known_at": date(2021, 1, 1)}),
        ("as_of=2026-11-01&use=retail,hospitality&by=size&large_m2=500",
         {"chosen": VacancyFilter(uses=("retail", "hospitality")), "large_m2": 500}),
        (f"as_of=2026-11-01&by=area&{WITHIN}",
         {"chosen": VacancyFilter(within=services.drawn_area(CENTRE))}),
    ],
)  # fmt: skip
def test_page_and_files_tell_the_figures_of_the_report(client: FlaskClient, store, query, asked):
    report = services.vacancy_report(store, **({"as_of": DAY} | asked))
    by = dict(part.split("=") for part in query.split("&")).get("by", "street")
    total, small = report.total, report.without_large
    assert 0 < total["vacant_units"] < total["units"]
    page = client.get(f"/vacancy?{query}&lang=nl").text
    last = table(page, f"figures-{by}")[-1]
    for at, figures in ((1, total), (7, small)):
        assert last[at : at + 6] == [
            dutch(figures["units"]), dutch(figures["vacant_units"]),
            dutch(100 * figures["vacant_units"] / figures["units"], 1),
            dutch(figures["floor_m2"]), dutch(figures["vacant_floor_m2"]),
            dutch(100 * figures["vacant_floor_m2"] / figures["floor_m2"], 1),
        ]  # fmt: skip
    written = rows_of(client.get(f"/vacancy.csv?{query}&table=figures&lang=nl").text)
    assert len(written) == len(table(page, f"figures-{by}")) - 1
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(f"/vacancy.xlsx?{query}&table=figures").data)
    )
    cells = list(book.worksheets[0].values)[1:]
    places = features_of(client, query)
    for column, name in ((2, "units"), (3, "vacant_units"), (5, "floor_m2"),
                         (6, "vacant_floor_m2")):  # fmt: skip
        assert sum(int(row[name]) for row in written) == total[name]
        assert sum(row[column] for row in cells) == total[name]
    assert len(places) == total["units"]
    assert sum(one["vacancy_class"] in VACANT for one in places) == total["vacant_units"]
    assert sum(one["vacant_m2"] or 0 for one in places) == total["vacant_floor_m2"]
    for row in (*written, *places):
        assert row["as_of"] == report.as_of.isoformat()
        assert (row["known_at"] or None) == (report.known_at and report.known_at.isoformat())
        assert row["certainty"] == "illustrative"
        assert row["licence"] and row["source_name"]


def test_answer_tells_both_shares_with_and_without_large_premises(client: FlaskClient):
    places = features_of(client, f"as_of={DAY}")
    vacant = [one for one in places if one["vacancy_class"] in VACANT]
    small = [one for one in places if one["floor_area_m2"] < 1500]
    told = words(client.get(f"/vacancy?as_of={DAY}&lang=nl").text)
    floor = sum(one["floor_area_m2"] for one in places)
    empty = sum(one["vacant_m2"] for one in vacant)
    assert (
        f"Op 1 november 2026 staan {len(vacant)} van {len(places)} panden leeg "
        f"({dutch(100 * len(vacant) / len(places), 1)} %); {dutch(empty)} van {dutch(floor)} m² "
        f"({dutch(100 * empty / floor, 1)} %)." in told
    )
    assert f"Zonder de {len(places) - len(small)} grote panden (vanaf 1.500 m²)" in told
    assert "illustratief" in told
    unknown = [one["floor_area_m2"] for one in places if one["vacancy_class"] == "unknown"]
    assert f"Van {len(unknown)} ({dutch(sum(unknown))} m²) is de toestand niet bekend" in told


def test_class_and_source_narrow_the_list_and_not_the_figures(client: FlaskClient, store):
    query = f"as_of={DAY}&class=structural&source=field"
    report = services.vacancy_report(store, as_of=DAY)
    narrowed = [
        code for code, unit in report.units.iterrows()
        if (unit["vacancy_class"], unit["source"]) == ("structural", "field")
    ]  # fmt: skip
    assert 0 < len(narrowed) < report.total["vacant_units"]
    page = client.get(f"/vacancy?{query}&lang=nl").text
    assert table(page, "figures-street")[-1][1] == dutch(report.total["units"])
    assert len(table(page, "units")) == len(narrowed)
    assert f"gaan over alle {len(report.units)} panden" in words(page)
    assert {one["premises"] for one in features_of(client, query)} == set(narrowed)
    listed = rows_of(client.get(f"/vacancy.csv?{query}&table=units&lang=nl").text)
    assert {row["premises"] for row in listed} == set(narrowed)
    since = [row["vacant_since"] for row in listed]
    assert since == sorted(since)


def test_corners_in_rd_and_a_district_of_the_map_ask_the_same(client: FlaskClient):
    in_rd = "\n".join("{:.2f} {:.2f}".format(*lonlat_to_rd(lon, lat)) for lon, lat in CENTRE)
    drawn = features_of(client, f"as_of={DAY}&{WITHIN}")
    typed = json.loads(
        client.get("/vacancy.geojson", query_string={"as_of": DAY, "within": in_rd}).text
    )
    assert [one["properties"] for one in typed["features"]] == drawn != []
    by_area = features_of(client, "area=WK010600")
    assert by_area == features_of(client, "district=WK010600") != []


@pytest.mark.parametrize(
    "query",
    ["colour=red", "by=owner", "use=pub", "use=retail,pub", "size=7", "class=long,old",
     "source=hearsay", "large_m2=0", "within=6.5,53;6.6,53", "within=6.5;6.6;6.7",
     "within=6.55,52.99;6.57,53;6.57,52.99;6.55,53", "within=nan,1;2,3;4,5", "since=yesterday",
     "hot=2", "signs=fr", "as_of=2026-13-01"],
)  # fmt: skip
def test_nonsense_is_refused_in_words(client: FlaskClient, query):
    name = query.split("=")[0]
    for path in ("/vacancy", "/vacancy.geojson", "/vacancy.csv", "/vacancy.xlsx"):
        answer = client.get(f"{path}?{query}&lang=nl", headers={"Accept": "text/html"})
        assert answer.status_code == 400
        assert name in answer.text
    assert client.get("/vacancy?area=NOWHERE").status_code == 404
    assert client.get("/vacancy.csv?table=people").status_code == 400


def test_changes_are_counted_in_words_table_file_and_map(client: FlaskClient, store):
    since = date(2024, 11, 1)
    query = f"as_of={DAY}&since={since}"
    before, after = (
        {code for code, unit in services.units_at(store, day).iterrows()
         if unit["state"] in {"vacant", "partly"}}
        for day in (since, DAY)
    )  # fmt: skip
    page = client.get(f"/vacancy?{query}&lang=nl").text
    assert f"{len(after - before)} nieuw leeg" in words(page)
    assert f"{len(after & before)} nog steeds leeg" in words(page)
    drawn = features_of(client, f"{query}&table=changes")
    kinds = {one["premises"]: one["change"] for one in drawn}
    assert set(kinds) == before | after
    assert {code for code, kind in kinds.items() if kind == "newly_vacant"} == after - before
    written = rows_of(client.get(f"/vacancy.csv?{query}&table=changes&lang=nl").text)
    assert {row["premises"]: row["change"] for row in written} == kinds
    assert len(table(page, "changes")) == len(kinds)
    assert all(one["since"] == since.isoformat() for one in (*drawn, *written))


def test_day_to_compare_with_that_lies_later_is_said(client: FlaskClient):
    answer = client.get(f"/vacancy?as_of={DAY}&since={DAY}&lang=nl")
    assert "moet vóór 1 november 2026 liggen" in words(answer.text)
    assert features_of(client, f"as_of={DAY}&since={DAY}&table=changes") == []


def test_place_on_the_map_is_named_with_both_figures(client: FlaskClient, store):
    report = services.vacancy_report(store, as_of=DAY)
    street = report.figures("street").loc["Rolderstraat"]
    said = features_of(client, f"as_of={DAY}&table=streets&for=map&lang=nl")
    label = next(one["label"] for one in said if one["title"] == "Rolderstraat")
    share = f"{100 * street['vacant_floor_m2'] / street['floor_m2']:.0f}"
    assert label.replace("\u00a0", " ") == (
        f"Rolderstraat: {street['vacant_units']} van {street['units']} · {share} % m²"
    )
    areas = features_of(client, f"as_of={DAY}&table=areas&lang=nl")
    assert {one["kind"] for one in areas} == {"district", "shopping_area"}
    assert "label" not in features_of(client, f"as_of={DAY}&for=map")[0]


def test_series_and_reference_stand_beside_with_their_definitions(client: FlaskClient, store):
    report = services.vacancy_report(store, as_of=DAY)
    page = client.get(f"/vacancy?as_of={DAY}&lang=nl").text
    years = table(page, "years")
    assert [row[0] for row in years] == [one.key for one in report.years]
    assert years[-1][2:4] == [dutch(report.total["units"]), dutch(report.total["vacant_units"])]
    assert len(table(page, "reference")) == len(report.reference) + 2
    assert "half 2019" not in page
    written = rows_of(client.get(f"/vacancy.csv?as_of={DAY}&table=reference&lang=nl").text)
    assert {row["certainty"] for row in written} >= {"stated", "illustrative"}
    assert all(row["definition"] and row["stated_by"] for row in written)


def test_signs_of_csv_are_a_choice(client: FlaskClient):
    path = f"/vacancy.csv?as_of={DAY}&table=figures&by=municipality"
    for lang, signs, delimiter, sign in (("nl", "", ";", ","), ("nl", "&signs=en", ",", "."),
                                         ("en", "", ",", "."), ("en", "&signs=nl", ";", ",")):
        (row,) = rows_of(client.get(f"{path}&lang={lang}{signs}").text, delimiter)
        assert sign in row["vacant_units_share"]
    client.get("/vacancy.csv?lang=nl")


@pytest.mark.parametrize(
    "name", ["figures", "years", "durations", "reference", "units", "changes", "change-sums"]
)
def test_table_is_a_workbook_in_which_numbers_are_numbers(client: FlaskClient, name):
    query = f"as_of={DAY}&since=2025-11-01&table={name}"
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/vacancy.xlsx?{query}&lang=nl").data))
    heads, *rows = book.worksheets[0].values
    written = rows_of(client.get(f"/vacancy.csv?{query}&lang=nl").text)
    assert len(rows) == len(written) > 0
    kinds = {type(cell) for row in rows for cell in row}
    assert int in kinds
    assert "as_of" in heads
    numbers = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert not any(text.replace(",", "").isdigit() for text in numbers if len(text) > 4)


def test_map_is_told_how_many_rows_there_are_beyond_its_limit(client: FlaskClient, store):
    found = json.loads(client.get(f"/vacancy.geojson?as_of={DAY}&for=map&limit=7").text)
    assert len(found["features"]) == 7
    assert found["numberMatched"] == len(services.units_at(store, DAY))


def test_few_premises_that_are_all_alike_are_warned_of(client: FlaskClient, store):
    figures = services.vacancy_report(store, as_of=DAY).figures("street")
    street = figures.index[(figures["vacant_units"] == 0) & (figures["units"] > 1)][0]
    told = words(
        client.get("/vacancy", query_string={"as_of": DAY, "hot": 1, "street": street}).text
    )
    for warning in ("minder dan 30 panden", "minder dan 5 panden", "geen enkel pand"):
        assert warning in told.lower()


def test_empty_choices_say_so_and_lead_back(client: FlaskClient):
    page = client.get("/vacancy?street=Nergens&lang=nl").text
    assert "Geen panden uit de voorraad" in words(page)
    assert parse(page).find(".//div[@id='answer']//a[@href='/vacancy']") is not None
    assert features_of(client, "street=Nergens") == []
    none_listed = client.get(f"/vacancy?as_of={DAY}&class=structural&use=logistics&lang=nl")
    assert "Geen van de panden heeft" in words(none_listed.text)


def test_empty_store_says_what_would_be_here(import_app: Flask):
    told = words(import_app.test_client().get("/vacancy?lang=nl").text)
    assert "Hier komen de panden te staan" in told
    assert "Log in om ze te importeren" in told


def test_staff_are_led_to_the_worklist_and_others_are_not(client: FlaskClient, reader: Importer):
    seen = reader.client.get("/vacancy?lang=nl").text
    assert "/vacancy/review" in seen
    assert "/vacancy/premises/{key}/observe" in seen
    public = client.get("/vacancy?lang=nl").text
    assert "/vacancy/premises/{key}" in public
    assert "/review" not in public
    assert "/observe" not in public


def test_part_that_follows_the_slider_comes_alone(client: FlaskClient):
    part = client.get("/vacancy?as_of=2020-06-30&lang=nl", headers={"X-Fragment": "figures"})
    page = parse(part.text)
    assert page.find(".//div[@id='answer']") is not None
    assert page.find(".//div[@id='figures']") is not None
    assert page.find(".//div[@id='series']") is None
    assert "U ziet 30 juni 2020" in part.text
    assert part.headers["Cache-Control"] == "no-store"
