"""Open a store, make one, fill it with the sample, and tell whether it is sound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo_assen.errors import FileRefused, StoreError
from geo_assen.matching import Requirement
from geo_assen.services.derived import refresh_derived
from geo_assen.services.ingest import ImportReport, import_in_turn
from geo_assen.services.raster_values import roads_fault
from geo_assen.services.session import Session, create, today
from geo_assen.services.sites import sites_at
from geo_assen.settings import Settings
from geo_assen.sites import Sites
from geo_assen.store import check_store, metadata, refresh_styles, store_name, store_version

__all__ = ["SAMPLE_FILES", "Store", "check", "init_store", "open_store", "readiness"]

SAMPLE_FILES = (
    ("sources", "sources.csv"),
    ("areas", "areas.geojson"),
    ("business_parks", "business_parks.geojson"),
    ("reference_points", "reference_points.geojson"),
    ("base_map", "base_map.geojson"),
    ("parties", "parties.csv"),
    ("attractions", "attractions.geojson"),
    ("plots", "plots.geojson"),
    ("premises", "premises.geojson"),
    ("offers", "offers.csv"),
    ("land_events", "land_events.csv"),
    ("vacancy", "vacancy.csv"),
    ("events", "events.geojson"),
    ("visit_counts", "visit_counts.csv"),
    ("commuter_flows", "commuter_flows.csv"),
    ("indicators", "indicators.csv"),
)
"""Files of the sample by layer, parents before what refers to them."""

_SAMPLE_SOURCE = "sample-illustrative"


class Store(Session):
    """An opened store, as the library offers it: ``Store("sqlite:///assen.gpkg")``."""

    def sites(self, as_of: date | None = None, known_at: date | None = None) -> Sites:
        """Draw up everything that can be offered on a date.

        Parameters
        ----------
        as_of
            Date asked about; None: today.
        known_at
            Leave out land events and observations recorded after this day; None: none.
        """
        return sites_at(self, as_of or today(), known_at)


def open_store(settings: Settings) -> Store:
    """Open the store of the settings.

    Raises
    ------
    StoreError, LayerDefinitionError
    """
    return Store(settings=settings)


def init_store(
    settings: Settings,
    *,
    sample: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> Store:
    """Make the store, and fill it with the sample where asked; open it.

    Parameters
    ----------
    progress
        Told the name of each file of the sample before it is read.

    Raises
    ------
    StoreError
        If the store cannot be made, or holds records already while the sample is asked.
    FileRefused
        If a file of the sample is missing or has a faulty row.
    """
    file = _file_of(settings)
    is_new = file is not None and not file.exists()
    store = Store(settings=settings, catalogue=create(settings))
    try:
        if sample:
            _fill_with_sample(store, progress)
        else:
            with store.write() as connection:
                refresh_styles(connection, store.catalogue)
    except BaseException:
        store.close()
        if file is not None and is_new:
            for ending in ("", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
        raise
    return store


def _file_of(settings: Settings) -> Path | None:
    """File of the store; None for a database server."""
    address = sa.make_url(settings.store)
    is_file = address.get_backend_name() == "sqlite" and address.database
    return Path(str(address.database)) if is_file else None


def _fill_with_sample(store: Store, progress: Callable[[str], None]) -> None:
    if len(store.table("business_park")) or len(store.table("source")):
        raise StoreError(
            store_name(store.settings.store),
            "it holds records already; the sample goes into an empty store.",
        )
    folder = store.settings.sample
    with store.write() as connection:
        for layer_id, name in SAMPLE_FILES:
            progress(name)
            report = import_in_turn(store, connection, layer_id, folder / name)
            _refuse_faults(folder / name, report)
        progress("requirements")
        _store_requirements(connection, sorted((folder / "requirements").glob("*.toml")))
        refresh_derived(
            connection, store.catalogue, set(metadata.tables), today(), rule=store.vacancy_rule,
            municipality=store.settings.municipality_code,
        )  # fmt: skip


def _refuse_faults(path: Path, report: ImportReport) -> None:
    for layer in report.layers:
        faults = [issue for issue in layer.issues if issue.treatment != "warn"]
        if faults:
            first = faults[0]
            raise FileRefused(path, f"row {first.row}, {first.field}: {first.message}")


def _store_requirements(connection: sa.Connection, paths: list[Path]) -> None:
    rows = [_requirement_row(path) for path in paths]
    if rows:
        connection.execute(sa.insert(metadata.tables["requirement"]), rows)


def _requirement_row(path: Path) -> dict[str, Any]:
    requirement = Requirement.load(path)
    return {
        "code": requirement.code or path.stem,
        "title": requirement.title,
        "kind": requirement.kind,
        "present_site": requirement.present_site,
        "sector": requirement.sector,
        "party": requirement.party,
        "stage": requirement.stage or "open",
        "definition": requirement.to_document(),
        "needed_by": requirement.needed_by,
        "jobs": requirement.jobs,
        "source_code": _SAMPLE_SOURCE,
    }


def check(store: Store) -> list[str]:
    """Examine the whole store; the answer lists what is wrong, an empty list is sound."""
    states = (store.raster_folder.state(lay) for lay in store.catalogue.rasters.values())
    faults = [state.fault for state in states if state.fault is not None]
    roads = roads_fault(store)
    return [*check_store(store.engine), *faults, *([roads] if roads else [])]


def readiness(store: Store) -> list[str]:
    """Tell what keeps the service from answering; an empty list means ready."""
    try:
        with store.read() as connection:
            store_version(connection)
    except StoreError as error:
        return [str(error)]
    return []
