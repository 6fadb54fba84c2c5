from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Polygon, box
from shapely.affinity import rotate, translate
from shapely.geometry import shape

from geo_assen.crs import to_rd
from geo_assen.errors import CrsError, SplitRefused
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.sites import (
    Piece,
    SplitRules,
    merge_outlines,
    sides_of,
    split_along,
    split_off,
)

EAST, NORTH = 230_000.0, 555_000.0
EXACT_M2 = 0.01


def _at(drawn):
    """Shape drawn near (0, 0), in its place in RD."""
    return translate(drawn, EAST, NORTH)


def _line(*points: tuple[float, float]) -> LineString:
    return _at(LineString(points))


def _plot(*points: tuple[float, float]) -> Polygon:
    return _at(Polygon(points))


FIELD = _at(box(0, 0, 100, 100))
SOUTH = _line((0, 0), (100, 0))
ELL = _plot((0, 0), (100, 0), (100, 50), (50, 50), (50, 100), (0, 100))
YOKE = _plot((0, 0), (100, 0), (100, 100), (70, 100), (70, 30), (30, 30), (30, 100), (0, 100))
YOKE_TOP = _line((70, 100), (100, 100))
RING = Polygon(FIELD.exterior, [_at(box(40, 40, 60, 60)).exterior])


def _covers(pieces: tuple[Piece, Piece], parent: Polygon) -> bool:
    """Whether pieces are single valid polygons without gap or overlap."""
    outlines = [piece.outline for piece in pieces]
    union = shapely.union_all(outlines)
    return (
        all(part.geom_type == "Polygon" and part.is_valid for part in outlines)
        and union.symmetric_difference(parent).area < EXACT_M2
        and outlines[0].intersection(outlines[1]).area < EXACT_M2
    )


def _same(found: Polygon, expected: Polygon) -> bool:
    return found.symmetric_difference(expected).area < EXACT_M2


def _refusal(call, *arguments, **options) -> SplitRefused:
    with pytest.raises(SplitRefused) as caught:
        call(*arguments, **options)
    return caught.value


# By hand --------------------------------------------------------------------------------------

@pytest.mark.parametrize(("options", "expected"), [
    ({}, box(0, 0, 100, 40)),
    ({"near_access": False}, box(0, 60, 100, 100)),
    ({"direction": "across"}, box(0, 0, 40, 100)),
    ({"direction": "across", "from_start": False}, box(60, 0, 100, 100)),
])  # fmt: skip
def test_asked_area_of_a_square_lies_where_it_was_asked(options, expected):
    asked, other = split_off(FIELD, [SOUTH], 4000, recorded_area_m2=10_000, **options)
    assert _same(asked.outline, _at(expected))
    assert _same(other.outline, FIELD.difference(_at(expected)))
    assert (asked.area_m2, other.area_m2) == (4000, 6000)


def test_start_of_the_access_is_where_its_line_starts():
    asked, _ = split_off(
        FIELD, [SOUTH.reverse()], 1000, recorded_area_m2=10_000, direction="across"
    )
    assert _same(asked.outline, _at(box(90, 0, 100, 100)))


def test_measures_of_a_square_cut_parallel():
    front, rear = split_off(FIELD, [SOUTH], 2500, recorded_area_m2=10_000)
    assert [front.frontage_m, front.depth_m] == pytest.approx([100, 25])
    assert [rear.frontage_m, rear.depth_m] == pytest.approx([0, 75])


def test_measures_of_a_square_cut_across():
    first, second = split_off(
        FIELD, [SOUTH], 2500, recorded_area_m2=10_000, direction="across"
    )
    assert [first.frontage_m, first.depth_m] == pytest.approx([25, 100])
    assert [second.frontage_m, second.depth_m] == pytest.approx([75, 100])


def test_a_cut_parallel_to_a_slanted_side_of_a_triangle():
    # similar triangles: a quarter of the area at the tip is half of the height
    triangle = _plot((0, 0), (100, 0), (0, 100))
    rear, front = split_off(
        triangle, [_line((100, 0), (0, 100))], 1250, recorded_area_m2=5000, near_access=False
    )
    assert _same(rear.outline, _plot((0, 0), (50, 0), (0, 50)))
    assert front.frontage_m == pytest.approx(100 * 2**0.5)
    assert (rear.depth_m, front.depth_m) == pytest.approx([100 / 2**0.5 / 2] * 2)


