"""The page of matching: the need at the left, ranked sites and their map in step."""

from webapp.matching.compare import blueprint

__all__ = ["blueprint"]
