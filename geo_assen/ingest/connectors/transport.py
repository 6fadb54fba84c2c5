"""Ask a public service for JSON: one way for all connectors, careful on both sides.

Only https (plain http for this machine itself), no way to another host, certificates
verified, proxies of the environment respected. Every failure ends in one sentence.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from html import unescape
from importlib import metadata
from typing import Any, NoReturn
from urllib import error, parse, request

from geo_assen.errors import ServiceUnavailable

__all__ = ["Answer", "Client", "Parameters", "same_host"]

Parameters = Iterable[tuple[str, str]]

_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_BUSY = {429, 500, 502, 503, 504}
"""Answers after which the same question may be put again."""
_USUAL_PORT = {"http": 80, "https": 443}
_LONGEST_WAIT_S = 60.0
_CHUNK_BYTES = 65_536
_ERROR_BYTES = 65_536
"""Part of an error page that is read: enough to find out what it says."""
_SLOWEST = 10
"""An answer may take this many times the timeout as a whole."""


class _Refused(Exception):
    """The answer cannot be used; asking again does not help."""


class _Passing(Exception):
    """The service is busy or the line broke; asking again may help."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Answer:
    """What a service answered.

    Attributes
    ----------
    address
        Address that was asked, with its parameters.
    document
        The JSON as Python objects.
    headers
        Headers of the answer.
    """

    address: str
    document: Any
    headers: Message


class Client:
    """Asks services, one question at a time.

    Parameters
    ----------
    timeout_s
        How long a service may be silent, in seconds.
    attempts
        How often a question is put at most while the service is busy.
    max_bytes
        Largest answer that is taken, unpacked.
    sleep, clock
        How to wait a number of seconds, and which second it is.
    """

    def __init__(
        self,
        *,
        timeout_s: float = 20,
        attempts: int = 4,
        max_bytes: int = 100_000_000,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._max_bytes = max_bytes
        self._sleep = sleep
        self._clock = clock
        self._opener = _opener()

    def get_json(self, service: str, address: str, parameters: Parameters = ()) -> Answer:
        """Ask for JSON.

        Parameters
        ----------
        service
            Name of the service, as a message tells it.
        address
            Address; what its own query says stays.
        parameters
            Further parameters, in order; a name may be given more than once.

        Raises
        ------
        ServiceUnavailable
            If there is no answer, or none that can be used.
        """
        full = _with_parameters(address, parameters)
        try:
            _check_address(full)
            return self._asked_patiently(full)
        except (_Refused, _Passing) as failure:
            raise ServiceUnavailable(service, _without_query(full), str(failure)) from failure
        except ValueError as failure:
            reason = f"its address cannot be read ({failure}); correct the setting"
            raise ServiceUnavailable(service, address, reason) from failure

    def _asked_patiently(self, address: str) -> Answer:
        for attempt in range(1, self._attempts + 1):
            try:
                return self._asked(address)
            except _Passing as passing:
                wait_s = 2.0 ** (attempt - 1) if passing.wait_s is None else passing.wait_s
                if attempt == self._attempts or wait_s > _LONGEST_WAIT_S:
                    raise
                self._sleep(wait_s)
        raise _Refused("it was not asked")

    def _asked(self, address: str) -> Answer:
        question = request.Request(  # noqa: S310 -- _check_address allows https only
            address,
            headers={
                "Accept": "application/geo+json, application/json;q=0.9",
                "Accept-Encoding": "gzip",
                "User-Agent": f"geo_assen/{_version()} (business locations of a municipality)",
            },
        )
        try:
            with self._opener.open(question, timeout=self._timeout_s) as response:
                body = self._body(response)
                return Answer(address, _parsed(body), response.headers)
        except error.HTTPError as failure:
            with failure:
                _explain(failure)
        except error.URLError as failure:
            _tell_broken_line(failure.reason, self._timeout_s)
        except http.client.InvalidURL as failure:
            raise ValueError(str(failure)) from failure
        except (OSError, http.client.HTTPException) as failure:
            _tell_broken_line(failure, self._timeout_s)

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Read the answer, unpacked, as long as it stays within time and size."""
        packed = (response.headers.get("Content-Encoding") or "").lower() == "gzip"
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16) if packed else None
        latest = self._clock() + _SLOWEST * self._timeout_s
        parts: list[bytes] = []
        size = 0
        while chunk := response.read1(_CHUNK_BYTES):
            part = _unpacked(unpacker, chunk, self._max_bytes) if unpacker else chunk
            size += len(part)
            if size > self._max_bytes:
                raise _Refused(f"its answer is larger than {self._max_bytes // 1_000_000} MB")
            if self._clock() > latest:
                raise _Refused(f"its answer takes longer than {_SLOWEST * self._timeout_s:g} s")
            parts.append(part)
        if response.length:  # what was promised did not come
            raise _Passing("its answer breaks off")
        if unpacker and not unpacker.eof:
            raise _Passing("its answer breaks off")
        return b"".join(parts)


def same_host(address: str, link: str) -> str | None:
    """Resolve a link found at an address, if it stays on that host.

    A link with http at a service that was asked by https is followed by https: services
    behind a gateway write them so.

    Returns
    -------
    The full address, or None where the link leads to another host.
    """
    here = parse.urlsplit(address)
    try:
        there = parse.urlsplit(parse.urljoin(address, link))
        port = there.port
    except ValueError:
        return None
    if there.scheme not in {"http", "https"} or there.hostname != here.hostname:
        return None
    usual = _USUAL_PORT[there.scheme if port else here.scheme]
    if (port or usual) != (here.port or _USUAL_PORT[here.scheme]):
        return None
    return parse.urlunsplit(there._replace(scheme=here.scheme, netloc=here.netloc))


class _SameHostRedirects(request.HTTPRedirectHandler):
    """Follows a service that moved on its own host, and nowhere else."""

    def redirect_request(
        self,
        req: request.Request,
        fp: Any,
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> request.Request | None:
        """Give the question for the new address, or refuse to go there."""
        inside = same_host(req.full_url, newurl)
        if inside is None:
            fp.close()
            host = parse.urlsplit(newurl).hostname
            raise _Refused(f"it sends us on to another host ({host})")
        return super().redirect_request(req, fp, code, msg, headers, inside)


def _version() -> str:
    """Version as it was installed; a checkout that was not installed has none."""
    try:
        return metadata.version("geo-assen")
    except metadata.PackageNotFoundError:
        return "0"


def _opener() -> request.OpenerDirector:
    """Opener that knows http and https alone: no files, no ftp."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.UnknownHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(context=ssl.create_default_context()),
        request.HTTPDefaultErrorHandler(),
        _SameHostRedirects(),
        request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _check_address(address: str) -> None:
    parts = parse.urlsplit(address)
    if parts.hostname and parts.scheme == "https":
        return
    if parts.scheme == "http" and parts.hostname in _THIS_MACHINE:
        return
    raise _Refused("its address does not begin with https://; correct the setting")


def _with_parameters(address: str, parameters: Parameters) -> str:
    query = parse.urlencode(list(parameters), quote_via=parse.quote, safe="$,:/'()")
    if not query:
        return address
    return f"{address}{'&' if parse.urlsplit(address).query else '?'}{query}"


def _without_query(address: str) -> str:
    """Address as a message may show it: what was looked for may be about a person."""
    return parse.urlunsplit(parse.urlsplit(address)._replace(query="", fragment=""))


def _unpacked(unpacker: Any, chunk: bytes, max_bytes: int) -> bytes:
    try:
        part: bytes = unpacker.decompress(chunk, max_bytes + 1)
    except zlib.error as failure:
        raise _Refused("its answer is packed wrongly") from failure
    return part


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as failure:
        title = _page_title(body)
        if title is not None:
            raise _Refused(f"it sends a page instead of data{title}") from failure
        raise _Refused("its answer is no JSON, or breaks off") from failure


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


def _explain(failure: error.HTTPError) -> NoReturn:
    """Turn an HTTP error into a reason, with what the service says about it."""
    reason = f"it answers {failure.code}{_said(failure)}"
    if failure.code in _BUSY:
        wait_s = _wait_s(failure.headers)
        if wait_s is not None and wait_s > _LONGEST_WAIT_S:
            reason += f"; it asks to wait {wait_s:.0f} s"
        raise _Passing(reason, wait_s) from failure
    raise _Refused(reason) from failure


def _said(failure: error.HTTPError) -> str:
    """What an error page says, short: ': ...', or nothing."""
    try:
        body = failure.read(_ERROR_BYTES)
        if (failure.headers.get("Content-Encoding") or "").lower() == "gzip":
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error, http.client.HTTPException):
        return ""
    try:
        text = _message_of(json.loads(body))
    except (ValueError, RecursionError):
        return _page_title(body) or ""
    return f": {_short(text)}" if text else ""