def test_recorded_area_shares_out_the_drawn_one():
    # 4,000 of 9,900 recorded m² is 40.40 % of the 10,000 m² drawn
    asked, other = split_off(FIELD, [SOUTH], 4000, recorded_area_m2=9900)
    assert asked.outline.area == pytest.approx(4000 * 10_000 / 9900, abs=EXACT_M2)
    assert (asked.area_m2, other.area_m2) == (4000, 5900)


def test_frontage_counts_on_every_road_and_the_cut_follows_the_first():
    north = _line((0, 100), (100, 100))
    front, rear = split_off(
        FIELD, [SOUTH, north], 4000, recorded_area_m2=10_000, rules=SplitRules(100.0, 40.0)
    )
    assert _same(front.outline, _at(box(0, 0, 100, 40)))
    assert (front.frontage_m, rear.frontage_m) == pytest.approx((100, 100))


def test_access_that_is_named_twice_counts_once():
    front, _ = split_off(FIELD, [SOUTH, SOUTH.reverse()], 4000, recorded_area_m2=10_000)
    assert front.frontage_m == pytest.approx(100)


def test_access_over_a_part_of_a_side_counts_for_that_part():
    gate = _line((30, 0.03), (42, 0.03))
    first, second = split_off(
        FIELD, [gate], 4000, recorded_area_m2=10_000, direction="across"
    )
    assert (first.frontage_m, second.frontage_m) == pytest.approx((10, 2))


def test_broken_access_gives_the_direction_between_its_ends():
    plot = _plot((0, 0), (50, -10), (100, 0), (100, 100), (0, 100))
    bent = _line((0, 0), (50, -10), (100, 0))
    front, rear = split_off(plot, [bent], 5500, recorded_area_m2=10_500)
    assert _same(rear.outline, _at(box(0, 50, 100, 100)))
    assert front.frontage_m == pytest.approx(bent.length)
    assert front.depth_m == pytest.approx(60)


def test_cut_along_an_inner_side_leaves_clean_pieces():
    front, rear = split_off(ELL, [SOUTH], 5000, recorded_area_m2=7500)
    assert _same(front.outline, _at(box(0, 0, 100, 50)))
    assert _same(rear.outline, _at(box(0, 50, 50, 100)))
    assert len(rear.outline.exterior.coords) == 5
    assert rear.frontage_m == 0


def test_inner_side_that_has_access_is_frontage_though_the_cut_goes_along_it():
    inner = _line((50, 50), (100, 50))
    front, rear = split_off(ELL, [SOUTH, inner], 5000, recorded_area_m2=7500)
    assert (front.frontage_m, rear.frontage_m) == pytest.approx((150, 0))


def test_hole_stays_in_the_piece_around_it_and_may_be_cut():
    front, rear = split_off(RING, [SOUTH], 2000, recorded_area_m2=9600)
    assert len(front.outline.interiors) == 0
    assert len(rear.outline.interiors) == 1
    halves = split_off(RING, [SOUTH], 4800, recorded_area_m2=9600)
    assert _covers(halves, RING)
    assert all(len(half.outline.interiors) == 0 for half in halves)


def test_sliver_of_one_square_metre_is_exact():
    sliver = _plot((0, 0), (2000, 0.5), (2000, 1.0))
    side = _line((2000, 0.5), (2000, 1.0))
    pieces = split_off(sliver, [side], 1, recorded_area_m2=500)
    assert pieces[0].outline.area == pytest.approx(1, abs=EXACT_M2)
    assert _covers(pieces, sliver)


def test_multipolygon_of_one_part_is_cut_like_its_part():
    asked, _ = split_off(MultiPolygon([FIELD]), [SOUTH], 4000, recorded_area_m2=10_000)
    assert _same(asked.outline, _at(box(0, 0, 100, 40)))


# Refused --------------------------------------------------------------------------------------

