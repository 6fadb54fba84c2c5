"""Land: what was issued, promised and is left, folded from dated events.

In: frames of plots, parks and land events. Out: the status of plots and the stock of parks
on a date, the uptake by year, and the faults that events have between them.
Invariant: net = issued + issuable, in whole m², for every park on every date.
"""

from geo_assen.land.backtest import Backtest, backtest
from geo_assen.land.beginnings import parks_begun
from geo_assen.land.development import Development, DevelopmentError
from geo_assen.land.events import KINDS, NEEDS_PLOT, PROMISES, REPLACING, effective_events
from geo_assen.land.fault import LedgerFault
from geo_assen.land.faults import ledger_faults, refuse_faults
from geo_assen.land.forecast import (
    FORECAST_METHOD_VERSION,
    METHODS,
    Forecast,
    History,
    ReplacementDemand,
    Scenarios,
    forecast,
    history_of,
    replacement_demand,
    scenarios,
)
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
)

__all__ = [
    "FORECAST_METHOD_VERSION", "KINDS", "METHODS", "NEEDS_PLOT", "PROMISES", "REPLACING",
    "SIZE_CLASSES", "UNKNOWN_SECTOR", "UPTAKE_BY", "Backtest", "Development",
    "DevelopmentError", "Forecast", "Gap", "History", "IronStock", "LadderDossier",
    "LedgerFault", "MeanUptake", "ReplacementDemand", "Scenarios", "UptakeBy",
    "YearsOfSupply", "backtest", "effective_events", "forecast", "history_of",
    "iron_stock", "ledger_faults", "mean_uptake", "missing", "park_stock", "parks_begun",
    "plot_states", "refuse_faults", "replacement_demand", "running_promises", "scenarios",
    "uptake_by", "uptake_by_year", "uptake_rows", "yearly_uptake", "years_of_supply",
]  # fmt: skip
