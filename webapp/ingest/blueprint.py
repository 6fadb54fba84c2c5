"""The blueprint that all views of import stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("ingest", __name__, template_folder="templates")
