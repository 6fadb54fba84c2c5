"""What requirements were before they were changed is kept, in stores of every age."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo_assen.store import (
    check_store,
    create_store,
    metadata,
    open_engine,
    read_batch,
    schema,
    write_batch,
)

BEFORE = "202611271000"
requirement = metadata.tables["requirement"]
history = metadata.tables["attribute_history"]


def fill(engine: sa.Engine) -> None:
    with write_batch(engine) as connection:
        connection.execute(sa.insert(metadata.tables["source"]).values(
            code="s", name="s", licence="CC0-1.0", retrieved_on=sa.func.current_date(),
            certainty="stated",
        ))  # fmt: skip
        connection.execute(sa.insert(requirement).values(
            code="R-1", title="Een", kind="new", stage="open", definition={"use": ["office"]},
            source_code="s",
        ))  # fmt: skip


def kept(engine: sa.Engine) -> list[tuple[str, str]]:
    statement = (
        sa.select(history.c.operation, history.c.attributes)
        .where(history.c.table_name == "requirement", history.c.code == "R-1")
        .order_by(history.c.id)
    )
    with read_batch(engine) as connection:
        return [(row[0], row[1]["stage"]) for row in connection.execute(statement)]


def move(engine: sa.Engine, stage: str) -> None:
    with write_batch(engine) as connection:
        connection.execute(sa.update(requirement).values(stage=stage))


def test_every_change_leaves_a_record_and_no_change_none(store: sa.Engine) -> None:
    fill(store)
    for stage in ("open", "talking", "talking", "closed"):
        move(store, stage)
    assert kept(store) == [("insert", "open"), ("update", "talking"), ("update", "closed")]
    assert check_store(store) == []


def test_record_of_an_older_store_begins_its_history_when_it_is_opened(
    vacant_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, older)
    for path in (older / "versions").glob("*.py"):
        if path.stem[:12] > BEFORE:
            path.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(schema, "MIGRATIONS", older)
        engine = create_store(vacant_url)
        fill(engine)
        assert kept(engine) == []
        engine.dispose()
    engine = open_engine(vacant_url)
    assert kept(engine) == [("insert", "open")]
    move(engine, "talking")
    assert kept(engine)[-1] == ("update", "talking")
    assert check_store(engine) == []
    engine.dispose()
