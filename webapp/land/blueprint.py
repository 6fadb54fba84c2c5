"""The blueprint that all views of land stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("land", __name__, template_folder="templates")
