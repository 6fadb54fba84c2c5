"""What a dossier lacks: one gap for each thing that is taken away from a complete one."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from geo_assen.land import Development, LadderDossier, missing
from geo_assen.land.ladder import ParkSupply, ServingSite, VacantPremises

AS_OF = date(2026, 11, 1)
DOCUMENT = {
    "title": "Hall", "place": "A-1", "inside_built_up": True, "use": ["logistics"],
    "area_m2": 40000, "horizon_years": 10, "quality": "by the road", "need": "asked for",
    "evidence": [{"title": "Survey", "date": "2025-06-01"}],
    "alternative": [
        {"park": "MV", "reason": "full"},
        {"site": "plot:P-1", "used": True},
        {"site": "premises:V-1", "reason": "too low"},
    ],
}  # fmt: skip
PARKS = (
    ParkSupply("MV", "Messchenveld", "irrevocable", 100_000, 0, 40_000, certainty="stated"),
    ParkSupply("NW", "Noord", "draft", 0, 0, 0, certainty="stated"),
)
SITES = (
    ServingSite("plot:P-1", "plot", "Plot 1", "NW", 20_000, "pass"),
    ServingSite("plot:P-2", "plot", "Plot 2", "MV", 20_000, "pass"),
    ServingSite("plot:P-3", "plot", "Plot 3", None, 20_000, "unknown"),
    ServingSite("premises:V-1", "premises", "Hall 1", "MV", 4_000, "pass"),
)


def dossier(*, without=(), parks=PARKS, sites=SITES, unknown=(), as_of=AS_OF, **changes):
    document = {key: value for key, value in {**DOCUMENT, **changes}.items() if key not in without}
    return LadderDossier(
        Development.parse(document), as_of, parks=parks, sites=sites, unknown=unknown
    )


def codes(found, **options):
    return [gap.code for gap in missing(found, **options)]


def test_a_complete_dossier_lacks_nothing():
    assert missing(dossier()) == []


@pytest.mark.parametrize(("field", "code"), [
    ("place", "place"), ("inside_built_up", "built_up"), ("use", "use"), ("area_m2", "quantity"),
    ("horizon_years", "horizon"), ("quality", "quality"), ("need", "need"),
    ("evidence", "evidence"),
])
def test_a_field_that_is_left_out_is_one_gap_that_names_it(field, code):
    (gap,) = missing(dossier(without=(field,)))
    assert (gap.code, gap.field) == (code, field)


def test_constraints_say_the_quality_as_well():
    constraint = [{"field": "max_env_category", "at_least": "3.2"}]
    assert codes(dossier(without=("quality",), constraint=constraint)) == []


@pytest.mark.parametrize(("day", "found"), [
    (None, ["evidence_undated"]), ("2021-11-01", []), ("2021-10-31", ["evidence_old"]),
    ("2026-11-01", []), ("2026-11-02", ["evidence_later"]),
])
def test_evidence_has_a_date_of_the_last_five_years(day, found):
    assert codes(dossier(evidence=[{"title": "Survey", "date": day}])) == found


def test_the_years_that_evidence_lasts_can_be_chosen():
    assert codes(dossier(), years=1) == ["evidence_old"]
    assert codes(dossier(as_of=date(2028, 2, 29)), years=3) == []


def test_a_leap_day_counts_from_the_last_of_february():
    old = dossier(as_of=date(2028, 2, 29), evidence=[{"title": "x", "date": "2023-02-27"}])
    assert codes(old) == ["evidence_old"]
    assert codes(dossier(as_of=date(2028, 2, 29), evidence=[
        {"title": "x", "date": "2023-02-28"}])) == []  # fmt: skip


def test_a_park_with_land_needs_an_answer_and_one_without_does_not():
    alternative = [{"site": "plot:P-1", "used": True}, {"site": "premises:V-1", "used": True},
                   {"site": "plot:P-2", "used": True}]  # fmt: skip
    (gap,) = missing(dossier(alternative=alternative))
    assert (gap.code, gap.about) == ("park_unanswered", "Messchenveld (MV)")


def test_soft_supply_needs_an_answer_too():
    parks = (*PARKS, ParkSupply("SO", "Soft", "draft", 0, 1, 0))
    assert codes(dossier(parks=parks)) == ["park_unanswered"]


def test_the_park_of_the_development_is_used_and_speaks_for_its_plots():
    rest = [{"site": "plot:P-1", "used": True}, {"site": "premises:V-1", "reason": "low"}]
    assert codes(dossier(place="MV", alternative=rest)) == []


def test_a_site_that_fits_needs_an_answer_and_one_to_check_does_not():
    rest = [item for item in DOCUMENT["alternative"] if item.get("site") != "plot:P-1"]
    (gap,) = missing(dossier(alternative=rest))
    assert (gap.code, gap.about) == ("site_unanswered", "Plot 1 (plot:P-1)")


def test_a_park_does_not_speak_for_its_premises():
    rest = [item for item in DOCUMENT["alternative"] if item.get("site") != "premises:V-1"]
    assert codes(dossier(alternative=rest)) == ["site_unanswered"]


def test_an_alternative_that_is_not_used_needs_its_reason():
    alternative = [*DOCUMENT["alternative"][1:], {"park": "MV"}]
    (gap,) = missing(dossier(alternative=alternative))
    assert (gap.code, gap.field, gap.about) == ("alternative_reason", "alternative 3", "park:MV")


def test_what_nobody_knows_is_named():
    found = dossier(unknown=("A-1", "premises:V-1"))
    assert codes(found) == ["place_unknown", "alternative_unknown"]


def test_outside_the_built_up_area_a_motivation_is_needed():
    assert codes(dossier(inside_built_up=False)) == ["motivation"]
    assert codes(dossier(inside_built_up=False, motivation="no room")) == []


def test_every_gap_is_a_sentence_in_both_languages():
    bare = LadderDossier(Development.parse({"title": "x"}), AS_OF, parks=PARKS, sites=SITES)
    more = dossier(evidence=[{"title": "{about}"}], inside_built_up=False, unknown=("A-1",))
    gaps = [*missing(bare), *missing(more)]
    for language in ("nl", "en"):
        sentences = [gap.sentence(language) for gap in gaps]
        assert all(text.endswith(".") for text in sentences)
    undated = next(gap for gap in gaps if gap.code == "evidence_undated")
    assert undated.sentence("en") == "The evidence “{about}” has no date."


def test_supply_and_vacancy_are_summed_and_marks_come_from_every_row():
    empty = (
        VacantPremises("premises:V-1", "Hall 1", 4_000, 1_000, "partly", None, "field", AS_OF,
                       "illustrative"),
        VacantPremises("premises:V-2", "Hall 2", None, None, "vacant", None, "field", AS_OF),
    )  # fmt: skip
    parks = (*PARKS, ParkSupply("SO", "Soft", "draft", 0, 5_000, 0))
    found = replace(dossier(parks=parks), vacancy=empty)
    assert (found.hard_m2, found.soft_m2, found.vacant_m2) == (100_000, 5_000, 1_000)
    assert found.certainties == ("illustrative", "stated")
    assert found.is_illustrative
    assert not dossier().is_illustrative


def test_the_document_is_plain_json_with_what_is_missing():
    found = dossier(without=("need",))
    document = json.loads(json.dumps(found.document(language="en")))
    assert document["complete"] is False
    assert document["missing"] == [
        {"code": "need", "field": "need", "about": "", "sentence": "The need is not described."}
    ]
    assert document["supply"] == {"hard_m2": 100_000, "soft_m2": 0}
    assert document["vacancy"] == {"units": 0, "vacant_m2": 0, "premises": []}
    assert document["development"]["evidence"][0]["date"] == "2025-06-01"
    assert [site["verdict"] for site in document["sites"]] == ["pass", "pass", "unknown", "pass"]
