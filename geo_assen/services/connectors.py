"""Ask public services: places of addresses, outlines, premises and figures.

Nothing is written here: what comes back is looked at and imported like any file. Every
function raises ``ServiceUnavailable`` where a service cannot be used or connectors are
switched off; the store is then as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pandas as pd

from geo_assen.errors import NotFound, ServiceUnavailable
from geo_assen.ingest.connectors import (
    DISTRICT_COLLECTIONS,
    WORK,
    Address,
    Api,
    Candidate,
    CbsTable,
    Client,
    Fetched,
    Geocoded,
    Geocoder,
    Odata,
    Progress,
    Provenance,
    Selection,
    Suggestion,
    area_rows,
    district_rows,
    fetch_features,
    flow_rows_of,
    indicator_rows,
    municipality_rows,
    premises_rows,
)
from geo_assen.services.session import Session, today

__all__ = [
    "address_at",
    "area_layers",
    "bag_layer",
    "bag_premises",
    "cbs_area_figures",
    "cbs_commuter_flows",
    "cbs_indicators",
    "geocode_addresses",
    "municipality_outline",
    "place_of",
    "suggest_addresses",
]

CC0, CC_BY = "CC0-1.0", "CC-BY-4.0"
_UNITS = "verblijfsobject"
_JOBS = "banen van werknemers"

Bbox = tuple[float, float, float, float]
OdataVersion = Literal[3, 4]


def geocode_addresses(
    session: Session, addresses: Sequence[Address], progress: Progress | None = None
) -> list[Geocoded]:
    """Find the places of addresses, such as those of rows in quarantine.

    Returns
    -------
    One answer for each address, in their order; a place is proposed only where it is sure.
    """
    return _geocoder(session).geocode_all(addresses, progress)


def suggest_addresses(session: Session, text: str) -> list[Suggestion]:
    """What an address that is being typed in may become."""
    return _geocoder(session).suggest(text) if text.strip() else []


def place_of(session: Session, suggestion_id: str) -> Candidate | None:
    """Place and ids of a suggestion that was chosen; None: it is known no longer."""
    return _geocoder(session).lookup(suggestion_id)


def address_at(session: Session, x_m: float, y_m: float) -> list[Candidate]:
    """Addresses around a place in RD, nearest first."""
    return _geocoder(session).reverse(x_m, y_m)


def area_layers(
    session: Session,
    year: int | None = None,
    *,
    kinds: Sequence[str] = tuple(DISTRICT_COLLECTIONS),
    progress: Progress | None = None,
) -> list[Fetched]:
    """Outlines and inhabitants of the municipality, its districts and neighbourhoods.

    Parameters
    ----------
    year
        Year of the division; None: that of the settings.
    kinds
        Any of ``municipality``, ``district`` and ``neighbourhood``.

    Returns
    -------
    Rows for layer ``areas``, one layer for each kind.
    """
    year = year or session.settings.cbs_year
    municipality = session.settings.municipality_code
    address = session.settings.cbs_districts_url.replace("{year}", str(year))
    api = Api(_client(session, address), "CBS districts at PDOK", address)
    provenance = Provenance.of(
        "cbs-wijken-en-buurten",
        str(year),
        name=f"CBS/Kadaster, wijken en buurten {year}",
        licence=CC_BY,
        url=address,
        retrieved_on=today(),
    )
    layers = []
    for kind in kinds:
        found = fetch_features(
            api,
            DISTRICT_COLLECTIONS[kind],
            query={"gemeentecode": municipality},
            progress=progress,
        )
        layers.append(district_rows(found, kind, year, municipality, provenance))
    return layers


def municipality_outline(session: Session) -> Fetched:
    """Legal outline of the municipality as it is today, as a row for layer ``areas``."""
    municipality, day = session.settings.municipality_code, today()
    address = session.settings.pdok_areas_url
    api = Api(_client(session, address), "Administrative areas at PDOK", address)
    provenance = Provenance.of(
        "kadaster-bestuurlijke-gebieden",
        str(day.year),
        name=f"Kadaster, bestuurlijke gebieden {day.year}",
        licence=CC_BY,
        url=address,
        retrieved_on=day,
    )
    found = fetch_features(api, "gemeentegebied", query={"identificatie": municipality})
    return municipality_rows(found, day.year, municipality, provenance)


def bag_layer(
    session: Session, collection: str, bbox_rd: Bbox, progress: Progress | None = None
) -> Fetched:
    """Objects of the BAG in a box, with the columns of the BAG.

    Parameters
    ----------
    collection
        Such as ``pand``, ``verblijfsobject`` or ``adres``.
    bbox_rd
        Min x, min y, max x, max y in RD metres.
    """
    address = session.settings.pdok_bag_url
    api = Api(_client(session, address), "BAG at PDOK", address)
    provenance = Provenance.of(
        "bag",
        collection,
        today().isoformat(),
        name=f"Kadaster, BAG ({collection}), {today().isoformat()}",
        licence=CC0,
        url=f"{address}/collections/{collection}",
        retrieved_on=today(),
    )
    layer = fetch_features(api, collection, bbox_rd=bbox_rd, progress=progress)
    return Fetched(layer, provenance)


def bag_premises(session: Session, bbox_rd: Bbox, progress: Progress | None = None) -> Fetched:
    """Units of the BAG in a box that are more than a dwelling, as rows for ``premises``."""
    found = bag_layer(session, _UNITS, bbox_rd, progress)
    return premises_rows(found.layer, found.provenance)


def cbs_indicators(
    session: Session,
    table: str,
    measures: Sequence[str],
    years: Sequence[int] = (),
    *,
    regions: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    version: OdataVersion = 4,
) -> Fetched:
    """Figures of a table of CBS as rows for layer ``indicators``.

    Parameters
    ----------
    measures
        Codes of measures as the table has them; versions 3 and 4 differ in them.
    years
        Years; none: all there are.
    regions
        Codes of regions, ``BU0106*`` for all that begin so; None: the municipality.
    where
        Code by further dimension; a dimension that is not named gives a row for each code.

    Raises
    ------
    NotFound
        If the table does not have a measure or dimension.
    """
    found = _cbs_table(
        session, table, _selection(session, measures, years, regions, where), version
    )
    return indicator_rows(found, _cbs_provenance(found))


def cbs_area_figures(
    session: Session,
    table: str,
    population: str,
    working_age: Sequence[str] = (),
    years: Sequence[int] = (),
    *,
    regions: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    version: OdataVersion = 4,
) -> Fetched:
    """Inhabitants and persons of working age as rows for layer ``areas``.

    Parameters
    ----------
    population, working_age
        Code of the measure of inhabitants, and codes of those that together are the persons
        of working age.
    years, regions, where, version
        As for :func:`cbs_indicators`; a further dimension has to be narrowed down to one
        code.

    Raises
    ------
    NotFound
        If the table does not have a measure or dimension.
    FileRefused
        If there are several figures for one area and year.
    """
    measures = [population, *working_age]
    found = _cbs_table(
        session, table, _selection(session, measures, years, regions, where), version
    )
    return area_rows(found, _cbs_provenance(found), population=population, working_age=working_age)


def cbs_commuter_flows(
    session: Session, table: str, years: Sequence[int] = (), *, version: OdataVersion = 4
) -> Fetched:
    """Jobs by municipality of home and work, as rows for layer ``commuter_flows``.

    The pairs and totals in which the municipality is one of the two ends.

    Parameters
    ----------
    table
        Code of the table, such as ``85481NED``.
    years
        Years of which the December is wanted; none: all there are.

    Raises
    ------
    NotFound
        If it is no such table.
    """
    settings, own = session.settings, session.settings.municipality_code
    address = settings.cbs_odata_v3_url if version == 3 else settings.cbs_odata_v4_url
    odata = Odata(_client(session, address), address, version=version)
    told = odata.measures(table).items()
    measure = next((code for code, title in told if title.lower().startswith(_JOBS)), None)
    if measure is None:
        raise NotFound("table of jobs by home and work", table)
    asked = (
        Selection([measure], [own], years),
        Selection([measure], (), years, {WORK: own}),
    )
    outgoing, incoming = (odata.table(table, selection) for selection in asked)
    if WORK not in outgoing.dimensions:
        raise NotFound("table of jobs by home and work", table)
    # Who lives and works there stands in both answers.
    rows = pd.concat([outgoing.rows, incoming.rows[incoming.rows["region"] != own]])
    both = replace(outgoing, rows=rows.reset_index(drop=True))
    return flow_rows_of(both, _cbs_provenance(both))


def _selection(
    session: Session,
    measures: Sequence[str],
    years: Sequence[int],
    regions: Sequence[str] | None,
    where: Mapping[str, str] | None,
) -> Selection:
    wanted = [session.settings.municipality_code] if regions is None else regions
    return Selection(measures, wanted, years, where or {})


def _cbs_table(
    session: Session, table: str, selection: Selection, version: OdataVersion
) -> CbsTable:
    settings = session.settings
    address = settings.cbs_odata_v3_url if version == 3 else settings.cbs_odata_v4_url
    return Odata(_client(session, address), address, version=version).table(table, selection)


def _cbs_provenance(table: CbsTable) -> Provenance:
    """Source of a table as it was last changed: figures that are revised get a new one."""
    changed = (table.modified or today().isoformat())[:10]
    return Provenance.of(
        "cbs",
        table.code,
        changed,
        name=f"CBS, {table.title} ({table.code}), {changed}",
        licence=CC_BY,
        url=table.url,
        retrieved_on=today(),
    )


def _geocoder(session: Session) -> Geocoder:
    address = session.settings.pdok_locatieserver_url
    return Geocoder(_client(session, address), address)


def _client(session: Session, address: str) -> Client:
    if not session.settings.connectors_enabled:
        raise ServiceUnavailable(
            "The public service",
            address,
            "connections are switched off (GEO_ASSEN_CONNECTORS_ENABLED)",
            "Switch them on, or import a file that you downloaded.",
        )
    return Client(timeout_s=session.settings.connectors_timeout_seconds)
