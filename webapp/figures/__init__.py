"""Figures of a page: charts, tables of numbers, and the slider that replays their dates.

In: plain numbers and dates, with the words a page has for them. Out: shapes and cells that
``templates/macros/charts.html`` and ``macros/replay.html`` write down. No page and no service
is known here, so that every blueprint with figures can use it.
"""

from webapp.figures import charts
from webapp.figures.figure import Figure, Key
from webapp.figures.replay import Replay, replay_of
from webapp.figures.table import Column, Table, ha, shown

__all__ = [
    "Column",
    "Figure",
    "Key",
    "Replay",
    "Table",
    "charts",
    "ha",
    "replay_of",
    "shown",
]
