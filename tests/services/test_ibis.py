"""Balances out and in: the way there and back, and rows that are refused."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import FileRefused
from geo_assen.export import IBIS_FORMATS
from geo_assen.matching import Requirement
from geo_assen.services import Store
from tests.services.sample import opened, sample_file

Write = Callable[[str, str], Path]

HEADER = (
    "code;naam;peildatum;bruto (ha);netto (ha);reeds uitgegeven (ha);uitgifte in het jaar (ha)\n"
)
_NOT_CARRIED = ("immediately_issuable_m2", "not_immediately_issuable_m2")
"""Worked out from plots, which a file of balances does not have."""


@pytest.fixture
def either(store: sa.Engine) -> Iterator[Store]:
    """An empty store, on either database."""
    found = opened(store.url.render_as_string(hide_password=False))
    yield found
    found.close()


@pytest.fixture
def empty(sqlite_store: sa.Engine) -> Iterator[Store]:
    """An empty store in a file."""
    found = opened(sqlite_store.url.render_as_string())
    yield found
    found.close()


@pytest.fixture(scope="module")
def assen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample in a file, for reading only."""
    found = opened(sample_file(tmp_path_factory.getbasetemp()))
    yield found
    found.close()


def plain(rows: pd.DataFrame) -> list[dict[str, object]]:
    kept = rows.drop(columns=list(_NOT_CARRIED)).astype(object)
    return kept.where(kept.notna(), None).to_dict("records")


def line(code: str = "NW", year: int = 2022, **changes: str) -> str:
    row = {
        "code": code, "naam": "Noordwijk", "peildatum": f"01-01-{year + 1}", "bruto": "20,0000",
        "netto": "15,0000", "uitgegeven": "5,0000", "uitgifte": "1,2500",
    }  # fmt: skip
    return ";".join({**row, **changes}.values()) + "\n"


def events(store: Store) -> list[tuple[object, ...]]:
    columns = ["code", "kind", "park", "effective_on", "area_m2"]
    return list(store.table("land_event")[columns].itertuples(index=False, name=None))


# There and back -------------------------------------------------------------------------------

BALANCES = tuple(zip((2008, 2016, 2022), IBIS_FORMATS, strict=True))


@pytest.mark.parametrize(
    ("store", "year", "kind"),
    [*(("sqlite", *balance) for balance in BALANCES), ("postgis", *BALANCES[-1])],
    indirect=["store"],
)
def test_a_balance_comes_back_as_it_was_and_again_changes_nothing(
    assen: Store, either: Store, tmp_path: Path, year: int, kind: str
) -> None:
    path = tmp_path / f"ibis.{kind.partition('-')[0]}"
    path.write_bytes(services.ibis_file(assen, year, kind))
    report = services.import_ibis(either, path)
    assert (report.accepted, report.quarantined, report.unchanged) == (6, 0, 0)
    assert report.issues == ()
    assert plain(services.ibis_rows(either, year)) == plain(services.ibis_rows(assen, year))
    assert services.check(either) == []
    before = either.table("land_event")
    again = services.import_ibis(either, path)
    assert (again.accepted, again.unchanged, again.parks, again.events) == (0, 6, (), ())
    assert either.table("land_event").equals(before)


def test_years_after_each_other_leave_the_earlier_balances_as_they_were(
    assen: Store, empty: Store, tmp_path: Path
) -> None:
    years = range(2021, 2024)
    for year in years:
        path = tmp_path / f"{year}.csv"
        path.write_bytes(services.ibis_file(assen, year, "csv"))
        assert services.import_ibis(empty, path).quarantined == 0
    for year in years:
        assert plain(services.ibis_rows(empty, year)) == plain(services.ibis_rows(assen, year))


def test_a_balance_given_back_to_the_store_it_came_from_is_known(
    assen: Store, tmp_path: Path
) -> None:
    path = tmp_path / "ibis.csv"
    path.write_bytes(services.ibis_file(assen, 2022, "csv"))
    report = services.import_ibis(assen, path, dry_run=True)
    assert (report.accepted, report.unchanged, report.quarantined) == (0, 6, 0)


def test_figures_are_those_of_the_ledger_on_the_reference_date(assen: Store) -> None:
    rows = services.ibis_rows(assen, 2022).set_index("code")
    assert (rows["net_area_m2"] == rows["issued_m2"] + rows["issuable_m2"]).all()
    parts = rows["immediately_issuable_m2"] + rows["not_immediately_issuable_m2"]
    assert (parts == rows["issuable_m2"]).all()
    assert rows.loc["MV", "net_area_m2"] == 500_000
    assert rows.loc["MV", "reference_date"] == date(2023, 1, 1)
    assert 60_000 < rows["uptake_m2"].sum() < 65_000  # "just over 6 ha" in 2022
    assert set(rows["certainty"]) == {"illustrative"}


