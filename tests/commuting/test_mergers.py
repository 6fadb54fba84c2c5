"""Flows on the municipalities of another year, and where series break."""

from __future__ import annotations

import csv

import pandas as pd
import pytest

from geo_assen.commuting import (
    Break,
    Merger,
    breaks_between,
    merged_flows,
    related,
    series_named,
    series_of,
    successors,
    unmergeable,
)
from geo_assen.settings import PROJECT_FOLDER

MERGERS = (
    Merger(2018, "A", "B"), Merger(2019, "B", "C"), Merger(2019, "D", "C"),
    Merger(2019, "S", "C", is_whole=False), Merger(2019, "S", "E", is_whole=False),
)  # fmt: skip


def flows(*rows: tuple[str, str, int], totals: tuple[int | None, ...] = ()) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["home_code", "work_code", "jobs"])
    told = [*totals, *[None] * (len(rows) - len(totals))]
    return frame.assign(
        series="s", year=2016, jobs_low=frame["jobs"] - 1, jobs_high=frame["jobs"] + 1,
        source_code="x", total_jobs=told, total_jobs_low=told, total_jobs_high=told,
    )  # fmt: skip


def test_several_steps_are_one_and_a_split_is_none():
    assert successors(MERGERS, 2016, 2021) == {"A": "C", "B": "C", "D": "C"}
    assert successors(MERGERS, 2018, 2021) == {"B": "C", "D": "C"}
    assert successors(MERGERS, 2016, 2018) == {"A": "B"}
    assert unmergeable(MERGERS, 2016, 2021) == ("S",)
    assert unmergeable(MERGERS, 2019, 2021) == ()


def test_list_of_mergers_leaves_as_many_municipalities_as_there_are():
    # Municipalities on 1 January, CBS: Gemeentelijke indelingen per jaar.
    published = {2014: 403, 2015: 393, 2016: 390, 2017: 388, 2018: 380, 2019: 355, 2020: 355,
                 2021: 352, 2022: 345, 2023: 342}  # fmt: skip
    path = PROJECT_FOLDER / "data" / "municipal_mergers.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    gone: set[str] = set()
    for year in range(2015, 2024):
        now = [row for row in rows if row["year"] == str(year)]
        old, new = {row["old_code"] for row in now}, {row["new_code"] for row in now}
        assert not new & (gone | old), "nothing goes on in what is gone"
        # a new one has a code above all that were given out before: 1930 and higher since 2015
        made = {code for code in new if int(code[2:]) >= 1930}
        assert len(made) - len(old) == published[year] - published[year - 1], year
        gone |= old
    names = {(row[f"{side}_code"], row[f"{side}_name"]) for row in rows for side in ("old", "new")}
    assert len({code for code, _name in names}) == len(names), "one name a code"


def test_flows_are_summed_and_those_between_become_flows_inside():
    told = merged_flows(
        flows(("A", "Z", 5), ("D", "Z", 7), ("A", "D", 2), ("D", "D", 3), ("Z", "Z", 9)),
        successors(MERGERS, 2016, 2021),
    ).set_index(["home_code", "work_code"])
    assert told["jobs"].to_dict() == {("C", "Z"): 12, ("C", "C"): 5, ("Z", "Z"): 9}
    assert told.loc[("C", "Z"), ["jobs_low", "jobs_high"]].tolist() == [10, 14]
    assert told["jobs"].sum() == 26


def test_total_is_there_where_all_parts_have_one():
    rows = (("A", "OTHER", 5), ("B", "OTHER", 7))
    after = successors(MERGERS, 2016, 2021)
    assert merged_flows(flows(*rows, totals=(50, 70)), after)["total_jobs"].tolist() == [120]
    assert merged_flows(flows(*rows, totals=(50,)), after)["total_jobs"].isna().all()


@pytest.mark.parametrize(
    ("name", "series"),
    [("85481NED_UntypedDataSet_01122026", "cbs-85481ned"), ("83628ned", "cbs-83628ned"),
     ("pendel", None)],
)  # fmt: skip
def test_series_is_told_by_the_name_of_its_table(name, series):
    assert series_named(name) == series


def test_series_is_told_by_its_year():
    assert [series_of(year) for year in (1999, 2013, 2014, 2020, 2021, 2030)] == [
        None, "cbs-81251ned", "cbs-83628ned", "cbs-83628ned", "cbs-85481ned", "cbs-85481ned",
    ]  # fmt: skip


def test_tables_of_one_family_break_where_the_method_changed():
    old, new = "cbs-83628ned", "cbs-85481ned"
    points = [(new, 2022), (old, 2019), (old, 2020), (new, 2021), ("cbs-81251ned", 2013)]
    assert breaks_between(points) == (
        Break(2013, 2019, "road_distance"), Break(2020, 2021, "new_method"),
    )  # fmt: skip


def test_other_source_shares_no_chart_with_the_tables():
    there = ["cbs-2016-17", "cbs-83628ned", "cbs-85481ned"]
    assert related("cbs-85481ned", there) == ("cbs-83628ned", "cbs-85481ned")
    assert related("cbs-2016-17", there) == ("cbs-2016-17",)
