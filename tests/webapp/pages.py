"""What tests of pages share: an application over a store, who signs in, how a page is parsed."""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element

import argon2
import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask

from geo_assen import services
from geo_assen.settings import PROJECT_FOLDER, Settings
from geo_assen.store import metadata
from tests.services.sample import settings_of
from webapp import create_app
from webapp.limits import limiter

STAFF = ("anna", "a long enough password")
WEBAPP = PROJECT_FOLDER / "webapp"

# A hash that little work was put in is checked as quickly: most tests sign in, few are about it.
_STAFF_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(STAFF[1])


def staffed(store_file: Path, folder: Path) -> Path:
    """Copy of a store with the account that tests sign in with."""
    path = shutil.copy(store_file, folder / "assen.gpkg")
    account = {"name": STAFF[0], "password_hash": _STAFF_HASH, "role": "staff",
               "created_at": datetime.now(UTC), "disabled": False}  # fmt: skip
    store = services.open_store(settings_of(path))
    with store.write() as connection:
        connection.execute(sa.insert(metadata.tables["app_user"]).values(account))
    store.close()
    return path


def opened(settings: Settings) -> Iterator[Flask]:
    """Application over a store; closed by whoever goes on."""
    app = create_app(settings)
    # Its scripts and styles are the same all through a run: a browser need not ask at each page.
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(hours=1)
    with app.app_context():
        limiter.reset()
    yield app
    app.extensions["geo_assen"].close()


def needed(found: object, what: str) -> None:
    """Skip with the reason on a developer's machine; never skip in CI."""
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{what} is missing and CI never skips")
        pytest.skip(f"{what} is missing")


@functools.lru_cache(maxsize=8)
def parse(markup: str) -> Element:
    """Document of a page, to look at only; raises where it is not valid HTML 5."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(markup)