def test_a_year_before_all_records_has_no_rows(assen: Store) -> None:
    assert services.ibis_rows(assen, 1990).empty


# What a row becomes ---------------------------------------------------------------------------

def test_a_new_place_becomes_a_park_with_net_opening_and_deed(either: Store, write: Write) -> None:
    report = services.import_ibis(either, write("a.csv", HEADER + line()))
    assert report.parks == ("NW",)
    assert events(either) == [
        ("IBIS-2022-NW-net", "net_set", "NW", date(2021, 12, 31), 150_000),
        ("IBIS-2022-NW-opening", "opening_balance", "NW", date(2021, 12, 31), 37_500),
        ("IBIS-2022-NW-uptake", "deed", "NW", date(2022, 12, 31), 12_500),
    ]
    (park,) = either.table("business_park").to_dict("records")
    assert (park["name"], park["gross_area_m2"]) == ("Noordwijk", 200_000)
    assert park["geometry"].is_empty
    assert either.table("source")[["code", "certainty"]].to_numpy().tolist() == [["a", "stated"]]


def test_the_split_is_unknown_where_no_plots_tell(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    (row,) = services.ibis_rows(empty, 2022).to_dict("records")
    assert row["issuable_m2"] == 100_000
    assert pd.isna(row["immediately_issuable_m2"])


def test_more_bought_back_than_issued_is_one_buy_back(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line(uitgifte="-0,5000")))
    assert events(empty)[1:] == [
        ("IBIS-2022-NW-opening", "opening_balance", "NW", date(2021, 12, 31), 55_000),
        ("IBIS-2022-NW-uptake", "buy_back", "NW", date(2022, 12, 31), 5_000),
    ]
    assert services.ibis_rows(empty, 2022)["uptake_m2"].tolist() == [-5_000]


