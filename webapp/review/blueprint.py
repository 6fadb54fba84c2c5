"""The blueprint that all views of the review stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("review", __name__, template_folder="templates")
