"""Surveys, register extracts and listings into the layer of vacancy, from file to store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from geo_assen import services
from geo_assen.services import ImportReport, Store
from tests.services.sample import COPY_IN_A_FILE

Write = Callable[[str, str], Path]

BAG = {code: f"010601000099000{at}" for at, code in enumerate("ABCDEF", start=1)}
HEAD = "code,bag_id,address,street,postcode,floor_area_m2,live_from,gone_on,gone_reason,merged_into"
PREMISES = f"""{HEAD},x,y
T-A,{BAG["A"]},Proefstraat 1,Proefstraat,9401 ZA,100,,,,,229000,560500
T-B,{BAG["B"]},"Proefstraat 3 a, 9401ZA Assen",Proefstraat,9401 ZA,200,,,,,229010,560500
T-C,{BAG["C"]},Dubbelplein 5,Dubbelplein,9401 ZB,300,,,,,229100,560500
T-D,{BAG["D"]},Dubbelplein 5,Dubbelplein,9401 ZB,300,,,,,229120,560500
T-E,{BAG["E"]},Sloopkade 2,Sloopkade,9401 ZC,400,,2024-06-01,merged,T-F,229200,560500
T-F,{BAG["F"]},Sloopkade 2-4,Sloopkade,9401 ZC,800,2024-06-01,,,,229205,560500
"""
"""Premises of streets that are nowhere else, 10 to 205 m apart on one line."""


@pytest.fixture
def stock(copy: Store, write: Write) -> Store:
    """The sample with a few premises more."""
    report = services.import_file(copy, "premises", write("stock.csv", PREMISES))
    assert counts(report) == (6, 0, 0)
    return copy


def counts(report: ImportReport) -> tuple[int, int, int]:
    (layer,) = report.layers
    return layer.accepted, layer.quarantined, layer.unchanged


def told(report: ImportReport) -> dict[int, tuple[str, str, str]]:
    """Kind, message and suggestion of the issue of each row."""
    (layer,) = report.layers
    return {i.row: (i.kind, i.message, i.suggestion or "") for i in layer.issues}


def seen(store: Store, *, source: str | None = None) -> list[tuple[str, str, str]]:
    """Premises, day and state of what was observed of the premises of the test."""
    rows = store.table("vacancy_observation")
    rows = rows[rows["premises"].str.startswith("T-")]
    if source is not None:
        rows = rows[rows["source"] == source]
    return sorted((r.premises, str(r.observed_on), r.state) for r in rows.itertuples())


def brought(store: Store, path: Path) -> ImportReport:
    return services.import_file(store, "vacancy", path)


SURVEY = f"""GROEP,HOOFDBRANCHE,BAG_ID,STRAAT,HUISNR,TOEVOEGING,POSTCODE,WOONPLAATS,X,Y,datum
Leegstand,0,{BAG["A"]},,,,,,,,2026-03-02
59-Horeca,1,,Proefstr.,3,A,,Assen,229011,560501,2-3-2026
Leegstand,0,,,5,,9401ZB,,229100,560500,2026-03-02
Leegstand,0,0106010000990091,,,,,,,,2026-03-02
11-Dagelijks,2,,Proefstraat,99,,,,229012,560500,2026-03-02
11-Dagelijks,2,,Proefstraat,1,,,Groningen,,,2026-03-02
11-Dagelijks,2,,Proefstraat,1,,,,229700,560500,2026-03-02
"""


def test_survey_without_our_codes_finds_premises_by_bag_id_and_address(
    stock: Store, write: Write
) -> None:
    report = brought(stock, write("survey.csv", SURVEY))

    assert report.layers[0].mapping.name == "shop_survey_vacancy"
    assert seen(stock) == [("T-A", "2026-03-02", "vacant"), ("T-B", "2026-03-02", "occupied")]
    assert counts(report) == (2, 5, 0)
    issues = told(report)
    assert {kind for kind, _, _ in issues.values()} == {"unknown_parent"}
    # Two premises have the address: neither is taken.
    assert issues[3][1].startswith("2 records of premises are found by")
    # One digit too many instead of another: what is one sign away is named.
    assert "T-A (Proefstraat 1)" in issues[4][2] and issues[4][2].startswith("Most alike")
    # 229012 lies 2 m from T-B, 12 m from T-A and 88 m from T-C.
    assert issues[5][2].startswith(
        "Nearest: T-B (Proefstraat 3 a, 9401ZA Assen) 2 m away; T-A (Proefstraat 1) 12 m away; "
        "T-C (Dubbelplein 5) 88 m away."
    )
    # A street of that name in another town; and one that lies 700 m from where the row says.
    assert "Proefstraat 1" in issues[6][1]
    assert issues[7][1] == "The row lies 700 m away from T-A (Proefstraat 1)."


@COPY_IN_A_FILE
def test_row_lands_when_the_code_of_its_premises_is_filled_in(stock: Store, write: Write) -> None:
    number = brought(stock, write("survey.csv", SURVEY)).layers[0].batch_id
    assert number is not None
    row = next(r for r in services.quarantined_rows(stock, number) if r.row == 5)

    services.mend_row(stock, row.id, {"premises": "T-D"})
    (report,) = services.resend(stock, number).layers

    # The others that lacked their premises are tried again, and wait on.
    assert (report.new, report.quarantined) == (1, 4)
    assert ("T-D", "2026-03-02", "occupied") in seen(stock)


@COPY_IN_A_FILE
def test_code_and_bag_id_of_two_premises_are_no_guess(stock: Store, write: Write) -> None:
    text = f"""premises,bag_id,observed_on,source,state
