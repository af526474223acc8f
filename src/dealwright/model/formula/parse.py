"""Text to tree: ("num", Decimal) ("str", text) ("bool", b) ("ref", key) ("un", op, x) ("bin", op, x, y) ("call", name, args)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any

Node = tuple[Any, ...]
_TOKEN = re.compile(
    r"\s*(?:(?P<num>\d+(?:\.\d+)?)|(?P<str>\"(?:[^\"\\]|\\.)*\")|(?P<ref>\{[a-z][a-z0-9_]*\})"
    r"|(?P<name>[a-z_]+)|(?P<op><=|>=|!=|==|[-+*/()<>=,&]))"
)
_BINDS = {"=": 1, "==": 1, "!=": 1, "<": 2, "<=": 2, ">": 2, ">=": 2, "&": 3, "+": 4, "-": 4, "*": 5, "/": 5}
MAX_LENGTH = 2_000
MAX_DEPTH = 40


class FormulaError(ValueError):
    """A formula that cannot be read: `code`, the position (0-based) and what stands there."""

    def __init__(self, code: str, position: int, found: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.position = position
        self.found = found


@lru_cache(maxsize=2048)
def parse_formula(text: str) -> Node:
    """The tree of a formula; FormulaError with its position when it is not one."""
    if len(text) > MAX_LENGTH:
        raise FormulaError("FORMULA_TOO_LONG", MAX_LENGTH)
    parser = _Parser(text)
    node = parser.expression(0, 0)
    if parser.kind != "end":
        raise FormulaError("FORMULA_UNEXPECTED", parser.at, parser.text)
    return node


def references(node: Node) -> set[str]:
    """Keys of the fields that a tree reads."""
    if node[0] == "ref":
        return {node[1]}
    found: set[str] = set()
    for part in node[1:]:
        if isinstance(part, tuple) and part and isinstance(part[0], str):
            found |= references(part)
        elif isinstance(part, list):
            for item in part:
                found |= references(item)
    return found


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.end = 0
        self.kind, self.text, self.at = "", "", 0
        self.advance()

    def advance(self) -> None:
        match = _TOKEN.match(self.source, self.end)
        if match is None or not match.lastgroup:
            rest = self.source[self.end :].strip()
            self.at = self.end
            if rest:
                raise FormulaError("FORMULA_UNEXPECTED", self.end, rest[:10])
            self.kind, self.text = "end", ""
            return
        self.kind, self.text = match.lastgroup, match.group(match.lastgroup)
        self.at, self.end = match.start(match.lastgroup), match.end()

    def expect(self, text: str) -> None:
        if self.text != text:
            raise FormulaError("FORMULA_EXPECTED", self.at, text)
        self.advance()

    def expression(self, binding: int, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError("FORMULA_TOO_LONG", self.at)
        left = self.operand(depth)
        while self.kind == "op" and _BINDS.get(self.text, 0) > binding:
            op = self.text
            self.advance()
            right = self.expression(_BINDS[op], depth + 1)
            left = ("bin", "=" if op == "==" else op, left, right)
        return left

    def operand(self, depth: int) -> Node:
        kind, text, at = self.kind, self.text, self.at
        if kind == "end":
            raise FormulaError("FORMULA_ENDS", at)
        self.advance()
        if kind == "num":
            return ("num", Decimal(text))
        if kind == "str":
            return ("str", re.sub(r"\\(.)", r"\1", text[1:-1]))
        if kind == "ref":
            return ("ref", text[1:-1])
        if text == "-":
            return ("un", "-", self.expression(6, depth + 1))
        if text == "(":
            node = self.expression(0, depth + 1)
            self.expect(")")
            return node
        if kind == "name":
            if text in ("true", "false"):
                return ("bool", text == "true")
            if self.text != "(":
                raise FormulaError("FORMULA_UNEXPECTED", at, text)
            self.advance()
            args: list[Node] = []
            while self.text != ")":
                args.append(self.expression(0, depth + 1))
                if self.text != ",":
                    break
                self.advance()
            self.expect(")")
            return ("call", text, args)
        raise FormulaError("FORMULA_UNEXPECTED", at, text)
