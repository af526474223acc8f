"""Which encoding a file of text is in: a mark at its beginning, strict UTF-8, else the likelier of GB18030 and Big5."""

from __future__ import annotations

from dealwright.foundation.errors import Problem

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MIXED = 3  # so many real characters before a fault: the file is UTF-8 with a foreign piece, not another encoding
LOOKED_AT = 20_000


CHOICES = ("utf-8", "gb18030", "big5", "utf-16", "windows-1252")


def decode(data: bytes, wanted: str | None = None) -> tuple[str, str]:
    """Text and encoding; `wanted`, one of CHOICES, leaves nothing to find out. Problem 422 ENCODING with the line at which the text stops making sense."""
    where = 1
    for encoding in [_named(data, wanted)] if wanted in CHOICES else _tried(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            where = data[: error.start].count(b"\n") + 1
            if encoding == "utf-8" and _real_characters(data[: error.start]) >= MIXED:
                break
            continue
        if "\x00" not in text:
            return text, encoding
        where = text[: text.index("\x00")].count("\n") + 1
    raise Problem(422, "ENCODING", params={"line": where})


def _named(data: bytes, wanted: str) -> str:
    return "utf-8-sig" if wanted == "utf-8" and data.startswith(MARKS[0][0]) else wanted


def _tried(data: bytes) -> list[str]:
    for mark, name in MARKS:
        if data.startswith(mark):
            return [name]
    head = data[:400]
    if head[1::2].count(0) > len(head) // 5 or head[::2].count(0) > len(head) // 5:
        return ["utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"]
    return ["utf-8", *sorted(("gb18030", "big5"), key=lambda name: -_likely(data[:LOOKED_AT], name))]


def _real_characters(data: bytes) -> int:
    return sum(ord(ch) > 0x7FF for ch in data.decode("utf-8", "ignore"))


def _likely(data: bytes, encoding: str) -> float:
    """The share of two-byte characters that are everyday ones of the encoding."""
    at, pairs, usual = 0, 0, 0
    while at < len(data) - 1:
        lead, trail = data[at], data[at + 1]
        if lead < 0x80:
            at += 1
            continue
        pairs += 1
        if encoding == "gb18030":
            usual += trail >= 0xA1 and (0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7)
        elif not (0x40 <= trail <= 0x7E or 0xA1 <= trail <= 0xFE):
            return 0.0  # no character of Big5
        else:
            usual += 0xA1 <= lead <= 0xC6
        at += 2
    return usual / pairs if pairs else 0.0