def test_rear_piece_without_access_is_refused_and_the_way_out_named():
    refused = _refusal(
        split_off, FIELD, [SOUTH], 4000, recorded_area_m2=10_000, rules=SplitRules(20.0)
    )
    assert refused.reason == "frontage"
    assert refused.numbers == {"piece_number": 2, "frontage_m": 0, "min_frontage_m": 20}
    assert str(refused) == (
        "A piece of 4,000 m² cut parallel to its access is refused: the piece of 6,000 m² would "
        "have a frontage of 0.00 m where 20.00 m is the least; cut across the access side, "
        "which keeps the frontage of both pieces."
    )


def test_rules_hold_to_the_very_metre():
    options = {"recorded_area_m2": 10_000, "direction": "across"}
    split_off(FIELD, [SOUTH], 2000, rules=SplitRules(20.0, 100.0), **options)
    narrow = _refusal(split_off, FIELD, [SOUTH], 2000, rules=SplitRules(20.01), **options)
    assert narrow.reason == "frontage"
    assert narrow.numbers["frontage_m"] == pytest.approx(20)
    shallow = _refusal(
        split_off, FIELD, [SOUTH], 2000, rules=SplitRules(0, 20.01), recorded_area_m2=10_000
    )
    assert shallow.reason == "depth"
    assert shallow.numbers == pytest.approx(
        {"piece_number": 1, "depth_m": 20, "min_depth_m": 20.01}
    )


@pytest.mark.parametrize(("area_m2", "reason"), [
    (10_000, "too_large"), (12_000, "too_large"), (0, "too_small"), (-5, "too_small"),
])  # fmt: skip
def test_area_that_leaves_no_two_pieces_is_refused(area_m2, reason):
    refused = _refusal(split_off, FIELD, [SOUTH], area_m2, recorded_area_m2=10_000)
    assert refused.reason == reason
    assert refused.numbers["asked_m2"] == area_m2


@pytest.mark.parametrize("access", [
    [], [LineString()], [_line((0, 200), (100, 200))], [LineString(FIELD.exterior)],
    [_line((50, 0), (50, -40))],
])  # fmt: skip
def test_access_that_cannot_be_measured_against_is_refused(access):
    refused = _refusal(split_off, FIELD, access, 4000, recorded_area_m2=10_000)
    assert refused.reason == "no_access"


def test_cut_that_leaves_three_parts_is_refused():
    refused = _refusal(split_off, YOKE, [SOUTH], 6000, recorded_area_m2=7200)
    assert refused.reason == "not_one_piece"
    assert refused.numbers == {"parts": 3}
    pieces = split_off(YOKE, [SOUTH], 6000, recorded_area_m2=7200, direction="across")
    assert _covers(pieces, YOKE)


def test_neck_that_is_narrower_than_a_line_joins_nothing():
    # 100 m² above the notch are 1 m of base, 1 m² is 1 cm of it
    arms_m2 = 2 * 30 * 70
    options = {"recorded_area_m2": 7200, "near_access": False}
    assert _covers(split_off(YOKE, [SOUTH], arms_m2 + 100, **options), YOKE)
    assert _refusal(split_off, YOKE, [SOUTH], arms_m2 + 1, **options).reason == "not_one_piece"


def test_front_piece_that_would_not_reach_its_side_is_refused():
    recess = _line((50, 50), (50, 100))
    assert _refusal(split_off, ELL, [recess], 1000, recorded_area_m2=7500).reason == "no_access"
    front, _ = split_off(ELL, [recess], 5000, recorded_area_m2=7500)
    assert front.frontage_m == pytest.approx(50)


def test_bottom_of_a_court_is_cut_inward_from_it():
    court = _line((30, 30), (70, 30))
    front, rear = split_off(YOKE, [court], 4200 + 1000, recorded_area_m2=7200)
    assert _same(rear.outline, _at(box(0, 0, 100, 20)))
    assert front.frontage_m == pytest.approx(40)


