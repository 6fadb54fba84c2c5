"""The dossier at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from geo_assen.settings import Settings
from tests.cli.running import run

Write = Callable[[str, str], Path]

SAMPLE = Settings().sample / "developments" / "assen-zuid.toml"
DAY = ("--as-of", "2026-11-01")


def test_a_complete_development_gives_a_page_and_nothing_else(
    sample: Path, tmp_path: Path
) -> None:
    page = tmp_path / "dossier.html"
    done = run("ladder", SAMPLE, *DAY, "--strict", "-o", page, "--store", sample)
    assert (done.code, done.out, done.err) == (0, b"", "")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert "Peildatum: 1 november 2026" in text
    done = run("ladder", SAMPLE, *DAY, "--lang", "en", "--store", sample)
    assert "As of: 1 November 2026" in done.text


def test_what_is_missing_goes_to_stderr_and_exits_with_1_when_strict(
    sample: Path, write: Write
) -> None:
    path = write("bare.toml", 'title = "Hall"\nuse = ["logistics"]\n')
    done = run("ladder", path, *DAY, "--json", "--lang", "en", "--store", sample)
    assert done.code == 0
    assert "geo-assen: need: The need is not described." in done.err
    document = json.loads(done.out)
    assert document["complete"] is False
    assert {gap["code"] for gap in document["missing"]} >= {"need", "place", "park_unanswered"}
    assert run("ladder", path, *DAY, "--strict", "--store", sample).code == 1


def test_evidence_can_be_asked_to_be_newer(sample: Path) -> None:
    done = run("ladder", SAMPLE, *DAY, "--years", 1, "--strict", "--store", sample)
    assert done.code == 1
    assert "too old" in done.err


def test_a_development_that_means_nothing_is_one_sentence(sample: Path, write: Write) -> None:
    path = write("wrong.toml", 'title = "Hall"\narea_m2 = -1\n')
    sentence = run("ladder", path, "--store", sample).sentence()
    assert "wrong.toml is no development for a dossier: area_m2: must be" in sentence
    path = write("unknown.toml", 'title = "Hall"\nuse = ["castle"]\n')
    assert "castle" in run("ladder", path, "--store", sample).sentence()
