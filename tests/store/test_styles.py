from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import sqlalchemy as sa

from geo_assen.catalogue import Catalogue, load_catalogue
from geo_assen.settings import PROJECT_FOLDER
from geo_assen.store import read_batch, read_frame, refresh_styles, write_batch
from geo_assen.store.styles import STYLED
from geo_assen.store.tables import layer_styles
from tests.store import outside

SLD = "{http://www.opengis.net/sld}"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue(PROJECT_FOLDER / "layers")


def test_each_derived_layer_gets_the_classes_of_its_legend(
    store: sa.Engine, catalogue: Catalogue
) -> None:
    with write_batch(store) as connection:
        assert refresh_styles(connection, catalogue) == sorted(STYLED)
        assert refresh_styles(connection, catalogue) == sorted(STYLED)
        found = read_frame(connection, layer_styles)
    assert sorted(found["f_table_name"]) == sorted(STYLED)
    for row in found.to_dict("records"):
        layer = catalogue.layer(STYLED[row["f_table_name"]][0])
        assert layer is not None
        assert layer.legend is not None
        wanted = [(item.value, item.title.nl) for item in layer.legend.classes]
        categories = Xml.fromstring(row["styleqml"]).iter("category")  # noqa: S314
        assert [(c.get("value"), c.get("label")) for c in categories] == wanted
        rules = Xml.fromstring(row["stylesld"]).iter(f"{SLD}Rule")  # noqa: S314
        assert [(r.findtext(f"{SLD}Name"), r.findtext(f"{SLD}Title")) for r in rules] == wanted
        assert row["useasdefault"] is True


def test_colour_never_speaks_alone(sqlite_store: sa.Engine, catalogue: Catalogue) -> None:
    """Two classes of one colour must differ in another way."""
    with write_batch(sqlite_store) as connection:
        refresh_styles(connection, catalogue)
        styles = connection.execute(sa.select(layer_styles.c.styleqml)).scalars().all()
    for style in styles:
        symbols = [
            tuple((o.get("name"), o.get("value")) for o in symbol.iter("Option"))
            for symbol in Xml.fromstring(style).iter("symbol")  # noqa: S314
        ]
        assert len(set(symbols)) == len(symbols)


def test_lines_are_as_wide_as_the_jobs_they_carry(
    sqlite_store: sa.Engine, catalogue: Catalogue
) -> None:
    with write_batch(sqlite_store) as connection:
        refresh_styles(connection, catalogue, language="en")
        style = connection.execute(
            sa.select(layer_styles.c.styleqml).where(
                layer_styles.c.f_table_name == "commuter_lines"
            )
        ).scalar_one()
    assert 'scale_linear(&quot;jobs&quot;' in style
    assert 'label="To Assen"' in style


def test_file_with_styles_is_valid(sqlite_store: sa.Engine, catalogue: Catalogue) -> None:
    with write_batch(sqlite_store) as connection:
        refresh_styles(connection, catalogue)
    with read_batch(sqlite_store) as connection:
        schema = connection.execute(sa.select(layer_styles.c.f_table_schema)).scalars().all()
    assert set(schema) == {""}
    sqlite_store.dispose()
    assert outside.faults_of_geopackage(Path(str(sqlite_store.url.database))) == ""
