"""Leisure at ``/leisure``: who visits what, where visitors come from, what goes on in a year.

In: a date, an attraction, the parameters of the model and a year. Out: one screen with map,
chart, tables and calendar, the same as files, and the events as a calendar file.
"""

from webapp.leisure.views import blueprint

__all__ = ["blueprint"]
