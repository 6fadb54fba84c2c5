"""The project's own files, parsed once: what the guards of this folder look at."""

from __future__ import annotations

import ast
import os
from functools import cache
from pathlib import Path

from geo_assen.settings import PROJECT_FOLDER

FEATURES = ("sites", "land", "vacancy", "matching", "commuting", "leisure", "monitor")
_NOT_OURS = {"node_modules", "vendor", "var", "build", "dist", "__pycache__"}


@cache
def files(*suffixes: str, under: str = ".") -> tuple[Path, ...]:
    """Files of the project with one of the suffixes, without what was installed or built."""
    found: list[Path] = []
    for folder, names, members in os.walk(PROJECT_FOLDER / under):
        names[:] = [n for n in names if n not in _NOT_OURS and (n == ".ci" or n[0] != ".")]
        found += [Path(folder, m) for m in members if m.endswith(suffixes)]
    return tuple(sorted(found))


@cache
def tree(path: Path) -> ast.Module:
    """Syntax tree of a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def short(path: Path) -> str:
    """Path inside the project, as a message names it."""
    return path.relative_to(PROJECT_FOLDER).as_posix()


def imported(path: Path) -> set[str]:
    """Names of the modules that a module imports, at any depth of its code."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(node: ast.expr) -> str:
    """Source of a name or a chain of attributes: ``shapely.area``; other things give ''."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return node.id if isinstance(node, ast.Name) else ""
