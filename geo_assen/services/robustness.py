"""How firmly the top of a ranking stands: the one door for page, command and library."""

from __future__ import annotations

from dataclasses import replace

from geo_assen.matching import Ranking, Robustness, Verdict, robustness
from geo_assen.matching.robustness import MOST_SITES

__all__ = ["robustness_of"]


def robustness_of(ranking: Ranking, *, most: int = MOST_SITES) -> Robustness | None:
    """Answer how firmly the sites at the top of a ranking stand against other weights.

    The sites of its best group compete (see :func:`geo_assen.matching.robustness`); those
    below the first ``most`` are counted as left out.

    Parameters
    ----------
    most
        Sites that are looked at, from the top.

    Returns
    -------
    ``None`` where there is nothing to compare: fewer than two sites in the group, or no
    criterion with weight applies to any of them.
    """
    counts = ranking.counts
    group = counts[Verdict.PASS] or counts[Verdict.UNKNOWN]
    looked_at = min(most, group)
    if looked_at < 2:
        return None
    results = ranking.top(looked_at)
    if not any(criterion.weight > 0 for result in results for criterion in result.criteria):
        return None
    return replace(robustness(results, most=most), left_out=group - looked_at)
