from __future__ import annotations

import gzip
import json
import re

import pytest

from tests.webapp.pages import WEBAPP, needed

FRONTEND = WEBAPP / "frontend"
STATIC = WEBAPP / "static"


def test_lock_file_names_no_registry():
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_manifest_names_version_and_licence_of_what_is_served():
    path = STATIC / "vendor" / "manifest.json"
    needed(path.exists(), "webapp/static/vendor (node build.mjs)")
    listed = {item["name"] for item in json.loads(path.read_text())}
    wanted = json.loads((FRONTEND / "package.json").read_text())
    assert listed == wanted["dependencies"].keys()
    assert all(item["version"] and item["licence"] for item in json.loads(path.read_text()))


def test_assets_of_the_map_page_stay_small():
    needed((STATIC / "vendor").exists(), "webapp/static/vendor (node build.mjs)")
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    packed = sum(len(p.read_bytes() if p.suffix == ".woff2" else gzip.compress(p.read_bytes()))
                 for p in files)  # fmt: skip
    assert packed < 250_000


@pytest.mark.parametrize("path", sorted((STATIC / "js").glob("*.js")), ids=lambda p: p.name)
def test_script_is_short_and_never_reads_data_as_markup(path):
    text = path.read_text()
    assert text.count("\n") < 400
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text)


def test_styles_load_nothing_from_elsewhere():
    for path in STATIC.rglob("*.css"):
        assert not re.search(r"url\(\s*['\"]?(https?:)?//", path.read_text()), path.name
