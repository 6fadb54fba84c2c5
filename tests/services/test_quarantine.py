"""Rows set aside: shown as they were, mended one by one or by rule, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.errors import NotFound, UnknownCrsError
from geo_assen.ingest import Mapping
from geo_assen.services import ImportOptions, MendRule, Store
from tests.services.sample import COPY_IN_A_FILE

Write = Callable[[str, str], Path]

SQUARE = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556100, 233000 556000))"
SWAPPED = "POLYGON((556000 233000, 556000 233100, 556100 233100, 556100 233000, 556000 233000))"
HEADER = "code,park,area_m2,name,uses,wkt_rd\n"


def plot(code: str, *, park: str = "MV", area: str = "10000", uses: str = "industrial",
         wkt: str = SQUARE) -> str:  # fmt: skip
    return f'{code},{park},{area},Kavel,{uses},"{wkt}"\n'


def imported(store: Store, path: Path, layer: str = "plots") -> int:
    (report,) = services.import_file(store, layer, path).layers
    assert report.batch_id is not None
    return report.batch_id


def waiting(store: Store, number: int) -> list[str]:
    return [str(row.original["code"]) for row in services.quarantined_rows(store, number)]


def codes(store: Store) -> set[str]:
    return set(store.table("plot")["code"])


@COPY_IN_A_FILE
def test_row_shows_its_original_its_faults_and_where_it_lies(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much") + plot("N2")))

    (row,) = services.quarantined_rows(copy, number)

    assert row.row == 1
    assert row.original == {
        "code": "N1", "park": "MV", "area_m2": "much", "name": "Kavel", "uses": "industrial",
        "wkt_rd": SQUARE,
    }  # fmt: skip
    assert [(issue["kind"], issue["field"], issue["value"]) for issue in row.issues] == [
        ("bad_number", "area_m2", "much")
    ]
    assert row.place == pytest.approx((6.5496, 52.9858), abs=0.001)
    assert services.import_record(copy, number).open_rows == 1


def test_row_mended_by_hand_lands_when_sent_again(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much") + plot("N2")))
    (row,) = services.quarantined_rows(copy, number)

    services.mend_row(copy, row.id, {**row.original, "area_m2": "10000"})
    (report,) = services.resend(copy, number).layers

    assert (report.new, report.quarantined) == (1, 0)
    assert copy.table("plot").set_index("code").loc["N1", "area_m2"] == 10_000
    assert services.quarantined_rows(copy, number) == []
    (landed,) = services.quarantined_rows(copy, number, waiting=False)
    assert (landed.outcome, landed.landed_batch_id) == ("landed", report.batch_id)
    assert landed.original["area_m2"] == "much"
    assert landed.mended == {"area_m2": "10000"}


@COPY_IN_A_FILE
def test_dry_run_of_sending_again_changes_nothing(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much")))
    (row,) = services.quarantined_rows(copy, number)
    services.mend_row(copy, row.id, {"area_m2": "10000"})

    (tried,) = services.resend(copy, number, dry_run=True).layers

    assert tried.new == 1
    assert "N1" not in codes(copy)
    assert waiting(copy, number) == ["N1"]


@COPY_IN_A_FILE
def test_row_that_fails_again_waits_on_with_its_new_faults(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much")))
    (row,) = services.quarantined_rows(copy, number)
    services.mend_row(copy, row.id, {"area_m2": "-5"})

    (report,) = services.resend(copy, number).layers

    assert (report.new, report.quarantined) == (0, 1)
    (again,) = services.quarantined_rows(copy, number)
    assert [issue["kind"] for issue in again.issues] == ["negative_value"]
    assert again.original["area_m2"] == "much"


def test_rule_carries_out_what_every_row_is_suggested(copy: Store, write: Write) -> None:
    rows = [plot(f"N{n}", wkt=SWAPPED) for n in range(5)] + [plot("N9", area="much")]
    number = imported(copy, write("a.csv", HEADER + "".join(rows)))
    assert len(waiting(copy, number)) == 6

    mended = services.mend_by_rule(
        copy, number, MendRule(kind="swapped_projected_axes", action="suggestion")
    )
    (report,) = services.resend(copy, number).layers

    assert (mended, report.new, report.quarantined) == (5, 5, 0)
    assert waiting(copy, number) == ["N9"]
    shape = copy.table("plot").set_index("code").geometry["N3"]
    assert shape.bounds == (233_000, 556_000, 233_100, 556_100)


@COPY_IN_A_FILE
def test_rule_replaces_one_value_and_leaves_others(copy: Store, write: Write) -> None:
    text = HEADER + plot("N1", uses="zwaar") + plot("N2", uses="iets") + plot("N3")
    number = imported(copy, write("a.csv", text))
    assert waiting(copy, number) == ["N1", "N2"]

    rule = MendRule(kind="bad_category", field="uses", value="zwaar", action="replace",
                    new_value="industrial")  # fmt: skip
    assert services.mend_by_rule(copy, number, rule) == 1
    services.resend(copy, number)

    assert copy.table("plot").set_index("code").loc["N1", "uses"] == frozenset({"industrial"})
    assert waiting(copy, number) == ["N2"]


@COPY_IN_A_FILE
def test_rule_reads_places_in_another_reference_system(copy: Store, write: Write) -> None:
    lonlat = "code,kind,name,wkt_rd\nA1,museum,Museum,POINT(6.5592826 52.9915204)\n"
    number = imported(copy, write("a.csv", lonlat), "attractions")
    (row,) = services.quarantined_rows(copy, number)
    assert row.issues[0]["kind"] == "crs_contradicts_values"

    rule = MendRule(kind="crs_contradicts_values", action="crs", new_value="EPSG:4326")
    services.mend_by_rule(copy, number, rule)
    services.resend(copy, number)

    place = copy.table("attraction").set_index("code").geometry["A1"]
    assert (place.x, place.y) == pytest.approx((233_700, 556_700), abs=0.5)


@COPY_IN_A_FILE
def test_rule_refuses_a_reference_system_that_is_none(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much")))
    rule = MendRule(kind="bad_number", action="crs", new_value="EPSG:1")
    with pytest.raises(UnknownCrsError, match="EPSG:1"):
        services.mend_by_rule(copy, number, rule)


@COPY_IN_A_FILE
def test_mending_can_be_taken_back(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much")))
    (row,) = services.quarantined_rows(copy, number)
    services.mend_row(copy, row.id, {"area_m2": "10000"})

    services.mend_by_rule(copy, number, MendRule(kind="bad_number", action="restore"))

    (again,) = services.quarantined_rows(copy, number)
    assert again.mended == {}
    with pytest.raises(NotFound, match="Mend a row"):
        services.resend(copy, number)


def test_row_left_out_for_good_is_on_record(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much") + plot("N2", area="")))
    first, second = services.quarantined_rows(copy, number)

    services.mend_row(copy, first.id, {}, drop=True)
    services.mend_by_rule(copy, number, MendRule(kind="missing_value", action="drop"))

    assert services.quarantined_rows(copy, number) == []
    kept = services.quarantined_rows(copy, number, waiting=False)
    assert [row.outcome for row in kept] == ["dropped", "dropped"]
    assert [row.id for row in kept] == [first.id, second.id]
    with pytest.raises(NotFound):
        services.mend_row(copy, first.id, {"area_m2": "1"})


@COPY_IN_A_FILE
def test_row_gets_a_place_by_hand(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", "code,kind,name,lon,lat\nA1,museum,M,6.55,\n"),
                      "attractions")  # fmt: skip
    (row,) = services.quarantined_rows(copy, number)
    assert ([i["kind"] for i in row.issues], row.place) == (["missing_coordinates"], None)

    services.mend_row(copy, row.id, {}, place=(6.5592826, 52.9915204))
    (report,) = services.resend(copy, number).layers

    assert report.new == 1
    place = copy.table("attraction").set_index("code").geometry["A1"]
    assert (place.x, place.y) == pytest.approx((233_700, 556_700), abs=0.5)


@COPY_IN_A_FILE
def test_second_row_with_an_id_does_not_replace_the_first(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1") + plot("N1", area="9999")))
    (row,) = services.quarantined_rows(copy, number)

    services.mend_row(copy, row.id, {"area_m2": "10001"})
    with pytest.raises(NotFound):
        services.resend(copy, number)
    services.mend_row(copy, row.id, {"code": "N2", "area_m2": "10001"})
    (report,) = services.resend(copy, number).layers

    assert (report.new, report.changed) == (1, 0)
    plots = copy.table("plot").set_index("code")
    assert (plots.loc["N1", "area_m2"], plots.loc["N2", "area_m2"]) == (10_000, 10_001)


@COPY_IN_A_FILE
def test_row_lands_once_its_parent_has_come(copy: Store, write: Write) -> None:
    offers = "code,plot,offer_kind,offered_on\nO1,N1,sale,2026-01-01\n"
    number = imported(copy, write("o.csv", offers), "offers")
    assert [i["kind"] for i in services.quarantined_rows(copy, number)[0].issues] == [
        "unknown_parent"
    ]
    imported(copy, write("a.csv", HEADER + plot("N1")))

    (report,) = services.resend(copy, number).layers

    assert (report.new, report.quarantined) == (1, 0)


def test_sums_hold_through_mending_and_undoing(copy: Store, write: Write) -> None:
    rows = plot("N1") + plot("N1") + plot("N2", area="much") + plot("N3", park="?") + plot("N4")
    number = imported(copy, write("a.csv", HEADER + rows))
    record = services.import_record(copy, number)
    assert record.report is not None
    assert (record.rows_read, record.accepted, record.quarantined) == (5, 2, 3)
    assert record.report["rows_read"] == 5
    (row,) = [r for r in services.quarantined_rows(copy, number) if r.row == 3]

    services.mend_row(copy, row.id, {"area_m2": "10000"})
    (report,) = services.resend(copy, number).layers

    assert services.import_record(copy, number).open_rows == 2
    assert report.batch_id is not None
    services.undo_import(copy, report.batch_id)
    assert codes(copy) >= {"N1", "N4"}
    assert "N2" not in codes(copy)


@COPY_IN_A_FILE
def test_mapping_of_the_import_is_used_again(copy: Store, write: Write) -> None:
    text = f'a,b,ha,wkt_rd\nN1,MV,een,"{SQUARE}"\n'
    mapping = Mapping(columns={"code": "a", "park": "b", "area_m2": "ha"},
                      factors={"area_m2": 10_000})  # fmt: skip
    options = ImportOptions(mapping=mapping)
    (first,) = services.import_file(copy, "plots", write("a.csv", text), options).layers
    assert first.batch_id is not None
    (row,) = services.quarantined_rows(copy, first.batch_id)

    services.mend_row(copy, row.id, {"ha": "1"})
    services.resend(copy, first.batch_id)

    assert copy.table("plot").set_index("code").loc["N1", "area_m2"] == 10_000


@COPY_IN_A_FILE
def test_numbers_are_read_as_the_file_writes_them_when_sent_again(
    copy: Store, write: Write
) -> None:
    text = f'code;park;area_m2;price_eur_m2;wkt_rd\nN1;?;10000;"1.500";"{SQUARE}"\n'
    number = imported(copy, write("a.csv", text))
    (row,) = services.quarantined_rows(copy, number)

    services.mend_row(copy, row.id, {**row.original, "park": "MV"})
    services.resend(copy, number)

    assert copy.table("plot").set_index("code").loc["N1", "price_eur_m2"] == 1_500


def test_rows_of_an_undone_import_wait_again(copy: Store, write: Write) -> None:
    number = imported(copy, write("a.csv", HEADER + plot("N1", area="much")))
    (row,) = services.quarantined_rows(copy, number)
    services.mend_row(copy, row.id, {"area_m2": "10000"})
    (landed,) = services.resend(copy, number).layers
    assert landed.batch_id is not None

    services.undo_import(copy, landed.batch_id)

    assert "N1" not in codes(copy)
    (again,) = services.quarantined_rows(copy, number)
    assert (again.mended, again.outcome) == ({"area_m2": "10000"}, None)
    (report,) = services.resend(copy, number).layers
    assert report.new == 1


@COPY_IN_A_FILE
def test_row_of_a_register_that_the_store_has_otherwise_keeps_its_original(
    copy: Store, write: Write
) -> None:
    """Such rows are judged when the whole file was read."""
    known = "code,bag_id,name,x,y\nOURS,0106010000099991,Ours,233970,556900\n"
    imported(copy, write("ours.csv", known), "premises")
    register = (
        "code,bag_id,name,beginGeldigheid,eindGeldigheid,x,y\n"
        "B-1,0106010000099991,Theirs,2020-01-01,,233970,556900\n"
    )

    number = imported(copy, write("bag.csv", register), "premises")

    (row,) = services.quarantined_rows(copy, number)
    assert [issue["kind"] for issue in row.issues] == ["duplicate_id"]
    assert (row.original["code"], row.original["name"]) == ("B-1", "Theirs")
