"""Leisure on the sample: what is told on a date, and the reach of sites as a criterion."""

from __future__ import annotations

from datetime import date

import pytest
import shapely
import sqlalchemy as sa

from geo_assen import services
from geo_assen.errors import NotFound
from geo_assen.matching import Requirement
from geo_assen.services import Store, site_rows
from geo_assen.services.site_index import index_at
from geo_assen.store import metadata

DAY = date(2026, 11, 1)
KNOWN = {"de-bonte-wever": 1_000_000, "de-nieuwe-kolk": 575_959, "tt-circuit": 200_104,
         "drents-museum": 185_000}  # fmt: skip
"""Latest visitors of the sample by attraction."""


def test_leisure_report_on_a_date_leaves_later_counts_out(sample: Store) -> None:
    now = services.leisure_report(sample, as_of=DAY)
    known = now.attractions.dropna(subset=["visitors"])
    assert dict(zip(known["code"], known["visitors"], strict=True)) == KNOWN
    assert len(now.attractions) == 10
    assert now.place == "de-bonte-wever"
    then = services.leisure_report(sample, as_of=date(2020, 12, 31))
    rows = then.attractions.set_index("code")
    assert rows.loc["drents-museum", ["year", "low_visitors", "high_visitors"]].tolist() == [
        2020, 94_456, 95_000,
    ]
    assert then.place == "de-nieuwe-kolk"
    assert "de-bonte-wever" not in then.catchment.places
    assert services.leisure_report(sample, as_of=date(2001, 1, 1)).catchment.places == ()


def test_leisure_report_gives_shares_of_all_districts_and_visits_where_persons_are_known(
    sample: Store,
) -> None:
    report = services.leisure_report(
        sample, as_of=DAY, place="drents-museum", visits_per_person=4
    )
    assert report.catchment.chances.sum(axis=1) == pytest.approx(1)
    rows = report.districts.set_index("code")
    assert len(rows) == 10
    peelo = rows.loc["WK010606"]
    # by hand: S_j / d_j^2 with the centre of Peelo and the places of the four attractions
    near = {code: shapely.Point(peelo["x_m"], peelo["y_m"]).distance(point)
            for code, point in zip(report.attractions["code"], report.attractions.geometry,
                                   strict=True)}  # fmt: skip
    pull = {code: visitors / near[code] ** 2 for code, visitors in KNOWN.items()}
    share = pull["drents-museum"] / sum(pull.values())
    assert peelo["share"] == pytest.approx(share)
    assert peelo["visits"] == pytest.approx(6490 * 4 * share)
    assert peelo["share_class"] == "10_to_25"
    assert rows["visits"].notna().sum() == 3
    assert len(report.unknown_persons) == 7


def test_leisure_report_of_an_attraction_that_is_not_there_is_refused(sample: Store) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        services.leisure_report(sample, as_of=DAY, place="nowhere")


def test_sites_have_the_visitors_around_them_and_can_be_ranked_by_them(sample: Store) -> None:
    frame = sample.sites(DAY).frame.set_index("id")
    places = services.leisure_report(sample, as_of=DAY).attractions
    known = {code: (point, KNOWN[code]) for code, point in
             zip(places["code"], places.geometry, strict=True) if code in KNOWN}  # fmt: skip
    site = frame.iloc[0]
    west, south, east, north = site.geometry.bounds
    middle = shapely.Point((west + east) / 2, (south + north) / 2)
    by_hand = sum(n * 0.5 ** (middle.distance(point) / 1000) for point, n in known.values())
    assert site["visitor_reach_visitors"] == round(by_hand)
    assert sample.sites(date(2001, 1, 1)).frame["visitor_reach_visitors"].isna().all()
    wish = {"field": "visitor_reach_visitors", "curve": {"larger": [0, 1_300_000]}}
    asked = Requirement.parse({"title": "busy", "kinds": ["premises"], "criterion": [wish]})
    best = services.match_sites(sample, asked, as_of=DAY).results[0]
    of_premises = frame.loc[frame["kind"] == "premises", "visitor_reach_visitors"]
    assert frame.loc[best.id, "visitor_reach_visitors"] == of_premises.max()
    told = best.criteria[0]
    assert told.source is not None
    assert "bezoekers van attracties" in told.source


def test_index_of_a_large_store_follows_new_visitors(
    copy: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_rows, "LARGE", 10)
    today = services.today()
    before = index_at(copy, today).sites.frame["visitor_reach_visitors"]
    counts = metadata.tables["visit_count"]
    with copy.write() as connection:
        connection.execute(sa.update(counts).values(visitors=counts.c.visitors * 2))
    after = index_at(copy, today).sites.frame["visitor_reach_visitors"]
    assert (after - 2 * before).abs().max() <= 1
    assert before.min() > 0
