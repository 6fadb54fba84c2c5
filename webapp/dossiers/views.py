"""The views of the dossiers, gathered: each module of them registers its own."""

from __future__ import annotations

from webapp.dossiers import balance, ladder
from webapp.dossiers.blueprint import blueprint

__all__ = ["balance", "blueprint", "ladder"]
