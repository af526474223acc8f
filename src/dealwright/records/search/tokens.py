"""Text to tokens: Latin runs whole, Han runs as overlapping pairs plus the last character alone (docs, "Search")."""

from __future__ import annotations

import re
from typing import NamedTuple

from dealwright.foundation.textfold import fold

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"([{HAN}]+)|([^\\W_{HAN}]+)")
MAX_CHARACTERS = 2_000
MAX_QUERY = 200


class Term(NamedTuple):
    """A piece of a query: tokens that stand one after the other; the last one may be a beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def tokens_of(text: str, *, pinyin: bool = False) -> str:
    """The tokens of a text, parted by spaces. With `pinyin`, also its initials and its full spelling."""
    found: list[str] = []
    for match in _RUN.finditer(fold(text[:MAX_CHARACTERS])):
        han, other = match.groups()
        if other:
            found.append(other)
        else:
            found += [*_pairs(han), han[-1]]
    if pinyin and re.search(f"[{HAN}]", text):
        from pypinyin import Style, lazy_pinyin  # its dictionary takes 40 MB and a third of the start

        short = text[:60]
        initials = "".join(lazy_pinyin(short, style=Style.FIRST_LETTER, errors="ignore"))
        spelling = "".join(lazy_pinyin(short, errors="ignore"))
        found += [fold(initials), fold(spelling)]
    return " ".join(found)


def query_terms(text: str) -> list[Term]:
    """The terms of a query; [] when it holds nothing that can be searched for."""
    terms: list[Term] = []
    for match in _RUN.finditer(fold(text[:MAX_QUERY])):
        han, other = match.groups()
        if other:
            terms.append(Term((other,), True))
        elif len(han) == 1:
            terms.append(Term((han,), True))
        else:
            terms.append(Term(tuple(_pairs(han)), False))
    return terms[:12]
