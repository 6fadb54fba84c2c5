"""Services are asked with care, and every failure is one sentence."""

from __future__ import annotations

import gzip
import socket

import pytest

from geo_assen import __version__
from geo_assen.errors import ServiceUnavailable
from geo_assen.ingest.connectors import Client
from geo_assen.ingest.connectors.transport import same_host
from tests.ingest.connectors.server import Reply, Service

BUSY = Reply(b"", 429, {"Retry-After": "7"})
DOWN = Reply(b"", 503)
WELL = Reply(b'{"well": true}')


def refusal(client: Client, address: str) -> str:
    with pytest.raises(ServiceUnavailable) as refused:
        client.get_json("Test service", address)
    text = str(refused.value)
    assert text.startswith("Test service (http")
    assert "nothing was changed" in text
    assert "\n" not in text
    return text


def test_json_comes_with_its_address_and_headers(service, client):
    service.reply("/a", Reply(b'{"x": [1, 2.5, "\xc3\xa9"]}', headers={"Content-Crs": "<here>"}))
    answer = client.get_json("Test", f"{service.url}/a?f=json", [("q", "Café & co"), ("q", "b")])
    assert answer.document == {"x": [1, 2.5, "é"]}
    assert answer.headers["Content-Crs"] == "<here>"
    assert service.asked[0].query == [("f", "json"), ("q", "Café & co"), ("q", "b")]
    assert answer.address.startswith(f"{service.url}/a?f=json&q=Caf")


def test_the_client_says_who_it_is(service, client):
    service.reply("/a", WELL)
    client.get_json("Test", f"{service.url}/a")
    assert service.asked[0].headers["User-Agent"].startswith(f"geo_assen/{__version__}")


def test_packed_answer_is_unpacked(service, client):
    packed = Reply(gzip.compress(b'{"x": 1}'), headers={"Content-Encoding": "gzip"})
    service.reply("/a", packed)
    assert client.get_json("Test", f"{service.url}/a").document == {"x": 1}


def test_busy_service_is_asked_again_after_the_time_it_names(service, client, waited):
    service.reply("/a", BUSY, DOWN, WELL)
    assert client.get_json("Test", f"{service.url}/a").document == {"well": True}
    assert waited == [7.0, 2.0]


def test_retry_after_may_be_a_date(service, client, waited):
    day = "Fri, 01 Jan 2100 00:00"
    later = {"Retry-After": f"{day}:12 GMT", "Date": f"{day}:00 GMT"}
    service.reply("/a", Reply(b"", 503, later), WELL)
    client.get_json("Test", f"{service.url}/a")
    assert waited == [12.0]


@pytest.mark.parametrize("text", ["soon", "-5", "1e3"])
def test_retry_after_that_is_no_time_is_passed_over(service, client, waited, text):
    service.reply("/a", Reply(b"", 429, {"Retry-After": text}), WELL)
    client.get_json("Test", f"{service.url}/a")
    assert waited == [1.0]


def test_service_that_asks_to_wait_too_long_is_given_up(service, client, waited):
    service.reply("/a", Reply(b"", 429, {"Retry-After": "3600"}))
    assert "asks to wait 3600 s" in refusal(client, f"{service.url}/a")
    assert waited == []


def test_service_that_stays_down_is_given_up_after_four_times(service, client, waited):
    service.reply("/a", Reply(b'{"detail": "Database is away."}', 500))
    assert "it answers 500: Database is away;" in refusal(client, f"{service.url}/a")
    assert len(service.asked) == 4
    assert waited == [1.0, 2.0, 4.0]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"error": {"msg": "SyntaxError: id ontbreekt", "code": 400}}', "id ontbreekt"),
        (b'{"odata.error": {"message": {"lang": "nl", "value": "No table"}}}', "No table"),
        (b'{"error": {"code": "", "message": "Unknown column"}}', "Unknown column"),
        (b'{"title": "Bad Request", "detail": "limit is too large"}', "limit is too large"),
        (b"<!DOCTYPE html><html><title>Fout &amp; zo</title>", "Fout & zo"),
        (b"plain words", "it answers 400;"),
        (b"[[[", "it answers 400;"),
    ],
)
def test_question_that_is_refused_is_not_put_again(service, client, waited, body, said):
    service.reply("/a", Reply(body, 400))
    assert said in refusal(client, f"{service.url}/a")
    assert waited == []


def test_what_was_asked_for_is_not_in_the_message(service, client):
    service.reply("/a", Reply(b"", 404))
    assert "Kerkstraat" not in refusal(client, f"{service.url}/a?q=Kerkstraat+1")


def test_silent_service_is_given_up(service):
    service.reply("/a", Reply(silent=True))
    text = refusal(Client(timeout_s=0.05), f"{service.url}/a")
    assert "does not answer within 0.05 s" in text


