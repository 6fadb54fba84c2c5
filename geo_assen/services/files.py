"""Files that users name: how the store keeps their names, and which of them are the store."""

from __future__ import annotations

from pathlib import Path
from unicodedata import category

import sqlalchemy as sa

__all__ = ["is_of_store", "plain_name"]

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control signs, halves of signs, and breaks of lines and paragraphs."""
_BESIDE = ("", "-wal", "-shm", "-journal")
"""Endings of the files that SQLite keeps for one database."""


def plain_name(name: str) -> str:
    """Name of a file or a source as the store can keep it: signs that nobody sees become one.

    The name of a file on disk need not be text at all.
    """
    return "".join("\ufffd" if category(sign) in _UNSEEN else sign for sign in name)


def is_of_store(address: str, path: Path) -> bool:
    """Whether a file is the store at an address, or one that SQLite keeps beside it.

    Parameters
    ----------
    address
        As ``GEO_ASSEN_STORE`` has it; a store on a server has no file.
    path
        May be a link, or name nothing.
    """
    url = sa.make_url(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        return False
    return any(_is_same(path, Path(f"{url.database}{ending}")) for ending in _BESIDE)


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.absolute() == other.absolute() or one.samefile(other)
    except (OSError, ValueError):  # one of them is not there
        return False
