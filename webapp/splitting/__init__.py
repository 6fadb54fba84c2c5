"""Splitting and merging of plots: staff plan it on a map, and then record it.

In: how a plot is to be divided, or what it is merged with, all of it in the address. Out: the
plan on the map and in a table, what comes with it, and, once it is recorded, the new plots.
"""

from webapp.splitting.views import blueprint

__all__ = ["blueprint"]
