"""Which premises are in the stock on a date: built, and not yet demolished, merged or withdrawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_day, as_days

__all__ = ["is_live"]


def is_live(premises: pd.DataFrame, as_of: date) -> NDArray[np.bool_]:
    """Answer which premises are in the stock at the end of a day.

    Parameters
    ----------
    premises
        Rows of ``premises``. ``live_from`` is the first day in the stock (None: always was),
        ``gone_on`` the first day after it (None: still there).

    Returns
    -------
    One flag a row.
    """
    day = as_day(as_of)
    begins, ends = as_days(premises["live_from"]), as_days(premises["gone_on"])
    # a missing day is before and after nothing
    return ~(begins > day) & ~(ends <= day)
