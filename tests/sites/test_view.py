from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import CrsError
from geo_assen.land import plot_states
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.sites import Sites, build_sites
from geo_assen.vacancy import vacancy_states
from tests.factories import (
    LAND_EVENT,
    OBSERVATION,
    OFFER,
    Row,
    frame,
    make_event,
    make_observation,
    make_offer,
    make_park,
    make_place,
    make_plot,
    make_premises,
    make_source,
    square,
)

AS_OF = date(2026, 11, 1)
CATALOGUE = load_catalogue(PROJECT_FOLDER / "layers")
FIELDS = {field.name: field for field in CATALOGUE.layers["sites"].field}


def build(
    *,
    plots: Iterable[Row] = (),
    premises: Iterable[Row] = (),
    offers: Iterable[Row] = (),
    events: Iterable[Row] = (),
    observations: Iterable[Row] = (),
    as_of: date = AS_OF,
    **changes: Any,
) -> Sites:
    """Sites of a small municipality; states are those of the events and observations."""
    plots = frame(plots, make_plot())
    premises = frame(premises, make_premises())
    parks = frame([make_park()])
    given = {
        "plots": plots,
        "premises": premises,
        "offers": frame(offers, OFFER),
        "plot_states": plot_states(plots, frame(events, LAND_EVENT), parks=parks, as_of=as_of),
        "vacancy_states": vacancy_states(
            premises, frame(observations, OBSERVATION), as_of=as_of
        ),
        "parks": parks,
        "places": frame([make_place(geometry=Point(230_000, 554_000))]),
        "areas": frame([_area("GM0106", 2025)]),
        "sources": frame([make_source()]),
    }
    return build_sites(
        **{**given, **changes}, fields=FIELDS, codes=CATALOGUE.codes, as_of=as_of
    )


def _area(code: str, year: int, **changes: Any) -> Row:
    return {"code": code, "name": f"{code} {year}", "year": year,
            "geometry": square(0, 0), **changes}  # fmt: skip


def _row(sites: Sites, site_id: str) -> pd.Series:
    return sites.frame.set_index("id").loc[site_id]


def test_universe_holds_what_is_left_and_what_is_on_offer_or_vacant() -> None:
    sites = build(
        plots=[
            make_plot(code="free"),
            make_plot(code="sold"),
            make_plot(code="part"),
            make_plot(code="gone"),
            make_plot(code="old"),
            make_plot(code="new", parent_plot="old"),
            make_plot(code="later", parent_plot="free"),
        ],
        events=[
            make_event(kind="deed", plot="sold"),
            make_event(kind="deed", plot="part", area_m2=4000),
            make_event(kind="withdrawal", plot="gone"),
            make_event(kind="split", plot="old"),
            make_event(kind="split", plot="free", effective_on=date(2027, 1, 1)),
        ],
        premises=[make_premises(code=code) for code in ("let", "empty", "half", "busy", "dark")],
        offers=[make_offer(premises="let")],
        observations=[
            make_observation(premises="let", state="occupied", observed_on=date(2026, 1, 1)),
            make_observation(premises="empty", state="vacant", observed_on=date(2026, 1, 1)),
            make_observation(premises="half", state="partly", observed_on=date(2026, 1, 1)),
            make_observation(premises="busy", state="occupied", observed_on=date(2026, 1, 1)),
        ],
    )
    assert sites.frame["id"].tolist() == [
        "plot:free", "plot:new", "plot:part",
        "premises:empty", "premises:half", "premises:let",
    ]  # fmt: skip
    assert sites.frame.index.tolist() == [0, 1, 2, 3, 4, 5]
    told = ["status", "availability", "status_note", "status_until"]
    assert _row(sites, "premises:let")[told].tolist() == ["offered", "pass", None, None]
    for code in ("empty", "half"):
        assert _row(sites, f"premises:{code}")[told].tolist() == [
            "vacant", "unknown", "vacant_without_offer", None,
        ]  # fmt: skip
    assert _row(sites, "plot:part")["status"] == "partly_issued"
    assert _row(sites, "plot:part")["area_m2"] == 6000


@pytest.mark.parametrize(
    ("as_of", "is_open"),
    [
        (date(2023, 12, 31), False),
        (date(2024, 1, 1), True),
        (date(2024, 6, 30), True),
        (date(2024, 7, 1), False),
    ],
)
def test_offer_is_open_from_its_first_to_its_last_day(as_of: date, is_open: bool) -> None:
    sites = build(
        premises=[make_premises(code="A")],
        offers=[make_offer(premises="A", until=date(2024, 6, 30))],
        as_of=as_of,
    )
    assert len(sites) == int(is_open)


