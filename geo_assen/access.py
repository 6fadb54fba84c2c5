"""Who may see what: two roles, and one rule for fields."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Role"]


class Role(IntEnum):
    """Role of whoever asks; a higher role sees all that a lower one sees."""

    PUBLIC = 0
    STAFF = 1

    @classmethod
    def parse(cls, text: str) -> Role:
        """Role by its lower-case name, as layer files write it."""
        return cls[text.upper()]
