"""Which route takes and gives what. Keys are `METHOD /path` below /api/v1; schemas are in `shapes`."""

from __future__ import annotations

from dataclasses import dataclass, field

from dealwright.description.shapes import (
    ANY,
    FREE,
    ID,
    LABELS,
    MOMENT,
    SOME_LABELS,
    TEXT,
    WHOLE,
    YES,
    Schema,
    answer,
    body,
    many,
    maybe,
    one_of,
    ref,
)  # fmt: skip

JSON = ("application/json",)
BYTES: Schema = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Operation:
    """One route: its query and header parameters, the body it takes, the answer it gives."""

    answer: Schema | None = None
    body: Schema | None = None
    query: dict[str, Schema] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    takes: str = "application/json"
    gives: tuple[str, ...] = JSON
    also: tuple[str, ...] = ()  # further statuses with the same answer


def _list(name: str, item: Schema) -> Operation:
    return Operation(answer(**{name: many(item)}))


CONDITION = {"type": "string", "description": "A condition tree as JSON"}
SORT = {
    "type": "string",
    "description": "Field keys parted by commas, a minus for descending",
    "example": "-amount,name",
}
CURSOR, SEARCH = {"type": "string", "description": "`next` of the page before"}, {"type": "string", "maxLength": 200}
FLAG = one_of("true", "false")
LIST = {
    "filter": CONDITION, "sort": SORT, "fields": TEXT, "expand": TEXT, "cursor": CURSOR, "total": FLAG, "search": SEARCH, "bin": FLAG,
    "offset": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
    "limit": {"type": "integer", "minimum": 1, "maximum": 200},
}  # fmt: skip
CHANNEL = {"channel": one_of("api", "form", "board"), "reason": {"type": "string", "maxLength": 1_000}}
ONCE, CHANGE = ("Idempotency-Key",), ("If-Match", "Idempotency-Key")
LINK, RECORD, VALUES, KEY = ref("Link"), ref("Record"), ref("Values"), answer(key=TEXT)
MADE = answer(id=ID)
PERSON = answer(id=ID, name=TEXT)
WORKSPACE = {"name": TEXT, "locale": one_of("zh-CN", "en"), "time_zone": TEXT, "currency": TEXT}
AGAIN = body("current_password", current_password=TEXT)
FILE = body("file", file=BYTES, object=TEXT, options={"type": "string", "description": "Options as JSON"})
TYPE = {**body("type", type=TEXT, accept_loss=YES), "additionalProperties": True}

