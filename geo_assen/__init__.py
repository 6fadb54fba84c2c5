"""Business locations of a municipality: demand matched to supply, uptake and vacancy followed.

The library in three names: open a :class:`Store`, load a :class:`Requirement`, and
:func:`match` it against ``store.sites(as_of=...)``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geo_assen.matching import Requirement, match
    from geo_assen.services import Store

__all__ = ["Requirement", "Store", "__version__", "match"]

__version__ = "0.1.0"


_HOME = {
    "Requirement": "geo_assen.matching",
    "Store": "geo_assen.services",
    "match": "geo_assen.matching",
}


def __getattr__(name: str) -> Any:
    """Load a name when it is asked for, so that the parts import singly."""
    if name not in _HOME:
        raise AttributeError(f"module 'geo_assen' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
