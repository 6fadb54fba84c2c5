"""Land: what was issued, promised and is left, folded from dated events.

In: frames of plots, parks and land events. Out: the status of plots and the stock of parks
on a date, the uptake by year, and the faults that events have between them.
Invariant: net = issued + issuable, in whole m², for every park on every date.
"""

from geo_assen.land.events import effective_events
from geo_assen.land.fault import LedgerFault
from geo_assen.land.faults import check_ledger, ledger_faults
from geo_assen.land.ledger import park_stock, plot_states
from geo_assen.land.uptake import (
    SIZE_CLASSES,
    UNKNOWN_SECTOR,
    UPTAKE_BY,
    UptakeBy,
    uptake_by,
    uptake_by_year,
    uptake_rows,
)

__all__ = [
    "SIZE_CLASSES", "UNKNOWN_SECTOR", "UPTAKE_BY", "LedgerFault", "UptakeBy", "check_ledger",
    "effective_events", "ledger_faults", "park_stock", "plot_states", "uptake_by",
    "uptake_by_year", "uptake_rows",
]  # fmt: skip
