"""How a file that waits would be read: proposed by the program, chosen by the user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from geo_assen import services
from geo_assen.services import ImportOptions, LayerProposal, Mapping, Store
from webapp.ingest.uploads import Upload, stored_upload
from webapp.store import current_store

__all__ = ["Choice", "choice_of", "keep_choice", "options_of", "proposals", "waiting"]

_SHOWN_SIGNS = 200
"""Signs of an example that are kept; a cell may hold a whole book."""


@dataclass(frozen=True)
class Choice:
    """What the user said about a file.

    Attributes
    ----------
    mappings
        By name of the layer in the file; one that is not there is read as proposed.
    crs, geometry_column, source
        As in :class:`~geo_assen.services.ImportOptions`.
    """

    mappings: dict[str, Mapping] = field(default_factory=dict)
    crs: str | None = None
    geometry_column: str | None = None
    source: str | None = None


def waiting(token: str) -> Upload:
    """Upload of that name.

    Raises
    ------
    NotFound
        If there is none.
    """
    return stored_upload(current_store().settings.uploads, token)


def proposals(store: Store, upload: Upload) -> list[LayerProposal]:
    """How each layer of the file would be read; worked out once and kept beside it.

    Raises
    ------
    FileRefused
        If the file cannot be read.
    """
    kept = upload.read("proposal")
    if kept is None:
        options = options_of(upload)
        found = services.propose_mapping(store, upload.layer, upload.path, options)
        kept = [_document(item) for item in found]
        upload.write("proposal", kept)
    return [_proposal(item) for item in kept]


def choice_of(upload: Upload) -> Choice:
    """What was chosen so far."""
    kept = upload.read("choice")
    if kept is None:
        return Choice()
    mappings = {name: Mapping.from_document(said) for name, said in kept["mappings"].items()}
    return Choice(mappings, kept["crs"], kept["geometry_column"], kept["source"])


def keep_choice(upload: Upload, choice: Choice) -> None:
    """Write down what was chosen."""
    upload.write("choice", {
        "mappings": {name: said.document() for name, said in choice.mappings.items()},
        "crs": choice.crs,
        "geometry_column": choice.geometry_column,
        "source": choice.source,
    })  # fmt: skip


def options_of(upload: Upload) -> ImportOptions:
    """The choice as an import takes it."""
    choice = choice_of(upload)
    return ImportOptions(
        mappings=choice.mappings,
        crs=choice.crs,
        geometry_column=choice.geometry_column,
        source=choice.source,
    )


def _document(item: LayerProposal) -> dict[str, Any]:
    return {
        "name": item.name,
        "rows": item.rows,
        "columns": [
            [name, [text[:_SHOWN_SIGNS] for text in texts]] for name, texts in item.columns.items()
        ],
        "crs": item.crs,
        "geometry_columns": list(item.geometry_columns),
        "mapping": item.mapping.document(),
    }


def _proposal(kept: dict[str, Any]) -> LayerProposal:
    return LayerProposal(
        name=kept["name"],
        rows=kept["rows"],
        columns=dict(kept["columns"]),
        crs=kept["crs"],
        geometry_columns=tuple(kept["geometry_columns"]),
        mapping=Mapping.from_document(kept["mapping"]),
    )
