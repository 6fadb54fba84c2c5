"""Uptake: land by status on a map, its stock and pace, and the events that staff record.

In: the reports of ``geo_assen.services`` for a date and a state of knowledge. Out: one screen
with map, date slider, charts and tables, the same figures as files, and the form of the ledger.
"""

from webapp.land.views import blueprint

__all__ = ["blueprint"]
