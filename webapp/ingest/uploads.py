"""Files that were sent and wait on disk: one folder each, under a random name.

Beside the file stand small JSON documents: what it is (``upload``), how it would be read
(``proposal``), what the user chose (``choice``), how far the work is (``job``) and what a
check found (``report``). Each is replaced whole, so that another process never reads half.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage

from geo_assen.errors import FileRefused, NotFound

__all__ = ["KEPT_SECONDS", "Upload", "harmless_name", "new_upload", "stored_upload", "sweep"]

KEPT_SECONDS = 2 * 24 * 3600
"""How long an upload that nobody touches is kept."""

_TOKEN = re.compile(r"[0-9a-f]{32}")
_UNUSUAL = re.compile(r"[^\w .()+-]")
_LONGEST_STEM, _LONGEST_ENDING = 48, 12


@dataclass(frozen=True)
class Upload:
    """One file that waits, or rows of a quarantine that are sent again.

    Attributes
    ----------
    layer
        Id of the layer it is for.
    name
        Name of the file, made harmless.
    resent_from
        Import whose quarantine is sent again; None: there is a file.
    """

    folder: Path
    layer: str
    name: str
    resent_from: int | None = None

    @property
    def token(self) -> str:
        """The random name under which it waits."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """Where the file itself lies."""
        return self.folder / "file" / self.name

    def read(self, document: str) -> Any:
        """One of the documents beside the file; None where it was not written."""
        try:
            return json.loads((self.folder / f"{document}.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None

    def write(self, document: str, content: Any) -> None:
        """Replace a document as a whole."""
        draft = self.folder / f".{document}.{secrets.token_hex(4)}"
        draft.write_text(json.dumps(content, default=str), encoding="utf-8")
        draft.replace(self.folder / f"{document}.json")

    def forget(self, *documents: str) -> None:
        """Remove documents that do not hold any more."""
        for document in documents:
            (self.folder / f"{document}.json").unlink(missing_ok=True)

    def let_go_of_file(self) -> None:
        """Remove the file; what was written about it stays for a while."""
        shutil.rmtree(self.folder / "file", ignore_errors=True)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def told(self, error: Exception) -> str:
        """Sentence of an error, with the name of the file instead of where it lies here."""
        return str(error).replace(str(self.path), self.name)


def new_upload(
    root: Path, layer: str, *, sent: FileStorage | None = None, resent_from: int | None = None,
    name: str = "",
) -> Upload:  # fmt: skip
    """Store what was sent, or make a place for rows that are sent again.

    Raises
    ------
    FileRefused
        If it cannot be written; nothing of it is left.
    """
    name = harmless_name(sent.filename or "") if sent is not None else name
    upload = Upload(root / secrets.token_hex(16), layer, name, resent_from)
    try:
        (upload.folder / "file").mkdir(parents=True, mode=0o700)
        if sent is not None:
            sent.save(upload.path, buffer_size=1024 * 1024)
        upload.write("upload", {"layer": layer, "name": name, "resent_from": resent_from})
    except OSError as error:
        upload.remove()
        reason = os.strerror(error.errno).lower() if error.errno else "the disk does not answer"
        raise FileRefused(name, f"it could not be stored here ({reason}).") from error
    return upload


def stored_upload(root: Path, token: str) -> Upload:
    """Upload of that name.

    Raises
    ------
    NotFound
        If there is none, or no longer.
    """
    folder = root / token
    if _TOKEN.fullmatch(token) and (folder / "upload.json").exists():
        told = json.loads((folder / "upload.json").read_text(encoding="utf-8"))
        return Upload(folder, told["layer"], told["name"], told["resent_from"])
    raise NotFound(
        "upload", token[:40], "It was removed, or is older than two days; send the file again."
    )


def sweep(root: Path) -> None:
    """Remove uploads that nobody touched for some days."""
    oldest = time.time() - KEPT_SECONDS
    with suppress(FileNotFoundError):
        for folder in root.iterdir():
            with suppress(FileNotFoundError):
                if _TOKEN.fullmatch(folder.name) and folder.stat().st_mtime < oldest:
                    shutil.rmtree(folder, ignore_errors=True)


def harmless_name(sent: str) -> str:
    """Name of a file without any folder or sign that means something to a disk."""
    last = re.split(r"[/\\]", sent)[-1]
    kept = _UNUSUAL.sub("_", last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = ending, ""
    return f"{stem[:_LONGEST_STEM]}{dot}{ending[:_LONGEST_ENDING]}".strip(" .") or "file"
