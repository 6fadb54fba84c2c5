"""The views of import, gathered: each module of them registers its own on the blueprint."""

from __future__ import annotations

from webapp.ingest import drafting, geocoding, landing, overview, quarantine, report
from webapp.ingest.blueprint import blueprint

__all__ = ["blueprint", "drafting", "geocoding", "landing", "overview", "quarantine", "report"]
