"""The blueprint that the views of splitting and merging stand on."""

from __future__ import annotations

from flask import Blueprint

__all__ = ["blueprint"]

blueprint = Blueprint("splitting", __name__, template_folder="templates")