T-A,{BAG["B"]},2026-03-02,owner,vacant
Z-9,{BAG["B"]},2026-03-02,owner,vacant
t-a,,2026-03-02,owner,vacant
"""
    report = brought(stock, write("codes.csv", text))

    # An unknown code gives way to the BAG id; other capitals are suggested, not taken.
    assert seen(stock) == [("T-B", "2026-03-02", "vacant")]
    issues = told(report)
    assert "of two records of premises, T-A and T-B" in issues[1][1]
    assert issues[3][2] == "Write T-A."


STATED = "premises,observed_on,recorded_on,source,state,vacant_share\n"


def test_rows_of_a_file_that_contradict_each_other_are_both_set_aside(
    stock: Store, write: Write
) -> None:
    text = f"""{STATED}T-A,2026-03-02,,field,vacant,
T-B,2026-03-02,,field,partly,0.4
T-A,2026-03-02,,field,occupied,
T-B,2026-03-02,,field,partly,0.4
T-A,2026-03-02,,owner,occupied,
T-C,2026-03-02,2026-03-03,field,vacant,
T-C,2026-03-02,2026-03-09,field,occupied,
"""
    report = brought(stock, write("twice.csv", text))

    issues = told(report)
    assert {row: kind for row, (kind, _, _) in issues.items()} == {
        1: "duplicate_id", 3: "duplicate_id",
    }  # fmt: skip
    assert issues[1][1] == "Row 3 says occupied of T-A, 2026-03-02, field, this one vacant."
    assert issues[3][1] == "Row 1 says vacant of T-A, 2026-03-02, field, this one occupied."
    # The same twice is one observation; a later day of recording is a correction.
    assert counts(report) == (4, 2, 1)
    assert seen(stock, source="field") == [
        ("T-B", "2026-03-02", "partly"), ("T-C", "2026-03-02", "occupied"),
        ("T-C", "2026-03-02", "vacant"),
    ]  # fmt: skip
    # Once one of the two is left out, the other lands as it is.
    number = report.layers[0].batch_id
    assert number is not None
    first, _ = services.quarantined_rows(stock, number)
    services.mend_row(stock, first.id, {}, drop=True)
    assert services.resend(stock, number).layers[0].new == 1
    assert ("T-A", "2026-03-02", "occupied") in seen(stock, source="field")


@COPY_IN_A_FILE
def test_only_a_later_statement_corrects_a_recorded_one(stock: Store, write: Write) -> None:
    def on(recorded: str, state: str) -> ImportReport:
        text = f"{STATED}T-A,2026-03-02,{recorded},field,{state},\n"
        return brought(stock, write(f"as-{state}-{recorded}.csv", text))

    assert counts(on("2026-03-05", "vacant")) == (1, 0, 0)
    assert counts(on("2026-03-05", "vacant")) == (0, 0, 1)
    earlier = on("2026-03-04", "occupied")
    assert counts(earlier) == (0, 1, 0)
    assert told(earlier)[1][:2] == (
        "duplicate_id",
        "T-A, 2026-03-02, field is recorded already, on 2026-03-05, as vacant.",
    )
    assert counts(on("2026-03-06", "occupied")) == (1, 0, 0)
    # What was corrected since is no news; nor is what a file says without its day of recording.
    assert counts(on("2026-03-05", "vacant")) == (0, 0, 1)
    assert counts(on("", "occupied")) == (0, 0, 1)


@COPY_IN_A_FILE
def test_observation_of_premises_that_were_not_there_is_set_aside(
    stock: Store, write: Write
) -> None:
    text = """premises,bag_id,observed_on,source,state