def test_outline_that_is_no_plot_is_refused():
    apart = MultiPolygon([FIELD, translate(FIELD, 200)])
    bow = _plot((0, 0), (100, 100), (100, 0), (0, 100))
    options = {"recorded_area_m2": 10_000}
    assert _refusal(split_off, apart, [SOUTH], 10, **options).reason == "not_one_piece"
    assert _refusal(split_off, Polygon(), [SOUTH], 10, **options).reason == "not_one_piece"
    assert _refusal(split_off, bow, [SOUTH], 10, **options).reason == "invalid_outline"


def test_outline_in_degrees_is_refused():
    degrees = box(6.55, 52.99, 6.56, 53.0)
    with pytest.raises(CrsError):
        split_off(degrees, [SOUTH], 10, recorded_area_m2=100)
    with pytest.raises(CrsError):
        sides_of(degrees)


# Along a drawn line ---------------------------------------------------------------------------

@pytest.mark.parametrize("line", [
    _line((30, -10), (30, 110)),
    _line((30, 0), (30, 100)),
    _line((30, 4.9), (30, 95.1)),
    _line((30, -3), (30, 50), (30, 97)),
])  # fmt: skip
def test_drawn_line_cuts_whether_it_stops_short_or_goes_beyond(line):
    left, right = split_along(FIELD, line, [SOUTH], recorded_area_m2=9999)
    assert _same(left.outline, _at(box(0, 0, 30, 100)))
    assert _same(right.outline, _at(box(30, 0, 100, 100)))
    assert (left.area_m2, right.area_m2) == (3000, 6999)
    assert (left.frontage_m, right.frontage_m) == pytest.approx((30, 70))


def test_first_piece_is_left_of_the_line_as_drawn():
    left, _ = split_along(FIELD, _line((30, 110), (30, -10)), [SOUTH], recorded_area_m2=10_000)
    assert left.area_m2 == 7000


def test_line_of_several_points_cuts_out_a_corner():
    line = _line((60, 2), (60, 40), (98, 40))
    left, right = split_along(FIELD, line, [SOUTH], recorded_area_m2=10_000)
    assert _same(right.outline, _at(box(60, 0, 100, 40)))
    assert left.frontage_m == pytest.approx(60)


def test_line_that_passes_close_by_a_corner_goes_through_it():
    left, right = split_along(
        FIELD, _line((0.004, 0.003), (99.995, 100)), [SOUTH], recorded_area_m2=10_000
    )
    assert len(left.outline.exterior.coords) == len(right.outline.exterior.coords) == 4
    assert _covers((left, right), FIELD)


@pytest.mark.parametrize(("line", "reason"), [
    (_line((30, 5.1), (30, 110)), "line_does_not_cross"),
    (_line((30, 20), (30, 80)), "line_does_not_cross"),
    (_line((130, 0), (130, 100)), "line_does_not_cross"),
    (_line((30, 20), (30, 20)), "line_does_not_cross"),
    (_line((0, 0), (100, 0)), "line_does_not_cross"),
    (_line((30, -10), (30, 110), (60, 110), (60, -10)), "not_one_piece"),
    (_line((30, -10), (30, 80), (60, 80), (20, 40), (-9, 40)), "line_crosses_itself"),
    (_line((0.3, -10), (0.3, 110)), "too_small"),
])  # fmt: skip
def test_line_that_does_not_make_two_pieces_is_refused(line, reason):
    assert _refusal(split_along, FIELD, line, [SOUTH], recorded_area_m2=100).reason == reason


def test_gap_of_a_line_that_stops_short_is_told():
    refused = _refusal(
        split_along, FIELD, _line((30, 12), (30, 110)), [SOUTH], recorded_area_m2=10_000
    )
    assert refused.numbers == pytest.approx({"gap_m": 12})


def test_rules_hold_along_a_drawn_line():
    line = _line((15, -10), (15, 110))
    refused = _refusal(
        split_along, FIELD, line, [SOUTH], recorded_area_m2=10_000, rules=SplitRules(20.0)
    )
    assert refused.reason == "frontage"
    assert refused.numbers["frontage_m"] == pytest.approx(15)


# Any outline ----------------------------------------------------------------------------------

