"""Fields for staff leave with staff only, by no door."""

from __future__ import annotations

import json
from datetime import date

import pytest

from geo_assen import services
from geo_assen.access import Role
from geo_assen.errors import GeoAssenError, NotAllowed
from geo_assen.export import FORMATS
from geo_assen.services import Store

DAY = date(2026, 11, 1)


def staff_fields(store: Store) -> list[tuple[str, str]]:
    return [
        (layer.id, field.name)
        for layer in store.catalogue
        if layer.role == Role.PUBLIC
        for field in layer.field
        if field.role == Role.STAFF
    ]


def test_fields_for_staff_are_not_in_public_rows(sample: Store) -> None:
    hidden = staff_fields(sample)
    assert ("offers", "contact") in hidden
    assert ("land_events", "party") in hidden
    for layer_id, name in hidden:
        public = services.layer_rows(sample, layer_id, as_of=DAY, role=Role.PUBLIC)
        staff = services.layer_rows(sample, layer_id, as_of=DAY, role=Role.STAFF)
        assert name not in public.frame
        assert name not in public.columns
        assert name in staff.frame
        assert "parties" not in public.names


@pytest.mark.parametrize("kind", ["geojson", "geojsonseq", "csv", "csv-nl"])
def test_export_hides_the_contact_from_the_public(sample: Store, kind: str) -> None:
    contacts = set(sample.table("offer")["contact"].dropna())
    assert contacts

    def text(role: Role) -> str:
        return services.export_layer(sample, "offers", kind=kind, as_of=DAY, role=role).decode()

    assert not any(contact in text(Role.PUBLIC) for contact in contacts)
    assert "contact" not in text(Role.PUBLIC)
    assert any(contact in text(Role.STAFF) for contact in contacts)


def test_filter_cannot_ask_about_a_hidden_field(sample: Store) -> None:
    with pytest.raises(GeoAssenError, match="contact"):
        services.export_layer(
            sample, "offers", as_of=DAY, role=Role.PUBLIC, condition="contact = 'party-01'"
        )


@pytest.mark.parametrize("kind", FORMATS)
def test_layer_of_persons_is_refused_to_the_public(sample: Store, kind: str) -> None:
    with pytest.raises(NotAllowed):
        services.export_layer(sample, "parties", kind=kind, as_of=DAY, role=Role.PUBLIC)


def test_layer_of_persons_is_given_to_staff(sample: Store) -> None:
    data = services.export_layer(sample, "parties", as_of=DAY, role=Role.STAFF)
    assert len(json.loads(data)["features"]) == len(sample.table("party"))


def test_search_finds_no_person(sample: Store) -> None:
    for role in Role:
        for name in sample.table("party")["name"]:
            hits = services.search(sample, name, as_of=DAY, role=role)
            assert "parties" not in {hit.layer for hit in hits}


def test_timeline_names_the_party_to_staff_only(sample: Store) -> None:
    events = sample.table("land_event")
    plot = events[events["party"].notna() & events["plot"].notna()]["plot"].iloc[0]

    def parties(role: Role) -> set[str | None]:
        told = services.site_detail(sample, f"plot:{plot}", as_of=DAY, role=role)
        return {entry.party for entry in told.timeline}

    assert parties(Role.PUBLIC) == {None}
    assert parties(Role.STAFF) - {None}


def test_requirements_of_others_are_for_staff(sample: Store) -> None:
    with pytest.raises(NotAllowed):
        services.requirement_list(sample, role=Role.PUBLIC)
    with pytest.raises(NotAllowed):
        services.stored_requirement(sample, "R-01", role=Role.PUBLIC)
    listed = services.requirement_list(sample, role=Role.STAFF)
    assert "party" not in listed
    assert "R-01" in set(listed["code"])
