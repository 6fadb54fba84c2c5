"""Words that municipalities head their columns with, Dutch and English.

The layers name their own fields; this is what people write for them all the same.
"""

from __future__ import annotations

__all__ = [
    "EVERYDAY",
    "FILLERS",
    "ID_WORDS",
    "KIND_WORDS",
    "NOUNS",
    "ONLY_WITH_UNIT",
    "OWN_NOUNS",
    "SAME_WORD",
    "SAYS_NOTHING",
    "TAILS",
    "TECHNICAL_IDS",
    "YES_NO",
]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _spelled(**spellings: str) -> dict[str, str]:
    return {word: usual for usual, words in spellings.items() for word in words.split()}


SAME_WORD = _spelled(
    oppervlakte="opp oppervl oppervlak oppervlaktes grootte",
    max="maximum maximale maximaal hoogste highest",
    min="minimum minimale minimaal laagste lowest",
    milieu="mil env environmental environment",
    categorie="cat categ category categories",
    milieucategorie="milcat milieucat milieucateg hindercat hindercategorie envcategory",
    bestemming="bestemm bestem bestemmingen",
    nummer="nr nrs no num number",
    naam="namen nm",
    id="identificatie identifier identificatiecode uuid",
    straat="straatnaam",
    telefoon="tel telefoonnummer telefoonnr telnr",
    email="emailadres mailadres",
    datum="dt dd",
    omschrijving="oms omschr descr",
    fibre="fiber",
    licence="license",
    bebouwing="bebouwings beb",
    bedrijventerrein="bedrterrein",
    referentie="reference ref",
    vloeroppervlakte="vloeroppervlak vloeropp",
    winkelvloeroppervlakte="winkelvloeroppervlak winkelvloeropp wvo",
    verkoopvloeroppervlakte="verkoopvloeroppervlak",
)
"""Spelling and short form: the word as it is compared."""

FILLERS = _set(
    "van de het een der den des in op te voor aan bij en of the a an at for and per p "
    "aantal circa ca toegestane toegestaan allowed permitted excl exclusief btw vat jn"
)
"""Words in between that change nothing."""

OWN_NOUNS: dict[str, frozenset[str]] = {
    "plots": _set("kavel kavels perceel bouwkavel bedrijfskavel plot plots lot site"),
    "premises": _set(
        "pand panden winkel winkelpand object premises unit verkooppunt winkelunit pnd vbo vkp obj "
        "site"
    ),
    "business_parks": _set(
        "bedrijventerrein terrein werklocatie bedrijvenpark park plan locatie site bt"
    ),
    "indicators": frozenset({"indicator"}),
    "vacancy": frozenset({"leegstand", "vacancy"}),
    "areas": _set("gebied gebieds area stat gemeente wijk buurt gm wk bu"),
    "attractions": frozenset({"attractie", "attraction"}),
    "events": frozenset({"evenement", "evenementen", "event"}),
    "land_events": frozenset({"gebeurtenis", "event"}),
    "offers": frozenset({"aanbod", "offer"}),
}
"""What the records of a layer are; in its own list the word adds nothing."""

NOUNS = tuple(sorted({noun for nouns in OWN_NOUNS.values() for noun in nouns}, key=len)[::-1])
"""All of them, the longest first."""

TAILS = frozenset({"naam", "nummer", "id", "code", "oppervlakte", "prijs", "status", "soort"})
"""What such a noun is written together with."""

ID_WORDS = ("code", "id", "nummer", "sleutel", "key", "kenmerk", "referentie")
"""Words for what tells records apart, the best first."""

TECHNICAL_IDS = ("globalid", "objectid", "oid", "fid", "gid", "ogcfid")
"""Ids that programs number records with; taken only where there is nothing better."""

SAYS_NOTHING = _set(
    "kolom column col veld field attribuut attribute attr unnamed waarde value data tekst text "
    "info var naamloos onbekend unknown"
)
"""Words of a name that leaves it to the values."""

KIND_WORDS = _set(
    "type soort kind categorie klasse class functie gebruik bestemming use status toestand "
    "omschrijving sector code state bron source"
)
"""Words of a name that leaves it to the values which category it is."""

YES_NO = _set("true false 1 0 ja nee yes no j n y waar onwaar t f aanwezig afwezig -1 x")
"""What stands for yes and no."""

