from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geo_assen.errors import CrsError
from geo_assen.sites import edge_distances_m
from geo_assen.sites.shapes import Shapes
from tests.factories import frame, make_place, square

PLACES = frame(
    [
        make_place(kind="station", geometry=Point(0, 0)),
        make_place(kind="station", geometry=Point(1000, 0)),
        make_place(kind="centre", geometry=Point(50, 50)),
    ]
)


def _wkb(*shapes: object) -> pa.Array:
    return pa.array(shapely.to_wkb(np.array([*shapes, None], dtype=object)[:-1]), pa.binary())


def test_distance_is_to_the_nearest_of_the_kind_from_the_edge() -> None:
    shapes = _wkb(Point(3, 4), square(890, -50), square(0, 0), Point(600, 0))
    found = edge_distances_m(shapes, PLACES, "station")
    assert found.tolist() == [5, 10, 0, 400]


def test_distances_of_sites_are_in_whole_metres() -> None:
    found = Shapes(_wkb(Point(0, 12.6))).distances(PLACES, ["station"])
    assert found["station"].tolist() == [13]


def test_place_inside_a_polygon_is_at_no_distance() -> None:
    assert edge_distances_m(_wkb(square(0, 0)), PLACES, "centre").tolist() == [0]


def test_place_in_a_hole_is_as_far_as_the_hole_is_wide() -> None:
    ring = box(0, 0, 100, 100).difference(box(20, 40, 80, 60))
    assert edge_distances_m(_wkb(ring), PLACES, "centre").tolist() == [10]


def test_missing_shape_or_kind_gives_no_distance() -> None:
    found = edge_distances_m(_wkb(Point(3, 4), None, Point(), Polygon()), PLACES, "station")
    assert found[0] == 5
    assert np.isnan(found[1:]).all()
    assert np.isnan(edge_distances_m(_wkb(Point(3, 4)), PLACES, "motorway_exit")).all()
    assert len(edge_distances_m(_wkb(), PLACES, "station")) == 0


def test_places_in_degrees_are_refused() -> None:
    degrees = PLACES.set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(CrsError):
        edge_distances_m(_wkb(Point(3, 4)), degrees, "station")


def _drawn(dice: np.random.Generator, span_m: float) -> list[object]:
    """Shapes of every sort inside a square: small and large, whole and in parts, missing."""
    shapes: list[object] = [None, Point(), Polygon(), MultiPolygon()]
    for _ in range(150):
        x_m, y_m = dice.uniform(0, span_m, 2)
        size_m = span_m * 10 ** dice.uniform(-4, -0.3)
        angles = np.sort(dice.uniform(0, 2 * np.pi, dice.integers(3, 9)))
        star = Polygon(np.column_stack([
            x_m + size_m * np.cos(angles), y_m + size_m * np.sin(angles)
        ]))  # fmt: skip
        hole = box(x_m, y_m, x_m + size_m / 4, y_m + size_m / 4)
        far = shapely.transform(star, lambda xy, by=3 * size_m: xy + by)
        shapes += [
            Point(x_m, y_m), star, MultiPolygon([star]), MultiPolygon([star, far]),
            box(x_m, y_m, x_m + size_m, y_m + size_m).difference(hole), shapely.force_3d(star),
            LineString([(x_m, y_m), (x_m + size_m, y_m)]), Polygon([(x_m, y_m)] * 4),
        ]  # fmt: skip
    return shapes


@pytest.mark.parametrize("span_m", [300, 20_000, 300_000])
@pytest.mark.parametrize("count", [1, 2, 40])
@pytest.mark.parametrize("wide", [False, True])
def test_distances_are_those_of_every_shape_to_every_place(
    span_m: int, count: int, wide: bool
) -> None:
    dice = np.random.default_rng(span_m + count)
    shapes = _drawn(dice, span_m)
    ends = [Point(*dice.uniform(0, span_m, 2)) for _ in range(count)]
    if wide:
        ends[0] = ends[0].buffer(span_m / 20)
    places = frame([make_place(kind="station", geometry=end) for end in ends])
    found = edge_distances_m(_wkb(*shapes), places, "station")
    for shape, metres in zip(shapes, found, strict=True):
        if shape is None or shape.is_empty:
            assert np.isnan(metres)
        else:
            assert metres == pytest.approx(min(shape.distance(end) for end in ends), abs=1e-6)


def test_circles_hold_their_shapes() -> None:
    shapes = _drawn(np.random.default_rng(1), 1000)
    circles = Shapes(_wkb(*shapes)).circles
    bounds = shapely.bounds(np.array(shapes, dtype=object))
    np.testing.assert_allclose(circles[:, 0], (bounds[:, 0] + bounds[:, 2]) / 2)
    np.testing.assert_allclose(circles[:, 1], (bounds[:, 1] + bounds[:, 3]) / 2)
    width = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
    np.testing.assert_allclose(circles[:, 2], width / 2)


def test_a_slice_of_shapes_is_measured_as_the_whole() -> None:
    shapes = _wkb(*_drawn(np.random.default_rng(2), 1000))
    found = edge_distances_m(shapes, PLACES, "station")
    np.testing.assert_array_equal(edge_distances_m(shapes[7:90], PLACES, "station"), found[7:90])
