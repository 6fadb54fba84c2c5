"""Monitor: the figures of the economic agenda, and what of the agenda is served here.

In: the frame of indicators and the definitions of the layers. Out: indicators with their
reference areas, pairs of SDG scores, the matrix of pillars and themes. Invariant: a difference
stands only between figures of the same unit, year and definition.
"""

from geo_assen.monitor.indicators import (
    Indicator,
    StatedFigure,
    agenda_commuting,
    indicators_of,
    stated_figures,
)
from geo_assen.monitor.policy import (
    GROUPS,
    PILLARS,
    THEMES,
    MatrixCell,
    PolicyPart,
    group_layers,
    policy_matrix,
)
from geo_assen.monitor.reference import Difference, Reference, compared
from geo_assen.monitor.sdg import COUNTRY, SDG_UNIT, SdgPair, sdg_pairs

__all__ = [
    "COUNTRY",
    "GROUPS",
    "PILLARS",
    "SDG_UNIT",
    "THEMES",
    "Difference",
    "Indicator",
    "MatrixCell",
    "PolicyPart",
    "Reference",
    "SdgPair",
    "StatedFigure",
    "agenda_commuting",
    "compared",
    "group_layers",
    "indicators_of",
    "policy_matrix",
    "sdg_pairs",
    "stated_figures",
]
