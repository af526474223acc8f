"""The lines of a document: each is a change of its own that walks the list with its document, never without it.

The given list is the whole: lines with an `id` are changed, lines without are added, stored lines left out are
removed. Children are worked on up to `derive` together with the document, so that all wrong fields are named at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dealwright.conditions import Context, matches, parse
from dealwright.foundation.database import state_of
from dealwright.foundation.errors import FieldError
from dealwright.foundation.ids import new_id
from dealwright.model import FieldDef, Money, ObjectDef
from dealwright.records.loading import line_object, line_rows, line_wire, lines_wire
from dealwright.records.plans import in_row, values_of
from dealwright.records.shapes import Change, Values, Work


def prepare_lines(work: Work) -> None:
    """Make the works of the given lines and walk them up to `derive`; the document gets their errors and values."""
    for key in sorted(work.given):
        field = work.obj.fields[key]
        if field.type == "line_items" and key in work.after:
            _prepare(work, key, dict.get(work.after, key) or [])


def _prepare(work: Work, key: str, given: list[dict[str, Any]]) -> None:
    child = line_object(work.schema, work.obj, key)
    stored = [] if work.is_create else line_rows(work.uow, work.schema, work.obj, key, work.record_id)
    by_id = {row["id"]: row for row in stored}
    works: list[Work] = []
    seen: set[str] = set()
    for place, raw in enumerate(given):
        values = {name: value for name, value in raw.items() if name != "id"}
        line_id = raw.get("id")
        if line_id is not None and (line_id not in by_id or line_id in seen):
            work.errors.append(FieldError(f"{key}.{place}.id", "NOT_FOUND", {"value": str(line_id)[:80]}))
            continue
        if line_id is None:
            line = _line(work, child, Change("create", child.key, None, values))
        else:
            seen.add(line_id)
            line = _line(work, child, Change("update", child.key, line_id, values), by_id[line_id])
        line.history_extra["position"] = place
        work.path.prepare(line)
        work.errors += [FieldError(f"{key}.{place}.{e.field}", e.code, e.params) for e in line.errors]
        works.append(line)
    for line_id, row in by_id.items():
        if line_id not in seen:
            gone = _line(work, child, Change("delete", child.key, line_id), row)
            work.path.prepare(gone)
            works.append(gone)
    work.lines[key] = works
    if not work.is_create:
        dict.__setitem__(work.before, key, lines_wire(work.schema, work.obj, key, stored) or None)
    refresh(work, key)


def _line(work: Work, child: ObjectDef, change: Change, row: Mapping[str, Any] | None = None) -> Work:
    change.channel, change.mode, change.cause = work.change.channel, work.change.mode, work.change.cause
    depth = work.depth + 1
    line = Work(work.uow, work.actor, work.access, change, work.schema, child, work.path, depth, writes=work.writes)
    line.parent = work
    line.record_id = change.record_id or new_id()
    if row is not None:
        line.row_before = row
        line.before = Values(values_of(child, row))
        line.after = Values(dict(line.before))
    return line


def refresh(work: Work, key: str) -> None:
    """Put the lines as they will be stored into the document's values."""
    lines = [_wire(line) for line in kept_lines(work, key)]
    work.after[key] = lines or None


def _wire(line: Work) -> dict[str, Any]:
    values = {name: line.after[name] for name, field in line.obj.fields.items() if in_row(field)}
    return line_wire(line.obj, line.record_id, values)


def kept_lines(work: Work, key: str) -> list[Work]:
    """The works of the lines that will be there afterwards, in their order."""
    return [line for line in work.lines[key] if line.change.kind != "delete"]


def total_lines(work: Work) -> None:
    """Work out the roll-ups over the document's own lines, from the lines in hand."""
    for key in work.lines:
        refresh(work, key)
        child = line_object(work.schema, work.obj, key)
        for field in work.obj.fields.values():
            if field.type == "roll_up" and field.config.get("object") == child.key:
                work.set(field.key, _total(work, field, key))


def _total(work: Work, field: FieldDef, key: str) -> Any:
    """What the roll-up's statement would give for these lines."""
    config = field.config
    lines = kept_lines(work, key)
    if config.get("where"):
        condition = parse(config["where"], config["object"], work.schema)
        zone = ZoneInfo(state_of(work.uow).workspace.time_zone)
        context = Context(work.uow.now, zone)

        def covered(line: Work) -> bool:
            return matches(condition, lambda path: _plain(line.after[path[0]]), context)

        lines = [line for line in lines if covered(line)]
    if config["op"] == "count":
        return Decimal(len(lines))
    values = [v for v in (_plain(line.after[config["field"]]) for line in lines) if v is not None]
    if not values:
        return None
    if config["op"] in ("min", "max"):
        return min(values) if config["op"] == "min" else max(values)
    total = sum(values)
    scale = Decimal(1).scaleb(-int(field.config.get("scale", 2)))
    return total if config["op"] == "sum" else (Decimal(total) / len(values)).quantize(scale)


def _plain(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value
