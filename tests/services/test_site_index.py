"""A large store read column by column, and an index that follows what is written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from geo_assen import services
from geo_assen.access import Role
from geo_assen.matching import Ranking, Requirement, match
from geo_assen.services import Store, site_index, site_rows
from geo_assen.services.site_index import index_at
from geo_assen.services.sites import sites_at
from geo_assen.sites import Sites
from geo_assen.store import metadata
from tests.services.sample import COPY_IN_A_FILE, SAMPLE_IN_A_FILE, opened

TODAY = services.today()
ASKED = (
    Requirement.parse({"title": "all"}),
    Requirement.parse({
        "title": "plots", "kinds": ["plot"],
        "constraint": [{"field": "area_m2", "min": 3000, "max": 20_000}],
        "criterion": [{"field": "price_eur_m2", "curve": {"smaller": [60, 140]}}],
    }),
    Requirement.parse({
        "title": "heavy", "constraint": [{"field": "max_env_category", "at_least": "3.1"}],
    }),
    Requirement.parse({
        "title": "shops", "use": ["retail", "office"],
        "constraint": [{"near": "centre", "max_m": 1500}],
        "criterion": [{"field": "rent_eur_m2_year", "curve": {"smaller": [50, 200]}},
                      {"near": [6.5632, 52.9971], "curve": {"smaller": [0, 3000]}}],
    }),
)  # fmt: skip


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample counts as large."""
    monkeypatch.setattr(site_rows, "LARGE", 10)


LARGE = pytest.mark.usefixtures("large")


def told(ranking: Ranking) -> tuple[object, ...]:
    return (ranking.counts, ranking.results)


def test_many_rows_give_the_sites_that_frames_give(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_frames = site_rows.drawn_up(sample, site_rows.rows_at(sample, TODAY), TODAY).frame
    monkeypatch.setattr(site_rows, "LARGE", 10)
    in_bulk = site_rows.drawn_up(sample, site_rows.rows_at(sample, TODAY), TODAY).frame
    assert len(in_bulk) > 100
    pd.testing.assert_frame_equal(
        in_bulk.drop(columns="geometry"), by_frames[in_bulk.columns].drop(columns="geometry")
    )
    assert in_bulk.geometry.geom_equals_exact(by_frames.geometry, 1e-6).all()


@LARGE
def test_past_dates_are_drawn_up_from_the_records(sample: Store) -> None:
    day = date(2020, 12, 31)
    assert told(match(ASKED[0], index_at(sample, day))) == told(
        match(ASKED[0], sites_at(sample, day))
    )


def _execute(store: Store, *statements: str, **values: object) -> None:
    with store.write() as connection:
        for statement in statements:
            connection.execute(sa.text(statement), values)


def _event(kind: str, plot: str, **more: object) -> Callable[[Store], None]:
    def write(store: Store) -> None:
        row = {"code": f"T-{kind}-{plot}", "kind": kind, "plot": plot, "effective_on": TODAY,
               "recorded_on": TODAY, "source_code": _source(store), **more}  # fmt: skip
        with store.write() as connection:
            connection.execute(metadata.tables["land_event"].insert().values(**row))

    return write


def _source(store: Store) -> str:
    return str(store.table("source")["code"].iloc[0])


def _site(store: Store, kind: str, place: int = 0) -> str:
    frame = sites_at(store, TODAY).frame
    chosen = frame[(frame["kind"] == kind) & (frame["availability"] == "pass")]
    return str(chosen["id"].iloc[place]).partition(":")[2]


def _edit_plot(store: Store) -> None:
    _execute(store, "UPDATE plot SET price_eur_m2 = 61, max_env_category = '2' WHERE code = :c",
             c=_site(store, "plot"))  # fmt: skip


def _sell(store: Store) -> None:
    _event("deed", _site(store, "plot"))(store)


def _option(store: Store) -> None:
    _event("option", _site(store, "plot", 1), valid_until=TODAY + timedelta(days=90))(store)


def _withdraw_offer(store: Store) -> None:
    _execute(store, "DELETE FROM offer WHERE premises = :c", c=_site(store, "premises"))


def _move_offer(store: Store) -> None:
    first, second = _site(store, "premises"), _site(store, "premises", 1)
    _execute(store, "UPDATE offer SET premises = :b WHERE premises = :a", a=first, b=second)


def _observe(store: Store) -> None:
    vacant = set(sites_at(store, TODAY).frame["id"])
    code = next(c for c in store.table("premises")["code"] if f"premises:{c}" not in vacant)
    row = {"premises": code, "observed_on": TODAY, "recorded_on": TODAY, "source": "field",
           "state": "vacant", "source_code": _source(store)}  # fmt: skip
    with store.write() as connection:
        connection.execute(metadata.tables["vacancy_observation"].insert().values(**row))


def _edit_park(store: Store) -> None:
    parks = sites_at(store, TODAY).frame["park"].dropna()
    _execute(store, "UPDATE business_park SET max_env_category = '1' WHERE code = :c",
             c=str(parks.iloc[-1]))  # fmt: skip


def _remove_plot(store: Store) -> None:
    events = set(store.table("land_event")["plot"]) | set(store.table("offer")["plot"])
    parents = set(store.table("plot")["parent_plot"])
    code = next(c for c in store.table("plot")["code"] if c not in events | parents)
    _execute(store, "DELETE FROM plot WHERE code = :c", c=code)


WRITES = (
    _edit_plot, _sell, _option, _withdraw_offer, _move_offer, _observe, _edit_park, _remove_plot,
)  # fmt: skip


@LARGE
def test_index_follows_what_is_written(copy: Store, copy_address: str) -> None:
    """Each write is followed by a session that opened just before it, and by one that saw all."""
    first = index_at(copy, TODAY)
    earlier = [told(match(one, first)) for one in ASKED]
    for write in WRITES:
        with closing(opened(copy_address)) as opened_now:
            before = index_at(opened_now, TODAY)
            write(copy)
            fresh = sites_at(copy, TODAY)
            expected = [told(match(one, fresh)) for one in ASKED]
            assert expected != earlier, write
            for session, base in ((opened_now, before), (copy, first)):
                index = index_at(session, TODAY)
                assert len(index.parts) == 2, f"built anew instead of followed after {write}"
                assert index.parts[0].columns is base.parts[0].columns
                assert [told(match(one, index)) for one in ASKED] == expected, write
        earlier = expected


@LARGE
def test_other_places_make_a_new_index(copy: Store) -> None:
    before = index_at(copy, TODAY)
    _execute(copy, "DELETE FROM place WHERE kind = 'station'")
    after = index_at(copy, TODAY)
    assert after.parts[0].columns is not before.parts[0].columns
    assert told(match(ASKED[3], after)) == told(match(ASKED[3], sites_at(copy, TODAY)))


@LARGE
def test_undone_import_makes_a_new_index(copy: Store, tmp_path: Path) -> None:
    premises = _site(copy, "premises")
    file = tmp_path / "seen.csv"
    file.write_text(f"premises,observed_on,state,source\n{premises},{TODAY},vacant,field\n")
    (report,) = services.import_file(copy, "vacancy", file).layers
    seen = index_at(copy, TODAY)
    assert report.batch_id is not None
    services.undo_import(copy, report.batch_id)
    after = index_at(copy, TODAY)
    assert after.parts[0].columns is not seen.parts[0].columns
    assert told(match(ASKED[0], after)) == told(match(ASKED[0], sites_at(copy, TODAY)))


@LARGE
@COPY_IN_A_FILE
def test_named_sites_are_those_of_the_list(copy: Store) -> None:
    every = services.list_sites(copy, services.SiteFilter(), as_of=TODAY, role=Role.STAFF)
    ids = every.frame["id"].iloc[[3, 70, 10]].tolist()
    _edit_plot(copy)
    for role in (Role.STAFF, Role.PUBLIC):
        every = services.list_sites(copy, services.SiteFilter(), as_of=TODAY, role=role)
        named = services.sites_named(copy, [*ids, "plot:none"], as_of=TODAY, role=role)
        expected = every.frame[every.frame["id"].isin(ids)].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            named.frame.drop(columns="geometry"), expected.drop(columns="geometry")
        )
        assert [field.name for field in named.fields] == [field.name for field in every.fields]
        assert ("contact" in named.frame) == (role is Role.STAFF)


