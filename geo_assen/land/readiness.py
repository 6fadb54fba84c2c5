"""When a plot could be handed over: plan adopted, ground serviced, plot available."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo_assen.sites.columns import Days, as_days, as_objects, taken, text_of

__all__ = ["ALWAYS", "plan_days", "ready_days"]

ALWAYS = np.datetime64("0001-01-01", "D")
"""Stands for a condition that is met without anybody knowing since when."""

_PLANS_IN_FORCE = ("adopted", "irrevocable")


def ready_days(plots: pd.DataFrame, parks: pd.DataFrame | None) -> Days:
    """First day on which each plot could be handed over, or NaT where that is not known.

    The latest of three: the plan adopted, the ground serviced, the plot available. Ground
    that is serviced plot by plot says so itself, else the day of its park counts. A plot
    without a date of availability is available; a plan that is in force without a date
    counts as always in force.
    """
    serviced = _column_days(plots, "serviced_on")
    adopted = _column_days(plots, "plan_adopted_on")
    if parks is not None and len(parks):
        codes = as_objects(text_of(parks["code"]))
        at = codes.get_indexer(as_objects(text_of(plots["park"])))
        adopted = np.where(np.isnat(adopted), taken(plan_days(parks), at), adopted)
        of_park = taken(_column_days(parks, "serviced_on"), at)
        serviced = np.where(np.isnat(serviced), of_park, serviced)
    available = _column_days(plots, "available_from")
    # maximum keeps NaT (a condition not known to be met), fmax passes it over.
    ready: Days = np.fmax(np.maximum(adopted, serviced), available)
    return np.where(np.isnat(adopted) | np.isnat(serviced), np.datetime64("NaT", "D"), ready)


def plan_days(parks: pd.DataFrame) -> Days:
    """First day on which the plan of each park is in force, or NaT where that is not known.

    Adopted counts, irrevocable stands in where that day is missing; a plan that is in force
    without a date counts as always in force.
    """
    days = np.where(
        np.isnat(_column_days(parks, "plan_adopted_on")),
        _column_days(parks, "plan_irrevocable_on"),
        _column_days(parks, "plan_adopted_on"),
    )
    if "plan_status" in parks:
        in_force = parks["plan_status"].isin(_PLANS_IN_FORCE).to_numpy()
        days = np.where(np.isnat(days) & in_force, ALWAYS, days)
    return days


def _column_days(frame: pd.DataFrame, name: str) -> Days:
    if name in frame:
        return as_days(frame[name])
    return np.full(len(frame), "NaT", dtype="datetime64[D]")
