"""What each command answers when all is well."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import pytest
from flask.testing import FlaskClient

from geo_assen import Requirement, Store, __version__, match, services
from geo_assen.settings import PROJECT_FOLDER, Settings
from tests.cli.running import run, run_outside
from tests.services.sample import settings_of
from webapp import create_app

Write = Callable[[str, str], Path]
NEED = PROJECT_FOLDER / "data" / "assen" / "requirements" / "distribution-centre.toml"
COMMANDS = ("init", "import", "match", "export", "check", "serve", "settings", "user", "user add")
FIGURES = ("id", "verdict", "score", "score_low", "score_high", "reliability")
SQUARE = "POLYGON((233000 556000, 233100 556000, 233100 556100, 233000 556100, 233000 556000))"


@pytest.mark.parametrize("command", ["", *COMMANDS])
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_is_everywhere(command: str, flag: str) -> None:
    done = run(*command.split(), flag)
    assert done.code == 0
    assert "Usage" in done.text


def test_version_is_printed() -> None:
    assert run("--version").text == f"{__version__}\n"


def test_store_is_made_filled_and_sound(tmp_path: Path) -> None:
    path = tmp_path / "new" / "assen.gpkg"
    done = run_outside("init", "--sample", "--store", path)
    assert (done.code, done.out) == (0, b""), done.err
    assert str(path) in done.err
    checked = run("check", store=f"sqlite:///{path}")
    assert (checked.code, checked.text, checked.err) == (0, "The store is sound.\n", "")
    assert json.loads(run("check", "--json", "--store", path).text) == {
        "sound": True, "findings": [],
    }  # fmt: skip


def test_init_twice_keeps_what_is_there(copy: Path) -> None:
    before = len(json.loads(run("export", "plots", "--store", copy).out)["features"])
    assert run("init", "--store", copy).code == 0
    assert len(json.loads(run("export", "plots", "--store", copy).out)["features"]) == before


def test_default_store_lies_in_the_project_folder() -> None:
    wanted = f"GEO_ASSEN_STORE=sqlite:///{PROJECT_FOLDER / 'var' / 'assen.gpkg'}\n"
    assert wanted in run("settings").text


def test_settings_are_listed_with_meaning_and_without_secrets() -> None:
    address = "postgresql+psycopg://anna:geheim@localhost/assen"
    done = run("settings", store=address, secret_key="very secret")
    listed = json.loads(run("settings", "--json", store=address, secret_key="very secret").text)
    assert "geheim" not in done.text + json.dumps(listed)
    assert "very secret" not in done.text + json.dumps(listed)
    assert [row["name"] for row in listed] == [row[0] for row in Settings().described()]
    assert all(row["meaning"] for row in listed)


def figures(results: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(result[name] for name in FIGURES) for result in results]


@pytest.fixture(scope="module")
def client(sample: Path) -> FlaskClient:
    app = create_app(settings_of(sample))
    yield app.test_client()
    app.extensions["geo_assen"].close()


def test_same_figures_by_every_door(sample: Path, client: FlaskClient) -> None:
    day = "2026-11-01"
    asked = ("match", NEED, "--as-of", day, "--top", "25", "--store", sample)
    document = json.loads(run(*asked, "--format", "json").out)
    geojson = json.loads(run(*asked, "--format", "geojson").out)
    stored = json.loads(run("match", "R-01", *asked[2:], "--json").out)

    store = Store(f"sqlite:///{sample}")
    requirement = Requirement.load(NEED)
    ranking = match(requirement, store.sites(as_of=date(2026, 11, 1)), as_of=date(2026, 11, 1))
    wanted = ranking.to_json_document(25)
    store.close()
    query = dict(requirement.to_query()) | {"as_of": [day], "limit": ["25"]}
    page = json.loads(client.get("/match.geojson", query_string=query).text)

    assert document == json.loads(json.dumps(wanted))
    assert stored == document
    for answer in (geojson, page):
        rows = [feature["properties"] for feature in answer["features"]]
        assert figures(rows) == figures(document["results"])
    assert [f["properties"]["constraints"] for f in geojson["features"]] == [
        result["constraints"] for result in document["results"]
    ]


def test_match_json_has_the_agreed_shape(sample: Path) -> None:
    done = run("match", NEED, "--as-of", "2026-11-01", "--json", "--store", sample)
    document = json.loads(done.out)
    assert done.err == ""
    assert {"requirement", "as_of", "method_version", "results"} <= set(document)
    assert (document["requirement"], document["as_of"]) == ("R-01", "2026-11-01")
    assert len(document["results"]) == 10
    for result in document["results"]:
        assert set(result) >= {"id", "kind", "name", *FIGURES, "constraints", "criteria"}
        assert result["kind"] == result["id"].partition(":")[0]
        assert result["verdict"] in {"pass", "unknown", "fail"}
        assert 0 <= result["score_low"] <= result["score"] <= result["score_high"] <= 1
        for constraint in result["constraints"]:
            assert {"name", "verdict", "value", "limit", "shortfall", "unit"} <= set(constraint)
            assert (constraint["shortfall"] is not None) <= (constraint["verdict"] == "fail")
        for criterion in result["criteria"]:
            assert {
                "name", "weight", "value", "unit", "desirability", "contribution", "source", "date",
            } <= set(criterion)  # fmt: skip
    assert b"party" not in done.out


def test_requirement_may_be_json_too(sample: Path, write: Write) -> None:
    path = write("need.json", json.dumps(Requirement.load(NEED).to_document(), default=str))
    by_json = run("match", path, "--json", "--store", sample)
    by_toml = run("match", NEED, "--json", "--store", sample)
    assert by_json.code == 0, by_json.err
    assert json.loads(by_json.out) == json.loads(by_toml.out)


def test_table_is_for_people(sample: Path) -> None:
    done = run("match", NEED, "--top", "3", "--as-of", "2026-11-01", "--store", sample)
    assert done.code == 0
    assert "as of 2026-11-01" in done.text
    assert done.text.count("plot:") + done.text.count("premises:") >= 3


def test_name_with_brackets_is_shown_as_it_is(copy: Path, write: Write) -> None:
    park = a_park(copy)
    row = f'N1,{park},12000,[bold] :smile: Kavel,"{SQUARE}"\n'
    path = write("a.csv", "code,park,area_m2,name,wkt_rd\n" + row)
    assert run("import", "plots", path, "--store", copy).code == 0
    need = write("need.toml", '[[constraint]]\nfield = "area_m2"\nmin = 12000\nmax = 12000\n')
    shown = run("match", need, "--top", "50", "--store", copy).text
    assert "[bold] :smile: Kavel" in shown


def a_park(path: Path) -> str:
    store = services.open_store(settings_of(path))
    park = str(store.table("business_park")["code"].iloc[0])
    store.close()
    return park


def test_answer_goes_to_a_file(sample: Path, tmp_path: Path) -> None:
    target = tmp_path / "ranking.json"
    target.write_text("older and longer " * 10_000)
    done = run("match", NEED, "--json", "-o", target, "--store", sample)
    assert (done.code, done.out, done.err) == (0, b"", "")
    assert json.loads(target.read_text())["requirement"] == "R-01"
    assert [path.name for path in tmp_path.iterdir()] == ["ranking.json"]


def test_store_is_named_by_option_before_environment(sample: Path, tmp_path: Path) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'none.gpkg'}"
    assert run("check", "--store", f"sqlite:///{sample}", store=elsewhere).code == 0
    assert run("check", store=f"sqlite:///{sample}").code == 0
    assert run("check", store=sample).code == 0


def test_import_reports_on_screen_and_in_a_file(copy: Path, tmp_path: Path, write: Write) -> None:
    park = a_park(copy)
    rows = f'N1,{park},10000,"{SQUARE}"\nN2,?,10000,"{SQUARE}"\n'
    path = write("a.csv", "code,park,area_m2,wkt_rd\n" + rows)
    report = tmp_path / "report.json"

    tried = run("import", "plots", path, "--dry-run", "--json", "--store", copy)
    done = run("import", "plots", path, "--report", report, "--json", "--store", copy)

    assert (tried.code, done.code) == (0, 0)
    assert json.loads(done.out) == json.loads(report.read_text())
    tried_layers = json.loads(tried.out)["layers"]
    assert [{**part, "import": None} for part in json.loads(done.out)["layers"]] == tried_layers
    (layer,) = json.loads(report.read_text())["layers"]
    assert (layer["rows_read"], layer["accepted"], layer["quarantined"]) == (2, 1, 1)
    again = run("import", "plots", path, "--strict", "--store", copy)
    assert again.code == 1
    assert "rows set aside: 1; with --strict nothing of the file was written" in again.err
    assert "1 unchanged" in again.text


def test_import_takes_all_its_options(copy: Path, write: Write) -> None:
    park = a_park(copy)
    path = write("a.csv", f'a,b,c,wkt\nN1,{park},10000,"{SQUARE}"\n')
    mapping = write("map.toml", '[columns]\na = "code"\nb = "park"\nc = "area_m2"\n')
    done = run(
        "import", "plots", path, "--map", mapping, "--crs", "EPSG:28992",
        "--source", "Bureau Meting", "--store", copy,
    )  # fmt: skip
    assert done.code == 0, done.err
    shown = run("export", "plots", "--filter", "code = 'N1'", "--store", copy)
    (feature,) = json.loads(shown.out)["features"]
    assert feature["properties"]["source_name"] == "Bureau Meting"


def test_export_cuts_filters_and_dates(sample: Path) -> None:
    def codes(*options: object) -> set[str]:
        done = run("export", "plots", *options, "--store", sample)
        assert done.code == 0, done.err
        return {feature["id"] for feature in json.loads(done.out)["features"]}

    whole = codes()
    assert codes("--bbox", "-180,-90,180,90") == whole
    assert codes("--bbox", "-75,40,-74,41") == set()
    assert codes("--bbox", "170,-80,171,-79") == set()
    part = codes("--bbox", "6.5,52.9,6.56,53.0")
    assert set() < part < whole
    big = codes("--filter", "area_m2 > 20000")
    assert set() < big < whole
    assert codes("--bbox", "6.5,52.9,6.56,53.0", "--filter", "area_m2 > 20000") == big & part
    issued = codes("--filter", "status = 'issued'", "--as-of", "2016-12-31")
    assert issued < codes("--filter", "status = 'issued'")


@pytest.mark.parametrize(
    ("crs", "lowest"),
    [(None, 200_000), ("EPSG:28992", 200_000), ("EPSG:4258", 6), ("OGC:CRS84", 6)],
)
@pytest.mark.parametrize("kind", ["gpkg", "fgb"])
def test_export_in_another_reference_system(
    sample: Path, tmp_path: Path, crs: str | None, lowest: float, kind: str
) -> None:
    chosen = ["--crs", crs] if crs else []
    done = run("export", "plots", "--format", kind, *chosen, "--store", sample)
    assert done.code == 0, done.err
    path = tmp_path / f"plots.{kind}"
    path.write_bytes(done.out)
    frame = gpd.read_file(path)
    assert len(frame) > 100
    assert lowest <= frame.total_bounds[0] < lowest * 1.2
    assert frame.crs is not None


def test_export_hides_the_contact_unless_staff_asks(sample: Path) -> None:
    public = run("export", "offers", "--format", "csv", "--store", sample)
    staff = run("export", "offers", "--format", "csv", "--staff", "--store", sample)
    assert b"contact" not in public.out
    assert b"contact-broker" not in public.out
    assert b"contact-broker" in staff.out


def test_account_is_made_from_a_piped_password(copy: Path) -> None:
    done = run("user", "add", "anna", "--store", copy, stdin="a long enough password\n")
    assert (done.code, done.out) == (0, b""), done.err
    store = services.open_store(settings_of(copy))
    assert services.authenticate(store, "anna", "a long enough password")
    store.close()


def test_password_is_never_an_argument(copy: Path) -> None:
    assert "password" not in "".join(
        line
        for line in run("user", "add", "--help").text.splitlines()
        if line.strip("│ ").startswith("-")
    )
    for extra in (["secret-secret"], ["--password", "secret-secret"]):
        done = run("user", "add", "anna", *extra, "--store", copy)
        assert done.code == 2
