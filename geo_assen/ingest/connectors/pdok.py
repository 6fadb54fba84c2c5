"""PDOK Locatieserver: the place of an address, and the address of a place.

Answers of version 3 and 3.1 are taken alike. Parameters that version 3.1 does not know are
refused by it, so only published ones are sent.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from geo_assen.crs import RD_EXTENT
from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.addresses import Address, house_parts, plain, same_postcode
from geo_assen.ingest.connectors.rows import Progress
from geo_assen.ingest.connectors.transport import Client

__all__ = ["Candidate", "Geocoded", "Geocoder", "Suggestion", "judge"]

_SERVICE = "PDOK Locatieserver"
_ASKED_ROWS = 10
_FIELDS = (
    "id,type,weergavenaam,score,straatnaam,straatnaam_verkort,huisnummer,huis_nlt,postcode,"
    "woonplaatsnaam,gemeentecode,nummeraanduiding_id,adresseerbaarobject_id,"
    "centroide_rd,centroide_ll"
)


@dataclass(frozen=True)
class Suggestion:
    """Something the geocoder knows by a beginning of its name."""

    id: str
    kind: str
    label: str


@dataclass(frozen=True)
class Candidate:
    """One thing that the geocoder offers for an address.

    Attributes
    ----------
    id
        Id inside the geocoder, for :meth:`Geocoder.lookup`.
    kind
        What it is: ``adres``, ``weg``, ``postcode``, ``woonplaats`` ...
    label
        How the geocoder writes it.
    score
        How well it fits, on a scale of the geocoder's own; None where it gives none.
    house
        Number with letter and addition, such as ``18A-1``.
    bag_id, number_id
        16 characters: the unit, berth or site, and its number in the BAG.
    municipality_code
        ``GM`` and four digits.
    x_m, y_m
        Place in RD; None where the answer has none.
    lon, lat
        The same in degrees, as the geocoder gives it.
    distance_m
        Distance to the place that was asked about; None for other questions.
    """

    id: str
    kind: str
    label: str
    score: float | None = None
    street: str | None = None
    street_short: str | None = None
    house: str | None = None
    postcode: str | None = None
    town: str | None = None
    municipality_code: str | None = None
    bag_id: str | None = None
    number_id: str | None = None
    x_m: float | None = None
    y_m: float | None = None
    lon: float | None = None
    lat: float | None = None
    distance_m: float | None = None


@dataclass(frozen=True)
class Geocoded:
    """What came of one address.

    Attributes
    ----------
    proposal
        The candidate that is surely meant; None where that is not sure.
    reason
        Why nothing is proposed; empty where something is.
    """

    address: Address
    candidates: tuple[Candidate, ...]
    proposal: Candidate | None
    reason: str


class Geocoder:
    """The Locatieserver at one address."""

    def __init__(self, client: Client, address: str) -> None:
        self._client = client
        self._address = address.rstrip("/")

    def free(self, address: Address) -> list[Candidate]:
        """Candidates for an address, best first.

        Raises
        ------
        ServiceUnavailable
        """
        words = re.sub(r"[^\w'.]+", " ", address.text).strip()
        if not words:
            return []
        docs = self._docs("free", q=words, fq="type:adres", fl=_FIELDS, rows=str(_ASKED_ROWS))
        return [_candidate(doc) for doc in docs]

    def suggest(self, text: str, *, rows: int = 10) -> list[Suggestion]:
        """Things whose name goes on like a text, for a field that is being typed in.

        Raises
        ------
        ServiceUnavailable
        """
        docs = self._docs("suggest", q=text, rows=str(rows))
        return [
            Suggestion(*(str(d.get(n, "")) for n in ("id", "type", "weergavenaam"))) for d in docs
        ]

    def lookup(self, candidate_id: str) -> Candidate | None:
        """Everything about one suggestion; None where its id is known no longer.

        Raises
        ------
        ServiceUnavailable
        """
        docs = self._docs("lookup", id=candidate_id, fl=_FIELDS)
        return _candidate(docs[0]) if docs else None

    def reverse(self, x_m: float, y_m: float, *, within_m: int = 200) -> list[Candidate]:
        """Addresses around a place in RD, nearest first.

        Raises
        ------
        ServiceUnavailable
        """
        docs = self._docs(
            "reverse",
            X=f"{x_m:.3f}",
            Y=f"{y_m:.3f}",
            type="adres",
            distance=str(within_m),
            fl=f"{_FIELDS},afstand",
            rows=str(_ASKED_ROWS),
        )
        return [_candidate(doc) for doc in docs]

    def geocode(self, address: Address) -> Geocoded:
        """Find one address and say whether the answer is sure.

        Raises
        ------
        ServiceUnavailable
        """
        candidates = tuple(self.free(address))
        proposal, reason = judge(address, candidates)
        return Geocoded(address, candidates, proposal, reason)

    def geocode_all(
        self, addresses: Sequence[Address], progress: Progress | None = None
    ) -> list[Geocoded]:
        """Find many addresses, one after the other; equal ones are asked once.

        Returns
        -------
        One answer for each address, in their order.

        Raises
        ------
        ServiceUnavailable
            At the first question that is not answered; nothing is kept.
        """
        different = list(dict.fromkeys(addresses))
        answers: dict[Address, Geocoded] = {}
        for number, address in enumerate(different, start=1):
            answers[address] = self.geocode(address)
            if progress:
                progress(number, len(different))
        return [answers[address] for address in addresses]

    def _docs(self, what: str, **parameters: str) -> list[dict[str, Any]]:
        address = f"{self._address}/{what}"
        answer = self._client.get_json(_SERVICE, address, parameters.items()).document
        response = answer.get("response") if isinstance(answer, dict) else None
        docs = response.get("docs") if isinstance(response, dict) else None
        if not isinstance(docs, list) or not all(isinstance(doc, dict) for doc in docs):
            raise ServiceUnavailable(_SERVICE, address, "its answer has no list of results")
        return docs


def judge(address: Address, candidates: Iterable[Candidate]) -> tuple[Candidate | None, str]:
    """Say which candidate is surely meant, or why none is.

    Sure is one address alone whose street, number with addition, and postcode or town (both,
    where both are given) are exactly those asked for. The score plays no part: its scale
    changes between versions of the service.

    Returns
    -------
    The candidate and an empty reason, or None and the reason.
    """
    offered = [c for c in candidates if c.kind == "adres"]
    unanswerable = _unanswerable(address, offered)
    if unanswerable:
        return None, unanswerable
    fitting = [c for c in offered if _difference(address, c) is None]
    if not fitting:
        nearest = min(offered, key=lambda c: _ORDER.index(_difference(address, c) or "place"))
        return None, f"The nearest, {nearest.label!r}, has another {_difference(address, nearest)}."
    if len({c.number_id or c.id for c in fitting}) > 1:
        labels = ", ".join(repr(c.label) for c in fitting)
        return None, f"More than one address fits: {labels}."
    if fitting[0].x_m is None:
        return None, f"{fitting[0].label!r} was found, but without a place."
    return fitting[0], ""


def _unanswerable(address: Address, offered: Sequence[Candidate]) -> str | None:
    if address.street is None or address.number is None:
        return "The address has no street with a house number."
    if address.postcode is None and address.town is None:
        return "The address has neither postcode nor town."
    return None if offered else f"No address was found for {address.text!r}."


_ORDER = ("place", "addition", "house number", "postcode", "town", "street")
"""What may differ, the smallest difference first."""


def _difference(address: Address, candidate: Candidate) -> str | None:
    """Largest difference between an address and a candidate; None: they are the same."""
    number, addition = house_parts(candidate.house or "")
    checks = (
        ("street", not _same_street(address.street, candidate)),
        ("town", address.town is not None and plain(address.town) != plain(candidate.town)),
        (
            "postcode",
            address.postcode is not None
            and not same_postcode(address.postcode, candidate.postcode),
        ),
        ("house number", address.number != number),
        ("addition", plain(address.addition) != addition),
    )
    return next((name for name, differs in checks if differs), None)


def _same_street(street: str | None, candidate: Candidate) -> bool:
    names = {plain(candidate.street), plain(candidate.street_short)} - {""}
    return plain(street) in names


def _candidate(doc: Mapping[str, Any]) -> Candidate:
    place = _point(doc.get("centroide_rd"), _in_rd)
    degrees = _point(doc.get("centroide_ll"), _in_degrees)
    code = _text(doc, "gemeentecode")
    return Candidate(
        id=str(doc.get("id", "")),
        kind=str(doc.get("type", "")),
        label=str(doc.get("weergavenaam", "")),
        score=_number(doc.get("score")),
        street=_text(doc, "straatnaam"),
        street_short=_text(doc, "straatnaam_verkort"),
        house=_text(doc, "huis_nlt") or _text(doc, "huisnummer"),
        postcode=_text(doc, "postcode"),
        town=_text(doc, "woonplaatsnaam"),
        municipality_code=f"GM{code.zfill(4)}" if code else None,
        bag_id=_text(doc, "adresseerbaarobject_id"),
        number_id=_text(doc, "nummeraanduiding_id"),
        x_m=place[0],
        y_m=place[1],
        lon=degrees[0],
        lat=degrees[1],
        distance_m=_number(doc.get("afstand")),
    )


def _text(doc: Mapping[str, Any], name: str) -> str | None:
    value = doc.get(name)
    return None if value is None or value == "" else str(value)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _point(
    text: Any, plausible: Callable[[float, float], bool]
) -> tuple[float, float] | tuple[None, None]:
    """Coordinates of well-known text; nothing where it is none, or lies elsewhere."""
    try:
        point = shapely.from_wkt(text)
    except (shapely.errors.ShapelyError, TypeError):
        return None, None
    if not isinstance(point, shapely.Point) or point.is_empty or not plausible(point.x, point.y):
        return None, None
    return point.x, point.y


def _in_rd(x: float, y: float) -> bool:
    return RD_EXTENT[0] <= x <= RD_EXTENT[2] and RD_EXTENT[1] <= y <= RD_EXTENT[3]


def _in_degrees(x: float, y: float) -> bool:
    return -180 <= x <= 180 and -90 <= y <= 90
