"""Bad input: one clear sentence on stderr, the right exit code, nothing half written."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from geo_assen.settings import PROJECT_FOLDER
from tests.cli.running import COMMAND, environment, run

Write = Callable[[str, str], Path]
NEED = PROJECT_FOLDER / "data" / "assen" / "requirements" / "distribution-centre.toml"
PLOTS = PROJECT_FOLDER / "data" / "assen" / "plots.geojson"


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["nonsense"], ["match"], ["export"], ["import", "plots"], ["user"], ["user", "add"],
        ["match", NEED, "--nonsense"], ["match", NEED, "--format", "pdf"],
        ["match", NEED, "--top", "0"], ["match", NEED, "--top", "ten"],
        ["match", NEED, "--as-of", "yesterday"], ["match", NEED, "--as-of", "2026-02-30"],
        ["export", "plots", "--as-of", "1-1-2026"], ["export", "plots", "--format", "pdf"],
        ["export", "plots", "--bbox", "1,2,3"], ["export", "plots", "--bbox", "a,b,c,d"],
        ["export", "plots", "--bbox", "7,53,6,52"], ["export", "plots", "--bbox", "nan,52,7,53"],
        ["export", "plots", "--bbox", "230000,550000,240000,560000"],
        ["serve", "--port", "0"], ["serve", "--port", "65536"], ["serve", "--port", "http"],
    ],
    ids=lambda arguments: " ".join(map(str, arguments[-2:])) or "nothing",
)  # fmt: skip
def test_wrong_usage_is_told_with_exit_code_2(sample: Path, arguments: list[object]) -> None:
    done = run(*arguments, store=f"sqlite:///{sample}")
    assert done.code == 2
    assert "Usage" in done.err + done.text
    assert "Traceback" not in done.err


READING = [
    ["match", NEED], ["export", "plots"], ["import", "plots", PLOTS], ["check"],
    ["serve", "--port", "8000"], ["user", "add", "anna"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", READING, ids=lambda arguments: arguments[0])
def test_store_that_is_missing(tmp_path: Path, arguments: list[object]) -> None:
    said = run(*arguments, "--store", tmp_path / "none.gpkg").sentence()
    assert "none.gpkg" in said
    assert "geo-assen init" in said
    assert list(tmp_path.iterdir()) == []


def test_store_of_a_newer_version(copy: Path) -> None:
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '209901010000'")
        connection.commit()
    said = run("match", NEED, "--store", copy).sentence()
    assert "newer version" in said
    assert "update geo-assen" in said


@pytest.mark.parametrize("command", [["check"], ["init"], ["init", "--sample"]])
def test_file_of_something_else_is_left_alone(tmp_path: Path, command: list[str]) -> None:
    foreign, text = tmp_path / "foreign.gpkg", tmp_path / "notes.gpkg"
    with contextlib.closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE mine (id INTEGER)")
    text.write_text("These are my notes, and no database at all.\n" * 50)
    for path in (foreign, text):
        before = path.read_bytes()
        assert str(path) in run(*command, "--store", path).sentence()
        assert path.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"foreign.gpkg", "notes.gpkg"}


def test_folder_or_nonsense_as_store(tmp_path: Path) -> None:
    assert "folder" in run("check", "--store", tmp_path).sentence()
    assert "not served" in run("check", "--store", "mysql://localhost/x").sentence()
    assert "secret" not in run("check", "--store", "mysql://a:secret@localhost/x").sentence()


@pytest.fixture
def locked(copy: Path) -> Iterator[Path]:
    connection = sqlite3.connect(copy, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield copy
    connection.close()


def test_locked_store_refuses_to_be_written_and_can_be_read(locked: Path, write: Write) -> None:
    wait = {"busy_timeout_ms": 50, "store": f"sqlite:///{locked}"}
    event = write(
        "s.csv", "code,name,licence,retrieved_on,certainty\nx,X,CC0-1.0,2026-01-01,stated\n"
    )
    for arguments in (["import", "sources", event], ["import", "sources", event, "--dry-run"]):
        assert "locked" in run(*arguments, **wait).sentence()
    assert "locked" in run("user", "add", "a", stdin="long enough password", **wait).sentence()
    assert run("match", NEED, "--json", **wait).code == 0
    assert run("export", "sources", **wait).code == 0
    assert run("check", **wait).code == 0


def test_store_with_its_sample_already_there(copy: Path) -> None:
    assert "holds records already" in run("init", "--sample", "--store", copy).sentence()


@pytest.fixture
def faulty_sample(tmp_path: Path) -> Path:
    """A sample in which the file of offers, with other files before and after it, has a fault."""
    sample = tmp_path / "sample"
    shutil.copytree(PROJECT_FOLDER / "data" / "assen", sample)
    (sample / "offers.csv").write_text((sample / "offers.csv").read_text() + "X,nowhere\n")
    return sample


def test_sample_with_a_fault_leaves_no_part_of_it(tmp_path: Path, faulty_sample: Path) -> None:
    path = tmp_path / "new.gpkg"
    said = run("init", "--sample", "--store", path, sample=faulty_sample).sentence()
    assert "offers.csv" in said
    assert [item.name for item in tmp_path.iterdir()] == ["sample"]
    offers = faulty_sample / "offers.csv"
    offers.write_text(offers.read_text().removesuffix("X,nowhere\n"))
    assert run("init", "--sample", "--store", path, sample=faulty_sample).code == 0


def test_sample_with_a_fault_leaves_a_store_that_was_there_as_it_was(
    tmp_path: Path, faulty_sample: Path
) -> None:
    path = tmp_path / "there.gpkg"
    assert run("init", "--store", path).code == 0
    said = run("init", "--sample", "--store", path, sample=faulty_sample).sentence()
    assert "offers.csv" in said
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for table in ("source", "plot", "import_batch", "plots_now"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


@pytest.fixture
def open_folder(sample: Path, what: str) -> Iterator[Path]:
    """A copy of the sample in a folder that every account may look into; one may not be written."""
    folder = Path(tempfile.mkdtemp())
    shutil.copy(sample, folder / "assen.gpkg")
    (folder / "assen.gpkg").chmod(0o444 if what == "file" else 0o666)
    folder.chmod(0o777 if what == "file" else 0o555)
    is_root = os.geteuid() == 0
    if is_root:  # who may write everywhere
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_store_that_may_not_be_written(open_folder: Path, what: str) -> None:
    path = open_folder / "assen.gpkg"
    done = run("match", NEED, "--store", path)
    assert f"may not write to the {what}" in done.sentence()
    assert [item.name for item in open_folder.iterdir()] == ["assen.gpkg"]


def test_full_disk_takes_the_import_back(copy: Path, write: Write) -> None:
    text = "premises,observed_on,recorded_on,source,state\n"
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        codes = [row[0] for row in connection.execute("SELECT code FROM premises")]
        rows = connection.execute("SELECT count(*) FROM vacancy_observation").fetchone()
    days = [f"{year}-0{month}-01" for year in range(1950, 1960) for month in range(1, 10)]
    text += "".join(f"{code},{day},{day},owner,vacant\n" for code in codes[:40] for day in days)
    path = write("v.csv", text)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
    try:
        said = run("import", "vacancy", path, "--store", copy).sentence()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert said.startswith("geo-assen: Store ")
    assert "disk" in said
    assert run("check", "--store", copy).code == 0
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM vacancy_observation").fetchone() == rows


def test_layer_file_with_an_error_is_told_with_file_line_and_reason(
    sample: Path, tmp_path: Path
) -> None:
    layers = tmp_path / "layers"
    shutil.copytree(PROJECT_FOLDER / "layers", layers)
    broken = layers / "plots.toml"
    lines = broken.read_text().splitlines()
    at = next(i for i, line in enumerate(lines) if "max_height_m" in line)
    lines[at] = lines[at].replace('"number"', '"nonsense"')
    broken.write_text("\n".join(lines))
    for arguments in (["match", NEED], ["init", "--store", tmp_path / "new.gpkg"]):
        settings = {} if "init" in arguments else {"store": f"sqlite:///{sample}"}
        said = run(*arguments, layers=layers, **settings).sentence()
        assert f"plots.toml, line {at + 1}" in said
        assert "nonsense" in said or "type" in said
    assert not (tmp_path / "new.gpkg").exists()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.toml", "title = ", "a.toml"),
        ("a.json", "{", "a.json"),
        ("a.toml", '[[constraint]]\nfield = "hight_m"\nmin = 3\n', "hight_m"),
        ("a.toml", '[[constraint]]\nfield = "area_m2"\nmin = "big"\n', "min"),
        ("a.toml", '[[criterion]]\nfield = "area_m2"\nweight = -1\ncurve = {larger = [1, 2]}\n',
         "weight"),
        ("a.toml", '[[constraint]]\nnear = "moon"\nmax_m = 3\n', "moon"),
        ("a.toml", '[[constraint]]\ninside = "ATLANTIS"\n', "ATLANTIS"),
        ("a.toml", 'use = ["magic"]\n', "magic"),
        ("a.toml", "wieght = 3\n", "wieght"),
    ],
)  # fmt: skip
def test_requirement_with_a_fault_names_it(
    sample: Path, write: Write, name: str, text: str, said: str
) -> None:
    done = run("match", write(name, text), "--json", "--store", sample)
    assert said in done.sentence()


def test_names_that_nothing_has(sample: Path, tmp_path: Path) -> None:
    store = ("--store", sample)
    assert "R-99" in run("match", "R-99", *store).sentence()
    assert "none.toml" in run("match", tmp_path / "none.toml", *store).sentence()
    assert "plotz" in run("export", "plotz", *store).sentence()
    assert "plotz" in run("import", "plotz", PLOTS, *store).sentence()
    assert "none.csv" in run("import", "plots", tmp_path / "none.csv", *store).sentence()
    assert "staff" in run("export", "parties", *store).sentence()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--crs", "EPSG:28992"], "take --format gpkg, fgb or csv"),
        (["--format", "geojsonseq", "--crs", "EPSG:4326"], "CRS84 only"),
        (["--format", "csv", "--crs", "EPSG:999999"], "EPSG:999999"),
        (["--format", "csv", "--crs", "nonsense"], "nonsense"),
        (["--filter", "area_m2 >"], "filter"),
        (["--filter", "hight = 3"], "hight"),
        (["--filter", "area_m2 > 'big'"], "area_m2"),
    ],
)
def test_export_that_cannot_be(sample: Path, options: list[str], said: str) -> None:
    assert said.lower() in run("export", "plots", *options, "--store", sample).sentence().lower()


@pytest.mark.parametrize(
    "arguments", [["match", NEED], ["export", "plots"]], ids=["match", "export"]
)
def test_output_that_cannot_be_written(
    sample: Path, tmp_path: Path, arguments: list[object]
) -> None:
    for target in (tmp_path / "no" / "folder.json", tmp_path, Path("/dev/full")):
        said = run(*arguments, "-o", target, "--store", sample).sentence()
        assert f"{target}: cannot be written" in said
    assert list(tmp_path.iterdir()) == []


def test_results_that_nobody_can_take(sample: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "export", "plots", "--store", str(sample)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            cwd=PROJECT_FOLDER,
            check=False,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "standard output: cannot be written" in done.stderr


def test_report_that_cannot_be_written_stops_the_import(copy: Path, tmp_path: Path) -> None:
    text = PLOTS.read_text().replace('"code": "', '"code": "Z')
    path = tmp_path / "z.geojson"
    path.write_text(text)
    before = run("export", "plots", "--store", copy).out
    run("import", "plots", path, "--report", tmp_path / "no" / "r.json", "--store", copy).sentence()
    assert run("export", "plots", "--store", copy).out == before


@pytest.mark.parametrize("name", ["a.csv", "a.xyz", "a.geojson"])
def test_refused_file_has_its_report_too(
    copy: Path, tmp_path: Path, write: Write, name: str
) -> None:
    report = tmp_path / "report.json"
    said = run(
        "import",
        "plots",
        write(name, "nothing useful\nat all\n"),
        "--report",
        report,
        "--store",
        copy,
    ).sentence()
    document = json.loads(report.read_text())
    assert document["file"] == name
    assert document["layers"] == []
    assert document["refused"] in said


def test_rule_of_the_store_is_told_in_the_report(copy: Path, tmp_path: Path, write: Write) -> None:
    report = tmp_path / "report.json"
    outline = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556000))"
    park = f'code,name,gross_area_m2,wkt_rd\nMV,Less than its net,10,"{outline}"\n'
    path = write("o.csv", park)
    said = run("import", "business_parks", path, "--report", report, "--store", copy).sentence()
    assert "nothing was written" in said
    assert json.loads(report.read_text())["refused"] in said


@pytest.fixture
def left_sockets() -> Iterator[None]:
    """The server that could not start leaves its socket to be collected, within this test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


@pytest.mark.usefixtures("left_sockets")
def test_port_in_use_is_told(sample: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = run("serve", "--port", port, "--store", sample).sentence()
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


@pytest.mark.usefixtures("left_sockets")
def test_host_that_is_none_is_told(sample: Path) -> None:
    done = run("serve", "--host", "no.such.host.invalid", "--store", sample)
    assert "cannot listen on no.such.host.invalid:8000" in done.sentence()


@pytest.mark.parametrize("password", ["", "short", "x" * 11])
def test_password_that_is_too_short_is_refused(copy: Path, password: str) -> None:
    done = run("user", "add", "anna", "--store", copy, stdin=f"{password}\n")
    assert "at least 12" in done.sentence()


def test_user_twice_is_refused(copy: Path) -> None:
    assert run("user", "add", "anna", "--store", copy, stdin="a long password\n").code == 0
    assert (
        "already"
        in run("user", "add", "anna", "--store", copy, stdin="a long password\n").sentence()
    )


def test_setting_that_cannot_be_used(sample: Path) -> None:
    said = run("check", store=f"sqlite:///{sample}", busy_timeout_ms="soon").sentence()
    assert "GEO_ASSEN_BUSY_TIMEOUT_MS" in said
