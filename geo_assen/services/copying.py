"""Move a store: from a file to a database server, back again, or to another of its kind."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from geo_assen.catalogue import Catalogue
from geo_assen.errors import FileRefused, StoreError
from geo_assen.services.raster_folder import RasterFolder
from geo_assen.services.session import checked_catalogue
from geo_assen.settings import Settings
from geo_assen.store import (
    create_store,
    custom_table,
    ensure_custom_tables,
    open_engine,
    read_batch,
    store_name,
    store_version,
    write_batch,
)
from geo_assen.store.copy import TableCopy, tables_left_out
from geo_assen.store.copy import copy_store as copy_rows

__all__ = ["CopyReport", "copy_store"]


@dataclass(frozen=True)
class CopyReport:
    """What was copied.

    Attributes
    ----------
    source, target
        Names of both stores, without passwords.
    store_version
        Version of the target now.
    tables
        One entry a table, in the order of copying.
    left_out
        Tables of other programs in the source; they were not copied.
    rasters
        Rasters, and the road graph, that were laid in the folder of the target.
    rasters_left_out
        Those that were not: there is no such folder, or a file of that name is there.
    """

    source: str
    target: str
    store_version: int
    tables: tuple[TableCopy, ...]
    left_out: tuple[str, ...]
    rasters: tuple[str, ...] = ()
    rasters_left_out: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table.rows for table in self.tables)

    def document(self) -> dict[str, Any]:
        """Answer as JSON."""
        return {
            "from": self.source,
            "to": self.target,
            "store_version": self.store_version,
            "rows": self.rows,
            "tables": [table._asdict() for table in self.tables],
            "left_out": list(self.left_out),
            "rasters": list(self.rasters),
            "rasters_left_out": list(self.rasters_left_out),
        }


def copy_store(
    from_address: str,
    to_address: str,
    settings: Settings,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> CopyReport:
    """Copy a whole store into an empty one; where there is none yet, it is made.

    The files in its folder of rasters go along into that of the target.

    Parameters
    ----------
    settings
        Of this installation: its layers and how long to wait for a lock. Its own store is
        not touched unless one of the addresses names it.
    progress
        Told the table at hand, the rows done and the rows to do.

    Raises
    ------
    StoreError
        If both addresses are one store, the target holds records, or a value cannot be
        carried over. The source is as it was, the target empty; a file begun is removed.
    LayerDefinitionError
        If a layer file is wrong.
    FileRefused
        If a raster cannot be read or written; the records have been copied then.
    """
    if _place(from_address) == _place(to_address):
        raise StoreError(
            store_name(to_address), "source and target are the same store; name another target."
        )
    catalogue = checked_catalogue(settings)
    custom = [custom_table(x) for x in catalogue if x.table is None and x.view is None]
    source = open_engine(from_address, busy_timeout_ms=settings.busy_timeout_ms)
    try:
        with _made(to_address, settings, catalogue) as target:
            copies = copy_rows(source, target, custom_tables=custom, progress=progress)
            with read_batch(target) as connection:
                version = store_version(connection)
        left_out = tables_left_out(source, custom)
    finally:
        source.dispose()
    here, there = (
        RasterFolder.of(replace(settings, store=address), catalogue)
        for address in (from_address, to_address)
    )
    return CopyReport(
        store_name(from_address), store_name(to_address), version, tuple(copies), tuple(left_out),
        *_copy_rasters(here, there),
    )  # fmt: skip


def _copy_rasters(here: RasterFolder, there: RasterFolder) -> tuple[tuple[str, ...], ...]:
    """Names of the files that were copied from one folder into another, and of the others."""
    files = [*here.files().values(), *here.road_files()[:1]]
    folders = [None if one.path is None else one.path.resolve() for one in (here, there)]
    if folders[0] == folders[1]:
        return (), ()  # one folder is that of both
    copied, left_out = [], []
    for file in files:
        target = None if there.path is None else there.path / file.name
        if target is None or target.exists():
            left_out.append(file.name)
            continue
        _copy_file(file, target)
        copied.append(file.name)
    return tuple(copied), tuple(left_out)


def _copy_file(file: Path, target: Path) -> None:
    """Copy a file that may be too large for memory; the target is whole or not there."""
    begun = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, begun)
        begun.replace(target)
    except OSError as error:
        raise FileRefused(target, f"cannot be written ({error.strerror}).") from error
    finally:
        begun.unlink(missing_ok=True)


def _place(address: str) -> object:
    """What tells two stores apart, however their addresses are written."""
    path = _file(address)
    if path is not None:
        return path.resolve()
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        return address  # it is refused where it is opened
    host = url.host or url.query.get("host") or "localhost"
    return (host, url.port or 5432, url.database or url.username)


def _file(address: str) -> Path | None:
    try:
        url = sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        return None
    is_file = url.get_backend_name() == "sqlite" and url.database
    return Path(str(url.database)) if is_file else None


@contextmanager
def _made(address: str, settings: Settings, catalogue: Catalogue) -> Iterator[sa.Engine]:
    """Open the target, made where it was missing; a file that was made goes on failure."""
    file = _file(address)
    is_new = file is not None and not file.exists()
    engine = create_store(address, busy_timeout_ms=settings.busy_timeout_ms)
    try:
        with write_batch(engine) as connection:
            ensure_custom_tables(connection, catalogue)
        yield engine
    except BaseException:
        engine.dispose()
        if file is not None and is_new:
            for ending in ("", "-wal", "-shm"):
                Path(f"{file}{ending}").unlink(missing_ok=True)
        raise
    engine.dispose()
