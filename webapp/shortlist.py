"""The shortlist: sites that a reader keeps, in the address and nowhere else.

``keep=plot:K-12,premises:B-3`` needs no session: a link that is sent carries the list along.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from webapp import params

__all__ = ["MOST_COMPARED", "Shortlist", "current_shortlist"]

MOST_COMPARED = 6
"""Sites that stand beside each other; more cannot be read."""


@dataclass(frozen=True)
class Shortlist:
    """Kept sites in the order in which they were kept.

    Attributes
    ----------
    ids
        At most :data:`webapp.params.MOST_KEPT`; there need not be sites of all of them.
    left_out
        How many more the address names.
    """

    ids: tuple[str, ...]
    left_out: int = 0

    def __contains__(self, site_id: object) -> bool:
        return site_id in self.ids

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def is_full(self) -> bool:
        """Whether nothing can be added."""
        return len(self.ids) >= params.MOST_KEPT

    @property
    def most(self) -> int:
        """How many sites it can hold."""
        return params.MOST_KEPT

    @property
    def written(self) -> str | None:
        """Value of ``keep``; None where nothing is kept."""
        return ",".join(self.ids) or None

    def plus(self, site_id: str) -> str | None:
        """Value of ``keep`` with a site more."""
        return Shortlist((*self.ids, site_id)).written

    def minus(self, site_id: str) -> str | None:
        """Value of ``keep`` without a site; None where nothing is left."""
        return Shortlist(tuple(kept for kept in self.ids if kept != site_id)).written

    def compare_args(self) -> list[tuple[str, str]]:
        """Parameters of the comparison: the need of this page where it has one, and the list."""
        asks = request.path.split("/")[1].partition(".")[0] in {"match", "compare"}
        kept = [
            (name, value)
            for name, value in request.args.items(multi=True)
            if name not in _OF_A_PAGE and (asks or name in _OF_THE_FRAME)
        ]
        return [*kept, ("keep", ",".join(self.ids))]


_OF_A_PAGE = frozenset({"keep", "limit", "at", "sheet"})
_OF_THE_FRAME = frozenset({"as_of", "lang", "view"})


def current_shortlist() -> Shortlist:
    """Shortlist of this request."""
    ids = params.kept_ids(request.args)
    return Shortlist(ids[: params.MOST_KEPT], max(0, len(ids) - params.MOST_KEPT))
