"""The public services as they answered once, served on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.ingest.connectors.server import Service, served

SETTINGS = {
    "pdok_locatieserver_url": "/geo",
    "pdok_bag_url": "/bag",
    "pdok_areas_url": "/areas",
    "cbs_districts_url": "/districts/{year}",
    "cbs_odata_v3_url": "/v3",
    "cbs_odata_v4_url": "/v4",
}


@contextmanager
def answering() -> Iterator[Service]:
    """Geocoder, districts, BAG and figures."""
    with served() as running:
        for name in ("free", "suggest", "lookup", "reverse"):
            running.recorded(f"/geo/{name}", f"locatieserver/{name}.json")
        answer_districts(running)
        running.recorded("/bag/collections/verblijfsobject", "bag/verblijfsobject.json")
        running.recorded("/bag/collections/verblijfsobject/items", "bag/verblijfsobject_1.json")
        for name in ("TableInfos", "DataProperties", "RegioS", "Perioden", "TypedDataSet"):
            running.recorded(f"/v3/70072ned/{name}", f"cbs_v3/{name}.json")
        yield running


def answer_districts(running: Service) -> None:
    """Give the pages of the districts, the first of them next."""
    for name in ("gemeenten", "wijken", "buurten"):
        path = f"/districts/2024/collections/{name}"
        running.recorded(path, f"districts/{name}.json")
        running.recorded(f"{path}/items", f"districts/{name}_1.json")
    running.recorded(
        "/districts/2024/collections/buurten/items",
        "districts/buurten_1.json",
        "districts/buurten_2.json",
    )


def addresses_at(url: str) -> dict[str, str]:
    """Settings by which the program asks there."""
    return {name: url + path for name, path in SETTINGS.items()}
