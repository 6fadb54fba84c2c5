"""Whether the server lives and can answer: ``/healthz`` and ``/readyz``, for machines."""

from webapp.health.views import blueprint

__all__ = ["blueprint"]