@st.composite
def _outlines(draw) -> Polygon:
    """Star-shaped outlines, mostly concave, or their convex hulls."""
    count = draw(st.integers(3, 11))
    radii = draw(st.lists(st.floats(15, 120), min_size=count, max_size=count))
    shift = draw(st.lists(st.floats(0.1, 0.9), min_size=count, max_size=count))
    angles = (np.arange(count) + np.array(shift)) * 2 * np.pi / count
    star = Polygon(np.column_stack([np.cos(angles), np.sin(angles)]) * np.array(radii)[:, None])
    assume(star.is_valid and star.area > 200)
    return _at(star.convex_hull if draw(st.booleans()) else star)


@st.composite
def _cases(draw):
    outline = draw(_outlines())
    sides = sides_of(outline)
    number = draw(st.integers(0, len(sides) - 1))
    recorded_m2 = max(50, round(outline.area * draw(st.sampled_from([1.0, 0.97, 1.04]))))
    area_m2 = draw(st.integers(1, recorded_m2 - 1))
    first, across = draw(st.booleans()), draw(st.booleans())
    return outline, sides[number].line, area_m2, recorded_m2, first, across


def _options(recorded_m2: int, first: bool, across: bool) -> dict[str, object]:
    return {
        "recorded_area_m2": recorded_m2, "near_access": first, "from_start": first,
        "direction": "across" if across else "parallel",
    }  # fmt: skip


def _cut_by_force(outline, side, share, first, across):
    """Halves of an outline by bisection with half-planes, the asked one first.

    The outline is turned until its side runs westward, so that the plot lies north of it.
    """
    (x0, y0), (x1, y1) = side.coords[0], side.coords[-1]
    turn_deg = 180 - np.degrees(np.arctan2(y1 - y0, x1 - x0)) + (90 if across else 0)
    turned = rotate(outline, turn_deg, origin=(x0, y0))
    west, south, east, north = turned.buffer(1).bounds
    share = share if first != across else 1 - share  # across, the side now runs southward
    low, high = south, north
    for _ in range(50):
        middle = (low + high) / 2
        below = turned.intersection(box(west, south, east, middle)).area
        low, high = (middle, high) if below < share * turned.area else (low, middle)
    halves = [box(west, south, east, low), box(west, low, east, north)]
    found = [rotate(turned & half, -turn_deg, origin=(x0, y0)) for half in halves]
    return found if first != across else found[::-1]


def _frontage_bounds_m(part, side) -> tuple[float, float]:
    """Frontage measured by buffers: of a hair's breadth, and of the tolerance."""
    thin, wide = (side.buffer(reach_m, cap_style="flat") for reach_m in (1e-6, 0.05))
    return part.boundary.intersection(thin).length - 1e-3, (
        part.boundary.intersection(wide).length + 1e-3
    )


def _bodies(parts) -> int:
    eroded = (part.buffer(-0.025, join_style="mitre") for part in shapely.get_parts(parts))
    return sum(max(1, len(shapely.get_parts(part))) for part in eroded)


@settings(max_examples=100)
@given(case=_cases())
def test_any_cut_is_exact_or_really_impossible(case):
    outline, side, area_m2, recorded_m2, first, across = case
    share = area_m2 / recorded_m2
    forced = _cut_by_force(outline, side, share, first, across)
    try:
        pieces = split_off(outline, [side], area_m2, **_options(recorded_m2, first, across))
    except SplitRefused as refused:
        if refused.reason == "no_access":
            assert not across
            assert _frontage_bounds_m(forced[0 if first else 1], side)[0] < 0.05
        else:
            assert refused.reason == "not_one_piece"
            assert _bodies(forced) > _bodies([outline]) + 1
        return
    assert _covers(pieces, outline)
    assert pieces[0].outline.area == pytest.approx(outline.area * share, abs=EXACT_M2)
    assert (pieces[0].area_m2, pieces[1].area_m2) == (area_m2, recorded_m2 - area_m2)
    for piece, half in zip(pieces, forced, strict=True):
        assert _same(piece.outline, half)
        low_m, high_m = _frontage_bounds_m(piece.outline, side)
        assert low_m <= piece.frontage_m <= high_m


