"""Every error a caller of geo_assen can meet; each class writes its own message.

Faults in users' data are not errors but values (``geo_assen.ingest.issues``): an error
here means that a call as a whole could not be answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

__all__ = [
    "ArgumentRefused",
    "CrsError",
    "FileRefused",
    "GeoAssenError",
    "ImportCancelled",
    "ImportNotUndone",
    "LayerDefinitionError",
    "LedgerError",
    "NotAllowed",
    "NotFound",
    "RequirementError",
    "ServiceUnavailable",
    "SettingsError",
    "SplitRefused",
    "StoreError",
    "UnknownCrsError",
]


class GeoAssenError(Exception):
    """Base of all errors of this project; the text is one sentence fit for a user."""


class ArgumentRefused(GeoAssenError):
    """A figure was asked for with a number or name for which there is no answer."""

    def __init__(self, name: str, value: object, expected: str) -> None:
        super().__init__(f"{name}={value!r} cannot be used: expected {expected}.")


class CrsError(GeoAssenError):
    """Geometry arrived in a reference system that the callee may not measure in."""

    def __init__(self, where: str, found: object) -> None:
        super().__init__(
            f"{where} needs coordinates in EPSG:28992 (RD New) but got "
            f"{found or 'no reference system'}; transform them first with geo_assen.crs.to_rd."
        )


class UnknownCrsError(GeoAssenError):
    """A reference system was named that does not exist."""

    def __init__(self, named: str) -> None:
        super().__init__(f"There is no reference system {named!r}; name one like EPSG:28992.")


class SettingsError(GeoAssenError):
    """A setting in the environment has a value that cannot be used."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"Setting {name}={value!r} cannot be used: expected {expected}.")


class LayerDefinitionError(GeoAssenError):
    """A file of the catalogue is wrong; the start stops here."""

    def __init__(self, file: Path | str, line: int | None, reason: str) -> None:
        place = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{place}: {reason}")


class RequirementError(GeoAssenError):
    """A requirement does not say something that can be matched; every fault is listed."""

    def __init__(self, origin: str, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        listed = "; ".join(f"{field}: {reason}" for field, reason in faults)
        super().__init__(f"{origin} cannot be matched: {listed}.")


class NotFound(GeoAssenError):
    """Something was asked for by a name that nothing has."""

    def __init__(self, kind: str, name: str, hint: str = "") -> None:
        super().__init__(f"There is no {kind} {name!r}." + (f" {hint}" if hint else ""))


class NotAllowed(GeoAssenError):
    """The role of the caller does not reach this."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is for signed-in staff only.")


class LedgerError(GeoAssenError):
    """Land events contradict each other; the balance cannot be drawn up."""


class FileRefused(GeoAssenError):
    """A file as a whole cannot be read or written.

    Attributes
    ----------
    kind
        Kind of issue of an import that refuses the file, as its report counts it; None
        where the file cannot be read at all.
    """

    def __init__(self, file: Path | str, reason: str, *, kind: str | None = None) -> None:
        self.kind = kind
        super().__init__(f"{file}: {reason}")


class ImportCancelled(GeoAssenError):
    """Someone stopped an import while it ran; nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__("The import was cancelled; the store is as it was.")


class ImportNotUndone(GeoAssenError):
    """An import cannot be taken back; the store is as it was."""

    def __init__(self, batch_id: int, reason: str) -> None:
        super().__init__(f"Import {batch_id} cannot be undone: {reason}")


class SplitRefused(GeoAssenError):
    """A plot cannot be cut, or plots cannot be merged, as was asked.

    Attributes
    ----------
    reason
        Short code, such as ``frontage``; the functions of ``geo_assen.sites.splitting`` say
        which ones they give.
    numbers
        What was found and what was asked, by a name with its unit, so that a screen can say
        it in its own language.
    """

    def __init__(
        self,
        asked: str,
        against: str,
        advice: str,
        *,
        reason: str,
        numbers: Mapping[str, float] | None = None,
    ) -> None:
        self.reason = reason
        self.numbers = dict(numbers or {})
        super().__init__(f"{asked} is refused: {against}; {advice}.")


class StoreError(GeoAssenError):
    """The store cannot be opened, read or written; nothing was half written."""

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"Store {store}: {reason}")


class ServiceUnavailable(GeoAssenError):
    """A public service gives no answer that can be used; nothing was changed."""

    def __init__(
        self,
        service: str,
        address: str,
        reason: str,
        advice: str = "Try again later, or import a file that you downloaded.",
    ) -> None:
        super().__init__(
            f"{service} ({address}) cannot be used: {reason}; nothing was changed. {advice}"
        )
