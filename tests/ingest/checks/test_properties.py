"""What holds of any file, clean or dirty."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, Polygon, box

from geo_assen.catalogue import FieldDefinition
from geo_assen.ingest.checks.columns import read_column
from geo_assen.ingest.checks.findings import Findings
from geo_assen.ingest.checks.values import CellReader
from tests.ingest.checks.conftest import PLACE, codes, part_of, plot, square

tables = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture],
                  deadline=None)  # fmt: skip

CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 20_000), st.floats(width=32), st.text(max_size=6),
    st.sampled_from(["A", "B", "C", "D", "P", "3.1", "office;retail", "2026-03-01", "31-2-2026",
                     "1.234,5", "n.v.t.", "-", "CafÃ©", '"x"', "a  b", "ja", "60%", "44927"]),
    st.dates(date(1899, 1, 1)), st.lists(st.integers(), max_size=2),
)  # fmt: skip
SHAPES = st.one_of(
    st.none(), st.integers(0, 8).map(square),
    st.sampled_from([
        Point(0, 0), Point(6.5, 53), Point(556_700, 233_700), Point(1e9, -1e9), Polygon(),
        Polygon([(233_700, 556_700), (233_800, 556_800), (233_800, 556_700), (233_700, 556_800)]),
        LineString([(233_700, 556_700), (233_800, 556_700)]), box(0, 0, 1, 1),
    ]),
)  # fmt: skip
NAMES = ["code", "park", "area_m2", "parent_plot", "uses", "serviced_on", "name", "fibre",
         "coverage_share", "einddatum", "begindatum", "versie", "gemeente"]  # fmt: skip
DIRTY = st.lists(
    st.fixed_dictionaries({PLACE: SHAPES}, optional=dict.fromkeys(NAMES, CELLS)), max_size=12
)


def outcome_of(outcome):
    """What does not hang on the parts in which rows came."""
    return (
        sorted(outcome.accepted["row"]),
        sorted((aside.row, json.dumps(aside.original, default=str)) for aside in outcome.set_aside),
        sorted((i.row, i.kind, str(i.field), i.message, str(i.fix)) for i in outcome.issues),
        outcome.repaired,
        outcome.superseded,
    )


@tables
@given(DIRTY)
def test_no_row_is_lost_and_none_is_accepted_with_a_fault(run, rows):
    outcome = run(rows)  # the sum is asserted there
    numbers = [*outcome.accepted["row"], *(aside.row for aside in outcome.set_aside)]
    assert len(set(numbers)) == len(numbers)
    faulty = {i.row for i in outcome.issues if i.treatment in ("quarantine", "refuse")}
    assert faulty == {aside.row for aside in outcome.set_aside}
    for aside in outcome.set_aside:
        assert json.loads(json.dumps(aside.original, allow_nan=False)) == aside.original
        assert {issue.row for issue in aside.issues} == {aside.row}
    mended = {i.row for i in outcome.issues if i.treatment == "repair"}
    assert outcome.repaired == len(mended - faulty)


@tables
@given(DIRTY, st.integers(1, 5))
def test_size_of_the_parts_does_not_change_the_outcome(run, rows, size):
    # One table, cut in parts: a column then has one dtype throughout.
    whole = part_of(rows)
    parts = [type(whole)(
        whole.numbers[at:at + size],
        whole.values.iloc[at:at + size].reset_index(drop=True),
        None if whole.geometry is None else whole.geometry[at:at + size],
    ) for at in range(0, len(rows), size)]  # fmt: skip
    assert outcome_of(run(parts or [whole])) == outcome_of(run([whole]))


@tables
@given(st.permutations(range(7)), st.integers(1, 7))
def test_order_of_rows_and_parents_does_not_change_what_is_accepted(run, order, parts):
    parents = {0: None, 1: 0, 2: 1, 3: 0, 4: 6, 5: "Z", 6: 5}
    rows = [plot(code=f"K{at}", geometry=square(at), parent_plot=parents[at] if at == 5 else
            None if parents[at] is None else f"K{parents[at]}") for at in order]  # fmt: skip
    outcome = run(rows, parts=parts)
    assert sorted(codes(outcome)) == ["K0", "K1", "K2", "K3"]
    assert outcome.counts() == {"unknown_parent": 3}
    places = {code: at for at, code in enumerate(codes(outcome))}
    assert places["K0"] < places["K1"] < places["K2"]
    assert places["K0"] < places["K3"]


@tables
@given(st.lists(st.tuples(
    st.sampled_from(["Kavel 1", "Brink 3-A", "Café", "Noord & Zuid", "'t Veld"]),
    st.sampled_from(["office", "Kantoor;Zorg", None]), st.sampled_from(["3.1", "4.2", None]),
    st.dates(date(1950, 1, 1), date(2040, 1, 1)), st.booleans(),
    st.floats(0, 500).map(lambda number: round(number, 2)),
), max_size=30), st.integers(1, 4))  # fmt: skip
def test_clean_table_gives_no_issue(run, cells, parts):
    rows = [plot(code=f"K{at}", geometry=square(at), name=name, uses=uses, max_env_category=env,
                 serviced_on=day.isoformat(), fibre=fibre, price_eur_m2=price)
            for at, (name, uses, env, day, fibre, price) in enumerate(cells)]  # fmt: skip
    outcome = run(rows or [plot()], parts=parts)
    assert outcome.counts() == {}
    assert len(outcome.accepted) == max(len(cells), 1)


# Whole columns against one cell after the other

FIELDS = {
    "number": {"unit": "m", "minimum": 0, "maximum": 900},
    "integer": {"unit": "jobs", "minimum": 0},
    "date": {},
    "text": {"digits": 4},
}
SPELLINGS = st.one_of(
    st.none(), st.integers(-3, 1_000_000), st.integers(0, 2_000).map(str),
    st.floats(-10, 2_000).map(lambda number: f"{number:.3f}"),
    st.floats(-10, 2_000), st.from_regex(r"\A\d{1,3}([.,]\d{3}){0,2}([.,]\d{1,4})?\Z"),
    st.from_regex(r"\A\d{1,4}[-/. ](\d{1,2}|mei|mrt)[-/. ]\d{1,4}\Z"),
    st.dates(date(1890, 1, 1), date(2200, 1, 1)), st.text("0123456789 -.,€%", max_size=7),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@pytest.mark.parametrize("kind", FIELDS)
@given(cells=st.lists(SPELLINGS, max_size=15), decimal=st.sampled_from([".", ","]))
def test_column_reads_as_its_cells_do(kind, cells, decimal):
    unit = FIELDS[kind].get("unit")
    field = FieldDefinition.model_validate(
        {"name": f"size_{unit}" if unit else "size", "type": kind, "title": {"nl": "G", "en": "S"}}
        | FIELDS[kind]
    )
    reader = CellReader(field, None, decimal, is_id=kind == "text")
    for series in (pd.Series(cells, dtype=object), _typed(cells)):
        findings = Findings(np.arange(1, len(series) + 1))
        column = read_column(reader, series, findings)
        expected = [reader.read(cell) for cell in series.tolist()]
        faults = [(at + 1, fault.kind) for at, (_, found) in enumerate(expected) for fault in found]
        assert [(issue.row, issue.kind) for issue in findings.issues] == faults
        assert column.missing.tolist() == [value is None for value, _ in expected]
        for value, (wanted, _) in zip(column.values.tolist(), expected, strict=True):
            assert wanted is None or _same(value, wanted)


def _typed(cells):
    """The cells of one type in the dtype that a format would have for them."""
    numbers = [cell for cell in cells if isinstance(cell, (int, float)) or cell is None]
    return pd.Series(numbers, dtype=np.float64)


def _same(value, wanted):
    return math.isclose(value, wanted) if isinstance(wanted, float) else value == wanted
