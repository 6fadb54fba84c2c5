"""Reviewing vacancy: one of the premises with who said what, what staff saw, and what is next.

In: the answers of ``geo_assen.services`` about one of the premises or about the worklist, and
what staff type on the spot. Out: a page that anybody may read, two forms made for a phone, and
the worklist, also as a file.
"""

from webapp.review.views import blueprint

__all__ = ["blueprint"]
