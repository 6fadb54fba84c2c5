"""Commuting to and from a municipality: its flows of a year, its figures, and the years beside.

Page, command and file all ask the report drawn up here. Where a total is published the figures
rest on it and not on the sum of rounded pairs, which would be far less certain.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
import shapely

from geo_assen.access import Role
from geo_assen.commuting import (
    OTHER,
    Break,
    Figure,
    Indicators,
    Jobs,
    Merger,
    breaks_between,
    first_series,
    merged_flows,
    related,
    successors,
    unmergeable,
)
from geo_assen.crs import RD
from geo_assen.errors import ArgumentRefused, GeoAssenError, NotFound
from geo_assen.export import LayerRows
from geo_assen.services.commuting_figures import BOUNDS, YearFigures, jobs_in, year_figures
from geo_assen.services.provenance import with_provenance
from geo_assen.services.session import Session
from geo_assen.settings import PROJECT_FOLDER

__all__ = [
    "FLOW_SHOWS",
    "LATEST_DIVISION_YEAR",
    "CommutingReport",
    "FlowShow",
    "FlowsNotFound",
    "YearFigures",
    "commuter_years",
    "commuting_report",
    "flow_rows",
    "partner_jobs",
    "strongest",
]

FlowShow = Literal["in", "out", "net"]
FLOW_SHOWS: tuple[FlowShow, ...] = ("in", "out", "net")
"""Flows towards the municipality, away from it, or what is left of the two."""

_MERGERS = PROJECT_FOLDER / "data" / "municipal_mergers.csv"
LATEST_DIVISION_YEAR = 2025
"""Year up to which the mergers of municipalities are known."""

_LAYER = "commuter_flows"
_MOST_NAMED = 5
"""Codes of municipalities that a sentence names."""


class FlowsNotFound(NotFound):
    """Flows were asked for that are not stored; the sentence says which are.

    Attributes
    ----------
    area
        Code of the municipality asked for; None: all flows of a series.
    year, series
        What was asked of it; None: any.
    stored
        Series and year of what is stored of it.
    areas
        Codes of the municipalities that have flows, those with the most rows first.
    """

    def __init__(
        self,
        area: str | None,
        year: int | None,
        series: str | None,
        *,
        stored: Sequence[tuple[str, int]] = (),
        areas: Sequence[str] = (),
    ) -> None:
        self.area, self.year, self.series = area, year, series
        self.stored, self.areas = tuple(stored), tuple(areas)
        GeoAssenError.__init__(self, self._sentence())

    def _sentence(self) -> str:
        of = "" if self.area is None else f" of {self.area}"
        if self.stored:
            asked = (f" of series {self.series}" if self.series else "") + (
                f" in {self.year}" if self.year else "")  # fmt: skip
            told = ", ".join(f"{series} {year}" for series, year in self.stored)
            return f"No commuter flows{of}{asked} are stored. Stored: {told}."
        if not self.areas:
            return ("No commuter flows are stored. Import a table of them: geo-assen import "
                    "commuter_flows FILE.")  # fmt: skip
        more = len(self.areas) - _MOST_NAMED
        listed = ", ".join(self.areas[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        return f"No commuter flows{of} are stored. There are flows of {listed}."


@dataclass(frozen=True)
class CommutingReport:
    """Commuting to and from one municipality in one year.

    Attributes
    ----------
    area, area_name
        The municipality.
    boundaries_year
        Year of the municipalities on which the flows are told; None: those of the source.
    split
        Municipalities that were split since, whose flows stay as they were.
    told
        Figures of the year, on those municipalities.
    partners
        A row for each other municipality and for the rest of them: ``code name in_jobs
        in_jobs_low in_jobs_high out_jobs .. net_jobs ..`` (NA: not published), those with
        the most jobs first.
    flows
        The stored flows of the year, on those municipalities, with what their sources say.
    names
        Names of the municipalities that are known, by code.
    years
        Series and year of what is stored of the municipality of years begun by the date asked
        for, and of the year that is told.
    """

    session: Session
    area: str
    area_name: str
    series: str
    year: int
    boundaries_year: int | None
    split: tuple[str, ...]
    told: YearFigures
    partners: pd.DataFrame
    flows: pd.DataFrame
    names: Mapping[str, str]
    years: tuple[tuple[str, int], ...]

    @property
    def figures(self) -> Indicators:
        """In, out, net and the ratios as what is published gives them."""
        return self.told.figures

    @property
    def at_least(self) -> frozenset[str]:
        """Names of the figures that are lower bounds only."""
        return self.told.at_least

    def figure(self, name: str) -> Figure | None:
        """A figure with the bounds that may be told of it, as in :class:`YearFigures`."""
        return self.told.figure(name)

    @cached_property
    def history(self) -> tuple[YearFigures, ...]:
        """Figures of all years that count the same thing, in their order."""
        own = _flows_of(self.session, (self.area,))
        wanted = related(self.series, (series for series, _year in self.years))
        found = []
        for series, year in self.years:
            if series in wanted:
                rows = _rows(own, series, year)
                found.append(year_figures(rows, series, year, self.area))
        return tuple(sorted(found, key=lambda one: (one.year, one.series)))

    @property
    def breaks(self) -> tuple[Break, ...]:
        """Where the years may not be joined."""
        return breaks_between((one.series, one.year) for one in self.history)

    @property
    def certainties(self) -> tuple[str, ...]:
        """Kinds of certainty of the flows, in alphabetical order."""
        return tuple(sorted(self.flows["certainty"].dropna().unique()))

    @property
    def source_names(self) -> tuple[str, ...]:
        """Sources of the flows, in order of appearance."""
        return tuple(dict.fromkeys(self.flows["source_name"].dropna()))

    def document(self) -> dict[str, Any]:
        """The report as ``commuting --json`` writes it."""
        return {
            "series": self.series,
            "year": self.year,
            "area": self.area,
            **self.told.document(),
            "at_least": sorted(self.at_least),
            "boundaries_year": self.boundaries_year,
            "flows": [
                {
                    "code": row["code"],
                    "name": row["name"],
                    **{f"{show}_jobs": _document(row, show) for show in FLOW_SHOWS},
                }
                for row in self.partners.to_dict("records")
            ],
        }


def commuter_years(session: Session, area: str | None = None) -> tuple[tuple[str, int], ...]:
    """Series and years of which flows of a municipality are stored, the latest first.

    Parameters
    ----------
    area
        Code of the municipality; None: that of the settings.
    """
    code = area or session.settings.municipality_code
    own = _flows_of(session, (code,))
    pairs = {(str(series), int(year)) for series, year in zip(own["series"], own["year"],
                                                              strict=True)}  # fmt: skip
    ordered: list[tuple[str, int]] = []
    for year in sorted({year for _series, year in pairs}, reverse=True):
        there = {series for series, other in pairs if other == year}
        while there:
            ordered.append((first_series(there), year))
            there.remove(ordered[-1][0])
    return tuple(ordered)


def commuting_report(
    session: Session,
    *,
    as_of: date,
    year: int | None = None,
    series: str | None = None,
    area: str | None = None,
    boundaries_year: int | None = None,
) -> CommutingReport:
    """Answer who commutes to and from a municipality in a year.

    Parameters
    ----------
    as_of
        Where no year is asked: the latest year that has begun by this day.
    year, series
        Which of the stored ones; None: the latest year, and of that a table of CBS first.
    area
        Code of the municipality; None: that of the settings.
    boundaries_year
        Year of the municipalities to tell it on; None: as the source has them.

    Raises
    ------
    FlowsNotFound
        If nothing of the kind is stored.
    ArgumentRefused
        If the municipalities of an earlier year are asked than those of the flows, or of one
        whose mergers are not known.
    """
    code = area or session.settings.municipality_code
    years = commuter_years(session, code)
    chosen = _chosen(years, as_of, year, series)
    if chosen is None:
        raise FlowsNotFound(code, year, series, stored=years, areas=_areas_with_flows(session))
    chosen_series, chosen_year = chosen
    last_year = max(chosen_year, LATEST_DIVISION_YEAR)
    if boundaries_year is not None and not chosen_year <= boundaries_year <= last_year:
        raise ArgumentRefused(
            "boundaries", boundaries_year, f"a year from {chosen_year} to {last_year}"
        )
    mergers, new_names = _mergers(_MERGERS)
    after = successors(mergers, chosen_year, boundaries_year) if boundaries_year else {}
    own = after.get(code, code)
    parts = (code, *sorted(old for old, new in after.items() if new == own and old != code))
    flows = merged_flows(_rows(_flows_of(session, parts), chosen_series, chosen_year), after)
    names = {**new_names, **_places(session)["name"]}
    split = unmergeable(mergers, chosen_year, boundaries_year) if boundaries_year else ()
    ends = {*flows["home_code"], *flows["work_code"]}
    return CommutingReport(
        session=session,
        area=own,
        area_name=str(names.get(own, own)),
        series=chosen_series,
        year=chosen_year,
        boundaries_year=boundaries_year,
        split=tuple(str(names.get(c, c)) for c in split if c in ends),
        told=year_figures(flows, chosen_series, chosen_year, own),
        partners=_partners(flows, own, names),
        flows=with_provenance(session, flows),
        names=names,
        years=tuple(one for one in years
                    if one[1] <= as_of.year or one == (chosen_series, chosen_year)),
    )  # fmt: skip


def flow_rows(
    report: CommutingReport,
    show: FlowShow,
    *,
    as_of: date,
    role: Role,
    top: int | None = None,
    least_jobs: int = 0,
    drawn_only: bool = False,
) -> LayerRows:
    """Flows of a report as rows of the layer of flows, the largest first.

    Parameters
    ----------
    show
        Of ``net`` each pair of municipalities is one row, in the direction of what is left.
    top, least_jobs
        Rows at most, and jobs at least that a row has; None: all rows.
    drawn_only
        Leave out what has no line: the other municipalities, and those without a place.
    """
    layer = report.session.catalogue.layers[_LAYER]
    partners = strongest(report.partners, show, top, least_jobs)
    sources = {(row["home_code"], row["work_code"]): row for row in
               report.flows.to_dict("records")}  # fmt: skip
    places = _located(report)
    records = [_record(report, show, row, sources) for row in partners.to_dict("records")]
    frame = pd.DataFrame(records, columns=[*_columns(report)])
    lines = [_line(places, home, work) for home, work in
             zip(frame["home_code"], frame["work_code"], strict=True)]  # fmt: skip
    drawn = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(lines, index=frame.index, crs=RD))
    if drawn_only:
        drawn = drawn[drawn.geometry.notna()].reset_index(drop=True)
    fields = layer.fields_for(role)
    return LayerRows(layer, fields, drawn, len(drawn), as_of)


def _document(row: Mapping[Any, Any], show: str) -> dict[str, int] | None:
    jobs = partner_jobs(row, show)
    return None if jobs is None else jobs.document()


def _chosen(
    years: tuple[tuple[str, int], ...], as_of: date, year: int | None, series: str | None
) -> tuple[str, int] | None:
    fitting = [
        pair for pair in years
        if (year is None or pair[1] == year) and (series is None or pair[0] == series)
    ]  # fmt: skip
    begun = [pair for pair in fitting if pair[1] <= as_of.year]
    return next(iter(begun or fitting[-1:]), None)


def _areas_with_flows(session: Session) -> list[str]:
    """Codes of the municipalities that have flows, those with the most rows first."""
    flows = session.table("commuter_flow")
    rows = pd.concat([flows["home_code"], flows["work_code"]]).value_counts()
    return sorted((str(code) for code in rows.index if code != OTHER),
                  key=lambda code: (-int(rows[code]), code))  # fmt: skip


def _flows_of(session: Session, codes: tuple[str, ...]) -> pd.DataFrame:
    """Stored flows with one of some municipalities at an end; a country has many others."""

    def build() -> pd.DataFrame:
        flows = session.table("commuter_flow")
        return flows[flows["home_code"].isin(codes) | flows["work_code"].isin(codes)]

    return session.kept(("commuter_flows_of", codes), build)


def _rows(flows: pd.DataFrame, series: str, year: int) -> pd.DataFrame:
    """Flows of one year, with bounds in every row."""
    rows = flows[(flows["series"] == series) & (flows["year"] == year)].drop(columns="id")
    for name in ("jobs_low", "jobs_high"):
        rows[name] = rows[name].fillna(rows["jobs"]).astype("int64")
        rows[f"total_{name}"] = rows[f"total_{name}"].fillna(rows["total_jobs"])
    return rows.reset_index(drop=True)


def _partners(flows: pd.DataFrame, area: str, names: Mapping[str, str]) -> pd.DataFrame:
    told: dict[str, dict[str, Jobs]] = {}
    for row in flows.to_dict("records"):
        home, work = row["home_code"], row["work_code"]
        if home != work:
            show, other = ("in", home) if work == area else ("out", work)
            told.setdefault(other, {})[show] = jobs_in(row)
    rows = []
    for code, both in told.items():
        incoming, outgoing = both.get("in"), both.get("out")
        net = _difference(incoming, outgoing) if incoming and outgoing else None
        rows.append(
            {"code": code, "name": str(names.get(code, code)), **_spread("in", incoming),
             **_spread("out", outgoing), **_spread("net", net)}
        )  # fmt: skip
    figures = [f"{show}_jobs{bound}" for show in FLOW_SHOWS for bound in BOUNDS]
    rows.sort(key=lambda row: (row["code"] == OTHER,
                               -(row["in_jobs"] or 0) - (row["out_jobs"] or 0),
                               row["code"]))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["code", "name", *figures])
    return frame.astype(dict.fromkeys(figures, "Int64"))


def _difference(incoming: Jobs, outgoing: Jobs) -> Jobs:
    return Jobs(
        incoming.value - outgoing.value, incoming.low - outgoing.high, incoming.high - outgoing.low
    )


def _spread(show: str, jobs: Jobs | None) -> dict[str, Any]:
    ends = (None,) * 3 if jobs is None else (jobs.value, jobs.low, jobs.high)
    return {f"{show}_jobs{b}": end for b, end in zip(BOUNDS, ends, strict=True)}


def partner_jobs(row: Mapping[Any, Any], show: str) -> Jobs | None:
    """Jobs in, out or net of a row of ``partners``; None: they are not published."""
    return None if pd.isna(row[f"{show}_jobs"]) else jobs_in(row, f"{show}_jobs")


def strongest(
    partners: pd.DataFrame, show: FlowShow, top: int | None, least_jobs: int
) -> pd.DataFrame:
    """Answer which partners have the most jobs of a kind, the largest first, the rest last.

    Parameters
    ----------
    top, least_jobs
        Municipalities at most, and jobs at least; None: all that have any.
    """
    jobs = partners[f"{show}_jobs"].abs()
    kept = partners.assign(_jobs=jobs, _rest=partners["code"] == OTHER)
    kept = kept[((jobs > 0) & (jobs >= least_jobs)).fillna(False)]
    kept = kept.sort_values(["_rest", "_jobs", "code"], ascending=[True, False, True])
    listed = kept[~kept["_rest"]]
    kept = kept if top is None else pd.concat([listed.head(top), kept[kept["_rest"]]])
    return kept.drop(columns=["_jobs", "_rest"])


def _columns(report: CommutingReport) -> Iterable[str]:
    derived = ("pair", "home_name", "work_name", "direction")
    return dict.fromkeys([*report.flows.columns, *derived, "partner"])


def _record(
    report: CommutingReport,
    show: FlowShow,
    row: Mapping[Any, Any],
    sources: Mapping[tuple[str, str], Mapping[Any, Any]],
) -> dict[str, Any]:
    jobs, partner = jobs_in(row, f"{show}_jobs"), str(row["code"])
    comes_in = show == "in" or (show == "net" and jobs.value > 0)
    if show == "net" and not comes_in:
        jobs = Jobs(-jobs.value, -jobs.high, -jobs.low)
    ends = (partner, report.area) if comes_in else (report.area, partner)
    names = {partner: row["name"], report.area: report.area_name}
    known = [sources[pair] for pair in (ends, (ends[1], ends[0])) if pair in sources]
    stored = {str(name): value for name, value in known[0].items()} if known else {}
    return {
        **stored,
        "series": report.series, "year": report.year,
        "home_code": ends[0], "work_code": ends[1], "pair": "-".join(ends),
        "home_name": names[ends[0]], "work_name": names[ends[1]],
        "direction": "in" if comes_in else "out",
        "jobs": jobs.value, "jobs_low": jobs.low, "jobs_high": jobs.high,
        **({"total_jobs": None, "total_jobs_low": None, "total_jobs_high": None}
           if show == "net" else {}),
        "partner": partner,
    }  # fmt: skip


def _places(session: Session) -> pd.DataFrame:
    """Name and centre of each area as it was told last."""
    areas = session.table("area").sort_values("year").drop_duplicates("code", keep="last")
    return areas.set_index("code")[["name", "centre_x_m", "centre_y_m"]]


def _located(report: CommutingReport) -> dict[str, tuple[float, float]]:
    """Centres in RD; of municipalities that merged, the middle of the parts that are known."""
    known = _places(report.session)[["centre_x_m", "centre_y_m"]].dropna()
    places = {str(code): (float(x), float(y)) for code, (x, y) in known.T.items()}
    if report.boundaries_year is None:
        return places
    parts: dict[str, list[tuple[float, float]]] = {}
    for old, new in successors(_mergers(_MERGERS)[0], report.year, report.boundaries_year).items():
        if old in places and new not in places:
            parts.setdefault(new, []).append(places[old])
    middles = {
        new: (sum(x for x, _y in there) / len(there), sum(y for _x, y in there) / len(there))
        for new, there in parts.items()
    }
    return {**places, **middles}


def _line(
    places: Mapping[str, tuple[float, float]], home: str, work: str
) -> shapely.LineString | None:
    ends = [places[code] for code in (home, work) if code in places]
    return shapely.LineString(ends) if len(ends) == 2 else None


def _mergers(path: Path) -> tuple[tuple[Merger, ...], dict[str, str]]:
    """Mergers of municipalities, and what each of them is called."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    mergers = tuple(
        Merger(int(row["year"]), row["old_code"], row["new_code"], row["whole"] == "true")
        for row in rows
    )
    names = {row[f"{side}_code"]: row[f"{side}_name"] for row in rows for side in ("old", "new")}
    return mergers, names
