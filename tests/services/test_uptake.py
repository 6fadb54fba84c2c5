"""Stock, uptake and years of supply: the same figures from every door, for any date."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import ArgumentRefused, LedgerError, NotAllowed, NotFound
from geo_assen.services import EntryRefused, LandEntry, Store
from geo_assen.store import metadata
from tests.cli.running import run
from tests.services.sample import COPY_IN_A_FILE, SAMPLE_IN_A_FILE, settings_of
from webapp import create_app

DAY = date(2026, 11, 1)
TODAY = services.today()
STOCK = (
    "net_area_m2", "issued_m2", "issuable_m2", "immediately_issuable_m2", "optioned_m2",
    "reserved_m2",
)  # fmt: skip


def test_report_command_layer_and_file_have_the_same_figures(
    sample: Store, sample_address: str
) -> None:
    report = services.uptake_report(sample, as_of=DAY)
    said = run("uptake", "--json", "--as-of", DAY, "--year", 2022, "--store", sample_address)
    document = json.loads(said.out)

    assert document == json.loads(json.dumps(report.document("park", 2022)))
    parks = {row["code"]: row for row in document["parks"]}
    layer = services.layer_rows(sample, "business_parks", as_of=DAY, role=Role.PUBLIC).frame
    for row in layer.to_dict("records"):
        assert [parks[row["code"]][name] for name in STOCK] == [row[name] for name in STOCK]
    app = create_app(settings_of(sample_address))
    client = app.test_client()
    text = client.get(f"/uptake.csv?table=uptake&by=park&year=2022&as_of={DAY}&lang=en").text
    app.extensions["geo_assen"].close()
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    wanted = {row["park"]: row["uptake_m2"] for row in document["uptake"]}
    assert wanted
    assert _numbers(rows) >= set(wanted.values())


def _numbers(rows: list[dict[str, str]]) -> set[int]:
    cells = [cell.replace(",", "") for row in rows for cell in row.values() if cell]
    return {int(cell) for cell in cells if cell.lstrip("-").isdecimal()}


@SAMPLE_IN_A_FILE
def test_parks_add_up_to_the_municipality_and_every_way_to_the_year(sample: Store) -> None:
    report = services.uptake_report(sample, as_of=DAY, role=Role.STAFF)
    assert report.total["net_area_m2"] == report.parks["net_area_m2"].sum()
    assert (
        report.parks["net_area_m2"] == report.parks["issued_m2"] + report.parks["issuable_m2"]
    ).all()
    by_year = report.uptake("year").set_index("year")["uptake_m2"]
    for by in ("park", "sector", "size"):
        assert report.uptake(by).groupby("year")["uptake_m2"].sum().equals(by_year)
    assert report.yearly.sum() == by_year.loc[: report.last_year].sum()
    issued = report.total["issued_m2"] - by_year.sum()
    opened = sample.table("land_event").query("kind == 'opening_balance'")["area_m2"].sum()
    assert issued == opened


@SAMPLE_IN_A_FILE
def test_years_of_supply_is_the_stock_over_the_mean_of_the_last_years(sample: Store) -> None:
    report = services.uptake_report(sample, as_of=DAY, years=5)
    assert (report.first_year, report.last_year) == (2005, 2025)
    mean = report.yearly.loc[2021:2025].mean()
    supply = report.supply()
    assert supply.value == pytest.approx(report.total["issuable_m2"] / mean)
    assert supply.low <= supply.value <= supply.high
    at_once = report.supply("immediately_issuable_m2", 3).value
    assert at_once == pytest.approx(
        report.total["immediately_issuable_m2"] / report.yearly.loc[2023:2025].mean()
    )


@SAMPLE_IN_A_FILE
def test_nothing_on_record_is_undefined_and_not_an_error(sample: Store) -> None:
    report = services.uptake_report(sample, as_of=date(1950, 1, 1))
    assert (report.mean, report.iron, report.supply().value) == (None, None, None)
    assert (report.total == 0).all()
    assert services.forecast_report(sample, as_of=date(1950, 1, 1)).chosen is None
    assert services.ending_promises(sample, as_of=date(1950, 1, 1)).empty


@SAMPLE_IN_A_FILE
def test_wrong_questions_are_refused(sample: Store) -> None:
    with pytest.raises(ArgumentRefused, match="years=-3"):
        services.uptake_report(sample, as_of=DAY, years=-3)
    with pytest.raises(NotFound, match="business park 'X'"):
        services.uptake_report(sample, as_of=DAY, park="X")
    with pytest.raises(ArgumentRefused, match="horizon_years"):
        services.forecast_report(sample, as_of=DAY, horizon_years=0)


@SAMPLE_IN_A_FILE
def test_price_of_few_deeds_is_for_staff(sample: Store) -> None:
    public = services.uptake_report(sample, as_of=DAY).uptake("sector")
    staff = services.uptake_report(sample, as_of=DAY, role=Role.STAFF).uptake("sector")
    few = staff["priced_deeds"].between(1, 2)
    assert few.any() and staff.loc[few, "price_eur_m2"].notna().all()
    assert public.loc[few, "price_eur_m2"].isna().all()
    assert public.loc[~few, "price_eur_m2"].equals(staff.loc[~few, "price_eur_m2"])


def _free(store: Store, place: int = 0) -> str:
    states = services.land.states_at(store, TODAY)
    return str(states.index[states["status"] == "immediately_issuable"][place])


def _deed(plot: str, **changes: Any) -> LandEntry:
    said = {"kind": "deed", "plot": plot, "effective_on": TODAY, "selection": "none"}
    return LandEntry(**said | changes)


def test_effect_told_before_is_the_stock_after(copy: Store) -> None:
    plot = _free(copy)
    entry = _deed(plot, sector="care", price_eur_m2=120.0, party="Voorbeeld Zorg")
    effect = services.entry_effect(copy, entry, role=Role.STAFF)
    assert effect.faults == ()
    assert services.land.stock_at(copy, TODAY).loc[effect.park].to_dict() == {
        name: value for name, value in effect.before.items() if name != "uptake_m2"
    }

    code = services.record_event(copy, entry, role=Role.STAFF)

    report = services.uptake_report(copy, as_of=TODAY, park=effect.park, role=Role.STAFF)
    for name in (*STOCK, "hard_plan_m2"):
        assert report.total[name] == effect.after[name]
    row = report.rows.set_index("code").loc[code]
    assert (row["uptake_m2"], row["sector"], row["certainty"]) == (
        effect.after["issued_m2"] - effect.before["issued_m2"], "care", "stated",
    )  # fmt: skip
    now = copy.table("plots_now").set_index("code")
    assert now.loc[plot, "status"] == effect.plot_after["status"] == "issued"
    assert "Voorbeeld Zorg" in set(copy.table("party")["name"])


@COPY_IN_A_FILE
def test_back_dated_event_changes_the_year_but_not_what_was_known(copy: Store) -> None:
    year = TODAY.year - 2
    before = services.uptake_report(copy, as_of=TODAY)
    entry = _deed(_free(copy), effective_on=date(year, 6, 1))
    effect = services.entry_effect(copy, entry, role=Role.STAFF)
    assert effect.cautions == ("back_dated",)
    services.record_event(copy, entry, role=Role.STAFF)

    now = services.uptake_report(copy, as_of=TODAY)
    known = services.uptake_report(copy, as_of=TODAY, known_at=TODAY - timedelta(days=1))
    grown = effect.after["issued_m2"] - effect.before["issued_m2"]
    assert now.yearly[year] == before.yearly[year] + grown
    assert known.yearly.equals(before.yearly)
    assert known.recorded_later == 1


@COPY_IN_A_FILE
def test_contradiction_is_told_before_and_refused_after(copy: Store) -> None:
    plot = _free(copy)
    option = LandEntry(
        kind="option", plot=plot, effective_on=TODAY, valid_until=TODAY + timedelta(days=20)
    )
    services.record_event(copy, option, role=Role.STAFF)
    events = len(copy.table("land_event"))

    effect = services.entry_effect(copy, option, role=Role.STAFF)
    assert [fault.kind for fault in effect.faults] == ["equal_rank"]
    with pytest.raises(LedgerError, match="rank 1 already"):
        services.record_event(copy, option, role=Role.STAFF)
    too_much = _deed(plot, area_m2=10_000_000)
    with pytest.raises(LedgerError, match="was issued"):
        services.record_event(copy, too_much, role=Role.STAFF)
    assert len(copy.table("land_event")) == events

    soon = services.ending_promises(copy, as_of=TODAY, role=Role.STAFF)
    assert soon.set_index("plot").loc[plot, "days_left"] == 20
    second = LandEntry(**{**vars(option), "priority_rank": 2, "party": "Tweede"})
    services.record_event(copy, second, role=Role.STAFF)
    waiting = services.ending_promises(copy, as_of=TODAY, role=Role.STAFF)
    own = waiting[waiting["plot"] == plot]
    assert own["waits"].tolist() == [False, True]
    assert services.ending_promises(copy, as_of=TODAY)["party"].isna().all()


@COPY_IN_A_FILE
def test_old_fault_does_not_stop_new_work(copy: Store) -> None:
    plot, other = _free(copy), _free(copy, 1)
    with copy.write() as connection:
        connection.execute(metadata.tables["land_event"].insert().values(
            code="T-old", kind="deed", plot=other, effective_on=TODAY, recorded_on=TODAY,
            area_m2=10_000_000, source_code=str(copy.table("source")["code"].iloc[0]),
        ))  # fmt: skip
    assert services.entry_effect(copy, _deed(plot), role=Role.STAFF).faults == ()
    services.record_event(copy, _deed(plot), role=Role.STAFF)
    with pytest.raises(LedgerError, match="was issued"):
        services.record_event(copy, _deed(plot), role=Role.STAFF)


@COPY_IN_A_FILE
def test_correction_takes_the_place_of_what_it_corrects(copy: Store) -> None:
    plot = _free(copy)
    code = services.record_event(copy, _deed(plot), role=Role.STAFF)
    undone = _deed(plot, area_m2=0, corrects=code)
    assert services.entry_effect(copy, undone, role=Role.STAFF).faults == ()
    services.record_event(copy, undone, role=Role.STAFF)
    assert services.land.states_at(copy, TODAY).loc[plot, "status"] == "immediately_issuable"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"plot": None}, "plot"),
        ({"plot": "nowhere"}, "plot"),
        ({"selection": None}, "selection"),
        ({"selection": "open"}, "published_on"),
        ({"kind": "option"}, "valid_until"),
        ({"kind": "split"}, "kind"),
        ({"sector": "gaming"}, "sector"),
        ({"area_m2": -1}, "area_m2"),
        ({"priority_rank": 0}, "priority_rank"),
        ({"corrects": "E-none"}, "corrects"),
        ({"kind": "option", "valid_until": TODAY - timedelta(days=1)}, "valid_until"),
    ],
)
@SAMPLE_IN_A_FILE
def test_event_that_says_too_little_is_refused_at_its_field(
    sample: Store, changes: dict[str, Any], field: str
) -> None:
    entry = _deed(**{"plot": _free(sample)} | changes)
    with pytest.raises(EntryRefused) as refused:
        services.entry_effect(sample, entry, role=Role.STAFF)
    assert field in [name for name, _ in refused.value.faults]


@SAMPLE_IN_A_FILE
def test_public_neither_sees_nor_records(sample: Store) -> None:
    with pytest.raises(NotAllowed):
        services.entry_effect(sample, _deed("P"), role=Role.PUBLIC)
    with pytest.raises(NotAllowed):
        services.record_event(sample, _deed("P"), role=Role.PUBLIC)
