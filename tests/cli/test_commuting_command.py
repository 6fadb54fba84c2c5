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
    assert document["net_jobs"] == {"value": 6589, "low": 6589, "high": 6589}


def test_commuting_in_words_takes_merged_municipalities_together(sample: Path):
    done = run("commuting", "--boundaries", 2021, "--store", sample)
    assert "17,065" in done.text
    assert "Westerkwartier" in done.text
    assert "Haren" not in done.text


def test_commuting_of_a_year_that_is_not_stored_is_refused_with_those_that_are(sample: Path):
    assert "cbs-2016-17 2016" in run("commuting", "--year", 1990, "--store", sample).sentence()


def test_modelled_flows_are_told_apart_and_say_why_there_are_none(sample: Path):
    done = run("commuting", "--year", 2016, "--modelled", "--json", "--store", sample)
    modelled = json.loads(done.out)["modelled"]
    assert (modelled["cells"], modelled["beta"], modelled["nothing"]) == ([], None, "too_few")
    assert modelled["left_out"]["GM0014"] == "no_totals"
    done = run("commuting", "--modelled", "--store", sample)
    assert "Nothing is modelled: fewer than two municipalities" in done.text
