"""One store with the sample for a whole run; a test that writes gets a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

from geo_assen import services
from geo_assen.services import Store
from geo_assen.settings import Settings


def sample_file(base: Path) -> Path:
    """The store under a folder of the run, made by whoever asks first."""
    path = base / "sample" / "assen.gpkg"
    if not path.exists():
        services.init_store(settings_of(path), sample=True).close()
    return path


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
