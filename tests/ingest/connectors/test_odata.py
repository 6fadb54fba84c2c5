"""Tables of CBS come tidy out of both versions; what is missing says why."""

from __future__ import annotations

import pytest

from geo_assen.errors import NotFound, ServiceUnavailable
from geo_assen.ingest.connectors import Odata, Selection
from geo_assen.ingest.connectors.odata import unit_factor
from tests.ingest.connectors.server import Reply, Service

PEOPLE, JOBS, BENEFIT = "TotaleBevolking_1", "Banen_2", "Bijstand_3"
ASSEN = Selection([PEOPLE, JOBS, BENEFIT], ["GM0106"], [2023, 2024])


def recorded_v3(service: Service) -> None:
    for name in ("TableInfos", "DataProperties", "RegioS", "Perioden", "TypedDataSet"):
        service.recorded(f"/v3/70072ned/{name}", f"cbs_v3/{name}.json")


def recorded_v4(service: Service) -> None:
    for name in ("Properties", "Dimensions", "MeasureCodes", "WijkenEnBuurtenCodes"):
        service.recorded(f"/v4/85984NED/{name}", f"cbs_v4/{name}.json")
    pages = ("cbs_v4/Observations_1.json", "cbs_v4/Observations_2.json")
    service.recorded("/v4/85984NED/Observations", *pages)


@pytest.fixture
def v3(service, client):
    recorded_v3(service)
    return Odata(client, f"{service.url}/v3", version=3)


@pytest.fixture
def v4(service, client):
    recorded_v4(service)
    return Odata(client, f"{service.url}/v4", version=4)


def figure(table, measure, region="GM0106", period="2024JJ00"):
    rows = table.rows
    chosen = (rows["measure"] == measure) & (rows["region"] == region) & (rows["period"] == period)
    (found,) = rows[chosen].to_dict("records")
    return found


def test_version_3_is_tidy_with_codes_stripped(v3, service):
    table = v3.table("70072ned", ASSEN)
    assert table.title == "Regionale kerncijfers Nederland"
    assert table.url == f"{service.url}/v3/70072ned"
    assert table.modified == "2024-09-30T02:00:00"
    assert len(table.rows) == 6  # the region that only contains the code is not among them
    people = figure(table, PEOPLE)
    assert (people["value"], people["unit"], people["factor"]) == (69_691, "aantal", 1)
    assert people["region_name"] == "Assen"
    assert people["status"] == "Voorlopig"
    jobs = figure(table, JOBS, period="2023JJ00")
    assert (jobs["value"], jobs["unit"], jobs["factor"], jobs["decimals"]) == (
        37.3, "x 1 000", 1000, 1,
    )
    assert jobs["title"] == "Banen van werknemers"


def test_version_3_says_why_a_figure_is_missing(v3):
    table = v3.table("70072ned", ASSEN)
    secret = figure(table, JOBS)
    assert secret["missing"] == "onbekend, onvoldoende betrouwbaar of geheim (.)"
    assert secret["value"] != secret["value"]
    assert figure(table, BENEFIT, period="2023JJ00")["missing"] == "niet gepubliceerd"
    assert table.rows["missing"].notna().sum() == 2


def test_version_3_asks_for_what_is_wanted_alone(v3, service):
    v3.table("70072ned", Selection([PEOPLE], ["GM0106", "GM0114"], [2024]))
    asked = next(a for a in service.asked if a.path.endswith("TypedDataSet"))
    assert dict(asked.query) == {
        "$format": "json",
        "$filter": "(substringof('GM0106',RegioS) or substringof('GM0114',RegioS))"
        " and (substringof('2024',Perioden))",
        "$select": "RegioS,Perioden,TotaleBevolking_1",
    }


def test_version_4_is_tidy_over_pages_and_dimensions(v4):
    selection = Selection(["T001036", "M000100_1"], ["BU0106*"])
    table = v4.table("85984NED", selection)
    assert table.dimensions == ("Geslacht",)
    assert table.rows["period"].unique().tolist() == ["2024"]
    assert table.rows["value"].tolist()[:2] == [2410, 310]
    secret = table.rows[table.rows["missing"].notna()]
    assert secret["missing"].tolist() == ["niet gepubliceerd (Confidential)"]
    assert secret["region_name"].tolist() == ["Kloosterveen"]
    assert table.rows["Geslacht"].tolist()[-1] == "3000"


def test_version_4_narrows_a_dimension_and_filters_by_measure(v4, service):
    selection = Selection(["T001036"], ["BU01060001"], where={"Geslacht": "T001038"})
    table = v4.table("85984NED", selection)
    assert table.rows["value"].tolist() == [15]
    asked = next(a for a in service.asked if a.path.endswith("Observations"))
    assert dict(asked.query) == {
        "$filter": "(Measure eq 'T001036') and (startswith(WijkenEnBuurten,'BU01060001'))"
        " and (startswith(Geslacht,'T001038'))",
    }


