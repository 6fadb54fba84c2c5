"""Changes of vacancy between two days: what came, what was filled, what stayed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.sites.columns import as_days, as_objects, numbers_of, text_of
from geo_assen.vacancy.measures import vacant_floor_m2
from geo_assen.vacancy.observation import VACANT_STATES

__all__ = ["CHANGES", "change_figures", "vacancy_changes"]

CHANGES = ("newly_vacant", "newly_filled", "still_vacant", "lost_sight", "left_stock")
"""What can become of a vacancy between two days."""

_SAID = {"state": "state", "class": "vacancy_class", "vacant_since": "vacant_since"}


def vacancy_changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Answer what became of the vacancy of one day by another day.

    Parameters
    ----------
    before, after
        Units in the stock on each day, by code: the columns of
        :func:`geo_assen.vacancy.vacancy_states` and ``floor_area_m2``.

    Returns
    -------
    One row, by ``code``, for each unit that is vacant on either day, in the order of
    ``CHANGES`` and then of code:

    - ``change``: ``newly_vacant`` (vacant after, and before not vacant, unknown or not in
      stock), ``newly_filled`` (occupied after), ``still_vacant``, ``lost_sight`` (unknown
      after), ``left_stock`` (no longer in stock).
    - ``state_before, class_before, vacant_since_before, vacant_m2_before`` and the same with
      ``_after``; None, and NaN for m², where the unit is not in stock on that day. The m²
      are also NaN where a vacant unit's floor is not known.
    - ``used_between``: still vacant, by a vacancy that began after the one before: it was
      used, or out of sight, in between.
    - ``floor_area_m2``: as after, as before where that is not known.
    """
    sides = {"before": before, "after": after}
    codes = as_objects(np.array(sorted(_vacant_codes(before) | _vacant_codes(after)), dtype=object))
    told = {name: _reindexed(side, codes) for name, side in sides.items()}
    columns: dict[str, Any] = {"change": _change(told["before"], told["after"])}
    for name, column in _SAID.items():
        for side, units in told.items():
            columns[f"{name}_{side}"] = as_objects(text_of(units[column]))
    since = [as_days(units["vacant_since"]) for units in told.values()]
    columns["used_between"] = (columns["change"] == "still_vacant") & (since[1] > since[0])
    floor = [numbers_of(units["floor_area_m2"]) for units in told.values()]
    columns["floor_area_m2"] = np.where(np.isnan(floor[1]), floor[0], floor[1])
    for side, units in told.items():
        in_stock = units["state"].notna()
        columns[f"vacant_m2_{side}"] = vacant_floor_m2(units).where(in_stock).to_numpy()
    columns["change"] = as_objects(columns["change"])
    found = pd.DataFrame(columns, index=codes.rename("code"))
    place = found["change"].map({name: at for at, name in enumerate(CHANGES)})
    return found.iloc[np.argsort(place.to_numpy(dtype=np.int64), kind="stable")]


def change_figures(changes: pd.DataFrame) -> pd.DataFrame:
    """Count changes, in units and in m².

    Parameters
    ----------
    changes
        As :func:`vacancy_changes` gives them.

    Returns
    -------
    Whole numbers by ``change``, a row for each of ``CHANGES``: ``units``, ``used_between``
    (units), ``floor_m2`` (all their floor), ``vacant_m2_before``, ``vacant_m2_after`` (what
    is not known counts as 0; their sums are the vacant floor of the two days) and
    ``unmeasured_units`` (vacant on a day on which their vacant floor is not known).
    """
    unmeasured = np.zeros(len(changes), dtype=bool)
    for side in ("before", "after"):
        vacant = changes[f"state_{side}"].isin(VACANT_STATES)
        unmeasured |= (vacant & changes[f"vacant_m2_{side}"].isna()).to_numpy()
    counted = pd.DataFrame(
        {
            "units": np.ones(len(changes)),
            "used_between": changes["used_between"],
            "floor_m2": changes["floor_area_m2"],
            "vacant_m2_before": changes["vacant_m2_before"],
            "vacant_m2_after": changes["vacant_m2_after"],
            "unmeasured_units": unmeasured,
        },
        index=changes.index,
        dtype=np.float64,
    )
    sums = counted.groupby(changes["change"].to_numpy(dtype=object)).sum()
    found = sums.reindex(list(CHANGES), fill_value=0).astype(np.int64)
    return found.set_axis(pd.Index(CHANGES, name="change", dtype=object))


def _vacant_codes(units: pd.DataFrame) -> set[str]:
    return set(units.index[units["state"].isin(VACANT_STATES)])


def _reindexed(units: pd.DataFrame, codes: pd.Index[str]) -> pd.DataFrame:
    columns = ["state", "vacancy_class", "vacant_since", "vacant_share", "floor_area_m2"]
    return pd.DataFrame(units[columns]).reindex(codes)


def _change(before: pd.DataFrame, after: pd.DataFrame) -> NDArray[np.object_]:
    was, now = (side["state"].isin(VACANT_STATES) for side in (before, after))
    cases = {
        "still_vacant": was & now,
        "newly_vacant": now,
        "left_stock": after["state"].isna(),
        "newly_filled": after["state"].eq("occupied"),
    }
    chosen = np.select([case.to_numpy() for case in cases.values()], list(cases), "lost_sight")
    changes: NDArray[np.object_] = chosen.astype(object)
    return changes
