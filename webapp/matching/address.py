"""The address of a need: what belongs to the view, and how a filled-in form becomes a link.

The form speaks the language of the address itself (``min.area_m2``, ``w.price_eur_m2``),
but for a few words of its own, which :func:`canonical` turns into it:

``good.X``, ``bad.X``   values where a wish is wholly met and not met at all: one curve
``to_wish.X``           make a wish of what is demanded about X
``to_must.X``           make a hard constraint of what is wished about X

What was turned stays in the link under ``off.``; the ranks and pairs that weights were
derived from stay under ``rank.X`` and ``pair.X:Y``. Matching is told to ignore all three.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue
from webapp.fields import read_number, written_number
from webapp.matching.switching import (
    codes_about,
    constraint_name,
    curve_for,
    limits_for,
    split_constraint,
)
from webapp.matching.weights import completed, derived_weights

__all__ = [
    "FRAME_ARGS",
    "canonical",
    "ignored",
    "only",
    "query_of",
    "says_something",
    "without",
]

FRAME_ARGS = frozenset(
    {"lang", "at", "layers", "for", "limit", "keep", "view", "advanced", "weigh", "record"}
)
"""Parameters that say how a page is shown, or where the need came from, not what is needed."""

_USUAL_WEIGHT = "3"
_OWN_WORDS = ("good.", "bad.", "to_wish.", "to_must.")
_ASIDE = ("off.", "rank.", "pair.")
_SAFE = ",:;"
_GROUPED = re.compile(r"[1-9]\d{0,2}([.,   ]\d{3})+")
_DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+")

Args = MultiDict[str, str]


def ignored(args: Iterable[str]) -> frozenset[str]:
    """Parameters among some that matching should not look at."""
    return FRAME_ARGS | {name for name in args if name.startswith(_ASIDE)}


def says_something(args: Collection[str]) -> bool:
    """Whether an address asks anything about sites, beyond how and when they are shown."""
    return bool(set(args) - ignored(args) - {"as_of"})


def query_of(args: Args) -> str:
    """Parameters as the text of an address."""
    return urlencode(list(args.items(multi=True)), safe=_SAFE)


def without(args: Args, names: Collection[str]) -> Args:
    """Copy of some parameters but for those named."""
    return MultiDict([pair for pair in args.items(multi=True) if pair[0] not in names])


def only(args: Args, names: Collection[str]) -> Args:
    """Copy of some parameters: none but those named."""
    return MultiDict([pair for pair in args.items(multi=True) if pair[0] in names])


def canonical(args: Args, catalogue: Catalogue, usual: Mapping[str, str]) -> Args:
    """Parameters as a link should have them; of such a link, the same again.

    No empty ones, curves joined, turned rows turned, and weights derived where ranks or
    pairs say so. A wish without weight is left out; its curve is set aside where it is not
    the usual one.

    Parameters
    ----------
    usual
        Curve that the form starts a wish with, by subject.
    """
    ready: Args = MultiDict()
    for name, value in args.items(multi=True):
        written = _plain(name, value.strip(), catalogue)
        if written and not name.startswith((*_OWN_WORDS, "w.", "c.")):
            ready.add(name, written)
    _add_wishes(ready, args, usual)
    for subject in _turned(args, "to_wish."):
        _make_wish(ready, subject, catalogue, usual.get(subject, ""))
    for subject in _turned(args, "to_must."):
        _make_constraint(ready, subject, catalogue, usual.get(subject, ""))
    _settle_purpose(ready)
    _drop_stale(ready)
    wished = _wished(ready)
    for name, value in completed(ready, wished).items():
        ready[name] = value
    for subject, weight in derived_weights(ready, wished).items():
        ready[f"w.{subject}"] = weight
    return ready


def _wished(args: Args) -> tuple[str, ...]:
    """Subjects that are wished, in the order of the address."""
    return tuple(name[2:] for name in args if name.startswith("w."))


def _turned(args: Args, word: str) -> tuple[str, ...]:
    return tuple(n.removeprefix(word) for n, v in args.items() if n.startswith(word) and v)


def _plain(name: str, text: str, catalogue: Catalogue) -> str:
    """Number as matching reads it: a Dutch reader writes 0,5 and 2.500."""
    found = split_constraint(name)
    if found is None or found[0] not in {"min", "max", "max_m"}:
        return _point(text) if name.startswith("w.") else text
    field = next((f for f in catalogue.layers["sites"].field if f.name == found[1]), None)
    is_whole = found[0] == "max_m" or (field is not None and field.type == "integer")
    if is_whole and _GROUPED.fullmatch(text):
        return re.sub(r"\D", "", text)
    return _point(text)


def _point(text: str) -> str:
    return text.replace(",", ".") if _DECIMAL_COMMA.fullmatch(text) else text


def _add_wishes(ready: Args, args: Args, usual: Mapping[str, str]) -> None:
    """Wishes with weight and curve; the changed curves of the others, set aside."""
    subjects = dict.fromkeys(n[2:] for n in args if n.startswith(("w.", "c.")))
    for subject in subjects:
        curve = _curve(args, subject)
        weight = _point(args.get(f"w.{subject}", "").strip())
        if weight and read_number(weight) != 0:
            ready[f"w.{subject}"] = weight
            if curve or args.get(f"c.{subject}"):
                ready[f"c.{subject}"] = curve
        elif curve and curve != usual.get(subject):
            ready[f"off.c.{subject}"] = curve


def _curve(args: Args, subject: str) -> str:
    """Curve of a wish: between the ends that were filled in, else as the address has it."""
    written = args.get(f"c.{subject}", "").strip()
    ends = [args.get(f"{end}.{subject}", "").strip() for end in ("good", "bad")]
    if not all(ends):
        return written
    numbers = [read_number(end) for end in ends]
    if all(number == number for number in numbers):  # noqa: PLR0124  neither is NaN
        good, bad = numbers
        texts = [written_number(number) for number in numbers]
    else:
        good, bad = texts = ends  # type: ignore[assignment]
    if good == bad:
        return written
    return f"smaller:{texts[0]},{texts[1]}" if good < bad else f"larger:{texts[1]},{texts[0]}"


def _make_wish(ready: Args, subject: str, catalogue: Catalogue, usual: str) -> None:
    """Set the constraints about a subject aside, and wish the same instead.

    The curve is the one set aside before, else it is made of the limits, else the usual one.
    """
    limits: dict[str, list[str]] = {}
    for name in [n for n in ready if (split_constraint(n) or ("", ""))[1] == subject]:
        operator, _subject = split_constraint(name) or ("", "")
        limits[operator] = ready.getlist(name)
        ready.setlist(f"off.{name}", ready.poplist(name))
    if f"w.{subject}" in ready:
        return
    kept = ready.pop(f"off.c.{subject}", "")
    curve = kept or curve_for(limits, codes_about(subject, catalogue)) or usual
    if curve:
        ready[f"w.{subject}"] = ready.pop(f"off.w.{subject}", "") or _USUAL_WEIGHT
        ready[f"c.{subject}"] = curve
    else:
        _restore(ready, subject)


def _make_constraint(ready: Args, subject: str, catalogue: Catalogue, usual: str) -> None:
    """Set a wish aside, and demand instead what it counted for."""
    curve = ready.pop(f"c.{subject}", "") or ready.pop(f"off.c.{subject}", "") or usual
    if not curve:
        return
    ready[f"off.w.{subject}"] = ready.pop(f"w.{subject}", "") or _USUAL_WEIGHT
    ready[f"off.c.{subject}"] = curve
    if _restore(ready, subject) or any(
        (split_constraint(name) or ("", ""))[1] == subject for name in ready
    ):
        return
    for operator, value in limits_for(curve, subject, codes_about(subject, catalogue)):
        ready.add(constraint_name(operator, subject), value)


def _restore(ready: Args, subject: str) -> bool:
    """Take back the constraints about a subject that were set aside."""
    names = [
        name
        for name in ready
        if name.startswith("off.") and (split_constraint(name[4:]) or ("", ""))[1] == subject
    ]
    for name in names:
        ready.setlist(name[4:], ready.poplist(name))
    return bool(names)


def _settle_purpose(ready: Args) -> None:
    """Leave out what is usual; a present site stays aside while nobody leaves one."""
    for name, usual in (("kind", "new"), ("weigh", "sliders")):
        if ready.get(name) == usual:
            ready.poplist(name)
    here, there = ("present_site", "off.present_site")
    if "kind" not in ready:
        here, there = there, here
    if ready.get(there):
        kept = ready.pop(there)
        ready.setdefault(here, kept)


def _drop_stale(ready: Args) -> None:
    """What is asked again is not aside any more."""
    for name in [n for n in ready if n.startswith("off.") and n[4:] in ready]:
        ready.poplist(name)
