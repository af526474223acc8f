"""The named schemas. Objects may carry more than is named here: a field that is new does not break a client."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "description": "UUIDv7, 36 characters"}
WHOLE: Schema = {"type": "integer"}
YES: Schema = {"type": "boolean"}
MOMENT: Schema = {"type": "string", "format": "date-time", "description": "RFC 3339, UTC"}
ANY: Schema = {}
FREE: Schema = {"type": "object", "additionalProperties": True}


def ref(name: str) -> Schema:
    """A named schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def many(schema: Schema) -> Schema:
    """A list of it."""
    return {"type": "array", "items": schema}


def maybe(schema: Schema) -> Schema:
    """It, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def one_of(*words: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(words)}


def answer(**properties: Schema) -> Schema:
    """An object of which all these are always there."""
    return {"type": "object", "required": list(properties), "properties": properties, "additionalProperties": True}


def body(*required: str, **properties: Schema) -> Schema:
    """An object that is sent: nothing but these, the named ones at least."""
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


LABELS = answer(zh=TEXT, en=TEXT)
SOME_LABELS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
COUNTS = dict.fromkeys(("total", "done", "created", "updated", "unchanged", "refused"), WHOLE)
FIELD_SPEC = {
    "key": TEXT, "type": TEXT, "labels": SOME_LABELS, "help": SOME_LABELS, "required": YES, "unique": YES, "default": ANY,
    "section": maybe(TEXT), "on_form": YES, "sensitive": YES, "options": many(FREE),
}  # fmt: skip

SHAPES: dict[str, Schema] = {
    "Problem": answer(
        type=TEXT, title=TEXT, status=WHOLE, code=TEXT, field=maybe(TEXT), message=TEXT, request_id=maybe(TEXT),
        params=FREE, errors=many(answer(field=maybe(TEXT), code=TEXT, message=TEXT, params=FREE)),
    ),
    "Link": answer(id=ID, label=maybe(TEXT)),
    "Record": {
        **answer(id=ID, version={"type": "integer", "minimum": 1}),
        "description": "id, version and the readable fields by key: decimals as strings, money with <key>_currency, "
        "instants in UTC, dates as YYYY-MM-DD, relations and people as {id, label}",
    },
    "Values": {**FREE, "description": "Field values by key; null empties a field"},
    "Records": {
        **answer(records=many(ref("Record")), next=maybe(TEXT)),
        "properties": {"records": many(ref("Record")), "next": maybe(TEXT), "total": WHOLE, "offer": answer(index=TEXT)},
    },
    "Condition": {
        "description": "{} or {all: [..]} or {any: [..]} or {not: ..} or {field, op, value}",
        "anyOf": [
            body("all", all=many(ref("Condition"))), body("any", any=many(ref("Condition"))),
            body("not", **{"not": ref("Condition")}), body("field", "op", field=TEXT, op=TEXT, value=ANY),
            body(),
        ],
    },
    "AggregateRequest": body(
        filter=ref("Condition"), search=TEXT,
        group_by=many(body("field", field=TEXT, by=one_of("day", "week", "month", "quarter", "year"))),
        measures=many(body("op", op=one_of("count", "sum", "avg", "min", "max", "median", "distinct"), field=TEXT)),
        limit={"type": "integer", "minimum": 1, "maximum": 10_000},
    ),
    "Aggregate": answer(rows=many(FREE), as_of=MOMENT),
    "BulkRequest": body(
        ids={**many(ID), "maxItems": 10_000}, filter=ref("Condition"), values=ref("Values"),
        action=one_of("update", "add", "remove", "delete", "restore"), preview=YES, reason=TEXT,
        also=many(body("object", "field", object=TEXT, field=TEXT, filter=ref("Condition"))),
    ),
    "Bulk": answer(id=ID, state=one_of("running", "done"), total=WHOLE, done=WHOLE, changed=WHOLE, refused=WHOLE, also=WHOLE, refusals=many(FREE)),
    "BulkPreview": answer(total=WHOLE, tried=WHOLE, changes=WHOLE, unchanged=WHOLE, refused=WHOLE, also=WHOLE, reasons=many(FREE)),
    "Duplicates": answer(candidates=many(answer(id=ID, label=maybe(TEXT), fields=many(TEXT))), others=WHOLE),
    "Conversion": answer(
        id=ID, object=TEXT, record=ID, at=MOMENT, actor=ref("Link"), moved=WHOLE, undone=YES,
        results=many(answer(object=TEXT, id=ID, label=TEXT, created=YES)),
    ),
    "ConversionTarget": answer(
        object=TEXT, link=maybe(TEXT), required=YES, may_create=YES, links=FREE, fields=many(TEXT), values=FREE,
        matches=many(answer(id=ID, label=maybe(TEXT), fields=many(TEXT))), others=WHOLE,
    ),
    "Timeline": answer(
        entries=many(answer(id=ID, at=MOMENT, actor=maybe(ref("Link")), channel=TEXT, kind=TEXT, version=WHOLE, changes=FREE)),
        next=maybe(TEXT),
    ),
    "Field": answer(
        id=ID, key=TEXT, type=TEXT, kind=maybe(TEXT), labels=LABELS, required=YES, unique=YES, position=WHOLE, on_form=YES,
        computed=YES, system=YES, level=one_of("hidden", "masked", "read", "write"), config=FREE,
    ),
    "FieldSpec": {**body("type", "labels", **FIELD_SPEC), "additionalProperties": True},
    "FieldChange": {**body(**FIELD_SPEC), "additionalProperties": True},
    "Object": answer(
        id=ID, key=TEXT, labels=LABELS, plural=LABELS, icon=maybe(TEXT), name_field=maybe(TEXT), kind=one_of("object", "lines"),
        config=FREE, fields=many(ref("Field")), layout=maybe(ref("Layout")),
    ),
    "Layout": answer(version=WHOLE, set=YES, sections=many(ref("Section")), off=many(TEXT)),
    "Section": answer(key=TEXT, labels=LABELS, columns=WHOLE, collapsed=YES, fields=many(TEXT)),
    "Draft": answer(version=WHOLE, draft=maybe(answer(
        operations=many(FREE), position=WHOLE, revision=WHOLE, saved_at=MOMENT, stale=YES))),
    "ObjectSpec": {
        **body("labels", key=TEXT, labels=SOME_LABELS, plural=SOME_LABELS, icon=maybe(TEXT), name_field=TEXT, fields=many(ref("FieldSpec"))),
        "additionalProperties": True,
    },
    "Pipeline": answer(
        key=TEXT, object=TEXT, labels=LABELS, default=YES, version=WHOLE,
        stages=many(answer(key=TEXT, labels=LABELS, kind=one_of("open", "won", "lost"), required=many(TEXT))),
    ),
    "CalendarItem": answer(source=TEXT, object=TEXT, id=ID, version=WHOLE, title=TEXT, at=TEXT, person=maybe(ref("Link")), done=YES),
    "Path": answer(pipeline=TEXT, labels=LABELS, stages=many(answer(key=TEXT, labels=LABELS, kind=TEXT, state=TEXT, visits=many(FREE)))),
    "Import": answer(
        id=ID, object=TEXT, file=TEXT, state=TEXT, **COUNTS, options=FREE, created_at=MOMENT, finished_at=maybe(MOMENT),
        rate=maybe({"type": "number"}), seconds_left=maybe(WHOLE),
    ),
    "ImportTrial": answer(rows=WHOLE, tried=WHOLE, created=WHOLE, updated=WHOLE, unchanged=WHOLE, refused=WHOLE, errors=many(FREE)),
    "Me": answer(
        user=answer(id=ID, name=TEXT, email=TEXT, locale=TEXT), rights={"type": "object", "additionalProperties": YES},
        workspace=answer(name=TEXT, locale=TEXT, time_zone=TEXT, currency=TEXT, fiscal_start_month=WHOLE), objects=FREE,
    ),
    "Workspace": answer(
        name=TEXT, locale=TEXT, time_zone=TEXT, currency=TEXT, fiscal_start_month=WHOLE, session_days=WHOLE, delta_colours=TEXT, second_step=FREE,
    ),
    "File": answer(id=ID, name=TEXT, size=WHOLE, mime=TEXT),
    "View": answer(id=ID, key=maybe(TEXT), object=TEXT, labels=LABELS, shared=YES, default=YES, opens=YES, filter=ANY, sort=maybe(TEXT), settings=FREE),
}  # fmt: skip
