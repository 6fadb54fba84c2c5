"""Make the index of a store and end: what benchmarks/matching.py measures, without the peers.

Where polars is installed a database driver imports it, and its memory would count as ours.
Without a store only what a program imports is measured.
"""

from __future__ import annotations

import sys
from importlib import import_module

sys.modules["polars"] = None  # type: ignore[assignment] # as if not installed


def main(path: str | None) -> None:
    services = import_module("geo_assen.services")
    site_index = import_module("geo_assen.services.site_index")
    if path is not None:
        store = import_module("geo_assen").Store(f"sqlite:///{path}")
        site_index.index_at(store, services.today())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
