"""Papers for other governments: the Ladder dossier of a development, and the yearly balance.

In: a development that staff fill in or send as a file, and a year. Out: what the dossier holds
and lacks, both of it as files, and the balance of work locations in the shape of IBIS, which
staff can also bring in. A development is never stored.
"""

from webapp.dossiers.views import blueprint

__all__ = ["blueprint"]
