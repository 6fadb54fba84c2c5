"""Balances at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.running import run

Write = Callable[[str, str], Path]

HEADER = (
    "code;naam;peildatum;bruto (ha);netto (ha);reeds uitgegeven (ha);uitgifte in het jaar (ha)\n"
)
GOOD = "NW;Noordwijk;01-01-2023;20,0000;15,0000;5,0000;1,2500\n"
BAD = "OO;Oost;01-01-2023;20,0000;veel;5,0000;1,2500\n"


def test_export_writes_a_dutch_file_and_import_knows_it_again(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "ibis.csv"
    done = run("ibis", "export", "--year", 2022, "-o", path, "--store", copy)
    assert (done.code, done.out) == (0, b"")
    assert path.read_bytes().startswith("\ufeffcode;naam;type werklocatie;jaar;".encode())
    done = run("ibis", "import", path, "--store", copy)
    assert "6 rows read, 0 accepted, 0 refused, 6 unchanged" in done.text


def test_export_of_a_year_that_runs_says_so(sample: Path) -> None:
    done = run("ibis", "export", "--year", 2199, "--format", "csv", "--store", sample)
    assert done.code == 0
    assert "2199 is not over" in done.err


def test_a_format_that_is_none_is_wrong_usage(sample: Path) -> None:
    done = run("ibis", "export", "--year", 2022, "--format", "pdf", "--store", sample)
    assert done.code == 2
    assert "csv, csv-nl, xlsx" in done.err


def test_faults_are_told_with_file_row_column_value_and_what_to_do(
    copy: Path, write: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    path = write("in.csv", HEADER + GOOD + BAD)
    done = run("ibis", "import", path, "--report", report, "--store", copy)
    assert done.code == 0
    assert "in.csv, row 2, netto (ha) (veel): 'veel' is not a number. Write it like" in done.text
    (layer,) = json.loads(report.read_text())["layers"]
    assert (layer["accepted"], layer["quarantined"], layer["parks"]) == (1, 1, ["NW"])


def test_strict_writes_nothing_and_exits_with_1(copy: Path, write: Write) -> None:
    path = write("in.csv", HEADER + GOOD + BAD)
    done = run("ibis", "import", path, "--strict", "--json", "--store", copy)
    assert done.code == 1
    assert "1 rows have a fault; nothing was written" in done.err
    assert json.loads(done.out)["written"] is False
    done = run("ibis", "import", path, "--dry-run", "--store", copy)
    assert "1 accepted, 1 refused" in done.text


def test_a_refused_file_leaves_its_report_and_is_no_report_itself(
    copy: Path, write: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    path = write("in.csv", "a;b\n1;2\n")
    sentence = run("ibis", "import", path, "--report", report, "--store", copy).sentence()
    assert "no column" in sentence
    assert "no column" in json.loads(report.read_text())["refused"]
    assert "read already" in run(
        "ibis", "import", path, "--report", path, "--store", copy
    ).sentence()
    assert path.read_text() == "a;b\n1;2\n"
