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
from tests.architecture.sources import dotted, files, tree
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


def _named_with(method: str, node: ast.AST) -> set[str]:
    """Paths a test names; for anything but GET only those it hands to a call such as ``post``."""
    if method == "GET":
        return set(_paths_named(node))
    return {
        text
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and dotted(call.func).split(".")[-1] == method.lower()
        for argument in call.args[:1]
        for text in _paths_named(argument)
    }


def _untested(app: Flask) -> Iterator[str]:
    modules = [p for p in files(".py", under="tests/webapp") if p.name.startswith("test_")]
    asked = [
        (rule, method)
        for rule in _rules(app)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    named = {
        method: {text for path in modules for text in _named_with(method, tree(path))}
        for method in {method for _, method in asked}
    }
    for rule, method in asked:
        if not any(_pattern(rule).fullmatch(text) for text in named[method]):
            yield f"{method} {rule.rule}"


def _pattern(rule: Rule) -> re.Pattern[str]:
    return re.compile("".join(_part(text) for text in re.split(r"(<[^>]+>)", rule.rule)))


def _part(text: str) -> str:
    if not text.startswith("<"):
        return re.escape(text)
    return ".+" if text.startswith("<path:") else "[^/]+"


def test_every_route_declares_a_role(app):
    silent = [
        f"{rule.rule} ({rule.endpoint})"
        for rule in _rules(app)
        if not isinstance(getattr(app.view_functions[rule.endpoint], "required_role", None), Role)
    ]
    assert silent == [], "mark the view with @requires(Role....)"


def test_every_route_is_called_by_a_test(app):
    untested = list(_untested(app))
    assert not untested, ", ".join(untested)


def test_the_guard_reads_paths_out_of_tests():
    source = 'client.get("/sites?use=office")\nclient.get(f"/sites/{code}.geojson")\nsay("no/path")'
    assert list(_paths_named(ast.parse(source))) == ["/sites", "/sites/1.geojson"]
    assert _named_with("POST", ast.parse('client.post("/login")\nclient.get("/sites")')) == {
        "/login"
    }
