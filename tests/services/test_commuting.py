"""Flows of commuters: brought in from any form of the tables of CBS, and told of a year."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.access import Role
from geo_assen.commuting import Jobs
from geo_assen.errors import ArgumentRefused, FileRefused, NotFound
from geo_assen.services import Store
from tests.ingest.connectors.server import Service, served, without_proxies
from tests.services.recorded import addresses_at
from tests.services.sample import opened

Write = Callable[[str, str], Path]
DAY = date(2026, 11, 1)
CELLS = (
    ("GM0106", "GM0106", "11,3"), ("GM0106", "NL00", "24,6"), ("NL00", "GM0106", "32,1"),
    ("GM1730", "GM0106", "1,4"), ("GM0106", "GM1730", "0,7"), ("GM0014", "GM0106", "2,1"),
    ("GM0106", "GM0014", "."), ("PV22", "GM0106", "20,0"),
)  # fmt: skip
NAMES = {"GM0106": "Assen", "GM1730": "Tynaarlo", "GM0014": "Groningen (gemeente)",
         "NL00": "Nederland", "PV22": "Drenthe (PV)"}  # fmt: skip


def coded(year: int = 2022) -> str:
    """The download in padded codes."""
    rows = [f'"{home:<10}";"{work:<10}";"{year}MM12";"{jobs}"' for home, work, jobs in CELLS]
    return "\n".join(['"WoonregioS";"WerkregioS";"Perioden";"BanenVanWerknemers_1"', *rows])


def titled() -> str:
    """The download in titles, with a further measure."""
    heads = "\"Woonregio's\";\"Werkregio's\";\"Perioden\";\"Banen van werknemers (x 1 000)\";\"km\""
    rows = [f'"{NAMES[home]}";"{NAMES[work]}";"2022 december*";"{jobs}";"3,0"'
            for home, work, jobs in CELLS]  # fmt: skip
    return "\n".join([heads, *rows])


def answered(version: int, measures: int = 1) -> str:
    """Answer of OData, saved as it came."""
    rows = []
    for home, work, jobs in CELLS:
        value = None if jobs == "." else float(jobs.replace(",", "."))
        ends = {"WoonregioS": f"{home:<10}", "WerkregioS": f"{work:<10}", "Perioden": "2022MM12"}
        if version == 3:
            rows.append(ends | {"BanenVanWerknemers_1": value})
        else:
            rows += [ends | {"Measure": f"M{at}", "Value": value} for at in range(measures)]
    return json.dumps({"value": rows})


FORMS = {
    "codes.csv": coded(), "titles.csv": titled(), "v3.json": answered(3), "v4.json": answered(4),
}  # fmt: skip


def bring_in(store: Store, path: Path) -> services.LayerReport:
    return services.import_file(store, "commuter_flows", path).layers[0]


def told(store: Store, **asked: object) -> services.CommutingReport:
    return services.commuting_report(store, as_of=DAY, **asked)


@pytest.fixture
def store(sqlite_store, tmp_path: Path) -> Iterator[Store]:
    """A store without flows, and with the names of three municipalities."""
    found = opened(str(sqlite_store.url))
    path = tmp_path / "areas.csv"
    named = [f"{code},municipality,{name.removesuffix(' (gemeente)')},2022"
             for code, name in NAMES.items() if code.startswith("GM")]  # fmt: skip
    path.write_text("\n".join(["code,kind,name,year", *named]), encoding="utf-8")
    services.import_file(found, "areas", path)
    yield found
    found.close()


def test_every_form_of_a_table_becomes_the_same_flows(store: Store, write: Write):
    for form, text in FORMS.items():
        report = bring_in(store, write(f"85481NED_{form}", text))
        assert (report.accepted, report.quarantined) == (6, 0), report.issues
        # pairs that are not published, rows of coarser regions, and a column that no flow holds
        unread = ["km"] if form == "titles.csv" else []
        assert [issue.value for issue in report.issues] == [1, 1, *unread]
        found = told(store)
        assert (found.series, found.at_least) == ("cbs-85481ned", frozenset())
        # 32.1 less 11.3, each 50 jobs either way
        assert found.figures.in_jobs == Jobs(20_800, 20_700, 20_900)
        assert found.figures.net_jobs == Jobs(7_500, 7_400, 7_600)
    partners = told(store).partners.set_index("code")
    assert partners.loc["OTHER", ["in_jobs", "in_jobs_low", "in_jobs_high"]].tolist() == [
        17_300, 17_100, 17_500,
    ]  # fmt: skip
    assert partners["out_jobs"].isna().to_dict() == {"GM0014": True, "GM1730": False,
                                                     "OTHER": False}  # fmt: skip


def test_answer_with_several_measures_is_refused(store: Store, write: Write):
    with pytest.raises(FileRefused, match="several measures"):
        bring_in(store, write("v4.json", answered(4, measures=2)))


def test_faulty_cells_wait_with_row_field_and_value(store: Store, write: Write):
    text = "\n".join([
        coded(), '"GM0114    ";"GM0106    ";"2022MM12";"-0,1"',
        '"XX0001    ";"GM0106    ";"2022MM12";"1,0"', '"GM0118";"GM0106";"2022MM12";"veel"',
    ])  # fmt: skip
    report = bring_in(store, write("85481NED.csv", text))
    assert (report.accepted, report.quarantined) == (6, 3)
    faults = [(i.row, i.kind, i.field, i.value) for i in report.issues if i.kind != "missing_value"]
    assert faults == [
        (9, "negative_value", "jobs", "-0,1"),
        (10, "bad_category", "home_code", "XX0001"),
        (11, "bad_number", "jobs", "veel"),
    ]


def test_cell_that_cannot_be_read_leaves_nothing_behind_that_looks_stated(
    store: Store, write: Write
):
    path = write("85481NED.csv", "\n".join([coded(), '"GM0118";"GM0106";"2022MM12";"veel"']))
    report = bring_in(store, path)
    assert report.batch_id is not None
    waiting = services.quarantined_rows(store, report.batch_id)
    assert [row.original["jobs"] for row in waiting] == [None]
    assert [one["field"] for one in waiting[0].issues] == ["jobs"]
    assert "one decimal" in waiting[0].issues[0]["suggestion"]


def test_file_that_contradicts_its_table_or_its_totals_is_told(store: Store, write: Write):
    other_year = bring_in(store, write("83628NED.csv", coded(2022)))
    assert sum(issue.kind == "bad_date" for issue in other_year.issues) == 6
    assert other_year.accepted == 0
    lines = [line for line in coded().splitlines() if '"GM0106    ";"GM0106    "' not in line]
    report = bring_in(store, write("lone.csv", "\n".join([*lines, '"GM9999";"GM0106";2022;"0,5"'])))
    assert [(i.kind, i.field, i.treatment) for i in report.issues] == [
        ("missing_value", "jobs", "warn"), ("missing_value", "home_code", "warn"),
        ("missing_value", "total_jobs", "warn"),
        ("unknown_parent", "home_code", "warn"),
    ]  # fmt: skip
    assert "GM9999" in report.issues[-1].message
    found = told(store)
    # nobody knows what the pairs hold that are not published
    assert found.at_least == {"in_jobs", "local_jobs", "out_jobs", "resident_jobs"}
    assert found.figures.in_jobs.low == 3_850  # 1.4 + 2.1 + 0.5, each 50 jobs less


def table_of(*cells: tuple[str, str, str], year: int = 2022) -> str:
    rows = [f'"{home}";"{work}";"{year}MM12";"{jobs}"' for home, work, jobs in cells]
    return "\n".join(['"WoonregioS";"WerkregioS";"Perioden";"BanenVanWerknemers_1"', *rows])


INCOMING = (("GM0106", "GM0106", "11,3"), ("NL00", "GM0106", "32,1"), ("GM1730", "GM0106", "1,4"))


def test_direction_of_which_nothing_is_published_is_unknown_and_not_nothing(
    store: Store, write: Write
):
    bring_in(store, write("85481NED.csv", table_of(*INCOMING)))
    report = told(store)
    document = report.document()
    assert document["in_jobs"] == {"value": 20_800, "low": 20_700, "high": 20_900}
    unknown = ("out_jobs", "net_jobs", "in_per_out", "resident_jobs", "contained_residents_share",
               "local_per_resident_job")  # fmt: skip
    assert {name: document[name] for name in unknown} == dict.fromkeys(unknown)
    assert document["at_least"] == []
    assert document["contained_jobs_share"]["value"] == pytest.approx(11_300 / 32_100)


def test_bounds_are_told_of_what_rests_on_published_flows_alone(store: Store, write: Write):
    bring_in(store, write("85481NED.csv", table_of(*INCOMING, ("GM0106", "GM1730", "0,7"))))
    document = told(store).document()
    assert document["at_least"] == ["out_jobs", "resident_jobs"]
    assert document["in_jobs"] == {"value": 20_800, "low": 20_700, "high": 20_900}
    assert document["out_jobs"] == {"value": 700, "low": 650, "high": None}
    assert document["net_jobs"] == {"value": 20_100, "low": None, "high": None}
    shares = {side: document[f"contained_{side}_share"] for side in ("jobs", "residents")}
    assert shares["jobs"]["low"] == pytest.approx(11_250 / 32_150)
    assert (shares["residents"]["low"], shares["residents"]["high"]) == (None, None)
    assert document["in_per_out"]["high"] is document["local_per_resident_job"]["high"] is None


@pytest.mark.parametrize(
    ("more", "row", "kind"),
    [((("GM0106", "NL00", "9,0"),), 4, "negative_value"),  # less than the 11.3 inside
     ((("GM0106", "NL00", "20,0"), ("GM0106", "NL00", "21,0")), 5, "duplicate_id"),
     ((("GM1730", "GM0106", "1,5"),), 4, "duplicate_id")],
)  # fmt: skip
def test_total_or_pair_that_cannot_be_is_told_once_and_lands_as_nothing_else(
    store: Store, write: Write, more: tuple[tuple[str, str, str], ...], row: int, kind: str
):
    report = bring_in(store, write("85481NED.csv", table_of(*INCOMING, *more)))
    assert [(issue.row, issue.kind) for issue in report.issues] == [(row, kind)]
    assert "OTHER" not in (report.issues[0].suggestion or "")
    waiting = services.quarantined_rows(store, report.batch_id or "")
    is_total = "NL00" in more[0]
    assert [one.original["jobs"] is None for one in waiting] == [is_total]


def test_total_of_the_country_is_no_flow_of_a_layer_file(store: Store, write: Write):
    report = bring_in(
        store, write("flows.csv", "series,year,home_code,work_code,jobs\nown,2022,GM0106,NL00,5")
    )
    assert [(issue.kind, issue.field) for issue in report.issues] == [("bad_category", "work_code")]
    assert (report.issues[0].suggestion or "").startswith("Leave the row out")


def test_year_to_come_is_set_aside_in_either_form(store: Store, write: Write):
    next_year = services.today().year + 1
    for name, text in (
        ("85481NED.csv", table_of(INCOMING[0], year=next_year)),
        ("own.csv", f"series,year,home_code,work_code,jobs\nown,{next_year},GM0106,GM0014,5"),
    ):
        report = bring_in(store, write(name, text))
        assert (report.accepted, report.quarantined) == (0, 1)
        assert [(i.kind, i.field, i.treatment) for i in report.issues] == [
            ("future_date", "year", "quarantine"),
        ]  # fmt: skip
        assert str(next_year - 1) in (report.issues[0].suggestion or "")


def test_file_of_coarser_regions_alone_is_refused(store: Store, write: Write):
    with pytest.raises(FileRefused, match="1 of its 1 rows are of coarser regions"):
        bring_in(store, write("provinces.csv", table_of(("PV22", "GM0106", "20,0"))))


def test_municipality_without_flows_is_told_with_those_that_have_some(store: Store, write: Write):
    with pytest.raises(NotFound, match=r"^No commuter flows are stored\. Import"):
        told(store)
    bring_in(store, write("85481NED.csv", table_of(*INCOMING)))
    with pytest.raises(NotFound, match=r"of GM9999 are stored\. There are flows of GM0106, GM1730"):
        told(store, area="GM9999")
    with pytest.raises(NotFound, match=r"of GM0106 in 1990 are stored\. Stored: cbs-85481ned 2022"):
        told(store, year=1990)


@pytest.mark.parametrize(
    ("row", "field", "suggestion"),
    [("own,2022,106,GM0014,7,,", "home_code", "Write GM0106."),
     ("own,2022,GM0106,Groningen,7,,", "work_code", "Write a code such as GM0106, or OTHER"),
     ("own,2022,GM0106,GM0014,7,8,9", "jobs_low", "Mend one of the two"),
     ("own,2022,GM0106,GM0014,7,1,6", "jobs_high", "Mend one of the two")],
)  # fmt: skip
def test_row_that_is_no_flow_is_set_aside(
    store: Store, write: Write, row: str, field: str, suggestion: str
):
    head = "series,year,home_code,work_code,jobs,jobs_low,jobs_high"
    report = bring_in(store, write("flows.csv", f"{head}\n{row}\nown,2022,GM0106,OTHER,5,5,5"))
    assert (report.accepted, [issue.field for issue in report.issues]) == (1, [field])
    assert (report.issues[0].suggestion or "").startswith(suggestion)


def test_layer_of_the_map_has_one_series_of_a_year_seen_from_the_municipality(
    store: Store, write: Write
):
    """Of three flows two touch Groningen, yet the map is that of Assen."""
    head = "series,year,home_code,work_code,jobs"
    rows = ["GM0106,GM0014,7", "GM0014,GM1730,9", "GM0014,GM0106,8"]
    made = [f"{series},2022,{row}" for series in ("a-source", "cbs-85481ned") for row in rows]
    bring_in(store, write("flows.csv", "\n".join([head, *made])))
    shown = services.layer_rows(store, "commuter_flows", as_of=DAY, role=Role.PUBLIC).frame
    assert set(shown["series"]) == {"cbs-85481ned"}
    assert dict(zip(shown["pair"], shown["direction"].fillna("-"), strict=True)) == {
        "GM0106-GM0014": "out", "GM0014-GM1730": "-", "GM0014-GM0106": "in",
    }  # fmt: skip


def test_years_of_one_family_stand_beside_each_other_with_their_break(store: Store, write: Write):
    for year in (2019, 2020, 2021):
        bring_in(store, write(f"{year}.csv", coded(year)))
    report = told(store)
    assert (report.series, report.year) == ("cbs-85481ned", 2021)
    assert [(one.series, one.year) for one in report.history] == [
        ("cbs-83628ned", 2019), ("cbs-83628ned", 2020), ("cbs-85481ned", 2021),
    ]  # fmt: skip
    assert [(one.last_year, one.first_year) for one in report.breaks] == [(2020, 2021)]
    then = services.commuting_report(store, as_of=date(2019, 6, 1))
    assert (then.year, len(then.history)) == (2019, 1)
    with pytest.raises(NotFound, match="cbs-85481ned 2021"):
        told(store, year=1990)


def test_sample_tells_the_published_totals(sample: Store):
    document = told(sample).document()
    assert {name: document[name]["value"] for name in
            ("in_jobs", "out_jobs", "net_jobs", "live_and_work_jobs")} == {
        "in_jobs": 17_065, "out_jobs": 10_476, "net_jobs": 6_589, "live_and_work_jobs": 11_230,
    }  # fmt: skip
    assert (document["series"], document["year"], document["area"]) == (
        "cbs-2016-17", 2016, "GM0106",
    )  # fmt: skip
    assert document["at_least"] == ["in_jobs", "local_jobs", "out_jobs", "resident_jobs"]
    assert told(sample).history[0].year == told(sample).history[-1].year == 2016


def test_sample_on_the_municipalities_of_2021_has_haren_in_groningen(sample: Store):
    partners = told(sample, boundaries_year=2021).partners.set_index("code")
    assert partners.loc["GM0014", ["in_jobs", "out_jobs"]].tolist() == [2_199, 3_408]
    assert partners.at["GM1952", "name"] == "Midden-Groningen"
    assert not {"GM0017", "GM0018", "GM0022", "GM0048"} & set(partners.index)
    assert told(sample, boundaries_year=2021).figures == told(sample).figures
    with pytest.raises(ArgumentRefused):
        told(sample, boundaries_year=2010)
    with pytest.raises(ArgumentRefused):  # whose mergers nobody has told
        told(sample, boundaries_year=services.LATEST_DIVISION_YEAR + 1)


def test_net_flows_run_the_way_of_what_is_left(sample: Store):
    rows = services.flow_rows(told(sample), "net", as_of=DAY, role=Role.PUBLIC, top=3).frame
    assert rows[["pair", "direction", "jobs"]].to_numpy().tolist() == [
        ["GM0106-GM0014", "out", 1_313], ["GM1680-GM0106", "in", 1_187],
        ["GM1731-GM0106", "in", 799], ["OTHER-GM0106", "in", 697],
    ]  # fmt: skip
    assert rows.geometry.isna().tolist() == [False, False, False, True]
    large = services.flow_rows(told(sample), "in", as_of=DAY, role=Role.PUBLIC, least_jobs=1_800)
    assert large.frame["jobs"].tolist() == [1_882, 1_801, 2_689]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    without_proxies(monkeypatch)
    with served() as running:
        _answer_as_version_3(running)
        _answer_as_version_4(running)
        yield running


def _answer_as_version_3(running: Service) -> None:
    base = "/v3/85481NED"
    running.json(f"{base}/TableInfos", {"value": [{"Title": "Banen", "Modified": "2026-01-31"}]})
    running.json(f"{base}/DataProperties", {"value": [
        {"Key": "WoonregioS", "Type": "GeoDimension"},
        {"Key": "WerkregioS", "Type": "GeoDimension"},
        {"Key": "Perioden", "Type": "TimeDimension"},
        {"Key": "BanenVanWerknemers_1", "Type": "Topic", "Title": "Banen van werknemers",
         "Unit": "x 1 000", "Decimals": 1},
    ]})  # fmt: skip
    for name in ("WoonregioS", "Perioden"):
        running.json(f"{base}/{name}", {"value": []})
    running.json(f"{base}/TypedDataSet", json.loads(answered(3)))


def _answer_as_version_4(running: Service) -> None:
    base = "/v4/85481NED"
    running.json(f"{base}/Properties", {"Title": "Banen", "Modified": "2026-01-31"})
    running.json(f"{base}/Dimensions", {"value": [
        {"Identifier": "WoonregioS", "Kind": "GeoDimension"},
        {"Identifier": "WerkregioS", "Kind": "GeoDimension"},
        {"Identifier": "Perioden", "Kind": "TimeDimension"},
    ]})  # fmt: skip
    running.json(f"{base}/MeasureCodes", {"value": [
        {"Identifier": "M0", "Title": "Banen van werknemers", "Unit": "x 1 000", "Decimals": 1},
        {"Identifier": "M1", "Title": "Woon-werkafstand", "Unit": "km", "Decimals": 1},
    ]})  # fmt: skip
    for name in ("WoonregioSCodes", "PeriodenCodes"):
        running.json(f"{base}/{name}", {"value": []})
    running.json(f"{base}/Observations", json.loads(answered(4, measures=2)))


@pytest.mark.parametrize("version", [3, 4])
def test_service_is_asked_for_both_directions(sqlite_store, service: Service, version):
    store = opened(str(sqlite_store.url), **addresses_at(service.url))
    fetched = services.cbs_commuter_flows(store, "85481NED", [2022], version=version)
    report = services.import_fetched(store, "commuter_flows", [fetched])[0].layers[0]
    assert (report.accepted, report.quarantined) == (6, 0)
    assert "2022: pairs that are not published: 1." in fetched.left_out
    asked = [one["$filter"] for one in service.asked
             if one.path.endswith(("TypedDataSet", "Observations"))]  # fmt: skip
    assert ["WoonregioS" in one for one in asked] == [True, False]
    assert ["WerkregioS" in one for one in asked] == [False, True]
    told_now = told(store)
    assert told_now.figures.in_jobs == Jobs(20_800, 20_700, 20_900)
    assert told_now.source_names == ("CBS, Banen (85481NED), 2026-01-31",)
    store.close()