T-E,,2024-05-31,field,vacant
T-E,,2024-06-01,field,vacant
T-F,,2024-05-31,field,vacant
T-F,,2024-06-01,field,vacant
T-A,,2027-01-01,field,vacant
"""
    report = brought(stock, write("gone.csv", text))

    issues = told(report)
    assert issues[2] == (
        "unknown_parent",
        "Premises T-E was merged into T-F: gone from 2024-06-01 on, and observed on 2024-06-01.",
        "Write T-F.",
    )
    assert issues[3][1] == (
        "Premises T-F is there from 2024-06-01 on, and was observed on 2024-05-31."
    )
    assert issues[5][0] == "future_date"
    assert [row[:2] for row in seen(stock)] == [
        ("T-A", "2027-01-01"), ("T-E", "2024-05-31"), ("T-F", "2024-06-01"),
    ]  # fmt: skip


@COPY_IN_A_FILE
def test_share_has_to_say_what_the_state_says(stock: Store, write: Write) -> None:
    rows = ["vacant,0", "occupied,1", "partly,1", "vacant,40%", "partly,", "vacant,1", "occupied,"]
    text = "premises,observed_on,source,state,vacant_share\n" + "".join(
        f"T-A,2026-01-{day:02},field,{said}\n" for day, said in enumerate(rows, start=1)
    )
    report = brought(stock, write("shares.csv", text))

    assert counts(report) == (3, 4, 0)
    assert {row: kind for row, (kind, _, _) in told(report).items()} == {
        1: "bad_number", 2: "bad_number", 3: "bad_number", 4: "bad_number", 5: "missing_value",
    }  # fmt: skip
    (warned,) = (i for i in report.layers[0].issues if i.row == 5)
    assert (warned.treatment, warned.document()["treatment"]) == ("warn", "warn")


@COPY_IN_A_FILE
def test_premises_without_floor_area_land_and_it_is_said(copy: Store, write: Write) -> None:
    text = "code,name,floor_area_m2,x,y\nT-1,A,100,233000,556000\nT-2,B,,233010,556000\n"
    report = services.import_file(copy, "premises", write("stock.csv", text))

    assert counts(report) == (2, 0, 0)
    assert [(i.row, i.kind, i.treatment) for i in report.layers[0].issues] == [
        (2, "missing_value", "warn")
    ]


@COPY_IN_A_FILE
def test_register_extract_counts_the_firms_of_a_unit_once(stock: Store, tmp_path: Path) -> None:
    path = tmp_path / "uittreksel.xlsx"
    pd.DataFrame({
        "vestigingsnummer": ["000012345678", "000012345679", None, "000012345680"],
        "handelsnaam": ["Een", "Twee", None, "Drie"],
        "sbi": ["4711", "5610", None, "6910"],
        "bag_vbo_id": [BAG["A"], BAG["A"], BAG["B"], None],
        "adres": [None, None, None, "Sloopkade 2-4"],
        "postcode": [None, None, None, "9401ZC"],
        "standdatum": ["2026-10-01"] * 4,
    }).to_excel(path, index=False)  # fmt: skip

    report = brought(stock, path)

    (layer,) = report.layers
    assert layer.mapping.name == "register_extract"
    assert "handelsnaam" not in layer.mapping.by_column()
    assert counts(report) == (3, 0, 1)
    assert seen(stock, source="register") == [
        ("T-A", "2026-10-01", "occupied"), ("T-B", "2026-10-01", "unknown"),
        ("T-F", "2026-10-01", "occupied"),
    ]  # fmt: skip


@COPY_IN_A_FILE
def test_register_by_unit_says_itself_what_stands_empty(stock: Store, write: Write) -> None:
    text = f"""bag_vbo_id;vestigingsnummer;gebruiksstatus;peildatum
{BAG["A"]};;leegstand;1-10-2026
{BAG["B"]};;niet ingeschreven;1-10-2026
{BAG["C"]};000012345678;ja;1-10-2026
"""
    report = brought(stock, write("eenheden.csv", text))

    assert report.layers[0].mapping.name == "register_by_unit"
    assert [state for *_, state in seen(stock, source="register")] == [
        "vacant", "unknown", "occupied",
    ]  # fmt: skip


@COPY_IN_A_FILE
def test_listing_is_vacant_since_it_is_offered(stock: Store, write: Write) -> None:
    text = """adres;postcode;aangeboden sinds;m2;bron
Proefstraat 1;9401 ZA;15-2-2026;95;makelaar
Proefstraat 3A;9401 ZA;16-2-2026;200;eigenaar
"""
    report = brought(stock, write("aanbod.csv", text))

    assert report.layers[0].mapping.name == "listing"
    assert seen(stock, source="listing") == [("T-A", "2026-02-15", "vacant")]
    assert seen(stock, source="owner") == [("T-B", "2026-02-16", "vacant")]
