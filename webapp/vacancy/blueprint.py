"""The blueprint that the views of vacancy stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("vacancy", __name__, template_folder="templates")
