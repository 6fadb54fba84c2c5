"""Files in: every format becomes layers of columns in parts; nothing is judged here.

In: a path. Out: an :class:`OpenedFile` with the layers of the file. Formats are told by
content; libraries that could fall over on a hostile file run in a process of their own.
"""

from geo_assen.ingest.read.opening import OpenedFile, open_file, sha256_of

__all__ = ["OpenedFile", "open_file", "sha256_of"]