EVERYDAY: dict[str, tuple[str, ...]] = {
    "name": ("naam", "benaming", "titel"),
    "park": (
        "bedrijventerrein", "bedrijvenpark", "industrieterrein", "werklocatie", "terrein",
        "bedr terrein",
    ),
    "street": (
        "straat", "street name", "openbare ruimte", "openbareruimtenaam", "openbare ruimte naam",
    ),
    "postcode": ("postcode", "pc6", "zip", "zip code", "zipcode", "postal code"),
    "address": ("adres", "volledig adres", "full address", "street address"),
    "bag_id": (
        "bag id", "bag vbo", "bag vbo id", "vbo id", "vboid", "bag verblijfsobject",
        "verblijfsobject id", "bag verblijfsobject id", "adresseerbaar object id", "bag nummer",
    ),
    "uses": (
        "bestemming", "gebruik", "functie", "hoofdfunctie", "gebruiksfunctie", "gebruiksdoel",
        "function", "use", "land use", "zoning",
    ),
    "area_m2": ("oppervlakte", "totale oppervlakte", "size", "surface", "surface area"),
    "floor_area_m2": (
        "oppervlakte", "vvo", "vloeroppervlakte", "verhuurbaar vloeroppervlakte",
        "gebruiksoppervlakte", "floor space", "lettable floor area",
    ),
    "sales_floor_m2": (
        "winkelvloeroppervlakte", "verkoopvloeroppervlakte", "sales area", "sales floor area",
    ),
    "gross_area_m2": ("bruto", "gross", "bruto oppervlakte", "brutooppervlakte"),
    "net_area_m2": ("netto", "net", "netto oppervlakte", "nettooppervlakte"),
    "issued_m2": ("uitgegeven", "reeds uitgegeven", "issued area"),
    "issuable_m2": ("uitgeefbaar", "nog uitgeefbaar", "totaal uitgeefbaar", "issuable area"),
    "immediately_issuable_m2": ("terstond uitgeefbaar", "direct uitgeefbaar"),
    "max_env_category": (
        "milieucategorie", "milieu categorie", "max milieucategorie", "max milieu categorie",
    ),
    "price_eur_m2": ("grondprijs", "land price"),
    "price_min_eur_m2": ("min grondprijs", "min land price"),
    "price_max_eur_m2": ("max grondprijs", "max land price"),
    "max_height_m": ("bouwhoogte", "max bouwhoogte", "max hoogte", "max building height"),
    "coverage_share": (
        "bebouwingspercentage", "max bebouwingspercentage", "bouwpercentage", "site coverage",
    ),
    "frontage_m": ("frontbreedte", "breedte front", "kavelbreedte"),
    "grid_mva": ("netaansluiting", "aansluitvermogen", "aansluitwaarde", "grid capacity"),
    "fibre": ("glasvezel", "glasvezel aanwezig", "glasvezelaansluiting"),
    "water": ("vaarwater", "vaarwater aanwezig", "watergebonden"),
    "rail": ("spoor", "spoorontsluiting"),
    "serviced_on": ("datum bouwrijp", "bouwrijp vanaf", "bouwrijpdatum"),
    "available_from": ("beschikbaar", "leverbaar", "leverbaar vanaf", "beschikbaar datum"),
    "smallest_part_m2": ("min kavel oppervlakte", "min afname", "deelbaar vanaf", "units vanaf"),
    "cadastral_ids": (
        "kadastrale aanduiding", "kadastraal nummer", "kadastraal perceel nummer",
        "kadastraal perceel", "kadastrale percelen",
    ),
    "energy_label": ("energieklasse", "energy class", "energielabel klasse"),
    "build_year": ("bouwjaar", "oorspronkelijk bouwjaar", "construction year", "year construction"),
    "plan_status": ("planstatus", "planfase", "status bestemmingsplan"),
    "type": ("type werklocatie", "werklocatietype", "soort werklocatie"),
    "park_management": ("parkmanagement aanwezig",),
    "state": ("toestand", "leegstand status", "vacancy status"),
    "observed_on": (
        "opnamedatum", "opname datum", "waarnemingsdatum", "peildatum", "inventarisatiedatum",
        "observation date", "survey date", "date",
    ),
    "vacant_share": ("leegstandspercentage", "vacancy rate"),
    "effective_on": (
        "datum", "datum gebeurtenis", "ingangsdatum", "aktedatum", "datum akte", "effective date",
    ),
    "population_persons": ("inwoners", "bevolking", "aant inw", "inwoneraantal"),
    "kind": ("soort", "type", "rubriek"),
    "source": ("bron", "bron waarneming", "waarnemingsbron"),
    "area": ("gebied", "gebiedscode", "gemeente", "regio", "regiocode"),
    "home_code": (
        "woonregio", "woongebied", "woon code", "herkomst", "muni from", "municipality from",
        "origin",
    ),
    "work_code": (
        "werkregio", "werkgebied", "werk code", "muni to", "municipality to", "destination",
    ),
    "jobs": ("commuters", "pendelaars", "banen x 1", "aantal banen"),
    "visitors": ("bezoekersaantal", "bezoekersaantallen"),
    "year": ("peiljaar", "periode", "perioden"),
    "starts_on": ("begindatum", "startdatum", "start date", "datum begin"),
    "ends_on": ("einddatum", "end date", "datum einde"),
    "offer_kind": (
        "huur koop", "koop huur", "huur of koop", "koop of huur", "type aanbod", "soort aanbod",
        "aanbod type", "aanbodsoort", "aanbiedingsvorm", "transactie", "transactietype",
        "soort transactie", "te huur te koop", "type transactie",
    ),
    "offered_on": ("aangeboden sinds", "aanbiedingsdatum"),
    "legal_form": ("rechtsvorm",),
    "email": ("email", "e mail adres"),
    "phone": ("telefoon", "phone nummer"),
    "url": ("website", "link"),
}  # fmt: skip
"""Names under which files carry a field, beside its own name, aliases and titles."""

ONLY_WITH_UNIT: dict[str, tuple[str, ...]] = {
    "price_eur_m2": ("prijs", "price", "verkoopprijs", "vraagprijs", "koopprijs", "kavelprijs"),
    "price_min_eur_m2": ("min prijs", "min price", "min verkoopprijs", "prijs vanaf"),
    "price_max_eur_m2": ("max prijs", "max price", "max verkoopprijs", "prijs tot"),
    "rent_eur_m2_year": ("huur", "huurprijs", "rent", "vraaghuur"),
    "coverage_share": ("bebouwing", "bebouwd", "coverage"),
    "vacant_share": ("leeg", "leegstand", "vacant"),
    "grid_mva": ("vermogen", "aansluiting", "power"),
}
"""Names that mean the field only where they say its unit: "price" alone is a total."""
