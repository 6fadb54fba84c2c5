"""What a file may cost before anybody has judged it, and where it is unpacked.

The limits are constants of this module. They bound the damage of a hostile file; none of
them is reached by the largest file that the country publishes for one municipality.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, BinaryIO, Protocol
from xml.parsers import expat

from geo_assen.errors import FileRefused, GeoAssenError

__all__ = [
    "MAX_DEPTH",
    "MAX_MEMBERS",
    "MAX_RATIO",
    "MAX_UNPACKED_BYTES",
    "Source",
    "Workspace",
    "plain_sentences",
    "regular_file",
    "root_of_xml",
    "xml_root",
]

MAX_UNPACKED_BYTES = 16 * 1024**3
"""Bytes that everything in one archive may unpack to."""
MAX_RATIO = 200
"""Times that an archive may grow; text grows 10 to 40 times."""
RATIO_FREE_BYTES = 100 * 1024**2
"""Bytes that may be unpacked before the ratio counts."""
MAX_MEMBERS = 20_000
MAX_DEPTH = 4
"""Archives in archives; those of the national register go three deep."""
_CHUNK = 1024 * 1024
_PROLOG_BYTES = 256 * 1024
"""Part of an XML file in which its first element must stand."""


class _Closes(Protocol):
    def close(self) -> None: ...


@dataclass
class Workspace:
    """Temporary folder and child processes of one opened file; both end with it."""

    original_bytes: int
    folder: Path = field(
        default_factory=lambda: Path(tempfile.gettempdir(), f"geo-assen-{secrets.token_hex(8)}")
    )
    children: list[_Closes] = field(default_factory=list)
    unpacked_bytes: int = 0
    members: int = 0

    def __post_init__(self) -> None:
        # Before there is a folder: whoever stops the program may do so at any moment.
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.mkdir(mode=0o700)

    def close(self) -> None:
        """Stop the children, remove the folder."""
        for child in self.children:
            child.close()
        self.children.clear()
        self._remove()

    def place_for(self, name: str) -> Path:
        """Path of a new file of this name in a folder of its own."""
        return Path(tempfile.mkdtemp(dir=self.folder)) / name


@dataclass(frozen=True)
class Source:
    """Bytes to be read as one file, and how the user knows them.

    Attributes
    ----------
    path
        Where the bytes are: the file itself, or what was unpacked from it.
    shown
        File that the user gave; messages name it.
    name
        Name of the file without its ending; one-layer formats call their layer so.
    members
        Path through the archives in which the bytes were found; empty: none.
    crs, geometry_column
        What the caller asked for.
    """

    path: Path
    shown: Path
    name: str
    work: Workspace
    members: tuple[str, ...] = ()
    crs: str | None = None
    geometry_column: str | None = None

    @property
    def suffix(self) -> str:
        """Ending of the file's name, in lower case."""
        return self.path.suffix.lower()

    @property
    def depth(self) -> int:
        """Number of archives around the bytes."""
        return len(self.members)

    def refused(self, reason: str) -> FileRefused:
        """Give the error that names the file, and the member where there is one."""
        inside = f"{'/'.join(self.members)} in it: " if self.members else ""
        return FileRefused(self.shown, inside + reason)

    def unpacked(self, path: Path, member: str) -> Source:
        """Name what was unpacked from this source."""
        name = Path(member).stem
        return replace(self, path=path, name=name, members=(*self.members, member))

    def unpack(self, stream: BinaryIO, target: Path) -> None:
        """Write an unpacking stream to disk, within the limits.

        Raises
        ------
        FileRefused
            As soon as a limit is passed; not a byte more is unpacked.
        """
        with target.open("wb") as out:
            while chunk := stream.read(_CHUNK):
                self.count_bytes(len(chunk))
                out.write(chunk)

    def count_bytes(self, number: int) -> None:
        """Add unpacked bytes to those of the whole file.

        Raises
        ------
        FileRefused
            If they pass a limit.
        """
        work = self.work
        work.unpacked_bytes += number
        if work.unpacked_bytes > MAX_UNPACKED_BYTES:
            raise self.refused(
                f"it unpacks to more than {_amount(MAX_UNPACKED_BYTES)}; unpack it yourself and "
                "give the files one by one."
            )
        ratio = work.unpacked_bytes / max(work.original_bytes, 1)
        if work.unpacked_bytes > RATIO_FREE_BYTES and ratio > MAX_RATIO:
            raise self.refused(
                f"it unpacks to more than {MAX_RATIO} times its size, as no honest archive does."
            )


