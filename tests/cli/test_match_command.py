"""Ranking many at once, the other way round, and the register, on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from geo_assen import Requirement
from geo_assen.settings import PROJECT_FOLDER
from tests.cli.running import Done, run

Write = Callable[[str, str], Path]
FOLDER = PROJECT_FOLDER / "data" / "assen" / "requirements"
FILES = sorted(FOLDER.glob("*.toml"), key=lambda path: str(Requirement.load(path).code))
DAY = ("--as-of", "2026-11-01")
MIXED = """
[[requirement]]
title = "Kantoor"
use = ["office"]
[[requirement]]
title = "Geen getal"
[[requirement.constraint]]
field = "area_m2"
min = nan
[[requirement]]
code = "Z-3"
[[requirement.constraint]]
field = "area_m2"
min = 1
[[requirement.constraint]]
field = "max_env_category"
at_least = "4.5"
[[requirement]]
title = "Zorg"
use = ["care"]
"""


def lines(done: Done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.text.splitlines()]


@pytest.fixture(scope="module")
def ranked(sample: Path) -> Done:
    """All requirements of the sample, ranked."""
    done = run("match", "--all", *DAY, "--json", "--store", sample)
    assert (done.code, done.err) == (0, "")
    return done


def test_all_open_requirements_are_ranked_one_a_line(sample: Path) -> None:
    done = run("match", "--all", *DAY, "--top", "7", "--json", "--store", sample)
    assert (done.code, done.err) == (0, "")
    documents = lines(done)
    assert [document["requirement"] for document in documents] == [
        f"R-{number:02d}" for number in range(1, 11)
    ]
    for document in documents:
        alone = run(
            "match", document["requirement"], *DAY, "--top", "7", "--json", "--store", sample
        )
        single = json.loads(alone.text)
        single.pop("release", None)
        assert document == single


def test_closed_requirements_are_left_out(copy: Path) -> None:
    assert run("requirement", "stage", "R-05", "settled", "--store", copy).code == 0
    done = run("match", "--all", *DAY, "--json", "--store", copy)
    assert "R-05" not in {document["requirement"] for document in lines(done)}
    assert len(lines(done)) == 9


def test_table_of_many_has_a_line_each_with_the_best_sites(sample: Path, ranked: Done) -> None:
    documents = lines(ranked)
    table = run("match", "--all", *DAY, "--store", sample).text.splitlines()
    assert table[0] == "As of 2026-11-01"
    for row, document in zip(table[2:], documents, strict=True):
        counts = document["counts"]
        best = [r["id"] for r in document["results"][:3] if r["verdict"] != "fail"]
        assert row.startswith(f"{document['requirement']} ")
        assert str(document["title"]) in row
        assert row.rstrip().endswith(", ".join(best) or "none")
        told = row.split(str(document["title"]))[1].split()
        assert told[:2] == [str(counts["pass"]), str(counts["unknown"])]


@pytest.mark.parametrize("form", ["toml", "key", "list"])
def test_file_of_many_is_ranked_like_its_parts(
    sample: Path, ranked: Done, write: Write, form: str
) -> None:
    asked = [Requirement.load(file) for file in FILES]
    documents = [requirement.to_document() for requirement in asked]
    text, name = json.dumps(documents), "many.json"
    if form == "key":
        text = json.dumps({"requirement": documents})
    if form == "toml":
        name, text = "many.toml", ""
        for requirement in asked:
            part = requirement.to_toml()
            for section in ("constraint", "criterion"):
                part = part.replace(f"[[{section}]]", f"[[requirement.{section}]]")
            text += f"[[requirement]]\n{part}\n"
    done = run("match", write(name, text), *DAY, "--json", "--store", sample)
    assert (done.code, done.err) == (0, "")
    assert done.out == ranked.out


def test_wrong_ones_are_named_by_their_place_and_the_others_are_ranked(
    sample: Path, write: Write
) -> None:
    path = write("many.toml", MIXED)
    done = run("match", path, *DAY, "--json", "--store", sample)
    assert done.code == 1
    assert [document["title"] for document in lines(done)] == ["Kantoor", "Zorg"]
    told = done.err.splitlines()
    assert told == [
        f"geo-assen: {path}, requirement 2 (Geen getal), cannot be matched: "
        "constraint 1 (area_m2): min must be a finite number.",
        f"geo-assen: {path}, requirement 3 (Z-3), cannot be matched: constraint 2 "
        "(max_env_category): at_least must be one of 1, 2, 3.1, 3.2, 4.1, 4.2, 5.1, 5.2, 5.3, 6, "
        "not 4.5.",
        "geo-assen: 2 of 4 requirements were not ranked.",
    ]
    table = run("match", path, *DAY, "--store", sample)
    assert (table.code, table.err.splitlines()) == (1, told)
    assert "Zorg" in table.text


def test_many_go_to_a_file(sample: Path, ranked: Done, tmp_path: Path) -> None:
    target = tmp_path / "all.jsonl"
    done = run("match", "--all", *DAY, "--json", "-o", target, "--store", sample)
    assert (done.code, done.out) == (0, b"")
    assert target.read_bytes() == ranked.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("requirement = []", "requirement: the list is empty"),
        ("as_of = 2026-01-01\n[[requirement]]\ntitle='a'", "unknown key 'as_of' beside a list"),
        ("[[requirement]", "not valid TOML"),
    ],
)
def test_file_of_many_that_says_nothing_is_refused(
    sample: Path, write: Write, text: str, said: str
) -> None:
    done = run("match", write("many.toml", text), "--store", sample)
    assert said in done.sentence()


def test_geojson_of_many_is_refused_with_what_to_do(sample: Path, write: Write) -> None:
    for asked in ("--all", write("many.toml", MIXED)):
        done = run("match", asked, "--format", "geojson", "--store", sample)
        assert (done.code, done.out) == (2, b"")
        assert "--format json" in done.err


@pytest.mark.parametrize("arguments", [
    [], ["--all", "R-01"], ["--site", "plot:P-MV-042", "--all"], ["R-01", "--site", "plot:x"],
    ["--site", "plot:P-MV-042", "--format", "geojson"],
])  # fmt: skip
def test_match_is_asked_in_one_way_at_a_time(sample: Path, arguments: list[str]) -> None:
    done = run("match", *arguments, "--store", sample)
    assert (done.code, done.out) == (2, b"")
    assert "Usage: geo-assen match" in done.err


def test_all_of_an_empty_register_is_nothing(sqlite_template: Path) -> None:
    done = run("match", "--all", "--json", "--store", sqlite_template)
    assert (done.code, done.out, done.err) == (0, b"", "")


# The other way round --------------------------------------------------------------------


def test_site_names_the_requirements_that_it_fits(sample: Path) -> None:
    documents = lines(run("match", "--all", *DAY, "--top", "1000", "--json", "--store", sample))
    wanted = {
        (document["requirement"], result["score"])
        for document in documents
        for result in document["results"]
        if result["id"] == "plot:P-MV-042" and result["verdict"] != "fail"
    }
    done = run("match", "--site", "plot:P-MV-042", *DAY, "--json", "--store", sample)
    answer = json.loads(done.text)
    assert {(fit["code"], fit["score"]) for fit in answer["requirements"]} == wanted
    assert wanted
    assert answer["site"] == "plot:P-MV-042"
    assert {"title", "verdict", "constraints", "criteria", "reason"} <= answer["requirements"][
        0
    ].keys()
    table = run("match", "--site", "plot:P-MV-042", *DAY, "--store", sample).text
    assert all(code in table for code, _ in wanted)


def test_site_that_does_not_exist_is_refused(sample: Path) -> None:
    assert "plot:nowhere" in run("match", "--site", "plot:nowhere", "--store", sample).sentence()
    assert "plot:<code>" in run("match", "--site", "P-MV-042", "--store", sample).sentence()


# A relocation ---------------------------------------------------------------------------


def test_relocation_tells_what_comes_free(sample: Path) -> None:
    told = run("match", "R-10", *DAY, "--store", sample).text
    assert "Comes free after the move, about 2028-01-01: premises:W-0323" in told
    document = json.loads(run("match", "R-10", *DAY, "--json", "--store", sample).text)
    assert document["release"]["id"] == "premises:W-0323"
    assert "fitting" not in document["release"]
    assert "release" not in json.loads(run("match", "R-01", "--json", "--store", sample).text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('kind = "relocate"\npresent_site = "premises:none"', "present_site: must be a site that"),
        ('present_site = "premises:W-0323"', "present_site: belongs to kind"),
        ('kind = "grow"\npresent_site = "Havenkade"', "present_site: must be plot:<code>"),
        ('kind = "move"', "kind: must be new, grow or relocate"),
        ("as_of = 0001-01-01", "as_of: must lie between 1900 and 2100"),
        ("needed_by = 9999-12-31", "needed_by: must lie between 1900 and 2100"),
        ("[[requirement]]\n[[requirement]]\n[[requirement.constraint]]", "requirement 2"),
    ],
)
def test_circumstances_that_cannot_be_are_named(
    sample: Path, write: Write, text: str, said: str
) -> None:
    done = run("match", write("need.toml", text), "--store", sample)
    assert done.code == 1
    assert said in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("needed_by = 2020-03-01", "The day on which the site is needed, 1 March 2020, has passed"),
        ('kind = "relocate"', "A relocation without its present site"),
        ('[[criterion]]\nfield = "area_m2"\nweight = 0\ncurve = { larger = [1, 2] }',
         "All wishes have weight 0"),
        ('[[constraint]]\nfield = "available_from"\nmax = 2020-01-01', "1 January 2020 at the"),
        ('[[constraint]]\nfield = "area_m2"\nmin = 9\n[[constraint]]\nfield = "area_m2"\nmax = 8',
         "No site can meet both constraint 1 and constraint 2."),
        ('[[constraint]]\nfield = "area_m2"\nmin = 9\n[[constraint]]\nfield = "area_m2"\nmin = 9',
         "Constraint 2 says the same as 1"),
    ],
)  # fmt: skip
def test_what_may_have_been_overlooked_is_told_beside_the_answer(
    sample: Path, write: Write, text: str, said: str
) -> None:
    done = run("match", write("need.toml", text), "--json", *DAY, "--store", sample)
    assert done.code == 0
    assert said in done.err
    assert json.loads(done.text)["results"] or "both" in said or "latest" in done.err


# The register ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def register(sample: Path) -> bytes:
    """What is listed of the sample, and so of a copy that stayed as it was."""
    return run("requirements", "--json", *DAY, "--store", sample).out


def test_register_is_listed(sample: Path, register: bytes, ranked: Done) -> None:
    rows = json.loads(register)
    assert [(r["code"], r["pass"], r["unknown"]) for r in rows] == [
        (d["requirement"], d["counts"]["pass"], d["counts"]["unknown"]) for d in lines(ranked)
    ]
    table = run("requirements", "--stage", "talking", *DAY, "--store", sample).text
    talking = {row["code"] for row in rows if row["stage"] == "talking"}
    assert {line.split()[0] for line in table.splitlines()[1:]} == talking
    assert "party" not in json.dumps(rows)


def test_empty_register_says_how_it_is_filled(sqlite_template: Path) -> None:
    done = run("requirements", "--store", sqlite_template)
    assert (done.code, done.out) == (0, b"")
    assert "geo-assen requirement add" in done.err
    assert run("requirements", "--json", "--store", sqlite_template).text == "[]\n"


def test_file_is_recorded_shown_and_moved_on(copy: Path, write: Write) -> None:
    path = write("need.toml", 'title = "Praktijk"\nuse = ["care"]\n')
    assert run("requirement", "add", path, "--store", copy).text == "R-11\n"
    named = run("requirement", "add", path, "--code", "zorg-2", "--store", copy)
    assert (named.code, named.text) == (0, "zorg-2\n")
    moved = run("requirement", "stage", "zorg-2", "talking", "--store", copy)
    assert (moved.code, moved.err) == (0, "zorg-2: open -> talking.\n")
    shown = write("shown.toml", run("requirement", "show", "zorg-2", "--store", copy).text)
    asked = Requirement.load(shown)
    assert (asked.code, asked.stage, asked.use) == ("zorg-2", "talking", ("care",))
    newer = write("newer.toml", 'title = "Praktijk"\nuse = ["care"]\njobs = 12\n')
    assert run("requirement", "update", "zorg-2", newer, "--store", copy).code == 0
    told = json.loads(run("requirement", "show", "zorg-2", "--json", "--store", copy).text)
    assert told["jobs"] == 12
    assert run("match", "zorg-2", "--store", copy).code == 0


REFUSED = (
    (("stage", "R-01", "won"), "stage: must be one of open, talking, settled, closed"),
    (("stage", "R-99", "open"), "R-99"),
    (("show", "R-99"), "R-99"),
    (("add", FOLDER / "live-work.toml"), "code: R-03 is taken"),
    (("add", "none.toml"), "none.toml: cannot be read"),
    (("add", FOLDER / "live-work.toml", "--code", "a b"), "code: must have at most 40"),
    (("update", "R-99", FOLDER / "live-work.toml"), "R-99"),
)  # fmt: skip


def test_register_refuses_in_one_sentence(copy: Path, register: bytes) -> None:
    for arguments, said in REFUSED:
        assert said in run("requirement", *arguments, "--store", copy).sentence()
    assert run("requirements", "--json", *DAY, "--store", copy).out == register


@pytest.mark.parametrize("command", [
    "requirements", "requirement", "requirement add", "requirement update", "requirement stage",
    "requirement show",
])  # fmt: skip
def test_help_is_everywhere(command: str) -> None:
    assert "Usage" in run(*command.split(), "--help").text
