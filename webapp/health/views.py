"""Two short answers for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from geo_assen import services
from geo_assen.access import Role
from webapp.auth.roles import requires
from webapp.store import current_store

__all__ = ["alive", "blueprint", "ready"]

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@requires(Role.PUBLIC)
def alive() -> Response:
    """Say that the process answers; the store is not asked."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@requires(Role.PUBLIC)
def ready() -> tuple[Response, int]:
    """Say whether the store can be read, and if not what is missing."""
    missing = services.readiness(current_store())
    return jsonify(ready=not missing, missing=missing), 503 if missing else 200
