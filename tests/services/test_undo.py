"""Taking an import back: all of it, or a reason why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import ImportCancelled, ImportNotUndone, NotFound
from geo_assen.ingest.read import delimited
from geo_assen.services import Store, ingest
from geo_assen.store import changes, check_store, metadata, writing

Write = Callable[[str, str], Path]
SQUARE = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556100, 233000 556000))"
HEADER = "code,park,area_m2,name,price_eur_m2,fibre,uses,serviced_on,wkt_rd\n"


def plot_row(code: str, park: str, price: str = "80", name: str = "New") -> str:
    return f'{code},{park},10000,{name},{price},true,industrial;logistics,2024-02-29,"{SQUARE}"\n'


def a_park(store: Store) -> str:
    return str(store.table("business_park")["code"].iloc[0])


def imported(store: Store, layer: str, path: Path) -> int:
    (report,) = services.import_file(store, layer, path).layers
    assert report.batch_id is not None
    return report.batch_id


def rows_of(store: Store, table: str) -> pd.DataFrame:
    return store.table(table).drop(columns="geometry", errors="ignore")


def test_undone_import_leaves_the_table_as_it_was(copy: Store, write: Write) -> None:
    park = a_park(copy)
    imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", park) + plot_row("N2", park)))
    before, shapes = rows_of(copy, "plot"), copy.table("plot").geometry
    changed = HEADER + plot_row("N1", park, "", "Other") + plot_row("N3", park)
    number = imported(copy, "plots", write("b.csv", changed))
    assert len(copy.table("plot")) == len(before) + 1

    undone = services.undo_import(copy, number)

    assert (undone.deleted, undone.restored) == (1, 1)
    pd.testing.assert_frame_equal(rows_of(copy, "plot"), before)
    assert copy.table("plot").geometry.geom_equals_exact(shapes, 0).all()
    assert check_store(copy.engine) == []
    record = services.import_record(copy, number)
    assert record.undone_at is not None
    assert "N3" not in set(copy.table("plots_now")["code"])


def test_undo_is_kept_in_the_history(copy: Store, write: Write) -> None:
    park = a_park(copy)
    number = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", park)))

    services.undo_import(copy, number)

    history = metadata.tables["attribute_history"]
    with copy.read() as connection:
        told = sa.select(history.c.operation).where(history.c.code == "N1").order_by(history.c.id)
        assert list(connection.execute(told).scalars()) == ["insert", "delete"]


def test_import_is_not_undone_twice(copy: Store, write: Write) -> None:
    number = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", a_park(copy))))
    services.undo_import(copy, number)

    with pytest.raises(ImportNotUndone, match="undone already"):
        services.undo_import(copy, number)


def test_unknown_import_is_named(copy: Store) -> None:
    with pytest.raises(NotFound, match="99999"):
        services.undo_import(copy, 99_999)


def test_record_that_was_edited_since_stops_the_undo(copy: Store, write: Write) -> None:
    number = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", a_park(copy))))
    plot = metadata.tables["plot"]
    with copy.write() as connection:
        connection.execute(sa.update(plot).where(plot.c.code == "N1").values(name="By hand"))

    with pytest.raises(ImportNotUndone, match="N1 changed since"):
        services.undo_import(copy, number)

    assert "N1" in set(copy.table("plot")["code"])
    assert services.import_record(copy, number).undone_at is None


def test_later_import_of_the_same_record_is_undone_first(copy: Store, write: Write) -> None:
    park = a_park(copy)
    first = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", park)))
    second = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", park, "95")))

    with pytest.raises(ImportNotUndone, match=f"import {second} changed the same records"):
        services.undo_import(copy, first)
    services.undo_import(copy, second)

    plots = copy.table("plot").set_index("code")
    assert plots.loc["N1", "price_eur_m2"] == 80


def test_record_that_others_refer_to_stops_the_undo(copy: Store, write: Write) -> None:
    number = imported(copy, "plots", write("a.csv", HEADER + plot_row("N1", a_park(copy))))
    offers = "code,plot,offer_kind,offered_on\nO1,N1,sale,2026-01-01\n"
    imported(copy, "offers", write("offers.csv", offers))

    with pytest.raises(ImportNotUndone, match="1 of offer"):
        services.undo_import(copy, number)


def test_undone_facts_stay_in_the_store_and_count_no_more(copy: Store, write: Write) -> None:
    premises = str(copy.table("premises")["code"].iloc[0])
    before = rows_of(copy, "vacancy_observation")
    states = services_state(copy, premises)
    text = f"premises,observed_on,recorded_on,source,state\n{premises},2026-11-20,2026-11-21,field,"
    number = imported(copy, "vacancy", write("v.csv", text + flipped(states)))
    assert services_state(copy, premises) != states

    services.undo_import(copy, number)

    assert services_state(copy, premises) == states
    pd.testing.assert_frame_equal(rows_of(copy, "vacancy_observation"), before)
    with copy.read() as connection:
        table = metadata.tables["vacancy_observation"]
        kept = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    assert kept == len(before) + 1


def test_undone_observation_can_be_told_again(copy: Store, write: Write) -> None:
    premises = str(copy.table("premises")["code"].iloc[0])
    text = "premises,observed_on,recorded_on,source,state\n"
    row = f"{premises},2026-11-20,2026-11-21,field,vacant"
    number = imported(copy, "vacancy", write("v.csv", text + row))
    services.undo_import(copy, number)

    (again,) = services.import_file(copy, "vacancy", write("v.csv", text + row)).layers

    assert (again.new, again.same, again.quarantined) == (1, 0, 0)


def test_code_of_an_undone_land_event_is_not_given_again(copy: Store, write: Write) -> None:
    park = a_park(copy)
    text = "code,kind,park,effective_on,recorded_on,area_m2\n"
    row = f"X1,withdrawal,{park},2026-11-20,2026-11-21,1"
    number = imported(copy, "land_events", write("e.csv", text + row))
    events = len(copy.table("land_event"))
    services.undo_import(copy, number)
    assert len(copy.table("land_event")) == events - 1

    (again,) = services.import_file(copy, "land_events", write("e.csv", text + row)).layers

    assert (again.new, again.quarantined) == (0, 1)
    assert "undone" in again.issues[-1].message


def flipped(state: str) -> str:
    return "vacant" if state in ("occupied", "unknown") else "occupied"


def services_state(store: Store, premises: str) -> str:
    rows = services.layer_rows(store, "vacancy", as_of=date(2026, 11, 24), role=Role.STAFF).frame
    return str(rows.set_index("premises").loc[premises, "vacancy_class"])


@pytest.fixture
def many(copy: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """So many plots that they are written in bulk, one of them there already."""
    monkeypatch.setattr(writing, "_BULK_ROWS", 1_000)
    monkeypatch.setattr(delimited, "PART_ROWS", 1_000)
    monkeypatch.setattr(ingest, "PART_ROWS", 1_000)
    monkeypatch.setattr(changes, "_CHUNK", 400)
    taken = str(copy.table("plot")["code"].iloc[0])
    park = a_park(copy)
    codes = [taken, *(f"M{number:05d}" for number in range(1_500))]
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "".join(plot_row(code, park) for code in codes), encoding="utf-8")
    return path


def test_undo_of_a_bulk_import_restores_every_row_and_keeps_the_history(
    copy: Store, many: Path
) -> None:
    before = copy.table("plot")
    codes = {str(code) for code in before["code"]}
    number = imported(copy, "plots", many)
    undone = services.undo_import(copy, number)
    assert (undone.deleted, undone.restored) == (1_500, 1)
    assert copy.table("plot").equals(before)
    assert check_store(copy.engine) == []
    history = copy.table("attribute_history")
    ours = history[(history["table_name"] == "plot") & ~history["code"].isin(codes)]
    assert set(ours["operation"]) >= {"insert", "delete"}
    assert len(ours) == 2 * 1_500


def test_import_that_is_cancelled_in_the_middle_leaves_the_store_as_it_was(
    copy: Store, many: Path
) -> None:
    before, version, told = copy.table("plot"), copy.version(), []

    def stop(layer: str, done: int, rows: int | None) -> None:
        told.append((layer, done, rows))
        raise ImportCancelled

    with pytest.raises(ImportCancelled):
        services.import_file(copy, "plots", many, progress=stop)
    assert told == [("many", 1_000, None)]
    assert copy.version() == version
    assert copy.table("plot").equals(before)
    assert check_store(copy.engine) == []
