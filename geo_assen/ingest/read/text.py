"""Bytes as text: which encoding, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

__all__ = ["encoding_of", "looks_like_a_table", "looks_like_text"]

_CHUNK = 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1d\x7f]")
_DOS = re.compile(rb"[A-Za-z](?:[\x81-\x84\x87-\x8d\xa1-\xa5]|[\x85\x93-\x95](?=[a-z]))")
"""Letters with an accent in a word, as DOS (cp850) writes them; Windows has signs there."""
_WINDOWS = re.compile(rb"[A-Za-z][\xc0-\xff]|[\xc0-\xff][A-Za-z]")
_NOT_WINDOWS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_DELIMITED = re.compile(r"[;,\t|]")


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file are signs that people read."""
    if _wide(head) is not None:
        return True
    return len(_CONTROL.findall(head)) <= 3 + len(head) // 100


def looks_like_a_table(head: bytes) -> bool:
    """Whether the first line of text has cells."""
    text = head.decode(_wide(head) or "latin-1", errors="replace")
    lines = [line for line in text.lstrip("\ufeff").splitlines() if line.strip()]
    return bool(lines) and any(_DELIMITED.search(line) for line in lines[:1])


def _wide(head: bytes) -> str | None:
    """UTF-16 in one of its forms, with or without a mark; None: something else."""
    for mark, name in _BOMS[1:]:
        if head.startswith(mark):
            return name
    pairs = head[: len(head) // 2 * 2]
    if len(pairs) < 4:
        return None
    even, odd = pairs[0::2].count(0), pairs[1::2].count(0)
    half = len(pairs) // 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return None


def encoding_of(path: Path) -> str:
    """Encoding of a text file: UTF-8 or UTF-16 where the bytes are, else Windows or DOS.

    The whole file is looked at, in pieces: the first accent may stand on the last line.
    """
    with path.open("rb") as stream:
        head = stream.read(65_536)
    wide = _wide(head)
    if wide is not None:
        return wide
    if _is_utf8(path):
        return "utf-8-sig"
    return _windows_or_dos(path)


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        try:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _windows_or_dos(path: Path) -> str:
    dos = windows = impossible = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            dos += len(_DOS.findall(chunk))
            windows += len(_WINDOWS.findall(chunk))
            impossible += len(_NOT_WINDOWS.findall(chunk))
    return "cp850" if dos + impossible > windows else "cp1252"
