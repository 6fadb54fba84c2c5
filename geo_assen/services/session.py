"""An opened store: engine, catalogue and settings, with frames kept per store version."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa

from geo_assen import store as storage
from geo_assen.catalogue import Catalogue, LayerDefinition, load_catalogue
from geo_assen.ingest import ReadyMapping, load_ready_mappings
from geo_assen.services.raster_folder import RasterFolder
from geo_assen.settings import Settings
from geo_assen.vacancy import VacancyRule

__all__ = ["Attempt", "Session", "create", "today"]

_LOCAL = ZoneInfo("Europe/Amsterdam")
_KEPT = 64
"""Built frames that stay in memory; each belongs to one store version and date."""

_FOLLOWED = 2
"""Large things that follow the store, a date each: each may take half a gigabyte."""

_STATE = sa.select(
    storage.metadata.tables["store_state"].c.store_version,
    sa.select(sa.func.max(storage.metadata.tables["attribute_history"].c.id)).scalar_subquery(),
)
"""Asked before and after whatever is kept: one question, spelled once."""

Built = TypeVar("Built")


class _Undone(Exception):
    """Ends an attempt of which nothing is kept."""


@dataclass
class Attempt:
    """Writing that is tried, by every rule of the store.

    Attributes
    ----------
    connection
        On which everything is written.
    is_undone
        Whether nothing of it is kept.
    """

    connection: sa.Connection
    is_undone: bool = False

    def undo(self) -> None:
        """Keep nothing of it."""
        self.is_undone = True


def today() -> date:
    """The day it is where the municipality lies."""
    return datetime.now(_LOCAL).date()


class Session:
    """One opened store, shared by all threads of a process.

    Attributes
    ----------
    settings, catalogue
        As this installation has them.
    ready_mappings
        Files of others whose columns are known already.
    vacancy_rule
        How this installation weighs the sources of vacancy.
    raster_folder
        Where the files of its raster layers are.

    Raises
    ------
    VacancyRuleError
        If the settings name no such rule.
    FileRefused
        If the file of a raster layer cannot be used.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        settings: Settings | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        settings = settings or Settings.from_environment()
        self.settings = replace(settings, store=address) if address else settings
        self.catalogue: Catalogue = catalogue or checked_catalogue(self.settings)
        self.ready_mappings: tuple[ReadyMapping, ...] = load_ready_mappings(
            self.settings.layers / "mappings", catalogue=self.catalogue
        )
        self.vacancy_rule = VacancyRule.read(
            self.settings.vacancy_validity,
            self.settings.vacancy_short_use_days,
            self.settings.vacancy_short_use_breaks,
        )
        self.raster_folder = RasterFolder.of(self.settings, self.catalogue)
        self.raster_folder.examine()
        self._engine = storage.open_engine(
            self.settings.store, busy_timeout_ms=self.settings.busy_timeout_ms
        )
        self._built: OrderedDict[Hashable, object] = OrderedDict()
        self._followed: OrderedDict[Hashable, tuple[object, object]] = OrderedDict()
        self._lock = threading.Lock()
        self._following = threading.Lock()
        try:
            self._ensure_custom_tables()
        except BaseException:
            self._engine.dispose()
            raise

    @property
    def engine(self) -> sa.Engine:
        """Engine of the store, for reading and checking as a whole."""
        return self._engine

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Give a connection that sees one state of the store."""
        with storage.read_batch(self._engine) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Give a connection on which everything is written together, or not at all."""
        with storage.write_batch(self._engine) as connection:
            yield connection

    @contextmanager
    def attempt(self) -> Iterator[Attempt]:
        """Write as :meth:`write` does; whether it is kept may be decided at the end."""
        with suppress(_Undone), self.write() as connection:
            attempt = Attempt(connection)
            yield attempt
            if attempt.is_undone:
                raise _Undone

    def version(self) -> int:
        """How many batches have been written to the store."""
        with self.read() as connection:
            return storage.store_version(connection)

    def _state(self) -> tuple[int, int, Hashable]:
        """What has been written so far: our own batches, edits by GIS programs, and rasters.

        Another program raises no version, but every edit it makes leaves a row of history.
        """
        with self.read() as connection:
            version, edits = connection.execute(_STATE).one()
        return version, edits or 0, self.raster_folder.marks()

    def kept(self, key: Hashable, build: Callable[[], Built]) -> Built:
        """Answer from memory what was built for this version of the store, or build it.

        What is kept is shared between threads: nobody may change it.
        """
        full = (self._state(), key)
        with self._lock:
            if full in self._built:
                self._built.move_to_end(full)
                return self._built[full]  # type: ignore[return-value]
        built = build()
        if self._state() != full[0]:
            return built  # another process wrote meanwhile: right for now, not to be kept
        with self._lock:
            self._built[full] = built
            while len(self._built) > _KEPT:
                self._built.popitem(last=False)
        return built

    def followed(
        self, key: Hashable, build: Callable[[], Built], follow: Callable[[Built], Built | None]
    ) -> Built:
        """Answer from memory as :meth:`kept` does; what is older is brought up to date.

        Parameters
        ----------
        build
            Makes it from nothing.
        follow
            Makes it from what an earlier version of the store gave; None: it cannot.
        """
        # of something large one at a time is made, and the others wait for it
        with self._following:
            state = self._state()
            since, earlier = self._followed.get(key, (None, None))
            if since == state:
                return earlier  # type: ignore[return-value]
            found = None if since is None else follow(earlier)  # type: ignore[arg-type]
            found = build() if found is None else found
            self._followed[key] = (state, found)
            self._followed.move_to_end(key)
            while len(self._followed) > _FOLLOWED:
                self._followed.popitem(last=False)
            return found

    def table(self, name: str) -> pd.DataFrame:
        """All rows of a table as they are now."""

        def build() -> pd.DataFrame:
            with self.read() as connection:
                return storage.read_frame(connection, storage.metadata.tables[name])

        return self.kept(("table", name), build)

    def attributes(self, name: str, as_of: date) -> tuple[pd.DataFrame, bool]:
        """Rows of a table as recorded at the end of a day.

        Returns
        -------
        The rows, and whether attributes of a later day stand in for ones that were not
        recorded yet.
        """
        if as_of >= today():
            return self.table(name), False

        def when() -> storage.Recorded:
            with self.read() as connection:
                return storage.recorded(connection, name)

        def build() -> tuple[pd.DataFrame, bool]:
            present, records = self.table(name), self.kept(("recorded", name), when)
            with self.read() as connection:
                frame = storage.attributes_as_of(
                    connection, name, as_of, present=present, records=records
                )
            later = frame.pop("present_attributes")
            return frame, bool(later.any())

        return self.kept(("attributes", name, as_of), build)

    def layer_table(self, layer: LayerDefinition) -> pd.DataFrame:
        """All rows of the table behind a layer as they are now."""
        table = self.table_of(layer)

        def build() -> pd.DataFrame:
            with self.read() as connection:
                return storage.read_frame(connection, table)

        return self.kept(("table", table.name), build)

    def table_of(self, layer: LayerDefinition) -> sa.Table:
        """Table behind a layer: a built-in one, or one made from its fields."""
        if layer.table is not None:
            return storage.metadata.tables[layer.table]
        return storage.custom_table(layer)

    def _ensure_custom_tables(self) -> None:
        wanted = [self.table_of(x) for x in self.catalogue if x.table is None and x.view is None]
        if not wanted:
            return
        with self.read() as connection:
            complete = all(_is_complete(connection, table) for table in wanted)
            if complete:  # then it only compares the types: nothing is written
                storage.ensure_custom_tables(connection, self.catalogue)
        if not complete:
            with self.write() as connection:
                storage.ensure_custom_tables(connection, self.catalogue)


def _is_complete(connection: sa.Connection, table: sa.Table) -> bool:
    inspector = sa.inspect(connection)
    if not inspector.has_table(table.name):
        return False
    present = {column["name"] for column in inspector.get_columns(table.name)}
    return present >= set(table.columns.keys())


def checked_catalogue(settings: Settings) -> Catalogue:
    """Layers of an installation, found to fit the tables.

    Raises
    ------
    LayerDefinitionError
    """
    catalogue = load_catalogue(settings.layers)
    storage.check_layers(catalogue, storage.metadata)
    return catalogue


def create(settings: Settings) -> Catalogue:
    """Make the store of the settings where there is none yet; its layers are the answer.

    Raises
    ------
    StoreError
        If something else is at the address, or it cannot be written.
    LayerDefinitionError
        If a layer file is wrong; no store is made then.
    """
    catalogue = checked_catalogue(settings)
    storage.create_store(settings.store, busy_timeout_ms=settings.busy_timeout_ms).dispose()
    return catalogue
