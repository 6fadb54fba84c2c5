"""The one composition of the web application."""

from __future__ import annotations

import jinja2
from flask import Flask
from flask_compress import Compress

from geo_assen import services
from geo_assen.settings import Settings
from webapp.about import blueprint as about_page
from webapp.auth import blueprint as auth_pages
from webapp.auth.roles import init_roles
from webapp.commuting import blueprint as commuting_pages
from webapp.dossiers import blueprint as dossier_pages
from webapp.errors import init_errors
from webapp.frame import init_frame
from webapp.health import blueprint as health_answers
from webapp.ingest import blueprint as import_pages
from webapp.land import blueprint as land_pages
from webapp.language import init_language
from webapp.leisure import blueprint as leisure_pages
from webapp.limits import limiter
from webapp.map import blueprint as map_pages
from webapp.matching import blueprint as match_pages
from webapp.monitor import blueprint as monitor_pages
from webapp.rasters import blueprint as raster_tiles
from webapp.requirements import blueprint as requirement_pages
from webapp.review import blueprint as review_pages
from webapp.security import init_security
from webapp.sites import blueprint as site_pages
from webapp.splitting import blueprint as splitting_pages
from webapp.store import EXTENSION
from webapp.vacancy import blueprint as vacancy_pages

__all__ = ["create_app"]

BLUEPRINTS = (
    map_pages,
    raster_tiles,
    site_pages,
    match_pages,
    land_pages,
    vacancy_pages,
    commuting_pages,
    leisure_pages,
    monitor_pages,
    splitting_pages,
    dossier_pages,
    review_pages,
    requirement_pages,
    import_pages,
    about_page,
    auth_pages,
    health_answers,
)

_COMPRESSED = [
    "text/html",
    "text/css",
    "text/javascript",
    "text/csv",
    "application/json",
    "application/geo+json",
]


def create_app(settings: Settings) -> Flask:
    """Open the store once and put the application together.

    Raises
    ------
    StoreError
        If the store cannot be opened.
    LayerDefinitionError
        If a file of the catalogue is wrong.
    SettingsError
        If no session key can be had.
    """
    app = Flask("webapp")
    app.jinja_env.undefined = jinja2.StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[EXTENSION] = services.open_store(settings)
    init_security(app, settings)
    # The language comes before the roles, so that a refusal is in the reader's language.
    init_language(app)
    init_roles(app)
    init_errors(app)
    init_frame(app)
    limiter.init_app(app)
    app.config["COMPRESS_MIMETYPES"] = _COMPRESSED
    Compress(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
