"""History in a file: of the rows that tell the states of one record, the present one.

Registers such as the BAG hand out every state that a building ever had, each with the
period in which it held. That is no duplication: the state in force is taken, the others are
superseded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_assen.ingest.checks.columns import distinct_values
from geo_assen.ingest.checks.dates import NEVER, NO_DAY, read_date
from geo_assen.ingest.content import Part

__all__ = ["History"]

_REGISTER_BEGIN = (
    "begingeldigheid", "begindatumtijdvakgeldigheid", "beginregistratie", "tijdstipregistratie",
    "objectbegintijd", "beginlifespanversion",
)  # fmt: skip
_REGISTER_END = (
    "eindgeldigheid", "einddatumtijdvakgeldigheid", "eindregistratie", "objecteindtijd",
    "endlifespanversion", "tijdstipnietbaglv",
)  # fmt: skip
_INACTIVE = ("tijdstipinactief", "tijdstipinactieflv", "aanduidingrecordinactief")
_VERSION = ("voorkomenidentificatie", "volgnummervoorkomen", "versie", "version", "versienummer")
_BEGIN = (
    "geldigvan", "geldigvanaf", "validfrom", "begindatum", "startdatum", "ingangsdatum",
    "datumbegin", "datumstart", "datumstrt", "datumingang", "startdate", "begindate", "begin",
    "start", "van", "from",
)  # fmt: skip
_END = (
    "geldigtot", "geldigtotenmet", "validto", "validuntil", "einddatum", "datumeinde",
    "datumeind", "enddate", "expirydate", "eind", "einde", "end", "tot",
)  # fmt: skip
"""Names of columns, in small letters and without signs; the one that says most goes first."""

_STATUS = ("status", "pandstatus", "verblijfsobjectstatus")
_NO_LONGER_THERE = frozenset({
    "pand gesloopt", "niet gerealiseerd pand", "pand ten onrechte opgevoerd",
    "verblijfsobject ingetrokken", "niet gerealiseerd verblijfsobject",
    "verblijfsobject ten onrechte opgevoerd", "plaats ingetrokken", "naamgeving ingetrokken",
})  # fmt: skip
"""States of the BAG in which a thing is on record, but not, or never was, outside."""

_LONG_AGO = "1000-01-01"
"""Beginning of a state that does not say since when it holds."""
_NO = frozenset({"", "n", "nee", "no", "false", "0"})


class History:
    """Tells which rows of a file are superseded.

    Parameters
    ----------
    columns
        Columns of the file that no field takes.
    identity
        Columns that identify a record; empty: they are not all there.
    today
        Day on which a state has to be in force.
    """

    def __init__(self, columns: Iterable[str], identity: Sequence[str], today: date) -> None:
        plain = {re.sub(r"[^a-z0-9]", "", column.lower()): column for column in columns}
        self._identity = list(identity)
        self._today = np.datetime64(today, "D")
        self._version = _one_of(plain, _VERSION)
        self._inactive = [plain[name] for name in _INACTIVE if name in plain]
        ends = [plain[name] for name in _REGISTER_END if name in plain]
        self.is_register = bool(self._inactive or ends)
        stated = [plain[name] for name in _STATUS if name in plain]
        self._status = stated if self.is_register else []
        self._ends = ends or [name for name in (_one_of(plain, _END),) if name]
        self._begin = _one_of(plain, _REGISTER_BEGIN) or _one_of(plain, _BEGIN)

    @property
    def told(self) -> bool:
        """Whether the file can tell several states of one record."""
        whole = (self._begin and self._ends) or self.is_register or self._version
        return bool(self._identity and whole)

    def ended(self, part: Part) -> NDArray[np.bool_]:
        """Which rows of a register no longer hold; none where it is no register."""
        if not self.is_register:
            return np.zeros(len(part), dtype=bool)
        return self._states(part)["ended"].to_numpy(dtype=bool)

    def superseded(self, parts: Sequence[Part]) -> list[NDArray[np.bool_]]:
        """Which rows of each part tell another state than the one in force.

        Of an id with several states the one in force is kept, or else the next to come. Of
        one whose every state has ended none is. Rows that tell the same period twice are
        both kept: they are duplicates.
        """
        states = pd.concat([self._states(part) for part in parts], ignore_index=True)
        drop = self._to_drop(states)
        ends = np.cumsum([len(part) for part in parts])[:-1]
        return list(np.split(drop, ends))

    def _to_drop(self, states: pd.DataFrame) -> NDArray[np.bool_]:
        drop = np.zeros(len(states), dtype=bool)
        if self.is_register:
            drop |= states["ended"].to_numpy(dtype=bool)
        told = states[states["id"] != ""]
        periods = told.drop_duplicates(["id", "begin", "end", "version", "ended"])
        several = periods.loc[periods.duplicated("id", keep=False), "id"].unique()
        told = told[told["id"].isin(several)]
        drop[told.index] = True
        drop[self._in_force(told[~told["ended"]])] = False
        return drop

    def _in_force(self, states: pd.DataFrame) -> NDArray[np.int64]:
        """Labels of the state of each id that is taken; all rows that tell that period."""
        begin = states["begin"].fillna(pd.Timestamp(_LONG_AGO)).to_numpy(dtype="datetime64[D]")
        days = begin.astype(np.int64)
        to_come = begin > self._today
        order = np.lexsort(
            (
                np.where(to_come, 1, -1) * states["version"].to_numpy(),
                np.where(to_come, days, -days),
                to_come,
            )
        )
        keyed = states.assign(days=days, label=states.index).iloc[order]
        chosen = keyed.drop_duplicates("id")[["id", "days", "version"]]
        same = keyed.merge(chosen, on=["id", "days", "version"])
        return same["label"].to_numpy(dtype=np.int64)

    def _states(self, part: Part) -> pd.DataFrame:
        rows = len(part)
        named = zip(*(part.values[column] for column in self._identity), strict=True)
        ids = ["\x1f".join(map(_text, cells)) for cells in named]
        begin = self._days(part, self._begin)
        ends = [self._days(part, column) for column in self._ends] or [self._days(part, None)]
        end = np.fmin.reduce(ends)
        ended = end <= self._today if self.is_register else end < self._today
        for column in self._inactive:
            ended |= part.values[column].map(_says_yes).to_numpy(dtype=bool)
        for column in self._status:
            said = part.values[column].astype(str).str.strip().str.lower()
            ended |= said.isin(_NO_LONGER_THERE).to_numpy(dtype=bool)
        version = np.zeros(rows)
        if self._version:
            version = np.array([_number(cell) for cell in part.values[self._version]])
        return pd.DataFrame(
            {"id": ids, "begin": begin.astype("datetime64[s]"), "end": end.astype("datetime64[s]"),
             "version": version, "ended": ended}
        )  # fmt: skip

    def _days(self, part: Part, column: str | None) -> NDArray[np.datetime64]:
        if column is None:
            return np.full(len(part), np.datetime64("NaT"), dtype="datetime64[D]")
        codes, distinct = distinct_values(part.values[column])
        days = np.full(len(distinct) + 1, np.datetime64("NaT"), dtype="datetime64[D]")
        for at, cell in enumerate(distinct):
            day, _ = read_date(cell)
            if day is not None and day != NEVER and day not in NO_DAY:
                days[at] = day
        return days[codes]


def _one_of(plain: dict[str, str], names: Sequence[str]) -> str | None:
    return next((plain[name] for name in names if name in plain), None)


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _number(cell: Any) -> float:
    """Version as a number; 0 where it is none."""
    text = _text(cell)
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _says_yes(cell: Any) -> bool:
    """Whether a mark of inactivity is set: a moment, or a yes."""
    return _text(cell).lower() not in _NO