OPERATIONS: dict[str, Operation] = {
    "GET /health": Operation(answer(status=TEXT, database=TEXT, version=TEXT)),
    "GET /setup": Operation(answer(needed=YES)),
    "POST /setup": Operation(
        answer(user=MADE),
        body("token", "name", "email", "password", token=TEXT, name=TEXT, email=TEXT, password=TEXT,
             workspace=body(**WORKSPACE), starter=maybe(one_of("sales", "simple"))),
    ),
    "POST /session": Operation(FREE, body("email", "password", email=TEXT, password=TEXT, code=TEXT)),
    "POST /password/forgot": Operation(answer(mail=YES), body("email", email=TEXT)),
    "POST /password/reset": Operation(answer(reset=YES), body("token", "password", token=TEXT, password=TEXT)),
    "DELETE /session": Operation(query={"everywhere": FLAG}),
    "POST /invitations/accept": Operation(FREE, body("token", "password", token=TEXT, password=TEXT, name=TEXT)),
    "GET /me": Operation(ref("Me")),
    "PATCH /me": Operation(ref("Me"), body(name=TEXT, phone=maybe(TEXT), locale=maybe(TEXT), time_zone=maybe(TEXT), password=TEXT, current_password=TEXT)),
    "POST /me/avatar": Operation(answer(avatar=TEXT), body("file", file=BYTES), takes="multipart/form-data"),
    "GET /users/{user_id}/avatar": Operation(BYTES, query={"v": TEXT}, gives=("image/png", "image/jpeg", "image/webp")),
    "POST /me/second-step": Operation(answer(secret=TEXT, address=TEXT), AGAIN),
    "POST /me/second-step/confirm": Operation(answer(codes=many(TEXT)), body("code", code=TEXT)),
    "POST /me/second-step/codes": Operation(answer(codes=many(TEXT)), AGAIN),
    "POST /me/second-step/off": Operation(answer(second_step=YES), AGAIN),
    "POST /users/{user_id}/second-step/off": Operation(answer(second_step=YES), AGAIN),
    "GET /absences": _list("absences", answer(id=ID, user=ID, to=TEXT)),
    "POST /absences": Operation(MADE, {**body("from", "to", to=TEXT, deputy=maybe(ID), user=ID), "additionalProperties": True}),
    "GET /sessions": _list("sessions", answer(id=TEXT, current=YES)),
    "GET /workspace": Operation(ref("Workspace")),
    "PATCH /workspace": Operation(ref("Workspace"), body(
        **WORKSPACE, fiscal_start_month=WHOLE, session_days=WHOLE, delta_colours=one_of("neutral", "red_up", "green_up"), second_step=FREE)),
    "GET /users": _list("users", PERSON),
    "POST /users": Operation(MADE, body("email", "name", email=TEXT, name=TEXT, phone=TEXT, password=TEXT, locale=TEXT, roles=many(TEXT), teams=many(ID), mail=YES)),
    "POST /users/several": Operation(answer(people=many(answer(email=TEXT))), body("people", people=many(FREE), roles=many(TEXT), teams=many(ID), locale=TEXT, mail=YES)),
    "POST /users/{user_id}/invitation": Operation(FREE, body(mail=YES)),
    "POST /users/{user_id}/reset": Operation(FREE, body(mail=YES)),
    "GET /users/{user_id}/records": _list("objects", answer(object=TEXT, label=LABELS, count=WHOLE)),
    "POST /users/{user_id}/handover": Operation(answer(objects=many(FREE)), body("to", to=FREE), also=("202",)),
    "PATCH /users/{user_id}": Operation(FREE, body(
        name=TEXT, email=TEXT, phone=maybe(TEXT), status=one_of("active", "disabled"), password=TEXT, locale=maybe(TEXT), time_zone=maybe(TEXT),
        roles=many(TEXT), teams=many(ID))),
    "GET /teams": _list("teams", PERSON),
    "POST /teams": Operation(MADE, body("name", name=TEXT, parent=maybe(ID), manager=maybe(ID))),
    "PATCH /teams/{team_id}": Operation(FREE, body(name=TEXT, parent=maybe(ID), manager=maybe(ID))),
    "GET /roles": _list("roles", answer(id=ID, key=TEXT, labels=LABELS, grants=FREE)),
    "POST /roles": Operation(MADE, body("key", "labels", "grants", key=TEXT, labels=SOME_LABELS, grants=FREE)),
    "PATCH /roles/{role_id}": Operation(FREE, body(labels=SOME_LABELS, grants=FREE)),
    "GET /access/explain": Operation(answer(actions=FREE, fields=many(FREE)), query={"user": TEXT, "object": TEXT, "record": TEXT}),
    "GET /audit": Operation(answer(entries=many(answer(id=ID, at=MOMENT, kind=TEXT)), next=maybe(ID)), query={"kind": TEXT, "actor": TEXT, "target": TEXT, "cursor": CURSOR}),
    "GET /operations": Operation(answer(version=TEXT, database=FREE, disk=FREE, jobs=FREE, mail=YES)),
    "GET /operations/jobs": Operation(answer(jobs=many(FREE), topics=many(FREE), next=maybe(ID)), query={"state": TEXT, "topic": TEXT, "cursor": CURSOR}),
    "POST /operations/jobs/replay": Operation(answer(count=WHOLE), body(id=ID, topic=TEXT)),
    "POST /operations/jobs/discard": Operation(answer(count=WHOLE), body(id=ID, topic=TEXT)),
    "POST /operations/tasks": Operation(MADE, body("kind", kind=one_of("backup", "doctor"))),
    "GET /operations/backups": Operation(answer(backups=many(answer(name=TEXT, size=WHOLE, made_at=MOMENT)), nightly=maybe(FREE), last=maybe(FREE))),
    "PUT /operations/backups/schedule": Operation(answer(nightly=maybe(FREE)), body("hour", hour=maybe(WHOLE), keep=WHOLE)),
    "POST /operations/backups/{name}/download": Operation(BYTES, AGAIN, gives=("application/zip",)),
    "POST /operations/mail/test": Operation(MADE),
    "GET /tokens": _list("tokens", answer(id=ID, name=TEXT, scopes=many(TEXT), created_at=MOMENT)),
    "POST /tokens": Operation(answer(id=ID, token=TEXT), body("name", name=TEXT, scopes=many(TEXT), expires_at=maybe(MOMENT))),
    "GET /records/{object_key}/{record_id}/shares": _list("shares", FREE),
    "POST /records/{object_key}/{record_id}/shares": Operation(
        MADE, body("level", user=maybe(ID), team=maybe(ID), level=one_of("read", "edit"), until=maybe(MOMENT))),
    "GET /objects": Operation(answer(objects=many(ref("Object"))), query={"as_role": TEXT}),
    "POST /objects": Operation(ref("Object"), ref("ObjectSpec")),
    "GET /objects/{object_key}": Operation(ref("Object")),
    "PATCH /objects/{object_key}": Operation(ref("Object"), body(labels=SOME_LABELS, plural=SOME_LABELS, icon=maybe(TEXT), name_field=TEXT, config=FREE)),
    "POST /objects/{object_key}/restore": Operation(KEY),
    "PUT /objects/{object_key}/layout": Operation(ref("Object"), body("sections", sections=maybe(many(FREE))), headers=("If-Match",)),
    "PUT /objects": Operation(answer(order=many(TEXT)), body("order", order=many(TEXT))),
    "GET /objects/{object_key}/uses": Operation(answer(records=maybe(WHOLE), uses=many(FREE))),
    "GET /objects/{object_key}/rights": _list("roles", answer(key=TEXT, labels=LABELS, read=TEXT, fixed=YES, fields=FREE)),
    "PUT /roles/{role_key}/fields/{object_key}/{field_key}": Operation(
        answer(roles=many(FREE)), body("level", level=maybe(one_of("hidden", "masked", "read", "write")))),
    "POST /objects/{object_key}/formula-try": Operation(
        answer(values=many(answer(id=ID, label=ANY, value=ANY))), {**body("expression", expression=TEXT, result=TEXT, scale=WHOLE, field=TEXT), "additionalProperties": True}),
    "GET /design/counts": Operation(answer(objects=FREE)),
    "GET /objects/{object_key}/draft": Operation(ref("Draft")),
    "PUT /objects/{object_key}/draft": Operation(ref("Draft"), body("operations", "position", operations=many(FREE), position=WHOLE), headers=("If-Match",)),
    "POST /objects/{object_key}/draft/preview": Operation(
        answer(count=WHOLE, effects=many(answer(kind=TEXT, field=maybe(TEXT), labels=SOME_LABELS)), problem=maybe(FREE)), body(clean=YES)),
    "POST /objects/{object_key}/draft/publish": Operation(
        answer(object=ref("Object"), made=SOME_LABELS), body(clean=YES, over=YES), headers=("If-Match",)),
    "GET /objects/{object_key}/fields/{field_key}/uses": Operation(
        answer(count=WHOLE, uses=many(answer(kind=TEXT, object=TEXT, key=TEXT, labels=LABELS, breaks=YES)), records=maybe(WHOLE), options=FREE)),
    "DELETE /objects/{object_key}/fields/{field_key}": Operation(query={"clean": FLAG}),
    "GET /pipelines/counts": Operation(answer(pipelines=FREE), query={"object": TEXT}),
    "POST /objects/{object_key}/fields": Operation(ref("Field"), ref("FieldSpec")),
    "PATCH /objects/{object_key}/fields/{field_key}": Operation(ref("Field"), ref("FieldChange")),
    "POST /objects/{object_key}/fields/{field_key}/restore": Operation(KEY),
    "POST /objects/{object_key}/fields/{field_key}/type-preview": Operation(
        answer(total=WHOLE, converts=WHOLE, lost_count=WHOLE, lost=many(answer(value=ANY, count=WHOLE))), TYPE),
    "POST /objects/{object_key}/fields/{field_key}/type": Operation(answer(total=WHOLE, converts=WHOLE, change=ID), TYPE),
    "POST /objects/{object_key}/fields/{field_key}/index": Operation(KEY),
    "GET /schema-changes": _list("changes", answer(id=ID, at=MOMENT, kind=TEXT, object=TEXT, undone=YES)),
    "POST /schema-changes/{change_id}/undo": Operation(MADE),
    "GET /regions": _list("regions", answer(code=TEXT, name=TEXT, has_children=YES)),
    "GET /views": Operation(answer(views=many(ref("View"))), query={"object": TEXT}),
    "POST /views/choice": Operation(body=body("object", object=TEXT, default=maybe(ID), order=many(ID))),
    "GET /views/counts": Operation(answer(counts=FREE), query={"object": TEXT}),
    "POST /views": Operation(FREE, {**body("object", "labels", object=TEXT, labels=SOME_LABELS, filter=ref("Condition"), sort=maybe(TEXT), shared=YES, default=YES, settings=FREE), "additionalProperties": True}),
    "PATCH /views/{view_id}": Operation(FREE, {**body(labels=SOME_LABELS, filter=ref("Condition"), sort=maybe(TEXT), shared=YES, position=WHOLE, default=YES, settings=FREE), "additionalProperties": True}),
    "GET /pipelines": _list("pipelines", ref("Pipeline")),
    "PUT /pipelines": Operation(ref("Pipeline"), {**body(
        "key", "object", "labels", "stages", key=TEXT, object=TEXT, labels=SOME_LABELS, default=YES, stages=many(FREE), move=SOME_LABELS), "additionalProperties": True}),
    "GET /records/{object_key}/{record_id}/path": Operation(ref("Path")),
    "GET /records/{object_key}/{record_id}/conversion": Operation(
        answer(version=WHOLE, targets=many(ref("ConversionTarget")), conversion=maybe(ref("Conversion")))),
    "POST /records/{object_key}/{record_id}/conversion": Operation(ref("Conversion"), body("targets", targets=FREE), headers=CHANGE),
    "POST /conversions/{conversion_id}/undo": Operation(answer(undone=YES, left=many(answer(object=TEXT, id=ID, label=TEXT, reason=TEXT)))),
    "GET /records/{object_key}/stays": Operation(
        answer(stages=many(answer(stage=TEXT, median_days=maybe({"type": "number"}), visits=WHOLE))), query={"pipeline": TEXT}),
    "GET /calendar": Operation(
        answer(sources=many(answer(key=TEXT, object=TEXT, field=TEXT, kind=TEXT, labels=LABELS)), items=many(ref("CalendarItem")), more=many(TEXT)),
        query={"from": TEXT, "to": TEXT, "sources": TEXT, "person": TEXT, "object": TEXT, "filter": CONDITION}),
    "GET /imports": _list("imports", ref("Import")),
    "POST /imports": Operation(ref("Import"), FILE, takes="multipart/form-data"),
    "POST /imports/propose-object": Operation(FREE, body("file", file=BYTES, options={"type": "string", "description": "Options as JSON"}), takes="multipart/form-data"),
    "POST /imports/from-spreadsheet": Operation(ref("Import"), FILE, takes="multipart/form-data"),
    "GET /imports/{import_id}": Operation(ref("Import")),
    "GET /imports/{import_id}/draft": Operation(ref("Import")),
    "PUT /imports/{import_id}/options": Operation(ref("Import"), FREE),
    "GET /imports/{import_id}/undo": Operation(answer(removed=WHOLE, reverted=WHOLE, kept=WHOLE, object=maybe(TEXT))),
    "POST /imports/{import_id}/try": Operation(ref("ImportTrial"), {**FREE, "description": "Other options to try"}),
    "POST /imports/{import_id}/start": Operation(ref("Import"), FREE, also=("202",)),
    "POST /imports/{import_id}/cancel": Operation(ref("Import")),
    "POST /imports/{import_id}/undo": Operation(FREE, also=("202",)),
    "GET /imports/{import_id}/refused": Operation(TEXT, gives=("text/csv",)),
    "GET /configuration": Operation(TEXT, gives=("application/yaml",)),
    "POST /configuration/diff": Operation(FREE, body("text", text=TEXT)),
    "POST /configuration/import": Operation(FREE, body(text=TEXT, starter=one_of("sales", "simple"))),
    "GET /counts": Operation(answer(objects=FREE, desk=answer(items=WHOLE, late=WHOLE))),
    "GET /desk": Operation(answer(items=many(FREE), more=many(TEXT), sources=many(FREE), late=WHOLE, done_today=WHOLE, as_of=MOMENT)),
    "POST /desk/snooze": Operation(
        answer(until=maybe(TEXT)), body("source", "record", "until", source=TEXT, record=ID, until=maybe(TEXT))),
    "GET /notices": Operation(
        answer(notices=many(answer(id=ID, at=MOMENT, read=YES, kind=TEXT, text=TEXT)), unread=WHOLE, next=maybe(TEXT)),
        query={"cursor": CURSOR, "limit": {"type": "integer", "minimum": 1, "maximum": 100}}),
    "POST /notices/read": Operation(answer(unread=WHOLE), body(ids=many(ID), all=YES)),
    "GET /stream": Operation(TEXT, query={"last": {"type": "string", "description": "The id of the last event seen"}}, gives=("text/event-stream",)),
    "GET /search": Operation(
        answer(results=many(answer(object=TEXT, label=LABELS, plural=LABELS, hits=many(LINK)))), query={"q": SEARCH, "objects": TEXT}),
    "GET /records/{object_key}": Operation(ref("Records"), query=LIST),
    "POST /records/{object_key}": Operation(RECORD, VALUES, CHANNEL, ONCE),
    "GET /records/{object_key}/{record_id}": Operation(RECORD, query={"fields": TEXT, "expand": TEXT, "bin": FLAG}),
    "PATCH /records/{object_key}/{record_id}": Operation(RECORD, VALUES, CHANNEL, CHANGE),
    "DELETE /records/{object_key}/{record_id}": Operation(answer(id=ID, version=WHOLE), query=CHANNEL, headers=CHANGE),
    "POST /records/{object_key}/{record_id}/restore": Operation(RECORD, headers=CHANGE),
    "POST /records/{object_key}/aggregate": Operation(ref("Aggregate"), ref("AggregateRequest")),
    "POST /records/{object_key}/words": Operation(answer(text=TEXT, parts=many(FREE)), body("filter", filter=ref("Condition"))),
    "POST /records/{object_key}/narrowing": Operation(
        answer(without=many(WHOLE), without_search=maybe(WHOLE)), body(filter=ref("Condition"), search=TEXT)),
    "POST /records/{object_key}/bulk": Operation({"anyOf": [ref("Bulk"), ref("BulkPreview")]}, ref("BulkRequest"), headers=ONCE, also=("202",)),
    "GET /bulk/{bulk_id}": Operation(ref("Bulk")),
    "POST /bulk/{bulk_id}/undo": Operation(ref("Bulk"), also=("202",)),
    "POST /records/{object_key}/duplicates": Operation(ref("Duplicates"), body("values", values=VALUES, exclude=maybe(ID))),
    "GET /records/{object_key}/duplicates": Operation(answer(
        groups=many(answer(fields=many(answer(field=TEXT, how=one_of("same", "begins"))), ids=many(ID), size=WHOLE)), more=YES, complete=YES)),
    "GET /records/{object_key}/{record_id}/merge": Operation(
        answer(records=many(RECORD), moves=many(answer(object=TEXT, field=TEXT, count=WHOLE))), query={"others": TEXT}),
    "POST /records/{object_key}/{record_id}/merge": Operation(
        answer(id=ID, object=TEXT, survivor=ID, merged=WHOLE, moved=WHOLE, changed=many(TEXT)),
        body("others", "versions", others=many(ID), versions=FREE, values=FREE, reason=maybe(TEXT)), headers=("Idempotency-Key",)),
    "POST /merges/{merge_id}/undo": Operation(answer(id=ID, restored=WHOLE, moved=WHOLE, left=many(answer(object=TEXT, id=ID)))),
    "GET /records/{object_key}/export": Operation(
        BYTES, query={"format": one_of("csv", "xlsx"), "filter": CONDITION, "sort": SORT, "fields": TEXT, "search": SEARCH},
        gives=("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
    "GET /records/{object_key}/lookup": Operation(
        answer(records=many(LINK)), query={"q": SEARCH, "limit": {"type": "integer", "minimum": 1, "maximum": 50}}),
    "GET /records/{object_key}/{record_id}/timeline": Operation(ref("Timeline"), query={"cursor": CURSOR}),
    "GET /records/{object_key}/{record_id}/history": Operation(ref("Timeline"), query={"cursor": CURSOR, "field": TEXT}),
    "GET /files": Operation(answer(files=many(ref("File"))), query={"ids": TEXT}),
    "POST /files": Operation(ref("File"), body("file", file=BYTES), takes="multipart/form-data"),
    "GET /files/{file_id}": Operation(BYTES, gives=("application/octet-stream",)),
}  # fmt: skip
WITHOUT_CONTENT = frozenset({
    "DELETE /session", "DELETE /tokens/{token_id}", "DELETE /objects/{object_key}", "DELETE /objects/{object_key}/fields/{field_key}",
    "DELETE /views/{view_id}", "POST /views/choice", "DELETE /objects/{object_key}/draft", "DELETE /records/{object_key}/{record_id}/shares/{share_id}",
})  # fmt: skip
# of people, rights and operations
WITHOUT_CONTENT |= frozenset({
    "DELETE /sessions/{session_id}", "DELETE /me/avatar", "DELETE /absences/{absence_id}", "DELETE /roles/{role_id}",
    "DELETE /users/{user_id}/invitation", "DELETE /operations/backups/{name}",
})  # fmt: skip
