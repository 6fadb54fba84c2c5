"""Labour reach of a municipality: from roads or a timetable, and workers; written as rasters."""

from __future__ import annotations

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
from geo_assen.crs import RD_EXTENT
from geo_assen.errors import ArgumentRefused, FileRefused
from geo_assen.services.gtfs_timetable import read_gtfs
from geo_assen.services.raster_folder import (
    ROADS_FILE,
    RasterFolder,
    roads_name,
    written_whole,
)
from geo_assen.services.reach_files import ReadOrigins, ReadRoads, read_origins, read_roads
from geo_assen.services.session import Session
from geo_assen.settings import Settings

__all__ = [
    "REACH_MINUTES",
    "TRANSIT_DEPARTURES_S",
    "TRANSIT_MINUTES",
    "WORKERS_FILE",
    "ReachReport",
    "has_reach_files",
    "labour_reach",
    "transit_reach",
    "write_reach",
]

WORKERS_FILE = "workers.csv"
"""Name of the file of the sample that says where workers live."""

REACH_MINUTES = (15, 30, 45)
"""Times of the layers of reach by car and by bicycle."""

TRANSIT_MINUTES = 45
"""Time of the layer of reach by public transport."""

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
    skipped_changes
        Rows of the timetable about changes between particular trips, which are not followed.
    """

    grid: ReachGrid
    told: RasterTold
    origin_count: int
    workers: int
    island_count: int
    service_day: date | None = None
    skipped_changes: int = 0

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
    bounds_m = _box(session, bounds_m)
    read = read_gtfs(gtfs, bounds_m, day)
    grid = transit_reach_grid(
        read.timetable, origins.origins, bounds_m,
        minutes=minutes, departures_s=TRANSIT_DEPARTURES_S,
    )  # fmt: skip
    told = _told(session, origins, RasterTold(read.source, read.day, _MODELLED))
    all_workers = origins.origins.workers
    return ReachReport(
        grid, told, len(all_workers), int(all_workers.sum()), 0, read.day, read.skipped_changes
    )


def _reports(
    session: Session,
    roads: ReadRoads,
    origins: ReadOrigins,
    *,
    minutes: tuple[int, ...],
    mode: str,
    bounds_m: Bounds | None = None,
) -> Iterator[ReachReport]:
    bounds_m = _box(session, bounds_m)
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


def _box(session: Session, bounds_m: Bounds | None) -> Bounds:
    """Box that was asked for, or the one around the municipality."""
    if bounds_m is None:
        return _municipality_bounds(session)
    west, south, east, north = RD_EXTENT
    for x_m, y_m in (bounds_m[:2], bounds_m[2:]):
        if not (west <= x_m <= east and south <= y_m <= north):
            raise ArgumentRefused(
                "bounds", ",".join(f"{number:.10g}" for number in bounds_m), "west, south, east, "
                f"north in metres (EPSG:28992), and {x_m:.10g}, {y_m:.10g} is no place there",
            )  # fmt: skip
    return bounds_m


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


def write_reach(
    session: Session,
    progress: Callable[[str], None] = lambda _: None,
    *,
    roads: Path | None = None,
    workers: Path | None = None,
    gtfs: Path | None = None,
    day: date | None = None,
) -> tuple[Path, ...]:
    """Compute every raster of labour reach anew and lay it in the folder of rasters.

    The road graph comes beside them, so that travel times are known.

    Parameters
    ----------
    progress
        Told the name of each raster before it is computed.
    roads, workers
        As :func:`labour_reach` takes them.
    gtfs, day
        As :func:`transit_reach` takes them; without a feed nothing is said of public
        transport, and a raster of it that is there stays.

    Returns
    -------
    The rasters; none where the installation has no folder of rasters.

    Raises
    ------
    FileRefused, ArgumentRefused
        If a file is of no use, the store has no outline of the municipality, or the folder
        cannot be written.
    """
    folder, sample = session.raster_folder, session.settings.sample
    if folder.path is None:
        return ()
    roads, workers = roads or sample / ROADS_FILE, workers or sample / WORKERS_FILE
    read = read_roads(roads), read_origins(workers)
    written = []
    for mode in MODES:
        progress(f"reach by {mode}")
        for report in _reports(session, *read, minutes=REACH_MINUTES, mode=mode):
            written.append(folder.path / f"reach_{mode}_{report.grid.minutes}.tif")
            written_whole(written[-1], report.file())
    if gtfs is not None:
        progress("reach by public transport")
        report = transit_reach(
            session, minutes=TRANSIT_MINUTES, gtfs=gtfs, day=day, workers=workers
        )
        written.append(folder.path / f"reach_transit_{TRANSIT_MINUTES}.tif")
        written_whole(written[-1], report.file())
    _lay_roads(folder, roads)
    return tuple(written)


def _lay_roads(folder: RasterFolder, roads: Path) -> None:
    """Put a road graph in the folder, the only one there."""
    assert folder.path is not None  # noqa: S101 - asked only of folders that are there
    target = folder.path / roads_name(roads)
    if target.exists() and target.samefile(roads):
        return
    written_whole(target, roads.read_bytes())
    for other in folder.road_files():
        if other != target:
            other.unlink(missing_ok=True)


def has_reach_files(settings: Settings) -> bool:
    """Whether the sample has what labour reach is computed from."""
    return all((settings.sample / name).is_file() for name in (ROADS_FILE, WORKERS_FILE))
