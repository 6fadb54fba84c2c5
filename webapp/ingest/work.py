"""The work of an import as a job does it, outside any request."""

from __future__ import annotations

from geo_assen import services
from geo_assen.services import ImportReport, Store
from webapp.ingest import jobs
from webapp.ingest.drafts import options_of
from webapp.ingest.jobs import Tell
from webapp.ingest.uploads import Upload

__all__ = ["start_check", "start_landing"]


def start_check(store: Store, upload: Upload) -> None:
    """Try an import by every rule, undo it, and keep what it found beside the upload."""

    def work(tell: Tell) -> list[int]:
        report = _done(store, upload, dry_run=True, tell=tell)
        upload.write("report", report.document())
        return []

    jobs.start(upload, "check", work, alone=_takes_one_writer(store))


def start_landing(store: Store, upload: Upload) -> None:
    """Import for good; the file is not needed afterwards."""

    def work(tell: Tell) -> list[int]:
        report = _done(store, upload, dry_run=False, tell=tell)
        upload.let_go_of_file()
        upload.forget("report")  # so that it cannot land twice
        return [layer.batch_id for layer in report.layers if layer.batch_id is not None]

    jobs.start(upload, "land", work, alone=_takes_one_writer(store))


def _done(store: Store, upload: Upload, *, dry_run: bool, tell: Tell) -> ImportReport:
    if upload.resent_from is not None:
        return services.resend(store, upload.resent_from, dry_run=dry_run, progress=tell)
    return services.import_file(
        store, upload.layer, upload.path, options_of(upload), dry_run=dry_run, progress=tell
    )


def _takes_one_writer(store: Store) -> bool:
    """A store in one file is locked by whoever writes, be it to try."""
    return store.settings.store.startswith("sqlite")
