"""Normal forms by which two names, phones or codes are the same (F4), and the check of the credit code."""

from __future__ import annotations

import re
from functools import lru_cache

from dealwright.conditions import fold

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

# Longest first, so that 股份有限公司 is not left as 股份.
CHINESE_SUFFIXES = (
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "(集团)有限公司",
    "有限公司",
    "股份公司",
    "集团公司",
    "公司",
)
LATIN_SUFFIXES = re.compile(
    r"(?:\b(?:co|company|corp|corporation|inc|incorporated|ltd|limited|llc|llp|plc|gmbh|ag|kg|sa|sarl|bv|nv|oy|ab|"
    r"pty|pte|sdn bhd|srl|spa|kk)\b ?)+$"
)
NOT_WORD = re.compile(r"[^\w]+")


@lru_cache(maxsize=4_096)  # an import asks for the same name several times
def company_name(name: str) -> str | None:
    """A company's name without case, width, spaces, punctuation and legal suffix; None when nothing is left.

    A name that is nothing but a suffix keeps it, so two of them are still the same name.
    """
    text = fold(name).strip()
    bare = text
    for suffix in CHINESE_SUFFIXES:
        if bare.endswith(suffix) and len(bare) > len(suffix):
            bare = bare[: -len(suffix)]
            break
    words = NOT_WORD.sub(" ", bare.replace(".", "")).strip()
    without = LATIN_SUFFIXES.sub("", words).strip()
    return (without or words or text).replace(" ", "") or None


def credit_code_is_valid(code: str) -> bool:
    """Whether an 18-character unified social credit code (GB 32100-2015) has the right check character."""
    if len(code) != 18 or any(ch not in CREDIT_ALPHABET for ch in code):
        return False
    total = sum(CREDIT_ALPHABET.index(ch) * weight for ch, weight in zip(code[:17], CREDIT_WEIGHTS, strict=True))
    return CREDIT_ALPHABET[(31 - total % 31) % 31] == code[17]
