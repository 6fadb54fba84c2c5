"""One store with the sample for a whole run; a test that writes gets a copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.services import Store
from geo_assen.settings import Settings

SAMPLE_IN_A_FILE = pytest.mark.parametrize("sample_address", ["sqlite"], indirect=True)
COPY_IN_A_FILE = pytest.mark.parametrize("copy_address", ["sqlite"], indirect=True)
"""For rules above the store, which know no database: other tests of a module take both."""


def sample_file(base: Path) -> Path:
    """The store under the folder of a worker, made by whoever of the run asks first."""
    path = base / "sample" / "assen.gpkg"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        shutil.copy(_made_once(base), path)
    return path


def _made_once(base: Path) -> Path:
    """The sample that all workers of a run take their own from."""
    path = _of_run(base) / "made" / "assen.gpkg"
    begun = path.with_name("begun.gpkg")
    with _alone(path.parent):
        if not path.exists():
            services.init_store(settings_of(begun), sample=True).close()
            begun.rename(path)
    return path


def lay_reach(base: Path, folder: Path) -> None:
    """Put the rasters of the sample beside a store; they are computed once in a run."""
    path = _of_run(base) / "reach" / "rasters"
    with _alone(path.parent):
        if not path.exists():
            begun = path.with_name("begun")
            begun.mkdir()
            store = opened(copied(base, begun))
            services.write_reach(store)
            store.close()
            (begun / "rasters").rename(path)
    shutil.copytree(path, folder / "rasters")


def _of_run(base: Path) -> Path:
    """Folder that all workers of a run have in common."""
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copied(base: Path, folder: Path) -> Path:
    target = folder / "assen.gpkg"
    shutil.copy(sample_file(base), target)
    return target


def settings_of(place: Path | str, **changes: object) -> Settings:
    """Settings for a file, or for a store on a server by its address."""
    address = place if isinstance(place, str) else f"sqlite:///{place}"
    given = {"busy_timeout_ms": 200, "secret_key": "only for tests", **changes}
    return Settings(store=address, **given)


def opened(place: Path | str, **changes: object) -> Store:
    return Store(settings=settings_of(place, **changes))
