"""Contradictions and gaps of the ledger in the words of the reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from geo_assen.units import format_date
from webapp.language import current_language

__all__ = ["FaultWords", "no_event_words", "told_faults"]

_SENTENCES: Mapping[str, LazyString] = {
    "unknown_kind": _l("There is no such kind of event."),
    "unknown_plot": _l("The plot is not known."),
    "unknown_park": _l("The business park is not known."),
    "other_park": _l("The plot lies in another park than the event names."),
    "missing_plot": _l("This kind of event needs a plot."),
    "missing_area": _l("The event does not say how many m²."),
    "survey_of_nothing": _l("A survey finds more than 0 m²."),
    "end_before_start": _l("The promise ends before it starts."),
    "net_over_gross": _l("The park would have more net than gross area."),
    "over_issued_park": _l("More would be issued than the park has net."),
    "net_not_set": _l("The park would issue land before its net area is set."),
    "bought_back_too_much": _l("More would be bought back than was issued."),
    "before_opening": _l("The day lies before the opening balance, which holds it already."),
    "second_opening": _l("The park has an opening balance already."),
    "over_issued_plot": _l("More than two percent over the area of the plot would be issued."),
    "split_while_issued": _l("The plot was split or merged while a part of it is issued."),
    "on_withdrawn_plot": _l("The plot was withdrawn before that day."),
    "on_replaced_plot": _l("The plot had been split or merged before that day."),
    "before_plot": _l("The plot did not exist yet on that day."),
    "equal_rank": _l("A promise of the same kind and rank runs on the plot already."),
    "never_split": _l("The plot comes from one that was never split or merged."),
    "area_not_conserved": _l("Area would be lost or made by the split or merger."),
    "mixed_merger": _l("Plots were merged of which only some are issued."),
    "correction_of_nothing": _l("The event corrects one that is not recorded, or itself."),
    "corrected_twice": _l("That event is corrected already; correct the correction instead."),
}
"""Sentence of each kind of fault; a kind that is not listed has its English one alone."""


class Fault(Protocol):
    """What of a contradiction is told."""

    @property
    def kind(self) -> str: ...


@dataclass(frozen=True)
class FaultWords:
    """A contradiction in the reader's words, and the detail of the ledger, in English."""

    told: str
    detail: str


def told_faults(faults: Iterable[Fault]) -> list[FaultWords]:
    """Put contradictions into words."""
    return [FaultWords(str(_SENTENCES.get(fault.kind, "")), str(fault)) for fault in faults]


def no_event_words(as_of: date) -> str:
    """That no event of the ledger counts on a date, as part of a sentence."""
    day = format_date(as_of, current_language())
    return _("the ledger has no event up to %(day)s", day=day)