@SAMPLE_IN_A_FILE
def test_areas_that_can_be_asked_are_told_by_code_and_name(sample: Store) -> None:
    areas = dict(services.areas_at(sample, TODAY))
    parks = sample.table("business_park")
    assert {code: areas[code] for code in parks["code"]} == dict(
        zip(parks["code"], parks["name"], strict=True)
    )


@LARGE
@SAMPLE_IN_A_FILE
def test_index_is_made_once_for_all_who_ask_together(
    sample: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[date] = []
    make = site_index.drawn_up

    def counted(session: Store, rows: site_rows.SiteRows, as_of: date) -> Sites:
        made.append(as_of)
        return make(session, rows, as_of)

    monkeypatch.setattr(site_index, "drawn_up", counted)
    day = TODAY + timedelta(days=1)  # nobody has asked for it yet
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: index_at(sample, day), range(4)))
    assert made == [day]
    assert all(index is found[0] for index in found)


@LARGE
@SAMPLE_IN_A_FILE
def test_no_more_than_two_days_are_followed(sample: Store) -> None:
    days = [TODAY + timedelta(days=number) for number in (2, 3, 4)]
    first, second, third = (index_at(sample, day) for day in days)
    assert index_at(sample, days[2]) is third
    assert index_at(sample, days[1]) is second
    assert index_at(sample, days[0]) is not first  # it was let go, for the memory it takes


@LARGE
def test_plots_of_a_park_that_is_still_to_begin_are_not_on_offer(copy: Store) -> None:
    plot = _site(copy, "plot")
    parks, plots = metadata.tables["business_park"], metadata.tables["plot"]
    columns = [column for column in parks.c if column.name not in ("id", "code")]
    with copy.write() as connection:
        likewise = sa.select(sa.literal("NEW"), *columns).limit(1)
        connection.execute(
            parks.insert().from_select(["code", *(c.name for c in columns)], likewise)
        )
        connection.execute(plots.update().where(plots.c.code == plot).values(park="NEW"))
    before = index_at(copy, TODAY)
    assert len(before.chosen([f"plot:{plot}"])) == 1
    tomorrow = TODAY + timedelta(days=1)
    with copy.write() as connection:
        connection.execute(metadata.tables["land_event"].insert().values(
            code="T-begin", kind="net_set", park="NEW", effective_on=tomorrow,
            recorded_on=TODAY, area_m2=100_000, source_code=_source(copy),
        ))  # fmt: skip

    followed = index_at(copy, TODAY)

    assert followed.parts[0].columns is before.parts[0].columns
    assert len(followed.chosen([f"plot:{plot}"])) == 0
    assert f"plot:{plot}" not in set(sites_at(copy, TODAY).frame["id"])
