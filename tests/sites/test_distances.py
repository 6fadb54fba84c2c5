from __future__ import annotations

import numpy as np
import pytest
from shapely.geometry import Point

from geo_assen.errors import CrsError
from geo_assen.sites.distances import nearest_m
from tests.factories import frame, make_place, square

PLACES = frame(
    [
        make_place(kind="station", geometry=Point(0, 0)),
        make_place(kind="station", geometry=Point(1000, 0)),
        make_place(kind="centre", geometry=Point(50, 50)),
    ]
)


def _shapes(*shapes: object) -> np.ndarray:
    found = np.empty(len(shapes), dtype=object)
    found[:] = shapes
    return found


def test_distance_is_to_the_nearest_of_the_kind_from_the_edge() -> None:
    shapes = _shapes(Point(3, 4), square(890, -50), square(0, 0), Point(600, 0))
    assert nearest_m(shapes, PLACES, "station").tolist() == [5, 10, 0, 400]


def test_distance_is_in_whole_metres() -> None:
    assert nearest_m(_shapes(Point(0, 12.6)), PLACES, "station").tolist() == [13]


def test_place_inside_a_polygon_is_at_no_distance() -> None:
    assert nearest_m(_shapes(square(0, 0)), PLACES, "centre").tolist() == [0]


def test_missing_shape_or_kind_gives_no_distance() -> None:
    found = nearest_m(_shapes(Point(3, 4), None, Point()), PLACES, "station")
    assert found[0] == 5
    assert np.isnan(found[1:]).all()
    assert np.isnan(nearest_m(_shapes(Point(3, 4)), PLACES, "motorway_exit")).all()


def test_places_in_degrees_are_refused() -> None:
    degrees = PLACES.set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(CrsError):
        nearest_m(_shapes(Point(3, 4)), degrees, "station")
