"""Imports point one way: domain below, services, web, command line on top."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from geo_assen.settings import PROJECT_FOLDER
from tests.architecture.sources import FEATURES, dotted, files, imported, short, tree

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")
SHARED_BY_BLUEPRINTS = {"auth", "maps"}
CLOCK_AND_ENVIRONMENT = {
    "date.today", "datetime.date.today", "datetime.now", "datetime.utcnow", "datetime.today",
    "time.time", "time.monotonic", "os.environ", "os.getenv",
}


def test_every_contract_of_the_import_linter_is_kept():
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo"],
        cwd=PROJECT_FOLDER, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_import_linter_catches_an_import_to_the_right(tmp_path):
    for name in ("land", "vacancy"):
        (tmp_path / "toy" / name).mkdir(parents=True)
        (tmp_path / "toy" / name / "__init__.py").touch()
    (tmp_path / "toy" / "__init__.py").touch()
    (tmp_path / "toy" / "land" / "__init__.py").write_text("import toy.vacancy\n")
    (tmp_path / "contracts.ini").write_text(
        "[importlinter]\nroot_package = toy\n[importlinter:contract:rows]\nname = Rows\n"
        "type = layers\nlayers =\n    toy.land | toy.vacancy\n"
    )
    done = subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo", "contracts.ini"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )
    assert done.returncode == 1
    assert "toy.land is not allowed to import toy.vacancy" in done.stdout


def _blueprints() -> dict[str, list[Path]]:
    folders = {path.parent for path in files("views.py", under="webapp")}
    return {f.name: [p for p in files(".py", under="webapp") if f in p.parents] for f in folders}


def test_blueprints_do_not_import_each_other():
    blueprints = _blueprints()
    assert blueprints
    wrong = [
        f"{short(path)} imports {name}"
        for own, modules in blueprints.items()
        for path in modules
        for name in imported(path)
        if name.startswith("webapp.")
        and name.split(".")[1] in blueprints.keys() - {own} - SHARED_BY_BLUEPRINTS
    ]
    assert wrong == []


def test_no_module_imports_inside_a_function():
    wrong = [
        f"{short(path)}:{node.lineno}"
        for path in (*files(".py", under="geo_assen"), *files(".py", under="webapp"))
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and short(path) not in {"geo_assen/cli/commands.py"}
        and path.name != "env.py"
    ]
    assert wrong == [], "an import inside a function hides a row that is crossed"


@pytest.mark.parametrize("feature", FEATURES)
def test_features_ask_neither_clock_nor_environment(feature):
    wrong = [
        f"{short(path)}:{node.lineno} {dotted(node)}"
        for path in files(".py", under=f"geo_assen/{feature}")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCK_AND_ENVIRONMENT
    ]
    assert wrong == [], "the date is an argument (as_of), settings are passed on"


def test_only_settings_read_the_environment():
    wrong = [
        f"{short(path)}:{node.lineno}"
        for folder in ("geo_assen", "webapp")
        for path in files(".py", under=folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and dotted(node) in {"os.environ", "os.getenv"}
        and short(path) != "geo_assen/settings.py"
    ]
    assert wrong == []


def test_every_package_says_what_it_is_for_in_at_most_15_lines():
    packages = [
        path for folder in ("geo_assen", "webapp") for path in files("__init__.py", under=folder)
    ]
    said = {short(p): ast.get_docstring(tree(p)) or "" for p in packages}
    assert [name for name, text in said.items() if not 1 <= len(text.splitlines()) <= 15] == []


def test_every_module_lists_what_it_offers():
    wrong = [
        short(path)
        for folder in ("geo_assen", "webapp")
        for path in files(".py", under=folder)
        if "migrations" not in path.parts and not _has_all(tree(path))
    ]
    assert wrong == [], "an explicit __all__ is missing"


def _has_all(module: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Assign) and any(dotted(t) == "__all__" for t in node.targets)
        for node in module.body
    )
