"""What the product is and what it stands on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template, request

import geo_assen
from geo_assen import services
from geo_assen.access import Role
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.language import current_language
from webapp.maps.reading import Reading, read_rows
from webapp.store import current_store

__all__ = ["about", "blueprint"]

blueprint = Blueprint("about", __name__, template_folder="templates")

_SOURCES = "sources"


@blueprint.get("/about")
@requires(Role.PUBLIC)
def about() -> str:
    """Show purpose, sources with their licences, and the components served along."""
    return render_template(
        "about/about.html",
        version=geo_assen.__version__,
        layers=[layer for layer in current_store().catalogue if layer.role <= current_role()],
        language=current_language(),
        sources=_sources(),
        components=_components(),
    )


def _sources() -> Reading | None:
    """Sources of the records as a table; None where the catalogue has no such layer."""
    store = current_store()
    if _SOURCES not in store.catalogue:
        return None
    rows = services.layer_rows(
        store, _SOURCES, as_of=params.as_of(request.args), role=current_role()
    )
    return read_rows(rows, store.catalogue, current_language())


def _components() -> list[dict[str, Any]]:
    """Name, version and licence of what the build copied; empty before the first build."""
    path = Path(current_app.root_path) / "static" / "vendor" / "manifest.json"
    if not path.exists():
        return []
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return listed
