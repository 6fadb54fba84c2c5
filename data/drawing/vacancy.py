"""Vacancy observations, 2015 to today: a life of each premises, seen by several eyes.

First it is decided who stands empty from when to when, then who saw that: a yearly field
survey of the centre in June, rarer ones of the business parks, owners, the register, sites
that list offers, and the building register.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from data.drawing.dice import day_between, pick, share, shuffled, whole
from data.drawing.ledger import TODAY
from data.drawing.premises import CORE, Unit

__all__ = ["Lives", "observation_rows", "told_lives"]

FIRST_YEAR, LAST_YEAR = 2015, 2026
VACANT_SHARE = {
    2015: 0.157, 2016: 0.171, 2017: 0.186, 2018: 0.195, 2019: 0.205, 2020: 0.190, 2021: 0.181,
    2022: 0.162, 2023: 0.152, 2024: 0.143, 2025: 0.138, 2026: 0.133,
}  # fmt: skip
"""Share of the units of the core that the June survey finds empty; one in five in 2019."""
NEW_TENANTS = {2018: 14, 2019: 7}
"""Published numbers of empty shops let in the year before the survey."""
_USUAL_TENANTS = 11
_STAY_EMPTY: dict[str, tuple[tuple[int, int, int], ...]] = {
    "Citadel": ((5600, 2017, 2024),),
    "Ceresplein": ((1900, 2016, 2023),),
    "Mercuriusplein": ((2200, 2024, 2027),),
    "Rolderstraat": ((1300, 2022, 2025),),
}
"""Large shops by street: sales floor, first year found empty, first year no longer."""
_LARGE_M2 = 1200
_SURVEYS_OF_PARKS = (date(2018, 9, 10), date(2022, 10, 3), date(2025, 10, 6))


@dataclass
class Lives:
    """Periods in which each premises stands empty: from a day, to a day or None."""

    spells: dict[str, list[tuple[date, date | None]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def vacant(self, code: str, day: date) -> bool:
        """Whether a premises stands empty on a day."""
        return any(a <= day and (b is None or day < b) for a, b in self.spells[code])

    def vacant_today(self, code: str) -> date | None:
        """Day since which it stands empty, or None."""
        return next((a for a, b in self.spells[code] if b is None), None)


def told_lives(units: list[Unit]) -> Lives:
    """Decide when each premises stands empty."""
    lives = Lives()
    _core_lives([unit for unit in units if unit.shopping_area == CORE], lives)
    for unit in units:
        if unit.shopping_area != CORE:
            _other_life(unit, lives)
    return lives


def _survey_day(street: str | None, year: int) -> date:
    return date(year, 6, 8) + timedelta(days=whole(0, 16, "survey", street, year))


def _core_lives(units: list[Unit], lives: Lives) -> None:
    by_code = {unit.code: unit for unit in units}
    large = _large_spells(units)
    since: dict[str, date] = {}
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        stay = {code for code, (a, b) in large.items() if a <= year < b}
        leave = [code for code in since if code in large and code not in stay]
        lively = [c for c in since if c not in large and share("dull", c) > 0.3]
        free = shuffled(lively, "let", year)
        leave += free[: NEW_TENANTS.get(year, _USUAL_TENANTS) - len(leave)]
        for code in leave if year > FIRST_YEAR else []:
            lives.spells[code].append((since.pop(code), _between_surveys(by_code[code], year)))
        wanted = round(VACANT_SHARE[year] * len(units))
        enter = [code for code in sorted(stay) if code not in since]
        settled = {*since, *large, *leave}
        others = [c for c in by_code if c not in settled and _may_leave(by_code[c])]
        enter += shuffled(others, "left", year)[: max(0, wanted - len(since) - len(enter))]
        for code in enter:
            since[code] = _between_surveys(by_code[code], year, left=True)
    for code, start in since.items():
        lives.spells[code].append((start, None))


def _may_leave(unit: Unit) -> bool:
    """Whether a unit may fall empty by chance; a third of the bars never do."""
    steady = unit.kind == "hospitality" and share("steady", unit.code) < 0.3
    return not steady and (unit.sales_m2 or 0) < _LARGE_M2


def _large_spells(units: list[Unit]) -> dict[str, tuple[int, int]]:
    found = {}
    for unit in units:
        for sales, first, end in _STAY_EMPTY.get(str(unit.street), ()):
            if unit.sales_m2 == sales:
                found[unit.code] = (first, end)
    return found


def _between_surveys(unit: Unit, year: int, *, left: bool = False) -> date:
    """Day since the survey before; in the first year it may be long ago."""
    before = _survey_day(unit.street, year - (4 if left and year == FIRST_YEAR else 1))
    return day_between(
        before + timedelta(days=4), _survey_day(unit.street, year) - timedelta(days=4),
        "moved", unit.code, year, left,
    )  # fmt: skip


def _other_life(unit: Unit, lives: Lives) -> None:
    chance = {"office": 0.8, "industrial": 0.45, "logistics": 0.35}.get(unit.kind, 0.4)
    if share("ever", unit.code) > chance:
        return
    first = max(date(2016, 1, 4), date((unit.build_year or 2000) + 2, 1, 4))
    start = day_between(first, date(2026, 8, 28), "empty", unit.code)
    end = start + timedelta(days=int(120 + 2000 * share("length", unit.code) ** 1.6))
    lives.spells[unit.code].append((start, None if end > TODAY else end))


def observation_rows(units: list[Unit], lives: Lives) -> list[dict[str, Any]]:
    """Rows of the layer ``vacancy``, by day and premises."""
    rows: list[dict[str, Any]] = []
    for unit in units:
        if unit.shopping_area == CORE:
            rows += _field_surveys(unit, lives)
        else:
            rows += _rare_surveys(unit, lives)
        rows += _told_by_others(unit, lives)
        rows += _registers(unit, lives)
    rows.sort(key=lambda row: (row["observed_on"], row["premises"], row["source"]))
    return rows


def _seen(
    unit: Unit, day: date, source: str, state: str, part: float | None = None, late: int = 9
) -> dict[str, Any]:
    wait = whole(1, late, "recorded", unit.code, day, source)
    return {
        "premises": unit.code,
        "observed_on": day,
        "recorded_on": min(TODAY, day + timedelta(days=wait)),
        "source": source,
        "state": state,
        "vacant_share": {"vacant": 1.0, "occupied": 0.0}.get(state, part),
        "source_code": "sample-illustrative",
    }


def _field_surveys(unit: Unit, lives: Lives) -> list[dict[str, Any]]:
    rows = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        day = _survey_day(unit.street, year)
        state, part = "vacant" if lives.vacant(unit.code, day) else "occupied", None
        if state == "vacant" and unit.floor_m2 > 500 and share("partly", unit.code, year) < 0.2:
            state, part = "partly", pick((0.3, 0.4, 0.5, 0.6), "part", unit.code, year)
        rows.append(_seen(unit, day, "field", state, part))
    return rows


def _rare_surveys(unit: Unit, lives: Lives) -> list[dict[str, Any]]:
    """Survey days of parks and neighbourhood centres; one in twelve is never visited."""
    if share("never", unit.code) < 0.08:
        return []
    rows = []
    for start in _SURVEYS_OF_PARKS:
        day = start + timedelta(days=whole(0, 18, "round", unit.park, unit.shopping_area))
        if (unit.build_year or 0) < day.year and share("skipped", unit.code, day) > 0.1:
            state = "vacant" if lives.vacant(unit.code, day) else "occupied"
            rows.append(_seen(unit, day, "field", state, late=40))
    return rows


def _told_by_others(unit: Unit, lives: Lives) -> list[dict[str, Any]]:
    """Owners and listing sites speak when a tenant goes or comes."""
    rows = []
    for start, end in lives.spells[unit.code]:
        if share("listed", unit.code, start) < 0.5 and start.year >= FIRST_YEAR:
            day = start + timedelta(days=whole(5, 60, "listing", unit.code, start))
            rows += [_seen(unit, day, "listing", "vacant")] if day < (end or TODAY) else []
        if share("owner", unit.code, start) < 0.35 and start.year >= FIRST_YEAR:
            rows.append(_seen(unit, start, "owner", "vacant", late=30))
        if end and share("owner-end", unit.code, end) < 0.3:
            rows.append(_seen(unit, end, "owner", "occupied", late=30))
    if not lives.vacant(unit.code, TODAY) and share("too-early", unit.code) < 0.02:
        rows.append(_seen(unit, date(2026, 10, 12), "listing", "vacant"))
    return rows


def _registers(unit: Unit, lives: Lives) -> list[dict[str, Any]]:
    """The vacancy register follows offices; the building register says little by design."""
    rows = []
    if unit.kind == "office":
        for year in range(2020, LAST_YEAR + 1):
            day = date(year, 2, 1)
            if (unit.build_year or 0) < year and share("register", unit.code, year) < 0.6:
                state = "vacant" if lives.vacant(unit.code, day) else "occupied"
                rows.append(_seen(unit, day, "register", state, late=60))
    told = share("bag", unit.code)
    if told < 0.12:
        out_of_use = told < 0.012
        rows.append(_seen(unit, date(2026, 3, 2), "bag", "vacant" if out_of_use else "unknown"))
    return rows
