"""Measures of vacancy: how much stands empty, in units and in m², of how much.

A share is of all units or of all floor there is, those with an unknown state included:
what nobody looked at is not left out of the denominator. Where the state of nothing is known
there is no share: that nothing is known to be vacant does not make it 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import numbers_of
from geo_assen.vacancy.observation import VACANT_STATES

__all__ = [
    "NO_KEY", "SIZE_CLASSES", "size_class", "use_of", "vacancy_figures", "vacant_floor_m2",
    "without_large",
]  # fmt: skip

NO_KEY = "(none)"
"""Key of the group of units that have no value to be grouped by."""

SIZE_CLASSES = (
    "up_to_100", "100_to_250", "250_to_500", "500_to_1500", "from_1500", NO_KEY,
)  # fmt: skip
"""Classes of floor area in m²; each begins at its first number and stays under its second."""

_SIZE_EDGES_M2 = (100, 250, 500, 1500)
_ALL = "(all)"
_CLASSES = ("friction", "long", "structural")


def use_of(uses: pd.Series[Any]) -> pd.Series[str]:
    """One key for each set of uses: the only use, ``mixed`` for several, ``(none)`` for none."""
    places, found = pd.factorize(uses, use_na_sentinel=True)
    keys = [
        NO_KEY if not one else "mixed" if len(one) > 1 else str(next(iter(one))) for one in found
    ]
    return pd.Series(np.array([*keys, NO_KEY], dtype=object)[places], uses.index, dtype=object)


def size_class(floor_area_m2: pd.Series[Any]) -> pd.Series[str]:
    """Class of ``SIZE_CLASSES`` of each floor area; ``(none)`` where it is not known."""
    places = np.searchsorted(_SIZE_EDGES_M2, numbers_of(floor_area_m2), side="right")
    places = np.where(floor_area_m2.isna(), len(SIZE_CLASSES) - 1, places)
    named = np.array(SIZE_CLASSES, dtype=object)[places]
    return pd.Series(named, floor_area_m2.index, dtype=object)


def without_large(units: pd.DataFrame, large_m2: float) -> pd.DataFrame:
    """Units with less floor than that; those of unknown floor area stay in."""
    return units[~(numbers_of(units["floor_area_m2"]) >= large_m2)]


def vacant_floor_m2(units: pd.DataFrame) -> pd.Series[float]:
    """Vacant floor of each unit, in whole m², halves upwards.

    Parameters
    ----------
    units
        Columns ``state``, ``vacant_share`` and ``floor_area_m2``.

    Returns
    -------
    0 where nothing is known to be vacant; NaN where a unit is vacant or partly vacant and
    its floor area or its share is not known.
    """
    told = numbers_of(units["floor_area_m2"]) * numbers_of(units["vacant_share"])
    found = np.where(_is_vacant(units), _whole(told), 0.0)
    return pd.Series(found, units.index, name="vacant_floor_m2")


def vacancy_figures(units: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Answer how much stands empty, of how much, in units and in m².

    Every unit is in exactly one group, so that the groups add up to the whole.

    Parameters
    ----------
    units
        Columns of :func:`geo_assen.vacancy.vacancy_states` and ``floor_area_m2``.
    by
        Column whose values are the groups; None: one group of all.

    Returns
    -------
    By ``key``, in its order (``(all)``, or the value of the column, ``(none)`` where that is
    missing), whole numbers:

    - ``units, vacant_units``, and of those by class ``friction_units, long_units,
      structural_units``; ``partly_units`` are vacant ones too; ``unknown_units``.
    - ``floor_m2`` of all units, ``vacant_floor_m2``, and of that by class
      ``friction_floor_m2, long_floor_m2, structural_floor_m2``; ``unknown_floor_m2`` is all
      floor of the units of unknown state.
    - ``unmeasured_units``: units of unknown floor area; ``unmeasured_vacant_units``: vacant
      ones of which the vacant floor is not known. Both count as 0 m².

    And shares of 1, NaN where there is nothing to share or the state of nothing is known:
    ``vacant_units_share`` (of all units) and ``vacant_floor_share`` (of all floor).
    """
    counted = _counted(units)
    keys = pd.Series(_ALL, units.index, dtype=object) if by is None else _keys(units[by])
    sums = counted.groupby(keys.to_numpy(dtype=object)).sum()
    if by is None:
        sums = sums.reindex([_ALL], fill_value=0)
    figures = sums.astype(np.int64).set_axis(pd.Index(sums.index, name="key", dtype=object))
    return figures.assign(
        vacant_units_share=_share(figures, "vacant_units", "units", "unknown_units"),
        vacant_floor_share=_share(figures, "vacant_floor_m2", "floor_m2", "unknown_floor_m2"),
    )


def _counted(units: pd.DataFrame) -> pd.DataFrame:
    """What each unit adds to each figure."""
    floor = _whole(numbers_of(units["floor_area_m2"]))
    vacant, vacant_floor = _is_vacant(units), vacant_floor_m2(units).to_numpy()
    unknown = units["state"].eq("unknown").to_numpy()
    counted_floor, counted_vacant = np.nan_to_num(floor), np.nan_to_num(vacant_floor)
    of_class = {name: units["vacancy_class"].eq(name).to_numpy() for name in _CLASSES}
    return pd.DataFrame(
        {
            "units": np.ones(len(units)),
            "vacant_units": vacant,
            "floor_m2": counted_floor,
            "vacant_floor_m2": counted_vacant,
            **{f"{name}_units": chosen for name, chosen in of_class.items()},
            "unknown_units": unknown,
            "partly_units": units["state"].eq("partly").to_numpy(),
            **{f"{name}_floor_m2": chosen * counted_vacant for name, chosen in of_class.items()},
            "unknown_floor_m2": unknown * counted_floor,
            "unmeasured_units": np.isnan(floor),
            "unmeasured_vacant_units": np.isnan(vacant_floor),
        },
        dtype=np.float64,
    )


def _is_vacant(units: pd.DataFrame) -> NDArray[np.bool_]:
    return units["state"].isin(VACANT_STATES).to_numpy(dtype=bool)


def _whole(area_m2: NDArray[np.float64]) -> NDArray[np.float64]:
    # A tenth of a millionth m² is lost first: 100 x 0.145 is a little under 14.5 in floats.
    rounded: NDArray[np.float64] = np.floor(np.round(area_m2, 7) + 0.5)
    return rounded


def _keys(column: pd.Series[Any]) -> pd.Series[str]:
    named = column.astype(object).where(column.notna(), NO_KEY)
    return named.map(str).astype(object)


def _share(figures: pd.DataFrame, part: str, whole: str, unknown: str) -> NDArray[np.float64]:
    told, total, blank = (
        figures[name].to_numpy(dtype=np.float64) for name in (part, whole, unknown)
    )
    shares: NDArray[np.float64] = np.full(len(total), np.nan)
    np.divide(told, total, out=shares, where=blank < total)
    return shares
