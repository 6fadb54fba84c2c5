"""What protects the pages: headers, content policy with a nonce, and the session key."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from geo_assen.errors import SettingsError
from geo_assen.settings import Settings

__all__ = ["content_policy", "csrf", "init_security", "nonce", "secret_key"]

csrf = CSRFProtect()

_SQLITE = "sqlite:///"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def nonce() -> str:
    """One-time word that the scripts and styles of this answer carry."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    word: str = g.nonce
    return word


def content_policy(word: str, basemap_url: str) -> str:
    """Content-Security-Policy of an answer.

    Parameters
    ----------
    word
        The nonce of the answer.
    basemap_url
        Template of base map tiles; its origin may serve images. Empty: nobody else may.
    """
    images = " ".join(filter(None, ("'self'", "data:", _origin(basemap_url))))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{word}'",
            f"style-src 'self' 'nonce-{word}'",
            f"img-src {images}",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def init_security(app: Flask, settings: Settings) -> None:
    """Set the key, the cookie rules, the guard of forms and the headers of every answer."""
    app.config.update(
        SECRET_KEY=secret_key(settings),
        SESSION_COOKIE_NAME="geo_assen",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; a form left open stays valid
        MAX_CONTENT_LENGTH=1024 * 1024,  # forms only; a view that takes files raises its own
    )
    csrf.init_app(app)
    app.jinja_env.globals["nonce"] = nonce

    @app.after_request
    def protect(answer: Response) -> Response:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers["Content-Security-Policy"] = content_policy(nonce(), settings.basemap_url)
        if settings.secure_cookies:
            answer.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint != "static":
            answer.headers.setdefault("Cache-Control", "private, no-cache")
        return answer


def secret_key(settings: Settings) -> str:
    """Key that signs sessions: the set one, else one made once and kept beside the store.

    The file is readable by its owner alone. Two processes that start together agree: the
    first one to lay the file wins, and both read it.

    Raises
    ------
    SettingsError
        If no key is set and the store is not a file, or the folder cannot be written.
    """
    if settings.secret_key:
        return settings.secret_key
    if not settings.store.startswith(_SQLITE):
        raise SettingsError("GEO_ASSEN_SECRET_KEY", "", "a long random text for a shared store")
    path = Path(settings.store.removeprefix(_SQLITE)).with_suffix(".key")
    try:
        if not path.exists():
            _lay_key(path)
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise SettingsError(
            "GEO_ASSEN_SECRET_KEY", "", f"a key, since {path} cannot be written or read"
        ) from error


def _lay_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        draft.unlink()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.replace("{s}", "*")
    return f"{parts.scheme}://{host}" if host else ""
