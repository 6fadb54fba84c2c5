"""A store of a country: as many plots and premises on offer as asked, drawn at random.

It is as sparse as real registers are: a fifth to a half of the values of a field are
missing, a twentieth of the plots is under option. ``python -m benchmarks.national FILE``
makes one.
"""

from __future__ import annotations

import argparse
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely

from geo_assen import services
from geo_assen.settings import Settings
from geo_assen.store.geometry import encode_geometries

PLOT_SHARE = 0.6
PARKS = 500
PLACES = {"motorway_exit": 800, "station": 400, "centre": 340}
CATEGORIES = ["1", "2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6"]
LABELS = ["A", "B", "C", "D", "E", "F", "G"]
PLOT_USES = {
    "industrial": 0.25, "logistics": 0.15, "industrial;logistics": 0.2, "office": 0.1,
    "industrial;office": 0.1, "retail": 0.04, "mixed": 0.06, "hospitality": 0.03,
    "leisure": 0.03, "care": 0.02, None: 0.02,
}  # fmt: skip
PREMISES_USES = [
    "office", "retail", "industrial", "industrial;office", "logistics", "hospitality", "care", None,
]  # fmt: skip
_CHUNK = 50_000


class Country:
    """Rows of a country, written without history: it is there to be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.dice = np.random.default_rng(7)
        self.corner_x_m = self.dice.uniform(20_000, 270_000, PARKS)
        self.corner_y_m = self.dice.uniform(310_000, 610_000, PARKS)

    def surroundings(self) -> None:
        self.connection.execute(
            "INSERT INTO source (code, name, licence, retrieved_on, certainty) "
            "VALUES ('S', 'Drawn at random', 'CC0-1.0', '2026-01-01', 'modelled')"
        )
        x_m, y_m = self.corner_x_m, self.corner_y_m
        outlines = [[one] for one in shapely.box(x_m, y_m, x_m + 2000, y_m + 2000)]
        shapes = encode_geometries(shapely.multipolygons(outlines), 28992, "MULTIPOLYGON")
        self._insert(
            "business_park",
            "code, name, gross_area_m2, max_env_category, plan_status, source_code, geom",
            [
                (f"PARK{n}", f"Park {n}", 4_000_000, CATEGORIES[n % 10], "adopted", "S", shape)
                for n, shape in enumerate(shapes)
            ],
        )
        for kind, count in PLACES.items():
            x_m = self.dice.uniform(20_000, 270_000, count)
            points = shapely.points(x_m, self.dice.uniform(310_000, 610_000, count))
            self._insert(
                "place",
                "code, kind, name, source_code, geom",
                [
                    (f"{kind}{n}", kind, f"{kind} {n}", "S", shape)
                    for n, shape in enumerate(encode_geometries(points, 28992, "GEOMETRY"))
                ],
            )

    def plots(self, first: int, count: int) -> None:
        dice, numbers = self.dice, np.arange(first, first + count)
        park = numbers % PARKS
        x_m = self.corner_x_m[park] + dice.uniform(0, 1900, count)
        y_m = self.corner_y_m[park] + dice.uniform(0, 1900, count)
        side_m = dice.uniform(20, 160, count)
        outlines = [[one] for one in shapely.box(x_m, y_m, x_m + side_m, y_m + side_m)]
        shapes = encode_geometries(shapely.multipolygons(outlines), 28992, "MULTIPOLYGON")
        area_m2 = np.round(side_m**2).astype(int)
        uses = list(PLOT_USES)
        chosen = dice.choice(len(uses), count, p=list(PLOT_USES.values()))
        self._insert(
            "plot",
            "code, name, park, street, area_m2, uses, max_env_category, max_height_m, "
            "coverage_share, frontage_m, grid_mva, fibre, water, rail, available_from, "
            "price_eur_m2, smallest_part_m2, geom, source_code",
            zip(
                [f"K{n:07d}" for n in numbers],
                [f"Kavel {n}" for n in numbers],
                [f"PARK{n}" for n in park],
                [f"Straat {n % 997}" for n in numbers],
                area_m2.tolist(),
                [uses[at] for at in chosen],
                self._some(np.array(CATEGORIES, dtype=object)[dice.integers(0, 10, count)], 0.1),
                self._some(dice.choice([8.0, 10, 12, 15, 20], count), 0.2),
                self._some(np.round(dice.uniform(0.4, 0.8, count), 2), 0.2),
                self._some(np.round(dice.uniform(20, 200, count)), 0.3),
                self._some(np.round(dice.uniform(0, 6, count), 1), 0.4),
                self._some((dice.random(count) < 0.6).astype(int), 0.2),
                self._some((dice.random(count) < 0.1).astype(int), 0.2),
                self._some((dice.random(count) < 0.05).astype(int), 0.2),
                [f"2026-{1 + n % 12:02d}-01" if n % 3 else None for n in numbers.tolist()],
                self._some(np.round(dice.uniform(40, 250, count)), 0.15),
                self._some((area_m2 * 0.3).astype(int) + 1, 0.6),
                shapes,
                ["S"] * count,
                strict=True,
            ),
        )
        self._insert(
            "land_event",
            "code, kind, plot, effective_on, recorded_on, valid_until, source_code",
            [
                (f"E{n}", "option", f"K{n:07d}", "2026-06-01", "2026-06-01", "2027-03-01", "S")
                for n in numbers[numbers % 20 == 0].tolist()
            ],
        )

    def premises(self, first: int, count: int) -> None:
        dice, numbers = self.dice, np.arange(first, first + count)
        park = numbers % PARKS
        points = shapely.points(
            self.corner_x_m[park] + dice.uniform(0, 1900, count),
            self.corner_y_m[park] + dice.uniform(0, 1900, count),
        )
        uses = np.array(PREMISES_USES, dtype=object)[dice.integers(0, 8, count)]
        labels = np.array([*LABELS, None, None], dtype=object)[dice.integers(0, 9, count)]
        floor_m2 = np.round(np.exp(dice.normal(6.5, 1.2, count))).astype(int) + 10
        self._insert(
            "premises",
            "code, bag_id, address, street, park, uses, floor_area_m2, energy_label, build_year, "
            "grid_mva, fibre, geom, source_code",
            zip(
                [f"B{n:07d}" for n in numbers],
                [f"{n:016d}" for n in numbers],
                [f"Weg {n % 997} {n % 80}" for n in numbers],
                [f"Weg {n % 997}" for n in numbers],
                [f"PARK{at}" if n % 4 else None for n, at in zip(numbers, park, strict=True)],
                uses,
                self._some(floor_m2, 0.05),
                labels,
                self._some(dice.integers(1900, 2025, count), 0.1),
                self._some(np.round(dice.uniform(0, 3, count), 1), 0.5),
                self._some((dice.random(count) < 0.7).astype(int), 0.2),
                encode_geometries(points, 28992, "GEOMETRY"),
                ["S"] * count,
                strict=True,
            ),
        )
        self._insert(
            "offer",
            "code, premises, offer_kind, rent_eur_m2_year, offered_on, available_from, source_code",
            zip(
                [f"O{n:07d}" for n in numbers],
                [f"B{n:07d}" for n in numbers],
                ["let"] * count,
                self._some(np.round(dice.uniform(30, 220, count)), 0.2),
                ["2026-01-15"] * count,
                [f"2026-{1 + n % 12:02d}-01" if n % 5 else None for n in numbers.tolist()],
                ["S"] * count,
                strict=True,
            ),
        )

    def _some(self, values: np.ndarray, missing_share: float) -> list[object]:
        gone = (self.dice.random(len(values)) < missing_share).tolist()
        return [None if lost else value for value, lost in zip(values.tolist(), gone, strict=True)]

    def _insert(self, table: str, columns: str, rows: object) -> None:
        marks = ", ".join("?" * len(columns.split(",")))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608
        self.connection.executemany(statement, rows)


def make_store(file: Path, sites: int) -> str:
    """Make a store with so many sites on offer; its address is the answer."""
    file.unlink(missing_ok=True)
    address = f"sqlite:///{file}"
    services.init_store(replace(Settings.from_environment(), store=address)).close()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    kept = triggers.fetchall()
    for name, _ in kept:
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute("BEGIN")
    country = Country(connection)
    country.surroundings()
    plots = round(sites * PLOT_SHARE)
    for write, total in ((country.plots, plots), (country.premises, sites - plots)):
        for first in range(0, total, _CHUNK):
            write(first, min(_CHUNK, total - first))
    connection.execute("COMMIT")
    for _, statement in kept:
        connection.execute(statement)
    connection.close()
    return address


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sites", type=int, default=1_000_000)
    given = parser.parse_args()
    make_store(given.file, given.sites)


if __name__ == "__main__":
    main()
