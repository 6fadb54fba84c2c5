"""The command ``geo-assen reach``: workers who reach each hectare within some minutes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from geo_assen import services
from geo_assen.cli.application import app
from geo_assen.cli.terminal import (
    AsJson,
    Output,
    StoreOption,
    as_json_text,
    day,
    err,
    opened,
    steps,
    write_out,
)
from geo_assen.commuting import MODES, TRANSIT
from geo_assen.services import ReachReport

__all__ = ["reach"]


def rd_box(text: str) -> tuple[float, float, float, float]:
    """Read ``west,south,east,north`` in metres."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("give west,south,east,north in metres (EPSG:28992)") from error
    return west, south, east, north


@app.command()
def reach(
    minutes: Annotated[
        int | None, typer.Option(help="Longest journey, from door to door; default 30.")
    ] = None,
    mode: Annotated[
        Literal["car", "bike", "transit"] | None,
        typer.Option(help="How workers travel; default car."),
    ] = None,
    roads: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Road graph (GeoJSON) or extract of OpenStreetMap; default the sample.",
        ),
    ] = None,
    workers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where workers live (CSV); default the sample."),
    ] = None,
    gtfs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Timetable (GTFS, zipped), for the mode transit."),
    ] = None,
    service_day: Annotated[
        Any,
        typer.Option(
            "--day", parser=day, metavar="DATE",
            help="Day of the timetable; default the first Tuesday it is for.",
        ),
    ] = None,
    bounds: Annotated[
        Any,
        typer.Option(
            parser=rd_box, metavar="W,S,E,N",
            help="Box in metres (EPSG:28992); default around the municipality.",
        ),
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Every layer of reach, into the folder of rasters."),
    ] = False,
    as_json: AsJson = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Compute labour reach; with -o as a cloud-optimised GeoTIFF, else its figures."""
    if every:
        if any(said is not None for said in (minutes, mode, bounds, output)) or as_json:
            raise typer.BadParameter("--all goes without --minutes, --mode, --bounds, --json, -o")
        _write_all(store, roads, workers, gtfs, service_day)
        return
    minutes, mode = minutes if minutes is not None else 30, mode or "car"
    if mode != TRANSIT and (gtfs is not None or service_day is not None):
        raise typer.BadParameter("--gtfs and --day go with --mode transit, or with --all")
    with opened(store) as found:
        if mode == TRANSIT:
            report = services.transit_reach(
                found, minutes=minutes, gtfs=gtfs, day=service_day, workers=workers, bounds_m=bounds
            )
        else:
            report = services.labour_reach(
                found, minutes=minutes, mode=mode, roads=roads, workers=workers, bounds_m=bounds
            )
    _warn(report)
    if output is not None:
        write_out(report.file(), output)
    if output is None or as_json:
        write_out(as_json_text(_document(report)) if as_json else _text(report), None)


def _write_all(
    store: str | None,
    roads: Path | None,
    workers: Path | None,
    gtfs: Path | None,
    service_day: date | None,
) -> None:
    """Lay every raster of reach in the folder of rasters, and name them."""
    with opened(store) as found, steps(len(MODES) + (gtfs is not None)) as step:
        written = services.write_reach(
            found, step, roads=roads, workers=workers, gtfs=gtfs, day=service_day
        )
    if not written:
        raise typer.BadParameter("there is no folder of rasters: name one in GEO_ASSEN_RASTERS")
    for path in written:
        write_out(f"{path}\n", None)


def _warn(report: ReachReport) -> None:
    """Tell what is in no sum, and of which day the timetable is."""
    mode, lost = report.grid.mode, report.grid.unplaced_workers
    if report.least is None:
        err.print("No hectare has a value.")
    if report.service_day is not None:
        err.print(f"Timetable of {report.service_day}.")
    if report.skipped_changes:
        err.print(
            f"{report.skipped_changes:,} changes between particular trips or routes "
            "(transfers.txt) were passed over; they take as long as others."
        )
    if lost:
        missed = "stop" if mode == TRANSIT else "road of the main network"
        err.print(
            f"{lost:,} of {report.workers:,} workers live where no {missed} is near ({mode}); "
            "they are in no sum."
        )
    if report.island_count:
        err.print(f"{report.island_count:,} nodes of the road graph hang loose ({mode}).")


def _document(report: ReachReport) -> dict[str, Any]:
    grid, told = report.grid, report.told
    return {
        "minutes": grid.minutes,
        "mode": grid.mode,
        "origins": report.origin_count,
        "workers": report.workers,
        "unplaced_workers": grid.unplaced_workers,
        "cells": grid.workers.size,
        "known_cells": report.known_cells,
        "reached_workers": {
            "least": report.least, "median": report.median, "most": report.most,
        },
        **({"service_day": report.service_day.isoformat()} if report.service_day else {}),
        "source": told.source,
        "date": None if told.day is None else told.day.isoformat(),
        "certainty": told.certainty,
    }  # fmt: skip


def _text(report: ReachReport) -> str:
    grid, told = report.grid, report.told
    head = f"Workers within {grid.minutes} minutes by {grid.mode} ({told.certainty})"
    if report.least is None:
        missed = "stop" if grid.mode == TRANSIT else "road"
        return f"{head}: unknown, no {missed} is near.\n"
    return (
        f"{head}: {report.least:,} to {report.most:,}, half of the hectares over "
        f"{report.median:,}.\n"
        f"Known of {report.known_cells:,} of {grid.workers.size:,} hectares; "
        f"{report.workers:,} workers at {report.origin_count:,} places.\n"
        f"Source: {told.source or 'not said'}, {told.day or 'no date'}.\n"
    )
