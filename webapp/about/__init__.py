"""The page ``/about``: what this is, where data come from, which components it is made of."""

from webapp.about.views import blueprint

__all__ = ["blueprint"]
