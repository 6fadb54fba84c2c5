"""What programs of others do to the file: GDAL's validator, and GDAL's own editing.

GDAL runs in a process of its own: two SQLite libraries in one process drop each other's
locks.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

APPEND = """
import sys, geopandas as gpd, shapely, pyogrio
path, code, x = sys.argv[1], sys.argv[2], float(sys.argv[3])
frame = gpd.GeoDataFrame(
    {"code": [code], "park": ["park-a"], "area_m2": [500], "source_code": ["test"]},
    geometry=[shapely.box(x, 556000, x + 50, 556050)], crs="EPSG:28992",
)
pyogrio.write_dataframe(frame, path, layer="plot", append=True, promote_to_multi=True)
"""

# pyogrio only appends; updating and deleting go through the C interface of the same GDAL.
EDIT = """
import ctypes, json, sys
from pathlib import Path
import pyogrio
library = next((Path(pyogrio.__file__).parent.parent / "pyogrio.libs").glob("libgdal*"))
gdal = ctypes.CDLL(str(library))
pointer, text = ctypes.c_void_p, ctypes.c_char_p
for name in ("GDALOpenEx", "GDALDatasetGetLayerByName", "OGR_L_GetNextFeature"):
    getattr(gdal, name).restype = pointer
gdal.CPLGetLastErrorMsg.restype = text
gdal.OGR_F_GetFID.restype = ctypes.c_longlong
gdal.OGR_G_CreateFromWkt.argtypes = [ctypes.POINTER(text), pointer, ctypes.POINTER(pointer)]
data = pointer(gdal.GDALOpenEx(sys.argv[1].encode(), 1 | 4, None, None, None))

def edit(layer, feature, action, arguments):
    if action == "delete":
        return gdal.OGR_L_DeleteFeature(layer, ctypes.c_longlong(gdal.OGR_F_GetFID(feature)))
    if action == "set":
        field = gdal.OGR_F_GetFieldIndex(feature, arguments[0].encode())
        gdal.OGR_F_SetFieldString(feature, field, arguments[1].encode())
    else:
        shape, wkt = pointer(), text(arguments[0].encode())
        gdal.OGR_G_CreateFromWkt(ctypes.byref(wkt), None, ctypes.byref(shape))
        gdal.OGR_F_SetGeometryDirectly(feature, shape)
    return gdal.OGR_L_SetFeature(layer, feature)

for layer_name, code, action, *arguments in json.loads(sys.argv[2]):
    layer = pointer(gdal.GDALDatasetGetLayerByName(data, layer_name.encode()))
    gdal.OGR_L_SetAttributeFilter(layer, f"code = '{code}'".encode())
    feature = pointer(gdal.OGR_L_GetNextFeature(layer))
    failed = edit(layer, feature, action, arguments)
    print(gdal.CPLGetLastErrorMsg().decode() if failed else "done")
    gdal.OGR_F_Destroy(feature)
gdal.GDALClose(data)
"""


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def gdal_append_plot(path: Path, code: str, x: float = 234000) -> None:
    done = run("-c", APPEND, path, code, x)
    assert done.returncode == 0, done.stderr


def gdal_edit(path: Path, *edits: Sequence[str]) -> list[str]:
    """Edit features; an edit is (layer, code, action, arguments), its answer "done" or why not."""
    done = run("-c", EDIT, path, json.dumps(edits))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def faults_of_geopackage(path: Path) -> str:
    """What GDAL's validator says about the file; empty where it is valid."""
    done = run("-m", "osgeo_utils.samples.validate_gpkg", "-k", path)
    return "" if done.returncode == 0 else done.stdout + done.stderr + "invalid"
