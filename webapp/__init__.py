"""The pages: Flask and folium over the services, with no rules of the domain in it.

In: :class:`geo_assen.settings.Settings`. Out: ``create_app(settings)``, the only place
where the application is put together.
"""

from webapp.application import create_app

__all__ = ["create_app"]
