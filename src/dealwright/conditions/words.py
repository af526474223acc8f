"""The tree as a sentence, in Chinese and English: the same words wherever a condition acts.

`web/src/shared/conditions/words.ts` is its twin; both are held to the sentences of tests/cases/conditions.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dealwright.conditions.operands import is_group
from dealwright.conditions.parse import Who
from dealwright.conditions.periods import Period, Relative
from dealwright.conditions.shapes import All, Condition, Leaf, Not, Part
from dealwright.foundation.texts import catalogue, language_of, say

NameOf = Callable[[Leaf, Any], str | None]
SHOWN = 5  # values of a list that are named
EITHER = ("in", "not_in", "contains_any", "contains_none")


def words(condition: Condition, locale: str, name_of: NameOf | None = None, zone: ZoneInfo | None = None) -> list[Part]:
    """Parts of a sentence, the meaning ones strong; [] when every record matches.

    name_of: the name of a record, person, team or region by its id, None when the reader may not know it.
    zone: where date-times are shown (the workspace's; UTC as sent when it is not given).
    """
    return _Words(locale, name_of, zone).node(condition, top=True)


class _Words:
    def __init__(self, locale: str, name_of: NameOf | None, zone: ZoneInfo | None) -> None:
        self.locale = locale
        self.language = language_of(locale)
        self.name_of = name_of
        self.zone = zone

    def say(self, code: str, **params: Any) -> str:
        return say(code, self.locale, **params)

    def node(self, node: Condition, *, top: bool = False) -> list[Part]:
        if isinstance(node, Leaf):
            return self.leaf(node)
        if isinstance(node, Not):
            return self.joined([[Part(self.say("WORDS_NOT_OPEN"))], self.node(node.node, top=True), self.close()])
        if not node.nodes:
            return [] if isinstance(node, All) else [Part(self.say("WORDS_NOTHING"), True)]
        joint = [Part(self.say("WORDS_AND" if isinstance(node, All) else "WORDS_OR"))]
        groups: list[list[Part]] = []
        for inner in node.nodes:
            said = self.node(inner, top=len(node.nodes) == 1 and top)
            if said:
                groups += [joint, said] if groups else [said]
        found = self.joined(groups)
        if len(node.nodes) > 1 and not top:
            return self.joined([[Part(self.say("WORDS_OPEN"))], found, self.close()])
        return found

    def close(self) -> list[Part]:
        return [Part(self.say("WORDS_CLOSE"))]

    def leaf(self, leaf: Leaf) -> list[Part]:
        many = isinstance(leaf.value, tuple) and not isinstance(leaf.value, (Relative, Period))
        values = leaf.value if many else (leaf.value,)
        before, marker, after = self.template(leaf, values).partition("{value}")
        label = self.label(leaf)
        head, _, verb = before.partition("{field}")
        if not marker:
            return self.joined([[Part(head + label)], [Part(verb.strip(), True)]])
        return self.joined([[Part(head + label)], [Part(verb.strip())], self.values(leaf, values), [Part(after)]])

    def template(self, leaf: Leaf, values: tuple[Any, ...]) -> str:
        op, kind = leaf.op, leaf.shape.kind
        if len(values) == 1 and is_group(values[0]) and op in ("eq", "in", "ne", "not_in"):
            return self.say(
                "LEAF_GROUP_EQ" if op in ("eq", "in") else "LEAF_GROUP_NE", field="{field}", value="{value}"
            )
        op = {"in": "eq", "not_in": "ne"}.get(op, op)  # "is A or B", "is not A or B"
        if op == "contains_all" and len(values) == 1:
            op = "contains_any"
        kind = "date" if kind in ("datetime", "month_day") else kind
        codes = (f"LEAF_{kind.upper()}_{op.upper()}", f"LEAF_{op.upper()}")
        code = next(code for code in codes if code in catalogue(self.language))
        return self.say(code, field="{field}", value="{value}")

    def label(self, leaf: Leaf) -> str:
        names = [labels.get(self.language) or "" for labels in (*leaf.hops, leaf.shape.labels)]
        keys = leaf.path[-len(names) :]
        text = ""
        for name, key in zip(names, keys, strict=True):
            text = self.say("WORDS_PATH", outer=text, field=name or key) if text else name or key
        return text

    def values(self, leaf: Leaf, values: tuple[Any, ...]) -> list[Part]:
        said = [self.value(leaf, item) for item in values[:SHOWN]]
        if not said:
            return [Part(self.say("WORDS_NONE_CHOSEN"), True)]
        if len(values) > SHOWN:
            said.append(self.say("WORDS_OTHERS", count=len(values) - SHOWN))
        last = "WORDS_UNTIL" if leaf.op == "between" else "WORDS_EITHER" if leaf.op in EITHER else "WORDS_BOTH"
        text = said[0]
        for place, item in enumerate(said[1:], 1):
            joint = self.say(last if place == len(said) - 1 else "WORDS_COMMA")
            text = self.seam(self.seam(text, joint), item)
        return [Part(text, True)]

    def value(self, leaf: Leaf, value: Any) -> str:
        if isinstance(value, Who):
            return self.say(f"WHO_{value.upper()}")
        if isinstance(value, Period):
            return self.say(f"PERIOD_{value.name.upper()}", n=value.n)
        if isinstance(value, Relative):
            return self.relative(value)
        if isinstance(value, bool):
            return self.say("YES" if value else "NO")
        if isinstance(value, Decimal):
            return self.number(leaf, value)
        if isinstance(value, datetime):
            return (value.astimezone(self.zone) if self.zone else value).strftime("%Y-%m-%d %H:%M")
        if isinstance(value, date):
            return value.isoformat()
        if leaf.shape.options is not None:
            labels = dict(leaf.shape.options).get(value)
            if labels:
                return labels.get(self.language) or str(value)
        named = self.name_of(leaf, value) if self.name_of else None
        text = named or str(value)
        return self.say("WORDS_QUOTED", text=text) if leaf.shape.kind == "text" else text

    def relative(self, value: Relative) -> str:
        if not value.offset:
            return self.say(f"RELATIVE_{value.base.upper()}")
        count = abs(value.offset)
        unit = self.say(f"UNIT_{value.unit.upper()}{'' if count == 1 else 'S'}")
        return self.say("RELATIVE_AFTER" if value.offset > 0 else "RELATIVE_BEFORE", n=count, unit=unit)

    def number(self, leaf: Leaf, value: Decimal) -> str:
        if leaf.shape.unit == "s" and value == value.to_integral_value() and value >= 0:
            minutes, seconds = divmod(int(value), 60)
            hours, minutes = divmod(minutes, 60)
            parts = ((hours, "DURATION_H"), (minutes, "DURATION_M"), (seconds, "DURATION_S"))
            return (
                " ".join(f"{count} {self.say(name)}" for count, name in parts if count) or f"0 {self.say('DURATION_S')}"
            )
        text = f"{value:,f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return f"{text}%" if leaf.shape.unit == "%" else text

    # ── seams: English parts words by blanks, Chinese only where Han meets Latin or figures ──

    def seam(self, left: str, right: str) -> str:
        return left + self.gap(left, right) + right

    def gap(self, left: str, right: str) -> str:
        if not left or not right or left.endswith(" "):
            return ""
        if self.language == "en":
            return "" if left[-1] == "(" or right[0] in "),’”" or left[-1] == "“" else " "
        return " " if _han(left[-1]) != _han(right[0]) and _word(left[-1]) and _word(right[0]) else ""

    def joined(self, groups: Iterable[list[Part]]) -> list[Part]:
        """All parts one after the other, the blank of a seam at the end of the part before it."""
        found: list[Part] = []
        for part in (part for group in groups for part in group if part.text):
            if found:
                found[-1] = Part(found[-1].text + self.gap(found[-1].text, part.text), found[-1].strong)
            found.append(part)
        return found


def _han(ch: str) -> bool:
    return "\u3400" <= ch <= "\u9fff"


def _word(ch: str) -> bool:
    return ch.isalnum() or ch in "%-"