def _amount(number: int) -> str:
    return f"{number / 1024**3:.0f} GB" if number >= 1024**3 else f"{number / 1024**2:.0f} MB"


def regular_file(path: Path) -> os.stat_result:
    """State of a file that can be opened and read.

    Raises
    ------
    FileRefused
        If there is none, or it is a folder, a device, empty or not to be read by us.
    """
    try:
        state = path.stat()
    except FileNotFoundError as error:
        raise FileRefused(path, "there is no such file.") from error
    except (OSError, ValueError) as error:
        raise FileRefused(path, f"the file cannot be read: {_why(error)}.") from error
    if stat.S_ISDIR(state.st_mode):
        raise FileRefused(path, "this is a folder; give a file, or a zip of the folder.")
    if not stat.S_ISREG(state.st_mode):
        raise FileRefused(path, "this is a device or a pipe, not a file; save it as a file first.")
    if not os.access(path, os.R_OK, effective_ids=os.access in os.supports_effective_ids):
        raise FileRefused(path, "the file may not be read; ask its owner for the right to read it.")
    if state.st_size == 0:
        raise FileRefused(path, "the file is empty (0 bytes); fetch or export it again.")
    return state


def _why(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


@contextmanager
def plain_sentences(source: Source) -> Iterator[None]:
    """Turn what the machine and the libraries raise into one sentence about the file."""
    try:
        yield
    except OSError as error:
        raise source.refused(_system_sentence(error)) from error
    except (EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise source.refused(
            "the archive is damaged or cut off; fetch or export it again."
        ) from error
    except MemoryError as error:
        raise source.refused("it does not fit in memory; split it into smaller files.") from error
    except RecursionError as error:
        raise source.refused("it nests too deep to be read.") from error
    except GeoAssenError:
        raise
    except Exception as error:  # bytes without end and libraries without number: any may fall over
        raise source.refused(
            f"its content makes no sense to the program that reads it ({_first_line(error)}); "
            "fetch or export it again."
        ) from error


def _first_line(error: Exception) -> str:
    said = str(error).strip().splitlines()
    return (said[0].rstrip(".")[:200] if said else "") or type(error).__name__


def _system_sentence(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return (
            f"the disk for temporary files ({tempfile.gettempdir()}) is full; make room, or let "
            "TMPDIR name another."
        )
    if error.errno is None:  # a library speaks in the name of the system
        return "the archive is damaged or cut off; fetch or export it again."
    return f"the file cannot be read: {_why(error)}."


def xml_root(source: Source) -> str | None:
    """Name of the first element with its namespace, as ``namespace name``; None: no XML.

    Raises
    ------
    FileRefused
        If the file has a document type, in which entities hide, or no element where one must
        stand.
    """
    with source.path.open("rb") as stream:
        return root_of_xml(source, stream)


def root_of_xml(source: Source, stream: IO[bytes]) -> str | None:
    """Name of the first element of XML in a stream, as :func:`xml_root` of a whole file.

    Raises
    ------
    FileRefused
        As :func:`xml_root`.
    """
    found: list[str] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise source.refused(
            "the XML declares a document type or entities, which is not accepted; save it without."
        )

    def first(name: str, _: object) -> None:
        found.append(name)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = first
    for _ in range(_PROLOG_BYTES // 4096):
        chunk = stream.read(4096)
        try:
            parser.Parse(chunk, not chunk)
        except (expat.ExpatError, LookupError, ValueError):  # no XML, or none we know
            chunk = b""
        if found or not chunk:
            return found[0] if found else None
    raise source.refused(
        f"the XML has no element in its first {_PROLOG_BYTES // 1024} kB; save it without the "
        "long comment above."
    )
