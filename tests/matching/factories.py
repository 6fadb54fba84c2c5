"""Sites and requirements for tests of matching: complete by default, changed where it matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import geopandas as gpd
from shapely import Point, box

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.crs import RD
from geo_assen.matching import Requirement
from geo_assen.settings import Settings
from geo_assen.sites import Sites

AS_OF = date(2026, 11, 1)
X, Y = 233_000.0, 556_000.0
"""Corner in RD from which test sites are laid out."""


@cache
def catalogue() -> Catalogue:
    return load_catalogue(Settings().layers)


def make_site(**changes: Any) -> dict[str, Any]:
    """One plot (or premises, by ``kind``) of which everything that applies is known."""
    kind = changes.get("kind", "plot")
    site = {
        "id": f"{kind}:P1",
        "kind": kind,
        "name": "Kavel 1",
        "park": "MESSCHENVELD",
        "street": "Graniet",
        "use": frozenset({"industrial", "logistics"}),
        "status": "issuable" if kind == "plot" else "offered",
        "area_m2": 10_000,
        "smallest_part_m2": None,
        "price_eur_m2": 85.0 if kind == "plot" else None,
        "rent_eur_m2_year": 45.0 if kind == "premises" else None,
        "max_env_category": "4.2",
        "available_from": date(2026, 6, 1),
        "max_height_m": 15.0 if kind == "plot" else None,
        "coverage_share": 0.7 if kind == "plot" else None,
        "frontage_m": 80.0 if kind == "plot" else None,
        "grid_mva": 2.0,
        "fibre": True,
        "water": False if kind == "plot" else None,
        "rail": False if kind == "plot" else None,
        "energy_label": "B" if kind == "premises" else None,
        "build_year": 1998 if kind == "premises" else None,
        "distance_to_motorway_exit_m": 1200.0,
        "distance_to_station_m": 2500.0,
        "workers_30min": 150_000,
        "availability": "pass",
        "status_note": None,
        "source_name": "Gemeente Assen",
        "source_date": date(2026, 1, 1),
        "certainty": "illustrative",
        "contact": "Team Economie",
        "geometry": box(X, Y, X + 100, Y + 100),
    }
    return site | changes


def make_place(kind: str, x_m: float, y_m: float) -> dict[str, Any]:
    return {
        "code": f"{kind}-{x_m:.0f}", "kind": kind, "name": kind, "source_name": "OSM",
        "source_date": date(2026, 1, 1), "certainty": "observed", "geometry": Point(x_m, y_m),
    }


def make_area(code: str, geometry: Any) -> dict[str, Any]:
    return {"code": code, "name": code.title(), "geometry": geometry}


_PLACES = (make_place("station", X - 2000, Y), make_place("motorway_exit", X, Y + 3000))
_AREAS = (make_area("MESSCHENVELD", box(X - 10, Y - 10, X + 1000, Y + 1000)),)
_COLUMNS = tuple(make_site())


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> gpd.GeoDataFrame:
    data = {name: [row.get(name) for row in rows] for name in columns}
    return gpd.GeoDataFrame(data, geometry="geometry", crs=RD)


def make_sites(
    rows: Sequence[Mapping[str, Any]],
    *,
    places: Sequence[Mapping[str, Any]] = _PLACES,
    areas: Sequence[Mapping[str, Any]] = _AREAS,
    as_of: date = AS_OF,
    without: Sequence[str] = (),
) -> Sites:
    """Sites of those rows, ordered by id; ``without`` leaves columns out of the frame."""
    ordered = sorted(rows, key=lambda row: row["id"])
    known = catalogue()
    return Sites.of(
        frame=_frame(ordered, [name for name in _COLUMNS if name not in without]),
        fields={field.name: field for field in known.layers["sites"].field},
        codes=known.codes,
        places=_frame(places, tuple(make_place("station", 0, 0))),
        areas=_frame(areas, ("code", "name", "geometry")),
        as_of=as_of,
    )


def make_requirement(**document: Any) -> Requirement:
    """Requirement from the keys of a file; without any it asks for nothing."""
    return Requirement.parse({"title": "Test", **document})
