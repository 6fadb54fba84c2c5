"""What is told about a requirement that can be matched all the same."""

from __future__ import annotations

import pytest

from geo_assen.matching import remarks
from tests.matching.factories import AS_OF, catalogue, make_requirement

FIELDS = {field.name: field for field in catalogue().layers["sites"].field}
CURVE = {"larger": [0, 2]}


def told(language="en", **document):
    return remarks(make_requirement(**document), as_of=AS_OF, fields=FIELDS, language=language)


def on(field, **asked):
    return {"field": field, **asked}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"needed_by": "2026-10-31"},
         "The day on which the site is needed, 31 October 2026, has passed."),
        ({"constraint": [on("available_from", max="2026-10-31")]},
         "The constraint “Available from, 31 October 2026 at the latest” lies before the date "
         "asked."),
        ({"kind": "relocate"},
         "A relocation without its present site: name it, and what comes free is seen."),
        ({"criterion": [on("grid_mva", weight=0, curve=CURVE)]},
         "All wishes have weight 0: the order says nothing, sites stand by their code."),
        ({"constraint": [on("fibre", **{"is": True})] * 2},
         "Constraint 2 says the same as 1 and so counts twice."),
        ({"criterion": [on("grid_mva", weight=2, curve=CURVE), on("grid_mva", curve=CURVE)]},
         "Criterion 2 says the same as 1 and so counts twice."),
        ({"constraint": [on("area_m2", min=8), on("fibre", **{"is": True}), on("area_m2", max=7)]},
         "No site can meet both constraint 1 and constraint 3."),
        ({"constraint": [on("fibre", **{"is": True}), on("fibre", **{"is": False})]},
         "No site can meet both constraint 1 and constraint 2."),
        ({"constraint": [on("park", one_of=["A"]), on("park", one_of=["B", "C"])]},
         "No site can meet both constraint 1 and constraint 2."),
    ],
)  # fmt: skip
def test_what_may_be_overlooked_is_told_in_both_languages(document, sentence):
    assert told(**document) == (sentence,)
    (dutch,) = told(language="nl", **document)
    assert dutch != sentence


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"needed_by": AS_OF},
        {"as_of": "1999-01-01"},
        {"kind": "relocate", "present_site": "plot:P1"},
        {"kind": "grow"},
        {"constraint": [on("available_from", max=AS_OF), on("available_from", min="1990-01-01")]},
        {"constraint": [on("area_m2", min=7), on("area_m2", max=7)]},
        {"constraint": [on("park", one_of=["A", "B"]), on("park", one_of=["B", "C"])]},
        {"criterion": [on("grid_mva", weight=0, curve=CURVE), on("area_m2", curve=CURVE)]},
    ],
)
def test_what_is_as_it_should_be_is_not_remarked_upon(document):
    assert told(**document) == ()
