"""What a formula may be made of: fields and functions exist, operands fit, nothing refers to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dealwright.foundation.errors import FieldError
from dealwright.model.formula.parse import FormulaError, Node, parse_formula, references

if TYPE_CHECKING:
    from dealwright.model.shapes import FieldDef, ObjectDef, Schema

# name: (types of the arguments, result). "?" any; a trailing "*" repeats the last; "=" the type of the second argument.
FUNCTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "if": (("boolean", "?", "?"), "="), "and": (("boolean*",), "boolean"), "or": (("boolean*",), "boolean"),
    "not": (("boolean",), "boolean"), "is_empty": (("?",), "boolean"), "coalesce": (("?*",), "first"),
    "round": (("number", "number"), "number"), "abs": (("number",), "number"), "min": (("number*",), "number"),
    "max": (("number*",), "number"), "concat": (("?*",), "text"), "len": (("text",), "number"),
    "left": (("text", "number"), "text"), "right": (("text", "number"), "text"), "upper": (("text",), "text"),
    "lower": (("text",), "text"), "days_between": (("date", "date"), "number"), "add_days": (("date", "number"), "date"),
    "year": (("date",), "number"), "month": (("date",), "number"), "date": (("number", "number", "number"), "date"),
    "today": ((), "date"), "now": ((), "datetime"),
}  # fmt: skip
_KINDS = {"number": "number", "boolean": "boolean", "date": "date", "datetime": "datetime"}


def type_of_field(field: FieldDef) -> str:
    """number, text, boolean, date, datetime or list: how a formula sees a field."""
    if field.type in ("formula", "roll_up"):
        result = str(field.config.get("result", "number"))
        return "number" if result in ("money", "percent") else result
    if field.many or field.type in ("relation_any", "line_items"):
        return "list"  # only is_empty takes it
    return _KINDS.get(field.ftype.kind, "text")


def infer(node: Node, obj: ObjectDef | dict[str, FieldDef]) -> str:
    """The type of a tree; FormulaError for an unknown field or function or an operand that does not fit."""
    fields = obj if isinstance(obj, dict) else obj.fields
    tag = node[0]
    if tag in ("num", "str", "bool"):
        return {"num": "number", "str": "text", "bool": "boolean"}[tag]
    if tag == "ref":
        field = fields.get(node[1])
        if field is None:
            raise FormulaError("FORMULA_FIELD", 0, node[1])
        return type_of_field(field)
    if tag == "un":
        _need(infer(node[2], obj), "number")
        return "number"
    if tag == "bin":
        _, op, left, right = node
        a, b = infer(left, obj), infer(right, obj)
        if "list" in (a, b):
            raise FormulaError("FORMULA_TYPE", 0, f"{a} {op} {b}")
        if op == "&":
            return "text"
        if op in ("=", "!=", "<", "<=", ">", ">="):
            if a != b and {a, b} != {"date", "datetime"}:
                raise FormulaError("FORMULA_COMPARE", 0, f"{a} {op} {b}")
            return "boolean"
        _need(a, "number")
        _need(b, "number")
        return "number"
    _, name, args = node
    if name not in FUNCTIONS:
        raise FormulaError("FORMULA_FUNCTION", 0, name)
    wanted, result = FUNCTIONS[name]
    repeats = bool(wanted) and wanted[-1].endswith("*")
    if (len(args) < len(wanted)) if repeats else (len(args) != len(wanted)):
        raise FormulaError("FORMULA_ARGUMENTS", 0, name)
    types = [infer(arg, obj) for arg in args]
    for place, found in enumerate(types):
        need = wanted[min(place, len(wanted) - 1)].rstrip("*")
        if need != "?":
            _need(found, need)
        elif found == "list" and name != "is_empty":
            raise FormulaError("FORMULA_TYPE", 0, f"{found} → {name}")
    if name in ("if", "coalesce"):
        branches = set(types[1:] if name == "if" else types)
        if len(branches) > 1 and branches != {"date", "datetime"}:
            raise FormulaError("FORMULA_TYPE", 0, " / ".join(sorted(branches)))
    if result == "=":
        return types[1]
    return types[0] if result == "first" else result


def _need(found: str, wanted: str) -> None:
    if found != wanted and not (wanted == "date" and found == "datetime"):
        raise FormulaError("FORMULA_TYPE", 0, f"{found} → {wanted}")


def check(field: FieldDef, schema: Schema) -> list[FieldError]:
    """Errors of a formula field against its object in `schema` (which already holds the field)."""
    text = field.config.get("expression")
    if not isinstance(text, str) or not text.strip():
        return [FieldError("expression", "REQUIRED")]
    obj = schema.objects.get(field.object_key)
    fields = {**(obj.fields if obj else {}), field.key: field}
    try:
        found = infer(parse_formula(text), fields)
        wanted = type_of_field(field)
        if found == "list" or (found != wanted and wanted != "text" and {found, wanted} != {"date", "datetime"}):
            raise FormulaError("FORMULA_TYPE", 0, f"{found} → {wanted}")
        cycle = _cycle(field.key, fields, ())
        if cycle:
            return [FieldError("expression", "FORMULA_CYCLE", {"path": " → ".join(cycle)})]
    except FormulaError as error:
        return [FieldError("expression", error.code, {"position": error.position + 1, "found": error.found})]
    return []


def _cycle(key: str, fields: dict[str, FieldDef], seen: tuple[str, ...]) -> tuple[str, ...] | None:
    if key in seen:
        return (*seen[seen.index(key) :], key)
    field = fields.get(key)
    if field is None or field.type != "formula":
        return None
    for other in sorted(references(parse_formula(field.config["expression"]))):
        found = _cycle(other, fields, (*seen, key))
        if found:
            return found
    return None


def in_order(obj: ObjectDef) -> tuple[FieldDef, ...]:
    """Formula fields so that each comes after those it refers to."""
    placed: dict[str, FieldDef] = {}

    def place(field: FieldDef) -> None:
        if field.key in placed:
            return
        for key in references(parse_formula(field.config["expression"])):
            other = obj.fields.get(key)
            if other is not None and other.type == "formula" and other.key != field.key:
                place(other)
        placed[field.key] = field

    for field in obj.fields.values():
        if field.type == "formula":
            place(field)
    return tuple(placed.values())
