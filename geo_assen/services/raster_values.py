"""Values of the raster layers where sites lie, and travel times over the road graph."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from geo_assen.commuting import Floats, RoadGraph, quickest_minutes, values_at
from geo_assen.errors import FileRefused
from geo_assen.services.raster_folder import RasterState, mark_of
from geo_assen.services.reach_files import read_roads
from geo_assen.services.session import Session
from geo_assen.sites import FieldSource, Surfaces, Travel

__all__ = ["roads_fault", "surfaces_of"]


def surfaces_of(session: Session) -> Surfaces:
    """Raster layers that fill a field of sites; one without data leaves it unknown."""
    folder = session.raster_folder
    states = {
        layer.raster.field: state
        for layer in folder.layers.values()
        if layer.raster.field is not None and (state := folder.state(layer)).path is not None
    }

    def read(x_m: Floats, y_m: Floats) -> Mapping[str, Floats]:
        return {name: _values(state, x_m, y_m) for name, state in states.items()}

    sources = {name: _source(state) for name, state in states.items()}
    return Surfaces(sources, read, _travel(folder.roads))


def roads_fault(session: Session) -> str | None:
    """Why there are no travel times over the road graph that is there; None: there are."""
    roads = session.raster_folder.roads
    if roads is None:
        return None
    try:
        _graph(roads, mark_of(roads))
    except FileRefused as refused:
        return str(refused)
    return None


def _travel(roads: Path | None) -> Travel | None:
    """Travel times by car over a road graph; None where there is none that can be read."""
    if roads is None:
        return None
    try:
        graph = _graph(roads, mark_of(roads))
    except FileRefused:
        return None
    return lambda places_m, sites_m: quickest_minutes(graph, "car", sites_m, places_m)


@lru_cache(maxsize=2)
def _graph(path: Path, mark: object) -> RoadGraph:  # noqa: ARG001
    """Graph of a file in the state that its mark stands for."""
    return read_roads(path).graph


def _values(state: RasterState, x_m: Floats, y_m: Floats) -> Floats:
    assert state.path is not None  # noqa: S101 - asked only of states that have it
    # a file that was taken away or spoilt a moment ago has no data
    with contextlib.suppress(FileRefused):
        return values_at(state.path, x_m, y_m)
    return np.full(len(x_m), np.nan)


def _source(state: RasterState) -> FieldSource:
    told = state.told
    assert told is not None  # noqa: S101 - asked only of states that have it
    return FieldSource(told.source or "", told.day, told.certainty)
