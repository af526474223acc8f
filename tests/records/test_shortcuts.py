"""Shortcuts for what is written most give exactly what the libraries behind them give."""

import random
import re

import phonenumbers
import pytest
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT

from dealwright.model.field_types import contact, text
from dealwright.model.field_types.base import CoerceContext, ValueProblem
from dealwright.model.shapes import FieldDef
from dealwright.records.search.tokens import spelled

PHRASES = sorted(PHRASES_DICT)
CHARACTERS = [chr(code) for code in (*range(0x4E00, 0x9FA6), 0x3007)]


def a_text(chance: random.Random) -> str:
    """Phrases, beginnings of phrases, single characters and Latin, mixed."""
    parts = []
    for _ in range(chance.randint(1, 6)):
        phrase = chance.choice(PHRASES)
        parts.append(
            chance.choice([phrase, phrase[: chance.randint(1, len(phrase))], chance.choice(CHARACTERS), "A1 "])
        )
    return "".join(parts)[:60]


def test_names_are_spelled_as_the_library_spells_them() -> None:
    chance = random.Random(3)
    for name in (*CHARACTERS, *(a_text(chance) for _ in range(4_000)), *(phrase[:60] for phrase in PHRASES[::7])):
        initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore"))
        spelling = "".join(lazy_pinyin(name, errors="ignore"))
        assert spelled(name) == (initials, spelling), name


def a_number(chance: random.Random) -> str:
    """Eleven figures that begin like a mobile number, written in one of the usual ways."""
    figures = f"1{chance.randint(3, 9)}{chance.randint(0, 10**9 - 1):09d}"
    parts = (figures[:3], figures[3:7], figures[7:])
    return chance.choice(["", "+86", "+86 ", "+86-"]) + chance.choice(["", " ", "-"]).join(parts)


@pytest.mark.parametrize("region", ["CN", "HK", "US"])
def test_a_mobile_number_is_kept_as_the_library_would_keep_it(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    field = FieldDef("1", "contact", "phone", "phone", {}, config={"region": region})
    chance = random.Random(4)

    def kept(raw: str) -> str | None:
        try:
            return contact.Phone().parse(field, raw, _strict())
        except ValueProblem:
            return None

    raws = [a_number(chance) for _ in range(1_500)]
    short = [kept(raw) for raw in raws]
    monkeypatch.setattr(contact, "MOBILE", re.compile("(?!)"))
    assert short == [kept(raw) for raw in raws]
    assert any(short)


def test_a_number_that_is_no_mobile_number_is_still_refused() -> None:
    assert not phonenumbers.is_valid_number(phonenumbers.parse("+8615421652726"))
    field = FieldDef("1", "contact", "phone", "phone", {})
    with pytest.raises(ValueProblem):
        contact.Phone().coerce(field, "15421652726", _strict())


def _strict() -> CoerceContext:
    return CoerceContext("api", "en", None, None, None)  # type: ignore[arg-type]


def test_plain_text_is_left_as_cleaning_would_leave_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    alphabet = " \t\n~!aZ09\x7f\x07中文一龥\u3000\u00e9e\u0301\u200b\u202e\u9fff\ua000"
    texts = ["".join(chance.choices(alphabet[:9] if n % 2 else alphabet, k=chance.randint(0, 8))) for n in range(4_000)]
    short = [(text.clean(one, lines=False), text.clean(one, lines=True)) for one in texts]
    monkeypatch.setattr(text, "PLAIN", re.compile("(?!)"))
    assert short == [(text.clean(one, lines=False), text.clean(one, lines=True)) for one in texts]
