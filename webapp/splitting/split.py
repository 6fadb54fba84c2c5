"""Views of a split: planned while it is asked, as a page and as GeoJSON, and recorded."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import LedgerError, SplitRefused
from geo_assen.export import MEDIA_TYPES
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.splitting.blueprint import blueprint
from webapp.splitting.form import SPLIT_ARGS, FieldFault, Typed, read_split, typed_in
from webapp.splitting.mapping import (
    features_text,
    files_of,
    lonlat_points,
    piece_features,
    side_features,
    split_map,
)
from webapp.splitting.page import plan_page, plan_parts, site_url, split_told
from webapp.splitting.replaced import replaced_page
from webapp.splitting.words import shown_m2
from webapp.store import current_store

__all__ = ["record_split", "show_split", "split_geojson"]


@blueprint.get("/uptake/plots/<code>/split")
@requires(Role.STAFF)
def show_split(code: str) -> AnyResponse:
    """Show how a plot would be divided."""
    params.refuse_unknown(request.args, SPLIT_ARGS)
    return _page(code, typed_in(request.args))


@blueprint.get("/uptake/plots/<code>/split.geojson")
@requires(Role.STAFF)
def split_geojson(code: str) -> Response:
    """Give the planned pieces, or with ``part=sides`` the sides of the plot."""
    params.refuse_unknown(request.args, SPLIT_ARGS | {"for", "part"})
    part = params.choice("part", request.args.get("part") or "pieces", ("pieces", "sides"))
    asked = read_split(code, typed_in(request.args))
    change = services.split_plan(current_store(), asked, role=current_role())
    features = piece_features(change) if part == "pieces" else side_features(change)
    members = {
        "name": part,
        "plot": code,
        "area_m2": change.area_m2,
        "effective_on": asked.effective_on.isoformat(),
    }
    return Response(features_text(features, members), mimetype=MEDIA_TYPES["geojson"])


@blueprint.post("/uptake/plots/<code>/split")
@requires(Role.STAFF)
def record_split(code: str) -> AnyResponse:
    """Divide a plot as it was planned."""
    typed = typed_in(request.form)
    try:
        asked = read_split(code, typed)
        if asked.area_m2 is None and asked.line is None:
            raise FieldFault(*_missing(typed))
        made = services.split_plot(current_store(), asked, role=current_role())
    except (params.ParameterError, SplitRefused):
        return _page(code, typed, status=400)
    except LedgerError:
        return _page(code, typed, status=409)
    flash(_("Plot %(code)s was split into %(made)s.", code=code, made=_(" and ").join(made)))
    told = services.succession(current_store(), code, role=current_role())
    return redirect(site_url(made[0], told), 303)


def _page(code: str, typed: Typed, *, status: int = 200) -> AnyResponse:
    gone = services.succession(current_store(), code, role=current_role())
    if gone is not None:
        return replaced_page(code, gone, status)
    told = split_told(code, typed)
    shown = {
        "told": told,
        "typed": typed,
        "whole": "" if told.change is None else shown_m2(told.change.area_m2),
        "sides_url": files_of(code, "split", _of_sides(typed), part="sides"),
        "pieces_url": files_of(code, "split", typed.query()),
        "points": lonlat_points(told.points),
        "was_refused": status == 409,
        **plan_parts(told.change),
    }
    return plan_page(
        "split",
        shown,
        lambda: split_map(told.change, shown["sides_url"], shown["pieces_url"]),
        400 if status == 200 and told.fault else status,
    )


def _of_sides(typed: Typed) -> str:
    """Query of the sides: they stay as they are while an area is typed."""
    return urlencode([("access", number) for number in typed.access])


def _missing(typed: Typed) -> tuple[str, str]:
    if typed["how"] == "line":
        return "line", _("Draw at least two points.")
    return "area_m2", _("Fill in the area of the piece.")
