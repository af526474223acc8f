"""Pictures of people: small squares that the browser has cut out; what they are is judged by their bytes alone."""

from __future__ import annotations

import struct

from dealwright.foundation.errors import Problem

MAX_BYTES = 300_000
MAX_SIDE = 512
MIME = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp"}


def kind_of(data: bytes) -> str:
    """png, jpg or webp. Problem 415 AVATAR_TYPE for anything else, 422 AVATAR_SIZE when it is not a small square."""
    kind, size = _measured(data)
    if kind is None:
        raise Problem(415, "AVATAR_TYPE")
    if size is None or size[0] != size[1] or not 1 <= size[0] <= MAX_SIDE:
        raise Problem(422, "AVATAR_SIZE", field="file", params={"max": MAX_SIDE})
    return kind


def _measured(data: bytes) -> tuple[str | None, tuple[int, int] | None]:
    """(kind, (width, height)) as the header says."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR" and len(data) >= 24:
        return "png", struct.unpack(">II", data[16:24])
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg", _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        return "webp", _webp(data)
    return None, None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if chunk == b"VP8L":
        bits = struct.unpack("<I", data[21:25])[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if chunk == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    return None
