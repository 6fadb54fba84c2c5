"""Open a file of any format, and keep what was unpacked until it is closed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from geo_assen.errors import FileRefused
from geo_assen.ingest.content import FileLayer, Part
from geo_assen.ingest.read.formats import layers_in
from geo_assen.ingest.read.safety import Source, Workspace, plain_sentences, regular_file

__all__ = ["OpenedFile", "open_file", "sha256_of"]

_CHUNK = 1024 * 1024


def sha256_of(path: Path) -> str:
    """Hash that tells two files with the same content; the file is read in pieces.

    Raises
    ------
    FileRefused
        If it is no file: a pipe or a device might never end.
    """
    regular_file(path)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fingerprint(state: os.stat_result) -> tuple[int, ...]:
    return state.st_size, state.st_mtime_ns, state.st_ino, state.st_dev


class OpenedFile:
    """A file that is being read; a context manager that removes what was unpacked for it.

    Attributes
    ----------
    path
        File that was opened.
    sha256
        Hash of its content.
    layers
        Its layers, tables or sheets, in the order of the file.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        layers: list[FileLayer],
        work: Workspace,
        state: os.stat_result,
    ) -> None:
        self.path = path
        self.sha256 = sha256
        self.layers = layers
        self._work = work
        self._state = state

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the temporary files, stop the processes that read."""
        self._work.close()

    def unchanged(self) -> None:
        """Make sure that the file is still the one that was opened.

        Raises
        ------
        FileRefused
            If its size, its time or the file itself is another than when it was opened.
        """
        if _fingerprint(regular_file(self.path)) != _fingerprint(self._state):
            raise FileRefused(
                self.path, "the file changed while it was read; nothing was kept, import it again."
            )


def open_file(
    path: Path,
    *,
    crs: str | None = None,
    geometry_column: str | None = None,
    layer: str | None = None,
) -> OpenedFile:
    """Open a file of any format that :data:`geo_assen.ingest.read.sniff.READABLE` lists.

    Parameters
    ----------
    crs
        Reference system to assume; None: what the file says, or what its names say.
    geometry_column
        Column that is the place, of those a layer has; None: the outline.
    layer
        Layer or sheet to read; None: all of them.

    Returns
    -------
    The layers, none of whose records are read yet. Close it, or use it with ``with``.

    Raises
    ------
    FileRefused
        If the file cannot be read as a whole. Nothing is left in the temporary folder.
    """
    state = regular_file(path)
    source = _source(path, state.st_size, crs, geometry_column)
    try:
        with plain_sentences(source):
            digest = sha256_of(path)
            layers = _selected(source, layers_in(source), layer)
    except BaseException:
        source.work.close()
        raise
    guarded = [replace(found, read=_guarded(source, found.read)) for found in layers]
    return OpenedFile(path, digest, guarded, source.work, state)


def _source(path: Path, size: int, crs: str | None, geometry_column: str | None) -> Source:
    try:
        work = Workspace(size)
    except OSError as error:
        raise FileRefused(path, f"no temporary folder can be made: {error.strerror}.") from error
    # On disk a name may be bytes that are no text; as the name of a layer it has to be.
    name = path.stem.encode(errors="replace").decode()
    return Source(path.absolute(), path, name, work, crs=crs, geometry_column=geometry_column)


def _selected(source: Source, layers: list[FileLayer], name: str | None) -> list[FileLayer]:
    if not layers:
        raise source.refused("it holds no layer and no table; check that it is the right file.")
    if name is not None:
        names = [found.name for found in layers]
        layers = [found for found in layers if found.name == name]
        if not layers:
            raise source.refused(f"it has no layer {name!r}; it has {_listed(names)}.")
    wanted = source.geometry_column
    columns = dict.fromkeys(column for found in layers for column in found.geometry_columns)
    if wanted is not None and not any(_names(wanted, column) for column in columns):
        raise source.refused(
            f"it has no geometry column {wanted!r}; it has {_listed(list(columns))}."
        )
    return layers


def _names(wanted: str, column: str) -> bool:
    return wanted == column or wanted in column.split(", ")


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name) for name in names) if names else "none"


def _guarded(source: Source, read: Callable[[], Iterator[Part]]) -> Callable[[], Iterator[Part]]:
    def guarded() -> Iterator[Part]:
        with plain_sentences(source):
            yield from read()

    return guarded
