"""Files and options that mean harm: one sentence, the report, the store as it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import COMMAND, Done, environment, run

Write = Callable[[str, str], Path]
SQUARE = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556100, 233000 556000))"
CSV = f'code,park,area_m2,wkt_rd\nA1,MV,10000,"{SQUARE}"\n'


def state(path: Path) -> list[object]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = ("plot", "import_batch", "quarantined_row", "attribute_history", "source")
        counts = [
            connection.execute(f"SELECT count(*) FROM {name}").fetchone()  # noqa: S608
            for name in tables
        ]
        version = connection.execute("SELECT store_version FROM store_state").fetchone()
        return [*counts, version]


@pytest.fixture
def refused(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Done]:
    """Import that must be refused, with its report written and nothing else left behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    report = tmp_path / "refused.json"

    def attempt(*arguments: object, layer: str = "plots") -> Done:
        before = state(copy)
        done = run("import", layer, *arguments, "--report", report, "--store", copy)
        done.sentence()
        assert json.loads(report.read_text())["refused"]
        assert state(copy) == before
        assert list(temporary.iterdir()) == []
        return done

    return attempt


def test_store_is_not_imported_into_itself(copy: Path, tmp_path: Path, refused) -> None:
    link, twin = tmp_path / "link.gpkg", tmp_path / "twin.gpkg"
    link.symlink_to(copy)
    os.link(copy, twin)
    for path in (copy, link, twin):
        assert "this is the store itself" in refused(path, "--only", "plot").err
    shutil.copy(copy, tmp_path / "other.gpkg")
    done = run("import", "plots", tmp_path / "other.gpkg", "--only", "plot", "--store", copy)
    assert done.code == 0, done.err


@pytest.mark.parametrize("option", ["--report", "--save-map"])
def test_file_that_is_read_is_not_written_over(copy: Path, write: Write, option: str) -> None:
    path = write("a.csv", CSV)
    said = run("import", "plots", path, option, path, "--store", copy).sentence()
    assert "name another" in said
    assert path.read_text() == CSV


@pytest.mark.parametrize("option", ["--report", "--save-map"])
@pytest.mark.parametrize("ending", ["", "-wal"])
def test_store_is_not_written_over(copy: Path, write: Write, option: str, ending: str) -> None:
    before = state(copy)
    place = Path(f"{copy}{ending}")
    said = run("import", "plots", write("a.csv", CSV), option, place, "--store", copy).sentence()
    assert "this is the store" in said
    assert state(copy) == before


def test_mapping_that_was_kept_survives_a_refused_import(
    tmp_path: Path, write: Write, refused
) -> None:
    kept = write("map.toml", '[columns]\ncode = "code"\n')
    refused(tmp_path / "none.csv", "--save-map", kept)
    assert kept.read_text() == '[columns]\ncode = "code"\n'
    folder = refused(write("a.csv", CSV), "--save-map", tmp_path).err
    assert "cannot be written (Is a directory)" in folder


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path, refused) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "device or a pipe" in refused(pipe).err


def test_name_that_is_no_text_is_told_and_kept(copy: Path, tmp_path: Path, refused) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.csv"))
    refused(path)
    path.write_text(CSV)
    done = run("import", "plots", path, "--json", "--store", copy)
    assert done.code == 0, done.err
    assert json.loads(done.out)["file"] == "a\ufffd.csv"
    broken = tmp_path / "two\nlines.geojson"
    broken.write_text("{")
    assert "two\ufffdlines.geojson" in refused(broken).err


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_import_that_is_stopped_leaves_nothing(
    copy: Path, tmp_path: Path, order: signal.Signals
) -> None:
    before, temporary, report = state(copy), tmp_path / "temporary", tmp_path / "report.json"
    temporary.mkdir()
    path = tmp_path / "many.csv"
    path.write_text("code,park,area_m2,wkt_rd\n" + f'A1,MV,10000,"{SQUARE}"\n' * 400_000)
    process = subprocess.Popen(
        [*COMMAND, "import", "plots", path, "--report", report, "--store", copy],
        env=environment() | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    while not list(temporary.glob("geo-assen-*")):  # its workspace: the reading has begun
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.fail(f"ended before it was stopped: {process.wait(timeout=0.02)}")
    process.send_signal(order)
    out, err = process.communicate(timeout=50)
    assert (process.returncode, out) == (1, "")
    assert err == "geo-assen: The import was cancelled; the store is as it was.\n"
    assert json.loads(report.read_text())["refused"]
    assert state(copy) == before
    assert list(temporary.iterdir()) == []
