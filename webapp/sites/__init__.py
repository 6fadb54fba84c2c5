"""The pages of sites: the filtered list with its map and downloads, and one site on one A4."""

from webapp.sites.views import blueprint

__all__ = ["blueprint"]
