"""Requirements of every shape a file may have, as hypothesis draws them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from geo_assen.matching import Requirement

__all__ = ["requirements"]

NAMES = st.sampled_from(["area_m2", "grid_mva", "price_eur_m2", "park", "fibre", "use_x1"])
WORDS = st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8
).filter(lambda text: bool(text.strip()))
CODES = WORDS.filter(lambda text: not text.startswith("{"))
NUMBERS = st.integers(-(10**6), 10**6) | st.floats(-1e9, 1e9)
METRES = st.integers(0, 10**5) | st.floats(0, 1e5)
SHARES = st.integers(0, 1) | st.floats(0, 1)
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))
POINTS = st.tuples(st.floats(5.5, 6.8), st.floats(52.0, 53.2)).map(list)
NEAR = st.sampled_from(["station", "motorway_exit", "centre"]) | POINTS
SQUARE = [[6.5, 53.0], [6.6, 53.0], [6.6, 53.1], [6.5, 53.1], [6.5, 53.0]]


def _sorted(values: st.SearchStrategy[Any], size: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=size, max_size=size).map(sorted)


def _bounds(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    both = _sorted(values, 2).map(lambda pair: {"min": pair[0], "max": pair[1]})
    return both | values.map(lambda v: {"min": v}) | values.map(lambda v: {"max": v})


def _with(key: str, keys: st.SearchStrategy[Any], rest: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(keys, rest).map(lambda pair: {key: pair[0], **pair[1]})


_ASKED = (
    _bounds(NUMBERS)
    | _bounds(DAYS)
    | WORDS.map(lambda word: {"at_least": word})
    | st.booleans().map(lambda flag: {"is": flag})
    | st.lists(WORDS, min_size=1, max_size=3, unique=True).map(lambda words: {"one_of": words})
)
_INSIDE = CODES | st.sampled_from([
    {"type": "Polygon", "coordinates": [SQUARE]},
    {"type": "MultiPolygon", "coordinates": [[SQUARE]]},
])
_CONSTRAINT = (
    _with("field", NAMES, _ASKED)
    | _with("near", NEAR, METRES.map(lambda m: {"max_m": m}))
    | _with("near", NEAR, METRES.map(lambda m: {"max_minutes": m}))
    | _INSIDE.map(lambda area: {"inside": area})
)


def _knots(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    steps = st.lists(values, min_size=2, max_size=4, unique=True).map(sorted)
    points = st.tuples(steps, _sorted(SHARES, 4)).map(
        lambda pair: [[x, d] for x, d in zip(pair[0], pair[1], strict=False)]
    )
    return (
        _sorted(values, 2).map(lambda pair: {"smaller": pair})
        | _sorted(values, 2).map(lambda pair: {"larger": pair})
        | _sorted(values, 4).map(lambda four: {"target": four})
        | points.map(lambda found: {"points": found})
    )


_CATEGORIES = st.dictionaries(WORDS, SHARES, min_size=1, max_size=3).map(
    lambda table: {"categories": table}
)
_CURVES = _knots(NUMBERS) | _knots(DAYS) | _CATEGORIES
_CRITERION = st.tuples(
    _with("field", NAMES, _CURVES.map(lambda curve: {"curve": curve}))
    | _with("near", NEAR, _knots(METRES).map(lambda c: {"curve": c})),
    METRES,
).map(lambda pair: {**pair[0], "weight": pair[1]})

_USES = st.lists(st.sampled_from(["logistics", "office", "care"]), min_size=1, unique=True)
_DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "title": WORDS,
        "use": _USES,
        "kinds": st.sampled_from([["plot"], ["premises"], ["premises", "plot"]]),
        "as_of": DAYS,
        "code": WORDS,
        "kind": st.sampled_from(["new", "grow", "relocate"]),
        "present_site": WORDS,
        "sector": WORDS,
        "party": WORDS,
        "stage": WORDS,
        "needed_by": DAYS,
        "jobs": st.integers(0, 5000),
        "constraint": st.lists(_CONSTRAINT, max_size=5),
        "criterion": st.lists(_CRITERION, max_size=4),
    },
)


def requirements() -> st.SearchStrategy[Requirement]:
    """Any requirement that a file can hold, sensible or not."""
    return _DOCUMENT.map(Requirement.parse)
