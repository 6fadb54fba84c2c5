"""Views of splitting and merging, in two modules on one blueprint."""

from webapp.splitting import merger, split
from webapp.splitting.blueprint import blueprint

__all__ = ["blueprint", "merger", "split"]
