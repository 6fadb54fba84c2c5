"""A difference stands only between figures that mean the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo_assen.monitor import Difference, StatedFigure, compared, indicators_of, sdg_pairs

OWN = StatedFigure(
    "jobs-own", "Jobs", "GM0106", 2018, 816.0, "per 1000", "jobs by inhabitants", source_code="doc"
)
OTHER = replace(OWN, code="jobs-mid", area="MID", value=643.0)


def test_difference_is_told_in_the_unit_and_as_a_share_of_the_reference():
    assert compared(OWN, OTHER).difference == Difference(173.0, 0.269051322)  # 173 / 643
    shares = replace(OWN, value=0.079), replace(OTHER, value=0.058)
    assert compared(*shares).difference == Difference(0.021, 0.362068966)  # no 0.0210…05
    assert compared(OWN, replace(OTHER, value=0.0)).difference == Difference(816.0, None)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"year": 2019}, ("year",)),
        ({"year": None}, ("year",)),
        ({"definition": "jobs by working age"}, ("definition",)),
        ({"definition": None}, ("definition",)),
        ({"unit": "per 100", "year": 2017}, ("unit", "year")),
    ],
)
def test_other_unit_year_or_definition_is_not_compared_and_says_why(changes, reasons):
    found = compared(OWN, replace(OTHER, **changes))
    assert (found.difference, found.reasons) == (None, reasons)


def test_what_neither_states_is_the_same_only_within_one_source():
    own, other = replace(OWN, year=None), replace(OTHER, year=None)
    assert compared(own, other).difference is not None
    assert compared(own, replace(other, source_code="press")).reasons == ("year",)
    nameless = replace(own, source_code=None), replace(other, source_code=None)
    assert compared(*nameless).reasons == ("year",)


def test_reference_stands_beside_the_figure_of_ours_that_it_can_be_compared_with():
    later = replace(OWN, code="jobs-later", year=2023, value=900.0)
    late = replace(OTHER, code="jobs-late", year=2022, value=700.0)
    first, second = indicators_of([OTHER, late, OWN, later], "GM0106")
    assert [one.figure.code for one in first.references] == ["jobs-mid"]
    assert [one.figure.code for one in second.references] == ["jobs-late"]  # nearest year
    assert second.references[0].reasons == ("year",)


def test_one_measure_brings_figures_of_different_names_together_but_groups_stay_apart():
    rate = replace(OTHER, code="rate", name="Other name", measure="share", group="1")
    own = replace(OWN, measure="share", group="1")
    (one,) = indicators_of([own, rate], "GM0106")
    assert (one.name, [found.figure.code for found in one.references]) == ("Jobs", ["rate"])
    alone, apart = indicators_of([own, replace(rate, group="2")], "GM0106")
    assert (alone.references, apart.own) == ((), None)
    assert apart.references[0].reasons == ("no_own",)


def test_score_of_a_goal_without_its_other_half_is_no_pair():
    score = replace(OWN, name="SDG 4: Onderwijs", unit="score 0-100", value=61.0, sdg_number=4)
    country = replace(score, code="nl", area="NL", value=54.0)
    assert sdg_pairs([score], "GM0106") == ()
    assert sdg_pairs([score, replace(country, unit="grade 0-10")], "GM0106") == ()
    (pair,) = sdg_pairs([country, score], "GM0106")
    assert (pair.sdg_number, pair.name) == (4, "Onderwijs")
    assert pair.difference is not None
    assert pair.difference.value == 7.0
