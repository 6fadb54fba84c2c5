"""A requirement: what a prospect asks, as a file, a form or a URL carries it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, PlainValidator, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from geo_assen.errors import FileRefused, RequirementError
from geo_assen.matching import query, toml_text, written
from geo_assen.matching.clauses import Constraint, Criterion, Curve
from geo_assen.matching.faults import Fault, faults_of, in_file, unknown_key

__all__ = ["Requirement"]

SiteKind = Literal["plot", "premises"]


def _whole_jobs(value: object) -> int:
    read = written.number(value)
    if read < 0 or read != int(read):
        raise ValueError("must be a whole number, 0 or more")
    return int(read)


def _uses(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise ValueError("must be a list of uses")
    return tuple(dict.fromkeys(written.text(item) for item in value))


def _kinds(value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)) or not value:
        raise ValueError("must be a list with plot, premises or both")
    wrong = [item for item in value if item not in ("plot", "premises")]
    if wrong:
        raise ValueError(f"must hold plot, premises or both, not {wrong[0]!r}")
    return tuple(dict.fromkeys(value))


def _title(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be text")
    return value


_Text = Annotated[str, PlainValidator(written.text)]
_Day = Annotated[date, PlainValidator(written.day_of_our_time)]


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Requirement:
    """What a prospect asks: hard constraints and weighted criteria.

    Attributes
    ----------
    title
        What the requirement is called.
    use
        Uses of which a site must allow at least one; empty: any.
    kinds
        Kinds of site that are looked at: ``plot``, ``premises`` or both.
    as_of
        Date for which sites are asked; ``None``: whoever calls decides.
    constraints, criteria
        In the order in which they were written.
    code
        Code under which the requirement is stored; ``None``: it is not.
    kind
        ``new``, ``grow`` or ``relocate`` (from ``present_site``).
    present_site, sector, party, stage, needed_by, jobs
        Circumstances; they do not change the ranking.
    """

    title: Annotated[str, PlainValidator(_title)] = ""
    use: Annotated[tuple[str, ...], PlainValidator(_uses)] = ()
    kinds: Annotated[tuple[SiteKind, ...], PlainValidator(_kinds)] = ("plot", "premises")
    as_of: _Day | None = None
    constraints: tuple[Constraint, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    code: _Text | None = None
    kind: Literal["new", "grow", "relocate"] = "new"
    present_site: _Text | None = None
    sector: _Text | None = None
    party: _Text | None = None
    stage: _Text | None = None
    needed_by: _Day | None = None
    jobs: Annotated[int, PlainValidator(_whole_jobs)] | None = None

    @classmethod
    def load(cls, path: Path | str) -> Requirement:
        """Read a requirement from a TOML or JSON file.

        The ending of the name decides; with another ending, text that begins with a
        brace is JSON.

        Raises
        ------
        FileRefused
            If the file cannot be read or is not valid TOML or JSON.
        RequirementError
            If it does not say something that can be matched.
        """
        return cls._of_document(_read(Path(path)), str(path))

    @classmethod
    def from_text(cls, text: str, name: str) -> Requirement:
        """Read a requirement from the text of a TOML or JSON file of that name.

        Raises
        ------
        FileRefused, RequirementError
            As for :meth:`load`.
        """
        return cls._of_document(_document(text, Path(name)), name)

    @classmethod
    def _of_document(cls, document: Mapping[str, Any], origin: str) -> Requirement:
        several = _listed(document)
        if several is not None:
            reason = f"one is asked, and this file holds a list of {len(several)}"
            raise RequirementError(origin, [(_LIST, reason)])
        return cls.parse(document, origin=origin)

    @classmethod
    def load_each(cls, path: Path | str) -> tuple[Requirement | RequirementError, ...] | None:
        """Read the requirements of a TOML or JSON file that holds a list of them.

        A list is ``[[requirement]]`` tables in TOML; in JSON the same key, or a bare list.

        Returns
        -------
        In the order of the file each requirement, or what is wrong with it: one that is
        wrong does not keep the others from being ranked. None where the file holds one
        requirement, for :meth:`load`.

        Raises
        ------
        FileRefused
            If the file cannot be read or is not valid TOML or JSON.
        RequirementError
            If the list is empty, or the file says more beside it.
        """
        path = Path(path)
        document = _read(path)
        several = _listed(document)
        if several is None:
            return None
        if isinstance(document, Mapping) and len(document) > 1:
            other = next(key for key in document if key != _LIST)
            reason = f"unknown key {other!r} beside a list; it belongs into each requirement"
            raise RequirementError(str(path), [(_LIST, reason)])
        if not several:
            raise RequirementError(str(path), [(_LIST, "the list is empty")])
        return tuple(
            _parsed(item, f"{path}, requirement {number}{_called(item)},")
            for number, item in enumerate(several, start=1)
        )

    @classmethod
    def parse(cls, mapping: Mapping[str, Any], origin: str = "The requirement") -> Requirement:
        """Read a requirement from a mapping of the shape of a file.

        Nothing is looked up: whether fields, codes and places exist is for
        :func:`geo_assen.matching.check`.

        Raises
        ------
        RequirementError
            With every fault, each by its place (``constraint 2 (area_m2)``).
        """
        if not isinstance(mapping, Mapping):
            raise RequirementError(origin, [("requirement", "must be a table of keys")])
        read = _validated(mapping)
        if isinstance(read, list):
            raise RequirementError(origin, [in_file(fault, mapping) for fault in read])
        return read

    @classmethod
    def from_query(
        cls,
        parameters: Mapping[str, Sequence[str]],
        *,
        ignore: Collection[str] = (),
        origin: str = "The requirement in the address",
    ) -> Requirement:
        """Read a requirement from the parameters of a URL (see ``query``).

        Parameters
        ----------
        parameters
            Every parameter with all its values, in the order of the URL.
        ignore
            Parameters that are for somebody else, such as the language.

        Raises
        ------
        RequirementError
            With every fault, each by the name of its parameter.
        """
        told = query.read_query(parameters, ignore)
        read = _validated(told.document)
        faults = list(told.faults)
        if isinstance(read, list):
            faults += [query.in_query(fault, told) for fault in read]
        if faults or isinstance(read, list):
            raise RequirementError(origin, faults)
        return read

    def to_document(self) -> dict[str, Any]:
        """Requirement in the shape of a file, in plain JSON values; ``parse`` reads it back."""
        document: dict[str, Any] = json.loads(json.dumps(self._document(), default=_iso))
        return document

    def to_toml(self) -> str:
        """Requirement as the text of a TOML file; ``load`` reads it back."""
        return toml_text.toml_text(self._document())

    def to_query(self) -> dict[str, list[str]]:
        """Requirement as the parameters of a URL; ``from_query`` reads it back."""
        return query.write_query(self._document())

    def _document(self) -> dict[str, Any]:
        """Requirement in the shape of a file, without what is left at its default."""
        document: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if item.name in _SECTIONS:
                continue
            if value not in (item.default, None):
                document[item.name] = list(value) if isinstance(value, tuple) else value
        for name, section in _SECTIONS.items():
            clauses = getattr(self, name)
            if clauses:
                document[section] = [clause.document() for clause in clauses]
        return document


_LIST = "requirement"
_SECTIONS = {"constraints": "constraint", "criteria": "criterion"}
_NAMES = {**_SECTIONS, "equals": "is"}
_KEYS = tuple(_SECTIONS.get(item.name, item.name) for item in fields(Requirement))
_ALLOWED = {
    "constraint": tuple(_NAMES.get(name, name) for name in Constraint.model_fields),
    "criterion": tuple(Criterion.model_fields),
    "curve": tuple(Curve.model_fields),
}
_ADAPTER = TypeAdapter(Requirement)


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a requirement")


def _listed(document: object) -> list[Any] | None:
    """Requirements of a file that holds a list of them; None where it holds one."""
    listed = document.get(_LIST) if isinstance(document, Mapping) else document
    return listed if isinstance(listed, list) else None


def _parsed(document: Mapping[str, Any], origin: str) -> Requirement | RequirementError:
    try:
        return Requirement.parse(document, origin=origin)
    except RequirementError as error:
        return error


def _called(document: object) -> str:
    """Code or title of a requirement in brackets, as far as it has one."""
    told = document if isinstance(document, Mapping) else {}
    name = next((told[key] for key in ("code", "title") if told.get(key)), "")
    return f" ({str(name)[:60]})" if name else ""


def _validated(document: Mapping[str, Any]) -> Requirement | list[Fault]:
    faults = [Fault((), unknown_key(key, _KEYS)) for key in document if key not in _KEYS]
    inside = {section: name for name, section in _SECTIONS.items()}
    known = {inside.get(key, key): value for key, value in document.items() if key in _KEYS}
    try:
        read = _ADAPTER.validate_python(
            {key: value for key, value in known.items() if value is not None},
            by_alias=True,
            by_name=False,
        )
    except ValidationError as error:
        return faults + faults_of(error, _NAMES, _ALLOWED)
    return faults or read


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileRefused(path, "the file is not UTF-8 text.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise FileRefused(path, f"cannot be read: {reason}.") from error
    return _document(text, path)


def _document(text: str, path: Path) -> Mapping[str, Any]:
    """Document that a text holds; the ending of its name says in which form."""
    suffix = path.suffix.lower()
    is_json = suffix == ".json" or (suffix != ".toml" and text.lstrip().startswith(("{", "[{")))
    try:
        document: Mapping[str, Any] = json.loads(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        form = "JSON" if is_json else "TOML"
        raise FileRefused(path, f"not valid {form}: {error}.") from error
    return document
