"""What the templates of a split or merger get to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote

from flask import render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from geo_assen import services
from geo_assen.errors import ArgumentRefused, SplitRefused
from geo_assen.services import PlotChange, SplitAsked
from geo_assen.units import format_quantity
from webapp import params
from webapp.auth.roles import current_role
from webapp.fragments import answer_fragment, answer_page, asked_fragment
from webapp.language import current_language
from webapp.ledger_words import told_faults
from webapp.maps import MapParts, read_rows
from webapp.splitting.form import FieldFault, Typed, points_of, read_access, read_split
from webapp.splitting.words import Refusal, refusal_words, shown_m, shown_m2
from webapp.store import current_store

__all__ = ["PieceRow", "SideChoice", "SplitTold", "plan_page", "plan_parts", "site_url",
           "split_told"]  # fmt: skip

_NO_FRONT_M = 0.05
"""Less than this at the access is written as 0,0 m."""


@dataclass(frozen=True)
class SideChoice:
    """A side that can be ticked as access; its number counts from 1."""

    number: int
    length: str
    chosen: bool


@dataclass(frozen=True)
class PieceRow:
    """A plot that comes of it, in words."""

    code: str
    name: str
    area: str
    frontage: str
    depth: str


@dataclass(frozen=True)
class SplitTold:
    """A split as it was asked, and what can be told of it.

    Attributes
    ----------
    change
        The plan; without pieces where nothing is cut, None where the plot cannot be read.
    fault
        Field that means nothing, and why.
    refusal
        Why it cannot be cut so.
    """

    code: str
    typed: Typed
    change: PlotChange | None
    fault: params.ParameterError | None
    refusal: Refusal | None

    @property
    def sides(self) -> tuple[SideChoice, ...]:
        """Sides of the plot in their order."""
        if self.change is None:
            return ()
        return tuple(
            SideChoice(side.number + 1, shown_m(side.length_m), side.number in self.change.access)
            for side in self.change.sides
        )

    @property
    def measured(self) -> int | None:
        """Number of the side that the cut is measured against."""
        if self.change is None or not self.change.access:
            return None
        return self.change.access[0] + 1

    @property
    def ends(self) -> tuple[int, int] | None:
        """Sides beside the start and the end of the one that the cut is measured against."""
        if self.change is None or self.measured is None:
            return None
        count = len(self.change.sides)
        return (self.measured - 2) % count + 1, self.measured % count + 1

    @property
    def pulled_m2(self) -> int:
        """Where the slider of the area stands: at the first piece, or halfway."""
        if self.change is None:
            return 1
        made = self.change.pieces
        return made[0].area_m2 if made else self.change.area_m2 // 2

    @property
    def most_m2(self) -> int:
        """Where that slider ends: something of the plot is left."""
        return 2 if self.change is None else max(self.change.area_m2 - 1, 2)

    @property
    def points(self) -> list[tuple[float, float]]:
        """Points of the drawn line that can be read."""
        try:
            return points_of(self.typed["line"])
        except FieldFault:
            return []


def split_told(code: str, typed: Typed) -> SplitTold:
    """Plan a split, and say what stands in its way.

    Raises
    ------
    NotFound
        If there is no such plot.
    LedgerError
        If another took its place.
    """
    try:
        return _planned(code, typed, read_split(code, typed))
    except params.ParameterError as error:
        fault = error
    plain = SplitAsked(plot=code, effective_on=services.today())
    try:
        ticked = replace(plain, access=read_access(typed))
        return replace(_planned(code, typed, ticked), fault=fault)
    except params.ParameterError:
        return replace(_planned(code, typed, plain), fault=fault)


def _planned(code: str, typed: Typed, asked: SplitAsked) -> SplitTold:
    store, role = current_store(), current_role()
    uncut = replace(asked, area_m2=None, line=None)
    try:
        change = services.split_plan(store, asked, role=role)
        return SplitTold(code, typed, change, None, None)
    except ArgumentRefused as error:
        raise FieldFault("access", _("Choose a side of the plot from the list.")) from error
    except SplitRefused as error:
        refusal = refusal_words(error, typed)
    try:
        return SplitTold(code, typed, services.split_plan(store, uncut, role=role), None, refusal)
    except SplitRefused:
        return SplitTold(code, typed, None, None, refusal)


def plan_page(
    screen: Literal["split", "merge"],
    shown: Mapping[str, Any],
    draw: Callable[[], MapParts],
    status: int,
) -> Response:
    """Answer with a screen, or with the plan alone where its form asks for that.

    Parameters
    ----------
    draw
        Makes the map, which the plan alone does without.
    status
        Of the screen. The plan alone has 200: the form shows what it says, whatever it is, and
        a fault while one types is no failure.
    """
    if asked_fragment() is not None:
        return answer_fragment(render_template(f"splitting/{screen}_fragment.html", **shown))
    return answer_page(render_template(f"splitting/{screen}.html", map=draw(), **shown), status)


def plan_parts(change: PlotChange | None) -> dict[str, Any]:
    """What a plan holds, in words: the new plots, what ends, and what it contradicts.

    ``cut_off`` names the plots that lie at no access; empty: all do, or it is a merger.
    """
    if change is None or not change.pieces:
        return {"pieces": (), "total": "", "cut_off": "", "ending": (), "faults": ()}
    return {
        "pieces": tuple(
            PieceRow(
                plot.code,
                plot.name or "",
                shown_m2(plot.area_m2),
                "" if plot.frontage_m is None else shown_m(plot.frontage_m),
                "" if plot.depth_m is None else shown_m(plot.depth_m),
            )
            for plot in change.pieces
        ),
        "total": shown_m2(change.area_m2),
        "cut_off": _(" and ").join(
            plot.code
            for plot in change.pieces
            if plot.frontage_m is not None and plot.frontage_m < _NO_FRONT_M
        ),
        "ending": _ending(change),
        "faults": told_faults(change.faults),
    }


def site_url(code: str, told: services.Succession | None = None) -> str:
    """Page of a plot that is there; seen from the day on which it came, where that is later."""
    later = told is not None and told.effective_on > services.today()
    query = f"?as_of={told.effective_on.isoformat()}" if told is not None and later else ""
    return f"/sites/{quote(f'plot:{code}', safe=':')}{query}"


def _ending(change: PlotChange) -> tuple[str, ...]:
    """Options and reservations that end with it, each in a line."""
    if not change.ending:
        return ()
    rows = services.layer_rows(
        current_store(), "land_events", as_of=services.today(), role=current_role()
    )
    frame = rows.frame[rows.frame["code"].isin(change.ending)]
    found = read_rows(
        replace(rows, frame=frame, total=len(frame)), current_store().catalogue, current_language()
    )
    until = frame["valid_until"]
    return tuple(
        _promise(row.key, found.text(row, "kind"), found.text(row, "party"), last_day)
        for row, last_day in zip(found.rows, until, strict=True)
    )


def _promise(code: str, kind: str, party: str, last_day: Any) -> str:
    told = _("%(kind)s for %(party)s", kind=kind, party=party) if party else kind
    day = format_quantity(last_day, None, current_language())
    if day:
        told = _("%(promise)s until %(day)s", promise=told, day=day)
    return f"{told} ({code})"
