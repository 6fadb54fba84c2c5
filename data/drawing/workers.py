"""Where the employed residents of the sample live: illustrative, 48 % of the inhabitants.

Of Assen they are spread evenly over the sketched districts, outside it over the larger places
of each municipality. Only some of the numbers of inhabitants are published; none of the
workers are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from data.drawing.road_graph import rd_of

__all__ = ["worker_rows", "write_workers"]

# fmt: off
_DISTRICTS: dict[str, int] = {
    "WK010600": 1_800, "WK010601": 2_400, "WK010602": 3_600, "WK010603": 4_500, "WK010604": 1_400,
    "WK010605": 3_100, "WK010606": 3_100, "WK010607": 6_200, "WK010608": 6_400,
    "WK010699": 500,
}
_COUNTRY = "WK010699"
_TOWNS: dict[str, tuple[tuple[str, int], ...]] = {
    "GM1730": (("vries", 3_300), ("zuidlaren", 5_900), ("eelde", 5_800), ("tynaarlo", 1_300)),
    "GM1680": (("gieten", 4_100), ("rolde", 3_300), ("annen", 3_200), ("grolloo", 1_600)),
    "GM1731": (("beilen", 6_100), ("smilde", 3_500), ("bovensmilde", 2_000), ("westerbork", 3_600),
               ("hooghalen", 800)),
    "GM1699": (("roden", 8_100), ("norg", 3_000), ("peize", 2_900), ("veenhuizen", 500),
               ("huis-ter-heide", 500)),
    "GM0014": (("groningen", 62_000), ("hoogkerk", 12_000), ("x-oost", 20_000),
               ("haren", 9_600), ("x-groningen", 8_400)),
    "GM0114": (("emmen", 27_400), ("klazienaveen", 17_000), ("x-emmen", 7_000)),
    "GM0118": (("hoogeveen", 22_700), ("pesse", 4_000)),
    "GM0109": (("coevorden", 8_500), ("zweeloo", 4_500), ("oosterhesselen", 4_000)),
    "GM1681": (("borger", 6_000), ("odoorn", 4_300), ("schoonloo", 2_000)),
    "GM0119": (("meppel", 16_500),),
    "GM1690": (("zuidwolde", 7_000), ("ruinen", 4_700)),
    "GM1701": (("havelte", 4_000), ("dieverbrug", 4_000), ("hoogersmilde", 1_400)),
    "GM0037": (("stadskanaal", 15_300),),
    "GM0047": (("veendam", 13_200),),
    "GM1895": (("winschoten", 12_300), ("scheemda", 6_000)),
    "GM1952": (("hoogezand", 21_200), ("zuidbroek", 8_000)),
    "GM1969": (("leek", 14_500), ("marum", 16_000)),
    "GM0085": (("oosterwolde", 6_000), ("appelscha", 2_700), ("haulerwijk", 1_900),
               ("donkerbroek", 1_600)),
    "GM1950": (("ter-apel", 12_500),),
    "GM0193": (("zwolle", 62_500),),
    "GM0090": (("drachten", 26_800),),
    "GM0086": (("gorredijk", 14_300),),
    "GM0074": (("heerenveen", 24_300),),
    "GM0098": (("wolvega", 12_500),),
    "GM1708": (("steenwijk", 21_300),),
    "GM0180": (("staphorst", 8_200),),
    "GM1979": (("appingedam", 21_700),),
}
"""Workers by place of :mod:`data.drawing.road_graph`, by municipality."""
# fmt: on
_STEP_M, _COUNTRY_STEP_M = 300, 900
_SOURCE = "sample-illustrative"


def worker_rows(districts: dict[str, BaseGeometry]) -> Iterator[dict[str, Any]]:
    """Rows of ``workers.csv``: a point with workers each.

    Parameters
    ----------
    districts
        Outlines of the districts of Assen in RD, by code.
    """
    for code, workers in _DISTRICTS.items():
        points = _spread(districts[code], _COUNTRY_STEP_M if code == _COUNTRY else _STEP_M)
        shares = np.diff(np.rint(np.linspace(0, workers, len(points) + 1))).astype(int)
        for number, (point, share) in enumerate(zip(points, shares.tolist(), strict=True), start=1):
            yield _row(f"{code}-{number:02d}", code, point, share)
    for code, towns in _TOWNS.items():
        for place, workers in towns:
            yield _row(f"{code}-{place}", code, rd_of(place), workers)


def _spread(shape: BaseGeometry, step_m: int) -> list[tuple[float, float]]:
    """Points of a square pattern that lie in a shape; its middle where none does."""
    west, south, east, north = shape.bounds
    x_m, y_m = np.meshgrid(
        np.arange(west // step_m, east // step_m + 1) * step_m,
        np.arange(south // step_m, north // step_m + 1) * step_m,
    )
    points = shapely.points(x_m.ravel(), y_m.ravel())
    inside = shapely.get_coordinates(points[shapely.contains(shape, points)])
    middle = shape.representative_point()
    return [(x, y) for x, y in inside.tolist()] or [(middle.x, middle.y)]


def _row(code: str, area: str, point: tuple[float, float], workers: int) -> dict[str, Any]:
    return {
        "code": code,
        "area": area,
        "x_m": round(point[0]),
        "y_m": round(point[1]),
        "workers": workers,
        "source_code": _SOURCE,
    }


def write_workers(folder: Path, districts: dict[str, BaseGeometry]) -> None:
    """Write ``workers.csv``."""
    rows = list(worker_rows(districts))
    with (folder / "workers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
