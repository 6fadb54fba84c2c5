"""Import by staff: send a file, approve how it is read, check it, look, and let it land.

In: a file of a user, and the use cases of ``geo_assen.services``. Out: pages that show what
was read, what would change and what was set aside; the same rows as GeoJSON for the map of
each page. Long work runs in threads (``jobs.py``), told by small files beside the upload.
"""

from webapp.ingest.views import blueprint

__all__ = ["blueprint"]
