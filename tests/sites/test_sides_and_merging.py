"""Sides of an outline, and plots that are made one."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely
from shapely import LineString, Polygon, box
from shapely.affinity import translate
from shapely.geometry import shape

from geo_assen.crs import to_rd
from geo_assen.errors import SplitRefused
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.sites import access_side, merge_outlines, sides_of, split_off

EAST, NORTH = 230_000.0, 555_000.0


def _at(drawn):
    """Shape drawn near (0, 0), in its place in RD."""
    return translate(drawn, EAST, NORTH)


def _line(*points: tuple[float, float]) -> LineString:
    return _at(LineString(points))


def _plot(*points: tuple[float, float]) -> Polygon:
    return _at(Polygon(points))


def _same(found: Polygon, expected: Polygon) -> bool:
    return found.symmetric_difference(expected).area < 0.01


FIELD = _at(box(0, 0, 100, 100))
ELL = _plot((0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100))


def test_sides_go_clockwise_from_the_northernmost_vertex():
    sides = sides_of(FIELD)
    assert [side.number for side in sides] == [0, 1, 2, 3]
    corners = [(0, 100), (100, 100), (100, 0), (0, 0), (0, 100)]
    assert [list(side.line.coords) for side in sides] == [
        list(_line(*ends).coords) for ends in pairwise(corners)
    ]
    assert [side.length_m for side in sides] == pytest.approx([100] * 4)


def test_edges_that_turn_little_are_one_side():
    bent = _plot((0, 0), (50, -4), (100, 0), (100, 100), (50, 104), (0, 100))  # turns of 9.1°
    sides = sides_of(bent)
    assert len(sides) == 4
    assert sides[0].line.equals(_line((0, 100), (50, 104), (100, 100)))
    sharp = _plot((0, 0), (50, -5), (100, 0), (100, 100), (0, 100))  # a turn of 11.4°
    assert len(sides_of(sharp)) == 5


def test_round_outline_is_parted_into_sides_with_a_direction():
    circle = _at(shapely.Point(0, 0).buffer(50, quad_segs=32))
    sides = sides_of(circle)
    assert len(sides) == 8
    assert sum(side.length_m for side in sides) == pytest.approx(circle.exterior.length)
    assert sides[0].line.coords[0] == pytest.approx((EAST, NORTH + 50))


def test_tiny_edge_of_drawing_is_no_side():
    assert len(sides_of(_plot((0, 0), (100, 0), (100, 99.996), (99.996, 100), (0, 100)))) == 4


@pytest.mark.parametrize(("roads", "number"), [
    ([_line((-50, -8), (150, -8))], 2),
    ([_line((108, -50), (108, 150))], 1),
    ([_line((-50, -15), (150, -15)), _line((108, -50), (108, 150))], 1),
    ([_line((-50, -8), (20, -8)), _line((20, -8), (150, -9))], 2),
    ([_line((-50, -30), (150, -30))], None),
    ([_line((95, -20), (95, -5))], None),
    ([], None),
])  # fmt: skip
def test_access_side_faces_the_nearest_road(roads, number):
    assert access_side(FIELD, roads) == number


def test_access_side_at_equal_distance_is_the_longest_then_the_first():
    both = [_line((-50, -8), (150, -8)), _line((-8, -50), (-8, 150))]
    assert access_side(FIELD, both) == 2
    assert access_side(_at(box(0, 0, 60, 100)), both) == 3


def test_rear_of_a_shallow_plot_does_not_face_the_road_in_front():
    shallow = _plot((20, 0), (50, 0), (52, 10), (18, 10))
    assert access_side(shallow, [_line((-50, -5), (150, -5))]) == 2


def test_access_side_reaches_as_far_as_asked():
    road = [_line((-50, -30), (150, -30))]
    assert access_side(FIELD, road, within_m=31) == 2


# Merging --------------------------------------------------------------------------------------

def test_pieces_merge_into_their_parent():
    pieces = split_off(ELL, [_line((0, 0), (100, 0))], 3100, recorded_area_m2=7500)
    merged = merge_outlines([piece.outline for piece in pieces])
    assert _same(merged, ELL)
    assert merged.geom_type == "Polygon"


def test_plots_in_a_row_merge_in_any_order():
    row = [_at(box(x, 0, x + 10, 20)) for x in (0, 20, 10, 30)]
    assert _same(merge_outlines(row), _at(box(0, 0, 40, 20)))


@pytest.mark.parametrize("gap_m", [0.01, 0.049])
def test_narrow_gap_is_closed(gap_m):
    other = _at(box(100 + gap_m, 0, 150, 100))
    merged = merge_outlines([FIELD, other])
    assert _same(merged, _at(box(0, 0, 150, 100)))
    assert len(merged.interiors) == 0


@pytest.mark.parametrize(("other", "reason", "numbers"), [
    (box(100.06, 0, 150, 100), "border", {"border_m": 0, "min_border_m": 1}),
    (box(100, 99.1, 150, 120), "border", {"border_m": 0.9, "min_border_m": 1}),
    (box(100, 100, 150, 120), "border", {"border_m": 0, "min_border_m": 1}),
    (box(99.9, 0, 150, 100), "overlap", {"overlap_m2": 10, "max_overlap_m2": 1}),
])  # fmt: skip
def test_plots_that_do_not_border_are_not_merged(other, reason, numbers):
    with pytest.raises(SplitRefused) as refused:
        merge_outlines([FIELD, _at(other)])
    assert refused.value.reason == reason
    assert refused.value.numbers == pytest.approx(numbers, abs=1e-6)


def test_overlap_of_drawing_is_merged():
    merged = merge_outlines([FIELD, _at(box(99.995, 0, 150, 100))])
    assert _same(merged, _at(box(0, 0, 150, 100)))


def test_one_plot_alone_is_no_merge():
    with pytest.raises(SplitRefused, match="one plot alone") as refused:
        merge_outlines([FIELD])
    assert refused.value.reason == "one_plot"


@pytest.mark.parametrize("gap_m", [0.003, 0.045])
def test_halves_of_every_plot_of_assen_merge_across_a_gap(gap_m):
    features = json.loads((PROJECT_FOLDER / "data/assen/plots.geojson").read_text("utf-8"))
    for feature in features["features"]:
        outline = to_rd(shape(feature["geometry"]), "OGC:CRS84").item()
        side = sides_of(outline)[0].line
        one, other = split_off(
            outline, [side], round(outline.area / 3), recorded_area_m2=round(outline.area)
        )
        # inward of a side that runs clockwise is to its right
        (x0, y0), (x1, y1) = side.coords[0], side.coords[-1]
        inward = np.array([y1 - y0, x0 - x1]) / np.hypot(x1 - x0, y1 - y0)
        moved = translate(other.outline, *(gap_m * inward))
        merged = merge_outlines([one.outline, moved])
        assert len(merged.interiors) == 0
        assert merged.symmetric_difference(outline).area <= gap_m * outline.length


@pytest.mark.parametrize("seed", range(40))
def test_border_along_a_part_of_a_slanted_side_is_a_border(seed):
    # the corners of the second plot lie on the side of the first but for rounding
    draw = np.random.default_rng(seed)
    south, north, depth = draw.uniform(20, 40), draw.uniform(60, 90), draw.uniform(-3, 3)
    slanted = _plot((0, 0), (100 + depth, 0), (100, 100), (0, 100))
    side = _line((100 + depth, 0), (100, 100))
    start, end = (side.interpolate(place, normalized=True) for place in (south / 100, north / 100))
    other = Polygon([start, (start.x + 50, start.y), (end.x + 50, end.y), end])
    merged = merge_outlines([slanted, other])
    assert merged.area == pytest.approx(slanted.area + other.area, abs=1e-3)
    assert len(merged.interiors) == 0
    assert _same(merged, slanted | other)
