"""Sites of the shortlist beside each other, and each on a sheet of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from flask import render_template, request
from flask_babel import gettext as _

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import NotFound, RequirementError
from geo_assen.export import LayerRows
from geo_assen.matching import Ranking, Requirement
from geo_assen.services import SiteDetail
from webapp import params
from webapp.auth.roles import current_role, requires
from webapp.fields import unknown_titles
from webapp.language import current_language
from webapp.maps import MapParts, Reading, catalogue_layer, read_rows
from webapp.maps.reading import Row
from webapp.matching.address import FRAME_ARGS, ignored, says_something
from webapp.matching.comparison import Block, Column, columns_of, fact_block, need_blocks
from webapp.matching.views import blueprint
from webapp.shortlist import MOST_COMPARED, current_shortlist
from webapp.store import current_store
from webapp.surroundings import draw_map, surroundings_map

__all__ = ["blueprint", "compare"]

_OWN_ARGS = frozenset({"differences", "sheet"})
_SAFE = ",:;"


@dataclass(frozen=True)
class Missing:
    """A kept id that nothing is offered of: the site it is, or None where there is none."""

    id: str
    name: str | None


@dataclass(frozen=True)
class Sheet:
    """One site on one A4: its facts, what is near, its map, and what the need says of it.

    Attributes
    ----------
    unknown
        Names of the facts that are not known; empty where all are.
    """

    column: Column
    site: SiteDetail
    facts: tuple[tuple[str, str], ...]
    unknown: str
    blocks: tuple[Block, ...]
    map: MapParts


@blueprint.get("/compare")
@requires(Role.PUBLIC)
def compare() -> str | tuple[str, int]:
    """Show the kept sites beside each other; with ``sheet=1`` each as one A4 to print."""
    kept = current_shortlist()
    ranking, is_faulty = _ranking()
    reading = _reading(kept.ids)
    offered = columns_of(reading, kept.ids, ranking, current_language())
    told = {
        "kept": kept,
        "ranking": ranking,
        "is_faulty": is_faulty,
        "missing": _missing(kept.ids, offered),
        "need_query": _need_query(),
        "present_attributes": reading.present_attributes,
    }
    if _is_on("sheet"):
        sheets = tuple(_sheet(column, ranking) for column in offered)
        page = render_template(
            "matching/compare_sheets.html", columns=offered, sheets=sheets, **told
        )
    else:
        page = _table(offered, ranking, reading, told)
    return (page, 400) if is_faulty else page


def _table(
    offered: Sequence[Column], ranking: Ranking | None, reading: Reading, told: Mapping[str, Any]
) -> str:
    """Page with the table: the first sites on offer, and which are too many for it."""
    columns = offered[:MOST_COMPARED]
    return render_template(
        "matching/compare.html",
        columns=columns,
        blocks=_blocks(columns, ranking, reading),
        only_differences=_is_on("differences"),
        not_compared=[column.row.title for column in offered[MOST_COMPARED:]],
        most=MOST_COMPARED,
        map=_map(columns) if columns else None,
        **told,
    )


def _is_on(name: str) -> bool:
    return bool(request.args.get(name)) and params.choice(name, request.args[name], ("1",)) == "1"


def _ranking() -> tuple[Ranking | None, bool]:
    """Ranking of the need in the address, and whether that need cannot be understood."""
    asked = {n: v for n, v in request.args.lists() if n not in _OWN_ARGS and any(v)}
    if not says_something(asked):
        return None, False
    try:
        requirement = Requirement.from_query(asked, ignore=ignored(asked))
        day = params.as_of(request.args)
        return services.match_sites(current_store(), requirement, as_of=day), False
    except RequirementError:
        return None, True


def _need_query() -> str:
    """The need as the page of matching reads it, empty where nothing is asked."""
    left = _OWN_ARGS | FRAME_ARGS - {"record"}
    pairs = [p for p in request.args.items(multi=True) if p[0] not in left and p[1]]
    return urlencode(pairs, safe=_SAFE)


def _reading(ids: Iterable[str]) -> Reading:
    """Rows of some sites in words, in the fields that the role may see."""
    rows = _rows(ids)
    return read_rows(rows, current_store().catalogue, current_language())


def _rows(ids: Iterable[str]) -> LayerRows:
    return services.sites_named(
        current_store(), tuple(ids), as_of=params.as_of(request.args), role=current_role()
    )


def _blocks(
    columns: Sequence[Column], ranking: Ranking | None, reading: Reading
) -> tuple[Block, ...]:
    catalogue = current_store().catalogue
    asked = need_blocks(columns, ranking, catalogue, current_language()) if ranking else ()
    return (*asked, fact_block(columns, reading, catalogue)) if columns else ()


def _missing(ids: Iterable[str], columns: Sequence[Column]) -> tuple[Missing, ...]:
    """Kept ids without a column, with the name of what they are where that is known."""
    found = {column.id for column in columns}
    return tuple(Missing(i, _name_of(i)) for i in ids if i not in found)


def _name_of(site_id: str) -> str | None:
    try:
        site = _detail(site_id)
    except NotFound:
        return None
    return _row(site).title


def _detail(site_id: str) -> SiteDetail:
    return services.site_detail(
        current_store(), site_id, as_of=params.as_of(request.args), role=current_role()
    )


def _row(site: SiteDetail) -> Row:
    return read_rows(site.rows, current_store().catalogue, current_language()).rows[0]


def _map(columns: Sequence[Column]) -> MapParts:
    """Map of the compared sites, each with its name."""
    store = current_store()
    asked = "&".join(f"id={quote(column.id)}" for column in columns)
    layer = replace(
        catalogue_layer(store.catalogue.layers["sites"], current_language(), on=True),
        url=f"/sites.geojson?{asked}",
        whole=True,
        label_zoom=0,
        open_url="/sites/{key}",
    )
    return draw_map(
        (layer,), label=_("Map of the sites compared"), view=params.map_view(request.args)
    )


def _sheet(column: Column, ranking: Ranking | None) -> Sheet:
    catalogue, language = current_store().catalogue, current_language()
    site = _detail(column.id)
    reading = read_rows(site.rows, catalogue, language)
    facts = tuple(
        (heading.title, text)
        for heading, text in zip(reading.columns, reading.rows[0].cells, strict=True)
        if text and heading.name not in {"id", "name", "park", "street", "status"}
    )
    title = _("Map of the surroundings of %(site)s", site=column.row.title)
    return Sheet(
        column,
        site,
        facts,
        unknown_titles(site.unknown, language),
        need_blocks((column,), ranking, catalogue, language) if ranking else (),
        surroundings_map(site, label=title),
    )
