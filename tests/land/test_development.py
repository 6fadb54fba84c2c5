"""Developments from files: what is read, and what is refused by the name of its field."""

from __future__ import annotations

import json
from datetime import date

import pytest

from geo_assen.errors import FileRefused
from geo_assen.land import Development, DevelopmentError
from geo_assen.settings import Settings

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[6.54, 52.95], [6.55, 52.95], [6.55, 52.96], [6.54, 52.96], [6.54, 52.95]]],
}
WHOLE = {
    "title": "Hall", "place": "AZ", "inside_built_up": True, "use": ["logistics"],
    "area_m2": 40000, "horizon_years": 10, "quality": "by the road", "need": "asked for",
    "evidence": [{"title": "Survey", "date": "2025-06-01", "url": "https://a.example/x"}],
    "alternative": [{"park": "MV", "reason": "full"}, {"site": "plot:P-1", "used": True}],
}  # fmt: skip


def faults(document):
    with pytest.raises(DevelopmentError) as caught:
        Development.parse(document)
    return caught.value.faults


def test_a_development_has_every_field_of_its_file():
    read = Development.parse(WHOLE)
    assert (read.title, read.place, read.inside_built_up) == ("Hall", "AZ", True)
    assert (read.use, read.area_m2, read.horizon_years) == (("logistics",), 40_000, 10)
    assert read.evidence[0].date == date(2025, 6, 1)
    assert [item.id for item in read.alternative] == ["park:MV", "plot:P-1"]
    assert [item.used for item in read.alternative] == [False, True]


def test_only_a_title_is_needed_to_read_one():
    read = Development.parse({"title": "Hall"})
    assert (read.place, read.inside_built_up, read.use, read.evidence) == (None, None, (), ())


def test_toml_and_json_say_the_same(tmp_path):
    toml, other = tmp_path / "a.toml", tmp_path / "a.json"
    toml.write_text(
        'title = "Hall"\narea_m2 = 40000\n[[evidence]]\ntitle = "Survey"\ndate = 2025-06-01\n'
    )
    other.write_text(json.dumps({
        "title": "Hall", "area_m2": 40000,
        "evidence": [{"title": "Survey", "date": "2025-06-01"}],
    }))  # fmt: skip
    assert Development.load(toml) == Development.load(other)


def test_every_development_of_the_sample_can_be_read():
    paths = sorted((Settings().sample / "developments").glob("*.toml"))
    assert paths
    assert all("voorbeeld" in Development.load(path).title for path in paths)


def test_a_polygon_has_its_area_in_square_metres():
    # 0.01 degrees at this latitude: 1112.7 m north, 671.9 m east.
    read = Development.parse({"title": "Hall", "place": SQUARE})
    assert read.place_m2 == pytest.approx(1112.7 * 671.9, rel=0.01)
    assert Development.parse(WHOLE).place_m2 is None


@pytest.mark.parametrize(("change", "field", "words"), [
    ({"title": ""}, "title", "must not be empty"),
    ({"title": 5}, "title", "must be text"),
    ({"inside_built_up": "yes"}, "inside_built_up", "true or false"),
    ({"use": "logistics"}, "use", "list of uses"),
    ({"area_m2": 0}, "area_m2", "1 or more"),
    ({"area_m2": 2.5}, "area_m2", "whole number"),
    ({"area_m2": True}, "area_m2", "whole number"),
    ({"area_m2": float("nan")}, "area_m2", "whole number"),
    ({"area_m2": float("inf")}, "area_m2", "whole number"),
    ({"area_m2": 10**400}, "area_m2", "no larger"),
    ({"horizon_years": 51}, "horizon_years", "1 to 50"),
    ({"constraint": "x"}, "constraint", "as in a requirement"),
    ({"place": 5}, "place", "code of a park or area"),
    ({"place": {"type": "Point", "coordinates": [6, 53]}}, "place", "polygon"),
    ({"place": {"type": "Polygon"}}, "place", "coordinates"),
    ({"place": {"type": "Polygon", "coordinates": []}}, "place", "Netherlands"),
    ({"place": {"type": "Polygon", "coordinates": [[[53, 6], [54, 6], [54, 7], [53, 6]]]}},
     "place", "longitude first"),
    ({"place": {"type": "Polygon", "coordinates": [[[6, 52], [7, 53], [7, 52], [6, 53], [6, 52]]]}},
     "place", "valid polygon"),
    ({"evidence": {"title": "x"}}, "evidence", "list of tables"),
    ({"evidence": [{"title": "x"}, {"date": "2025-06-01"}]}, "evidence 2", "title is missing"),
    ({"evidence": [{"title": "x", "date": "June"}]}, "evidence 1", "date must be a date"),
    ({"evidence": [{"title": "x", "url": "javascript:x"}]}, "evidence 1", "https"),
    ({"evidence": [{"title": "x", "datum": "2025"}]}, "evidence 1", "did you mean 'date'"),
    ({"alternative": [{"reason": "x"}]}, "alternative 1", "exactly one of park, site"),
    ({"alternative": [{"park": "A", "site": "plot:B"}]}, "alternative 1", "exactly one"),
    ({"alternative": [{"site": "B"}]}, "alternative 1", "plot:<code>"),
    ({"horizon": 10}, "development", "did you mean 'horizon_years'"),
])
def test_what_is_written_wrongly_is_refused_by_its_field(change, field, words):
    (fault,) = faults({**WHOLE, **change})
    assert fault[0] == field
    assert words in fault[1]


def test_all_faults_are_told_together_with_the_file(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('use = "x"\narea_m2 = -1\n')
    with pytest.raises(DevelopmentError, match=r"wrong\.toml.*title: is missing") as caught:
        Development.load(path)
    assert {field for field, _ in caught.value.faults} == {"title", "use", "area_m2"}


@pytest.mark.parametrize(("name", "data"), [
    ("a.toml", b"title = "), ("a.json", b"{"), ("a.toml", b"\xff\xfe"), ("a.txt", b"x"),
])
def test_a_file_that_is_no_document_is_refused(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FileRefused):
        Development.load(path)
    with pytest.raises(FileRefused):
        Development.load(tmp_path / "absent.toml")


@pytest.mark.parametrize("document", ["[]", "5", "null"])
def test_a_document_that_is_no_table_is_refused(tmp_path, document):
    path = tmp_path / "a.json"
    path.write_text(document)
    with pytest.raises(DevelopmentError, match="table of keys"):
        Development.load(path)