def test_the_next_year_adds_its_uptake_and_a_net_that_changed(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    later = line(year=2023, netto="16,0000", uitgegeven="5,5000", uitgifte="0,5000")
    assert services.import_ibis(empty, write("b.csv", HEADER + later)).events == (
        "IBIS-2023-NW-net", "IBIS-2023-NW-uptake",
    )  # fmt: skip
    assert [
        services.ibis_rows(empty, year)[["net_area_m2", "issued_m2", "uptake_m2"]].iloc[0].tolist()
        for year in (2022, 2023)
    ] == [[150_000, 50_000, 12_500], [160_000, 55_000, 5_000]]


def test_two_years_in_one_file_are_taken_in_their_order(empty: Store, write: Write) -> None:
    later = line(year=2023, uitgegeven="5,5000", uitgifte="0,5000")
    report = services.import_ibis(empty, write("a.csv", HEADER + later + line()))
    assert (report.accepted, len(report.parks), len(report.events)) == (2, 1, 4)


def test_a_named_source_is_the_source_of_all_rows(empty: Store, write: Write) -> None:
    path = write("a.csv", HEADER + line())
    services.import_ibis(empty, path, source="Provincie, opgave 2023")
    assert empty.table("land_event")["source_code"].unique().tolist() == ["provincie-opgave-2023"]
    assert empty.table("source")["name"].tolist() == ["Provincie, opgave 2023"]


def test_a_place_without_an_outline_is_listed_and_harms_no_other_question(
    either: Store, write: Write
) -> None:
    services.import_ibis(either, write("a.csv", HEADER + line()))
    day = date(2023, 6, 1)
    rows = services.layer_rows(either, "business_parks", as_of=day, role=Role.PUBLIC)
    assert rows.frame["issuable_m2"].tolist() == [100_000]
    for kind in ("geojson", "gpkg", "fgb", "csv", "xlsx"):
        assert services.export_layer(
            either, "business_parks", kind=kind, as_of=day, role=Role.PUBLIC
        )
    inside = Requirement.parse({"title": "x", "constraint": [{"inside": "NW"}]})
    assert services.match_sites(either, inside, as_of=day).counts["pass"] == 0
    assert services.check(either) == []


def test_the_outline_of_a_new_place_comes_with_its_layer(
    assen: Store, empty: Store, tmp_path: Path
) -> None:
    path = tmp_path / "ibis.csv"
    path.write_bytes(services.ibis_file(assen, 2022, "csv"))
    services.import_ibis(empty, path)
    for layer, name in (("sources", "sources.csv"), ("business_parks", "business_parks.geojson")):
        services.import_file(empty, layer, assen.settings.sample / name)
    parks = empty.table("business_park")
    assert not parks.geometry.is_empty.any()
    assert parks["code"].is_unique
    assert services.ibis_rows(empty, 2022)["issued_m2"].tolist() == (
        services.ibis_rows(assen, 2022)["issued_m2"].tolist()
    )


def test_a_workbook_with_two_balances_is_refused(empty: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for year in (2021, 2022):
        sheet = book.create_sheet(str(year))
        sheet.append(HEADER.strip().split(";"))
        sheet.append(line(year=year).strip().split(";"))
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(FileRefused, match="2021, 2022"):
        services.import_ibis(empty, tmp_path / "a.xlsx")


# Refused --------------------------------------------------------------------------------------

def test_a_balance_that_exists_is_not_overwritten(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    before = events(empty)
    report = services.import_ibis(empty, write("b.csv", HEADER + line(uitgegeven="5,1000")))
    (issue,) = report.issues
    assert (issue.row, issue.kind) == (1, "balance_exists")
    assert "issued 5.0000" in issue.message
    assert "issued 5.1000" in issue.message
    assert events(empty) == before


def test_an_earlier_year_than_the_balance_starts_is_refused(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    report = services.import_ibis(empty, write("b.csv", HEADER + line(year=2020)))
    assert [issue.kind for issue in report.issues] == ["balance_exists"]


def test_a_later_year_that_does_not_join_is_refused(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    report = services.import_ibis(empty, write("b.csv", HEADER + line(year=2024)))
    (issue,) = report.issues
    assert issue.kind == "balance_exists"
    assert "5.0000 ha issued" in issue.message
    assert "3.7500 ha before its uptake" in issue.message


def test_a_row_that_breaks_the_ledger_is_refused_by_its_reason(empty: Store, write: Write) -> None:
    services.import_ibis(empty, write("a.csv", HEADER + line()))
    larger = line(year=2023, bruto="30,0000", netto="25,0000", uitgifte="0")
    report = services.import_ibis(empty, write("b.csv", HEADER + larger))
    (issue,) = report.issues
    assert issue.kind == "balance"
    assert "more than its 200000 m² gross" in issue.message


def test_a_year_that_is_not_over_is_refused(empty: Store, write: Write) -> None:
    year = services.today().year
    report = services.import_ibis(empty, write("a.csv", HEADER + line(year=year)))
    assert [issue.kind for issue in report.issues] == ["bad_date"]


def test_a_source_known_with_another_certainty_is_not_taken_for_the_same(
    empty: Store, write: Write
) -> None:
    services.import_ibis(empty, write("own.csv", HEADER + line("A")))
    header = HEADER.strip() + ";broncode;zekerheid\n"
    path = write("b.csv", header + line().strip() + ";own;waargenomen\n")
    (issue,) = services.import_ibis(empty, path).issues
    assert "recorded here as stated" in issue.message
    assert services.import_ibis(empty, path, source="Other").accepted == 1


def test_faulty_rows_stay_behind_and_the_rest_lands(either: Store, write: Write) -> None:
    text = HEADER + line("A") + line("B", netto="veel") + line("C", netto="25,0000") + "D;x\n"
    report = services.import_ibis(either, write("a.csv", text))
    assert (report.rows_read, report.accepted, report.quarantined) == (4, 1, 3)
    assert [(issue.row, issue.kind) for issue in report.issues] == [
        (2, "bad_number"), (3, "balance"), (4, "unreadable_row"),
    ]  # fmt: skip
    assert either.table("business_park")["code"].tolist() == ["A"]
    layer = report.document()["layers"][0]
    assert layer["issues"] == {"bad_number": 1, "balance": 1, "unreadable_row": 1}
    assert layer["rows"][0]["field"] == "netto (ha)"


@pytest.mark.parametrize("how", [{"strict": True}, {"dry_run": True}])
def test_strict_with_a_fault_and_a_dry_run_write_nothing(
    empty: Store, write: Write, how: dict[str, bool]
) -> None:
    text = HEADER + line("A") + line("B", netto="veel")
    version = empty.version()
    report = services.import_ibis(empty, write("a.csv", text), **how)
    assert (report.accepted, report.quarantined, report.written) == (1, 1, False)
    assert empty.table("business_park").empty
    assert empty.version() == version


def test_files_that_are_no_balance_are_refused_in_a_sentence(
    empty: Store, write: Write, tmp_path: Path
) -> None:
    with pytest.raises(FileRefused, match="no column"):
        services.import_ibis(empty, write("a.csv", "a;b\n1;2\n"))
    with pytest.raises(FileRefused):
        services.import_ibis(empty, write("a.xlsx", "no workbook"))
    with pytest.raises(FileRefused):
        services.import_ibis(empty, tmp_path / "absent.csv")


def test_the_rows_of_a_file_of_another_encoding_are_read(empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes((HEADER + line(naam="Coöperatie")).encode("cp1252"))
    services.import_ibis(empty, path)
    assert empty.table("business_park")["name"].tolist() == ["Coöperatie"]


def test_an_export_can_be_read_by_any_program(assen: Store) -> None:
    text = services.ibis_file(assen, 2022, "csv-nl").decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["code"] for row in rows] == ["AZ", "GW", "MV", "PP", "SB", "SM"]
    assert {row["zekerheid"] for row in rows} == {"illustratief"}
