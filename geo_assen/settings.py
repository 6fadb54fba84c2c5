"""Settings of one installation: read once from the environment, then passed on."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from geo_assen.errors import SettingsError

__all__ = ["PROJECT_FOLDER", "Settings"]

PROJECT_FOLDER = Path(__file__).resolve().parent.parent


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that may differ between installations; ``geo-assen settings`` prints it."""

    store: str = field(
        default=f"sqlite:///{PROJECT_FOLDER / 'var' / 'assen.gpkg'}",
        metadata=_help(
            "Address of the store: sqlite:////path/file.gpkg or postgresql+psycopg://..."
        ),
    )
    layers: Path = field(
        default=PROJECT_FOLDER / "layers", metadata=_help("Folder of the layer files")
    )
    sample: Path = field(
        default=PROJECT_FOLDER / "data" / "assen",
        metadata=_help("Folder of the sample that init --sample loads"),
    )
    rasters: str = field(
        default="",
        metadata=_help(
            "Folder of the rasters that layer files name; empty: the folder rasters beside the "
            "store, and none where the store is on a server"
        ),
    )
    secret_key: str = field(
        default="",
        metadata=_help("Key that signs sessions; empty: one is made and kept beside the store"),
    )
    secure_cookies: bool = field(
        default=False,
        metadata=_help("Send session cookies over https only (set it behind a proxy with TLS)"),
    )
    basemap_url: str = field(
        default="",
        metadata=_help(
            "Template of online base map tiles with {z}/{x}/{y}, such as "
            "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/"
            "EPSG:3857/{z}/{x}/{y}.png; "
            "empty: schematic map only"
        ),
    )
    basemap_attribution: str = field(
        default="Kadaster / PDOK, CC BY 4.0",
        metadata=_help("Credit shown with the online base map"),
    )
    uploads: Path = field(
        default=PROJECT_FOLDER / "var" / "uploads",
        metadata=_help("Folder in which files wait that were sent for import"),
    )
    upload_max_mb: int = field(
        default=500, metadata=_help("Largest file that may be sent for import, in megabytes")
    )
    busy_timeout_ms: int = field(
        default=5000, metadata=_help("How long a writer waits for a locked store")
    )
    municipality_code: str = field(
        default="GM0106", metadata=_help("CBS code of the municipality: GM and four digits")
    )
    iron_stock_years: float = field(
        default=3.0,
        metadata=_help(
            "Years of mean uptake that have to be immediately issuable at any time; policy, "
            "there is no national norm"
        ),
    )
    vacancy_validity: str = field(
        default="field:18 owner:12 register:12 listing:6 bag:12",
        metadata=_help(
            "Sources of vacancy observations, the most trusted first, each with the months for "
            "which its word holds"
        ),
    )
    vacancy_short_use_days: int = field(
        default=92,
        metadata=_help("Longest use between two vacancies that counts as short, in days"),
    )
    vacancy_short_use_breaks: bool = field(
        default=True,
        metadata=_help(
            "Whether a short use ends a vacancy; false: the vacancy before it is counted on"
        ),
    )
    vacancy_large_m2: int = field(
        default=1500,
        metadata=_help("Floor area from which premises count as a large unit, in square metres"),
    )
    connectors_enabled: bool = field(
        default=True,
        metadata=_help(
            "Whether public services may be asked, each time a user says so; false: never"
        ),
    )
    connectors_timeout_seconds: int = field(
        default=20, metadata=_help("How long a public service may be silent, in seconds")
    )
    pdok_locatieserver_url: str = field(
        default="https://api.pdok.nl/bzk/locatieserver/search/v3_1",
        metadata=_help("Address of the PDOK Locatieserver, which finds the place of an address"),
    )
    pdok_bag_url: str = field(
        default="https://api.pdok.nl/kadaster/bag/ogc/v2",
        metadata=_help("Address of the OGC API of the BAG (buildings and units)"),
    )
    pdok_areas_url: str = field(
        default="https://api.pdok.nl/kadaster/brk-bestuurlijke-gebieden/ogc/v1",
        metadata=_help("Address of the OGC API of the administrative areas"),
    )
    cbs_districts_url: str = field(
        default="https://api.pdok.nl/cbs/wijken-en-buurten-{year}/ogc/v1",
        metadata=_help(
            "Address of the OGC API of districts and neighbourhoods, with {year} for the year"
        ),
    )
    cbs_year: int = field(
        default=2024,
        metadata=_help("Year of the districts and neighbourhoods that are asked for"),
    )
    cbs_odata_v3_url: str = field(
        default="https://opendata.cbs.nl/ODataApi/OData",
        metadata=_help("Address of CBS OData version 3, without the table"),
    )
    cbs_odata_v4_url: str = field(
        default="https://datasets.cbs.nl/odata/v1/CBS",
        metadata=_help("Address of CBS OData version 4, without the table"),
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read ``GEO_ASSEN_*`` variables; what is not set keeps its default.

        Raises
        ------
        SettingsError
            If a value has the wrong form.
        """
        environment = os.environ if environment is None else environment
        found: dict[str, object] = {}
        for item in fields(cls):
            name = f"GEO_ASSEN_{item.name.upper()}"
            if environment.get(name):
                found[item.name] = _parse(name, environment[name], type(item.default))
        return cls(**found)  # type: ignore[arg-type]

    def described(self) -> list[tuple[str, str, str]]:
        """List variable, value and meaning of each setting; secrets are masked."""
        rows = []
        for item in fields(self):
            value = str(getattr(self, item.name))
            shown = "(set)" if item.name == "secret_key" and value else value
            rows.append((f"GEO_ASSEN_{item.name.upper()}", shown, item.metadata["help"]))
        return rows


def _parse(name: str, text: str, kind: type) -> object:
    if kind is bool:
        if text.lower() not in {"true", "false", "1", "0"}:
            raise SettingsError(name, text, "true or false")
        return text.lower() in {"true", "1"}
    if kind is int:
        if not text.isdecimal():
            raise SettingsError(name, text, "a whole number")
        return int(text)
    if kind is float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number >= 0):
            raise SettingsError(name, text, "a number of 0 or more")
        return number
    return Path(text) if issubclass(kind, Path) else text
