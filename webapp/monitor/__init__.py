"""Monitor at ``/monitor``: the figures of the economic agenda beside what is known here.

In: the reference date. Out: a report of the monitoring groups, the scores of the goals and the
matrix, and the figures as files. Nothing is entered here.
"""

from webapp.monitor.views import blueprint

__all__ = ["blueprint"]
