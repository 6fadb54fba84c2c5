"""Pages of the documentation that are written from the program (``make docs``)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from geo_assen.settings import PROJECT_FOLDER, Settings

__all__ = ["PAGES", "settings_page", "write_pages"]

_HEAD = """# Settings

An installation is set up by environment variables, read once at the start. This page is
written by `make docs`; `geo-assen settings` prints the same list with the values of the
machine it runs on.

| variable | default | meaning |
|---|---|---|
"""
_FOOT = """
`make demo` and `make run` also take `PORT` (default 8000), which they hand to
`geo-assen serve --port`. `--store` of a command goes before `GEO_ASSEN_STORE`.
"""


def settings_page() -> str:
    """Table of every setting; paths are shown from the folder of the project."""
    rows = []
    for item in fields(Settings):
        default = str(item.default).replace(str(PROJECT_FOLDER), "(project folder)")
        shown = f"`{default}`" if default else "(empty)"
        rows.append(f"| `GEO_ASSEN_{item.name.upper()}` | {shown} | {item.metadata['help']} |")
    return _HEAD + "\n".join(rows) + "\n" + _FOOT


PAGES: dict[str, Callable[[], str]] = {"settings.md": settings_page}
"""Pages by file name, with what writes each."""


def write_pages(folder: Path) -> None:
    """Write every generated page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write_pages(Path(__file__).parent)
