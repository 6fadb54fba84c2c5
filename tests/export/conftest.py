"""Rows of a layer on their way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.export import PROVENANCE, LayerRows
from geo_assen.settings import Settings
from tests.factories import frame, make_plot, square

AS_OF = date(2026, 11, 1)
FAR = square(250_000, 500_000)


def layer_rows(catalogue: Catalogue, layer_id: str, *rows: dict[str, Any]) -> LayerRows:
    """Rows with the provenance that every record has."""
    layer = catalogue.layers[layer_id]
    provenance = dict(zip(PROVENANCE, ("Survey", date(2026, 1, 1), "stated", "CC0-1.0"),
                          strict=True))  # fmt: skip
    table = frame([{**provenance, **row} for row in rows])
    return LayerRows(layer, layer.stored_fields, table, len(table), AS_OF)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue(Settings().layers)


@pytest.fixture
def rows(catalogue: Catalogue) -> Callable[..., LayerRows]:
    return lambda layer_id, *listed: layer_rows(catalogue, layer_id, *listed)


@pytest.fixture(scope="session")
def plots(catalogue: Catalogue) -> LayerRows:
    """Three plots: A knows all, B no price, name or date; C lies far away and has no use."""
    return layer_rows(
        catalogue,
        "plots",
        make_plot(code="A", name="Kavel 'A'", price_eur_m2=85.5, fibre=True, area_m2=10_000,
                  serviced_on=date(2020, 1, 1)),
        make_plot(code="B", name=None, price_eur_m2=None, fibre=False, area_m2=500,
                  uses=frozenset({"retail", "office"})),
        make_plot(code="C", name="kavel_%", uses=None, geometry=FAR, area_m2=20_000),
    )  # fmt: skip
