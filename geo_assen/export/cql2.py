"""Text of a CQL2 filter to a tree.

The parser of the filter library reads AND and OR from left to right and takes no NOT before
brackets, no lone boolean and no quote inside a text; this grammar follows the standard.
Its trees are made of the library's nodes.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely
from lark import Lark, Transformer, v_args
from pygeofilter import ast, values

__all__ = ["parse_cql2"]

_GRAMMAR = r"""
?start: condition
?condition: conjunction | condition _OR conjunction -> either
?conjunction: negation | conjunction _AND negation -> both
?negation: predicate | _NOT negation -> negation
?predicate: "(" condition ")"
    | operand COMPARE operand -> comparison
    | operand _BETWEEN operand _AND operand -> between
    | operand _NOT _BETWEEN operand _AND operand -> not_between
    | operand _IN "(" operand ("," operand)* ")" -> among
    | operand _NOT _IN "(" operand ("," operand)* ")" -> not_among
    | operand _LIKE pattern -> like
    | operand _NOT _LIKE pattern -> not_like
    | operand _IS _NULL -> null
    | operand _IS _NOT _NULL -> not_null
    | SPATIAL "(" place "," place ")" -> spatial
    | _BBOX "(" attribute "," NUMBER "," NUMBER "," NUMBER "," NUMBER ")" -> inside_box
    | attribute -> truth
    | BOOLEAN -> truth

?operand: attribute | NUMBER | TEXT | BOOLEAN | DATE
    | _CASEI "(" operand ")" -> lower_case
?pattern: TEXT | _CASEI "(" TEXT ")" -> any_case
?place: attribute | wkt | _BBOX "(" NUMBER "," NUMBER "," NUMBER "," NUMBER ")" -> box
attribute: NAME | QUOTED

wkt: wkt_text
wkt_text: SHAPE wkt_body
wkt_body: "(" wkt_part ("," wkt_part)* ")"
?wkt_part: wkt_body | wkt_text | NUMBER+ -> wkt_position

