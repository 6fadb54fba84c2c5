"""Measure the import of a million polygons with all checks, beside others who do less.

Run with ``make bench-import``; it prints the table that stands in docs/benchmarks.md. All
read the same GeoPackage (five-cornered parcels, eight attributes) and write one with a
spatial index. Memory is that of a command and its child processes together, looked at ten
times a second.

Peers: GDAL copies Arrow batches and checks nothing; geopandas reads all, checks what one
line checks (validity, area, duplicates), and writes all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo_assen.settings import PROJECT_FOLDER

LAYER = """
id = "parcels"
group = "work_locations"
geometry = "polygon"
title = { nl = "Percelen", en = "Parcels" }
description = { nl = "Percelen om te meten.", en = "Parcels to measure with." }
label = "code"
source = { publisher = "-", licence = "CC0-1.0", update = "irregular" }
field = [
  { name = "code", type = "text", required = true, title = { nl = "Code", en = "Code" } },
  { name = "name", type = "text", title = { nl = "Naam", en = "Name" } },
  { name = "area_m2", type = "integer", unit = "m2", required = true, minimum = 1, title = { nl = "Oppervlakte", en = "Area" } },
  { name = "uses", type = "set", codes = "uses", title = { nl = "Gebruik", en = "Uses" } },
  { name = "max_env_category", type = "category", codes = "env_category", title = { nl = "Categorie", en = "Category" } },
  { name = "price_eur_m2", type = "number", unit = "eur_m2", minimum = 0, title = { nl = "Prijs", en = "Price" } },
  { name = "fibre", type = "boolean", title = { nl = "Glasvezel", en = "Fibre" } },
  { name = "serviced_on", type = "date", title = { nl = "Bouwrijp", en = "Serviced" } },
  { name = "source_code", type = "text", refers_to = "sources", title = { nl = "Bron", en = "Source" } },
]
[legend]
classes = [{ value = "all", title = { nl = "Perceel", en = "Parcel" }, colour = "#0b5d4e", mark = "solid" }]
"""  # noqa: E501

GDAL_PEER = """
import sys, pyogrio
from pyogrio.raw import open_arrow, write_arrow
with open_arrow(sys.argv[1], use_pyarrow=False, batch_size=65536) as (meta, stream):
    write_arrow(stream, sys.argv[2], layer="parcels", driver="GPKG", geometry_type="Polygon",
                crs="EPSG:28992", geometry_name=meta["geometry_name"] or "wkb_geometry")
"""

GEOPANDAS_PEER = """
import sys, geopandas as gpd
frame = gpd.read_file(sys.argv[1])
assert frame.crs.to_epsg() == 28992
assert frame.geometry.is_valid.all() and not frame["code"].duplicated().any()
assert ((frame.area - frame["area_m2"]).abs() <= 2).all() and (frame["price_eur_m2"] >= 0).all()
assert not frame.geometry.to_wkb().duplicated().any()
frame.to_file(sys.argv[2], layer="parcels", driver="GPKG")
"""


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "parcels.gpkg"
        draw(source, asked.rows)
        layers_with_parcels(folder)
        print(f"{asked.rows} polygons, {source.stat().st_size / 1e6:.0f} MB of GeoPackage")
        for label, act in (
            ("geo_assen, all checks, indexed store", lambda: ours(folder, source)),
            ("GDAL, no checks", lambda: peer(folder, source, GDAL_PEER)),
            ("geopandas, five checks", lambda: peer(folder, source, GEOPANDAS_PEER)),
        ):
            runs = [act() for _ in range(asked.rounds)]
            best = min(runs, key=lambda run: run.seconds)
            seconds = ", ".join(f"{run.seconds:.1f}" for run in runs)
            print(
                f"| {label} | {asked.rows / best.seconds:,.0f} rows/s | {best.seconds:.1f} s "
                f"| {max(run.peak_mb for run in runs):.0f} MB | (runs: {seconds} s)"
            )


def layers_with_parcels(folder: Path) -> Path:
    """The layer files of the project and one for the parcels, in a folder of their own."""
    layers = folder / "layers"
    layers.mkdir()
    for path in (PROJECT_FOLDER / "layers").glob("*.toml"):
        (layers / path.name).write_bytes(path.read_bytes())
    (layers / "parcels.toml").write_text(LAYER, encoding="utf-8")
    return layers


def draw(path: Path, rows: int) -> None:
    """Parcels side by side over the middle of the country, the same ones each time."""
    draws = np.random.default_rng(20261127)
    place = np.arange(rows)
    side = int(np.ceil(np.sqrt(rows)))
    step = 100_000 / side
    x = (130_000 + place % side * step).round(1)
    y = (435_000 + place // side * step).round(1)
    width, depth = draws.uniform(0.4 * step, 0.95 * step, (2, rows)).round(1)
    frame = gpd.GeoDataFrame(
        {
            "code": [f"P{number:07d}" for number in place],
            "name": draws.choice(["Corner", "At the road", "Behind"], rows),
            "area_m2": np.maximum(1, (width * depth).round()).astype("int64"),
            "uses": draws.choice(["industrial", "logistics", "office"], rows),
            "max_env_category": draws.choice(["2", "3.1", "3.2", "4.1"], rows),
            "price_eur_m2": draws.uniform(50, 150, rows).round(2),
            "fibre": draws.random(rows) > 0.5,
            "serviced_on": pd.to_datetime(draws.integers(10_000, 19_000, rows), unit="D").date,
        },
        geometry=shapely.box(x, y, x + width, y + depth),
        crs=28992,
    )
    pyogrio.write_dataframe(frame, path, layer="parcels", driver="GPKG")


def ours(folder: Path, source: Path) -> Run:
    store = folder / "store.gpkg"
    _remove(store)
    environment = {**os.environ, "GEO_ASSEN_LAYERS": str(folder / "layers")}
    command = [sys.executable, "-m", "geo_assen.cli"]
    subprocess.run(
        [*command, "init", "--store", str(store)], check=True, env=environment, capture_output=True
    )
    imported = [*command, "import", "parcels", str(source), "--strict", "--store", str(store)]
    return measured(imported, environment)


def peer(folder: Path, source: Path, script: str) -> Run:
    target = folder / "peer.gpkg"
    _remove(target)
    return measured([sys.executable, "-c", script, str(source), str(target)], dict(os.environ))


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def measured(command: list[str], environment: dict[str, str]) -> Run:
    """Seconds and memory of a command, which has to end well."""
    begun = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        peak = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
        watcher.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - begun
        watcher.join()
    if process.returncode:
        raise SystemExit(output.decode(errors="replace"))
    return Run(seconds, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[float]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(_resident_mb(number) for number in _family(process.pid)))
        time.sleep(0.1)


def _family(number: int) -> list[int]:
    """Number of a process and of its children, and theirs."""
    try:
        tasks = Path(f"/proc/{number}/task").iterdir()
        children = [
            int(child) for task in tasks for child in (task / "children").read_text().split()
        ]
    except OSError:
        return []
    return [number, *(member for child in children for member in _family(child))]


def _resident_mb(number: int) -> float:
    try:
        text = Path(f"/proc/{number}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in text.splitlines() if line.startswith("VmRSS:"))
    return next((int(line[1]) / 1024 for line in lines), 0.0)


if __name__ == "__main__":
    main()
