"""The need as a form: what is asked, what must hold, what is wished, and what only it keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from geo_assen.catalogue import Catalogue
from webapp.fields import Choice, code_choices
from webapp.matching.demands import Bound, Demand, bound_of, demand_rows, place_rows
from webapp.matching.rows import Subjects
from webapp.matching.wishes import Wish, wish_rows

__all__ = ["NeedForm", "need_form"]

_KINDS = ("plot", "premises")


@dataclass(frozen=True)
class NeedForm:
    """The whole form, and what the address asks that no row of it shows.

    Attributes
    ----------
    purposes
        Kinds of demand: new, grow, relocate.
    present_site
        Id of the site that is left behind; empty unless the need is to relocate.
    demands, more_demands, wishes, more_wishes
        Those that most needs have, or that are filled in, stand first; the others are
        folded away.
    faults
        What is wrong, by the name of the row.
    """

    title: str
    uses: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    purposes: tuple[Choice, ...]
    present_site: str
    area: tuple[Bound, ...]
    demands: tuple[Demand, ...]
    more_demands: tuple[Demand, ...]
    wishes: tuple[Wish, ...]
    more_wishes: tuple[Wish, ...]
    kept: tuple[tuple[str, str], ...]
    faults: Mapping[str, tuple[str, ...]]

    @property
    def leaves_or_keeps(self) -> bool:
        """Whether whoever asks has a site now: it grows, or moves away from it."""
        return any(choice.chosen for choice in self.purposes if choice.value != "new")

    @property
    def active(self) -> tuple[Wish, ...]:
        """Wishes that weigh, in the order of the form."""
        return tuple(wish for wish in (*self.wishes, *self.more_wishes) if wish.is_active)


def need_form(
    args: MultiDict[str, str],
    catalogue: Catalogue,
    *,
    usual: Mapping[str, str],
    areas: Sequence[tuple[str, str]],
    faults: Mapping[str, tuple[str, ...]],
    language: str,
) -> NeedForm:
    """Form filled in as an address asks.

    Parameters
    ----------
    usual
        Curve that an idle wish starts with, by subject.
    areas
        Code and name of every area that can be picked.
    faults
        What is wrong, in sentences, by parameter or subject.
    """
    subjects = Subjects(catalogue, language)
    chosen = args.getlist("kinds")
    kinds = frozenset(set(chosen) & set(_KINDS)) or frozenset(_KINDS)
    demands = (*place_rows(args, areas, faults), *demand_rows(args, subjects, kinds, faults))
    wishes = wish_rows(args, subjects, kinds, usual, faults)
    area = subjects.about("area_m2")
    purpose = args.get("kind") or "new"
    return NeedForm(
        title=args.get("title", ""),
        uses=code_choices(catalogue, "uses", args.getlist("use"), language),
        kinds=code_choices(catalogue, "site_kind", chosen, language),
        purposes=tuple(
            Choice(value, title, value == purpose)
            for value, title in (
                ("new", _("new")),
                ("grow", _("growing")),
                ("relocate", _("relocating")),
            )
        ),
        present_site=args.get("present_site", ""),
        area=tuple(bound_of(args, operator, area) for operator in ("min", "max")),
        demands=tuple(d for d in demands if d.is_first),
        more_demands=tuple(d for d in demands if not d.is_first),
        wishes=tuple(w for w in wishes if w.is_first),
        more_wishes=tuple(w for w in wishes if not w.is_first),
        kept=_kept(args, demands, wishes),
        faults=faults,
    )


def _kept(
    args: MultiDict[str, str], demands: Sequence[Demand], wishes: Sequence[Wish]
) -> tuple[tuple[str, str], ...]:
    """What the address has and no row shows: it goes along with the form."""
    shown = {"title", "use", "kinds", "kind", "present_site", "min.area_m2", "max.area_m2", "as_of"}
    shown |= {name for demand in demands for name in demand.names}
    shown |= {f"{sign}.{wish.subject}" for wish in wishes for sign in "wc"}
    if "advanced" in args:
        asked = {"ranks": "rank.", "pairs": "pair."}.get(args.get("weigh", ""), "weigh")
        shown |= {"weigh", *(name for name in args if name.startswith(asked))}
    return tuple((name, value) for name, value in args.items(multi=True) if name not in shown)
