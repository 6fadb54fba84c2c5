"""A member of staff who imports files, and the small file that tests import."""

from __future__ import annotations

import re
import threading

from flask import Flask
from werkzeug.test import TestResponse

from tests.webapp.pages import STAFF, parse

# One fault of each sort that the pages treat in their own way, and text that is no text.
PREMISES = """code;naam;adres;gebruik;vloeroppervlak;bouwjaar;x;y;<script>alert(1)</script>
H-001;Winkel een;Markt 1;retail;120;1950;233900;556800;a
H-002;<b>vet</b>;Markt 2;retail;twaalf;1950;233910;556810;<script>alert(2)</script>
H-003;Winkel drie;Markt 3;retail;130;1960;556820;233920;c
H-004;Winkel vier;Markt 4;oud;140;1960;233930;556830;d
H-005;Winkel vijf;Markt 5;oud;150;1960;233940;556840;"e
f"
H-006;Winkel zes;Markt 6;retail;160;1970;;;g
H-007;Winkel zeven;Markt 7;retail;170;1970;233960;556860;h
"""


def finish_work() -> None:
    """Wait until no import is at work in this process."""
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(timeout=60)


def words(page: str) -> str:
    """Text of a page, without what is markup."""
    return " ".join(" ".join(parse(page).find(".//main").itertext()).split())


class Importer:
    """Signed in; each step is one request, and the work after it is waited for."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        word = self._word(self.client.get("/login").text)
        form = {"csrf_token": word, "name": STAFF[0], "password": STAFF[1]}
        self.client.post("/login", data=form)
        self.word = self._word(self.get("/imports").text)

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, headers={"Accept": "text/html"})

    def post(self, path: str, **fields: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.word, **fields})

    def send(self, text: str | bytes, name: str = "panden.csv", layer: str = "premises") -> str:
        """Path of the page on which the file waits."""
        content = text.encode() if isinstance(text, str) else text
        answer = self.upload(content, name, csrf_token=self.word, layer=layer)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def upload(self, content: bytes, name: str, **fields: str) -> TestResponse:
        """Answer to a form with a file, whatever its size."""
        # Written out here: the client would put a large form in a file that it leaves open.
        mark = "a-line-between-parts"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
                 for field, value in fields.items()]  # fmt: skip
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="file"; '
                     f'filename="{name}"\r\n\r\n')  # fmt: skip
        body = "".join(parts).encode() + content + f"\r\n--{mark}--\r\n".encode()
        kind = f"multipart/form-data; boundary={mark}"
        return self.client.post("/imports/upload", data=body, content_type=kind)

    def form(self, path: str) -> dict[str, str]:
        """Fields of the mapping as the page offers them."""
        form = parse(self.get(path).text).find(".//form[@id='mapping']")
        fields: dict[str, str] = {}
        for element in form.iter():
            name = element.get("name")
            if element.tag == "input" and name and element.get("type") != "checkbox":
                fields[name] = element.get("value", "")
            elif element.tag == "select":
                options = list(element.iter("option"))
                chosen = [o for o in options if o.get("selected") is not None] or options[:1]
                fields[name] = chosen[0].get("value")
        return fields

    def check(self, path: str, **changes: str) -> TestResponse:
        """The page that the check leads to."""
        return self._worked(path, self.post(f"{path}/check", **{**self.form(path), **changes}))

    def land(self, path: str) -> TestResponse:
        return self._worked(path, self.post(f"{path}/land"))

    def imported(self, text: str = PREMISES, **changes: str) -> str:
        """Path of the report of a file that was sent, checked and imported."""
        path = self.send(text)
        assert self.check(path, **changes).status_code == 200
        return self.land(path).request.path

    def resent(self, report: str) -> str:
        """Path of the report after the rows that were set aside were sent again."""
        answer = self.post(f"{report}/quarantine/resend")
        path = answer.headers["Location"].removesuffix("/job")
        assert self._worked(path, answer).status_code == 200
        return self.land(path).request.path

    def _worked(self, path: str, answer: TestResponse) -> TestResponse:
        if answer.status_code != 303:
            return answer
        finish_work()
        return self.client.get(f"{path}/job", follow_redirects=True)

    @staticmethod
    def _word(page: str) -> str:
        return re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)[1]
