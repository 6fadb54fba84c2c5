"""Requirements that name what does not exist."""

from __future__ import annotations

from datetime import date

import pytest

from geo_assen.access import Role
from geo_assen.errors import RequirementError
from geo_assen.matching import check, match
from tests.matching.factories import make_requirement, make_site, make_sites

SITES = make_sites([make_site()])


def faults(role=Role.PUBLIC, **document):
    with pytest.raises(RequirementError) as refused:
        check(make_requirement(**document), SITES, role=role)
    return list(refused.value.faults)


def test_the_error_reads_as_a_sentence():
    asked = make_requirement(
        constraint=[
            {"field": "area_m2", "min": 1},
            {"field": "max_env_category", "at_least": "4.5"},
        ],
    )
    with pytest.raises(RequirementError) as refused:
        match(asked, SITES)
    assert str(refused.value) == (
        "Requirement 'Test' cannot be matched: constraint 2 (max_env_category): at_least must be "
        "one of 1, 2, 3.1, 3.2, 4.1, 4.2, 5.1, 5.2, 5.3, 6, not 4.5."
    )


@pytest.mark.parametrize(
    ("constraint", "reason"),
    [
        ({"field": "area", "min": 1}, "there is no field 'area' of a site (did you mean area_m2?)"),
        ({"field": "area_m2", "is": True},
         "is does not suit area_m2 (integer); allowed: max or min"),
        ({"field": "area_m2", "min": "2026-01-01"}, "min must be a number"),
        ({"field": "available_from", "max": 3}, "max must be a date such as 2026-11-01"),
        ({"field": "available_from", "at_least": "A"},
         "at_least does not suit available_from (date); allowed: max or min"),
        ({"field": "fibre", "one_of": ["yes"]},
         "one_of does not suit fibre (boolean); allowed: is"),
        ({"field": "energy_label", "min": 1},
         "min does not suit energy_label (category); allowed: at_least or one_of"),
        ({"field": "status", "at_least": "option"},
         "at_least does not suit status (category); allowed: one_of"),
        ({"field": "energy_label", "one_of": ["A", "H", "Z"]},
         "one_of must be one of G, F, E, D, C, B, A, A+, A++, A+++, A++++, not H, Z"),
        ({"field": "use", "one_of": ["office"]},
         "use is asked at the top of a requirement: use = [...]"),
        ({"near": "harbour", "max_m": 1},
         "near must be one of built_up, centre, green, main_road, motorway, motorway_exit, "
         "railway, station, street, water, or [longitude, latitude]"),
        ({"inside": "MESSCHENVELT"},
         "inside must be the code of an area or business park (did you mean MESSCHENVELD?)"),
        ({"inside": "???"},
         "inside must be the code of an area or business park (no code resembles it)"),
    ],
)
def test_constraint_on_what_does_not_exist_is_refused(constraint, reason):
    name = constraint.get("field")
    for kind in ("near", "inside"):
        name = f"{kind}:{constraint[kind]}" if kind in constraint else name
    assert faults(constraint=[constraint]) == [(f"constraint 1 ({name})", reason)]


@pytest.mark.parametrize(
    ("criterion", "reason"),
    [
        ({"field": "gird_mva", "curve": {"larger": [0, 2]}},
         "there is no field 'gird_mva' of a site (did you mean grid_mva?)"),
        ({"field": "grid_mva", "curve": {"categories": {"A": 1}}},
         "curve must run over numbers: smaller, larger, target or points"),
        ({"field": "grid_mva", "curve": {"larger": ["2026-01-01", "2027-01-01"]}},
         "curve must run over numbers: smaller, larger, target or points"),
        ({"field": "available_from", "curve": {"smaller": [0, 1]}},
         "curve must run over dates: smaller, larger, target or points"),
        ({"field": "energy_label", "curve": {"larger": [0, 1]}},
         "curve must be categories, because energy_label is a category"),
        ({"field": "fibre", "curve": {"categories": {"yes": 1}}},
         "curve.categories must be one of true, false, not yes"),
        ({"field": "use", "curve": {"categories": {"housing": 1}}},
         "curve.categories must be one of industrial, logistics, office, retail, hospitality, "
         "leisure, care, mixed, not housing"),
    ],
)
def test_criterion_on_what_does_not_exist_is_refused(criterion, reason):
    assert faults(criterion=[criterion]) == [(f"criterion 1 ({criterion['field']})", reason)]


def test_circumstances_are_looked_up():
    assert [place for place, _ in faults(use=["office", "homes"], sector="x", stage="y")] == [
        "use", "sector", "stage"
    ]


def test_an_unknown_field_without_a_likeness_lists_the_fields():
    ((_, reason),) = faults(constraint=[{"field": "zzz", "min": 1}])
    assert "fields are id, kind, name, park" in reason
    assert "contact" not in reason


def test_fields_for_staff_do_not_exist_for_others():
    asked = {"constraint": [{"field": "contact", "one_of": ["Team Economie"]}]}
    assert "no field 'contact'" in faults(**asked)[0][1]
    check(make_requirement(**asked), SITES, role=Role.STAFF)
    with pytest.raises(RequirementError, match="no field 'contact'"):
        match(make_requirement(**asked), SITES)
    assert match(make_requirement(**asked), SITES, role=Role.STAFF).counts["pass"] == 1


def test_what_exists_is_let_through():
    check(
        make_requirement(
            use=["office"], sector="energy", stage="open",
            constraint=[
                {"field": "available_from", "max": date(2027, 1, 1)},
                {"field": "street", "one_of": ["Graniet"]},
                {"field": "status", "one_of": ["issuable"]},
                {"near": "water", "max_m": 100},
                {"inside": "MESSCHENVELD"},
            ],
            criterion=[{"field": "rail", "curve": {"categories": {"true": 1, "false": 0.5}}}],
        ),
        SITES,
    )


@pytest.mark.parametrize("site", ["W-0323", "area:SB", "plot:", "plot: x", "PLOT:x"])
def test_present_site_must_be_the_id_of_a_site(site):
    assert faults(kind="grow", present_site=site) == [
        ("present_site", f"must be plot:<code> or premises:<code>, not {site!r}")
    ]


def test_new_firm_has_no_present_site():
    assert faults(present_site="plot:P1") == [
        ("present_site", 'belongs to kind = "grow" or "relocate", not to "new"')
    ]


@pytest.mark.parametrize("kind", ["grow", "relocate"])
@pytest.mark.parametrize("site", ["plot:P1", "premises:W-0323", None])
def test_growth_and_relocation_may_name_their_present_site(kind, site):
    check(make_requirement(kind=kind, present_site=site), SITES)


def test_weights_that_are_all_nothing_are_let_through_and_rank_by_id():
    asked = make_requirement(
        criterion=[{"field": "grid_mva", "weight": 0, "curve": {"larger": [0, 2]}}]
    )
    ranking = match(asked, make_sites([make_site(id="plot:b"), make_site(id="plot:a", grid_mva=9)]))
    assert [(r.id, r.score, r.reliability) for r in ranking.results] == [
        ("plot:a", 0.5, 0.0), ("plot:b", 0.5, 0.0)
    ]
