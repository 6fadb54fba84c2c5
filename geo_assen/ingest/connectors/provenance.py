"""Where what a service answered comes from: a row of layer ``sources``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

__all__ = ["Provenance"]


@dataclass(frozen=True)
class Provenance:
    """Source of everything in one answer.

    Attributes
    ----------
    code
        Code of the source; rows refer to it by ``source_code``. Two deliveries of the same
        figures have one code, so that fetching twice changes nothing.
    name, licence, url, retrieved_on, certainty, remark
        As the fields of layer ``sources``.
    """

    code: str
    name: str
    licence: str
    url: str
    retrieved_on: date
    certainty: str = "observed"
    remark: str | None = None

    @classmethod
    def of(cls, *parts: str, name: str, licence: str, url: str, retrieved_on: date) -> Provenance:
        """Provenance whose code is made of parts, such as ``cbs``, the table and its date."""
        code = re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")
        return cls(code, name, licence, url, retrieved_on)

    def row(self) -> dict[str, str | date | None]:
        """The source by the fields of layer ``sources``."""
        return {
            "code": self.code,
            "name": self.name,
            "licence": self.licence,
            "url": self.url,
            "retrieved_on": self.retrieved_on,
            "certainty": self.certainty,
            "remark": self.remark,
        }
