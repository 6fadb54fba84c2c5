"""Sites: what can be offered. Plots and premises, side by side.

In: rows of plots, premises, offers, parks and places at a date. Out: :class:`Sites`, packed
column by column. Beside them, plots are split and merged as geometry alone.
"""

from geo_assen.sites.distances import edge_distances_m
from geo_assen.sites.frame import Sites, kind_of_field
from geo_assen.sites.packed import Coded, Column, Floats, Rows, coded_of
from geo_assen.sites.splitting import (
    Direction,
    Piece,
    Side,
    SplitRules,
    access_side,
    merge_outlines,
    sides_of,
    split_along,
    split_off,
)
from geo_assen.sites.stock import is_live
from geo_assen.sites.surfaces import FieldSource, Surfaces, Travel
from geo_assen.sites.view import Draft, build_sites

__all__ = [
    "Coded",
    "Column",
    "Direction",
    "Draft",
    "FieldSource",
    "Floats",
    "Piece",
    "Rows",
    "Side",
    "Sites",
    "SplitRules",
    "Surfaces",
    "Travel",
    "access_side",
    "build_sites",
    "coded_of",
    "edge_distances_m",
    "is_live",
    "kind_of_field",
    "merge_outlines",
    "sides_of",
    "split_along",
    "split_off",
]