def test_answer_that_never_ends_is_given_up(service):
    seconds = iter(range(0, 10_000, 100))
    service.reply("/a", WELL)
    slow = Client(timeout_s=5, clock=lambda: float(next(seconds)))
    assert "takes longer than 50 s" in refusal(slow, f"{service.url}/a")


def test_page_instead_of_data_is_told_by_its_title(service, client):
    service.reply("/a", Reply(b"\n<html><head><title>Gepland\n onderhoud</title></head></html>"))
    assert "sends a page instead of data: Gepland onderhoud;" in refusal(client, f"{service.url}/a")


@pytest.mark.parametrize(
    "body", [b'{"x": [1, 2', b"", b"\xff\xfe", b'{"x": NaN}', b"[" * 100_000]
)
def test_answer_that_is_no_json_is_refused(service, client, body):
    service.reply("/a", Reply(body))
    assert "no JSON, or breaks off" in refusal(client, f"{service.url}/a")


def test_answer_shorter_than_promised_is_asked_for_again(service, client, waited):
    service.reply("/a", Reply(b'{"x": 1', promised=500), Reply(b'{"x": 1}'))
    assert client.get_json("Test", f"{service.url}/a").document == {"x": 1}
    assert waited == [1.0]


def test_packed_answer_that_breaks_off_is_never_taken(service, client):
    cut = gzip.compress(b'{"x": 1}')[:-9]
    service.reply("/a", Reply(cut, headers={"Content-Encoding": "gzip"}))
    assert "breaks off" in refusal(client, f"{service.url}/a")


def test_answer_that_is_packed_wrongly_is_refused(service, client):
    service.reply("/a", Reply(b'{"x": 1}', headers={"Content-Encoding": "gzip"}))
    assert "packed wrongly" in refusal(client, f"{service.url}/a")


@pytest.mark.parametrize("packed", [False, True])
def test_enormous_answer_is_refused(service, packed):
    body = b'"' + b"x" * 3_000_000 + b'"'
    headers = {"Content-Encoding": "gzip"} if packed else {}
    service.reply("/a", Reply(gzip.compress(body) if packed else body, headers=headers))
    small = Client(max_bytes=1_000_000)
    assert "larger than 1 MB" in refusal(small, f"{service.url}/a")


def test_redirect_on_the_same_host_is_followed(service, client):
    service.reply("/old", Reply(b"", 301, {"Location": "/new?f=json"}))
    service.reply("/new", WELL)
    assert client.get_json("Test", f"{service.url}/old").document == {"well": True}


def test_redirect_to_another_host_is_refused(service, client):
    service.reply("/a", Reply(b"", 302, {"Location": "https://elsewhere.example/a"}))
    assert "another host (elsewhere.example)" in refusal(client, f"{service.url}/a")


def test_redirect_in_a_circle_is_refused(service, client):
    service.reply("/a", Reply(b"", 302, {"Location": "/a"}))
    assert "it answers 302" in refusal(client, f"{service.url}/a")


def test_offline_is_said_in_one_sentence(client):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/a"
    text = refusal(client, address)
    assert "there is no connection: Connection refused" in text
    assert text.endswith("Try again later, or import a file that you downloaded.")


def test_service_that_speaks_no_tls_is_refused(service, client):
    text = refusal(client, service.url.replace("http:", "https:"))
    assert "there is no secure connection" in text
    assert service.asked == []


@pytest.mark.parametrize("address", ["http://example.org/a", "file:///etc/hosts", "ftp://x/y", "x"])
def test_only_https_is_asked(client, address):
    with pytest.raises(ServiceUnavailable, match="does not begin with https://"):
        client.get_json("Test", address)


@pytest.mark.parametrize("address", ["http://localhost:port/a", "http://[::1/a", "https://a b/c"])
def test_address_that_is_none_is_refused(client, address):
    with pytest.raises(ServiceUnavailable, match="correct the setting"):
        client.get_json("Test", address)


def test_proxy_of_the_environment_is_used(service: Service, monkeypatch):
    monkeypatch.setenv("http_proxy", service.url)
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    service.reply("/a", WELL)
    assert Client().get_json("Test", "http://localhost:9/a").document == {"well": True}
    assert service.asked[0].headers["Host"] == "localhost:9"


@pytest.mark.parametrize(
    ("link", "full"),
    [
        ("?page=2", "https://api.example/x?page=2"),
        ("/y", "https://api.example/y"),
        ("https://api.example:443/y", "https://api.example/y"),
        ("http://api.example/y", "https://api.example/y"),
        ("https://api.example:8443/y", None),
        ("https://other.example/y", None),
        ("https://api.example@other.example/y", None),
        ("file:///y", None),
        ("ftp://api.example/y", None),
        ("https://[/y", None),
    ],
)
def test_links_are_followed_on_the_same_host_only(link, full):
    assert same_host("https://api.example/x", link) == full
