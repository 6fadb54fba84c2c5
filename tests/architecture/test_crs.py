"""Nothing is measured in degrees, and one module alone changes reference systems."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import dotted, files, imported, short, tree

PYTHON = (*files(".py", under="geo_assen"), *files(".py", under="webapp"))
INTO_DEGREES = {"to_lonlat", "rd_to_lonlat"}
MEASURES = {"area", "length", "distance", "buffer", "dwithin", "sjoin_nearest"}


def _measured(node: ast.AST) -> list[str]:
    return [
        f"line {part.lineno}: {dotted(part) or part.attr}"
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and part.attr in MEASURES
    ]


def _turns_into_degrees(node: ast.AST) -> bool:
    return any(
        isinstance(part, ast.Call) and dotted(part.func).split(".")[-1] in INTO_DEGREES
        for part in ast.walk(node)
    )


def test_only_crs_imports_pyproj():
    users = {
        short(path) for path in PYTHON if any(n.split(".")[0] == "pyproj" for n in imported(path))
    }
    assert users == {"geo_assen/crs.py"}


def test_only_crs_calls_to_crs():
    callers = {
        f"{short(path)}:{node.lineno}"
        for path in PYTHON
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr == "to_crs"
        and short(path) != "geo_assen/crs.py"
    }
    assert callers == set()


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_whoever_turns_into_degrees_measures_nothing(path):
    wrong = [
        f"{node.name}, {found}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and _turns_into_degrees(node)
        for found in _measured(node)
    ]
    assert wrong == [], f"{short(path)} measures in the function that makes degrees"


@pytest.mark.parametrize("path", PYTHON, ids=short)
def test_nothing_called_lonlat_is_measured(path):
    wrong = [
        f"line {node.lineno}: {dotted(node)}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in MEASURES
        and {"lonlat", "degrees", "wgs84"} & set(dotted(node.value).lower().split("."))
    ]
    assert wrong == []


def test_the_guard_sees_a_measure_in_degrees():
    faulty = ast.parse("def f(g):\n    degrees = to_lonlat(g)\n    return degrees.area\n")
    assert _turns_into_degrees(faulty)
    assert _measured(faulty) == ["line 3: degrees.area"]


def test_every_feature_that_takes_a_geodataframe_requires_rd():
    wrong = []
    for path in files(".py", under="geo_assen"):
        if path.parent.name not in {"land", "vacancy", "matching", "commuting", "leisure"}:
            continue
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and node.name[0] != "_" and _takes_geodata(node):
                called = {dotted(c.func) for c in ast.walk(node) if isinstance(c, ast.Call)}
                if not {name.split(".")[-1] for name in called} & {"require_rd"}:
                    wrong.append(f"{short(path)}:{node.lineno} {node.name}")
    assert wrong == []


def _takes_geodata(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return any(
        a.annotation is not None and "GeoDataFrame" in ast.unparse(a.annotation) for a in arguments
    )
