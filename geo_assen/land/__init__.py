"""Land: what was issued, promised and is left, folded from dated events.

In: frames of plots, parks and land events. Out: the status of plots and the stock of parks
on a date, the uptake by year, and the faults that events have between them. Forecasts and
their bench stand in modules of their own, ``land.forecast`` and ``land.backtest``.
Invariant: net = issued + issuable, in whole m², for every park on every date.
"""

from geo_assen.land.beginnings import parks_begun
from geo_assen.land.development import Development, DevelopmentError
from geo_assen.land.events import (
    KINDS,
    NEEDS_PLOT,
    PROMISES,
    REPLACING,
    effective_events,
    event_parks,
)
from geo_assen.land.fault import LedgerFault
from geo_assen.land.faults import ledger_faults, refuse_faults
from geo_assen.land.ladder import Gap, LadderDossier, missing
from geo_assen.land.ledger import park_stock, plot_states
from geo_assen.land.promises import running_promises
from geo_assen.land.supply import (
    IronStock,
    MeanUptake,
    YearsOfSupply,
    iron_stock,
    mean_uptake,
    yearly_uptake,
    years_of_supply,
)
from geo_assen.land.uptake import (
    SIZE_CLASSES,
    UNKNOWN_SECTOR,
    UPTAKE_BY,
    UptakeBy,
    uptake_by,
    uptake_by_year,
    uptake_rows,
    withdrawal_rows,
)

__all__ = [
    "KINDS", "NEEDS_PLOT", "PROMISES", "REPLACING", "SIZE_CLASSES",
    "UNKNOWN_SECTOR", "UPTAKE_BY", "Development", "DevelopmentError", "Gap", "IronStock",
    "LadderDossier", "LedgerFault", "MeanUptake", "UptakeBy", "YearsOfSupply",
    "effective_events", "event_parks", "iron_stock", "ledger_faults", "mean_uptake", "missing",
    "park_stock", "parks_begun", "plot_states", "refuse_faults", "running_promises",
    "uptake_by", "uptake_by_year", "uptake_rows", "withdrawal_rows", "yearly_uptake",
    "years_of_supply",
]  # fmt: skip
