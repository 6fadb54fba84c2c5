"""What the tests of pages share: who signs in, how a page is parsed, what may be missing."""

from __future__ import annotations

import os
from xml.etree.ElementTree import Element

import html5lib
import pytest

from geo_assen.settings import PROJECT_FOLDER

STAFF = ("anna", "a long enough password")
WEBAPP = PROJECT_FOLDER / "webapp"


def needed(found: object, what: str) -> None:
    """Skip with the reason on a developer's machine; never skip in CI."""
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{what} is missing and CI never skips")
        pytest.skip(f"{what} is missing")


def parse(markup: str) -> Element:
    """Document of a page; raises where it is not valid HTML 5."""
    parser = html5lib.HTMLParser(
        tree=html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False
    )
    return parser.parse(markup)
