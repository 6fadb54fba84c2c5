"""Rows without a place, looked up by their address at a public service."""

from __future__ import annotations

from flask import flash, redirect
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.access import Role
from webapp.auth.roles import requires
from webapp.ingest.blueprint import blueprint
from webapp.store import current_store

__all__ = ["geocode"]

_AT_ONCE = 50
"""Rows asked about in one go: the answer of a page must not take minutes."""


@blueprint.post("/imports/<int:batch_id>/quarantine/geocode")
@requires(Role.STAFF)
def geocode(batch_id: int) -> Response:
    """Give rows without a place that of their address, where it is sure."""
    done = services.place_by_address(current_store(), batch_id, most=_AT_ONCE)
    found = ngettext("%(num)s row got a place.", "%(num)s rows got a place.", done.placed)
    if done.unsure:
        found += " " + ngettext(
            "For %(num)s row the address does not say it for sure.",
            "For %(num)s rows the address does not say it for sure.",
            len(done.unsure),
        )
    if not done.placed and not done.unsure:
        found = _("No row without a place waits.")
    flash(found)
    return redirect(f"/imports/{batch_id}/quarantine", 303)
