"""What waits in a quarantine, grouped so that one rule mends many rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from geo_assen import services
from geo_assen.errors import NotFound
from geo_assen.services import FaultGroup, MendRule, Store
from tests.services.sample import COPY_IN_A_FILE

Write = Callable[[str, str], Path]
ROWS = """code,uses,floor_area_m2,sales_floor_m2,x,y
N1,oud,120,100,233900,556800
N2,oud,130,100,233910,556810
N3,ouder,140,100,233920,556820
N4,retail,-5,-5,233930,556830
N5,retail,150,100,556840,233940
N6,retail,160,100,233950,556850
"""


def set_aside(store: Store, write: Write) -> int:
    (report,) = services.import_file(store, "premises", write("a.csv", ROWS)).layers
    assert report.batch_id is not None
    return report.batch_id


def group(store: Store, number: int, kind: str, value: str | None) -> FaultGroup:
    found = services.quarantine_overview(store, number).groups
    (one,) = [item for item in found if (item.kind, item.value) == (kind, value)]
    return one


def test_overview_counts_rows_and_groups_them_by_fault(copy: Store, write: Write) -> None:
    number = set_aside(copy, write)
    overview = services.quarantine_overview(copy, number)
    assert [entry.row for entry in overview.entries] == [1, 2, 3, 4, 5]
    assert overview.waiting == 5
    assert group(copy, number, "bad_category", "oud").rows == 2
    assert group(copy, number, "bad_category", None).rows == 3
    swapped = group(copy, number, "swapped_projected_axes", "556840, 233940")
    assert (swapped.rows, swapped.fixable) == (1, 1)
    rows = [item.rows for item in overview.groups]
    assert rows == sorted(rows, reverse=True)


@COPY_IN_A_FILE
def test_overview_tells_mended_and_dropped_rows(copy: Store, write: Write) -> None:
    number = set_aside(copy, write)
    services.mend_by_rule(copy, number, MendRule(
        kind="bad_category", field="uses", value="oud", action="replace", new_value="retail"
    ))  # fmt: skip
    services.mend_by_rule(copy, number, MendRule(kind="negative_value", action="drop"))
    overview = services.quarantine_overview(copy, number)
    assert [entry.is_mended for entry in overview.entries] == [True, True, False, False, False]
    assert [entry.outcome for entry in overview.entries] == [None, None, None, "dropped", None]
    services.mend_by_rule(copy, number, MendRule(kind="bad_category", action="restore"))
    assert not any(e.is_mended for e in services.quarantine_overview(copy, number).entries)


@COPY_IN_A_FILE
def test_rule_mends_the_same_fault_in_two_fields_of_a_row(copy: Store, write: Write) -> None:
    number = set_aside(copy, write)
    rule = MendRule(kind="negative_value", action="replace", new_value="50")
    assert services.mend_by_rule(copy, number, rule) == 1
    (row,) = [r for r in services.quarantined_rows(copy, number) if r.row == 4]
    assert row.mended == {"floor_area_m2": "50", "sales_floor_m2": "50"}
    assert services.quarantined_rows(copy, number, ids=[row.id]) == [row]


@COPY_IN_A_FILE
def test_overview_of_an_import_that_is_not_there_is_refused(copy: Store) -> None:
    with pytest.raises(NotFound):
        services.quarantine_overview(copy, 999_999)
