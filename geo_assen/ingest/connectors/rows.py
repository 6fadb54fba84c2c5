"""Turn what services answer into the layers and parts that every import goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.connectors.provenance import Provenance
from geo_assen.ingest.content import PART_ROWS, FileLayer, Part
from geo_assen.ingest.issues import Issue

__all__ = ["Fetched", "Progress", "column_of", "frame_layer", "plain_texts", "replaced"]

Progress = Callable[[int, int | None], None]
"""Told after each answer: how many are done, and of how many where that is known."""

_GEOMETRY = "geometry"


@dataclass(frozen=True)
class Fetched:
    """Rows of a service as a layer to import, with where they come from.

    Attributes
    ----------
    layer
        The rows; all of them are here already, reading asks nobody anything.
    provenance
        Source of every row; rows that have a ``source_code`` name it.
    left_out
        What the service sent that is not in ``layer``, and why; one sentence each.
    """

    layer: FileLayer
    provenance: Provenance
    left_out: tuple[str, ...] = ()


def frame_layer(
    name: str,
    frame: pd.DataFrame,
    *,
    geometry: NDArray[np.object_] | None = None,
    crs: str | None = None,
    numbers: NDArray[np.int64] | None = None,
    issues: Sequence[Issue] = (),
) -> FileLayer:
    """Make a layer of a frame.

    Parameters
    ----------
    geometry
        Geometries in ``crs``, in the order of the frame; None: the layer has none.
    numbers
        Number of each record from 1; None: counted.
    issues
        Faults met while reading, by the number of their record.
    """
    frame = plain_texts(frame.reset_index(drop=True))
    counted = np.arange(1, len(frame) + 1, dtype=np.int64) if numbers is None else numbers
    bounds = [*range(0, len(frame), PART_ROWS)] or [0]

    def read() -> Iterator[Part]:
        waiting = sorted(issues, key=lambda issue: issue.row)
        for start in bounds:
            end = start + PART_ROWS
            last = end >= len(frame)
            told = [i for i in waiting if last or i.row < counted[end]]
            waiting = waiting[len(told) :]
            yield Part(
                counted[start:end],
                frame.iloc[start:end].reset_index(drop=True),
                None if geometry is None else geometry[start:end],
                told,
            )

    return FileLayer(
        name=name,
        columns=tuple(str(column) for column in frame.columns),
        read=read,
        crs=crs,
        rows=len(frame) + sum(issue.kind == "unreadable_row" for issue in issues),
        geometry_columns=() if geometry is None else (_GEOMETRY,),
    )


def replaced(layer: FileLayer, change: Callable[[pd.DataFrame], pd.DataFrame]) -> FileLayer:
    """Layer with other columns for the same places.

    Parameters
    ----------
    change
        Gives the new columns of a frame; a row whose label it leaves out is left out.
    """
    frames, geometries, numbers, issues = [], [], [], []
    for part in layer.read():
        changed = change(part.values)
        kept = changed.index.to_numpy()
        frames.append(changed)
        numbers.append(part.numbers[kept])
        issues += part.issues
        if part.geometry is not None:
            geometries.append(part.geometry[kept])
    return frame_layer(
        layer.name,
        pd.concat(frames, ignore_index=True),
        geometry=np.concatenate(geometries) if layer.has_geometry else None,
        crs=layer.crs,
        numbers=np.concatenate(numbers),
        issues=issues,
    )


def plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Frame whose texts are str or None, as files give them, instead of a dtype with NaN."""
    texts = [name for name in frame if isinstance(frame[name].dtype, pd.StringDtype)]
    return frame.assign(
        **{str(n): frame[n].astype(object).where(frame[n].notna(), None) for n in texts}
    )


def column_of(values: Sequence[Any]) -> pd.Series[Any]:
    """Column of JSON values: whole numbers stay whole where some are missing.

    Lists become text parted by ``;``, objects become JSON.
    """
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        missing = any(value is None for value in values)
        return pd.Series(list(values), dtype="Int64" if missing else "int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(list(values), dtype="float64")
    if kinds == {bool} and None not in values:
        return pd.Series(list(values), dtype="bool")
    return pd.Series([_plain(value) for value in values], dtype=object)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(str(_plain(part)) for part in value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value
