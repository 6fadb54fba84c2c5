"""A file that was sent, laid down for as long as it is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from werkzeug.utils import secure_filename

__all__ = ["harmless_name", "laid_down"]

_LONGEST_STEM, _LONGEST_ENDING = 48, 8


def harmless_name(sent: str, otherwise: str) -> str:
    """Name of a file without any folder or sign that means something to a disk."""
    stem, dot, ending = secure_filename(sent).rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[:_LONGEST_STEM]}{dot}{ending[:_LONGEST_ENDING]}" if stem else otherwise


@contextmanager
def laid_down(content: bytes, name: str) -> Iterator[Path]:
    """Path of a file with that content; it is gone afterwards.

    Parameters
    ----------
    name
        A harmless name; its ending says what is in the file.
    """
    with TemporaryDirectory(prefix="geo-assen-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        yield path
