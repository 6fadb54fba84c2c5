"""Commuting: who comes to work here from where, who leaves to where, and how that changed.

In: the report of ``geo_assen.services`` for a year of a series. Out: one screen with curved
flows on the map, the table beside it, figures with the bounds of rounding, and the same as files.
"""

from webapp.commuting.views import blueprint

__all__ = ["blueprint"]
