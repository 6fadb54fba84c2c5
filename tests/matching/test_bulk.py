"""Many requirements asked in machine code find what each finds when it is asked alone."""

from __future__ import annotations

import numpy as np
import pytest

from geo_assen.matching import SiteIndex, many, match, match_pairs
from geo_assen.matching.bulk import first_of_many, is_compiled
from tests.matching.asking import WRONG, check_in_order
from tests.matching.chance import dice_of, random_requirement, random_sites
from tests.matching.factories import make_requirement, make_site, make_sites

CURVES = (
    {"smaller": [60, 180]}, {"smaller": [90, 90]}, {"larger": [60, 180]}, {"larger": [85, 85]},
    {"target": [60, 80, 100, 140]}, {"target": [60, 60, 100, 100]},
    {"points": [[50, 0.2], [85, 0.9], [120, 0.4]]}, {"points": [[70, 0], [71, 1]]},
)  # fmt: skip
PRICES = (None, 40.0, 50.0, 60.0, 70.0, 85.0, 90.0, 99.5, 100.0, 120.0, 140.0, 180.0, 200.0)


@pytest.mark.parametrize("most", [1, 3, 25])
@pytest.mark.parametrize("count", [1, 40, 300])
def test_first_sites_are_those_found_one_requirement_at_a_time(count: int, most: int) -> None:
    index = SiteIndex.of(random_sites(dice_of(count), count))
    rankings = [match(random_requirement(dice_of(seed)), index) for seed in range(120)]
    answers = first_of_many([ranking.blocks for ranking in rankings], most)
    for ranking, answer in zip(rankings, answers, strict=True):
        which, rows = ranking.look_for(most)
        if answer is not None:
            assert np.array_equal(answer[0], which)
            assert np.array_equal(answer[1], rows)
    # of many sites most are answered; what asks an outline or a point never is
    answered = sum(answer is not None for answer in answers)
    assert answered >= (40 if count == 300 and most < 25 else 0)


@pytest.mark.parametrize("curve", CURVES, ids=str)
def test_curve_of_every_shape_puts_sites_in_the_same_order(curve: dict[str, object]) -> None:
    sites = [make_site(id=f"plot:{at:02}", price_eur_m2=price) for at, price in enumerate(PRICES)]
    index = SiteIndex.of(make_sites(sites))
    asked = make_requirement(criterion=[{"field": "price_eur_m2", "weight": 2, "curve": curve}])
    ranking = match(asked, index)
    (answer,) = first_of_many([ranking.blocks], len(PRICES))
    assert answer is not None
    assert np.array_equal(answer[1], ranking.look_for(len(PRICES))[1])


def test_what_measures_from_a_point_is_left_to_the_other_way() -> None:
    index = SiteIndex.of(make_sites([make_site(id=f"plot:{at}") for at in range(3)]))
    near = {"near": [6.56, 52.99], "max_m": 90_000}
    rankings = [match(make_requirement(constraint=own), index) for own in ([near], [])]
    measured, plain = first_of_many([ranking.blocks for ranking in rankings], 2)
    assert measured is None
    assert plain is not None
    assert plain[1].tolist() == rankings[1].look_for(2)[1].tolist()


def test_too_few_found_are_left_to_the_way_that_lists_failing_ones() -> None:
    index = SiteIndex.of(make_sites([make_site(id="plot:A"), make_site(id="plot:B", area_m2=5)]))
    ranking = match(make_requirement(constraint=[{"field": "area_m2", "min": 100}]), index)
    assert first_of_many([ranking.blocks], 2) == [None]


@pytest.mark.parametrize("wrong_at", [None, 7])
def test_very_many_are_answered_in_their_order(
    monkeypatch: pytest.MonkeyPatch, wrong_at: int | None
) -> None:
    monkeypatch.setattr(many, "_WORTH_COMPILING", 1)
    monkeypatch.setattr(many, "_TOGETHER", 50)
    index = SiteIndex.of(random_sites(dice_of(1), 200))
    asked = [random_requirement(dice_of(seed)) for seed in range(120)]
    if wrong_at is not None:
        asked[wrong_at] = WRONG
    answers = match_pairs(((one, index) for one in asked), top=3)
    check_in_order(answers, asked, index, 3)
    assert is_compiled()
