"""The Ladder dossier as one page to print: nothing is loaded from anywhere, nothing runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from geo_assen.catalogue import ILLUSTRATIVE, CodeList
from geo_assen.land import Development, Gap, LadderDossier
from geo_assen.units import format_number, format_quantity

__all__ = ["dossier_html"]

_TITLED = ("evidence", "sources")
"""Tables that do not stand right below a heading of their own."""

_STYLE = """
body { font: 11pt/1.5 system-ui, sans-serif; color: #1d2321; max-width: 48em; margin: 2em auto;
       padding: 0 1em; }
h1 { font-size: 1.7em; line-height: 1.2; margin: 0 0 .2em; }
h2 { font-size: 1.2em; margin: 1.8em 0 .4em; border-bottom: 2px solid #0b5d4e; }
table { border-collapse: collapse; width: 100%; font-size: .92em; }
caption { text-align: left; font-weight: 600; padding: .3em 0; }
th, td { text-align: left; vertical-align: top; padding: .25em .6em .25em 0;
         border-bottom: 1px solid #cfd4d1; }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.gaps { border: 2px solid #b4540a; padding: .6em 1em; margin: 1em 0; }
.gaps h2 { border: 0; margin: 0; }
.mark { border: 1px solid #5a615e; border-radius: .2em; padding: 0 .3em; font-size: .85em;
        white-space: nowrap; }
.quiet { color: #4c5451; }
code { font-size: .92em; }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; }
  tr, .gaps { break-inside: avoid; } thead { display: table-header-group; } }
"""

_WORDS: Mapping[str, tuple[str, str]] = {
    "dossier": ("Ladder voor duurzame verstedelijking", "Ladder for sustainable urbanisation"),
    "as_of": ("Peildatum", "As of"),
    "complete": ("Alle onderdelen zijn ingevuld. Of zij overtuigen, is aan de lezer.",
                 "Every part is filled in. Whether they convince is for the reader."),
    "missing": ("Wat nog ontbreekt", "What is still missing"),
    "drawn": ("Cijfers met dit merk zijn bedacht of berekend en geen feiten over de gemeente.",
              "Figures with this mark are made up or modelled, and no facts about the "
              "municipality."),
    "development": ("De ontwikkeling", "The development"),
    "place": ("Plek", "Place"),
    "built_up": ("Binnen bestaand stedelijk gebied", "Inside the existing built-up area"),
    "use": ("Functie", "Use"),
    "polygon": ("getekend vlak van {about}", "drawn outline of {about}"),
    "demand": ("De behoefte", "The need"),
    "described": ("Omschrijving", "Description"),
    "quantity": ("Omvang", "Quantity"),
    "part": ("Kleinste deel", "Smallest part"),
    "horizon": ("Termijn", "Horizon"),
    "years": ("{about} jaar", "{about} years"),
    "quality": ("Kwaliteit", "Quality"),
    "constraints": ("Harde eisen", "Constraints"),
    "evidence": ("Onderbouwing", "Evidence"),
    "title": ("Titel", "Title"),
    "date": ("Datum", "Date"),
    "address": ("Adres", "Address"),
    "supply": ("Planaanbod", "Plan supply"),
    "park": ("Terrein", "Park"),
    "plan": ("Plan", "Plan"),
    "hard": ("Hard", "Hard"),
    "soft": ("Zacht", "Soft"),
    "at_once": ("Terstond", "At once"),
    "total": ("Samen", "Total"),
    "answer": ("Afweging", "Answer"),
    "used": ("benut", "used"),
    "here": ("de plek zelf", "the place itself"),
    "open": ("geen afweging", "no answer"),
    "vacancy": ("Leegstand die kan dienen", "Vacancy that could serve"),
    "premises": ("Pand", "Premises"),
    "floor": ("Vloer", "Floor"),
    "empty": ("Leeg", "Empty"),
    "since": ("Sinds", "Since"),
    "observed": ("Waargenomen", "Observed"),
    "units": ("{about} panden", "{about} premises"),
    "sites": ("Locaties die kunnen dienen", "Sites that could serve"),
    "site": ("Locatie", "Site"),
    "kind": ("Soort", "Kind"),
    "area": ("Oppervlakte", "Area"),
    "verdict": ("Oordeel", "Verdict"),
    "pass": ("past", "fits"),
    "unknown": ("te checken", "to check"),
    "other": ("Andere afgewogen alternatieven", "Other alternatives weighed"),
    "motivation": ("Motivering buiten bestaand stedelijk gebied",
                   "Motivation outside the built-up area"),
    "method": ("Methode", "Method"),
    "source": ("Bron", "Source"),
    "sources": ("Bronnen", "Sources"),
    "certainty": ("Zekerheid", "Certainty"),
    "none": ("geen", "none"),
    "not_said": ("niet opgegeven", "not said"),
    "yes": ("ja", "yes"),
    "no": ("nee", "no"),
}  # fmt: skip

_METHOD = {
    "nl": (
        "Hard is wat nog uitgeefbaar is (netto min uitgegeven bij akte) op terreinen waarvan "
        "het plan op de peildatum van kracht is; zacht is wat nog uitgeefbaar is op de andere.",
        "Opties en reserveringen zijn niet uitgegeven en tellen als uitgeefbaar mee.",
        "Locaties komen uit dezelfde vergelijking als het matchscherm: functie, harde eisen en "
        "de gevraagde oppervlakte of het kleinste deel daarvan. Wat niet bekend is, valt niet af "
        "maar heet ‘te checken’.",
        "Leegstand is die van panden onder deze locaties, naar de waarneming die op de peildatum "
        "geldt; een deels leeg pand telt voor het lege deel.",
        "De controle kijkt of alle onderdelen er zijn, niet of de redenen kloppen.",
    ),
    "en": (
        "Hard is what can still be issued (net less issued by deed) on parks whose plan is in "
        "force on the date; soft is what can still be issued on the others.",
        "Options and reservations are not issued and count as issuable.",
        "Sites come from the same comparison as the match screen: use, constraints, and the area "
        "that is needed or its smallest part. What is not known does not rule a site out: it is "
        "‘to check’.",
        "Vacancy is that of premises among these sites, by the observation that holds on the "
        "date; premises that are partly empty count by that part.",
        "The check looks whether every part is there, not whether the reasons are right.",
    ),
}


def dossier_html(
    dossier: LadderDossier,
    gaps: Sequence[Gap],
    codes: Mapping[str, CodeList],
    language: str = "nl",
) -> str:
    """Write a dossier as a self-contained page.

    Parameters
    ----------
    gaps
        What is missing (:func:`geo_assen.land.missing`); it stands on top.
    codes
        Code lists by name, for the words of the language.
    language
        ``nl`` or ``en``.
    """
    page = _Page(dossier, codes, language)
    title = escape(dossier.development.title)
    parts = [
        f"<p class=quiet>{page.word('dossier')}</p><h1>{title}</h1>",
        f"<p>{page.word('as_of')}: {page.day(dossier.as_of)}</p>",
        page.gaps(gaps),
        page.notice(),
        page.development(),
        page.demand(),
        page.supply(),
        page.vacancy(),
        page.sites(),
        page.others(),
        page.motivation(),
        page.method(),
    ]
    return (
        f'<!doctype html>\n<html lang="{escape(page.language)}">\n<head><meta charset="utf-8">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style></head>\n<body>\n"
        + "\n".join(part for part in parts if part)
        + "\n</body>\n</html>\n"
    )


class _Page:
    """Parts of the page; whatever comes from a file or the store is escaped here."""

    def __init__(
        self, dossier: LadderDossier, codes: Mapping[str, CodeList], language: str
    ) -> None:
        self.language = "en" if language == "en" else "nl"
        self._dossier, self._asked, self._codes = dossier, dossier.development, codes
        self._answers = {item.id: item for item in self._asked.alternative}

    def word(self, name: str, about: object = "") -> str:
        """A word of the page in its language."""
        nl, en = _WORDS[name]
        return escape((en if self.language == "en" else nl).format(about=about))

    def day(self, day: object) -> str:
        """A date in words; empty where there is none."""
        return escape(format_quantity(day, None, self.language))

    def gaps(self, gaps: Sequence[Gap]) -> str:
        """What is missing, or that nothing is."""
        if not gaps:
            return f"<p>{self.word('complete')}</p>"
        items = [
            f"<li>{escape(gap.sentence(self.language))} <code>{escape(gap.field)}</code></li>"
            for gap in gaps
        ]
        return (
            f"<section class=gaps><h2>{self.word('missing')} ({len(gaps)})</h2>"
            f"<ul>{''.join(items)}</ul></section>"
        )

    def notice(self) -> str:
        """What the mark beside a figure means, where one has it."""
        if not self._dossier.is_illustrative:
            return ""
        kinds = [kind for kind in self._dossier.certainties if kind in ILLUSTRATIVE]
        return f"<p>{' '.join(map(self._mark, kinds))} {self.word('drawn')}</p>"

    def development(self) -> str:
        """What is to be built, and where."""
        asked = self._asked
        rows = [
            (self.word("place"), self._place(asked)),
            (self.word("built_up"), self._yes(asked.inside_built_up)),
            (self.word("use"), ", ".join(self._code("uses", use) for use in asked.use)),
        ]
        return f"<h2>{self.word('development')}</h2>{self._facts(rows)}"

    def demand(self) -> str:
        """How much is needed, what, when, and what shows it."""
        asked = self._asked
        horizon = "" if asked.horizon_years is None else self.word("years", asked.horizon_years)
        rows = [
            (self.word("described"), self._words(asked.need)),
            (self.word("quantity"), self._m2(asked.area_m2)),
            (self.word("part"), self._m2(asked.smallest_part_m2)),
            (self.word("horizon"), horizon),
            (self.word("quality"), self._words(asked.quality)),
            (self.word("constraints"), "<br>".join(map(_constraint, asked.constraint))),
        ]
        evidence = [
            (escape(item.title), self.day(item.date), escape(item.url or ""))
            for item in asked.evidence
        ]
        table = self._table("evidence", ("title", "date", "address"), evidence)
        return f"<h2>{self.word('demand')}</h2>{self._facts(rows)}{table}"

    def supply(self) -> str:
        """Hard and soft supply of each park, and what was answered about it."""
        rows = [
            (
                f"{escape(park.name)} {self._mark(park.certainty)}",
                self._code("plan_status", park.plan_status),
                self._m2(park.hard_m2),
                self._m2(park.soft_m2),
                self._m2(park.immediately_m2),
                self._answer(f"park:{park.code}", needed=park.hard_m2 + park.soft_m2 > 0),
                self._source(park.source, park.source_date),
            )
            for park in self._dossier.parks
        ]
        total = (
            self.word("total"), "", self._m2(self._dossier.hard_m2),
            self._m2(self._dossier.soft_m2),
            self._m2(sum(park.immediately_m2 for park in self._dossier.parks)), "", "",
        )  # fmt: skip
        heads = ("park", "plan", "hard", "soft", "at_once", "answer", "source")
        table = self._table("supply", heads, [*rows, total], numbers=(2, 3, 4))
        return f"<h2>{self.word('supply')}</h2>{table}"

    def vacancy(self) -> str:
        """Empty premises that could serve, in units and m²."""
        rows = [
            (
                f"{escape(item.name)} <code>{escape(item.id)}</code> {self._mark(item.certainty)}",
                self._m2(item.floor_area_m2),
                self._m2(item.vacant_m2),
                self.day(item.since),
                f"{self._code('vacancy_source', item.observed_by)} {self.day(item.observed_on)}",
                self._answer(item.id),
            )
            for item in self._dossier.vacancy
        ]
        heads = ("premises", "floor", "empty", "since", "observed", "answer")
        table = self._table("vacancy", heads, rows, numbers=(1, 2))
        total = f"{self.word('units', len(rows))}, {self._m2(self._dossier.vacant_m2)}"
        told = f"<p>{total}</p>" if rows else ""
        return f"<h2>{self.word('vacancy')}</h2>{told}{table}"

    def sites(self) -> str:
        """Sites that fit or may fit, with the answer to each."""
        rows = [
            (
                f"{escape(site.name)} <code>{escape(site.id)}</code> {self._mark(site.certainty)}",
                self._code("site_kind", site.kind),
                self._m2(site.area_m2),
                self.word(site.verdict),
                self._answer(site.id, park=site.park if site.kind == "plot" else None,
                             needed=site.verdict == "pass"),
                self._source(site.source, site.source_date),
            )
            for site in self._dossier.sites
        ]  # fmt: skip
        heads = ("site", "kind", "area", "verdict", "answer", "source")
        table = self._table("sites", heads, rows, numbers=(2,))
        return f"<h2>{self.word('sites')}</h2>{table}"

    def others(self) -> str:
        """Alternatives that neither the parks nor the sites above show."""
        shown = {f"park:{park.code}" for park in self._dossier.parks}
        shown |= {site.id for site in self._dossier.sites}
        rows = [
            (f"<code>{escape(name)}</code>", self._answer(name))
            for name in self._answers if name not in shown
        ]  # fmt: skip
        if not rows:
            return ""
        return f"<h2>{self.word('other')}</h2>{self._table('other', ('site', 'answer'), rows)}"

    def motivation(self) -> str:
        """Why not inside the built-up area, where that is asked."""
        if self._asked.motivation is None and self._asked.inside_built_up is not False:
            return ""
        told = self._words(self._asked.motivation) or self.word("not_said")
        return f"<h2>{self.word('motivation')}</h2><p>{told}</p>"

    def method(self) -> str:
        """How the figures came about, and who says so."""
        lines = "".join(f"<li>{escape(line)}</li>" for line in _METHOD[self.language])
        told = [(p.source, p.source_date, p.certainty) for p in self._dossier.parks]
        told += [(s.source, s.source_date, s.certainty) for s in self._dossier.sites]
        sources = [
            (escape(name), self.day(day), self._code("certainty", certainty))
            for name, day, certainty in dict.fromkeys(told) if name is not None
        ]  # fmt: skip
        table = self._table("sources", ("source", "date", "certainty"), sources)
        version = escape(self._dossier.method_version)
        return (
            f"<h2>{self.word('method')}</h2><ul>{lines}</ul>{table}"
            f"<p class=quiet>{version}</p>"
        )

    def _place(self, asked: Development) -> str:
        if isinstance(asked.place, dict):
            return self.word("polygon", format_quantity(asked.place_m2, "m2", self.language))
        names = {park.code: park.name for park in self._dossier.parks}
        name = names.get(asked.place or "")
        return escape(f"{name} ({asked.place})" if name else asked.place or "")

    def _answer(self, name: str, *, park: str | None = None, needed: bool = False) -> str:
        """What the development says about a park or site; the park speaks for its plots."""
        if name == f"park:{self._asked.place}" or (park and park == self._asked.place):
            return self.word("here")
        item = self._answers.get(name) or self._answers.get(f"park:{park}")
        if item is None:
            return self.word("open") if needed else ""
        told = [self.word("used")] if item.used else []
        return ": ".join([*told, *([escape(item.reason)] if item.reason else [])])

    def _code(self, codes: str, value: str | None) -> str:
        return "" if value is None else escape(self._codes[codes].title(value, self.language))

    def _mark(self, certainty: str | None) -> str:
        if certainty not in ILLUSTRATIVE:
            return ""
        return f"<span class=mark>{self._code('certainty', certainty)}</span>"

    def _m2(self, area_m2: int | None) -> str:
        return "" if area_m2 is None else f"{format_number(area_m2, self.language)} m²"

    def _words(self, text: str | None) -> str:
        return "<br>".join(escape(text or "").splitlines())

    def _yes(self, value: bool | None) -> str:
        return "" if value is None else self.word("yes" if value else "no")

    def _source(self, name: str | None, day: object) -> str:
        return ", ".join(part for part in (escape(name or ""), self.day(day)) if part)

    def _facts(self, rows: Iterable[tuple[str, str]]) -> str:
        """Names with their values; what is not said says so."""
        lines = [
            f"<tr><th scope=row>{name}</th><td>{value or self.word('not_said')}</td></tr>"
            for name, value in rows
        ]
        return f"<table>{''.join(lines)}</table>"

    def _table(
        self,
        caption: str,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        numbers: Sequence[int] = (),
    ) -> str:
        """A table of cells that are markup already."""
        if not rows:
            return f"<p>{self.word(caption)}: {self.word('none')}.</p>"
        marks = ["class=n" if at in numbers else "" for at in range(len(heads))]
        head = "".join(
            f"<th scope=col {mark}>{self.word(name)}</th>"
            for name, mark in zip(heads, marks, strict=True)
        )
        body = "".join(
            "<tr>" + "".join(
                f"<td {mark}>{cell}</td>" for cell, mark in zip(row, marks, strict=True)
            ) + "</tr>"
            for row in rows
        )  # fmt: skip
        title = f"<caption>{self.word(caption)}</caption>" if caption in _TITLED else ""
        return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _constraint(constraint: Mapping[str, object]) -> str:
    """A constraint as its file has it, on one line."""
    return escape("; ".join(f"{key} = {value}" for key, value in constraint.items()))
