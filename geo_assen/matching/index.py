"""The index of matching: sites of a date in the order in which they are asked, kept in step.

The sites lie in one large part. What has changed since lies in a small one beside it, and
the rows of the large one that it replaces are left out, so that an edit costs what was
edited and not what there is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from geo_assen.catalogue import CodeList, FieldDefinition
from geo_assen.matching.columns import Columns, Flags, Floats, Rows
from geo_assen.sites import Sites

__all__ = ["Part", "SiteIndex", "index_of"]

_KEPT = "index of matching"
"""Name under which sites keep their index."""


@dataclass(frozen=True, eq=False)
class Part:
    """Columns of some sites, and which of their rows no longer hold.

    Attributes
    ----------
    gone
        True for rows that the other part replaces; None: all hold.
    """

    columns: Columns
    gone: Flags | None = None

    def there(self, rows: Rows) -> Rows:
        """Rows that hold."""
        return rows if self.gone is None else rows[~self.gone[rows]]

    def chosen(self, ids: Collection[str]) -> Sites:
        """Sites of this part with one of some ids, where they hold."""
        sites = self.columns.sites
        rows = {row for row in map(_Listed(sites.ids).find, ids) if row is not None}
        held = np.array(sorted(rows), dtype=np.intp)
        if self.gone is not None:
            gone = np.zeros(len(sites), dtype=bool)
            gone[self.columns.rows[self.gone]] = True
            held = held[~gone[held]]
        return sites.at(held)

    def count(self, kind: str) -> int:
        """How many sites of a kind there are."""
        start, end = self.columns.kind_bounds.get(kind, (0, 0))
        return end - start - (0 if self.gone is None else int(self.gone[start:end].sum()))


@dataclass(frozen=True, eq=False)
class SiteIndex:
    """Sites of one date, ready to be asked."""

    parts: tuple[Part, ...]

    @classmethod
    def of(cls, sites: Sites) -> SiteIndex:
        """Lay sites out for asking; a column is laid out when it is first asked for."""
        return cls((Part(Columns(sites)),))

    def changed(self, ids: Collection[str], fresh: Sites) -> SiteIndex:
        """Index in which some sites are as they are now.

        Parameters
        ----------
        ids
            Sites of this index, or new ones, that changed since it was made.
        fresh
            Those of them that are on offer now.
        """
        columns = self.parts[0].columns
        listed = _Listed(columns.sites.ids)
        gone_rows = np.zeros(len(columns), dtype=bool)
        gone_rows[[at for at in map(listed.find, ids) if at is not None]] = True
        keys = _between(listed, fresh)
        return SiteIndex((
            Part(columns, gone_rows[columns.rows]), Part(Columns(fresh, keys))
        ))  # fmt: skip

    def chosen(self, ids: Collection[str]) -> Sites:
        """Sites of some ids, as they are now; an id that is not there is left out."""
        found = [part.chosen(ids) for part in self.parts]
        found = [sites for sites in found if len(sites)] or found[:1]
        if len(found) == 1:
            return replace(found[0], places=self.sites.places, areas=self.sites.areas)
        frame = pd.concat([sites.frame for sites in found], ignore_index=True)
        sites = self.sites
        both = Sites.of(frame, sites.fields, sites.codes, sites.places, sites.areas, sites.as_of)
        return replace(both, sources=sites.sources, travel=sites.travel)

    @property
    def is_small(self) -> bool:
        """Whether sites are few, and lie in one part of which every row holds."""
        first = self.parts[0]
        return len(self.parts) == 1 and first.gone is None and first.columns.are_few

    @property
    def sites(self) -> Sites:
        """Sites of the newest part: for its places, areas, fields and codes."""
        return self.parts[-1].columns.sites

    @property
    def as_of(self) -> date:
        """Date for which the sites were drawn up."""
        return self.sites.as_of

    @property
    def fields(self) -> Mapping[str, FieldDefinition]:
        """Definitions of the fields of a site."""
        return self.sites.fields

    @property
    def codes(self) -> Mapping[str, CodeList]:
        """Code lists."""
        return self.sites.codes

    def __len__(self) -> int:
        return sum(
            len(part.columns) - (0 if part.gone is None else int(part.gone.sum()))
            for part in self.parts
        )


class _Listed(Sequence[str]):
    """Ids in their order, to search in."""

    def __init__(self, ids: pa.Array) -> None:
        self.ids = ids

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        return str(self.ids[at].as_py())

    def find(self, site_id: str) -> int | None:
        """Row of a site, or None."""
        # ids are ordered by code point, as Python compares text
        at = bisect_left(self, site_id)
        return at if at < len(self) and self[at] == site_id else None


def _between(listed: _Listed, fresh: Sites) -> Floats:
    """Numbers that order fresh sites by id between those listed: fractions of a row."""
    ids = fresh.ids.to_pylist()
    steps = np.arange(1, len(ids) + 1) / (len(ids) + 1)
    return np.array([bisect_left(listed, one) - 1 for one in ids], dtype=np.float64) + steps


def index_of(sites: Sites) -> SiteIndex:
    """Index of sites, made when first asked and kept as long as they are."""
    # on the sites themselves: an index holds its sites, so that a table of indexes, were it
    # by weak keys, would never let go of either
    kept = vars(sites)
    if _KEPT not in kept:
        kept[_KEPT] = SiteIndex.of(sites)
    index: SiteIndex = kept[_KEPT]
    return index
