"""The store that the application opened at its start."""

from __future__ import annotations

from flask import current_app

from geo_assen.services import Store

__all__ = ["EXTENSION", "current_store"]

EXTENSION = "geo_assen"


def current_store() -> Store:
    """Store of the running application; opened once by ``create_app``."""
    store: Store = current_app.extensions[EXTENSION]
    return store
