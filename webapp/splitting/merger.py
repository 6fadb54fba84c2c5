"""Views of a merger: planned while neighbours are chosen, as a page and as GeoJSON, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import LedgerError, SplitRefused
from geo_assen.export import MEDIA_TYPES
from geo_assen.services import Neighbour, PlotChange, SplitAsked
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.splitting.blueprint import blueprint
from webapp.splitting.form import MERGE_ARGS, Args, FieldFault, read_day, read_partners
from webapp.splitting.mapping import (
    features_text,
    files_of,
    merge_map,
    neighbour_features,
    piece_features,
)
from webapp.splitting.page import plan_page, plan_parts, site_url
from webapp.splitting.replaced import replaced_page
from webapp.splitting.words import Refusal, refusal_words, shown_m2
from webapp.store import current_store

__all__ = ["merge_geojson", "record_merger", "show_merger"]


@dataclass(frozen=True)
class _Choice:
    """A plot that can be merged with."""

    code: str
    name: str
    area: str
    chosen: bool


@blueprint.get("/uptake/plots/<code>/merge")
@requires(Role.STAFF)
def show_merger(code: str) -> AnyResponse:
    """Show what a plot and its neighbours would make together."""
    params.refuse_unknown(request.args, MERGE_ARGS)
    return _page(code, request.args)


@blueprint.get("/uptake/plots/<code>/merge.geojson")
@requires(Role.STAFF)
def merge_geojson(code: str) -> Response:
    """Give the planned plot, or with ``part=neighbours`` the plots to choose from."""
    params.refuse_unknown(request.args, MERGE_ARGS | {"for", "part"})
    part = params.choice("part", request.args.get("part") or "piece", ("piece", "neighbours"))
    partners = read_partners(request.args)
    day = read_day(params.text(request.args, "effective_on", longest=10))
    members: dict[str, Any] = {"name": part, "plot": code}
    if part == "neighbours":
        features = neighbour_features(_around(code, partners), partners)
    else:
        change = services.merge_plan(
            current_store(), [code, *partners], effective_on=day, role=current_role()
        )
        features = piece_features(change)
        members |= {"area_m2": change.area_m2, "effective_on": day.isoformat()}
    return Response(features_text(features, members), mimetype=MEDIA_TYPES["geojson"])


@blueprint.post("/uptake/plots/<code>/merge")
@requires(Role.STAFF)
def record_merger(code: str) -> AnyResponse:
    """Merge plots as it was planned."""
    try:
        plots = [code, *read_partners(request.form)]
        day = read_day(params.text(request.form, "effective_on", longest=10))
        (made,) = services.merge_plots(
            current_store(), plots, effective_on=day, role=current_role()
        )
    except (params.ParameterError, SplitRefused):
        return _page(code, request.form, status=400)
    except LedgerError:
        return _page(code, request.form, status=409)
    flash(_("Plots %(plots)s were merged into %(made)s.", plots=_(" and ").join(plots), made=made))
    told = services.succession(current_store(), code, role=current_role())
    return redirect(site_url(made, told), 303)


def _page(code: str, args: Args, *, status: int = 200) -> AnyResponse:
    gone = services.succession(current_store(), code, role=current_role())
    if gone is not None:
        return replaced_page(code, gone, status)
    partners, day, fault = _read(args)
    change, refusal = _planned(code, partners, day)
    written = args.get("effective_on", "")
    pairs = _pairs(partners, written)
    query = urlencode(pairs, safe=",")
    own = _own(code)
    shown = {
        "code": code,
        "own": own,
        "own_area": "" if own is None else shown_m2(own.area_m2),
        "choices": _choices(code, partners),
        "written_day": written,
        "pairs": pairs,
        "change": change,
        "fault": fault,
        "refusal": refusal,
        "around_url": files_of(code, "merge", query, part="neighbours"),
        "pieces_url": files_of(code, "merge", query),
        "was_refused": status == 409,
        **plan_parts(change),
    }
    return plan_page(
        "merge",
        shown,
        lambda: merge_map(change, own, shown["around_url"], shown["pieces_url"]),
        400 if status == 200 and fault else status,
    )


def _read(args: Args) -> tuple[tuple[str, ...], date, FieldFault | None]:
    partners = read_partners(args)
    try:
        return partners, read_day(args.get("effective_on", "")), None
    except FieldFault as error:
        return partners, services.today(), error


def _planned(
    code: str, partners: tuple[str, ...], day: date
) -> tuple[PlotChange | None, Refusal | None]:
    """The plan, or why there is none; neither while nothing is chosen."""
    if not partners:
        return None, None
    try:
        plan = services.merge_plan(
            current_store(), [code, *partners], effective_on=day, role=current_role()
        )
        return plan, None
    except SplitRefused as error:
        return None, refusal_words(error)
    except LedgerError as error:
        return None, Refusal(
            _("One of these plots was split or merged meanwhile."),
            _("Choose again: the list shows the plots that are there now."),
            detail=str(error),
        )


def _pairs(partners: tuple[str, ...], written_day: str) -> list[tuple[str, str]]:
    told = [("with", ",".join(partners)), ("effective_on", written_day)]
    return [(name, value) for name, value in told if value]


def _around(code: str, partners: tuple[str, ...]) -> tuple[Neighbour, ...]:
    """Plots to choose from: beside the plot or beside one that is chosen, and those."""
    store, role = current_store(), current_role()
    beside = {plot.code: plot for plot in services.neighbours(store, [code], role=role)}
    for partner in partners:
        near = services.neighbours(store, [code, partner], role=role)
        beside |= {plot.code: plot for plot in near}
    return tuple(beside[code] for code in sorted(beside))


def _choices(code: str, partners: tuple[str, ...]) -> list[_Choice]:
    around = _around(code, partners)
    listed = {plot.code for plot in around}
    return [
        *(_Choice(p.code, p.name or "", shown_m2(p.area_m2), p.code in partners) for p in around),
        # What an address names from afar can be taken back.
        *(_Choice(partner, "", "", chosen=True) for partner in partners if partner not in listed),
    ]


def _own(code: str) -> PlotChange | None:
    """The plot itself; None where its outline cannot be read."""
    asked = SplitAsked(plot=code, effective_on=services.today())
    try:
        return services.split_plan(current_store(), asked, role=current_role())
    except SplitRefused:
        return None
