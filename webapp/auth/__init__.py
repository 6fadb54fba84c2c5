"""Sessions: sign in and out, and the role that each view demands.

In: name and password. Out: a session with the user's name and role. Other blueprints mark
their views with ``requires`` of ``webapp.auth.roles``.
"""

from webapp.auth.views import blueprint

__all__ = ["blueprint"]
