from __future__ import annotations

import re

import pytest
from flask import Flask

from geo_assen.access import Role
from geo_assen.catalogue import load_catalogue
from geo_assen.settings import PROJECT_FOLDER
from webapp.map.layers import drawable, from_below, site_of, with_site_links
from webapp.maps import BaseMap, MapLayer, MapView, build_map, catalogue_layer


@pytest.fixture(autouse=True)
def in_request(sample_app: Flask):
    with sample_app.test_request_context("/"):
        yield


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(PROJECT_FOLDER / "layers")


def built(view: MapView):
    return build_map(view, module_url="/static/js/map.js", label='A "map"')


def layer(**changes) -> MapLayer:
    legend = ({"value": "all", "title": "All", "colour": "#000000", "mark": "solid", "width": 2.0},)
    return MapLayer(**{"id": "x", "title": "X", "url": "/x.geojson", "legend": legend, **changes})


def test_map_loads_nothing_from_elsewhere():
    parts = built(MapView(layers=(layer(),), language="nl"))
    assert "http" not in parts.html + parts.script
    assert re.findall(r"from (\S+);", parts.script) == ['"/static/js/map.js"']


def test_layers_are_added_bottom_first_and_the_map_starts_last():
    sketch = layer(id="ground", base=True)
    view = MapView(layers=(layer(id="a"), layer(id="b")), language="nl", base=BaseMap(sketch))
    script = built(view).script
    places = [script.index(f'"id": "{name}"') for name in ("ground", "a", "b")]
    assert places == sorted(places)
    assert script.index("startMap(", 200) > places[-1]


def test_words_of_a_layer_cannot_end_the_script():
    parts = built(MapView(layers=(layer(title="</script><b>"),), language="nl"))
    assert "</script>" not in parts.script
    assert "&#34;map&#34;" in parts.html


def test_two_maps_do_not_share_their_layers():
    built(MapView(layers=(layer(id="first"),), language="nl"))
    assert "first" not in built(MapView(layers=(layer(id="second"),), language="nl")).script


def test_catalogue_layer_carries_legend_and_zooms(catalogue):
    plots = catalogue_layer(catalogue.layers["plots"], "en")
    assert plots.class_field == "status"
    assert {"value": "option", "title": "Option", "colour": "#b35c00", "mark": "hatch",
            "width": 2.0} in plots.legend  # fmt: skip
    assert (plots.min_zoom, plots.on) == (11, True)
    assert catalogue_layer(catalogue.layers["plots"], "en", on=False).on is False


def test_no_class_of_a_legend_is_told_by_colour_alone(catalogue):
    for definition in catalogue:
        if definition.legend and definition.id != "base_map":
            looks = [(item.mark, item.title.nl) for item in definition.legend.classes]
            assert len(set(looks)) == len(looks), definition.id


def test_large_areas_are_drawn_below_plots_and_points_on_top(catalogue):
    order = [x.id for x in from_below(drawable(catalogue, Role.PUBLIC))]
    assert order[0] == "areas"
    assert order.index("business_parks") < order.index("plots") < order.index("attractions")
    assert "base_map" not in order


def test_sites_lead_to_their_pages_where_built(catalogue):
    plots = catalogue_layer(catalogue.layers["plots"], "nl")
    linked = with_site_links(plots, {"/sites", "/match"})
    assert (linked.open_url, linked.match_url) == ("/sites/plot:{key}", "/match?site=plot:{key}")
    assert with_site_links(plots, {"/"}).open_url == "/layers/plots/{key}"
    assert site_of("attractions", "TT") is None
