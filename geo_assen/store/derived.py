"""Derived layers: their values are worked out, their outlines stay in the database."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa

from geo_assen.store.tables import DERIVED
from geo_assen.store.writing import bulk_writing, insert_frame

__all__ = ["replace_beside"]


def replace_beside(
    connection: sa.Connection, table: sa.Table, frame: pd.DataFrame, origin: sa.Table, key: str
) -> int:
    """Put rows in the place of all rows of a derived layer, each where its record lies.

    The outlines go from table to table inside the database: taking a million of them out
    and putting them back would cost more than working out all the values.

    Parameters
    ----------
    frame
        Values of the layer without geometry, one row a record.
    origin
        Table with the records; its ``geom`` is taken over.
    key
        Column of the frame that holds the code of the record.

    Raises
    ------
    ValueError
        If the table is not a derived one: facts are never replaced wholesale.
    """
    if table.name not in DERIVED:
        raise ValueError(f"{table.name} holds facts; only {', '.join(DERIVED)} are replaced")
    values = sa.Table(
        f"values_of_{table.name}",
        sa.MetaData(),
        *(sa.Column(name, table.c[name].type) for name in frame.columns),
        prefixes=["TEMPORARY"],
    )
    values.create(connection)
    insert_frame(connection, values, frame)
    drawn = sa.select(*values.columns, origin.c.geom).join(origin, origin.c.code == values.c[key])
    with bulk_writing(connection, table, len(frame)):
        connection.execute(sa.delete(table))
        names = [*frame.columns, "geom"]
        connection.execute(sa.insert(table).from_select(names, drawn.order_by(origin.c.id)))
    values.drop(connection)
    return len(frame)
