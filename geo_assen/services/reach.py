"""Labour reach of a municipality: from roads or a timetable, and workers; written as rasters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from geo_assen.catalogue import least_sure
from geo_assen.commuting import (
    MODES,
    Bounds,
    RasterTold,
    ReachGrid,
    reach_cog,
    reach_grids,
    transit_reach_grid,
)
from geo_assen.errors import ArgumentRefused, FileRefused
from geo_assen.services.gtfs_timetable import read_gtfs
from geo_assen.services.raster_folder import ROADS_FILE
from geo_assen.services.reach_files import ReadOrigins, ReadRoads, read_origins, read_roads
from geo_assen.services.session import Session
from geo_assen.settings import Settings

__all__ = ["REACH_MINUTES", "TRANSIT_DEPARTURES_S", "WORKERS_FILE", "ReachReport",
           "has_reach_files", "labour_reach", "transit_reach", "write_sample_reach"]  # fmt: skip

WORKERS_FILE = "workers.csv"
"""Name of the file of the sample that says where workers live."""

REACH_MINUTES = (15, 30, 45)

TRANSIT_DEPARTURES_S = tuple(range(7 * 3600 + 1800, 8 * 3600 + 1801, 600))
"""Times at which travellers by public transport leave home: 7:30, 7:40 to 8:30."""

_MODELLED = "modelled"


@dataclass(frozen=True, eq=False)
class ReachReport:
    """Labour reach over a grid, and what it was computed from.

    Attributes
    ----------
    origin_count, workers
        How many places with workers there are, and how many workers in all.
    island_count
        Nodes of the road graph that hang loose, so that nobody can join there.
    service_day
        Day of the timetable; None where roads were used.
    """

    grid: ReachGrid
    told: RasterTold
    origin_count: int
    workers: int
    island_count: int
    service_day: date | None = None

    @property
    def least(self) -> int | None:
        """Workers who reach the cell that fewest reach; None where nothing can be said."""
        return self._of_known(0)

    @property
    def median(self) -> int | None:
        """Workers who reach the cell in the middle; None where nothing can be said."""
        return self._of_known(50)

    @property
    def most(self) -> int | None:
        """Workers who reach the cell that most reach; None where nothing can be said."""
        return self._of_known(100)

    @property
    def known_cells(self) -> int:
        """Cells of which something can be said."""
        return int(np.isfinite(self.grid.workers).sum())

    def file(self) -> bytes:
        """The grid as a cloud-optimised GeoTIFF."""
        return reach_cog(self.grid, self.told)

    def _of_known(self, percent: int) -> int | None:
        known = self.grid.workers[np.isfinite(self.grid.workers)]
        return None if not len(known) else round(float(np.percentile(known, percent)))


def labour_reach(
    session: Session,
    *,
    minutes: int,
    mode: str,
    roads: Path | None = None,
    workers: Path | None = None,
    bounds_m: Bounds | None = None,
) -> ReachReport:
    """Workers who reach each hectare within some minutes.

    Parameters
    ----------
    mode
        ``car`` or ``bike``.
    roads, workers
        Files to compute from, as ``docs/reach.md`` describes; None: those of the sample.
    bounds_m
        West, south, east and north in EPSG:28992; None: around the municipality.

    Raises
    ------
    FileRefused, ArgumentRefused
    """
    folder = session.settings.sample
    read = read_roads(roads or folder / ROADS_FILE), read_origins(workers or folder / WORKERS_FILE)
    return next(_reports(session, *read, minutes=(minutes,), mode=mode, bounds_m=bounds_m))


def transit_reach(
    session: Session,
    *,
    minutes: int,
    gtfs: Path | None,
    day: date | None = None,
    workers: Path | None = None,
    bounds_m: Bounds | None = None,
) -> ReachReport:
    """Workers who reach each hectare by public transport within some minutes.

    They leave home at one of :data:`TRANSIT_DEPARTURES_S`, whichever is quickest.

    Parameters
    ----------
    gtfs
        Feed with the timetable; None: there is none, and so no answer.
    day
        Day of service; None: the first Tuesday for which the feed is.
    workers, bounds_m
        As :func:`labour_reach` takes them.

    Raises
    ------
    FileRefused, ArgumentRefused
    """
    if gtfs is None:
        raise FileRefused("public transport", "no timetable was given: no data.")
    origins = read_origins(workers or session.settings.sample / WORKERS_FILE)
    bounds_m = bounds_m or _municipality_bounds(session)
    read = read_gtfs(gtfs, bounds_m, day)
    grid = transit_reach_grid(
        read.timetable, origins.origins, bounds_m,
        minutes=minutes, departures_s=TRANSIT_DEPARTURES_S,
    )  # fmt: skip
    told = _told(session, origins, RasterTold(read.source, read.day, _MODELLED))
    all_workers = origins.origins.workers
    return ReachReport(grid, told, len(all_workers), int(all_workers.sum()), 0, read.day)


def _reports(
    session: Session,
    roads: ReadRoads,
    origins: ReadOrigins,
    *,
    minutes: tuple[int, ...],
    mode: str,
    bounds_m: Bounds | None = None,
) -> Iterator[ReachReport]:
    bounds_m = bounds_m or _municipality_bounds(session)
    told = _told(session, origins, RasterTold(roads.source, roads.day, roads.certainty))
    grids = reach_grids(roads.graph, origins.origins, bounds_m, minutes=minutes, mode=mode)
    for grid in grids:
        yield ReachReport(
            grid,
            told,
            len(origins.origins.workers),
            int(origins.origins.workers.sum()),
            roads.graph.island_nodes[mode],
        )


def _municipality_bounds(session: Session) -> Bounds:
    """Box around the municipality of the installation."""
    areas = session.table("area")
    own = areas[areas["code"].eq(session.settings.municipality_code) & areas.geometry.notna()]
    if not len(own):
        raise ArgumentRefused(
            "bounds", None, "west, south, east, north in metres (EPSG:28992), since the store "
            f"has no outline of {session.settings.municipality_code}",
        )  # fmt: skip
    west, south, east, north = own.total_bounds.tolist()
    return west, south, east, north


def _told(session: Session, origins: ReadOrigins, ways: RasterTold) -> RasterTold:
    """Source, day and certainty: as old as the oldest part, and no surer than a model."""
    sources = session.table("source")
    named = sources[sources["code"].isin(origins.source_codes)]
    certainties = {ways.certainty, *named["certainty"]}
    days = [ways.day, *named["retrieved_on"].dropna()]
    names = [ways.source, *named["name"]]
    return RasterTold(
        "; ".join(dict.fromkeys(name for name in names if name)) or None,
        min((day for day in days if day is not None), default=None),
        least_sure({*certainties, _MODELLED}) or _MODELLED,
    )


def write_sample_reach(
    session: Session, progress: Callable[[str], None] = lambda _: None
) -> tuple[Path, ...]:
    """Compute labour reach from the files of the sample and lay it in the folder of rasters.

    The road graph comes beside it, so that travel times are known.

    Parameters
    ----------
    progress
        Told the name of each raster before it is computed.

    Returns
    -------
    The rasters; none where the installation has no folder of rasters.

    Raises
    ------
    FileRefused
        If the sample has no road graph or workers, or the folder cannot be written.
    """
    folder, sample = session.raster_folder.path, session.settings.sample
    if folder is None:
        return ()
    roads, origins = read_roads(sample / ROADS_FILE), read_origins(sample / WORKERS_FILE)
    _write(folder / ROADS_FILE, (sample / ROADS_FILE).read_bytes())
    written = []
    for mode in MODES:
        progress(f"reach by {mode}")
        for report in _reports(session, roads, origins, minutes=REACH_MINUTES, mode=mode):
            path = folder / f"reach_{mode}_{report.grid.minutes}.tif"
            _write(path, report.file())
            written.append(path)
    return tuple(written)


def has_reach_files(settings: Settings) -> bool:
    """Whether the sample has what labour reach is computed from."""
    return all((settings.sample / name).is_file() for name in (ROADS_FILE, WORKERS_FILE))


def _write(path: Path, data: bytes) -> None:
    """Write a file that is either all there or as it was before."""
    begun = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        begun.write_bytes(data)
        begun.replace(path)
    except OSError as error:
        raise FileRefused(path, f"cannot be written ({error.strerror}).") from error
    finally:
        begun.unlink(missing_ok=True)
