"""Premises that came or went, and premises of which sources tell more than one story.

Told by hand, one line each, so that what the vacancy pages show can be followed: a hall that
was demolished while it stood empty, a shop that a bar took in, a pop-up shop of a month.
The rows come after those that are drawn by chance, which stay as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from data.drawing.ledger import TODAY
from data.drawing.premises import CORE, Unit, premises_rows

__all__ = ["turned_over_rows", "witness_rows"]


@dataclass(frozen=True)
class _Turn:
    """One of the premises, when it was there, and what was seen of it."""

    unit: Unit
    seen: tuple[str, ...]
    live_from: date | None = None
    gone_on: date | None = None
    reason: str | None = None
    into: str | None = None


def _survey_of(*states: str, first_year: int) -> tuple[str, ...]:
    """June surveys of the centre, one a year."""
    return tuple(f"{first_year + n}-06-16 field {state}" for n, state in enumerate(states))


_TURNS = (
    _Turn(
        Unit("industrial", "Bedrijfshal", "Havenkade", 53, 234_301.5, 557_660.4, 640, park="SB",
             build_year=1968, code="W-0412"),
        ("2018-09-20 field occupied", "2020-03-02 owner vacant", "2021-01-18 listing vacant",
         "2021-06-14 owner vacant"),
        gone_on=date(2022, 5, 2), reason="demolished",
    ),
    _Turn(
        Unit("industrial", "Bedrijfshal", "Industrieweg", 57, 234_551.0, 558_318.0, 1_150,
             park="SB", build_year=1971, code="W-0413"),
        ("2018-09-20 field occupied", "2022-10-12 field occupied", "2024-09-02 owner vacant",
         "2025-03-03 owner vacant", "2025-10-07 field vacant"),
        gone_on=date(2026, 3, 16), reason="demolished",
    ),
    _Turn(
        Unit("retail", "Winkelpand", "Kruisstraat", 15, 233_968.4, 557_151.9, 72, 60,
             shopping_area=CORE, build_year=1931, code="W-0414"),
        _survey_of(*["occupied"] * 7, "vacant", "vacant", first_year=2015),
        gone_on=date(2023, 9, 1), reason="merged", into="W-0033",
    ),
    _Turn(
        Unit("retail", "Winkelpand", "Mercuriusplein", 9, 233_814.7, 557_226.0, 480, 380,
             shopping_area=CORE, build_year=2024, code="W-0415"),
        ("2024-05-13 listing vacant", "2024-06-17 field vacant", "2025-06-18 field vacant",
         "2025-09-01 owner occupied", "2026-06-18 field occupied"),
        live_from=date(2024, 5, 1),
    ),
    _Turn(
        Unit("retail", "Winkelpand", "Oude Molenstraat", 15, 233_853.2, 557_446.8, 150, 120,
             shopping_area=CORE, build_year=1924, code="W-0416"),
        _survey_of(*["occupied"] * 6, *["vacant"] * 4, first_year=2015),
        gone_on=date(2025, 2, 3), reason="withdrawn",
    ),
)  # fmt: skip

_WITNESSES: dict[str, tuple[str, ...]] = {
    # used for a month or so between two vacancies
    "W-0040": ("2026-02-05 field occupied", "2026-03-06 field vacant"),
    "W-0196": ("2026-01-15 field occupied", "2026-02-20 field vacant"),
    "W-0396": ("2026-05-18 owner vacant", "2026-10-12 owner occupied"),
    # sources that say otherwise than the survey
    "W-0122": ("2026-09-14 owner occupied",),
    "W-0214": ("2026-08-31 owner occupied",),
    "W-0354": ("2026-07-01 register occupied",),
    # large premises of which a part is let
    "W-0237": ("2026-10-05 field partly 0.5",),
    "W-0341": ("2026-09-28 field partly 0.4",),
    "W-0369": ("2026-10-05 field partly 0.3",),
    # the corner of the centre that is to be turned into something else empties first
    **dict.fromkeys(
        (
            "W-0093", "W-0094", "W-0097", "W-0100", "W-0103", "W-0106", "W-0107", "W-0108",
            "W-0109", "W-0110",
        ),
        ("2026-10-05 field vacant",),
    ),
    # while shops elsewhere in the centre find a tenant
    **dict.fromkeys(("W-0046", "W-0061", "W-0133", "W-0173"), ("2026-10-05 field occupied",)),
}
"""Further observations of premises that are drawn elsewhere."""

_LATE_DAYS = 3


def turned_over_rows() -> list[dict[str, Any]]:
    """Rows of the layer ``premises`` that follow the drawn ones."""
    drawn = premises_rows([turn.unit for turn in _TURNS])
    return [
        {
            **row,
            "live_from": turn.live_from,
            "gone_on": turn.gone_on,
            "gone_reason": turn.reason,
            "merged_into": turn.into,
        }
        for row, turn in zip(drawn, _TURNS, strict=True)
    ]


def witness_rows() -> list[dict[str, Any]]:
    """Rows of the layer ``vacancy`` that follow the drawn ones, by day and premises."""
    told = [(turn.unit.code, said) for turn in _TURNS for said in turn.seen]
    told += [(code, said) for code, all_said in _WITNESSES.items() for said in all_said]
    rows = [_row(code, *said.split()) for code, said in told]
    return sorted(rows, key=lambda row: (row["observed_on"], row["premises"], row["source"]))


def _row(code: str, day: str, source: str, state: str, part: str | None = None) -> dict[str, Any]:
    observed = date.fromisoformat(day)
    return {
        "premises": code,
        "observed_on": observed,
        "recorded_on": min(TODAY, observed + timedelta(days=_LATE_DAYS)),
        "source": source,
        "state": state,
        "vacant_share": {"vacant": 1.0, "occupied": 0.0}.get(state, part and float(part)),
        "source_code": "sample-illustrative",
    }
