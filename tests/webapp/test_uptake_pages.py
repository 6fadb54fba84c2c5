"""The uptake on its pages: sentence, tables, charts, files, and the ledger that staff keep."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from xml.etree.ElementTree import Element

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_assen import services
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse

DAY = date(2026, 11, 1)
AT = f"as_of={DAY}"
SVG = "{http://www.w3.org/2000/svg}"
FREE = "P-MV-050B"
"""A plot that can be issued immediately."""


@pytest.fixture(scope="module")
def report(sample_app: Flask) -> services.UptakeReport:
    return services.uptake_report(sample_app.extensions["geo_assen"], as_of=DAY)


def table(page: str, name: str) -> list[list[str]]:
    """Cells of the rows of a folded table."""
    rows = parse(page).findall(f".//details[@id='fold-{name}']//tbody/tr")
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in rows]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff")), delimiter=";"))


def in_ha(area_m2: int) -> str:
    return f"{area_m2 / 10_000:.2f}".replace(".", ",")


def shown(page: str, figure: str) -> Element:
    label = f"chart-{figure}-title chart-{figure}-told"
    chart = parse(page).find(f".//{SVG}svg[@aria-labelledby='{label}']")
    assert chart is not None
    return chart


# The screen -----------------------------------------------------------------------------------

def test_answer_is_one_sentence_with_stock_pace_and_years(client: FlaskClient):
    told = words(client.get(f"/uptake?{AT}&lang=nl").text)
    assert (
        "Nog 36,3 ha uitgeefbaar; bij het tempo van de laatste 10 jaar (2016-2025) genoeg voor "
        "7,5 jaar (6,3 tot 9,3)." in told
    )
    assert "De norm voor de ijzeren voorraad is 3 jaar gemiddelde uitgifte: 14,5 ha." in told
    assert "illustratief" in told
    english = words(client.get(f"/uptake?{AT}&lang=en").text)
    assert "36.3 ha still issuable; at the pace of the last 10 years (2016-2025)" in english
    client.get("/uptake?lang=nl")


def test_date_of_the_past_is_said_and_changes_the_answer(client: FlaskClient):
    page = client.get("/uptake?as_of=2019-12-31&lang=nl").text
    assert "U ziet 31 december 2019." in page
    assert "(2010-2019)" in words(page)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("as_of=2005-06-01", "op deze datum is nog geen heel jaar vastgelegd"),
        ("as_of=1999-01-01", "tot en met 1 januari 1999 is geen gebeurtenis vastgelegd"),
        ("park=AZ&known_at=2020-01-01&years=3&" + AT, "in 2023-2025 is per saldo geen grond"),
    ],
)
def test_undefined_is_said_with_its_reason(client: FlaskClient, query, reason):
    answer = client.get(f"/uptake?{query}&lang=nl")
    assert answer.status_code == 200
    assert "onbepaald" in words(answer.text)
    assert reason in words(answer.text)


def test_short_history_is_said(client: FlaskClient):
    told = words(client.get("/uptake?as_of=2007-06-30&lang=nl").text)
    assert "Gevraagd is het gemiddelde van 10 jaar; er zijn maar 2 hele jaren vastgelegd." in told
    assert "De geschiedenis is te kort om de methoden te vergelijken." in told
    assert "Er is geen prognose" in words(client.get("/uptake?as_of=2006-06-30&lang=nl").text)


def test_winner_of_the_bench_is_named_with_its_error(client: FlaskClient):
    told = words(client.get(f"/uptake?{AT}&lang=nl").text)
    assert "Geen methode deed het in het verleden beter dan het laatste jaar herhalen" in told
    assert "minst ver ernaast" in told


def test_stock_table_is_that_of_the_report_and_its_parts_add_up(client, report):
    page = client.get(f"/uptake?{AT}&lang=nl").text
    rows = table(page, "stock")
    assert len(rows) == len(report.parks)
    for cells, (_code, park) in zip(rows, report.parks.iterrows(), strict=True):
        assert cells[:4] == [
            park["name"],
            *(in_ha(park[n]) for n in ("net_area_m2", "issued_m2", "issuable_m2")),
        ]
    for row in rows_of(client.get(f"/uptake.csv?table=stock&{AT}&lang=nl").text):
        parts = ("issued_m2", "immediately_issuable_m2", "not_yet_issuable_m2", "optioned_m2",
                 "reserved_m2")  # fmt: skip
        assert sum(int(row[name]) for name in parts) == int(row["net_area_m2"])


@pytest.mark.parametrize("name", ["stock", "supply", "forecast", "scenarios", "errors"])
def test_table_and_file_have_the_same_rows(client: FlaskClient, name):
    page = client.get(f"/uptake?{AT}&lang=nl").text
    written = rows_of(client.get(f"/uptake.csv?table={name}&{AT}&lang=nl").text)
    assert len(table(page, name)) == len(written) > 0
    assert {row["certainty"] for row in written} == {"illustrative"}
    assert {row["as_of"] for row in written} == {DAY.isoformat()}


def test_yearly_table_holds_the_running_year_and_says_that_it_runs(client, report):
    rows = table(client.get(f"/uptake?{AT}&lang=nl").text, "uptake-year")
    assert [row[0] for row in rows] == [str(year) for year in range(2005, 2027)]
    assert [row[1] for row in rows[:-1]] == [in_ha(m2) for m2 in report.yearly]
    assert [row[-1] for row in rows][-2:] == ["ja", "nee"]


def test_chart_has_a_bar_a_year_and_says_the_same_numbers(client, report):
    chart = shown(client.get(f"/uptake?{AT}&lang=nl").text, "uptake")
    assert chart.get("role") == "img"
    told = [title.text for title in chart.findall(f".//{SVG}rect/{SVG}title")]
    assert told[:2] == [
        f"{year}: {in_ha(m2)} ha" for year, m2 in list(report.yearly.items())[:2]
    ]
    assert len(told) == len(report.yearly) + 1
    assert len(chart.findall(f".//{SVG}rect[@class='chart__running']")) == 1


@pytest.mark.parametrize("by", ["park", "year", "sector", "size"])
def test_uptake_by_a_thing_adds_up_to_the_years(client: FlaskClient, report, by):
    page = client.get(f"/uptake?{AT}&by={by}&lang=nl").text
    assert table(page, f"uptake-{by}")
    written = rows_of(client.get(f"/uptake.csv?table=uptake&by={by}&{AT}&lang=nl").text)
    sums: dict[int, int] = {}
    for row in written:
        sums[int(row["year"])] = sums.get(int(row["year"]), 0) + int(row["uptake_m2"])
    assert {year: sums[year] for year in report.yearly.index} == report.yearly.to_dict()
    one = rows_of(client.get(f"/uptake.csv?table=uptake&by={by}&year=2020&{AT}&lang=nl").text)
    assert {row["year"] for row in one} == {"2020"}


def test_price_of_few_deeds_is_for_staff(client: FlaskClient, reader: Importer):
    path = f"/uptake.csv?table=uptake&by=park&{AT}&lang=nl"
    for asker, all_told in ((client.get(path).text, False), (reader.get(path).text, True)):
        few = [r for r in rows_of(asker) if r["priced_deeds"] in {"1", "2"}]
        assert few
        assert all(bool(row["price_eur_m2"]) == all_told for row in few)


def test_promises_that_end_soon_stand_on_top_and_name_parties_to_staff(client, reader):
    path = "/uptake?as_of=2027-01-10&lang=nl"
    public, told = client.get(path).text, reader.get(path).text
    assert "Kavel AZ-008 : optie tot en met 30 januari 2027 (20 dagen)" in words(public)
    assert "Voorbeeld Energie" not in public
    assert "Voorbeeld Energie" in told
    files = [a.get("/uptake.csv?table=promises&as_of=2027-01-10&lang=nl").text
             for a in (client, reader)]  # fmt: skip
    assert ["party" in rows_of(text)[0] for text in files] == [False, True]
    assert "wacht op een ander" in words(client.get("/uptake?as_of=2027-03-20&lang=nl").text)


def test_known_at_says_what_does_not_count_and_changes_map_and_figures(client: FlaskClient):
    asked = f"{AT}&known_at=2026-01-31&lang=nl"
    page = client.get(f"/uptake?{asked}").text
    assert re.search(r"Zoals bekend op 31 januari 2026: \d+ gebeurtenissen zijn later", page)
    statuses = [
        {f["id"]: f["properties"]["status"] for f in client.get(path).json["features"]}
        for path in (f"/uptake.geojson?{AT}", f"/uptake.geojson?{asked}")
    ]
    assert [told["P-MV-049"] for told in statuses] == ["option", "immediately_issuable"]
    written = rows_of(client.get(f"/uptake.csv?{asked}").text)
    assert {row["known_at"] for row in written} == {"2026-01-31"}


def test_park_narrows_page_map_and_files(client: FlaskClient):
    asked = f"park=AZ&{AT}&lang=nl"
    page = client.get(f"/uptake?{asked}").text
    assert [row[0] for row in table(page, "stock")] == ["Werklandschap Assen-Zuid"]
    assert '"url": "/uptake.geojson?park=AZ"' in page
    features = client.get(f"/uptake.geojson?{asked}").json["features"]
    assert features
    assert {f["properties"]["park"] for f in features} == {"AZ"}
    parks = client.get(f"/uptake.geojson?table=stock&{asked}").json["features"]
    assert [p["properties"]["issuable_m2"] for p in parks] == [104341]
    assert [p["properties"]["certainty"] for p in parks] == ["illustrative"]


def test_map_gets_plots_of_its_view_and_the_page_holds_none(client: FlaskClient):
    assert "P-AZ-0" not in client.get(f"/uptake?{AT}").text
    view = client.get(f"/uptake.geojson?for=map&bbox=6.4,52.9,6.7,53.1&limit=5&{AT}").json
    assert (view["numberReturned"], len(view["features"])) == (5, 5)
    assert view["numberMatched"] > 5
    assert {"columns", "rows", "card"} <= set(view["view"])


def test_parts_are_given_alone_for_the_slider(client: FlaskClient):
    for part, other in (("figures", "outlook"), ("outlook", "figures")):
        answer = client.get("/uptake?as_of=2015-06-30", headers={"X-Fragment": part})
        assert f'id="{part}"' in answer.text
        assert f'id="{other}"' not in answer.text
        assert "date-notice" in answer.text
        assert answer.headers["Cache-Control"] == "no-store"
        assert "X-Fragment" in answer.vary


@pytest.mark.parametrize(
    "query",
    ["nonsense=1", "years=4", "by=colour", "horizon=7", "return_share=2", "return_share=x",
     "known_at=yesterday", "year=0", "as_of=2026-13-01", "view=prospect"],
)  # fmt: skip
def test_address_that_means_nothing_is_refused_with_a_sentence(client: FlaskClient, query):
    for path in ("/uptake", "/uptake.csv", "/uptake.geojson"):
        assert client.get(f"{path}?{query}").status_code == 400


def test_park_or_table_that_does_not_exist_is_refused(client: FlaskClient):
    assert client.get("/uptake?park=XX").status_code == 404
    assert client.get("/uptake.csv?table=nothing").status_code == 400
    assert client.get("/uptake.geojson?table=supply").status_code == 400


def test_share_that_returns_scales_the_replacement_demand(client: FlaskClient):
    rows = [
        rows_of(client.get(f"/uptake.csv?table=scenarios&return_share={s}&{AT}&lang=nl").text)
        for s in ("1", "0,5")
    ]
    whole, half = (int(r[-1]["total_m2"]) for r in rows)
    assert whole > 0
    assert abs(half * 2 - whole) <= 1


def test_empty_store_says_the_step_that_fills_it(staff: Importer):
    page = staff.get("/uptake?lang=nl")
    assert page.status_code == 200
    assert "Er is nog geen terrein opgeslagen" in words(page.text)
    assert parse(page.text).find(".//main//a[@href='/imports']") is not None
    assert parse(page.text).find(".//form[@data-time]") is None
    for path in ("/uptake.csv", "/uptake.csv?table=errors", "/uptake.geojson"):
        assert staff.get(path).status_code == 200


# The ledger -----------------------------------------------------------------------------------

def test_card_of_a_plot_leads_staff_to_the_ledger(client: FlaskClient, reader: Importer):
    for path in ("/uptake/events/new?plot={key}", "/uptake/plots/{key}/split"):
        assert path in reader.get("/uptake").text
        assert path not in client.get("/uptake").text


def test_form_is_for_staff(client: FlaskClient):
    asked = client.get("/uptake/events/new", headers={"Accept": "text/html"})
    assert asked.location.startswith("/login")
    assert "/uptake/events/new" not in client.get("/uptake").text


def test_form_is_filled_for_a_plot_or_for_an_event_to_correct(reader: Importer):
    page = parse(reader.get(f"/uptake/events/new?plot={FREE}&lang=nl").text)
    assert page.find(".//input[@name='plot']").get("value") == FREE
    told = filled(reader.get("/uptake/events/new?corrects=E-0223").text)
    assert told["kind"] == "option"
    assert told["valid_until"] == "2027-01-30"
    assert told["corrects"] == "E-0223"
    assert reader.get("/uptake/events/new?corrects=E-9999").status_code == 404
    assert reader.get("/uptake/events/new?colour=red").status_code == 400


def filled(page: str) -> dict[str, str]:
    """What the form would send as it stands."""
    form = parse(page).find(".//form[@class='entry']")
    values = {i.get("name"): i.get("value") or "" for i in form.findall(".//input")}
    for choice in form.findall(".//select"):
        chosen = [o.get("value") for o in choice.findall("option") if o.get("selected") is not None]
        values[choice.get("name")] = chosen[0] if chosen else ""
    return values


def option(**changes: str) -> dict[str, str]:
    return {
        "kind": "option", "plot": FREE, "effective_on": "2026-11-02", "party": "Nieuwe Partij",
        "valid_until": "2099-12-31", "step": "check", **changes,
    }  # fmt: skip


def test_event_is_shown_first_then_recorded_and_can_be_corrected(anna: Importer):
    told = words(anna.post("/uptake/events/new", **option()).text)
    assert "Terstond uitgeefbaar Optie" in told
    assert "Vastleggen" in told
    assert "Nieuwe Partij" in told
    assert "Nieuwe Partij" not in anna.get("/layers/parties").text

    answer = anna.post("/uptake/events/new", **option(step="record"))
    assert answer.status_code == 303
    assert answer.location == "/uptake?park=MV"
    page = anna.get(answer.location).text
    code = re.search(r"Vastgelegd als (E-\d{4})\.", page)[1]
    latest = next(row for row in table(page, "events") if row[0] == code)
    assert "Optie" in latest
    assert "Nieuwe Partij" in latest

    lapse = filled(anna.get(f"/uptake/events/new?corrects={code}").text)
    lapse |= {"kind": "option_lapsed", "valid_until": "", "step": "record"}
    assert anna.post("/uptake/events/new", **lapse).status_code == 303
    figures = anna.client.get("/uptake?park=MV", headers={"X-Fragment": "figures"}).text
    rows = {row[0]: row for row in table(figures, "events")}
    assert rows[code][-1].startswith("verbeterd door E-")


def test_event_that_says_too_little_comes_back_as_it_was_typed(reader: Importer):
    answer = reader.post("/uptake/events/new", **option(valid_until="", priority_rank="0"))
    assert answer.status_code == 400
    page = parse(answer.text)
    assert page.find(".//p[@id='e-valid_until-error']").text == (
        "Een optie of reservering heeft een laatste dag."
    )
    assert page.find(".//p[@id='e-priority_rank-error']").text == "Moet 1 of meer zijn."
    assert filled(answer.text)["party"] == "Nieuwe Partij"


@pytest.mark.parametrize(
    ("field", "typed"),
    [("effective_on", "morgen"), ("area_m2", "veel"), ("area_m2", "12,5"), ("price_eur_m2", "x"),
     ("kind", ""), ("kind", "split"), ("plot", "P-NOPE"), ("sector", "space"),
     ("party", "x" * 201)],
)  # fmt: skip
def test_field_that_cannot_be_read_says_so_at_the_field(reader: Importer, field, typed):
    answer = reader.post("/uptake/events/new", **option(**{field: typed}))
    assert answer.status_code == 400
    assert parse(answer.text).find(f".//p[@id='e-{field}-error']") is not None
    assert filled(answer.text)[field] == typed


def test_area_may_be_typed_with_a_sign_between_the_thousands(reader: Importer):
    page = reader.post("/uptake/events/new", **option(area_m2="1.000"))
    assert "1.000 m²" in words(page.text)


def test_contradiction_is_told_in_dutch_and_nothing_is_lost(reader: Importer):
    issued = option(plot="P-MV-049", priority_rank="1")
    for step in ("check", "record"):
        answer = reader.post("/uptake/events/new", **(issued | {"step": step}))
        assert answer.status_code == 409
        told = words(answer.text)
        assert "Op de kavel loopt al een toezegging van dezelfde soort en rang." in told
        assert "Vastleggen" not in told
    back = reader.post("/uptake/events/new", **(issued | {"step": "edit"}))
    assert filled(back.text)["plot"] == "P-MV-049"
    assert reader.post("/uptake/events/new", **(issued | {"step": "burn"})).status_code == 400


def test_cautions_are_said_in_words(reader: Importer):
    page = reader.post("/uptake/events/new", **option(effective_on="2099-01-01"))
    assert "De gebeurtenis geldt pas in de toekomst" in words(page.text)


def test_public_cannot_record(client: FlaskClient):
    token = parse(client.get("/login").text).find(".//input[@name='csrf_token']").get("value")
    form = option(step="record", csrf_token=token)
    assert client.post("/uptake/events/new", data=form).status_code == 403


def test_one_year_on_record_is_told_without_a_band(client: FlaskClient):
    page = " ".join(client.get("/uptake?as_of=2005-12-31&lang=nl").text.split())
    assert "bij het tempo van 2005 genoeg voor" in page
    assert "er is maar 1 heel jaar vastgelegd" in page