def _message_of(document: Any) -> str | None:
    """Sentence in a JSON error: problem details, Solr's, or either OData's."""
    if isinstance(document, str):
        return document
    if not isinstance(document, dict):
        return None
    for name in ("detail", "title", "message", "msg", "description", "value"):
        if isinstance(document.get(name), str):
            return str(document[name])
    for name in ("error", "odata.error", "message"):
        inner = _message_of(document.get(name))
        if inner:
            return inner
    return None


def _page_title(body: bytes) -> str | None:
    """Title of an HTML page as ': title', '' where it has none; None: no page at all."""
    text = body[:_ERROR_BYTES].decode("utf-8", errors="replace")
    if not re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html)", text, re.IGNORECASE):
        return None
    found = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    title = _short(unescape(found[1])) if found else ""
    return f": {title}" if title else ""


def _short(text: str) -> str:
    line = " ".join(text.split()).rstrip(".")
    return line if len(line) <= 200 else f"{line[:197]}..."


def _wait_s(headers: Message) -> float | None:
    """Seconds that Retry-After asks for; a date counts from the Date of the answer."""
    asked = headers.get("Retry-After")
    if asked is None:
        return None
    if asked.strip().isdecimal():
        return float(asked)
    try:
        until = parsedate_to_datetime(asked)
        now = parsedate_to_datetime(str(headers.get("Date")))
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return None


def _tell_broken_line(cause: object, timeout_s: float) -> NoReturn:
    if isinstance(cause, TimeoutError):
        raise _Refused(f"it does not answer within {timeout_s:g} s")
    if isinstance(cause, ssl.SSLCertVerificationError):
        raise _Refused(f"its certificate cannot be trusted: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError):
        raise _Refused(f"there is no secure connection: {_short(cause.reason or str(cause))}")
    if isinstance(cause, (ConnectionResetError, BrokenPipeError, http.client.HTTPException)):
        raise _Passing("the connection broke off")
    said = getattr(cause, "strerror", None) or str(cause)
    raise _Refused(f"there is no connection: {_short(said)}")