def test_promised_plot_is_of_unknown_availability_and_says_why() -> None:
    day = date(2026, 1, 1)
    sites = build(
        plots=[make_plot(code=code) for code in "ABCD"],
        events=[
            make_event(kind="option", plot="A", effective_on=day, valid_until=date(2027, 3, 1)),
            make_event(kind="reservation", plot="B", effective_on=day),
            make_event(kind="option", plot="C", effective_on=day, valid_until=date(2026, 10, 31)),
            make_event(kind="deed", plot="D", effective_on=day, area_m2=1000),
            make_event(kind="option", plot="D", effective_on=AS_OF, valid_until=AS_OF),
        ],
    )
    told = sites.frame[["status", "availability", "status_note", "status_until", "area_m2"]]
    assert list(told.itertuples(index=False, name=None)) == [
        ("option", "unknown", "option", date(2027, 3, 1), 10_000),
        ("reservation", "unknown", "reservation", None, 10_000),
        ("immediately_issuable", "pass", None, None, 10_000),
        ("option", "unknown", "option", AS_OF, 9000),
    ]


def test_offer_goes_before_what_the_plot_says() -> None:
    sites = build(
        plots=[
            make_plot(code="A", price_eur_m2=80, available_from=date(2027, 1, 1)),
            make_plot(code="B", price_eur_m2=80, smallest_part_m2=500),
        ],
        offers=[
            make_offer(plot="A", offer_kind="sale", price_eur_m2=95, smallest_part_m2=2000,
                       contact="desk"),
            make_offer(plot="B", offer_kind="sale", price_eur_m2=60, until=date(2025, 1, 1)),
        ],
    )  # fmt: skip
    a, b = _row(sites, "plot:A"), _row(sites, "plot:B")
    assert (a["price_eur_m2"], a["smallest_part_m2"], a["contact"]) == (95, 2000, "desk")
    assert a["available_from"] == date(2027, 1, 1)
    assert (b["price_eur_m2"], b["smallest_part_m2"], b["contact"]) == (80, 500, None)


def test_newest_offer_goes_first_and_older_ones_fill_in() -> None:
    sites = build(
        premises=[make_premises(code="A", park="P", floor_area_m2=None)],
        offers=[
            make_offer(premises="A", rent_eur_m2_year=100, offered_on=date(2024, 1, 1),
                       available_from=date(2026, 5, 1), contact="old"),
            make_offer(premises="A", rent_eur_m2_year=90, offered_on=date(2025, 1, 1),
                       smallest_part_m2=50),
            make_offer(premises="A", offer_kind="sale", price_eur=1e6,
                       offered_on=date(2026, 1, 1)),
        ],
    )  # fmt: skip
    row = _row(sites, "premises:A")
    assert row["rent_eur_m2_year"] == 90
    assert row["available_from"] == date(2026, 5, 1)
    assert (row["smallest_part_m2"], row["contact"]) == (50, "old")
    assert row["max_env_category"] == "4.1"
    assert np.isnan(row["area_m2"])


def test_field_that_does_not_apply_to_the_kind_stays_empty() -> None:
    sites = build(
        plots=[make_plot(code="A", max_height_m=12, water=True)],
        premises=[make_premises(code="B", energy_label="A", build_year=1975, fibre=False)],
        offers=[make_offer(premises="B", price_eur_m2=500, rent_eur_m2_year=120)],
    )
    plot, premises = _row(sites, "plot:A"), _row(sites, "premises:B")
    assert (plot["max_height_m"], plot["water"], plot["fibre"]) == (12, True, None)
    assert plot["energy_label"] is None
    assert np.isnan(premises["price_eur_m2"])
    assert (premises["energy_label"], premises["build_year"]) == ("A", 1975)
    assert premises["fibre"] is False
    assert premises["water"] is None


def test_columns_are_those_of_the_layer_with_one_sign_for_missing() -> None:
    sites = build(
        plots=[make_plot(code="A", uses=None)],
        premises=[make_premises(code="B", uses=["office", "retail"])],
        offers=[make_offer(premises="B")],
    )
    beside = ["availability", "geometry"]
    assert list(sites.frame.columns) == [*FIELDS, *beside]
    for name, field in FIELDS.items():
        expected = "float64" if field.type in ("number", "integer") else "object"
        assert str(sites.frame[name].dtype) == expected, name
    assert sites.frame["use"].tolist() == [None, frozenset({"office", "retail"})]
    assert sites.frame["workers_30min"].isna().all()
    assert sites.frame["park"].tolist() == ["P", None]


