"""Splitting and merging of plots, as geometry alone.

In: outlines, access sides and lines in EPSG:28992 (RD New), areas in whole m². Out: pieces
with their outline, area, frontage and depth, or :class:`~geo_assen.errors.SplitRefused`.
Invariant: pieces cover their parent, and their areas add up to its recorded area.
"""

from geo_assen.sites.splitting.merging import merge_outlines
from geo_assen.sites.splitting.pieces import Direction, Piece, SplitRules, split_along, split_off
from geo_assen.sites.splitting.sides import Side, access_side, sides_of

__all__ = [
    "Direction",
    "Piece",
    "Side",
    "SplitRules",
    "access_side",
    "merge_outlines",
    "sides_of",
    "split_along",
    "split_off",
]
