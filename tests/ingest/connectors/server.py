"""A service on this machine: real answers over a real connection, and what was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

RECORDED = Path(__file__).parents[2] / "recorded"


@dataclass
class Reply:
    """One answer. ``silent``: none ever comes; ``promised``: the length that is claimed."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    promised: int | None = None


@dataclass
class Asked:
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return dict(self.query)[name]


class Service:
    """Answers by path; several replies for a path are given in turn, the last for ever."""

    def __init__(self, url: str, ended: threading.Event) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self.ended = ended
        self._replies: dict[str, list[Reply]] = {}

    def reply(self, path: str, *replies: Reply) -> None:
        self._replies[path] = list(replies)

    def json(self, path: str, *documents: Any, **headers: str) -> None:
        """Answer with JSON; ``{url}`` in it stands for the address of this service."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        self.reply(path, *(Reply(self._bytes(d), headers=told) for d in documents))

    def recorded(self, path: str, *names: str, **headers: str) -> None:
        texts = [(RECORDED / name).read_text(encoding="utf-8") for name in names]
        self.json(path, *(json.loads(text) for text in texts), **headers)

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        replies = self._replies.get(asked.path)
        if not replies:
            return Reply(b'{"title": "Not Found"}', 404)
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _bytes(self, document: Any) -> bytes:
        return json.dumps(document).replace("{url}", self.url).encode()


def without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of this machine stand between client and service."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def served() -> Iterator[Service]:
    ended = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler())
    service = Service(f"http://127.0.0.1:{server.server_port}", ended)
    server.RequestHandlerClass.service = service
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _handler() -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        service: Service

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Asked(parts.path, parse_qsl(parts.query), dict(self.headers))
            reply = self.service.answer(asked)
            if reply.silent:
                self.service.ended.wait()
                return
            if "Date" in reply.headers:
                self.send_response_only(reply.status)
            else:
                self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value.replace("{url}", self.service.url))
            self.send_header("Content-Length", str(reply.promised or len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
