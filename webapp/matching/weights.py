"""Weights that are not dragged but derived: from an order of wishes, or from pairs of them.

``weigh=ranks`` takes ``rank.X=1..n``, ``weigh=pairs`` takes ``pair.X:Y=3`` (X is three
times as important as Y; ``1/3`` the other way round). What is not said yet is taken from
the weights as they are, so that a first look changes little, and is written down.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from geo_assen.matching import PairedWeights, paired_weights, rank_order_weights
from webapp.fields import read_number, written_number

__all__ = [
    "HEAVIEST_WEIGHT",
    "METHODS",
    "MOST_PAIRED",
    "MOST_TIMES",
    "completed",
    "derived_weights",
    "paired",
    "pairs_of",
    "places_of",
    "written_times",
]

METHODS = ("ranks", "pairs")
MOST_PAIRED = 7
"""Wishes that can be compared pairwise: 21 questions are more than enough."""
MOST_TIMES = 9
HEAVIEST_WEIGHT = 5
_LIGHTEST = 0.01


def completed(args: Mapping[str, str], wished: Sequence[str]) -> dict[str, str]:
    """Ranks or pairs that the chosen way to weigh asks for, as parameters."""
    method = args.get("weigh", "")
    if method == "ranks":
        places = places_of(args, wished)
        return {f"rank.{s}": str(place) for s, place in zip(wished, places, strict=True)}
    if method == "pairs" and 2 <= len(wished) <= MOST_PAIRED:
        return {
            f"pair.{wished[i]}:{wished[j]}": written_times(times)
            for (i, j), times in pairs_of(args, wished).items()
        }
    return {}


def derived_weights(args: Mapping[str, str], wished: Sequence[str]) -> dict[str, str]:
    """Weight by subject where the address derives them, the heaviest 5; empty otherwise."""
    method = args.get("weigh", "")
    if method == "ranks" and wished:
        shares = rank_order_weights(places_of(args, wished))
    elif method == "pairs" and 2 <= len(wished) <= MOST_PAIRED:
        shares = paired(args, wished).weights
    else:
        return {}
    most = max(shares)
    scaled = [max(round(HEAVIEST_WEIGHT * share / most, 2), _LIGHTEST) for share in shares]
    return {s: written_number(weight) for s, weight in zip(wished, scaled, strict=True)}


def places_of(args: Mapping[str, str], wished: Sequence[str]) -> tuple[int, ...]:
    """Place of each wish in the order of importance, from 1; unsaid, by its weight."""
    weights = [read_number(args.get(f"w.{subject}", "")) for subject in wished]
    by_weight = [1 + sum(other > weight for other in weights) for weight in weights]
    said = [args.get(f"rank.{subject}", "") for subject in wished]
    return tuple(
        int(place) if place in _places(len(wished)) else usual
        for place, usual in zip(said, by_weight, strict=True)
    )


def _places(most: int) -> frozenset[str]:
    return frozenset(str(place) for place in range(1, most + 1))


def paired(args: Mapping[str, str], wished: Sequence[str]) -> PairedWeights:
    """Weights from the pairs of an address, with how well they agree."""
    return paired_weights(pairs_of(args, wished), len(wished))


def pairs_of(args: Mapping[str, str], wished: Sequence[str]) -> dict[tuple[int, int], float]:
    """How many times the first of each pair is as important as the second; unsaid, by weight."""
    pairs = {}
    for i, j in itertools.combinations(range(len(wished)), 2):
        said = _times(args.get(f"pair.{wished[i]}:{wished[j]}", ""))
        turned = _times(args.get(f"pair.{wished[j]}:{wished[i]}", ""))
        pairs[i, j] = said or (1 / turned if turned else _by_weight(args, wished[i], wished[j]))
    return pairs


def written_times(times: float) -> str:
    """Answer of a pair as the address has it: ``3``, or ``1/3``."""
    return f"{times:.0f}" if times >= 1 else f"1/{1 / times:.0f}"


def _times(text: str) -> float | None:
    over, slash, under = text.partition("/")
    number = under if slash and over == "1" else text
    if number not in _places(MOST_TIMES):
        return None
    return 1 / int(number) if slash else float(number)


def _by_weight(args: Mapping[str, str], one: str, other: str) -> float:
    """Ratio of two weights as an answer on the scale of 1 to 9."""
    first, second = (read_number(args.get(f"w.{subject}", "")) for subject in (one, other))
    if not (first > 0 and second > 0):
        return 1.0
    larger = min(max(round(max(first, second) / min(first, second)), 1), MOST_TIMES)
    return float(larger) if first >= second else 1 / larger
