"""Sites: what can be offered. Plots and premises, side by side in one frame.

In: frames of plots, premises, offers, parks and places at a date. Out: :class:`Sites`.
"""

from geo_assen.sites.frame import Sites
from geo_assen.sites.view import build_sites

__all__ = ["Sites", "build_sites"]
