"""The geocoder finds addresses, and says when it is not sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.connectors import Address, Geocoder, parse_address
from geo_assen.ingest.connectors.pdok import judge
from tests.ingest.connectors.server import Reply

ASKED = Address("Kloosterstraat", 12, "A", "9401 KH", "Assen")


@pytest.fixture
def geocoder(service, client):
    for name in ("free", "suggest", "lookup", "reverse"):
        service.recorded(f"/{name}", f"locatieserver/{name}.json")
    return Geocoder(client, f"{service.url}/")


def test_exact_address_is_proposed_with_place_and_ids(geocoder):
    found = geocoder.geocode(ASKED)
    assert found.reason == ""
    assert len(found.candidates) == 4
    proposal = found.proposal
    assert proposal.label == "Kloosterstraat 12A, 9401KH Assen"
    assert (proposal.x_m, proposal.y_m) == (234_001.0, 556_850.25)
    assert (proposal.lon, proposal.lat) == (6.5637, 52.9929)
    assert proposal.bag_id == "0106010000000001"
    assert proposal.number_id == "0106200000000001"
    assert proposal.municipality_code == "GM0106"
    assert proposal.kind == "adres"
    assert proposal.score == 9.0


def test_only_published_parameters_are_sent(geocoder, service):
    geocoder.free(Address("Kloosterstraat", 12, "A-1", "9401KH", "Assen (Dr.)"))
    asked = service.asked[0]
    assert {name for name, _ in asked.query} == {"q", "fq", "fl", "rows"}
    assert asked["q"] == "Kloosterstraat 12A 1 9401KH Assen Dr."
    assert asked["fq"] == "type:adres"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"addition": "B"}, "has another addition."),
        ({"number": 14}, "has another house number."),
        ({"postcode": "9401KJ"}, "has another postcode."),
        ({"town": "Rolde"}, "has another town."),
        ({"street": "Kloosterplein"}, "has another street."),
        ({"street": None}, "no street with a house number"),
        ({"number": None}, "no street with a house number"),
        ({"postcode": None, "town": None}, "neither postcode nor town"),
    ],
)
def test_address_that_differs_is_not_proposed_and_says_in_what(geocoder, changed, reason):
    found = geocoder.geocode(replace(ASKED, **changed))
    assert found.proposal is None
    assert reason in found.reason


@pytest.mark.parametrize(
    "text",
    ["KLOOSTERSTRAAT 12a, Assen", "Kloosterstr. 12-A 9401KH", "kloosterstraat 12 A 9401kh assen"],
)
def test_ways_of_writing_the_same_address_are_equal(geocoder, text):
    assert geocoder.geocode(parse_address(text)).proposal.house == "12A"


def test_the_smallest_difference_is_told(geocoder):
    found = geocoder.geocode(replace(ASKED, addition="B"))
    assert found.reason == (
        "The nearest, 'Kloosterstraat 12A, 9401KH Assen', has another addition."
    )


def test_two_addresses_that_fit_are_not_chosen_between(geocoder):
    one, *others = geocoder.free(ASKED)
    twin = replace(one, number_id="0106200000000099", label="Kloosterstraat 12A, Assen (achter)")
    proposal, reason = judge(ASKED, [one, *others, twin])
    assert proposal is None
    assert "More than one address fits" in reason
    assert "(achter)" in reason
    assert judge(ASKED, [one, one])[0] == one


def test_address_without_a_place_in_the_country_is_not_proposed(service, geocoder):
    document = {"response": {"docs": [
        {"type": "adres", "straatnaam": "Kloosterstraat", "huisnummer": 12, "huis_nlt": "12A",
         "postcode": "9401KH", "woonplaatsnaam": "Assen", "weergavenaam": "hier", "id": "x",
         "centroide_rd": "POINT(6.5 53)", "centroide_ll": "broken"},
    ]}}
    service.json("/free", document)
    found = geocoder.geocode(ASKED)
    assert found.proposal is None
    assert "without a place" in found.reason
    assert found.candidates[0].lon is None


def test_nothing_found_is_said(service, geocoder):
    service.json("/free", {"response": {"numFound": 0, "docs": []}})
    assert geocoder.geocode(ASKED).reason == (
        "No address was found for 'Kloosterstraat 12A, 9401 KH Assen'."
    )


def test_empty_address_asks_nobody(service, geocoder):
    assert geocoder.geocode(Address()).proposal is None
    assert service.asked == []


def test_equal_addresses_are_asked_once_and_all_answered_in_order(geocoder, service):
    other = replace(ASKED, addition=None)
    told = []
    found = geocoder.geocode_all([ASKED, other, ASKED], lambda *done: told.append(done))
    assert [each.proposal.house for each in found] == ["12A", "12", "12A"]
    assert len(service.asked) == 2
    assert told == [(1, 2), (2, 2)]


def test_service_that_fails_half_way_leaves_nothing(geocoder, service):
    first = (Reply(b'{"response": {"docs": []}}'), Reply(b"", 400))
    service.reply("/free", *first)
    with pytest.raises(ServiceUnavailable, match="nothing was changed"):
        geocoder.geocode_all([ASKED, replace(ASKED, number=1)])


def test_suggestions_are_looked_up_by_their_id(geocoder, service):
    first, second = geocoder.suggest("klooster")
    assert (first.kind, second.kind) == ("adres", "weg")
    found = geocoder.lookup(first.id)
    assert service.asked[-1]["id"] == first.id
    assert found.label == first.label
    assert found.score is None
    service.json("/lookup", {"response": {"docs": []}})
    assert geocoder.lookup("adr-old") is None


def test_place_gives_addresses_around_it_nearest_first(geocoder, service):
    found = geocoder.reverse(234_000, 556_850.1234)
    assert [each.distance_m for each in found] == [3.4, 11.9]
    assert (service.asked[0]["X"], service.asked[0]["Y"]) == ("234000.000", "556850.123")


@pytest.mark.parametrize("document", [{}, [], {"response": {}}, {"response": {"docs": ["x"]}}])
def test_answer_of_another_form_is_refused(service, geocoder, document):
    service.json("/free", document)
    with pytest.raises(ServiceUnavailable, match="no list of results"):
        geocoder.geocode(ASKED)
