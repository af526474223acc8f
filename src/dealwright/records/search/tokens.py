"""Text to tokens: Latin runs whole, Han runs as overlapping pairs plus the last character alone (docs, "Search")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dealwright.foundation.textfold import fold

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"([{HAN}]+)|([^\\W_{HAN}]+)")
_ANY_HAN = re.compile(f"[{HAN}]")
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
    if pinyin and _ANY_HAN.search(text):
        found += spelled(text[:60])
    return " ".join(found)


def spelled(text: str) -> tuple[str, str]:
    """The initials and the full spelling of the Han characters in a text, as `pypinyin.lazy_pinyin` spells them."""
    syllables: list[str] = []
    for run in _hans().findall(text):
        for word in _words(run):
            syllables += _syllables(word)
    return fold("".join(one[0] for one in syllables)), fold("".join(syllables))


@lru_cache(maxsize=1)
def _hans() -> re.Pattern[str]:
    """The runs of characters that can be spelled."""
    from pypinyin.constants import RE_HANS  # its dictionary takes 40 MB and a third of the start

    return re.compile(RE_HANS.pattern.strip("^$"))


def _words(run: str) -> Iterator[str]:
    """The words of a run of Han characters: the longest known phrase at each place, else one character."""
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.seg.mmseg import p_set

    at, length = 0, len(run)
    while at < length:
        if at + 2 <= length and run[at : at + 2] not in p_set:  # no phrase begins here
            yield run[at]
            at += 1
            continue
        end, known = at + 1, 0
        while end <= length and run[at:end] in p_set:
            if run[at:end] in PHRASES_DICT:
                known = end
            end += 1
        if not known and end > length:  # the beginning of a phrase that the text breaks off
            yield from run[at:]
            return
        known = known or at + 1
        yield run[at:known]
        at = known


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> tuple[str, ...]:
    """The syllables of one word. Looking one up costs ten times as much as remembering it, and names repeat them."""
    from pypinyin import Style
    from pypinyin.converter import UltimateConverter

    found = UltimateConverter().convert(word, Style.NORMAL, heteronym=False, errors="ignore", strict=True)
    return tuple(one[0] for one in found)


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
