"""A development: what the Ladder for sustainable urbanisation asks to be justified.

It is read from a TOML or JSON file. What is written wrongly is refused, with the name of the
field; what is left out is no fault of the file but a gap of the dossier
(:func:`geo_assen.land.ladder.missing`).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import shapely
import shapely.geometry
from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_core import ErrorDetails

from geo_assen.crs import to_rd
from geo_assen.errors import FileRefused, GeoAssenError

__all__ = ["Alternative", "Development", "DevelopmentError", "Evidence"]

_LONGEST_HORIZON = 50
_LARGEST = 10**9
_SITE_KINDS = ("plot:", "premises:")


class DevelopmentError(GeoAssenError):
    """A development is written in a way that means nothing; every fault is listed.

    Attributes
    ----------
    faults
        Field and reason of each.
    """

    def __init__(self, origin: str, faults: Sequence[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        listed = "; ".join(f"{field}: {reason}" for field, reason in faults)
        super().__init__(f"{origin} is no development for a dossier: {listed}.")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    if not value.strip():
        raise ValueError("must not be empty; leave it out where it is not known")
    return value.strip()


def _yes_or_no(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("must be a whole number, 1 or more")
    if not 1 <= value <= _LARGEST or value != int(value):
        raise ValueError("must be a whole number, 1 or more, and no larger than a municipality")
    return int(value)


def _horizon(value: object) -> int:
    years = _whole(value)
    if years > _LONGEST_HORIZON:
        raise ValueError(f"must be 1 to {_LONGEST_HORIZON} years")
    return years


def _day(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise ValueError("must be a date such as 2026-11-01") from error


def _address(value: object) -> str:
    text = _text(value)
    if not text.startswith(("https://", "http://")):
        raise ValueError("must begin with https://")
    return text


def _site(value: object) -> str:
    text = _text(value)
    if not text.startswith(_SITE_KINDS):
        raise ValueError("must be the id of a site, plot:<code> or premises:<code>")
    return text


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise ValueError("must be a list of uses")
    return tuple(dict.fromkeys(_text(item) for item in value))


def _constraints(value: object) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, Mapping) for v in value):
        raise ValueError("must be [[constraint]] tables, as in a requirement")
    return tuple(dict(item) for item in value)


def _place(value: object) -> str | dict[str, Any]:
    """Code of a park or area, or a GeoJSON polygon in degrees (CRS84)."""
    if isinstance(value, str):
        return _text(value)
    if not isinstance(value, Mapping) or value.get("type") not in ("Polygon", "MultiPolygon"):
        raise ValueError("must be the code of a park or area, or a GeoJSON polygon")
    written = dict(value)
    try:
        outline = shapely.geometry.shape(written)
    except (TypeError, ValueError, KeyError, IndexError, shapely.GEOSException) as error:
        raise ValueError("must have coordinates as GeoJSON asks for") from error
    west, south, east, north = outline.bounds if not outline.is_empty else (0, 0, 0, 0)
    if not (3 <= west <= east <= 8 and 50 <= south <= north <= 54):
        raise ValueError("must lie in the Netherlands, longitude first")
    if not outline.is_valid:
        raise ValueError(f"must be a valid polygon ({shapely.is_valid_reason(outline)})")
    return written


_Text = Annotated[str, PlainValidator(_text)]
_M2 = Annotated[int, PlainValidator(_whole)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_STRICT)
class Evidence:
    """A document that shows the need.

    Attributes
    ----------
    title
        What it is called, and by whom.
    date
        Day on which it was finished; None: not said.
    url
        Where it can be read; it is printed, never fetched.
    """

    title: _Text
    date: Annotated[date, PlainValidator(_day)] | None = None
    url: Annotated[str, PlainValidator(_address)] | None = None


@dataclass(frozen=True, config=_STRICT)
class Alternative:
    """A park or site that was weighed.

    Attributes
    ----------
    park, site
        Code of a park, or id of a site (``plot:<code>``); exactly one of them. A park speaks
        for the plots in it.
    used
        The need is met there, as far as it goes.
    reason
        Why not; needed unless it is used.
    """

    park: _Text | None = None
    site: Annotated[str, PlainValidator(_site)] | None = None
    used: Annotated[bool, PlainValidator(_yes_or_no)] = False
    reason: _Text | None = None

    def __post_init__(self) -> None:
        """Check that it names one thing."""
        if (self.park is None) == (self.site is None):
            raise ValueError("must have exactly one of park, site")

    @property
    def id(self) -> str:
        """``park:<code>``, ``plot:<code>`` or ``premises:<code>``."""
        return self.site if self.site is not None else f"park:{self.park}"


@dataclass(frozen=True, config=_STRICT)
class Development:
    """A new urban development and what is said to justify it; None where nothing is said.

    Attributes
    ----------
    title
        What the development is called.
    place
        Code of a park or area, or a GeoJSON polygon (CRS84).
    inside_built_up
        Whether it lies inside the existing built-up area (bestaand stedelijk gebied).
    use
        Uses, as in a requirement.
    area_m2
        Land that is needed within the horizon.
    smallest_part_m2
        The need can be met in parts of this size; None: only as a whole.
    horizon_years
        Years within which the need arises.
    quality
        What the place must be like, in words.
    constraint
        What it must be like, as the constraints of a requirement.
    need
        Description of the need.
    evidence
        What shows it.
    alternative
        Parks and sites that were weighed.
    motivation
        Why the need cannot be met inside the built-up area.
    """

    title: _Text
    place: Annotated[str | dict[str, Any], PlainValidator(_place)] | None = None
    inside_built_up: Annotated[bool, PlainValidator(_yes_or_no)] | None = None
    use: Annotated[tuple[str, ...], PlainValidator(_words)] = ()
    area_m2: _M2 | None = None
    smallest_part_m2: _M2 | None = None
    horizon_years: Annotated[int, PlainValidator(_horizon)] | None = None
    quality: _Text | None = None
    constraint: Annotated[tuple[dict[str, Any], ...], PlainValidator(_constraints)] = ()
    need: _Text | None = None
    evidence: tuple[Evidence, ...] = ()
    alternative: tuple[Alternative, ...] = ()
    motivation: _Text | None = None

    @classmethod
    def load(cls, path: Path | str) -> Development:
        """Read a development from a TOML or JSON file; the ending of the name decides.

        Raises
        ------
        FileRefused
            If the file cannot be read or is not valid TOML or JSON.
        DevelopmentError
            If a field says something that means nothing.
        """
        path = Path(path)
        return cls.parse(_document(path), origin=str(path))

    @classmethod
    def parse(cls, document: Mapping[str, Any], origin: str = "The document") -> Development:
        """Read a development from a mapping of the shape of a file.

        Raises
        ------
        DevelopmentError
            With every fault, each by its field (``evidence 2 (title)``).
        """
        if not isinstance(document, Mapping):
            raise DevelopmentError(origin, [("development", "must be a table of keys")])
        told = {key: value for key, value in document.items() if value is not None}
        try:
            return _ADAPTER.validate_python(told)
        except ValidationError as error:
            faults = [_fault(found) for found in error.errors(include_url=False)]
            raise DevelopmentError(origin, faults) from error

    @property
    def place_m2(self) -> int | None:
        """Area of the place where it is a polygon, in whole m²; None where it is a code."""
        if not isinstance(self.place, dict):
            return None
        outline = np.asarray([shapely.geometry.shape(self.place)], dtype=object)
        return round(float(shapely.area(to_rd(outline, "OGC:CRS84"))[0]))


_ADAPTER = TypeAdapter(Development)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "": tuple(item.name for item in fields(Development)),
    "evidence": tuple(item.name for item in fields(Evidence)),
    "alternative": tuple(item.name for item in fields(Alternative)),
}
_REASONS = {
    "missing": "is missing",
    "tuple_type": "must be a list of tables",
    "dataclass_type": "must be a table of keys",
}


def _fault(found: ErrorDetails) -> tuple[str, str]:
    """Field and reason of a finding, as the reader of a file looks for them."""
    place = found["loc"]
    name = str(place[0]) if place else "development"
    inside = ""
    if len(place) > 1 and isinstance(place[1], int):
        table, inside, name = name, ".".join(map(str, place[2:])), f"{name} {place[1] + 1}"
    else:
        table = ""
    if found["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        key = str(place[-1])
        near = get_close_matches(key, _KEYS[table], n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"allowed are {', '.join(_KEYS[table])}"
        return (name if table else "development"), f"unknown key {key!r}; {hint}"
    reason = _REASONS.get(found["type"]) or found["msg"].removeprefix("Value error, ")
    return name, f"{inside} {reason}".strip()


def _document(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(path, "the file is not UTF-8 text.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileRefused(path, f"cannot be read: {reason}.") from error
    is_json = path.suffix.lower() == ".json" or (
        path.suffix.lower() != ".toml" and text.lstrip().startswith("{")
    )
    try:
        document: Mapping[str, Any] = json.loads(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        form = "JSON" if is_json else "TOML"
        raise FileRefused(path, f"not valid {form}: {error}.") from error
    return document
