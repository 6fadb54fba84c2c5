"""Which layers the map of this reader has, and in which groups the panel lists them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from geo_assen.access import Role
from geo_assen.catalogue import Catalogue, LayerDefinition
from geo_assen.services import RasterState
from webapp.maps.view import BASE_LAYER, MapLayer, MapRaster

__all__ = [
    "LayerGroup",
    "drawable",
    "from_below",
    "grouped",
    "map_raster",
    "site_of",
    "with_site_links",
]

_SITE_KINDS = {"plots": "plot", "premises": "premises", "vacancy": "premises"}
"""Layers whose records are sites, with the kind that stands before their code."""

_GROUPS: tuple[tuple[str, LazyString], ...] = (
    ("work_locations", _l("Work locations")),
    ("city_centre", _l("City centre")),
    ("leisure", _l("Leisure time")),
    ("commuting", _l("Commuter flows")),
    ("base", _l("Base map")),
)


@dataclass(frozen=True)
class LayerGroup:
    """Layers that the panel lists under one heading."""

    id: str
    title: LazyString
    layers: tuple[LayerDefinition, ...]
    rasters: tuple[RasterState, ...] = ()


def drawable(catalogue: Catalogue, role: Role) -> tuple[LayerDefinition, ...]:
    """Layers with a geometry that the role may see, in the order of the catalogue."""
    return tuple(
        layer
        for layer in catalogue
        if layer.geometry != "none" and layer.role <= role and layer.id != BASE_LAYER
    )


def from_below(layers: tuple[LayerDefinition, ...]) -> tuple[LayerDefinition, ...]:
    """Layers in the order in which they are drawn, so that none hides what is smaller."""

    def height(layer: LayerDefinition) -> tuple[bool, int, int]:
        sizes = {"polygon": 0, "line": 1, "any": 2, "point": 3}
        return (
            layer.geometry != "polygon" or layer.group != "base",
            sizes[layer.geometry],
            layer.order,
        )

    return tuple(sorted(layers, key=height))


def grouped(
    layers: tuple[LayerDefinition, ...], rasters: tuple[RasterState, ...] = ()
) -> tuple[LayerGroup, ...]:
    """Layers by group, groups without a layer left out; the base map always has its group."""
    groups = (
        LayerGroup(
            group_id,
            title,
            tuple(x for x in layers if x.group == group_id),
            tuple(x for x in rasters if x.layer.group == group_id),
        )
        for group_id, title in _GROUPS
    )
    return tuple(x for x in groups if x.id == "base" or x.layers or x.rasters)


def map_raster(state: RasterState, language: str, *, tag: str, on: bool | None) -> MapRaster:
    """Surface of a raster layer that has data.

    Parameters
    ----------
    tag
        Text that changes with the data.
    on
        Whether it is drawn at first; None: as the layer file says.
    """
    layer = state.layer
    return MapRaster(
        id=layer.id,
        title=layer.title.of(language),
        url=f"/rasters/{layer.id}/{{z}}/{{x}}/{{y}}.png?v={tag}",
        contours_url=f"/rasters/{layer.id}/contours.geojson?v={tag}"
        if layer.legend.contours
        else None,
        min_zoom=state.zoom_from,
        max_zoom=layer.zoom.max,
        on=layer.on_at_start if on is None else on,
        order=layer.order,
    )


def site_of(layer_id: str, key: str) -> str | None:
    """Id of the site that a record is; None where the layer holds no sites."""
    if layer_id == "sites":
        return key
    kind = _SITE_KINDS.get(layer_id)
    return f"{kind}:{key}" if kind else None


def with_site_links(layer: MapLayer, built: Collection[str]) -> MapLayer:
    """Let the cards of a layer lead to the pages of sites and of matching, where built.

    Parameters
    ----------
    built
        First parts of the paths that the application answers, such as ``/sites``.
    """
    site = site_of(layer.id, "{key}")
    if site is None:
        return layer
    return replace(
        layer,
        open_url=f"/sites/{site}" if "/sites" in built else layer.open_url,
        match_url=f"/match?site={site}" if "/match" in built else None,
    )
