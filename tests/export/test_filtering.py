"""Filters in CQL2 text: what they keep, and what they refuse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_assen.export import FilterError, filtered
from tests.factories import make_offer

BOX = "POLYGON((6.4 52.9, 6.6 52.9, 6.6 53, 6.4 53, 6.4 52.9))"
KEPT = {
    # comparisons; a missing value is unknown, and so is its opposite
    "area_m2 = 500": "B",
    "area_m2 <> 500": "AC",
    "area_m2 >= 10000": "AC",
    "10000 <= area_m2": "AC",
    "area_m2 > -5": "ABC",
    "price_eur_m2 < 81": "C",
    "NOT price_eur_m2 < 81": "A",
    "price_eur_m2 < 81 OR NOT price_eur_m2 < 81": "AC",
    "price_eur_m2 < 81 OR area_m2 = 500": "BC",
    "price_eur_m2 > 0 AND code = 'B'": "",
    "NOT (price_eur_m2 > 0 AND code = 'A')": "BC",
    "price_eur_m2 IS NULL": "B",
    "price_eur_m2 IS NOT NULL": "AC",
    "area_m2 > price_eur_m2": "AC",
    "\"code\" = 'A'": "A",
    # AND binds before OR, brackets before both
    "code = 'A' OR code = 'B' AND area_m2 > 600": "A",
    "(code = 'A' OR code = 'B') AND area_m2 > 600": "A",
    "code = 'B' OR code = 'C' AND NOT area_m2 > 600": "B",
    "NOT code = 'A' AND NOT code = 'B'": "C",
    "NOT NOT code = 'A'": "A",
    # texts
    "name = 'Kavel ''A'''": "A",
    "name LIKE 'Kavel%'": "A",
    "name NOT LIKE 'Kavel%'": "C",
    r"name LIKE 'kavel\_\%'": "C",
    "name LIKE 'kavel__'": "C",
    "name LIKE '%'": "AC",
    "name LIKE '%a%e%'": "AC",
    "name LIKE 'k.vel%'": "",
    "CASEI(name) LIKE CASEI('KAVEL%')": "AC",
    "CASEI(code) = CASEI('a')": "A",
    "code IN ('A', 'C', 'Z')": "AC",
    "code NOT IN ('A')": "BC",
    "name NOT IN ('Kavel')": "AC",
    "area_m2 IN (500, 20000)": "BC",
    # sets: equal to each member
    "uses = 'office'": "B",
    "uses <> 'office'": "A",
    "uses IN ('office', 'industrial')": "AB",
    "uses NOT IN ('office')": "A",
    "uses IS NULL": "C",
    # ranges, dates, yes and no
    "area_m2 BETWEEN 500 AND 10000": "AB",
    "area_m2 NOT BETWEEN 500 AND 10000": "C",
    "serviced_on >= DATE('2020-01-01')": "A",
    "serviced_on > '2020-01-01'": "",
    "'2019-12-31' < serviced_on": "A",
    "serviced_on BETWEEN DATE('2019-06-01') AND DATE('2020-06-01')": "A",
    "fibre": "A",
    "NOT fibre": "B",
    "fibre = FALSE": "B",
    "water OR fibre": "A",
    "TRUE": "ABC",
    "code = 'A' OR FALSE": "A",
    # places, in degrees
    "BBOX(geometry, 6.5, 52.9, 6.6, 53.0)": "AB",
    "BBOX(geometry, -180, -90, 180, 90)": "ABC",
    f"S_INTERSECTS(geometry, {BOX})": "AB",
    f"S_WITHIN(geometry, {BOX})": "AB",
    f"S_DISJOINT(geometry, {BOX})": "C",
    f"S_CONTAINS({BOX}, geometry)": "AB",
    f"NOT S_WITHIN(geometry, {BOX}) OR fibre": "AC",
    "S_INTERSECTS(geometry, BBOX(6.5, 52.9, 6.6, 53.0))": "AB",
    f"S_INTERSECTS(geometry, GEOMETRYCOLLECTION({BOX}, POINT(0 0)))": "AB",
    "S_CROSSES(geometry, LINESTRING(6.5 52.97712, 6.6 52.97712))": "AB",
    "geometry IS NULL": "",
    "code\n=\n'A'": "A",
}


@pytest.mark.parametrize(("text", "codes"), KEPT.items(), ids=KEPT.keys())
def test_rows_for_which_it_is_true_are_kept(plots, text, codes):
    kept = filtered(plots, text)
    assert "".join(kept.frame["code"]) == codes
    assert kept.total == len(codes)
    assert len(plots.frame) == 3


REFUSED = {
    "": "not CQL2 text",
    "  ": "not CQL2 text",
    "NOT": "not CQL2 text",
    "code": "cannot be compared",
    "5": "not CQL2 text",
    "code = ": "not CQL2 text",
    "code == 'A'": "not CQL2 text at column 7",
    "code = 'A' AND": "not CQL2 text",
    "code = 'A": "not CQL2 text",
    "code LIKE code": "not CQL2 text",
    "area_m2 + 1 > 5": "not CQL2 text",
    "length(code) > 3": "not CQL2 text",
    "colour = 'red'": "there is no field 'colour'; fields are area_m2, ",
    "code = NULL": "there is no field 'NULL'",
    "area_m2 = 'large'": "cannot be compared",
    "area_m2 > TRUE": "cannot be compared",
    "code > 5": "cannot be compared",
    "uses > 'office'": "cannot be compared",
    "uses = 5": "cannot be compared",
    "geometry = 1": "cannot be compared",
    "fibre = 1": "cannot be compared",
    "serviced_on > 'spring'": "cannot be compared",
    "serviced_on > DATE('2026-02-30')": "cannot be compared",
    "serviced_on > DATE(2026)": "not CQL2 text",
    "BBOX(geometry, 1, 2, 3)": "not CQL2 text",
    "BBOX(code, 1, 2, 3, 4)": "has to be 'geometry'",
    "S_INTERSECTS(code, POINT(6 52))": "has to be 'geometry'",
    "S_INTERSECTS(POINT(6 52), POINT(6 52))": "has to be 'geometry'",
    "S_INTERSECTS(geometry, geometry)": "has to be 'geometry'",
    "S_INTERSECTS(geometry, POINT(6))": "cannot be",
    "S_INTERSECTS(geometry, POLYGON((6 52, 7 52)))": "cannot be compared",
    "S_NEARS(geometry, POINT(6 52))": "not CQL2 text",
    "(" * 5_000: "cannot be used",
    "NOT " * 4_000 + "fibre": "too many parts",
    "code = '" + "a" * 20_000 + "'": "longer than 20000 signs",
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.items(), ids=[t[:40] for t in REFUSED])
def test_what_cannot_be_understood_is_refused_with_the_reason(plots, text, reason):
    with pytest.raises(FilterError) as refused:
        filtered(plots, text)
    assert reason in str(refused.value)
    assert len(str(refused.value)) < 800


def test_field_that_the_asker_may_not_see_is_no_field(plots):
    public = replace(plots, fields=tuple(f for f in plots.fields if f.name != "price_eur_m2"))
    with pytest.raises(FilterError, match="no field 'price_eur_m2'"):
        filtered(public, "price_eur_m2 > 0")


def test_layer_without_geometry_has_no_place_to_ask_for(rows):
    offers = rows("offers", make_offer(code="O"))
    assert len(filtered(offers, "offer_kind = 'let'").frame) == 1
    with pytest.raises(FilterError, match="no field 'geometry'"):
        filtered(offers, "BBOX(geometry, 6, 52, 7, 53)")


def test_rows_without_geometry_are_unknown_to_a_place(plots):
    frame = plots.frame.copy()
    frame.loc[0, "geometry"] = None
    holed = replace(plots, frame=frame)
    assert "".join(filtered(holed, "BBOX(geometry, 6, 50, 7, 54)").frame["code"]) == "BC"
    assert len(filtered(holed, "NOT BBOX(geometry, 6, 50, 7, 54)").frame) == 0
    assert "".join(filtered(holed, "geometry IS NULL").frame["code"]) == "A"


def test_no_rows_stay_no_rows(plots):
    empty = replace(plots, frame=plots.frame.iloc[:0], total=0)
    for text in KEPT:
        assert len(filtered(empty, text).frame) == 0


def test_no_pattern_keeps_the_search_busy(plots):
    frame = plots.frame.copy()
    frame["name"] = "a" * 5_000
    slow = replace(plots, frame=frame)
    assert len(filtered(slow, f"name LIKE '{'%a' * 200}%b'").frame) == 0
    assert len(filtered(slow, f"name LIKE '{'%a' * 200}%'").frame) == 3


NAMES = ("code", "area_m2", "uses", "fibre", "geometry", "name", "serviced_on", "colour")
SIGNS = ("=", "<>", "<", ">=", "(", ")", "))", ",", '"', "'", "AND", "OR", "NOT", "IN", "LIKE")
PARTS = ("BETWEEN", "IS", "NULL", "BBOX(", "S_WITHIN(", "CASEI(", "POLYGON((", "POINT(6 52)")
VALUES = ("'A'", "'a%'", "''", "5", "-1.5e3", "6 52", "TRUE", "DATE('2026-01-01')")
WORDS = st.sampled_from(NAMES + SIGNS + PARTS + VALUES)


@settings(max_examples=200, deadline=None)
@given(st.lists(WORDS, max_size=10).map(" ".join) | st.text(max_size=40))
def test_any_text_is_a_filter_or_refused(plots, text):
    try:
        kept = filtered(plots, text)
    except FilterError as error:
        assert str(error).startswith("The filter ")
    else:
        assert set(kept.frame["code"]) <= set("ABC")
