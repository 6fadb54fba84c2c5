"""One figure as its source states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["StatedFigure", "stated_figures"]

_AGENDA = "economische-agenda-2020"
"""How the codes of the sources begin that are the policy document, and the reading of it."""


@dataclass(frozen=True)
class StatedFigure:
    """A figure of one area, with what its source says of it and leaves open.

    Attributes
    ----------
    year
        None: the source does not say.
    value
        In ``unit``; a share is 0 to 1.
    definition, ambiguity
        What is counted, and what stays unclear about it; None: nothing is said.
    group, pillar, theme
        Codes of the policy document; None: it belongs to none.
    sdg_number
        Goal of the United Nations, 1 to 17; None: to none.
    measure
        Figure of our own that it can be held against; None: none.
    """

    code: str
    name: str
    area: str
    year: int | None
    value: float
    unit: str
    definition: str | None = None
    ambiguity: str | None = None
    group: str | None = None
    sdg_number: int | None = None
    pillar: str | None = None
    theme: str | None = None
    certainty: str | None = None
    measure: str | None = None
    source_code: str | None = None
    source_name: str | None = None

    @property
    def is_of_agenda(self) -> bool:
        """Whether the economic agenda itself states it, or it was read out of its figures."""
        return (self.source_code or "").startswith(_AGENDA)


def stated_figures(frame: pd.DataFrame) -> tuple[StatedFigure, ...]:
    """Figures of a frame with the columns of the layer of indicators, in its order."""
    return tuple(_figure(row) for row in frame.to_dict("records"))


def _figure(row: dict[Any, Any]) -> StatedFigure:
    return StatedFigure(
        code=str(row["code"]),
        name=str(row["name"]),
        area=str(row["area"]),
        year=_whole(row["year"]),
        value=float(row["value"]),
        unit=str(row["unit"]),
        definition=_text(row.get("definition")),
        ambiguity=_text(row.get("ambiguity")),
        group=_text(row.get("monitoring_group")),
        sdg_number=_whole(row.get("sdg")),
        pillar=_text(row.get("pillar")),
        theme=_text(row.get("theme")),
        certainty=_text(row.get("certainty")),
        measure=_text(row.get("measure")),
        source_code=_text(row.get("source_code")),
        source_name=_text(row.get("source_name")),
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) or not str(value).strip() else str(value).strip()


def _whole(value: Any) -> int | None:
    """Whole number; None where there is none, or text that is no number (as in ``sdg``)."""
    text = _text(value)
    if text is None:
        return None
    try:
        return int(float(text))
    except ValueError:
        return None
