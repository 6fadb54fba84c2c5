"""A ranking as a file for a spreadsheet: what the screen lists, in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from geo_assen.access import Role
from geo_assen.catalogue import FieldDefinition, Words
from geo_assen.catalogue.definition import FieldType
from geo_assen.export import LayerRows, encode
from geo_assen.matching import Ranking, Result, short_reason
from geo_assen.services.session import Session
from geo_assen.services.site_index import sites_named

__all__ = ["ranking_file", "ranking_table"]

_TITLES: dict[str, tuple[str, str, FieldType]] = {
    "rank": ("Rang", "Rank", "integer"),
    "id": ("Id", "Id", "text"),
    "name": ("Naam", "Name", "text"),
    "park": ("Bedrijventerrein", "Business park", "text"),
    "kind": ("Soort locatie", "Kind of site", "text"),
    "verdict": ("Oordeel", "Verdict", "text"),
    "score": ("Score (0-1)", "Score (0-1)", "number"),
    "score_low": ("Score, laagste", "Score, lowest", "number"),
    "score_high": ("Score, hoogste", "Score, highest", "number"),
    "reliability": ("Betrouwbaarheid (0-1)", "Reliability (0-1)", "number"),
    "reason": ("Reden", "Reason", "text"),
}
_PROVENANCE: dict[str, tuple[str, str, FieldType]] = {
    "source_name": ("Bron", "Source", "text"),
    "source_date": ("Brondatum", "Date of source", "text"),
    "certainty": ("Zekerheid", "Certainty", "text"),
    "licence": ("Licentie", "Licence", "text"),
}
_PARTS = {
    "constraint": ("Eis", "Constraint"),
    "criterion": ("Wens", "Criterion"),
    "verdict": ("oordeel", "verdict"),
    "value": ("waarde", "value"),
    "desirability": ("wenselijkheid", "desirability"),
}


def ranking_table(
    session: Session, ranking: Ranking, *, top: int | None = None, language: str = "nl"
) -> LayerRows:
    """Ranking as a table, one row a listed site, in order.

    Parameters
    ----------
    top
        How many sites to list; None: all that are listed.
    language
        ``nl`` or ``en``, of reasons and of the words of codes.

    Returns
    -------
    Columns ``rank, id, name, park, kind, verdict, score, score_low, score_high,
    reliability, reason``; for each constraint ``constraint_X_verdict`` and ``_value``; for
    each criterion ``criterion_X_value`` and ``_desirability``; then source, date,
    certainty and licence. What does not apply to a site is empty.
    """
    results = ranking.top(top)
    ids = [result.id for result in results]
    listed = sites_named(session, ids, as_of=ranking.as_of, role=Role.PUBLIC)
    about = listed.frame.set_index("id")
    parks = listed.names.get("business_parks", {})
    rows = []
    fields: dict[str, FieldDefinition] = {n: _field(n, *told) for n, told in _TITLES.items()}
    for rank, result in enumerate(results, start=1):
        row = _facts(result, rank, ranking, language)
        site = about.loc[result.id]
        row["park"] = parks.get(str(site["park"]))
        for column, title, kind, value in _answers(result, ranking):
            fields.setdefault(column, _field(column, title.nl, title.en, kind))
            row[column] = value
        rows.append(row | {name: site[name] for name in _PROVENANCE if name in site})
    fields |= {name: _field(name, *told) for name, told in _PROVENANCE.items()}
    sites = session.catalogue.layers["sites"]
    # Whoever has the table can rank the same again; who asks stays out of it.
    need = replace(ranking.requirement, code=None, party=None).to_toml() or "-"
    layer = sites.model_copy(
        update={
            "id": "match",
            "title": Words(nl="Ranglijst", en="Ranking"),
            "description": Words(nl=need, en=need),
            "geometry": "none",
        }
    )
    frame = pd.DataFrame(rows, columns=list(fields), dtype=object)
    total = sum(ranking.counts[name] for name in ("pass", "unknown", "fail_listed"))
    return LayerRows(layer, tuple(fields.values()), frame, total, ranking.as_of)


def ranking_file(
    session: Session, ranking: Ranking, kind: str, *, top: int | None = None, language: str = "nl"
) -> bytes:
    """Write a ranking as ``csv``, ``csv-nl`` or ``xlsx`` (see :func:`ranking_table`).

    XLSX has a second sheet with the need, the date and the licence.

    Raises
    ------
    FileRefused
        If the kind is none that a table without geometry can be written as.
    """
    return encode(ranking_table(session, ranking, top=top, language=language), kind, language)


def _facts(result: Result, rank: int, ranking: Ranking, language: str) -> dict[str, Any]:
    kinds = ranking.codes["site_kind"]
    return {
        "rank": rank,
        "id": result.id,
        "name": result.name,
        "kind": kinds.title(result.kind, language),
        "verdict": result.verdict.value,
        "score": result.score,
        "score_low": result.score_low,
        "score_high": result.score_high,
        "reliability": result.reliability,
        "reason": short_reason(result, language, ranking),
    }


def _answers(
    result: Result, ranking: Ranking
) -> Iterator[tuple[str, Words, FieldType, Any]]:
    """Column, title, type and value of each answer; one that comes again has its number."""
    met: dict[str, int] = {}
    for constraint in result.constraints:
        column, title = _named("constraint", constraint.name, met, ranking)
        yield f"{column}_verdict", _part(title, "verdict"), "text", constraint.verdict.value
        kind: FieldType = "number" if _is_number(constraint.value) else "text"
        yield f"{column}_value", _part(title, "value"), kind, _flat(constraint.value)
    for criterion in result.criteria:
        column, title = _named("criterion", criterion.name, met, ranking)
        kind = "number" if _is_number(criterion.value) else "text"
        yield f"{column}_value", _part(title, "value"), kind, _flat(criterion.value)
        yield f"{column}_desirability", _part(title, "desirability"), "number", (
            criterion.desirability
        )


def _named(
    section: str, name: str, met: dict[str, int], ranking: Ranking
) -> tuple[str, Words]:
    column = f"{section}_{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')}"
    met[column] = number = met.get(column, 0) + 1
    told = _about(name, ranking)
    nl, en = _PARTS[section]
    again = f" ({number})" if number > 1 else ""
    title = Words(nl=f"{nl} {told.nl}{again}", en=f"{en} {told.en}{again}")
    return (column if number == 1 else f"{column}_{number}"), title


def _about(name: str, ranking: Ranking) -> Words:
    """Title of what a constraint or criterion is about; its own name where it has none."""
    if name == "availability":
        return Words(nl="Beschikbaarheid", en="Availability")
    subject, _colon, place = name.partition(":")
    field = ranking.fields.get(f"distance_to_{place}_m" if subject == "near" else name)
    return field.title if field is not None else Words(nl=name, en=name)


def _part(title: Words, part: str) -> Words:
    nl, en = _PARTS[part]
    return Words(nl=f"{title.nl}, {nl}", en=f"{title.en}, {en}")


def _field(name: str, nl: str, en: str, kind: FieldType) -> FieldDefinition:
    return FieldDefinition.model_construct(name=name, title=Words(nl=nl, en=en), type=kind)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _flat(value: object) -> object:
    """Value that fits one cell: the parts of a list with signs between."""
    if isinstance(value, Mapping):
        return None
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(map(str, value))
    return value