@settings(max_examples=60)
@given(case=_cases(), frontage_m=st.floats(1, 60), depth_m=st.floats(1, 60))
def test_any_refused_rule_is_really_broken(case, frontage_m, depth_m):
    outline, side, area_m2, recorded_m2, first, across = case
    options = _options(recorded_m2, first, across)
    try:
        pieces = split_off(outline, [side], area_m2, **options)
    except SplitRefused:
        assume(False)
    rules = SplitRules(frontage_m, depth_m)
    broken = any(
        piece.frontage_m < frontage_m or piece.depth_m < depth_m for piece in pieces
    )
    if not broken:
        assert len(split_off(outline, [side], area_m2, rules=rules, **options)) == 2
        return
    refused = _refusal(split_off, outline, [side], area_m2, rules=rules, **options)
    halves = _cut_by_force(outline, side, area_m2 / recorded_m2, first, across)
    half = halves[int(refused.numbers["piece_number"]) - 1]
    if refused.reason == "frontage":
        assert _frontage_bounds_m(half, side)[0] < frontage_m
    else:
        assert _extent_m(half, side) < depth_m + 1e-3


def _extent_m(part, side) -> float:
    (x0, y0), (x1, y1) = side.coords[0], side.coords[-1]
    _, south, _, north = rotate(part, -np.degrees(np.arctan2(y1 - y0, x1 - x0))).bounds
    return north - south


@settings(max_examples=60)
@given(outline=_outlines(), places=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_any_drawn_line_makes_two_pieces_or_is_refused(outline, places):
    ends = [outline.exterior.interpolate(place, normalized=True) for place in places]
    line = LineString(ends)
    access = [side.line for side in sides_of(outline)]
    recorded_m2 = round(outline.area)
    try:
        pieces = split_along(outline, line, access, recorded_area_m2=recorded_m2)
    except SplitRefused as refused:
        assert refused.reason in {
            "line_does_not_cross", "not_one_piece", "too_small", "no_access",
        }  # fmt: skip
        return
    assert _covers(pieces, outline)
    assert pieces[0].area_m2 + pieces[1].area_m2 == recorded_m2
    assert abs(pieces[0].outline.area - pieces[0].area_m2) < 2
    merged = merge_outlines([piece.outline for piece in pieces]) if line.length > 2 else outline
    assert _same(merged, outline)


@settings(max_examples=60)
@given(outline=_outlines())
def test_sides_of_any_outline_are_its_boundary(outline):
    sides = sides_of(outline)
    assert shapely.union_all([side.line for side in sides]).equals(outline.boundary)
    assert all(
        one.line.coords[-1] == other.line.coords[0] for one, other in pairwise([*sides, sides[0]])
    )
    top = max(y for _, y in outline.exterior.coords)
    assert max(y for _, y in sides[0].line.coords) == top


# Plots of Assen -------------------------------------------------------------------------------

PLOTS = json.loads((PROJECT_FOLDER / "data/assen/plots.geojson").read_text("utf-8"))["features"]


@pytest.mark.parametrize("direction", ["parallel", "across"])
@pytest.mark.parametrize("divisor", [2, 10])
def test_every_plot_of_assen_can_be_cut(direction, divisor):
    assert len(PLOTS) > 100
    for feature in PLOTS:
        outline = to_rd(shape(feature["geometry"]), "OGC:CRS84").item()
        recorded_m2 = feature["properties"]["area_m2"]
        asked_m2 = recorded_m2 // divisor
        side = max(sides_of(outline), key=lambda side: side.length_m)
        pieces = split_off(
            outline, [side.line], asked_m2, recorded_area_m2=recorded_m2, direction=direction
        )
        drawn_m2 = asked_m2 * outline.area / recorded_m2
        assert _covers(pieces, outline), feature["properties"]["code"]
        assert pieces[0].outline.area == pytest.approx(drawn_m2, abs=EXACT_M2)
        assert sum(piece.area_m2 for piece in pieces) == recorded_m2
        frontage_m = pieces[0].frontage_m + pieces[1].frontage_m
        assert frontage_m == pytest.approx(side.length_m, abs=0.01)