_AND.2: /AND\b/i
_OR.2: /OR\b/i
_NOT.2: /NOT\b/i
_IN.2: /IN\b/i
_IS.2: /IS\b/i
_LIKE.2: /LIKE\b/i
_NULL.2: /NULL\b/i
_BETWEEN.2: /BETWEEN\b/i
_CASEI.2: /CASEI(?=\s*\()/i
_BBOX.2: /BBOX(?=\s*\()/i
BOOLEAN.2: /(TRUE|FALSE)\b/i
DATE.2: /DATE\s*\(\s*'[^']*'\s*\)/i
SPATIAL.2: /S_(INTERSECTS|DISJOINT|CONTAINS|WITHIN|TOUCHES|CROSSES|OVERLAPS|EQUALS)\b/i
SHAPE.2: /(MULTI)?(POINT|LINESTRING|POLYGON)(\s+Z)?(?=\s*\()|GEOMETRYCOLLECTION(?=\s*\()/i
COMPARE: "<>" | "<=" | ">=" | "=" | "<" | ">"
NUMBER: /[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?/i
TEXT: /'([^']|'')*'/
NAME: /[A-Za-z_][\w.:]*/
QUOTED: /"[^"]+"/
%import common.WS
%ignore WS
"""
_COMPARE = {
    "=": ast.Equal,
    "<>": ast.NotEqual,
    "<": ast.LessThan,
    "<=": ast.LessEqual,
    ">": ast.GreaterThan,
    ">=": ast.GreaterEqual,
}
_SPATIAL = {
    "INTERSECTS": ast.GeometryIntersects,
    "DISJOINT": ast.GeometryDisjoint,
    "CONTAINS": ast.GeometryContains,
    "WITHIN": ast.GeometryWithin,
    "TOUCHES": ast.GeometryTouches,
    "CROSSES": ast.GeometryCrosses,
    "OVERLAPS": ast.GeometryOverlaps,
    "EQUALS": ast.GeometryEquals,
}


def parse_cql2(text: str) -> Any:
    """Tree of a filter, made of the nodes of ``pygeofilter.ast``.

    Raises
    ------
    lark.exceptions.LarkError
        If the text is not CQL2, or spells out a date or shape that cannot be.
    """
    return _PARSER.parse(text)


@v_args(inline=True)
class _Nodes(Transformer[Any, Any]):
    """Nodes of the filter library, one method a rule."""

    def either(self, lhs: Any, rhs: Any) -> Any:
        return ast.Or(lhs, rhs)

    def both(self, lhs: Any, rhs: Any) -> Any:
        return ast.And(lhs, rhs)

    def negation(self, node: Any) -> Any:
        return ast.Not(node)

    def comparison(self, lhs: Any, sign: str, rhs: Any) -> Any:
        return _COMPARE[sign](lhs, rhs)

    def between(self, lhs: Any, low: Any, high: Any) -> Any:
        return ast.Between(lhs, low, high, False)

    def not_between(self, lhs: Any, low: Any, high: Any) -> Any:
        return ast.Between(lhs, low, high, True)

    def among(self, lhs: Any, *options: Any) -> Any:
        return ast.In(lhs, list(options), False)

    def not_among(self, lhs: Any, *options: Any) -> Any:
        return ast.In(lhs, list(options), True)

    def like(self, lhs: Any, pattern: Any) -> Any:
        return _like(lhs, pattern, negated=False)

    def not_like(self, lhs: Any, pattern: Any) -> Any:
        return _like(lhs, pattern, negated=True)

    def any_case(self, pattern: str) -> tuple[str]:
        return (pattern,)

    def lower_case(self, node: Any) -> Any:
        return ast.Function("lower", [node])

    def null(self, node: Any) -> Any:
        return ast.IsNull(node, False)

    def not_null(self, node: Any) -> Any:
        return ast.IsNull(node, True)

    def truth(self, node: Any) -> Any:
        return ast.Equal(node, True)

    def spatial(self, name: str, lhs: Any, rhs: Any) -> Any:
        return _SPATIAL[name.upper().removeprefix("S_")](lhs, rhs)

    def inside_box(self, attribute: Any, *corners: float) -> Any:
        return ast.GeometryIntersects(attribute, self.box(*corners))

    def box(self, west: float, south: float, east: float, north: float) -> Any:
        return values.Geometry(shapely.box(west, south, east, north).__geo_interface__)

    def wkt(self, text: str) -> Any:
        return values.Geometry(shapely.from_wkt(text).__geo_interface__)

    def wkt_text(self, shape: str, body: str) -> str:
        return f"{shape} {body}"

    def wkt_body(self, *parts: str) -> str:
        return f"({','.join(parts)})"

    def wkt_position(self, *numbers: float) -> str:
        return " ".join(str(number) for number in numbers)

    def attribute(self, name: str) -> Any:
        return ast.Attribute(name.strip('"'))

    def NUMBER(self, token: str) -> int | float:  # noqa: N802  named after its token
        return int(token) if token.lstrip("+-").isdecimal() else float(token)

    def TEXT(self, token: str) -> str:  # noqa: N802
        return token[1:-1].replace("''", "'")

    def BOOLEAN(self, token: str) -> bool:  # noqa: N802
        return token.upper() == "TRUE"

    def DATE(self, token: str) -> date:  # noqa: N802
        return date.fromisoformat(token.split("'")[1])


def _like(lhs: Any, pattern: str | tuple[str], *, negated: bool) -> Any:
    nocase = isinstance(pattern, tuple)
    text = pattern[0] if isinstance(pattern, tuple) else pattern
    return ast.Like(lhs, text, nocase, "%", "_", "\\", negated)


_PARSER = Lark(_GRAMMAR, parser="lalr", transformer=_Nodes(), maybe_placeholders=False)
