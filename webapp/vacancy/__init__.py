"""Vacancy: what stands empty on a date, where, for how long, and what changed since.

In: the reports of ``geo_assen.services`` for a date, a state of knowledge and a part of the
stock. Out: one screen with map, date slider, charts and tables, and the same figures as files
and on paper. What is known of one of the premises, and what staff record, is told by
``webapp.review``.
"""

from webapp.vacancy.printing import paper
from webapp.vacancy.views import blueprint

__all__ = ["blueprint", "paper"]
