"""States, spells and voices against the rule walked day by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.vacancy import (
    SOURCES,
    STATES,
    VacancyRule,
    vacancy_spells,
    vacancy_states,
    voices,
)
from tests.factories import OBSERVATION, frame, make_observation, make_premises
from tests.vacancy.walk import SAYS, holds_until, plain, running, runs, state_of, used_before, walk

PREMISES = frame([make_premises(code="A"), make_premises(code="B")])
CODES = ("A", "B")

# From before a leap day to after the next one of another kind; months end on all kinds of days.
_days = st.integers(0, 420).map(lambda n: date(2019, 12, 20) + timedelta(n))
_rows = st.lists(
    st.builds(
        make_observation,
        premises=st.sampled_from(CODES),
        observed_on=_days,
        recorded_on=_days,
        source=st.sampled_from(SOURCES),
        state=st.sampled_from(STATES),
        vacant_share=st.sampled_from([0.25, None]),
    ),
    max_size=12,
)
_rules = st.builds(
    lambda order, months, short_days, breaks: VacancyRule(
        dict(zip(order, months, strict=True)), short_days, breaks
    ),
    st.permutations(SOURCES),
    st.lists(st.sampled_from([1, 2, 6, 12]), min_size=5, max_size=5),
    st.sampled_from([0, 20, 92]),
    st.booleans(),
)


def _own(rows: list[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["premises"] == code]


@settings(max_examples=60, deadline=None)
@given(_rows, _days, _days, _rules)
def test_states_are_those_of_a_walk_day_by_day(
    rows: list[dict[str, Any]], as_of: date, known_at: date, rule: VacancyRule
) -> None:
    states = vacancy_states(
        PREMISES, frame(rows, OBSERVATION), as_of=as_of, known_at=known_at, rule=rule
    )
    for code in CODES:
        days = walk(_own(rows, code), as_of=as_of, rule=rule, known_at=known_at)
        today = days[-1]
        decides = today.words[0] if today.words else {}
        disagreeing = today.sources(agree=False)
        newest = today.newest_on
        expected = {
            "state": today.state,
            "source": decides.get("source"),
            "observed_on": decides.get("observed_on"),
            "age_days": (as_of - decides["observed_on"]).days if decides else None,
            "agreeing": today.sources(agree=True),
            "disagreeing": disagreeing,
            "disagreement": disagreeing != "",
            "newest_on": newest,
            "newest_age_days": (as_of - newest).days if newest else None,
            **running(days, rule),
        }
        assert {name: plain(states.at[code, name]) for name in expected} == expected


@settings(max_examples=30, deadline=None)
@given(_rows, _days, _rules)
def test_spells_are_the_vacant_runs_of_a_walk_day_by_day(
    rows: list[dict[str, Any]], as_of: date, rule: VacancyRule
) -> None:
    spells = vacancy_spells(PREMISES, frame(rows, OBSERVATION), as_of=as_of, rule=rule)
    expected = []
    for code in CODES:
        found = runs(walk(_own(rows, code), as_of=as_of, rule=rule))
        for place, (kind, days) in enumerate(found):
            if kind != "vacant":
                continue
            runs_on = place == len(found) - 1
            expected.append(
                {
                    "premises": code,
                    "starts_on": days[0].day,
                    "ends_on": None if runs_on else days[-1].day,
                    "ended_by": "running" if runs_on else found[place + 1][0],
                    "at_least": found[place - 1][0] != "occupied",
                    "days": len(days),
                    "used_before_days": used_before(found, place),
                }
            )
    told = spells.drop(columns="vacancy_class").to_dict("records")
    assert [{k: plain(v) for k, v in row.items()} for row in told] == expected


@settings(max_examples=30, deadline=None)
@given(_rows, _days, _days, _rules)
def test_voices_are_the_last_words_and_agree_with_the_state(
    rows: list[dict[str, Any]], as_of: date, known_at: date, rule: VacancyRule
) -> None:
    rows = _own(rows, "A")
    told = voices(frame(rows, OBSERVATION), as_of=as_of, known_at=known_at, rule=rule)
    today = walk(rows, as_of=as_of, rule=rule, known_at=known_at)[-1]
    holding = told[told["holds"]]
    assert holding["source"].tolist() == [word["source"] for word in today.words]
    assert holding["state"].tolist() == [state_of(word) for word in today.words]
    assert holding["holds_until"].tolist() == [holds_until(word, rule) for word in today.words]
    assert holding["recorded_on"].tolist() == [word["recorded_on"] for word in today.words]
    assert told.loc[told["decides"], "source"].tolist() == [w["source"] for w in today.words[:1]]
    for agree in (True, False):
        others = told[(told["agrees"] == agree) & ~told["decides"]]
        assert ",".join(others["source"]) == today.sources(agree=agree)
    silent = told["agrees"].isna()
    assert (silent == (~told["holds"] | told["state"].map(SAYS).eq("unknown"))).all()
    known = [row for row in rows if row["recorded_on"] <= known_at]
    spoken = {row["source"] for row in known if row["observed_on"] <= as_of}
    assert told["source"].tolist() == [source for source in rule.months if source in spoken]
