"""Requirements at random, the flat table that peers get, and the plain answer to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from geo_assen.matching import Requirement, SiteIndex

USES = ("logistics", "industrial", "office", "retail", "hospitality", "leisure", "care", "mixed")
PLACES = ("motorway_exit", "station", "centre")
KINDS = ("plot", "premises")
PRICE, RENT, NEAR, GRID = (60, 180), (40, 160), (500, 8000), (0, 4)
"""Curves: smaller is better for the first three, larger for the last."""


@dataclass(frozen=True)
class Need:
    """A requirement in numbers: as ours, as SQL and as arrays it asks the same.

    Places and categories are positions in their lists; -1 asks for nothing.
    """

    number: int
    kinds: tuple[int, ...]
    uses: tuple[int, ...]
    low_m2: int
    high_m2: int
    category: int
    fibre: bool
    grid_mva: float
    place: int
    most_m: int
    labels: bool
    price_weight: int
    rent_weight: int
    near_place: int
    near_weight: int
    grid_weight: int

    @property
    def use_mask(self) -> int:
        """Uses as bits."""
        return sum(1 << use for use in self.uses)

    def requirement(self) -> Requirement:
        """The same as ours."""
        constraints: list[dict[str, Any]] = [
            {"field": "area_m2", "min": self.low_m2, "max": self.high_m2}
        ]
        if self.category >= 0:
            categories = ("1", "2", "3.1", "3.2", "4.1", "4.2", "5.1", "5.2", "5.3", "6")
            constraints.append(
                {"field": "max_env_category", "at_least": categories[self.category]}
            )
        if self.fibre:
            constraints.append({"field": "fibre", "is": True})
        if self.grid_mva > 0:
            constraints.append({"field": "grid_mva", "min": self.grid_mva})
        if self.place >= 0:
            constraints.append({"near": PLACES[self.place], "max_m": self.most_m})
        if self.labels:
            constraints.append({"field": "energy_label", "one_of": ["A", "B"]})
        criteria: list[dict[str, Any]] = [
            {"field": "price_eur_m2", "weight": self.price_weight, "curve": {"smaller": PRICE}},
            {"field": "rent_eur_m2_year", "weight": self.rent_weight, "curve": {"smaller": RENT}},
        ]
        if self.near_place >= 0:
            criteria.append({
                "near": PLACES[self.near_place], "weight": self.near_weight,
                "curve": {"smaller": NEAR},
            })  # fmt: skip
        if self.grid_weight:
            criteria.append(
                {"field": "grid_mva", "weight": self.grid_weight, "curve": {"larger": GRID}}
            )
        return Requirement.parse({
            "title": f"Need {self.number}", "use": [USES[use] for use in self.uses],
            "kinds": [KINDS[kind] for kind in self.kinds],
            "constraint": constraints, "criterion": criteria,
        })  # fmt: skip


def drawn(count: int, seed: int) -> list[Need]:
    """Requirements as a land desk meets them: one or two uses, a range of sizes, some wishes."""
    dice = Random(seed)  # noqa: S311 - the same ones in every run
    return [_drawn(dice, number) for number in range(count)]


def _drawn(dice: Random, number: int) -> Need:
    low = round(10 ** dice.uniform(2, 4.2))
    uses = dice.sample(range(4 if dice.random() < 0.8 else 8), dice.choice((1, 1, 2)))
    return Need(
        number=number,
        kinds=(dice.choice((0, 1)),) if dice.random() < 0.5 else (0, 1),
        uses=tuple(uses),
        low_m2=low,
        high_m2=round(low * dice.uniform(1.3, 3)),
        category=dice.randint(1, 6) if dice.random() < 0.5 else -1,
        fibre=dice.random() < 0.3,
        grid_mva=round(dice.uniform(0.2, 3), 1) if dice.random() < 0.3 else 0.0,
        place=dice.randrange(3) if dice.random() < 0.5 else -1,
        most_m=dice.choice((1000, 2000, 3000, 5000, 10_000)),
        labels=dice.random() < 0.2,
        price_weight=dice.randint(1, 5),
        rent_weight=dice.randint(1, 5),
        near_place=dice.randrange(3) if dice.random() < 0.6 else -1,
        near_weight=dice.randint(1, 5),
        grid_weight=dice.randint(1, 3) if dice.random() < 0.4 else 0,
    )


@dataclass(frozen=True)
class Flat:
    """Sites as one table of plain columns, ordered by id."""

    columns: dict[str, np.ndarray]


def flat_table(index: SiteIndex) -> Flat:
    """The table that peers get: what is unknown is NaN, 0 in the bits of the uses."""
    sites = index.sites
    kind = sites.columns["kind"].objects()
    use, category = sites.columns["use"], sites.columns["max_env_category"]
    label, fibre = sites.columns["energy_label"], sites.columns["fibre"]
    places = {place: sites.columns[f"distance_to_{place}_m"] for place in PLACES}
    order = list(sites.codes["env_category"].values)
    columns = {
        "id": np.asarray(sites.columns["id"].to_pylist(), dtype=object),
        "kind": (kind == "premises").astype(np.int8),
        "use_mask": _table(use, lambda v: float(sum(1 << USES.index(x) for x in v)), 0).astype(int),
        "area": sites.columns["area_m2"],
        "part": np.fmin(sites.columns["smallest_part_m2"], sites.columns["area_m2"]),
        "category": _table(category, lambda v: float(order.index(v)), np.nan),
        "fibre": _table(fibre, float, np.nan),
        "label": _table(label, lambda v: float("ABCDEFG".find(v)), np.nan),
        "grid": sites.columns["grid_mva"],
        "price": sites.columns["price_eur_m2"],
        "rent": sites.columns["rent_eur_m2_year"],
        "available": sites.columns["availability"].objects() == "pass",
        **{place: np.asarray(metres) for place, metres in places.items()},
    }
    return Flat(columns)


def _table(coded: Any, answer: Any, missing: float) -> np.ndarray:
    table = np.array([*(answer(value) for value in coded.values), missing])
    return table[coded.at]


def plain_answer(flat: Flat, need: Need, count: int) -> list[tuple[str, float]]:
    """First ids and scores, worked out over all rows without haste: what is compared with."""
    c = flat.columns
    fails = ~np.isin(c["kind"], need.kinds)
    unknown = ~c["available"]
    fails |= (c["use_mask"] > 0) & (c["use_mask"] & need.use_mask == 0)
    unknown |= c["use_mask"] == 0
    part = np.where(np.isnan(c["part"]), c["area"], c["part"])
    fails |= (c["area"] < need.low_m2) | (part > need.high_m2)
    unknown |= np.isnan(c["area"])
    premises = c["kind"] == 1
    asked = [
        (need.category >= 0, c["category"] < need.category, np.isnan(c["category"]), True),
        (need.fibre, c["fibre"] == 0, np.isnan(c["fibre"]), True),
        (need.grid_mva > 0, c["grid"] < need.grid_mva, np.isnan(c["grid"]), True),
        (need.labels, c["label"] > 1, np.isnan(c["label"]), premises),
    ]
    if need.place >= 0:
        metres = c[PLACES[need.place]]
        asked.append((True, metres > need.most_m, np.isnan(metres), True))
    for is_asked, failing, missing, applies in asked:
        if is_asked:
            fails |= failing & applies
            unknown |= missing & applies
    wishes = [
        (need.price_weight, _falling(c["price"], PRICE), ~premises),
        (need.rent_weight, _falling(c["rent"], RENT), premises),
        (need.grid_weight, np.clip(c["grid"] / GRID[1], 0, 1), np.full(len(premises), True)),
    ]
    if need.near_place >= 0:
        metres = c[PLACES[need.near_place]]
        wishes.append((need.near_weight, _falling(metres, NEAR), np.full(len(premises), True)))
    total, parts = np.zeros(len(premises)), np.zeros(len(premises))
    for weight, desirability, applies in wishes:
        total += np.where(applies, weight, 0)
        parts += np.where(applies, weight * np.where(np.isnan(desirability), 0.5, desirability), 0)
    score = np.round(parts / total, 12)
    rows = np.flatnonzero(~fails)
    order = rows[np.lexsort((rows, -score[rows], unknown[rows]))][:count]
    return [(str(c["id"][at]), float(score[at])) for at in order]


def _falling(values: np.ndarray, knots: tuple[int, int]) -> np.ndarray:
    good, bad = knots
    return np.clip((bad - values) / (bad - good), 0, 1)
