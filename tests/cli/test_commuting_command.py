"""The command ``commuting``: figures with their bounds, as JSON and in words."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.running import run


def test_commuting_tells_the_figures_of_a_year_as_json(sample: Path):
    done = run("commuting", "--year", 2016, "--json", "--store", sample)
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert [document[name] for name in ("series", "year", "area")] == [
        "cbs-2016-17", 2016, "GM0106",
    ]  # fmt: skip
    # the matrix leaves small pairs out: what is added up is a lower bound, and net has none
    assert document["net_jobs"] == {"value": 6589, "low": None, "high": None}
    assert document["in_jobs"] == {"value": 17065, "low": 17065, "high": None}
    assert document["contained_jobs_share"]["low"] is None
    assert document["live_and_work_jobs"]["high"] == 11230


def test_commuting_in_words_takes_merged_municipalities_together(sample: Path):
    done = run("commuting", "--boundaries", 2021, "--store", sample)
    assert "17,065" in done.text
    assert "Westerkwartier" in done.text
    assert "Haren" not in done.text


def test_commuting_of_a_year_that_is_not_stored_is_refused_with_those_that_are(sample: Path):
    assert "cbs-2016-17 2016" in run("commuting", "--year", 1990, "--store", sample).sentence()
    elsewhere = run("commuting", "--area", "GM9999", "--store", sample).sentence()
    assert "No commuter flows of GM9999 are stored. There are flows of GM0106, " in elsewhere


def test_modelled_flows_are_told_apart_and_say_why_there_are_none(sample: Path):
    done = run("commuting", "--year", 2016, "--modelled", "--json", "--store", sample)
    modelled = json.loads(done.out)["modelled"]
    assert (modelled["cells"], modelled["beta"], modelled["nothing"]) == ([], None, "too_few")
    assert modelled["left_out"]["GM0014"] == "no_totals"
    done = run("commuting", "--modelled", "--store", sample)
    assert "Nothing is modelled: fewer than two municipalities" in done.text
