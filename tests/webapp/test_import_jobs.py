"""Work beside the requests, as any process of the server sees it: through its files."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest
from flask import Flask

from geo_assen import services
from geo_assen.errors import FileRefused
from geo_assen.settings import Settings
from tests.webapp.importing import PREMISES, Importer, finish_work
from webapp.ingest import jobs
from webapp.ingest.uploads import Upload, new_upload, stored_upload


@pytest.fixture
def upload(tmp_path: Path) -> Upload:
    return new_upload(tmp_path / "uploads", "premises", name="panden.csv")


def seen(upload: Upload) -> jobs.JobState:
    """State as another process reads it."""
    return jobs.state_of(stored_upload(upload.folder.parent, upload.token))


def test_no_work_has_no_state(upload):
    assert jobs.state_of(upload) is None


def test_state_tells_how_far_the_work_is(upload):
    told, go_on = threading.Event(), threading.Event()

    def work(tell):
        tell("blad", 20_000, 100_000)
        told.set()
        go_on.wait(30)
        return [7]

    jobs.start(upload, "land", work, alone=False)
    assert told.wait(30)
    state = seen(upload)
    assert (state.stage, state.layer) == ("running", "blad")
    assert (state.rows, state.total) == (20_000, 100_000)
    go_on.set()
    finish_work()
    assert (seen(upload).stage, seen(upload).imports) == ("done", (7,))


def test_work_of_an_upload_is_started_once(upload):
    go_on, began = threading.Event(), []

    def work(_tell):
        began.append(1)
        go_on.wait(30)
        return []

    for _ in range(3):
        jobs.start(upload, "check", work, alone=False)
    go_on.set()
    finish_work()
    assert began == [1]


def test_third_work_waits_for_a_place_and_a_cancel_ends_the_wait(tmp_path):
    uploads = [new_upload(tmp_path, "premises", name="a.csv") for _ in range(3)]
    go_on, ran = threading.Event(), []
    began = threading.Barrier(3)

    def held(_tell):
        began.wait(30)
        go_on.wait(30)
        return []

    for busy in uploads[:2]:
        jobs.start(busy, "check", held, alone=False)
    began.wait(30)
    jobs.start(uploads[2], "check", lambda _tell: ran.append(1) or [], alone=False)
    assert seen(uploads[2]).stage == "waiting"
    jobs.cancel(uploads[2])
    for thread in threading.enumerate():
        if thread.name == f"import-{uploads[2].token[:8]}":
            thread.join(30)
    assert (seen(uploads[2]).stage, ran) == ("cancelled", [])
    go_on.set()
    finish_work()


def test_cancel_leaves_the_store_as_it_was(import_app: Flask, import_settings: Settings):
    staff, store = Importer(import_app), import_app.extensions["geo_assen"]
    path = staff.send(PREMISES)
    upload = stored_upload(import_settings.uploads, path.rsplit("/", 1)[1])

    def work(tell):
        def stopped_halfway(layer, rows, total):
            jobs.cancel(upload)
            tell(layer, rows, total)

        services.import_file(store, "premises", upload.path, progress=stopped_halfway)
        return []

    before = store.version()
    jobs.start(upload, "land", work, alone=True)
    finish_work()
    assert seen(upload).stage == "cancelled"
    assert (services.imports(store), store.version()) == ([], before)
    assert "U hebt het gestopt." in staff.get(f"{path}/job").text


def test_refused_file_is_told_without_the_place_where_it_lies_here(upload):
    def work(_tell):
        raise FileRefused(upload.path, "it is no table.", kind="crs_missing")

    jobs.start(upload, "check", work, alone=False)
    finish_work()
    state = seen(upload)
    assert (state.stage, state.error) == ("failed", "panden.csv: it is no table.")
    assert state.error_kind == "crs_missing"


def test_fault_of_ours_is_a_reference_that_stands_in_the_log(upload, caplog):
    def work(_tell):
        raise RuntimeError("inner secret")

    with caplog.at_level(logging.ERROR):
        jobs.start(upload, "check", work, alone=False)
        finish_work()
    state = seen(upload)
    assert (state.stage, state.error) == ("failed", "")
    assert state.reference in caplog.text


def test_work_whose_process_died_is_recognised(import_app: Flask, import_settings: Settings):
    staff = Importer(import_app)
    path = staff.send(PREMISES)
    upload = stored_upload(import_settings.uploads, path.rsplit("/", 1)[1])
    staff.check(path)
    upload.write("job", {**upload.read("job"), "stage": "running"})
    assert seen(upload).stage == "running"
    os.utime(upload.folder / "beat", (1, 1))
    assert seen(upload).stage == "lost"
    page = staff.get(f"{path}/job").text
    assert "De server is gestopt terwijl hij bezig was." in page
    assert staff.get(f"{path}/job.json").json["next"] == f"{path}/job"
    assert staff.check(path).request.path == f"{path}/preview"


def test_work_that_goes_on_is_shown_with_a_bar_also_without_scripts(
    import_app: Flask, import_settings: Settings
):
    staff = Importer(import_app)
    path = staff.send(PREMISES)
    upload = stored_upload(import_settings.uploads, path.rsplit("/", 1)[1])
    staff.check(path)
    running = {"stage": "running", "layer": "panden", "rows": 20_000, "total": 100_000}
    upload.write("job", {**upload.read("job"), **running})
    page = staff.get(f"{path}/job").text
    assert "panden: rij 20.000 van 100.000" in page
    assert 'max="100000" value="20000"' in page
    assert '<meta http-equiv="refresh" content="2">' in page


def test_upload_removed_while_at_work_goes_as_soon_as_that_stops(upload):
    told, go_on = threading.Event(), threading.Event()

    def work(tell):
        told.set()
        go_on.wait(30)
        tell("blad", 1, 1)
        return []

    jobs.start(upload, "check", work, alone=False)
    assert told.wait(30)
    jobs.discard(upload)
    assert upload.folder.exists()
    go_on.set()
    finish_work()
    assert not upload.folder.exists()
