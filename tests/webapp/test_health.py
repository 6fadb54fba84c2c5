from __future__ import annotations

from flask.testing import FlaskClient


def test_alive_and_ready_over_a_good_store(client: FlaskClient):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "missing": []})