def test_attribute_of_a_figure_that_is_there_is_its_status(v4, service):
    row = {
        "Measure": "T001036", "Value": None, "StringValue": "1,5", "ValueAttribute": "None",
        "WijkenEnBuurten": "BU01060000",
    }
    service.json(
        "/v4/85984NED/Observations",
        {"value": [row, {**row, "Value": 2, "ValueAttribute": "Provisional"}]},
    )
    rows = v4.table("85984NED", Selection(["T001036"])).rows
    assert rows["value"].tolist() == [1.5, 2]
    assert rows["status"].tolist() == [None, "Provisional"]


def test_unknown_measure_names_those_there_are(v3):
    with pytest.raises(NotFound, match=r"no measure in table 70072ned 'Nope'.*Banen_2 \(Banen"):
        v3.table("70072ned", Selection(["Nope"]))
    with pytest.raises(NotFound, match=r"no dimension in table 70072ned 'Geslacht'\. It has: none"):
        v3.table("70072ned", Selection([PEOPLE], where={"Geslacht": "1"}))


def test_table_that_does_not_exist_is_said(v3, v4):
    for odata in (v3, v4):
        with pytest.raises(ServiceUnavailable, match="it answers 404"):
            odata.table("00000NED", Selection(["x"]))


def test_quote_in_a_code_cannot_end_the_condition(v3, service):
    v3.table("70072ned", Selection([PEOPLE], ["GM' or 1 eq 1 or '"]))
    asked = service.asked[-1]["$filter"]
    assert asked.startswith("(substringof('GM'' or 1 eq 1 or ''',RegioS))")


def test_links_of_version_3_are_followed_on_the_same_host(v3, service):
    service.json(
        "/v3/t/Set",
        {"value": [{"a": 1}], "odata.nextLink": "{url}/v3/t/Set?$skip=1"},
        {"value": [{"a": 2}]},
    )
    assert [row["a"] for row in v3.entities("t/Set")] == [1, 2]
    assert service.asked[-1]["$skip"] == "1"
    service.json("/v3/t/Set", {"value": [{"a": 1}], "odata.nextLink": "https://x.example/"})
    with pytest.raises(ServiceUnavailable, match="another host"):
        list(v3.entities("t/Set"))


def test_answer_that_was_cut_is_continued_or_refused(v3, service):
    full = [{"a": number} for number in range(10_000)]
    service.json("/v3/t/Set", {"value": full}, {"value": [{"a": -1}]})
    assert len(list(v3.entities("t/Set"))) == 10_001
    assert service.asked[-1]["$skip"] == "10000"
    service.json("/v3/t/Set", {"value": full})
    with pytest.raises(ServiceUnavailable, match="ask for fewer regions or years"):
        list(v3.entities("t/Set"))


def test_pages_in_a_circle_are_refused(v4, service):
    link = "{url}/v4/t/Set?$skip=1"
    service.json(
        "/v4/t/Set",
        {"value": [{"a": 1}], "@odata.nextLink": link},
        {"value": [{"a": 2}], "@odata.nextLink": link},
    )
    with pytest.raises(ServiceUnavailable, match="round in a circle"):
        list(v4.entities("t/Set"))


@pytest.mark.parametrize("document", [{}, [], {"value": None}, {"value": ["x"]}])
def test_answer_of_another_form_is_refused(v4, service, document):
    service.json("/v4/t/Set", document)
    with pytest.raises(ServiceUnavailable, match="no list of rows"):
        list(v4.entities("t/Set"))


def test_properties_of_another_form_are_refused(v4, service):
    service.reply("/v4/85984NED/Properties", Reply(b"[]"))
    with pytest.raises(ServiceUnavailable, match="no object"):
        v4.table("85984NED", Selection(["T001036"]))


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("aantal", (1, "aantal")),
        ("x 1 000", (1000, "")),
        ("x 1\u00a0000", (1000, "")),
        ("x 1000", (1000, "")),
        ("1 000 euro", (1000, "euro")),
        ("1 000 000 kWh", (1_000_000, "kWh")),
        ("mln euro", (1_000_000, "euro")),
        ("mld. euro", (1_000_000_000, "euro")),
        ("per 1 000 inwoners", (1, "per 1 000 inwoners")),
        ("1 000e deel", (1, "1 000e deel")),
        ("%", (1, "%")),
        ("", (1, "")),
    ],
)
def test_factor_is_taken_out_of_a_unit(unit, expected):
    assert unit_factor(unit) == expected
