"""Why plots cannot be cut or merged as was asked, and what to do, in the reader's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from geo_assen.errors import SplitRefused
from geo_assen.units import format_number
from webapp.language import current_language
from webapp.splitting.form import Typed

__all__ = ["Refusal", "Way", "refusal_words", "shown_m", "shown_m2"]

_DECIMALS = 1


@dataclass(frozen=True)
class Way:
    """Something to ask instead: a link that keeps the rest."""

    title: str
    query: str


@dataclass(frozen=True)
class Refusal:
    """What stands against it, what to do, and what can be asked with one click.

    Attributes
    ----------
    detail
        What the ledger says of it, in English; empty: nothing.
    """

    told: str
    advice: str
    ways: tuple[Way, ...] = ()
    detail: str = ""


def refusal_words(error: SplitRefused, typed: Typed | None = None) -> Refusal:
    """Put a refusal into words.

    Parameters
    ----------
    typed
        What was asked of a split; None for a merger.
    """
    told, advice = _SENTENCES.get(error.reason, _unknown)(error, typed)
    return Refusal(told, advice, () if typed is None else _ways(error.reason, typed))


def shown_m(length_m: float) -> str:
    """Length in metres with one digit behind the sign."""
    return f"{format_number(length_m, current_language(), _DECIMALS)} m"


def shown_m2(area_m2: float) -> str:
    """Whole m²: an area that is divided is not told in hectares."""
    return f"{format_number(area_m2, current_language())} m²"


Words = tuple[str, str]


def _unknown(error: SplitRefused, _typed: Typed | None) -> Words:
    return str(error), _("Ask it in another way.")


def _too_large(error: SplitRefused, _typed: Typed | None) -> Words:
    whole = shown_m2(error.numbers["recorded_m2"])
    return (
        _("The whole plot has %(whole)s, so that nothing would be left.", whole=whole),
        _("Ask for less, or leave the plot whole."),
    )


def _too_small(_error: SplitRefused, _typed: Typed | None) -> Words:
    return _("A piece has at least 1 m²."), _("Ask for more.")


def _no_access(_error: SplitRefused, typed: Typed | None) -> Words:
    if typed is not None and typed.access:
        return (
            _("The chosen side is bent round or lies in a recess, so that no piece lies at it."),
            _("Choose another side, or draw the line."),
        )
    return (
        _("No road lies near a side of this plot, so that none could be proposed."),
        _("Tick the side from which the plot is reached."),
    )


def _not_one_piece(error: SplitRefused, typed: Typed | None) -> Words:
    parts = format_number(error.numbers["parts"], current_language())
    if typed is None:
        return (
            _("One of these plots is not one area, but %(parts)s.", parts=parts),
            _("Mend its outline first."),
        )
    if typed["how"] == "line":
        return (
            _("The line would leave %(parts)s pieces; a plot is split in two.", parts=parts),
            _("Draw a line that crosses the plot once."),
        )
    return (
        _("The outline is such that a straight cut here leaves %(parts)s pieces.", parts=parts),
        _("Ask for another area, cut the other way, or draw the line."),
    )


def _invalid(_error: SplitRefused, _typed: Typed | None) -> Words:
    return _("The outline of the plot crosses itself."), _("Mend the outline of the plot first.")


def _frontage(error: SplitRefused, typed: Typed | None) -> Words:
    told = _(
        "%(piece)s would have a frontage of %(found)s, where %(least)s is the least.",
        piece=_piece(error, typed),
        found=shown_m(error.numbers["frontage_m"]),
        least=_bound(error.numbers["min_frontage_m"]),
    )
    if typed is not None and typed["how"] == "area" and typed["direction"] == "parallel":
        return told, _("Cut across the access: then both pieces lie at the road.")
    return told, _("Move the cut, or ask for another area.")


def _depth(error: SplitRefused, typed: Typed | None) -> Words:
    told = _(
        "%(piece)s would be %(found)s deep, where %(least)s is the least.",
        piece=_piece(error, typed),
        found=shown_m(error.numbers["depth_m"]),
        least=_bound(error.numbers["min_depth_m"]),
    )
    return told, _("Move the cut, or ask for another area.")


def _not_crossing(error: SplitRefused, _typed: Typed | None) -> Words:
    return (
        _(
            "The line does not cross the plot: it ends %(gap)s from the outline. Up to 5 m is "
            "added straight on.",
            gap=shown_m(error.numbers["gap_m"]),
        ),
        _("Draw it from edge to edge."),
    )


def _crosses_itself(_error: SplitRefused, _typed: Typed | None) -> Words:
    return _("The line crosses itself."), _("Draw it again without a loop.")


def _one_plot(_error: SplitRefused, _typed: Typed | None) -> Words:
    return _("One plot alone was named."), _("Choose at least one neighbour.")


def _overlap(error: SplitRefused, _typed: Typed | None) -> Words:
    overlap = shown_m2(error.numbers["overlap_m2"])
    return (
        _("Two of these plots overlap by %(overlap)s; 1 m² is the most.", overlap=overlap),
        _("Mend their outlines first."),
    )


def _border(error: SplitRefused, _typed: Typed | None) -> Words:
    border = shown_m(error.numbers["border_m"])
    return (
        _("These plots do not hang together: one has a border of %(border)s with the others, "
          "where 1 m is the least.", border=border),
        _("Choose plots that lie side by side."),
    )  # fmt: skip


def _other_park(_error: SplitRefused, _typed: Typed | None) -> Words:
    return (
        _("These plots lie in different business parks."),
        _("Choose plots of one park: each park has its own balance."),
    )


def _piece(error: SplitRefused, typed: Typed | None) -> str:
    """Name of a piece at the start of a sentence."""
    is_first = error.numbers["piece_number"] == 1
    if typed is not None and typed["how"] == "line":
        return _("The piece left of the line") if is_first else _("The piece right of the line")
    return _("The piece asked for") if is_first else _("The piece that is left")


def _bound(length_m: float) -> str:
    """Least length as it was asked, without digits that nobody typed."""
    text = f"{length_m:.3f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',') if current_language() == 'nl' else text} m"


_SENTENCES: Mapping[str, Callable[[SplitRefused, Typed | None], Words]] = {
    "too_large": _too_large,
    "too_small": _too_small,
    "no_access": _no_access,
    "not_one_piece": _not_one_piece,
    "invalid_outline": _invalid,
    "frontage": _frontage,
    "depth": _depth,
    "line_does_not_cross": _not_crossing,
    "line_crosses_itself": _crosses_itself,
    "one_plot": _one_plot,
    "overlap": _overlap,
    "border": _border,
    "other_park": _other_park,
}
_LEAST: Mapping[str, str] = {"frontage": "min_frontage_m", "depth": "min_depth_m"}


def _ways(reason: str, typed: Typed) -> tuple[Way, ...]:
    """What else can be asked with one click."""
    ways = []
    if typed["how"] == "area" and reason in {"frontage", "depth", "not_one_piece"}:
        if typed["direction"] == "parallel":
            ways.append(Way(_("Cut across"), typed.query(direction="across")))
        elif reason == "not_one_piece":
            ways.append(Way(_("Cut parallel"), typed.query(direction="parallel")))
    if reason == "not_one_piece" and typed["how"] == "area":
        ways.append(Way(_("Draw the line"), typed.query(how="line")))
    if reason in _LEAST:
        titles = {"frontage": _("Without a least frontage"), "depth": _("Without a least depth")}
        ways.append(Way(titles[reason], typed.query(**{_LEAST[reason]: None})))
    return tuple(ways)
