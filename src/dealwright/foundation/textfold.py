"""The one folding of the product: how two texts are compared without regard to case and width.

NFKC (full-width to half-width, compatibility forms) and then a fixed table of upper to lower case, the same on
SQLite (a registered function), on PostgreSQL (`translate`, because `lower` depends on the server's locale), in
memory and in the browser. The table holds the pairs of one character each in Latin, Greek and Cyrillic.
"""

import unicodedata

_RANGES = ((0x41, 0x5B), (0xC0, 0x180), (0x370, 0x400), (0x400, 0x530))
_PAIRS = {
    chr(code): chr(code).lower()
    for start, end in _RANGES
    for code in range(start, end)
    if len(chr(code).lower()) == 1
    and chr(code).lower() != chr(code)
    and unicodedata.normalize("NFKC", chr(code)) == chr(code)
}
_TABLE = str.maketrans(_PAIRS)
UPPER, LOWER = "".join(_PAIRS), "".join(_PAIRS.values())


def fold(text: str) -> str:
    """`text` in the form by which texts are compared: NFKC, lower case."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).translate(_TABLE)


def fold_or_none(text: str | None) -> str | None:
    """`fold` for the SQLite function, where NULL stays NULL."""
    return None if text is None else fold(str(text))
