"""Bring in what public services answered, and place rows of a quarantine by their address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely
import sqlalchemy as sa

from geo_assen.catalogue import LayerDefinition
from geo_assen.crs import RD, from_rd
from geo_assen.errors import NotFound
from geo_assen.ingest import guess_mapping
from geo_assen.ingest.connectors import Address, Fetched, parse_address
from geo_assen.services.connectors import geocode_addresses
from geo_assen.services.imports import ImportRecord, import_record
from geo_assen.services.ingest import ImportReport, Progress, import_layers
from geo_assen.services.recording import DefaultSource, Incoming
from geo_assen.services.session import Session, today
from geo_assen.store import metadata

__all__ = ["PlacedRows", "import_fetched", "place_by_address"]

_ROWS = metadata.tables["quarantined_row"]
_PLACELESS = frozenset({"missing_geometry", "missing_coordinates"})
_GEOCODER = "PDOK Locatieserver"
_NUMBER = ("huisnummer", "huisnr", "nummer", "house_number", "number")
_ADDITION = ("toevoeging", "huisletter", "huisnummertoevoeging", "addition")
_TOWN = ("woonplaats", "plaats", "plaatsnaam", "town", "city")
_STREET = ("straat", "straatnaam", "street", "openbareruimte")
_POSTCODE = ("postcode",)
_ADDRESS = ("adres", "address")


@dataclass(frozen=True)
class PlacedRows:
    """What came of placing the rows of a quarantine.

    Attributes
    ----------
    placed
        Rows that got a place; they wait to be sent again.
    unsure
        Number in the file and reason, of rows that got none.
    """

    placed: int
    unsure: list[tuple[int, str]]


def import_fetched(
    session: Session,
    layer_id: str,
    fetched: Iterable[Fetched],
    *,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> list[ImportReport]:
    """Bring answers of a service into a layer, by the very checks that files pass.

    Each record names the source as it was on the day it was asked.

    Raises
    ------
    NotFound
        If the layer does not exist.
    FileRefused, LedgerError, StoreError
        As :func:`geo_assen.services.ingest.import_file`.
    """
    layer = session.catalogue.layer(layer_id)
    if layer is None:
        raise NotFound("layer to import into", layer_id)
    return [
        _import_answer(session, layer, answer, dry_run=dry_run, progress=progress)
        for answer in fetched
    ]


def _import_answer(
    session: Session,
    layer: LayerDefinition,
    answer: Fetched,
    *,
    dry_run: bool,
    progress: Progress | None,
) -> ImportReport:
    origin = answer.provenance
    parts = list(answer.layer.read())
    values = pd.concat([part.values for part in parts]) if parts else pd.DataFrame()
    incoming = Incoming(
        layer,
        session.table_of(layer),
        origin.name,
        hashlib.sha256(values.to_csv().encode()).hexdigest(),
        DefaultSource(
            origin.code, origin.name, origin.licence, origin.url, origin.certainty,
            origin.retrieved_on,
        ),
    )  # fmt: skip
    mapping = guess_mapping(layer, answer.layer, values.head(500), catalogue=session.catalogue)
    return import_layers(
        session, incoming, [answer.layer], [mapping], dry_run=dry_run, progress=progress
    )


def place_by_address(
    session: Session, batch_id: int, progress: Progress | None = None, *, most: int | None = None
) -> PlacedRows:
    """Give waiting rows without a place the one of their address, where that is sure.

    The rows are not sent again: that is a step of its own, after a look.

    Parameters
    ----------
    most
        How many rows are asked about at most; None: all. Those that were asked about before
        without success go last.

    Raises
    ------
    NotFound
        If there is no such import.
    ServiceUnavailable
        If the geocoder cannot be used; nothing is changed then.
    """
    record = import_record(session, batch_id)
    with session.read() as connection:
        waiting = connection.execute(
            sa.select(_ROWS)
            .where(_ROWS.c.import_batch_id == batch_id, _ROWS.c.outcome.is_(None))
            .where(_ROWS.c.mended_shape.is_(None))
            .order_by(_ROWS.c.row)
        ).all()
    rows = [row for row in waiting if any(i["kind"] in _PLACELESS for i in row.issues)]
    rows = sorted(rows, key=_was_asked)[:most]
    addresses = [_address_of({**row.original, **(row.mended or {})}) for row in rows]

    def step(done: int, total: int | None) -> None:
        if progress is not None:
            progress(_GEOCODER, done, total)

    answers = geocode_addresses(session, addresses, step)
    unsure = []
    with session.write() as connection:
        for row, answer in zip(rows, answers, strict=True):
            found = answer.proposal
            if found is None or found.x_m is None or found.y_m is None:
                unsure.append((row.row, answer.reason))
                asked = _noted(row, "not_placed", answer.reason)
                connection.execute(sa.update(_ROWS).where(_ROWS.c.id == row.id).values(asked))
                continue
            change = _placed(record, row, found.label, shapely.Point(found.x_m, found.y_m))
            connection.execute(sa.update(_ROWS).where(_ROWS.c.id == row.id).values(change))
    return PlacedRows(len(rows) - len(unsure), unsure)


def _placed(record: ImportRecord, row: Any, label: str, place_rd: shapely.Point) -> dict[str, Any]:
    point = from_rd(place_rd, record.crs or RD).item()
    return {"mended_shape": shapely.to_wkb(point), **_noted(row, "placed_by", label)}


def _noted(row: Any, key: str, words: str) -> dict[str, Any]:
    """Issues of a row with what the geocoder said, and when."""
    told = f"{_GEOCODER}, {today().isoformat()}: {words}"
    return {
        "issues": [
            {**issue, key: told} if issue["kind"] in _PLACELESS else issue for issue in row.issues
        ]
    }


def _was_asked(row: Any) -> bool:
    return any("not_placed" in issue for issue in row.issues)


def _address_of(values: Mapping[str, Any]) -> Address:
    """Address of a row, from the columns that files call by these names."""
    plain = {
        "".join(sign for sign in name.lower() if sign.isalnum() or sign == "_"): str(value).strip()
        for name, value in values.items()
        if value not in (None, "")
    }

    def first(names: tuple[str, ...]) -> str | None:
        return next((plain[name] for name in names if name in plain), None)

    postcode, town, number = first(_POSTCODE), first(_TOWN), first(_NUMBER)
    line = first(_ADDRESS)
    street = first(_STREET)
    if number is not None and (street or line):
        line = f"{street or line} {number}{first(_ADDITION) or ''}"
    return parse_address(line or street or "", postcode=postcode, town=town)
