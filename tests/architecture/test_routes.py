"""Every route says who may call it, and some test calls it.

Which routes a test calls is read from the tests themselves (the paths they name), not
recorded while they run: the answer is the same with any number of workers and for any
selection of tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from geo_assen import services
from geo_assen.access import Role
from geo_assen.settings import Settings
from tests.architecture.sources import files, tree
from webapp import create_app

SERVED_BY_FLASK = {"static"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    store = tmp_path_factory.mktemp("routes") / "assen.gpkg"
    settings = Settings(store=f"sqlite:///{store}")
    services.init_store(settings, sample=False).close()
    app = create_app(settings)
    yield app
    app.extensions["geo_assen"].close()


def _rules(app: Flask) -> list[Rule]:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint not in SERVED_BY_FLASK]
    assert rules
    return rules


def _paths_named(node: ast.AST) -> Iterator[str]:
    """Texts that look like a path; what an f-string fills in counts as one part of a path."""
    inside = {id(part) for whole in ast.walk(node) if isinstance(whole, ast.JoinedStr)
              for part in whole.values}
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            text = "".join(
                str(piece.value) if isinstance(piece, ast.Constant) else "1"
                for piece in part.values
            )
        elif isinstance(part, ast.Constant) and id(part) not in inside:
            text = str(part.value)
        else:
            continue
        if text.startswith("/"):
            yield re.split(r"[?#]", text)[0]


@pytest.fixture(scope="module")
def paths() -> set[str]:
    modules = [p for p in files(".py", under="tests/webapp") if p.name.startswith("test_")]
    return {text for path in modules for text in _paths_named(tree(path))}


def _pattern(rule: Rule) -> re.Pattern[str]:
    parts = re.split(r"(<[^>]+>)", rule.rule)
    return re.compile("".join(
        (".+" if part.startswith("<path:") else "[^/]+") if part.startswith("<") else re.escape(part)
        for part in parts
    ))


def test_every_route_declares_a_role(app):
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in _rules(app)
        if not isinstance(getattr(app.view_functions[rule.endpoint], "required_role", None), Role)
    ]
    assert silent == [], "mark the view with @requires(Role....)"


def test_every_route_is_called_by_a_test(app, paths):
    untested = [
        rule.rule
        for rule in _rules(app)
        if not any(_pattern(rule).fullmatch(path) for path in paths)
    ]
    assert untested == []


def test_the_guard_reads_paths_out_of_tests():
    source = 'client.get("/sites?use=office")\nclient.get(f"/sites/{code}.geojson")\nsay("no/path")'
    assert list(_paths_named(ast.parse(source))) == ["/sites", "/sites/1.geojson"]
