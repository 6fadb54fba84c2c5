"""The blueprint that all views of the dossiers stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("dossiers", __name__, template_folder="templates")
