"""The worked example of the paper on vacancy, held to the program."""

from __future__ import annotations

from datetime import date

from geo_assen.settings import PROJECT_FOLDER
from geo_assen.vacancy import USUAL_RULE, vacancy_states
from tests.factories import OBSERVATION, frame, make_observation, make_premises
from tests.vacancy.walk import plain

PAPER = (PROJECT_FOLDER / "docs" / "vacancy-rule.md").read_text(encoding="utf-8")


def _table(first_cell: str) -> list[dict[str, str]]:
    """Rows of the table whose head begins with a cell, by the names in its head."""
    lines = PAPER.split(f"| {first_cell} |", 1)[1].split("\n\n", 1)[0].splitlines()
    head = [first_cell, *(cell.strip() for cell in lines[0].strip("| ").split("|"))]
    cells = [[cell.strip(" `") for cell in line.strip("| ").split("|")] for line in lines[2:]]
    return [dict(zip(head, row, strict=True)) for row in cells]


def test_example_says_what_the_program_says() -> None:
    rows = [
        make_observation(
            observed_on=date.fromisoformat(row["observed on"]),
            source=row["source"],
            state=row["state"],
        )
        for row in _table("observed on")
    ]
    premises = frame([make_premises(code="A")])
    answers = _table("as of")
    assert len(answers) == 5
    for answer in answers:
        as_of = date.fromisoformat(answer["as of"])
        found = vacancy_states(premises, frame(rows, OBSERVATION), as_of=as_of).loc["A"]
        since, used = found["vacant_since"], plain(found["used_before_days"])
        assert answer == {
            "as of": answer["as of"],
            "state": found["state"],
            "decided by": found["source"] or "-",
            "vacant since": f"{'>= ' if found['at_least'] else ''}{since}" if since else "-",
            "class": found["vacancy_class"],
            "says otherwise": found["disagreeing"] or "-",
            "short use before": f"{used:.0f} days" if used else "-",
        }


def test_sources_and_months_are_those_of_the_usual_rule() -> None:
    told = {row["source"]: row["its word holds for"] for row in _table("source")}
    assert list(told.items()) == [(s, f"{m} months") for s, m in USUAL_RULE.months.items()]
    assert f"at most {USUAL_RULE.short_use_days} days of known use" in PAPER