def test_labour_reach_is_taken_where_it_is_joined() -> None:
    plots = frame([make_plot(code="A", workers_30min=41_000)])
    sites = _build_with("plots", plots)
    assert _row(sites, "plot:A")["workers_30min"] == 41_000


def test_name_falls_back_on_address_and_code() -> None:
    sites = build(
        plots=[make_plot(code="A"), make_plot(code="B", name="Corner")],
        premises=[
            make_premises(code="C", name="Old mill", address="Street 1"),
            make_premises(code="D", address="Street 2"),
            make_premises(code="E"),
        ],
        offers=[make_offer(premises=code) for code in "CDE"],
    )
    assert sites.frame["name"].tolist() == ["A", "Corner", "Old mill", "Street 2", "E"]


def test_source_and_distance_stand_beside_each_site() -> None:
    sites = build(plots=[make_plot(code="A", geometry=square(230_000, 555_000))])
    row = _row(sites, "plot:A")
    assert (row["source_name"], row["source_date"], row["certainty"]) == (
        "Test survey", date(2026, 1, 1), "illustrative",
    )  # fmt: skip
    assert row["distance_to_station_m"] == 1000
    assert np.isnan(row["distance_to_motorway_exit_m"])
    assert sites.places["source_name"].tolist() == ["Test survey"]


def test_latest_outline_up_to_the_date_counts_and_parks_are_areas_too() -> None:
    areas = frame([
        _area("GM0106", 2024), _area("GM0106", 2026), _area("GM0106", 2027),
        _area("BU01", 2030), _area("BU01", 2028), _area("GM0001", 2025, geometry=None),
    ])  # fmt: skip
    sites = build(areas=areas)
    assert dict(zip(sites.areas["code"], sites.areas["name"], strict=True)) == {
        "P": "Park P", "GM0106": "GM0106 2026", "BU01": "BU01 2028",
    }  # fmt: skip


def test_nothing_on_offer_gives_an_empty_frame() -> None:
    sites = build()
    assert len(sites) == 0
    assert sites.frame.crs.to_epsg() == 28992
    assert set(FIELDS) <= set(sites.frame.columns)


def test_ids_are_ordered_by_code_point() -> None:
    sites = build(plots=[make_plot(code=code) for code in ("b", "B", "a-2", "a-10", "é")])
    assert sites.frame["id"].tolist() == ["plot:B", "plot:a-10", "plot:a-2", "plot:b", "plot:é"]


def test_types_of_the_store_are_read() -> None:
    plots = frame([make_plot(code="A")]).astype({"area_m2": "int64"}).rename_geometry("geom")
    plots["smallest_part_m2"] = pd.array([pd.NA], dtype="Int64")
    row = _row(_build_with("plots", plots), "plot:A")
    assert row["area_m2"] == 10_000
    assert np.isnan(row["smallest_part_m2"])
    assert row["geometry"].area == 10_000


@pytest.mark.parametrize("name", ["plots", "premises", "parks", "places", "areas"])
def test_frame_in_another_reference_system_is_refused(name: str) -> None:
    rows = {
        "plots": make_plot(), "premises": make_premises(), "parks": make_park(),
        "places": make_place(), "areas": _area("GM0106", 2025),
    }[name]  # fmt: skip
    wrong = frame([rows]).set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(CrsError, match="EPSG:28992"):
        _build_with(name, wrong)


def _build_with(name: str, wrong: Any) -> Sites:
    given: dict[str, Any] = {
        "plots": frame([], make_plot()), "premises": frame([], make_premises()),
        "parks": frame([make_park()]), "places": frame([make_place()]),
        "areas": frame([_area("GM0106", 2025)]), name: wrong,
    }  # fmt: skip
    states = plot_states(given["plots"], frame([], LAND_EVENT), as_of=AS_OF)
    vacancy = vacancy_states(given["premises"], frame([], OBSERVATION), as_of=AS_OF)
    return build_sites(
        **given, offers=frame([], OFFER), sources=frame([make_source()]), plot_states=states,
        vacancy_states=vacancy, fields=FIELDS, codes=CATALOGUE.codes, as_of=AS_OF,
    )  # fmt: skip
