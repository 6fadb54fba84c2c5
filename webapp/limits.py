"""Limits on how often an address may ask; counted in the memory of this process."""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

__all__ = ["limiter"]

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
