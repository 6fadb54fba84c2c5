"""Dutch addresses: their parts, and when two ways of writing mean the same one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "Address",
    "House",
    "house_of",
    "house_parts",
    "parse_address",
    "plain",
    "same_postcode",
]

_POSTCODE = re.compile(r"\b([1-9]\d{3})\s*([A-Za-z]{2})\b")
_REMARK = re.compile(r"\([^)]*\)")
_STREET = re.compile(r"^(?P<street>.*?[^\W\d].*?)\s+(?P<number>\d{1,5})(?:\s*(?P<addition>\S.*))?$")


@dataclass(frozen=True)
class Address:
    """An address as somebody wrote it, in parts.

    Attributes
    ----------
    number
        House number without letter or addition.
    addition
        Letter and addition as written: ``A``, ``bis``, ``A-2``.
    """

    street: str | None = None
    number: int | None = None
    addition: str | None = None
    postcode: str | None = None
    town: str | None = None

    @property
    def text(self) -> str:
        """The address on one line."""
        house = "" if self.number is None else f"{self.number}{_joined(self.addition)}"
        line = " ".join(part for part in (self.street, house) if part)
        place = " ".join(part for part in (self.postcode, self.town) if part)
        return ", ".join(part for part in (line, place) if part)


def parse_address(text: str, *, postcode: str | None = None, town: str | None = None) -> Address:
    """Take an address on one line apart: ``Street 12-A, 9401 AB Town``.

    Parameters
    ----------
    postcode, town
        What other columns say, for an address that says nothing of it itself.

    Returns
    -------
    The parts; those that are not found are None, never guessed.
    """
    line = " ".join(text.split())
    found = _POSTCODE.search(line)
    if found:
        before, after = line[: found.start()], line[found.end() :]
        postcode = f"{found[1]}{found[2].upper()}"
    else:
        before, _, after = line.partition(",")
    town = after.strip(" ,") or town
    parts = _STREET.match(before.strip(" ,"))
    if parts is None:
        return Address(before.strip(" ,") or None, postcode=postcode, town=town)
    addition = (parts["addition"] or "").strip(" ,-") or None
    return Address(parts["street"], int(parts["number"]), addition, postcode, town)


@dataclass(frozen=True)
class House:
    """An address as it is compared: in small letters and without signs; "" for what is not said.

    Attributes
    ----------
    street
        With ``straat`` written in full.
    postcode
        Of four or six signs.
    """

    street: str
    number: int
    addition: str = ""
    postcode: str = ""
    town: str = ""


def house_of(parts: Mapping[str, str | None]) -> House | None:
    """The house that an address names, on one line or in parts; None: it names none.

    A remark in brackets is no part of it.

    Parameters
    ----------
    parts
        Any of ``address``, ``street``, ``house_number``, ``house_addition``, ``postcode`` and
        ``town``. Where ``address`` has a house number, the parts beside it only add to it.
    """
    told = {name: _REMARK.sub(" ", text).strip() for name, text in parts.items() if text}
    line = parse_address(
        told.get("address") or told.get("street") or "",
        postcode=told.get("postcode"), town=told.get("town"),
    )  # fmt: skip
    number, addition = line.number, plain(line.addition)
    if number is None:
        number, addition = house_parts(told.get("house_number", ""))
        addition += plain(told.get("house_addition"))
    street, postcode = _street(line.street), plain(line.postcode)
    if number is None or not (street or postcode):
        return None
    return House(street, number, addition, postcode, plain(line.town).removeprefix("gemeente"))


def plain(text: str | None) -> str:
    """Name without case, accents, dots and spaces: ``Sint-Jansstraat`` is ``sintjansstraat``."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(sign for sign in decomposed.casefold() if sign.isalnum())


def same_postcode(one: str | None, other: str | None) -> bool:
    """Whether two postcodes are the same, however they are spaced."""
    return plain(one) == plain(other)


def house_parts(text: str) -> tuple[int | None, str]:
    """Number and addition of a house as registers write it: ``18A-1`` is 18 and ``a1``."""
    found = re.match(r"\s*(\d+)(.*)$", text)
    return (int(found[1]), plain(found[2])) if found else (None, plain(text))


def _street(street: str | None) -> str:
    """Street as it is compared; ``str.`` is ``straat``."""
    name = plain(street)
    return f"{name}aat" if name.endswith("str") else name


def _joined(addition: str | None) -> str:
    if not addition:
        return ""
    return addition if addition[0].isalpha() else f"-{addition}"
