"""Uptake written as numbers, and uptake drawn at random, for the tests of the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_assen.land.forecast import History, history_of

FIRST_YEAR = 2001


def rows_of(*years: int | tuple[int, ...]) -> pd.DataFrame:
    """Rows of uptake: for each year from 2001 on one deal, or several, or () for none."""
    deals = [
        (FIRST_YEAR + number, size)
        for number, year in enumerate(years)
        for size in (year if isinstance(year, tuple) else (year,))
    ]
    return pd.DataFrame(deals, columns=["year", "uptake_m2"]).astype("int64")


def past_of(*years: int | tuple[int, ...]) -> History:
    """History of those years."""
    return history_of(rows_of(*years), FIRST_YEAR, FIRST_YEAR + len(years) - 1)


def drawn(years: int, chance: np.random.Generator, deals_a_year: float = 4.0) -> History:
    """History with Poisson numbers of deals and lognormal sizes, around 9,000 m²."""
    numbers = chance.poisson(deals_a_year, years)
    sizes = [tuple(np.maximum(chance.lognormal(8.7, 0.9, n), 1).astype(int)) for n in numbers]
    return past_of(*sizes)
