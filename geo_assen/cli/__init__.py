"""The command ``geo-assen``: results on stdout, everything else on stderr.

Exit code 0: done; 1: the input is refused, with the reason; 2: the command is used wrongly.
"""

from geo_assen.cli import (
    commands,
    commuting,
    data,
    fetching,
    ibis,
    ladder,
    matching,
    reach,
    requirements,
    uptake,
    vacancy,
)
from geo_assen.cli.application import app, main

__all__ = [
    "app",
    "commands",
    "commuting",
    "data",
    "fetching",
    "ibis",
    "ladder",
    "main",
    "matching",
    "reach",
    "requirements",
    "uptake",
    "vacancy",
]
