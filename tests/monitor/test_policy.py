"""What serves a cell of the matrix is what the layer files and the indicators say."""

from __future__ import annotations

from geo_assen.catalogue import load_catalogue
from geo_assen.monitor import StatedFigure, group_layers, policy_matrix
from geo_assen.settings import Settings


def test_cell_is_served_by_what_names_it_and_by_nothing_else():
    catalogue = load_catalogue(Settings().layers)
    figure = StatedFigure("f", "Snelle groeiers", "GM0106", 2018, 25.1, "x", pillar="3", theme="3")
    cells = policy_matrix(catalogue, [figure])
    assert [(cell.theme, cell.pillar) for cell in cells] == [
        (theme, pillar) for theme in "1234" for pillar in "123"
    ]
    found = {(cell.pillar, cell.theme): cell for cell in cells}
    for layer in catalogue:
        named = {(p, t) for p in layer.policy.pillar for t in layer.policy.theme}
        served = {place for place, cell in found.items() if layer.id in cell.layers}
        assert served == (set() if layer.id == "indicators" else named)
    assert {place for place, cell in found.items() if cell.indicators} == {("3", "3")}
    assert found["3", "3"].is_served
    assert not found["3", "4"].is_served
    assert "plots" in found["1", "2"].layers
    groups = group_layers(catalogue)
    assert "land_events" in groups["1"]
    assert groups["4"] == ("attractions", "events", "visit_counts")
