"""Long work beside the requests: a thread each, its state in a small file.

The state stands beside the upload, so that any process of the server can show it; a file
``cancel`` asks the work to stop; a file ``beat`` is touched while the process lives, so that
work whose process died is told from work that is slow.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from geo_assen.errors import FileRefused, GeoAssenError, ImportCancelled
from webapp.ingest.uploads import Upload

__all__ = ["JobState", "Tell", "Work", "cancel", "discard", "start", "state_of"]

log = logging.getLogger(__name__)

Kind = Literal["check", "land"]
Stage = Literal["waiting", "running", "done", "failed", "cancelled", "lost"]
Tell = Callable[[str, int, int | None], None]
Work = Callable[[Tell], list[int]]
"""Does the work, tells how far it is, and answers the numbers of the imports it made."""

_AT_ONCE = 2
_BEAT_SECONDS = 2.0
_DEAD_AFTER_SECONDS = 20.0
_TOLD_EVERY_SECONDS = 0.25

_places = threading.BoundedSemaphore(_AT_ONCE)
_alone = threading.Lock()
_starting = threading.Lock()


@dataclass(frozen=True)
class JobState:
    """How far a piece of work is.

    Attributes
    ----------
    stage
        ``lost``: its process died before it was done.
    layer, rows, total
        Layer of the file, how many of its rows are done, and of how many (None: unknown).
    imports
        Numbers of the imports that it made.
    error, error_kind
        The sentence to show, and the kind of fault where the file was refused for one.
    reference
        Under which a fault of ours stands in the log.
    """

    kind: Kind
    stage: Stage = "waiting"
    layer: str = ""
    rows: int = 0
    total: int | None = None
    imports: tuple[int, ...] = ()
    error: str = ""
    error_kind: str | None = None
    reference: str | None = None

    @property
    def is_active(self) -> bool:
        """Whether it still waits or runs."""
        return self.stage in ("waiting", "running")


def start(upload: Upload, kind: Kind, work: Work, *, alone: bool) -> None:
    """Do some work of an upload in a thread, unless work of it is going on already.

    Parameters
    ----------
    alone
        Whether the store takes one writer at a time: work then waits for other work.
    """
    with _starting:
        before = state_of(upload)
        if before is not None and before.is_active:
            return
        (upload.folder / "cancel").unlink(missing_ok=True)
        _beat(upload)
        _keep(upload, JobState(kind))
    name = f"import-{upload.token[:8]}"
    threading.Thread(target=_run, args=(upload, kind, work, alone), name=name, daemon=True).start()


def state_of(upload: Upload) -> JobState | None:
    """How far the work of an upload is; None where none was started."""
    told = upload.read("job")
    if told is None:
        return None
    state = JobState(**{**told, "imports": tuple(told["imports"])})
    if state.is_active and _silent_seconds(upload) > _DEAD_AFTER_SECONDS:
        return replace(state, stage="lost")
    return state


def cancel(upload: Upload) -> None:
    """Ask the work to stop; the store stays as it was."""
    (upload.folder / "cancel").touch()


def discard(upload: Upload) -> None:
    """Remove an upload; while work of it goes on, as soon as that has stopped."""
    with _starting:
        state = state_of(upload)
        if state is None or not state.is_active:
            upload.remove()
            return
        (upload.folder / "discarded").touch()
        cancel(upload)


def _run(upload: Upload, kind: Kind, work: Work, alone: bool) -> None:
    ended = threading.Event()
    threading.Thread(target=_keep_beating, args=(upload, ended), daemon=True).start()
    try:
        with _turn(upload, alone):
            _keep(upload, JobState(kind, "running"))
            made = work(_Teller(upload, kind))
        state = JobState(kind, "done", imports=tuple(made))
    except ImportCancelled:
        state = JobState(kind, "cancelled")
    except GeoAssenError as error:
        refused = error.kind if isinstance(error, FileRefused) else None
        state = JobState(kind, "failed", error=upload.told(error), error_kind=refused)
    except Exception as error:  # a thread has nobody above it who could tell the user
        reference = secrets.token_hex(4)
        log.exception("reference %s: import of a file stopped", reference, exc_info=error)
        state = JobState(kind, "failed", reference=reference)
    finally:
        ended.set()
    with _starting:
        _end(upload, state)


def _end(upload: Upload, state: JobState) -> None:
    if (upload.folder / "discarded").exists():
        upload.remove()
        return
    with suppress(FileNotFoundError):  # somebody emptied the folder meanwhile
        _keep(upload, state)


@contextmanager
def _turn(upload: Upload, alone: bool) -> Iterator[None]:
    """Wait for a place among the work that goes on; a cancel ends the wait."""
    held: list[Any] = []
    try:
        for lock in [_alone, _places] if alone else [_places]:
            while not lock.acquire(timeout=0.3):
                _stop_if_asked(upload)
            held.append(lock)
        _stop_if_asked(upload)
        yield
    finally:
        for lock in reversed(held):
            lock.release()


class _Teller:
    """Writes down how far the work is, not more often than anybody looks."""

    def __init__(self, upload: Upload, kind: Kind) -> None:
        self._upload = upload
        self._kind: Kind = kind
        self._told = 0.0

    def __call__(self, layer: str, rows: int, total: int | None) -> None:
        _stop_if_asked(self._upload)
        if time.monotonic() - self._told < _TOLD_EVERY_SECONDS and rows != total:
            return
        self._told = time.monotonic()
        _keep(self._upload, JobState(self._kind, "running", layer, rows, total))


def _stop_if_asked(upload: Upload) -> None:
    if (upload.folder / "cancel").exists():
        raise ImportCancelled


def _keep(upload: Upload, state: JobState) -> None:
    upload.write("job", asdict(state))


def _beat(upload: Upload) -> None:
    (upload.folder / "beat").touch()


def _keep_beating(upload: Upload, ended: threading.Event) -> None:
    while not ended.wait(_BEAT_SECONDS):
        with suppress(FileNotFoundError):
            _beat(upload)


def _silent_seconds(upload: Upload) -> float:
    try:
        return time.time() - (upload.folder / "beat").stat().st_mtime
    except FileNotFoundError:
        return float("inf")
