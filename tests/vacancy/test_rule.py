from __future__ import annotations

import pytest

from geo_assen.errors import GeoAssenError
from geo_assen.vacancy import SOURCES, USUAL_RULE, VacancyRule, VacancyRuleError

USUAL = "field:18 owner:12 register:12 listing:6 bag:12"


def test_usual_rule_is_the_one_that_settings_name() -> None:
    assert VacancyRule.read(USUAL, 92, True) == USUAL_RULE
    assert USUAL_RULE.order == SOURCES == ("field", "owner", "register", "listing", "bag")


def test_rules_that_differ_in_order_alone_are_different() -> None:
    other = VacancyRule.read("owner:12 field:18 register:12 listing:6 bag:12", 92, True)
    assert other.order[:2] == ("owner", "field")
    assert other != USUAL_RULE
    assert len({other, USUAL_RULE, VacancyRule.read(USUAL, 92, True)}) == 2
    assert VacancyRule.read(USUAL, 92, False) != USUAL_RULE


@pytest.mark.parametrize(
    "validity",
    [
        "",
        "field:18 owner:12 register:12 listing:6",
        f"{USUAL} gossip:3",
        f"{USUAL} field:6",
        USUAL.replace("bag", "BAG"),
        USUAL.replace("field:18", "field=18"),
        USUAL.replace("field:18", "field: 18"),
        USUAL.replace("field:18", "field:-18"),
        USUAL.replace("field:18", "field:1.5"),
        USUAL.replace("field:18", "field:0"),
        USUAL.replace("field:18", "field:1201"),
        USUAL.replace("field:18", "field:१"),
        USUAL.replace(" ", ","),
    ],
)
def test_anything_that_is_no_rule_is_refused_with_a_sentence(validity: str) -> None:
    with pytest.raises(VacancyRuleError, match=r"^The vacancy rule .* cannot be used: .+\.$"):
        VacancyRule.read(validity, 92, True)


@pytest.mark.parametrize("days", [-1, 3661, 1.5, True])
def test_short_use_that_is_no_number_of_days_is_refused(days: int) -> None:
    with pytest.raises(GeoAssenError, match="short use"):
        VacancyRule.read(USUAL, days, True)


def test_rule_does_not_change_with_the_mapping_it_was_made_of() -> None:
    months = dict(USUAL_RULE.months)
    rule = VacancyRule(months)
    months["field"] = 1
    assert rule == USUAL_RULE
