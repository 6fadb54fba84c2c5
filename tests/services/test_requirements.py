"""The register: what is recorded comes back, what is wrong is named, nobody's work is lost."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings

from geo_assen import Requirement, Store, services
from geo_assen.access import Role
from geo_assen.errors import NotAllowed, NotFound, RequirementError
from geo_assen.matching import Verdict
from geo_assen.services.requirements import _requirement_of, _values
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import metadata
from tests.matching.drawn import requirements
from tests.services.sample import COPY_IN_A_FILE, SAMPLE_IN_A_FILE, opened

DAY = date(2026, 11, 1)
STAFF = Role.STAFF
FILES = sorted((PROJECT_FOLDER / "data" / "assen" / "requirements").glob("*.toml"))
RELOCATION = {
    "title": "Weg van de kade", "kind": "relocate", "present_site": "premises:W-0323",
    "use": ["industrial"], "stage": "talking", "needed_by": "2028-01-01", "jobs": 34,
}  # fmt: skip


def parse(**document: object) -> Requirement:
    return Requirement.parse({"title": "Een kantoor", "use": ["office"], **document})


def add(store: Store, **document: object) -> str:
    return services.add_requirement(store, parse(**document), role=STAFF)


def faults(store: Store, **document: object) -> list[tuple[str, str]]:
    with pytest.raises(RequirementError) as refused:
        add(store, **document)
    return list(refused.value.faults)


def register(store: Store, **chosen: object) -> dict[str, services.RegisterRow]:
    rows = services.requirement_register(store, as_of=DAY, role=STAFF, **chosen)
    return {row.code: row for row in rows}


@settings(max_examples=150, database=None)
@given(requirements())
def test_record_file_and_address_carry_the_same(asked: Requirement) -> None:
    named = replace(asked, code=asked.code or "R-1", stage=asked.stage or "open")
    row = {**_values(named), "code": named.code}
    row["definition"] = json.loads(json.dumps(row["definition"]))
    assert _requirement_of(row) == named
    assert Requirement.from_text(named.to_toml(), "a.toml") == named
    assert Requirement.from_text(json.dumps(named.to_document()), "a.json") == named
    assert Requirement.from_query(named.to_query()) == named
    assert Requirement.parse(tomllib.loads(named.to_toml())) == named


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_sample_comes_back_from_the_store_as_its_file_says(sample: Store, file: Path) -> None:
    asked = Requirement.load(file)
    assert services.stored_requirement(sample, str(asked.code), role=STAFF) == asked


def test_everything_a_requirement_says_comes_back(copy: Store) -> None:
    square = [[6.5, 53.0], [6.6, 53.0], [6.6, 53.1], [6.5, 53.0]]
    document = {
        **RELOCATION,
        "kinds": ["plot"], "as_of": "2026-10-01", "sector": "energy", "party": "party-03",
        "constraint": [
            {"field": "area_m2", "min": 100.5, "max": 9000},
            {"field": "available_from", "max": "2028-01-01"},
            {"field": "max_env_category", "at_least": "3.1"},
            {"field": "fibre", "is": True},
            {"field": "status", "one_of": ["issuable"]},
            {"near": "station", "max_m": 4000},
            {"near": [6.56, 52.99], "max_minutes": 12.5},
            {"inside": {"type": "Polygon", "coordinates": [square]}},
        ],
        "criterion": [
            {"field": "price_eur_m2", "weight": 2.5, "curve": {"smaller": [60, 140]}},
            {"field": "grid_mva", "weight": 0, "curve": {"target": [0, 1, 2, 3]}},
            {"field": "area_m2", "curve": {"points": [[1, 0], [2, 0.5]]}},
            {"field": "status", "curve": {"categories": {"issuable": 1}}},
        ],
    }  # fmt: skip
    asked = Requirement.parse(document)
    code = services.add_requirement(copy, asked, role=STAFF)
    assert services.stored_requirement(copy, code, role=STAFF) == replace(asked, code=code)


def test_code_is_made_by_the_program_and_follows_the_last(copy: Store) -> None:
    assert [add(copy), add(copy)] == ["R-11", "R-12"]
    assert services.add_requirement(copy, parse(), role=STAFF, code="R-99") == "R-99"
    assert add(copy, code="haven") == "haven"
    assert add(copy) == "R-100"
    assert services.check(copy) == []


def test_first_record_of_an_empty_store_gets_the_first_code(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_template, tmp_path / "empty.gpkg")
    store = opened(tmp_path / "empty.gpkg")
    assert register(store) == {}
    assert add(store) == "R-01"
    assert (register(store)["R-01"].fits, register(store)["R-01"].to_check) == (0, 0)
    store.close()


def test_new_record_is_open_and_has_a_source(copy: Store) -> None:
    code = add(copy, title="  Twee \n regels ")
    record = services.requirement_record(copy, code, role=STAFF)
    assert (record.requirement.stage, record.requirement.title) == ("open", "Twee regels")
    row = copy.table("requirement").set_index("code").loc[code]
    sources = copy.table("source").set_index("code")
    assert sources.loc[row["source_code"], "certainty"] == "stated"


@pytest.mark.parametrize(
    ("document", "place", "reason"),
    [
        ({"title": "  "}, "title", "must not be empty"),
        ({"title": "x" * 201}, "title", "at most 200"),
        ({"code": "a/b"}, "code", "letters, digits"),
        ({"code": "R-01"}, "code", "R-01 is taken"),
        ({"party": "party-99"}, "party", "a party that exists, not 'party-99'"),
        ({"kind": "relocate", "present_site": "premises:none"}, "present_site",
         "a site that exists, not 'premises:none'"),
        ({"kind": "grow", "present_site": "W-0323"}, "present_site",
         "must be plot:<code> or premises:<code>, not 'W-0323'"),
        ({"present_site": "premises:W-0323"}, "present_site",
         'belongs to kind = "grow" or "relocate", not to "new"'),
        ({"stage": "won"}, "stage", "must be one of open, talking, settled, closed, not 'won'"),
        ({"sector": "space"}, "sector", "must be one of energy"),
        ({"use": ["housing"]}, "use", "must be one of industrial"),
        ({"title": "nul \x00"}, "requirement", "must not hold the character NUL"),
        ({"constraint": [{"field": "area_m2", "min": 1}, {"field": "max_env_category",
          "at_least": "4.5"}]}, "constraint 2 (max_env_category)", "at_least must be one of 1, 2"),
        ({"constraint": [{"inside": "ATLANTIS"}]}, "constraint 1 (inside:ATLANTIS)",
         "must be the code of an area"),
    ],
)  # fmt: skip
@SAMPLE_IN_A_FILE
def test_what_cannot_be_recorded_is_refused_by_its_field(
    sample: Store, document: dict[str, object], place: str, reason: str
) -> None:
    before = sample.table("requirement")
    found = faults(sample, **document)
    assert [told for where, told in found if where == place and reason in told], found
    assert len(sample.table("requirement")) == len(before)


@SAMPLE_IN_A_FILE
def test_every_fault_of_a_record_is_told_at_once(sample: Store) -> None:
    found = faults(sample, title="", party="nobody", stage="won", use=["housing"])
    assert [place for place, _ in found] == ["title", "party", "use", "stage"]


def test_second_save_of_an_outdated_record_is_refused(copy: Store) -> None:
    first = services.requirement_record(copy, "R-01", role=STAFF)
    later = replace(first.requirement, stage="closed")
    services.update_requirement(copy, "R-01", later, role=STAFF, version=first.version)
    with pytest.raises(services.RequirementChanged, match="changed by somebody else meanwhile"):
        services.update_requirement(
            copy, "R-01", replace(later, title="Anders"), role=STAFF, version=first.version
        )
    now = services.requirement_record(copy, "R-01", role=STAFF)
    assert (now.requirement, now.version > first.version) == (later, True)


def test_saving_what_is_there_already_spoils_nobodys_form(copy: Store) -> None:
    first = services.requirement_record(copy, "R-01", role=STAFF)
    for _ in range(3):
        services.update_requirement(
            copy, "R-01", first.requirement, role=STAFF, version=first.version
        )
        # The definition of the sample says all again that the columns say: once it changes.
        first = services.requirement_record(copy, "R-01", role=STAFF)
    again = services.requirement_record(copy, "R-01", role=STAFF)
    assert again.version == first.version


def test_what_a_record_was_before_is_kept(copy: Store) -> None:
    code = add(copy, party="party-03")
    record = services.requirement_record(copy, code, role=STAFF)
    assert (record.changes, record.party_name is not None) == ((), True)
    talking = replace(record.requirement, stage="talking", needed_by=date(2028, 1, 1))
    services.update_requirement(copy, code, talking, role=STAFF)
    services.update_requirement(copy, code, replace(talking, use=("care",), jobs=3), role=STAFF)
    changes = services.requirement_record(copy, code, role=STAFF).changes
    assert [change.fields for change in changes] == [("jobs", "need"), ("stage", "needed_by")]
    assert changes[-1].before == record.requirement
    assert changes[0].after.use == ("care",)
    assert services.check(copy) == []


@COPY_IN_A_FILE
def test_unknown_record_is_not_found(copy: Store) -> None:
    with pytest.raises(NotFound, match="R-99"):
        services.requirement_record(copy, "R-99", role=STAFF)
    with pytest.raises(NotFound, match="R-99"):
        services.update_requirement(copy, "R-99", parse(), role=STAFF)


@SAMPLE_IN_A_FILE
def test_register_counts_what_the_ranking_counts(sample: Store) -> None:
    rows = register(sample)
    assert list(rows) == [f"R-{number:02d}" for number in range(1, 11)]
    for code, row in rows.items():
        asked = services.stored_requirement(sample, code, role=STAFF)
        counts = services.match_sites(sample, asked, as_of=DAY).counts
        assert (row.fits, row.to_check) == (counts["pass"], counts["unknown"])
    assert any(row.fits for row in rows.values())


@COPY_IN_A_FILE
def test_register_is_narrowed_by_stage_and_leaves_closed_ones_uncounted(copy: Store) -> None:
    closed = replace(services.stored_requirement(copy, "R-05", role=STAFF), stage="settled")
    services.update_requirement(copy, "R-05", closed, role=STAFF)
    assert list(register(copy, stage="settled")) == ["R-05"]
    assert register(copy)["R-05"].fits is None
    assert "R-05" not in {r.code for r in services.open_requirements(copy, role=STAFF)}
    assert "R-05" not in register(copy, stage="open")


def test_record_that_was_spoilt_from_outside_does_not_spoil_the_others(copy: Store) -> None:
    table = metadata.tables["requirement"]
    with copy.write() as connection:
        for code, definition in (("R-01", {"constraint": [{"field": "gone", "min": 1}]}),
                                 ("R-02", {"nonsense": 1}), ("R-03", ["no table"])):  # fmt: skip
            connection.execute(
                sa.update(table).where(table.c.code == code).values(definition=definition)
            )
    rows = register(copy)
    assert "no field 'gone'" in str(rows["R-01"].fault)
    assert "nonsense" in str(rows["R-02"].fault)
    assert rows["R-03"].fault
    assert rows["R-04"].fault is None
    assert len(services.open_requirements(copy, role=STAFF)) == 8
    services.requirements_fitting(copy, "plot:P-MV-042", as_of=DAY, role=STAFF)


@pytest.mark.parametrize("role", [Role.PUBLIC])
@COPY_IN_A_FILE
def test_register_is_for_staff_only(copy: Store, role: Role) -> None:
    for ask in (
        lambda: services.requirement_register(copy, as_of=DAY, role=role),
        lambda: services.requirement_record(copy, "R-01", role=role),
        lambda: services.open_requirements(copy, role=role),
        lambda: services.add_requirement(copy, parse(), role=role),
        lambda: services.update_requirement(copy, "R-01", parse(), role=role),
        lambda: services.requirements_fitting(copy, "plot:P-MV-042", as_of=DAY, role=role),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert "R-11" not in set(copy.table("requirement")["code"])


# What a relocation sets free ------------------------------------------------------------


def released(store: Store, role: Role = STAFF, **changes: object) -> services.Released | None:
    asked = Requirement.parse({**RELOCATION, **changes})
    return services.released_site(store, asked, as_of=DAY, role=role)


@SAMPLE_IN_A_FILE
def test_relocation_tells_the_site_that_comes_free(sample: Store) -> None:
    free = released(sample)
    assert free is not None
    assert (free.id, free.kind, free.area_m2) == ("premises:W-0323", "premises", 2120)
    assert (free.free_about, [use.en for use in free.uses]) == (date(2028, 1, 1), ["Industry"])
    assert free.source_name
    assert "premises:W-0323" not in set(sample.sites(as_of=DAY).frame["id"])


@SAMPLE_IN_A_FILE
def test_released_site_is_offered_to_open_requirements_as_if_it_were_free(sample: Store) -> None:
    free = released(sample)
    assert free is not None
    assert free.fitting
    codes = [code for code, _, _ in free.fitting]
    # R-10 itself leaves that place; nobody is offered what it leaves.
    assert "R-10" not in codes
    assert {verdict for _, _, verdict in free.fitting} == {Verdict.UNKNOWN}
    industrial = {
        r.code for r in services.open_requirements(sample, role=STAFF)
        if not r.use or "industrial" in r.use
    }  # fmt: skip
    assert set(codes) <= industrial


@SAMPLE_IN_A_FILE
def test_public_hears_nothing_of_what_others_ask(sample: Store) -> None:
    free = released(sample, role=Role.PUBLIC)
    assert free is not None
    assert free.fitting is None


@SAMPLE_IN_A_FILE
def test_issued_plot_is_released_whole(sample: Store) -> None:
    events = sample.table("land_event")
    deed = events[(events["kind"] == "deed") & events["plot"].notna()]
    plots = sample.table("plot").set_index("code")["area_m2"]
    said = set()
    for code in deed["plot"].iloc[:4]:
        free = released(sample, role=Role.PUBLIC, present_site=f"plot:{code}")
        assert free is not None
        assert free.area_m2 == plots[code]
        said.add(free.status.en if free.status else None)
    assert "Issued" in said


@SAMPLE_IN_A_FILE
def test_site_that_is_on_offer_already_is_judged_as_it_is(sample: Store) -> None:
    frame = sample.sites(as_of=DAY).frame
    offered = frame[(frame["kind"] == "premises") & (frame["availability"] == "pass")]
    free = released(sample, present_site=offered["id"].iloc[0])
    assert free is not None
    assert free.id == offered["id"].iloc[0]


@pytest.mark.parametrize("changes", [
    {"kind": "grow"}, {"kind": "new", "present_site": None}, {"present_site": None},
])  # fmt: skip
@SAMPLE_IN_A_FILE
def test_nothing_is_released_without_a_move(sample: Store, changes: dict[str, object]) -> None:
    assert released(sample, **changes) is None


@pytest.mark.parametrize("site", ["premises:none", "plot:W-0323", "W-0323", "area:SB"])
@SAMPLE_IN_A_FILE
def test_present_site_that_does_not_exist_is_named(sample: Store, site: str) -> None:
    with pytest.raises(RequirementError, match="present_site: must be a site that exists"):
        released(sample, present_site=site)


# The other way round --------------------------------------------------------------------


@pytest.fixture(scope="module")
def rankings(sample_address: str) -> Iterator[dict[str, object]]:
    store = Store(sample_address)
    yield {
        str(r.code): services.match_sites(store, r, as_of=DAY)
        for r in services.open_requirements(store, role=STAFF)
    }
    store.close()


@SAMPLE_IN_A_FILE
def test_reverse_match_is_the_match_turned_round(sample: Store, rankings) -> None:
    wanted: dict[str, dict[str, tuple[Verdict, float]]] = {}
    for code, ranking in rankings.items():
        for result in ranking.results:
            if result.verdict is not Verdict.FAIL:
                wanted.setdefault(result.id, {})[code] = (result.verdict, result.score)
    for site_id in sample.sites(as_of=DAY).frame["id"].iloc[::4]:
        fits = services.requirements_fitting(sample, site_id, as_of=DAY, role=STAFF)
        found = {str(f.requirement.code): (f.result.verdict, f.result.score) for f in fits}
        assert found == wanted.get(site_id, {}), site_id
        order = [(f.result.verdict is not Verdict.PASS, -f.result.score, f.requirement.code)
                 for f in fits]  # fmt: skip
        assert order == sorted(order)
        for fit in fits:
            assert fit.reason("nl").startswith(("past", "te checken"))
    assert len(wanted) > 20


@SAMPLE_IN_A_FILE
def test_site_that_is_not_on_offer_fits_none(sample: Store) -> None:
    assert services.requirements_fitting(
        sample, "premises:W-0323", as_of=DAY, role=STAFF
    ) == ()


@SAMPLE_IN_A_FILE
def test_unknown_site_is_not_found(sample: Store) -> None:
    with pytest.raises(NotFound, match="plot:nowhere"):
        services.requirements_fitting(sample, "plot:nowhere", as_of=DAY, role=STAFF)


@COPY_IN_A_FILE
def test_closed_requirement_fits_nowhere_and_firm_is_not_offered_its_own_site(copy: Store) -> None:
    site = services.match_sites(
        copy, services.stored_requirement(copy, "R-09", role=STAFF), as_of=DAY
    ).results[0].id  # fmt: skip

    def codes() -> set[str | None]:
        fits = services.requirements_fitting(copy, site, as_of=DAY, role=STAFF)
        return {fit.requirement.code for fit in fits}

    assert "R-09" in codes()
    asked = services.stored_requirement(copy, "R-09", role=STAFF)
    moving = replace(asked, kind="relocate", present_site=site)
    services.update_requirement(copy, "R-09", moving, role=STAFF)
    assert "R-09" not in codes()
    services.update_requirement(copy, "R-09", replace(asked, stage="closed"), role=STAFF)
    assert "R-09" not in codes()


# Many at once ---------------------------------------------------------------------------


@SAMPLE_IN_A_FILE
def test_each_of_many_is_ranked_as_it_is_alone(sample: Store, rankings) -> None:
    asked = services.open_requirements(sample, role=STAFF)
    each = services.match_each(sample, iter(asked), as_of=DAY)
    documents = [ranking.to_json_document() for ranking in each]
    assert documents == [rankings[str(r.code)].to_json_document() for r in asked]


@SAMPLE_IN_A_FILE
def test_many_are_ranked_as_they_are_asked_for(sample: Store) -> None:
    wrong = parse(use=["housing"])
    each = services.match_each(sample, iter([parse(), wrong]), as_of=DAY)
    assert next(iter(each)).requirement == parse()
    with pytest.raises(RequirementError, match="housing"):
        next(iter(each))


@SAMPLE_IN_A_FILE
def test_example_of_the_documentation_is_a_requirement(sample: Store) -> None:
    page = (PROJECT_FOLDER / "docs" / "requirement.md").read_text(encoding="utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    asked = Requirement.from_text(text, "need.toml")
    assert (asked.title, len(asked.constraints), len(asked.criteria)) == (
        "Distribution centre", 2, 1,
    )  # fmt: skip
    assert services.match_sites(sample, asked).counts["pass"] > 0
