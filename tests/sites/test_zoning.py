from __future__ import annotations

import pytest

from geo_assen.catalogue import load_catalogue
from geo_assen.errors import NotFound
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.sites.zoning import (
    ENV_CATEGORIES,
    base_category,
    guide_distance_m,
)


def test_order_is_the_one_of_the_code_list() -> None:
    codes = load_catalogue(PROJECT_FOLDER / "layers").codes["env_category"]
    assert codes.values == ENV_CATEGORIES


def test_distances_grow_with_the_category() -> None:
    distances = [guide_distance_m(category) for category in ENV_CATEGORIES]
    assert distances == [10, 30, 50, 100, 200, 300, 500, 700, 1000, 1500]


@pytest.mark.parametrize(("label", "category"), [("4.1CZ", "4.1"), (" 2 ", "2"), ("3.2 D", "3.2")])
def test_letters_of_a_label_are_left_out(label: str, category: str) -> None:
    assert base_category(label) == category


@pytest.mark.parametrize("label", ["", "7", "4", "C", "3.1X"])
def test_label_of_no_category_is_refused(label: str) -> None:
    with pytest.raises(NotFound, match="environmental category"):
        base_category(label)


def test_mixed_area_asks_the_distance_of_one_step_less() -> None:
    assert guide_distance_m("3.2", mixed_area=True) == 50
    assert guide_distance_m("1", mixed_area=True) == 0
