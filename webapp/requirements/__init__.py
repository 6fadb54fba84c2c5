"""The register of requirements, for staff: the list, one record, and what changes it.

In: forms, files and the need of the match screen as its address has it. Out: pages, and a
record as a file. Nobody else sees anything of it.
"""

from webapp.requirements.views import blueprint

__all__ = ["blueprint"]
