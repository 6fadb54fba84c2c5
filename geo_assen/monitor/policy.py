"""The policy document: pillars, themes, monitoring groups, and what here serves them.

Names and tasks are those of the Economische Agenda Assen 2020-2025; the matrix is that of its
chapter on implementation, the groups those of chapter 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from geo_assen.catalogue import LayerDefinition, Words
from geo_assen.monitor.figures import StatedFigure

__all__ = [
    "GROUPS",
    "PILLARS",
    "THEMES",
    "MatrixCell",
    "PolicyPart",
    "group_layers",
    "policy_matrix",
]

_READ_BY_ROW = "indicator"
"""Table whose rows name their own cell: its layer as a whole would serve every one."""


@dataclass(frozen=True)
class PolicyPart:
    """A pillar, theme or monitoring group.

    Attributes
    ----------
    title
        Name; the Dutch one is that of the document.
    items
        What the document names under it: the ambitions of a pillar, the achievements by which
        a group is monitored; a theme has none.
    """

    code: str
    title: Words
    items: tuple[Words, ...] = ()


PILLARS = (
    PolicyPart("1", Words(nl="Spilfunctie in de regio versterken",
                          en="Strengthen the pivotal role in the region"), (
        Words(nl="Sterk en onderscheidend vestigingsklimaat",
              en="A strong and distinctive place to settle"),
        Words(nl="Aantrekkelijke en levendige (binnen)stad",
              en="An attractive and lively town and centre"))),
    PolicyPart("2", Words(nl="Investeren in eigen kracht", en="Invest in own strength"), (
        Words(nl="In de kopgroep van de energietransitie",
              en="Among the leaders of the energy transition"),
        Words(nl="Versterkte binding overheidsdiensten",
              en="Stronger ties with government services"),
        Words(nl="Mee voorop Gezondheidseconomie", en="Among the first in the health economy"),
        Words(nl="Vrijetijdseconomie", en="Leisure economy"))),
    PolicyPart("3", Words(nl="Investeren in mkb", en="Invest in small and medium enterprises"), (
        Words(nl="Versterkt ondernemerschap", en="Stronger entrepreneurship"),
        Words(nl="Maatschappelijke uitdagingen", en="Challenges of society"))),
)  # fmt: skip
"""Strategic pillars, the columns of the matrix."""

THEMES = (
    PolicyPart("1", Words(nl="Economische profilering en marketing",
                          en="Economic profile and marketing")),
    PolicyPart("2", Words(nl="Bedrijven en banen behouden en aantrekken",
                          en="Keep and attract firms and jobs")),
    PolicyPart("3", Words(nl="Slim samen, uitnodigend", en="Smart together, inviting")),
    PolicyPart("4", Words(nl="Wendbare beroepsbevolking", en="A working population that adapts")),
)  # fmt: skip
"""Themes of action, the rows of the matrix."""

GROUPS = (
    PolicyPart("1", Words(nl="Economische gezondheid", en="Economic health"), (
        Words(nl="banen", en="jobs"), Words(nl="arbeidsmarkt", en="labour market"),
        Words(nl="bedrijven", en="firms"),
        Words(nl="sectorontwikkeling", en="development of sectors"),
        Words(nl="leegstand winkels/bedrijven", en="vacancy of shops and firms"),
        Words(nl="uitgifte bedrijventerreinen", en="uptake of business parks"))),
    PolicyPart("2", Words(nl="Duurzame economische ontwikkeling",
                          en="Sustainable economic development"), (
        Words(nl="starten", en="starting"), Words(nl="groeien", en="growing"),
        Words(nl="innoveren", en="innovating"),
        Words(nl="welvaart en welzijn / wendbaarheid beroepsbevolking",
              en="prosperity and well-being / a working population that adapts"),
        Words(nl="onderwijs en ondernemers", en="education and entrepreneurs"),
        Words(nl="kennisontwikkeling", en="development of knowledge"),
        Words(nl="kennisinfrastructuur", en="infrastructure of knowledge"),
        Words(nl="inkomensontwikkeling", en="development of incomes"))),
    PolicyPart("3", Words(nl="Gemeentelijke duurzaamheidsindex",
                          en="Municipal sustainability index"), (
        Words(nl="economische prestaties in samenhang met brede welvaartsontwikkeling",
              en="economic performance together with broad prosperity"),
        Words(nl="verduurzaming", en="sustainability"), Words(nl="vergroening", en="greening"),
        Words(nl="energietransitie", en="energy transition"),
        Words(nl="ondernemen met impact", en="business with impact"))),
    PolicyPart("4", Words(nl="Imago en beleving", en="Image and experience"), (
        Words(nl="dienstverlening aan ondernemers", en="services to entrepreneurs"),
        Words(nl="imago in vestigingsklimaat en ondernemersklimaat",
              en="image as a place to settle and do business"),
        Words(nl="imago onder toeristische bezoekers", en="image among visiting tourists"))),
)  # fmt: skip
"""Groups of chapter 7 by which the agenda is monitored."""

_TASKS: Mapping[tuple[str, str], str] = {
    ("1", "1"): "We ontwikkelen het merk Assen en dragen dit met de Asser ondernemers uit in onze "
                "economische profilering en marketing. Concrete vestigingslocaties brengen we "
                "gericht in beeld",
    ("2", "1"): "Op onze krachtthema’s ontwikkelen we onze ambities verder uit en promoten deze "
                "en zetten we het merk Assen economisch sterk op de kaart",
    ("3", "1"): "In onze economische profilering zetten we in op het versterken van nieuw "
                "ondernemerschap in ons mkb",
    ("1", "2"): "We faciliteren (schuif)ruimte voor groei en verleiden nieuwe bedrijven om naar "
                "Assen te komen. Onze vestigingslocaties sluiten aan bij de vraag van morgen",
    ("2", "2"): "Onze focus ligt op behouden en versterken van bedrijven en banen in onze "
                "krachtsectoren vrijetijdseconomie, zorgsector, rijksdiensten en energiesector",
    ("3", "2"): "Samen met het Asser mkb en de regio investeren we (pro)actief in passende "
                "ondersteuning aan (mkb) ondernemers bij hun uitdagingen in starten, groeien, "
                "verdienen en innoveren",
    ("1", "3"): "We scheppen, daar waar het kan met onze regiopartners, de voorwaarden voor een "
                "sterk vestigingsklimaat en ondernemersklimaat in en om Assen",
    ("2", "3"): "We trekken samen en gelijkwaardig op met het Asser bedrijfsleven, onderwijs, "
                "instellingen en andere partners in de regio om onze ambities te realiseren. Zo "
                "werken we samen met de vrijetijdssector een actieplan uit",
    ("3", "3"): "We investeren sterk in de relatie met het bedrijfsleven en regiopartners, zodat "
                "we onze ondernemers optimaal (pro)actief kunnen ondersteunen",
    ("1", "4"): "We versterken het voorzieningenniveau, zodat Assen aantrekkelijk blijft voor "
                "onze inwoners, bedrijven en werknemers",
    ("2", "4"): "Voor de vaardigheden van de toekomst, haken we actief aan bij (bestaande) "
                "regionale stimulering- en investeringsprogramma’s die arbeidsmarkt en onderwijs "
                "beter op elkaar laten aansluiten",
    ("3", "4"): "We versterken de relatie en samenwerking met onze partners in werkgelegenheid "
                "en onderwijs om onze gemeenschappelijke uitdagingen voor de beroepsbevolking "
                "van morgen aan te gaan",
}  # fmt: skip
"""What the document sets itself in each cell, by pillar and theme, quoted."""


@dataclass(frozen=True)
class MatrixCell:
    """Crossing of a pillar and a theme.

    Attributes
    ----------
    task
        What the document sets itself there, quoted in Dutch.
    layers
        Ids of the layers that serve it, in their order.
    indicators
        Names of the indicators that tell how it goes, each once.
    """

    pillar: str
    theme: str
    task: str
    layers: tuple[str, ...]
    indicators: tuple[str, ...]

    @property
    def is_served(self) -> bool:
        """Whether anything here serves it."""
        return bool(self.layers or self.indicators)


def policy_matrix(
    layers: Iterable[LayerDefinition], figures: Iterable[StatedFigure]
) -> tuple[MatrixCell, ...]:
    """Cells of the matrix, theme by theme, with what serves each.

    Layers say so in their files; the indicators each for themselves.
    """
    told, stated = _served(layers), tuple(figures)
    return tuple(
        MatrixCell(
            pillar.code,
            theme.code,
            _TASKS[pillar.code, theme.code],
            tuple(
                layer.id
                for layer in told
                if pillar.code in layer.policy.pillar and theme.code in layer.policy.theme
            ),
            tuple(dict.fromkeys(
                figure.name
                for figure in stated
                if (figure.pillar, figure.theme) == (pillar.code, theme.code)
            )),
        )
        for theme in THEMES
        for pillar in PILLARS
    )  # fmt: skip


def group_layers(layers: Iterable[LayerDefinition]) -> Mapping[str, tuple[str, ...]]:
    """Ids of the layers that serve each monitoring group, by its code."""
    told = _served(layers)
    return {
        group.code: tuple(
            layer.id for layer in told if layer.policy.monitoring_group == group.code
        )
        for group in GROUPS
    }


def _served(layers: Iterable[LayerDefinition]) -> tuple[LayerDefinition, ...]:
    return tuple(layer for layer in layers if layer.table != _READ_BY_ROW)
