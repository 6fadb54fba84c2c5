"""Commuting on its page: sentence, flows, bounds of rounding, chart with its break, files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo_assen import services
from geo_assen.commuting import Jobs
from tests.webapp.importing import Importer, words
from tests.webapp.pages import parse
from webapp.commuting.words import jobs_words

TABLE = '"WoonregioS";"WerkregioS";"Perioden";"BanenVanWerknemers_1"\n'


def made_years(*years: int) -> str:
    """A table made for these tests: three pairs and the totals of each year."""
    cells = (("GM0106", "GM0106", "11,3"), ("GM0106", "NL00", "24,6"), ("NL00", "GM0106", "32,1"),
             ("GM1730", "GM0106", "1,4"), ("GM0106", "GM1730", "0,7"))  # fmt: skip
    rows = [f'"{home}";"{work}";"{year}MM12";"{jobs}"' for year in years
            for home, work, jobs in cells]  # fmt: skip
    return TABLE + "\n".join(rows)


def rows_of(page: str) -> list[list[str]]:
    found = parse(page).findall(".//table[@class='utrecht-table utrecht-table--html-table rows "
                                "rows--figures rows--flows']//tbody/tr")  # fmt: skip
    return [[" ".join("".join(cell.itertext()).split()) for cell in row] for row in found]


def test_answer_and_table_tell_the_flows_of_the_year(client: FlaskClient):
    page = client.get("/commuting?lang=nl&top=5").text
    assert (
        "In 2016 of 2017 hadden mensen van elders ten minste 17.065 banen in Assen, en inwoners "
        "van Assen ten minste 10.476 banen elders: saldo +6.589." in words(page)
    )
    rows = rows_of(page)
    assert rows[0] == ["Groningen", "1.882", "3.195", "−1.313"]
    assert [row[0] for row in rows] == [
        "Groningen", "Midden-Drenthe", "Aa en Hunze", "Tynaarlo", "Emmen", "16 andere samen",
        "Niet per gemeente bekend",
    ]  # fmt: skip
    # what is not shown has its row, so that the rows add up to the figure above
    assert sum(int(row[1].replace(".", "")) for row in rows) == 17_065
    assert "5 van 21 gemeenten getoond" in words(page)
    assert "23.800" in words(page)
    assert "Van deze reeks is alleen 2016 of 2017 opgeslagen." in words(page)


def test_net_of_merged_municipalities_runs_both_ways(client: FlaskClient):
    page = client.get("/commuting?lang=en&show=net&boundaries=2021&top=all").text
    told = {row[0]: row[1] for row in rows_of(page)}
    assert told["Groningen"] == "−1,209"  # 2,199 in, 3,408 out
    assert told["Midden-Groningen"] == "+269"
    assert "arrow away from Assen" in words(page)


def test_map_file_and_page_have_the_same_flows(client: FlaskClient):
    drawn = json.loads(
        client.get("/commuting.geojson?show=out&least=500&top=all&for=map").text
    )
    file = json.loads(client.get("/commuting.geojson?show=out&least=500&top=all").text)
    page = client.get("/commuting?show=out&least=500&top=all").text
    keys = [row.get("data-key") for row in parse(page).findall(".//tr[@data-layer]")]
    assert [one["id"] for one in drawn["features"]] == keys
    assert keys == ["GM0106-GM0014", "GM0106-GM1731", "GM0106-GM1730", "GM0106-GM0118",
                    "GM0106-GM0114"]  # fmt: skip
    assert drawn["features"][0]["properties"]["title"] == "Assen → Groningen"
    assert [one["properties"]["jobs"] for one in file["features"]] == [
        3195, 1002, 639, 584, 573, 1992,
    ]  # fmt: skip
    assert file["features"][-1]["geometry"] is None
    assert file["features"][0]["properties"]["licence"] == "CC-BY-4.0"


@pytest.mark.parametrize("name", ["flows", "figures", "years"])
def test_tables_are_files(client: FlaskClient, name):
    answer = client.get(f"/commuting.csv?table={name}&lang=en")
    assert answer.status_code == 200
    assert f"commuting-{name}-cbs-2016-17-2016.csv" in answer.headers["Content-Disposition"]
    assert "17065" in answer.text or name == "flows"
    assert client.get(f"/commuting.xlsx?table={name}").data[:2] == b"PK"


@pytest.mark.parametrize(
    ("query", "status"),
    [("year=1990", 404), ("series=none", 404), ("show=sideways", 400), ("top=7", 400),
     ("least=-1", 400), ("boundaries=2010", 400), ("nonsense=1", 400)],
)  # fmt: skip
def test_nonsense_is_refused(client: FlaskClient, query, status):
    assert client.get(f"/commuting?{query}").status_code == status


def test_bounds_are_written_where_rounding_makes_them(client: FlaskClient):
    with client.application.test_request_context("/?lang=nl"):
        client.application.preprocess_request()
        assert jobs_words(Jobs(17_100, 16_800, 17_300)) == "17.100 (16,8–17,3 dzd)"
        assert jobs_words(Jobs(1_300, 1_250, 1_350)) == "1.300 (1,25–1,35 dzd)"
        assert jobs_words(Jobs.exactly(17_065)) == "17.065"
        assert jobs_words(Jobs(-50, -149, 51), is_signed=True) == "−50 (−0,15 … +0,06 dzd)"


def test_empty_store_says_what_would_be_here_and_then_has_years_with_their_break(
    staff: Importer, store: services.Store, tmp_path: Path
):
    assert "Hier komen de pendelstromen te staan." in words(staff.client.get("/commuting").text)
    path = tmp_path / "tables.csv"
    path.write_text(made_years(2019, 2020, 2021), encoding="utf-8")
    services.import_file(store, "commuter_flows", path)
    page = staff.client.get("/commuting").text
    told = words(page)
    assert "20.800 (20,7–20,9 dzd)" in told
    assert "Tussen 2020 en 2021: een vernieuwde methode" in told
    label = "chart-years-title chart-years-told"
    chart = parse(page).find(f".//{{http://www.w3.org/2000/svg}}svg[@aria-labelledby='{label}']")
    lines = [line.get("class") for line in chart.iter("{http://www.w3.org/2000/svg}line")]
    # three years are two steps, of which the one over the break is not drawn
    assert lines.count("chart__line-one") == 1
    assert lines.count("chart__pace") == 1


def test_year_with_one_direction_unpublished_is_a_gap_on_page_chart_and_file(
    staff: Importer, store: services.Store, tmp_path: Path
):
    years = made_years(2021, 2022, 2023, 2024).splitlines()
    kept = [line for line in years
            if not ('"GM0106";"NL00";"2022' in line or '"GM0106";"GM1730";"2022' in line
                    or '"GM0106";"NL00";"2024' in line)]  # fmt: skip
    path = tmp_path / "tables.csv"
    path.write_text("\n".join(kept), encoding="utf-8")
    services.import_file(store, "commuter_flows", path)
    page = staff.client.get("/commuting?year=2022&lang=nl").text
    assert "is niet gepubliceerd, dus valt er geen saldo te noemen" in words(page)
    assert "ten minste 0" not in words(page)
    empty = words(staff.client.get("/commuting?year=2022&show=out&lang=nl").text)
    assert "Niet gepubliceerd." in empty
    label = "chart-years-title chart-years-told"
    chart = parse(page).find(f".//{{http://www.w3.org/2000/svg}}svg[@aria-labelledby='{label}']")
    lines = [line.get("class") for line in chart.iter("{http://www.w3.org/2000/svg}line")]
    # outgoing: 2022 is not there, and 2024 is a lower bound: nothing is joined to either
    assert (lines.count("chart__line-one"), lines.count("chart__line-two")) == (3, 0)
    file = staff.client.get("/commuting.csv?table=figures&year=2022&lang=en").text
    told = {line.split(",")[0]: line.split(",")[2:5] for line in file.splitlines()}
    assert told["in_jobs"] == ["20800", "20700", "20900"]
    assert told["out_jobs"] == told["net_jobs"] == ["", "", ""]
    least = staff.client.get("/commuting.csv?table=figures&year=2024&lang=en").text
    told = {line.split(",")[0]: line.split(",")[2:5] for line in least.splitlines()}
    assert told["in_jobs"] == ["20800", "20700", "20900"]
    assert told["out_jobs"] == ["700", "650", ""]
    assert told["net_jobs"] == ["20100", "", ""]


def test_year_that_is_not_stored_is_told_in_the_language_of_the_reader(client: FlaskClient):
    refused = client.get("/commuting?year=1999&lang=nl")
    assert refused.status_code == 404
    assert ("Er zijn geen pendelstromen opgeslagen van: 1999. Opgeslagen: 2016, CBS, "
            in words(refused.text))  # fmt: skip
    assert "No flows of commuters are stored of: 1999." in client.get(
        "/commuting?year=1999&lang=en").text  # fmt: skip


def test_pair_that_is_not_published_is_modelled_with_its_badge_and_as_a_file(
    staff: Importer, store: services.Store, tmp_path: Path
):
    at_km = {"GM0106": 0, "GM1730": 10, "GM1680": 20, "GM0014": 40}
    jobs = {10: 607, 20: 368, 30: 223, 40: 135, 0: 500}  # 1,000 exp(-0.05 km), but for inside
    areas = [f"{code},municipality,M{km},2022,{200_000 + 1000 * km},550000"
             for code, km in at_km.items()]  # fmt: skip
    pairs = {(a, b): jobs[abs(at_km[a] - at_km[b])] for a in at_km for b in at_km}
    flows = [f"made,2022,{a},{b},{told}," for (a, b), told in pairs.items()
             if (a, b) != ("GM0106", "GM1730")]  # fmt: skip
    for code in at_km:
        total = sum(pairs[code, other] for other in at_km)  # the same both ways
        flows += [f"made,2022,{code},OTHER,0,{total}", f"made,2022,OTHER,{code},0,{total}"]
    for layer, head, rows in (
        ("areas", "code,kind,name,year,centre_x_m,centre_y_m", areas),
        ("commuter_flows", "series,year,home_code,work_code,jobs,total_jobs", flows),
    ):
        path = tmp_path / f"{layer}.csv"
        path.write_text("\n".join([head, *rows]), encoding="utf-8")
        services.import_file(store, layer, path)
    page = staff.client.get("/commuting?lang=nl").text
    told = words(page)
    assert "Niet gepubliceerde paren gemodelleerd" in told
    assert "exp(-0,050 × km), geschat op de gemiddelde hemelsbrede afstand" in told
    assert "Geconvergeerd na" in told
    fold = parse(page).find(".//details[@id='fold-modelled']")
    rows = {tuple("".join(cell.itertext()).strip() for cell in row)
            for row in fold.findall(".//tbody/tr")}  # fmt: skip
    assert rows == {("M0", "M10", "607")}
    assert "Banen, gemodelleerd" in told
    file = staff.client.get("/commuting.csv?table=modelled&lang=en").text
    assert "GM0106,M0,GM1730,M10,607," in file
    assert all(",modelled," in line for line in file.splitlines()[1:])


def test_sample_says_that_nothing_is_modelled(client: FlaskClient):
    page = client.get("/commuting?lang=nl").text
    assert "Niets gemodelleerd: van minder dan twee gemeenten" in words(page)
    assert "fold-modelled" not in page
    assert "Niets gemodelleerd" not in client.get("/commuting?lang=nl&boundaries=2021").text


def test_flows_are_curves_with_an_arrow_and_light_with_their_row(open_page):
    page = open_page("/commuting?lang=nl&top=5")
    paths = page.locator(".leaflet-layer-commuter_flows-pane path, path[marker-end]")
    assert paths.count() == 5
    assert "marker-end" in paths.first.evaluate("path => path.outerHTML")
    row = page.locator("tr[data-key='GM1680-GM0106']")
    row.focus()  # by keyboard as by pointer
    page.wait_for_selector("path.is-lit")
    assert page.locator("path.is-lit").get_attribute("marker-end").startswith("url(#arrow-101010")
    assert page.locator(".name__text", has_text="Aa en Hunze").count() == 1
    row.blur()
    page.wait_for_selector("path.is-lit", state="detached")
    paths.first.dispatch_event("mouseover", {"bubbles": True})
    page.wait_for_selector("tr.is-lit")
    assert page.locator("tr.is-lit").count() == 1
