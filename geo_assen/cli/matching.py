"""Commands that rank: sites for one requirement or many, and requirements for a site."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.table import Table

from geo_assen import services
from geo_assen.access import Role
from geo_assen.cli.application import app
from geo_assen.cli.terminal import (
    AsOf,
    Output,
    StoreOption,
    as_json_text,
    console,
    err,
    opened,
    steps,
    write_out,
)
from geo_assen.errors import RequirementError
from geo_assen.matching import (
    METHOD_VERSION,
    Ranking,
    Requirement,
    Verdict,
    remarks,
    short_reason,
)
from geo_assen.services import Fit, Released, Store

__all__ = ["match_", "printed"]

_PIPED_WIDTH = 140
_BEST = 3
"""Sites that the line of one of many requirements names."""

Form = Literal["table", "json", "geojson"]
Entry = Requirement | RequirementError


@app.command("match")
def match_(
    requirement: Annotated[
        str | None,
        typer.Argument(help="TOML or JSON file with one or a list, or the code of a stored one."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every open requirement of the register.")
    ] = False,
    site: Annotated[
        str | None,
        typer.Option(metavar="ID", help="The other way round: open requirements that it fits."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Sites listed.")] = 10,
    as_of: AsOf = None,
    form: Annotated[
        Form, typer.Option("--format", help="With many requirements json is one a line.")
    ] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="Same as --format json.")] = False,
    output: Output = None,
    store: StoreOption = None,
) -> None:
    """Rank the sites that fit a requirement, with reasons."""
    if sum((requirement is not None, every, site is not None)) != 1:
        raise typer.BadParameter("name a requirement, or give --all or --site")
    form = "json" if as_json else form
    with opened(store) as found:
        if site is not None:
            _match_site(found, site, as_of or services.today(), form, output)
            return
        several = _several(found, requirement)
        if several is not None:
            _match_several(found, requirement, several, (top, as_of, form), output)
            return
        asked = services.load_requirement(found, requirement or "")
        ranking = services.match_sites(found, asked, as_of=as_of)
        free = services.released_site(found, asked, as_of=ranking.as_of, role=Role.STAFF)
        _tell(ranking)
        write_out(_one_text(found, ranking, free, top, form), output)


def printed(*parts: str | Table) -> str:
    """Tables and lines as the terminal shows them, or as wide as a pipe takes them."""
    page = console(width=None if sys.stdout.isatty() else _PIPED_WIDTH)
    with page.capture() as captured:
        for part in parts:
            page.print(part)
    return captured.get()


def _tell(ranking: Ranking) -> None:
    """Say what whoever asks may have overlooked."""
    asked = ranking.requirement
    for sentence in remarks(asked, as_of=ranking.as_of, fields=ranking.fields, language="en"):
        err.print(sentence)


def _one_text(
    found: Store, ranking: Ranking, free: Released | None, top: int, form: Form
) -> str:
    if form == "geojson":
        return "".join(services.ranking_geojson(found, ranking, top))
    if form == "json":
        document = ranking.to_json_document(top)
        return as_json_text(document | ({"release": _release_document(free)} if free else {}))
    return _ranking_text(ranking, free, top)


def _release_document(free: Released) -> dict[str, Any]:
    """The site that comes free, without what others ask for."""
    day = free.free_about
    return {
        "id": free.id,
        "kind": free.kind,
        "name": free.name,
        "area_m2": free.area_m2,
        "free_about": None if day is None else day.isoformat(),
    }


def _ranking_text(ranking: Ranking, free: Released | None, top: int) -> str:
    table = Table("#", "site", "name", "verdict", "score", "reason", box=None, pad_edge=False)
    for rank, result in enumerate(ranking.top(top), start=1):
        interval = f" ({result.score_low:.2f}-{result.score_high:.2f})"
        unsure = interval if result.reliability < 1 else ""
        table.add_row(
            str(rank),
            result.id,
            result.name,
            result.verdict,
            f"{result.score:.3f}{unsure}",
            short_reason(result, "en", ranking),
        )
    counts = ", ".join(f"{number} {name}" for name, number in ranking.counts.items())
    heading = f"{ranking.requirement.title}, as of {ranking.as_of}"
    return printed(heading, table, f"All sites: {counts}.", *_release_lines(free))


def _release_lines(free: Released | None) -> Iterator[str]:
    if free is None:
        return
    about = f", about {free.free_about}" if free.free_about else ""
    size = "" if free.area_m2 is None else f", {free.area_m2} m²"
    yield f"Comes free after the move{about}: {free.id} {free.name}{size}."
    others = [f"{code} {title} ({verdict})" for code, title, verdict in free.fitting or ()]
    if others:
        yield f"Of use for: {'; '.join(others)}."


def _several(found: Store, named: str | None) -> tuple[Entry, ...] | None:
    """Requirements to rank in one pass, and what is wrong with some; None where one is asked."""
    if named is None:
        return services.open_entries(found, role=Role.STAFF)
    path = Path(named)
    return Requirement.load_each(path) if path.is_file() else None


def _match_several(
    found: Store,
    file: str | None,
    entries: tuple[Entry, ...],
    asked: tuple[int, date | None, Form],
    output: Path | None,
) -> None:
    """Rank each and write it as soon as it stands; what cannot be ranked is told at the end."""
    top, as_of, form = asked
    if form == "geojson":
        raise typer.BadParameter(
            "GeoJSON holds one ranking; take --format json, or match them one at a time"
        )
    faults: list[RequirementError] = []
    with _bar(len(entries), form, output) as step:
        sound = _sound(found, file, entries, as_of, faults, step)
        rankings = _counted(services.match_each(found, sound, as_of=as_of), step)
        if form == "table":
            write_out(_several_text(rankings), output)
        else:
            lines = (_line(ranking.to_json_document(top)) for ranking in rankings)
            _write_lines(lines, output)
    for fault in faults:
        err.print(f"geo-assen: {fault}")
    if faults:
        err.print(f"geo-assen: {len(faults)} of {len(entries)} requirements were not ranked.")
        raise typer.Exit(1)


def _bar(
    total: int, form: Form, output: Path | None
) -> AbstractContextManager[Callable[[str], None]]:
    """Bar, unless the results themselves run over the same terminal."""
    if form == "json" and output is None and sys.stdout.isatty():
        return nullcontext(lambda _: None)
    return steps(total)


def _sound(
    found: Store,
    file: str | None,
    entries: tuple[Entry, ...],
    as_of: date | None,
    faults: list[RequirementError],
    step: Callable[[str], None],
) -> Iterator[Requirement]:
    """Requirements that can be ranked; what is wrong with the others goes among the faults."""
    for number, entry in enumerate(entries, start=1):
        place = f"{file}, requirement {number}" if file else "Requirement"
        fault = _fault(found, place, entry, as_of)
        if fault is not None:
            faults.append(fault)
            step("")
        elif isinstance(entry, Requirement):
            yield entry


def _fault(
    found: Store, place: str, entry: Entry, as_of: date | None
) -> RequirementError | None:
    """What keeps a requirement from being ranked, told with where it stands."""
    if isinstance(entry, RequirementError):
        return entry
    fault = services.requirement_fault(found, entry, as_of=as_of)
    if fault is None:
        return None
    return RequirementError(f"{place} ({entry.code or entry.title}),", fault.faults)


def _counted(rankings: Iterable[Ranking], step: Callable[[str], None]) -> Iterator[Ranking]:
    for ranking in rankings:
        step((ranking.requirement.code or ranking.requirement.title)[:28])
        yield ranking


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False) + "\n"


def _write_lines(lines: Iterator[str], output: Path | None) -> None:
    """Lines one by one to stdout; a file is written whole or not at all."""
    if output is not None:
        write_out("".join(lines), output)
        return
    for line in lines:
        write_out(line, None)


def _several_text(rankings: Iterable[Ranking]) -> str:
    table = Table("code", "title", "pass", "to check", "best sites", box=None, pad_edge=False)
    days = set()
    for ranking in rankings:
        days.add(ranking.as_of.isoformat())
        best = [r.id for r in ranking.top(_BEST) if r.verdict is not Verdict.FAIL]
        table.add_row(
            ranking.requirement.code or "-",
            ranking.requirement.title,
            str(ranking.passing),
            str(ranking.to_check),
            ", ".join(best) or "none",
        )
    return printed(f"As of {', '.join(sorted(days)) or 'no day'}", table)


def _match_site(
    found: Store, site: str, as_of: date, form: Form, output: Path | None
) -> None:
    if form == "geojson":
        raise typer.BadParameter("requirements have no place; take --format json or table")
    fits = services.requirements_fitting(found, site, as_of=as_of, role=Role.STAFF)
    if form == "json":
        document = {
            "site": site,
            "as_of": as_of.isoformat(),
            "method_version": METHOD_VERSION,
            "requirements": [_fit_document(fit) for fit in fits],
        }
        write_out(as_json_text(document), output)
        return
    table = Table("code", "title", "verdict", "score", "reason", box=None, pad_edge=False)
    for fit in fits:
        table.add_row(
            fit.requirement.code,
            fit.requirement.title,
            fit.result.verdict,
            f"{fit.result.score:.3f}",
            fit.reason("en"),
        )
    heading = f"Open requirements that {site} fits, as of {as_of}"
    write_out(printed(heading, table if fits else "none"), output)


def _fit_document(fit: Fit) -> dict[str, Any]:
    about_the_site = ("id", "kind", "name")
    result = {k: v for k, v in fit.result.to_document().items() if k not in about_the_site}
    return {
        "code": fit.requirement.code,
        "title": fit.requirement.title,
        **result,
        "reason": fit.reason("en"),
    }
