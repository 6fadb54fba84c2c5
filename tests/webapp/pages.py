"""What tests of pages share: an application over a store, who signs in, how a page is parsed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

import argon2
import html5lib
import pytest
import sqlalchemy as sa
from flask import Flask

from geo_assen import services
from geo_assen.services import Store
from geo_assen.settings import PROJECT_FOLDER, Settings
from geo_assen.store import metadata
from webapp import create_app
from webapp.limits import limiter

STAFF = ("anna", "a long enough password")
WEBAPP = PROJECT_FOLDER / "webapp"

# A hash that little work was put in is checked as quickly: most tests sign in, few are about it.
_STAFF_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(STAFF[1])


def enrol_staff(store: Store) -> None:
    """Give a store the account that tests sign in with."""
    account = {"name": STAFF[0], "password_hash": _STAFF_HASH, "role": "staff",
               "created_at": datetime.now(UTC), "disabled": False}  # fmt: skip
    with store.write() as connection:
        connection.execute(sa.insert(metadata.tables["app_user"]).values(account))


def opened(settings: Settings) -> Iterator[Flask]:
    """Application over a store in which staff can sign in; closed by whoever goes on."""
    store = services.open_store(settings)
    enrol_staff(store)
    store.close()
    app = create_app(settings)
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


def parse(markup: str) -> Element:
    """Document of a page; raises where it is not valid HTML 5."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(markup)
