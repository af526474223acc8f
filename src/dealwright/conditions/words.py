"""The tree as a sentence, in Chinese and English: the same words wherever a condition acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dealwright.conditions.parse import Who
from dealwright.conditions.periods import Period, Relative
from dealwright.conditions.shapes import All, AnyOf, Condition, Leaf, Not, Part
from dealwright.foundation.texts import language_of, say

NameOf = Callable[[Leaf, Any], str | None]


def words(condition: Condition, locale: str, name_of: NameOf | None = None) -> list[Part]:
    """Parts of a sentence; `name_of` gives names of records, people and regions by id. [] when all records match."""
    parts = _node(condition, locale, name_of, top=True)
    return parts


def _node(node: Condition, locale: str, name_of: NameOf | None, *, top: bool = False) -> list[Part]:
    if isinstance(node, Leaf):
        return _leaf(node, locale, name_of)
    if isinstance(node, Not):
        return [Part(say("WORDS_NOT", locale)), *_node(node.node, locale, name_of)]
    joint = say("WORDS_AND" if isinstance(node, All) else "WORDS_OR", locale)
    parts: list[Part] = []
    for place, inner in enumerate(node.nodes):
        if place:
            parts.append(Part(joint))
        parts += _node(inner, locale, name_of)
    if len(node.nodes) > 1 and not top:
        left, right = say("WORDS_OPEN", locale), say("WORDS_CLOSE", locale)
        parts = [Part(left), *parts, Part(right)]
    if not node.nodes and isinstance(node, AnyOf):
        return [Part(say("WORDS_NOTHING", locale))]
    return parts


def _leaf(leaf: Leaf, locale: str, name_of: NameOf | None) -> list[Part]:
    language = language_of(locale)
    label = leaf.shape.labels.get(language) or leaf.shape.key
    operator = say(f"OP_{leaf.op.upper()}", locale)
    gap = "" if language == "zh" else " "
    if leaf.op in ("empty", "not_empty"):
        return [Part(f"{label}{gap or ' '}"), Part(operator, True)]
    values = (
        leaf.value
        if isinstance(leaf.value, tuple) and not isinstance(leaf.value, (Relative, Period))
        else (leaf.value,)
    )
    joint = say("WORDS_TO" if leaf.op == "between" else "WORDS_LIST", locale)
    text = joint.join(_value(leaf, item, locale, name_of) for item in values[:5])
    if len(values) > 5:
        text += say("WORDS_MORE", locale, count=len(values) - 5)
    return [Part(f"{label} {operator} "), Part(text, True)]


def _value(leaf: Leaf, value: Any, locale: str, name_of: NameOf | None) -> str:
    if isinstance(value, Who):
        return say(f"WHO_{value.upper()}", locale)
    if isinstance(value, Period):
        return say(f"PERIOD_{value.name.upper()}", locale, n=value.n)
    if isinstance(value, Relative):
        if not value.offset:
            return say(f"RELATIVE_{value.base.upper()}", locale)
        way = "AFTER" if value.offset > 0 else "BEFORE"
        return say(f"RELATIVE_{way}", locale, n=abs(value.offset), unit=say(f"UNIT_{value.unit.upper()}", locale))
    if isinstance(value, bool):
        return say("YES" if value else "NO", locale)
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if leaf.shape.options is not None:
        labels = dict(leaf.shape.options).get(value)
        if labels:
            return labels.get(language_of(locale)) or str(value)
    named = name_of(leaf, value) if name_of else None
    return named or str(value)
