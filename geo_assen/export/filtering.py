"""Filters in CQL2 text, applied to rows of a layer."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from numbers import Real
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from lark.exceptions import LarkError
from pygeofilter import ast, values
from pygeofilter.backends.evaluator import Evaluator, handle
from shapely.geometry import shape

from geo_assen.crs import to_lonlat
from geo_assen.errors import GeoAssenError
from geo_assen.export.cql2 import parse_cql2
from geo_assen.export.rows import LayerRows

__all__ = ["FilterError", "filtered"]

_LONGEST_FILTER = 20_000
_LONGEST_SHOWN = 200
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_SPATIAL: dict[str, Callable[..., Any]] = {
    "INTERSECTS": shapely.intersects,
    "DISJOINT": shapely.disjoint,
    "CONTAINS": shapely.contains,
    "WITHIN": shapely.within,
    "TOUCHES": shapely.touches,
    "CROSSES": shapely.crosses,
    "OVERLAPS": shapely.overlaps,
    "EQUALS": shapely.equals,
}
Mask = pd.Series


class FilterError(GeoAssenError):
    """A filter cannot be understood, or does not fit the layer."""

    def __init__(self, text: str, reason: str) -> None:
        shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
        super().__init__(f"The filter {shown!r} cannot be used: {reason}.")


def filtered(rows: LayerRows, text: str) -> LayerRows:
    """Keep the rows for which a filter is true; a missing value makes it unknown, not true.

    Parameters
    ----------
    text
        CQL2 text: comparisons, BETWEEN, IN, LIKE, IS NULL, AND, OR, NOT, CASEI, a boolean
        field by itself, dates as ``DATE('2026-01-01')``, spatial predicates (``S_WITHIN``)
        and ``BBOX`` on ``geometry`` with coordinates in CRS84. Categories are compared as
        text.

    Raises
    ------
    FilterError
        If the text is not CQL2, names a field that the rows do not have, or compares
        values that cannot be compared.
    """
    if len(text) > _LONGEST_FILTER:
        raise FilterError(text, f"it is longer than {_LONGEST_FILTER} signs")
    try:
        mask = _Rows(rows, text).evaluate(parse_cql2(text))
    except LarkError as error:
        column = getattr(error, "column", 0)
        place = f" at column {column}" if isinstance(column, int) and column > 0 else ""
        raise FilterError(text, f"it is not CQL2 text{place}") from error
    except RecursionError as error:
        raise FilterError(text, "it has too many parts") from error
    except (TypeError, ValueError, OverflowError, shapely.errors.ShapelyError) as error:
        raise FilterError(text, f"it compares what cannot be compared ({error})") from error
    frame = rows.frame[mask.fillna(False).to_numpy(dtype=bool)].reset_index(drop=True)
    return replace(rows, frame=frame, total=len(frame))


class _Rows(Evaluator):  # type: ignore[misc]
    """Evaluates a filter over all rows at once, in three-valued logic."""

    def __init__(self, rows: LayerRows, text: str) -> None:
        self._frame = rows.frame
        self._names = {field.name for field in rows.fields}
        self._text = text

    @handle(ast.Attribute)
    def attribute(self, node: Any) -> Any:
        """Column of that name."""
        if node.name in ("geometry", "geom") and isinstance(self._frame, gpd.GeoDataFrame):
            return self._frame.geometry
        if node.name not in self._names or node.name not in self._frame:
            known = ", ".join(sorted(self._names))
            raise FilterError(self._text, f"there is no field {node.name!r}; fields are {known}")
        return self._frame[node.name]

    @handle(ast.Not)
    def negation(self, _node: Any, sub: Mask) -> Mask:
        """Opposite; unknown stays unknown."""
        return ~sub

    @handle(ast.And)
    def both(self, _node: Any, lhs: Mask, rhs: Mask) -> Mask:
        """Both."""
        return lhs & rhs

    @handle(ast.Or)
    def either(self, _node: Any, lhs: Mask, rhs: Mask) -> Mask:
        """One or the other."""
        return lhs | rhs

    @handle(ast.Comparison, subclasses=True)
    def comparison(self, node: Any, lhs: Any, rhs: Any) -> Mask:
        """Compare a column with a value, or two columns, where both are known."""
        compare = _COMPARE[node.op.value]
        return self._known(lhs, rhs, lambda a, b: _holds(a, b, compare))

    @handle(ast.Between)
    def between(self, node: Any, lhs: Any, low: Any, high: Any) -> Mask:
        """Between two values, bounds included."""
        inside = self._known(lhs, low, operator.ge) & self._known(lhs, high, operator.le)
        return ~inside if node.not_ else inside

    @handle(ast.In)
    def among(self, node: Any, lhs: Any, *options: Any) -> Mask:
        """One of the listed values; for a set, one of them is in it."""
        inside = self._known(
            lhs, None, lambda a, _: any(_holds(a, o, operator.eq) for o in options)
        )
        return ~inside if node.not_ else inside

    @handle(ast.Like)
    def like(self, node: Any, lhs: Any) -> Mask:
        """Text with wildcards."""
        flags = re.DOTALL | (re.IGNORECASE if node.nocase else 0)
        pattern = re.compile(_regular(node.pattern), flags)
        found = self._known(lhs, None, lambda a, _: bool(pattern.fullmatch(str(a))))
        return ~found if node.not_ else found

    @handle(ast.IsNull)
    def null(self, node: Any, lhs: pd.Series[Any]) -> Mask:
        """Missing or not; the one question whose answer is never unknown."""
        missing = lhs.isna().astype("boolean")
        return ~missing if node.not_ else missing

    @handle(ast.SpatialComparisonPredicate, subclasses=True)
    def spatial(self, node: Any, lhs: Any, rhs: Any) -> Mask:
        """Compare the geometry of each row with one given in CRS84.

        Rows are turned into degrees, not the filter into RD: RD has no place for a window
        as large as the world.
        """
        predicate = _SPATIAL[node.op.name]
        if isinstance(lhs, gpd.GeoSeries) == isinstance(rhs, gpd.GeoSeries):
            raise FilterError(self._text, "one side of a spatial predicate has to be 'geometry'")
        column, other = (lhs, rhs) if isinstance(lhs, gpd.GeoSeries) else (rhs, lhs)
        degrees = to_lonlat(column.to_numpy())
        found = predicate(degrees, other) if column is lhs else predicate(other, degrees)
        known = pd.Series(found, index=self._frame.index, dtype="boolean")
        return known.mask(pd.Series(shapely.is_missing(degrees), index=self._frame.index))

    @handle(ast.Function)
    def lower(self, _node: Any, operand: Any) -> Any:
        """Text without upper case; the grammar knows no other function."""
        if isinstance(operand, pd.Series):
            return operand.map(lambda value: value.lower() if isinstance(value, str) else value)
        return operand.lower() if isinstance(operand, str) else operand

    @handle(values.Geometry)
    def geometry(self, node: Any) -> Any:
        """Geometry that the filter spells out."""
        return shape(node)

    @handle(str, float, int, bool, date)
    def literal(self, node: Any) -> Any:
        """Value that the filter spells out."""
        return node

    def _known(self, lhs: Any, rhs: Any, test: Callable[[Any, Any], bool]) -> Mask:
        """Ask a question of each row whose values are known; elsewhere it is unknown."""
        size = len(self._frame)
        left = list(lhs) if isinstance(lhs, pd.Series) else [lhs] * size
        right = list(rhs) if isinstance(rhs, pd.Series) else [rhs] * size
        answers = [
            pd.NA if _missing(a) or (rhs is not None and _missing(b)) else test(a, b)
            for a, b in zip(left, right, strict=True)
        ]
        return pd.Series(answers, index=self._frame.index, dtype="boolean")


def _missing(value: Any) -> bool:
    return not isinstance(value, frozenset) and bool(pd.isna(value))


def _holds(left: Any, right: Any, compare: Callable[[Any, Any], Any]) -> bool:
    """Compare two values; a set equals each of its members, a date its ISO text."""
    if isinstance(left, frozenset) and isinstance(right, str):
        if compare not in (operator.eq, operator.ne):
            raise TypeError("a set has no order")
        return (right in left) is (compare is operator.eq)
    if isinstance(left, date) and isinstance(right, str):
        right = date.fromisoformat(right)
    if isinstance(left, str) and isinstance(right, date):
        left = date.fromisoformat(left)
    if _kind(left) != _kind(right):
        raise TypeError(f"{left!r} and {right!r}")
    return bool(compare(left, right))


def _kind(value: Any) -> str:
    kinds: dict[str, Any] = {"yes or no": (bool, np.bool_), "number": Real, "text": str}
    return next((name for name, kind in kinds.items() if isinstance(value, kind)), "other")


def _regular(pattern: str) -> str:
    r"""Regular expression of a LIKE pattern: ``%`` any text, ``_`` one sign, ``\`` escapes.

    Each part between two ``%`` is sought once and never again (an atomic group), so that no
    pattern can keep the search busy.
    """
    parts = [""]
    signs = iter(pattern)
    for sign in signs:
        if sign == "%":
            parts.append("")
        else:
            literal = next(signs, sign) if sign == "\\" else sign
            parts[-1] += "." if sign == "_" else re.escape(literal)
    first, *others = parts
    if not others:
        return first
    return first + "".join(f"(?>.*?{part})" for part in others[:-1]) + f".*{others[-1]}"
