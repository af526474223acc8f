"""Sentences for people, in both languages.

Each package keeps `texts/zh.json` and `texts/en.json`, flat objects {code: "sentence with {blanks}"}. They are read
once, at first use, from every package of the product. A code has one sentence: a test refuses a second one.
A blank may choose between two words by its count: "{count} {count|condition|conditions} left".
"""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

LOCALES = ("zh-CN", "en")
DEFAULT_LOCALE = "zh-CN"
_ROOT = Path(__file__).resolve().parents[1]
_BLANK = re.compile(r"\{([a-z_][a-z0-9_]*)(?:\|([^{}|]*)\|([^{}|]*))?\}")


def language_of(locale: str | None) -> str:
    """ "zh" or "en", the key under which texts and labels are kept."""
    return "en" if locale and locale.lower().startswith("en") else "zh"


@lru_cache(maxsize=2)
def catalogue(language: str) -> Mapping[str, str]:
    """Every sentence of one language ("zh" | "en") by its code."""
    sentences: dict[str, str] = {}
    for package in files_of(language).values():
        for code, sentence in package.items():
            sentences.setdefault(code, sentence)
    return sentences


def files_of(language: str) -> dict[str, dict[str, str]]:
    """The sentences of one language by the file they stand in (path inside the package)."""
    found = sorted(_ROOT.glob(f"**/texts/{language}.json"))
    return {path.relative_to(_ROOT).as_posix(): json.loads(path.read_text("utf-8")) for path in found}


def rendered(value: Any, locale: str) -> str:
    """One blank's filling as text: labels {"zh", "en"} in the locale, lists joined as the language does."""
    language = language_of(locale)
    if isinstance(value, Mapping) and ("zh" in value or "en" in value):
        return str(value.get(language) or value.get("zh") or value.get("en") or "")
    if isinstance(value, (list, tuple, set, frozenset)):
        return ("、" if language == "zh" else ", ").join(rendered(item, locale) for item in value)
    return "" if value is None else str(value)


def say(code: str, locale: str, **params: Any) -> str:
    """The sentence of `code` in the locale ("zh-CN" | "en"), its blanks filled; the code itself when it has none."""
    sentence = catalogue(language_of(locale)).get(code)
    if sentence is None:
        return code

    def filled(blank: re.Match[str]) -> str:
        value = params.get(blank[1], "")
        if blank[2] is not None:
            return blank[2] if str(value) == "1" else blank[3]
        return rendered(value, locale)

    return _BLANK.sub(filled, sentence)
