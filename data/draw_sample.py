"""Draw the illustrative part of the sample of Assen; run by hand, from the project folder.

::

    .venv/bin/python -m data.draw_sample            # into data/assen
    .venv/bin/python -m data.draw_sample some/place # elsewhere, to compare

The same code always writes the same bytes. Sourced figures are not drawn: sources.csv,
parties.csv, indicators.csv, visit_counts.csv, commuter_flows.csv and requirements/ are kept
by hand beside the files written here. ``data/assen/SOURCES.md`` says what comes from where.
"""

from __future__ import annotations

import sys
from pathlib import Path

from data.drawing.areas import area_rows
from data.drawing.base_map import base_map_rows
from data.drawing.ledger import told_story
from data.drawing.offers import offer_rows
from data.drawing.parks import park_rows, park_shapes
from data.drawing.places import attraction_rows, event_rows, reference_rows
from data.drawing.plot_rows import plot_rows
from data.drawing.plots import park_layout
from data.drawing.premises import drawn_units, premises_rows
from data.drawing.road_graph import write_road_graph
from data.drawing.shapes import as_written
from data.drawing.turnover import turned_over_rows, witness_rows
from data.drawing.vacancy import observation_rows, told_lives
from data.drawing.workers import write_workers
from data.drawing.writing import write_csv, write_geojson
from geo_assen.catalogue import load_catalogue

__all__ = ["BESIDE", "DRAWN", "draw"]

PROJECT = Path(__file__).resolve().parent.parent
DRAWN = (
    "areas.geojson", "attractions.geojson", "base_map.geojson", "business_parks.geojson",
    "events.geojson", "land_events.csv", "offers.csv", "plots.geojson", "premises.geojson",
    "reference_points.geojson", "vacancy.csv",
)  # fmt: skip
"""Files of layers that are written here."""

BESIDE = ("road_graph.geojson", "workers.csv")
"""Files of no layer that are written here, for labour reach."""


def draw(folder: Path) -> None:
    """Write all drawn files into a folder that exists."""
    parks = park_shapes()
    pieces, streets = park_layout(parks)
    story = told_story(pieces)
    units = drawn_units(story, parks)
    lives = told_lives(units)
    rows = {
        "areas": area_rows(parks),
        "attractions": attraction_rows(),
        "base_map": base_map_rows(parks, streets),
        "business_parks": park_rows(parks),
        "events": event_rows(),
        "land_events": story.events,
        "offers": offer_rows(units, lives, story),
        "plots": plot_rows(story),
        "premises": [*premises_rows(units), *turned_over_rows()],
        "reference_points": reference_rows(),
        "vacancy": [*observation_rows(units, lives), *witness_rows()],
    }
    layers = load_catalogue(PROJECT / "layers").layers
    for name in DRAWN:
        layer_id, kind = name.split(".")
        write = write_geojson if kind == "geojson" else write_csv
        write(folder, layers[layer_id], rows[layer_id])
    write_road_graph(folder)
    areas = {row["code"]: row["geometry"] for row in rows["areas"]}
    write_workers(folder, {code: as_written(shape) for code, shape in areas.items() if shape})


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "data" / "assen")
