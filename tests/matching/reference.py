"""Matching once more, row by row and without haste: what the fast one is compared with.

Written from the text of the rules, on plain Python values; it shares no code with
``geo_assen.matching`` but the class that holds a requirement.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo_assen.crs import lonlat_to_rd
from geo_assen.matching import Requirement
from geo_assen.sites import Sites

ORDER = {"pass": 0, "unknown": 1, "fail": 2}


def _missing(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _row(sites: Sites, position: int) -> dict[str, Any]:
    row = sites.frame.iloc[position].to_dict()
    return {name: None if _missing(value) else value for name, value in row.items()}


def _distance(near: Any, row: Mapping[str, Any], sites: Sites) -> float | None:
    if isinstance(near, str):
        if f"distance_to_{near}_m" in row:
            return row[f"distance_to_{near}_m"]
        points = [p.geometry for p in sites.places.itertuples() if p.kind == near]
    else:
        x, y = lonlat_to_rd(np.array([near[0]], float), np.array([near[1]], float))
        points = [shapely.Point(x[0], y[0])]
    if row["geometry"] is None or not points:
        return None
    return min(row["geometry"].distance(point) for point in points)


def _compare(limit: Any, value: Any) -> tuple[float, float]:
    """Distance and relative distance between a limit and a value that fails it."""
    if isinstance(limit, date):
        gap = abs((limit - value).days)
        return gap, gap / 365
    gap = abs(limit - value)
    return gap, gap / abs(limit) if limit else gap


def _field(constraint: Any, row: Mapping[str, Any], sites: Sites) -> tuple[str, Any, Any]:
    field = sites.fields[constraint.field]
    value = row.get(field.name)
    if value is None:
        return "unknown", None, None
    if constraint.equals is not None or constraint.one_of is not None:
        wanted = (constraint.equals,) if constraint.one_of is None else constraint.one_of
        return ("pass", None, None) if value in wanted else ("fail", 1, 1)
    if constraint.at_least is not None:
        codes = list(sites.codes[field.codes].values)
        steps = codes.index(constraint.at_least) - codes.index(value)
        return ("fail", steps, steps / (len(codes) - 1)) if steps > 0 else ("pass", None, None)
    offered = [value]
    if field.name == "area_m2" and row.get("smallest_part_m2") is not None:
        offered = [min(row["smallest_part_m2"], value), value]
    if constraint.min is not None and max(offered) < constraint.min:
        return ("fail", *_compare(constraint.min, max(offered)))
    if constraint.max is not None and min(offered) > constraint.max:
        return ("fail", *_compare(constraint.max, min(offered)))
    return "pass", None, None


def _near(constraint: Any, row: Mapping[str, Any], sites: Sites) -> tuple[str, Any, Any]:
    if constraint.max_minutes is not None:
        return "unknown", None, None
    distance = _distance(constraint.near, row, sites)
    if distance is None:
        return "unknown", None, None
    if distance <= constraint.max_m:
        return "pass", None, None
    return ("fail", *_compare(constraint.max_m, distance))


def _inside(constraint: Any, row: Mapping[str, Any], sites: Sites) -> tuple[str, Any, Any]:
    """Right for convex areas: there the farthest point outside is a corner."""
    area = next(a.geometry for a in sites.areas.itertuples() if a.code == constraint.inside)
    if row["geometry"] is None:
        return "unknown", None, None
    corners = shapely.points(shapely.get_coordinates(row["geometry"]))
    outside = max(corner.distance(area) for corner in corners)
    return ("fail", outside, outside / 1000) if outside > 0.01 else ("pass", None, None)


def _constraint(constraint: Any, row: Mapping[str, Any], sites: Sites) -> tuple[str, Any, Any]:
    if constraint.near is not None:
        return _near(constraint, row, sites)
    if constraint.inside is not None:
        return _inside(constraint, row, sites)
    return _field(constraint, row, sites)


def _line(value: float, x0: float, d0: float, x1: float, d1: float) -> float:
    return d0 + (d1 - d0) * (value - x0) / (x1 - x0)


def _curve(curve: Any, value: Any) -> float:
    if curve.categories is not None:
        if isinstance(value, frozenset):
            return max(curve.categories.get(v, 0) for v in value)
        key = str(value).lower() if isinstance(value, bool) else value
        return curve.categories.get(key, 0)
    if curve.smaller is not None:
        good, bad = curve.smaller
        points = [(good, 1), (bad, 0)]
    elif curve.larger is not None:
        bad, good = curve.larger
        points = [(bad, 0), (good, 1)]
    elif curve.target is not None:
        points = list(zip(curve.target, (0, 1, 1, 0), strict=True))
    else:
        points = list(curve.points)
    if isinstance(value, date):
        value = value.toordinal()
        points = [(x.toordinal(), d) for x, d in points]
    if value <= points[0][0]:
        return points[0][1]
    for (x0, d0), (x1, d1) in pairwise(points):
        if value <= x1:
            return _line(value, x0, d0, x1, d1) if x1 > x0 else d1
    return points[-1][1]


def _score(requirement: Requirement, row: Mapping[str, Any], sites: Sites) -> dict[str, float]:
    weights = known = sure = 0.0
    for criterion in requirement.criteria:
        if criterion.near is not None:
            value = _distance(criterion.near, row, sites)
        elif row["kind"] not in sites.fields[criterion.field].sites:
            continue
        else:
            value = row.get(criterion.field)
        weights += criterion.weight
        if value is not None:
            known += criterion.weight
            sure += criterion.weight * _curve(criterion.curve, value)
    if weights == 0:
        return {"score": 0.5, "score_low": 0.0, "score_high": 1.0, "reliability": 0.0}
    unknown = weights - known
    return {
        "score": (sure + 0.5 * unknown) / weights,
        "score_low": sure / weights,
        "score_high": (sure + unknown) / weights,
        "reliability": known / weights,
    }


def _judge(requirement: Requirement, row: Mapping[str, Any], sites: Sites) -> list[tuple[Any, ...]]:
    answers: list[tuple[Any, ...]] = []
    if requirement.use:
        if row["use"] is None:
            answers.append(("use", "unknown", None, None))
        else:
            fits = bool(set(requirement.use) & row["use"])
            answers.append(("use", "pass", None, None) if fits else ("use", "fail", 1, 1))
    answers.append(("availability", row["availability"], None, None))
    for constraint in requirement.constraints:
        field = sites.fields.get(constraint.field or "")
        if field is not None and row["kind"] not in field.sites:
            continue
        answers.append((constraint.name, *_constraint(constraint, row, sites)))
    return answers


def rank(requirement: Requirement, sites: Sites) -> list[dict[str, Any]]:
    """Everything that is listed, in order, with verdicts, shortfalls and scores."""
    listed, failing = [], []
    for position in range(len(sites)):
        row = _row(sites, position)
        if row["kind"] not in requirement.kinds:
            continue
        answers = _judge(requirement, row, sites)
        verdict = max((answer[1] for answer in answers), key=ORDER.__getitem__)
        told = {"id": row["id"], "verdict": verdict, "constraints": answers}
        told |= _score(requirement, row, sites)
        if verdict != "fail":
            listed.append(told)
        elif sum(answer[1] == "fail" for answer in answers) == 1:
            told["relative"] = max(answer[3] or 0 for answer in answers)
            failing.append(told)
    listed.sort(key=lambda t: (ORDER[t["verdict"]], -round(t["score"], 12), t["id"]))
    failing.sort(key=lambda t: (round(t["relative"], 12), -round(t["score"], 12), t["id"]))
    return listed + failing[:100]
