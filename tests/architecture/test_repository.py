"""What holds for the files of the project as such: size, sources, set-up, papers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest

from docs import generate
from geo_assen import __version__
from geo_assen.ingest import TREATMENT
from geo_assen.settings import PROJECT_FOLDER, Settings
from tests.architecture.sources import files, short

CODE = files(".py", ".js", ".mjs", ".css", ".html", ".toml", ".sh")
PAPERS = files(".md", ".yml", ".yaml", ".toml", ".py", ".html", ".js", ".mjs", ".css")
SET_UP = [PROJECT_FOLDER / name for name in ("Makefile", "Dockerfile", ".ci/run")]
LONGEST_LINES = 600

# Written in two parts, so that this file does not hold what it forbids.
PUT_OFF = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "raise NotImpl" + "emented")))
_HOMES = "|".join(("wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"))
MACHINE_PATH = re.compile(rf"(?<![\w.])/(?:{_HOMES})/")
LOADED_FROM_OUTSIDE = re.compile(
    r"""(?:\b(?:src|srcset|poster|action|data)\s*=\s*["']?\s*(?:https?:)?//\w"""
    r"""|<link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//\w"""
    r"""|url\(\s*["']?(?:https?:)?//\w"""
    r"""|@import\s+["'](?:https?:)?//\w"""
    r"""|\b(?:fetch|import|Worker|EventSource)\(\s*["'`](?:https?:)?//\w"""
    r"""|\bfrom\s+["']https?://)"""
)


def _text(name: str) -> str:
    return (PROJECT_FOLDER / name).read_text(encoding="utf-8")


def _lines_with(pattern: re.Pattern[str], paths: tuple[Path, ...] | list[Path]) -> list[str]:
    return [
        f"{short(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_file_of_code_is_longer_than_600_lines():
    lengths = {short(p): len(p.read_text(encoding="utf-8").splitlines()) for p in CODE}
    assert {name: n for name, n in lengths.items() if n > LONGEST_LINES} == {}


def test_nothing_is_put_off():
    assert _lines_with(PUT_OFF, [*PAPERS, *SET_UP]) == []


def test_no_path_of_a_machine_stands_in_the_project():
    assert _lines_with(MACHINE_PATH, [*PAPERS, *SET_UP]) == []


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager"])
def test_no_room_has_a_name_that_says_nothing(name):
    modules = [p for f in ("geo_assen", "webapp", "tests") for p in files(".py", under=f)]
    assert [short(p) for p in modules if name in p.with_suffix("").parts] == []


def test_a_browser_loads_nothing_from_another_host():
    loaded = files(".html", ".js", ".css", ".svg", under="webapp")
    pages = [path for path in loaded if "frontend" not in path.parts]
    assert pages
    assert _lines_with(LOADED_FROM_OUTSIDE, pages) == []


@pytest.mark.parametrize("line", [
    '<script src="https://cdn.example/x.js">', "<link rel=x href='//cdn.example/x.css'>",
    "background: url(https://cdn.example/x.png)", 'import x from "https://cdn.example/x.js"',
    "fetch('https://cdn.example/x')",
])
def test_the_guard_sees_what_comes_from_another_host(line):
    assert LOADED_FROM_OUTSIDE.search(line)


def test_a_link_to_another_host_is_no_load():
    assert not LOADED_FROM_OUTSIDE.search('<a href="https://example.org/">source</a>')


# Set-up ---------------------------------------------------------------------------------------

def _commands(text: str) -> list[str]:
    """Commands of a Makefile or Dockerfile, one string each, with what they are joined by."""
    joined = re.sub(r"\\\n\s*", " ", text)
    return [re.sub(r"^(RUN\s+|\t@?)", "", line) for line in joined.splitlines()]


def _install_lines(text: str, version: str) -> list[str]:
    return [
        line.replace("$(UV_VERSION)", version).replace("$(PYTHON)", "python3")
        for line in _commands(text)
        if "-m venv .venv" in line or "uv sync" in line
    ]


def test_the_image_is_installed_by_the_lines_of_the_makefile():
    makefile = _text("Makefile")
    version = re.search(r"^UV_VERSION := (\S+)$", makefile, flags=re.M)[1]
    set_up = _install_lines(makefile, version)
    image = _install_lines(_text("Dockerfile"), version)
    assert image == [
        f"python3 -m venv .venv && .venv/bin/pip install --quiet uv=={version}",
        ".venv/bin/uv sync --frozen --inexact --compile-bytecode --no-dev",
    ]
    assert [line for line in set_up if "--all-groups" not in line] == image


def test_hadolint_finds_nothing_in_the_dockerfile():
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--no-color", PROJECT_FOLDER / "Dockerfile"],
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_image_runs_as_a_user_without_rights_and_checks_its_health():
    last_stage = _text("Dockerfile").rsplit("\nFROM ", 1)[1]
    assert re.search(r"^USER [1-9]\d*$", last_stage, flags=re.M)
    assert re.search(r"^HEALTHCHECK ", last_stage, flags=re.M)
    assert "/healthz" in last_stage
    assert re.search(r"^VOLUME ", last_stage, flags=re.M)


def _services() -> dict[str, str]:
    """Text of each service of the compose file."""
    section = re.search(r"^services:\n((?:(?: .*)?\n)+)", _text("compose.yaml"), flags=re.M)[1]
    parts = re.split(r"^  (\w+):\n", section, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_compose_starts_nothing_without_its_secrets_and_holds_none():
    text = _text("compose.yaml")
    secret = re.findall(r"^ +(\w*(?:PASSWORD|SECRET)\w*): (.+)$", text, flags=re.M)
    assert {name for name, _ in secret} == {
        "POSTGRES_PASSWORD", "GEO_ASSEN_DATABASE_PASSWORD", "PGPASSWORD", "GEO_ASSEN_SECRET_KEY",
    }  # fmt: skip
    assert [name for name, value in secret if not re.fullmatch(r"\$\{\w+:\?.+\}", value)] == []
    assert ".env" in _text(".gitignore").splitlines()
    assert _text(".dockerignore").splitlines()[0] == "*"
    assert not re.search(r"://\w+:", text), "a password in an address"


def test_compose_gives_every_service_the_least_rights_and_asks_for_its_health():
    text = _text("compose.yaml")
    rights = re.search(r"^x-least-rights: .*\n((?:  .*\n)+)", text, flags=re.M)[1]
    for line in ("read_only: true", "cap_drop: [ALL]", '"no-new-privileges:true"'):
        assert line in rights
    program = re.search(r"^x-program: &program\n  <<: \*least-rights\n  build: \.\n", text, re.M)
    assert program, "the program is built from the Dockerfile, with the least rights"
    services = _services()
    assert set(services) == {"database", "store", "program"}
    assert {name: part.split("\n")[0].strip() for name, part in services.items()} == {
        "database": "<<: *least-rights", "store": "<<: *program", "program": "<<: *program",
    }  # fmt: skip
    assert not re.search(r"privileged|cap_add|user: root|network_mode", text)
    assert "/readyz" in services["program"]
    assert "pg_isready" in services["database"]
    assert "ports:" not in services["database"], "the database is reached from inside alone"


def test_compose_pins_the_database_and_keeps_it_in_a_named_volume():
    database = _services()["database"]
    assert re.search(r"^    image: postgis/postgis:15-3\.\d+$", database, flags=re.M)
    assert "- database:/var/lib/postgresql/data\n" in database
    script = re.search(r"- \./(\S+):/docker-entrypoint-initdb\.d/\S+\.sh:ro\n", database)[1]
    assert os.access(PROJECT_FOLDER / script, os.X_OK)
    assert re.search(r"^  database:$", _text("compose.yaml").split("\nvolumes:\n")[1], flags=re.M)


def test_ci_runs_make_test_alone():
    script = _text(".ci/run")
    assert os.access(PROJECT_FOLDER / ".ci" / "run", os.X_OK)
    commands = [line for line in script.splitlines() if line and line[0] != "#"]
    assert commands[0] == "set -euo pipefail"
    assert [line for line in commands if line.startswith("make")] == ["make test"]
    assert commands[-1] == "make test"


def test_make_help_lists_every_command():
    phony = re.findall(r"^\.PHONY: (.+)$", _text("Makefile"), flags=re.M)
    commands = {name for line in phony for name in line.split()} - {"system"}
    done = subprocess.run(
        ["make", "help"], cwd=PROJECT_FOLDER, capture_output=True, text=True, check=True
    )
    assert set(re.findall(r"^  make ([\w-]+) +\S", done.stdout, flags=re.M)) == commands
    assert commands >= {"help", "setup", "demo", "run", "check", "test", "sample", "bench", "docs"}


# Papers ---------------------------------------------------------------------------------------

def test_the_licence_is_the_eupl_in_full():
    text = _text("LICENSE")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    for number in range(1, 16):
        assert re.search(rf"^{number}\. \w", text, flags=re.M), f"article {number} is missing"
    assert "‘Compatible Licences’ according to Article 5 EUPL are:" in text


def _project() -> dict[str, object]:
    return tomllib.loads(_text("pyproject.toml"))["project"]


def test_publiccode_yml_has_what_version_0_4_demands():
    text = _text("publiccode.yml")
    assert {
        "publiccodeYmlVersion", "name", "url", "platforms", "categories", "developmentStatus",
        "softwareType", "description", "legal", "maintenance", "localisation",
    } <= set(re.findall(r"^(\w+):", text, flags=re.M))
    nested = re.findall(r"^ +(\w+):", text, flags=re.M)
    assert {"license", "type", "contacts", "localisationReady", "availableLanguages"} <= set(nested)
    assert nested.count("shortDescription") == nested.count("longDescription") == 2
    assert re.search(r'^publiccodeYmlVersion: "0\.4"$', text, flags=re.M)
    assert re.search(r"^ +license: EUPL-1\.2$", text, flags=re.M)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_publiccode_descriptions_have_the_lengths_of_the_standard(language):
    text = _text("publiccode.yml")
    section = re.search(rf"^  {language}:\n((?:    .*\n|\n)+)", text, flags=re.M)[1]
    blocks = dict(re.findall(r"^    (\w+): >-\n((?:      .*\n)+)", section, flags=re.M))
    texts = {key: " ".join(block.split()) for key, block in blocks.items()}
    assert 1 <= len(texts["shortDescription"]) <= 150
    assert 150 <= len(texts["longDescription"]) <= 10_000
    assert re.search(r"^    features:\n      - ", section, flags=re.M)


def test_version_and_licence_agree_everywhere():
    project = _project()
    assert project["license"] == "EUPL-1.2"
    stated = re.search(r'^softwareVersion: "(.+)"$', _text("publiccode.yml"), flags=re.M)[1]
    assert stated == project["version"]
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", _text("CHANGELOG.md"), flags=re.M)
    assert released[0] == project["version"] == __version__


def test_the_changelog_is_in_order():
    heads = re.findall(r"^## (.+)$", _text("CHANGELOG.md"), flags=re.M)
    assert heads[0] == "[Unreleased]"
    parts = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", h) for h in heads[1:]]
    assert all(parts), heads
    versions = [tuple(int(n) for n in part.groups()[:3]) for part in parts]
    days = [date.fromisoformat(part[4]) for part in parts]
    assert versions == sorted(versions, reverse=True)
    assert days == sorted(days, reverse=True)
    kinds = set(re.findall(r"^### (.+)$", _text("CHANGELOG.md"), flags=re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_setting_is_documented():
    page = _text("docs/settings.md")
    for variable, _, meaning in Settings().described():
        assert f"`{variable}`" in page
        assert meaning in page


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_generated_pages_are_current(name):
    assert _text(f"docs/{name}") == generate.PAGES[name](), "run: make docs"


def test_every_kind_of_import_issue_is_documented_once_with_what_is_done():
    rows = re.findall(r"^\| `(\w+)` \|(.*)$", _text("docs/import.md"), flags=re.M)
    assert sorted(kind for kind, _ in rows) == sorted(TREATMENT)
    assert [kind for kind, row in rows if TREATMENT[kind] not in row] == []


def test_every_kind_of_import_issue_is_looked_for():
    readers = [p for p in files(".py", under="geo_assen/ingest") if p.name != "issues.py"]
    sources = [path.read_text(encoding="utf-8") for path in readers]
    looked_for = {kind for kind in TREATMENT if any(f'"{kind}"' in text for text in sources)}
    assert looked_for == set(TREATMENT)


def test_every_decision_has_a_date_and_the_three_parts():
    records = files(".md", under="docs/decisions")
    assert records
    for path in records:
        assert re.fullmatch(r"\d{4}-\d\d-\d\d-[a-z0-9-]+\.md", path.name)
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# "), short(path)
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, flags=re.M) == [
            "Context", "Decision", "Consequences",
        ], short(path)
        assert len(text.splitlines()) <= 25, short(path)


def test_links_between_the_papers_lead_somewhere():
    broken = [
        f"{short(path)}: {target}"
        for path in files(".md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
        if not target.startswith(("http:", "https:", "mailto:"))
        and not (path.parent / target).exists()
    ]
    assert broken == []


def test_paths_named_in_the_papers_exist():
    named = re.compile(r"`((?:geo_assen|webapp|layers|tests|data|docs)/[\w./-]*)`")
    gone = [
        f"{name}: {path}"
        for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")
        for path in named.findall(_text(name))
        if not (PROJECT_FOLDER / path).exists()
    ]
    assert gone == []


def test_the_index_of_docs_names_every_page():
    index = _text("docs/README.md")
    pages = [short(p).removeprefix("docs/") for p in files(".md", under="docs")]
    assert [name for name in pages if name != "README.md" and f"({name})" not in index] == []
