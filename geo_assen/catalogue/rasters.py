"""What the file of a raster layer may say: a surface of values instead of records."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from geo_assen.access import Role
from geo_assen.catalogue.certainty import Certainty
from geo_assen.catalogue.definition import (
    Colour,
    Group,
    LayerSource,
    Name,
    PolicyHooks,
    Words,
    Zooms,
)

__all__ = ["RasterClass", "RasterFile", "RasterLayer", "RasterLegend", "RasterMark"]

RasterMark = Literal["solid", "dots", "hatch", "dense"]
"""Patterns that a surface can be filled with."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RasterFile(_Strict):
    """Where the values of a raster layer are.

    Attributes
    ----------
    file
        Name of a GeoTIFF of one band in the folder of rasters.
    unit
        In what it counts, as a reader sees it; also in the field it fills, where that leaves
        its unit to be stated.
    field
        Field of a site that gets the value of the cell in its middle; None: sites do not.
    certainty, day
        How sure the values are and for which day they hold, where the file does not say;
        None: neither does the layer, and nothing is said.
    """

    file: Annotated[str, StringConstraints(pattern=r"^[\w.-]+\.tiff?$", max_length=100)]
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    field: Name | None = None
    certainty: Certainty | None = None
    day: date | None = None


class RasterClass(_Strict):
    """Values from some number on, up to the next class; a colour and a pattern.

    Attributes
    ----------
    above
        Lowest value of the class; only the first may leave it out, and then has all values.
    """

    above: float | None = None
    title: Words
    colour: Colour
    mark: RasterMark


class RasterLegend(_Strict):
    """Classes from low to high; what lies under the first is not drawn.

    Attributes
    ----------
    contours
        What is written on the line between two classes, with ``{value}`` in it, the lowest
        value of the upper one. A layer with it is drawn softly, its values running on evenly
        between the middles of cells; None: cell by cell, without lines.
    """

    classes: Annotated[tuple[RasterClass, ...], Field(min_length=1, max_length=40)]
    contours: Words | None = None

    @model_validator(mode="after")
    def _contours_say_their_value(self) -> RasterLegend:
        said = self.contours
        if said is not None and not ("{value}" in said.nl and "{value}" in said.en):
            raise ValueError("'contours' must have {value} in it, in both languages")
        return self

    @model_validator(mode="after")
    def _rising(self) -> RasterLegend:
        breaks = [item.above for item in self.classes]
        if any(one is None for one in breaks[1:]):
            raise ValueError("only the first class of a raster may leave out 'above'")
        known = [one for one in breaks if one is not None]
        if any(low >= high for low, high in itertools.pairwise(known)):
            raise ValueError("the classes of a raster must rise in 'above'")
        return self


class RasterLayer(_Strict):
    """One layer file whose layer is a raster; keys that other layers have mean the same."""

    id: Name
    group: Group
    title: Words
    description: Words
    raster: RasterFile
    on_at_start: bool = False
    order: int = 100
    visible: Literal["public", "staff"] = "public"
    source: LayerSource
    policy: PolicyHooks = PolicyHooks()
    zoom: Zooms = Zooms()
    legend: RasterLegend

    @property
    def role(self) -> Role:
        """Lowest role that may see the layer at all."""
        return Role.parse(self.visible)
