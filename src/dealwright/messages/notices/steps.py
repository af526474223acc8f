"""What notices add to the write path: a record that somebody else gives to a person is told to that person."""

from __future__ import annotations

from dealwright.messages.notices.service import notice_row
from dealwright.messages.notices.tables import dw_notice
from dealwright.records.shapes import Work

# Who gives somebody two hundred records at once tells them so; two hundred notices would bury the others.
QUIET = ("import:", "bulk:", "undo:", "demo")


def given(work: Work) -> None:
    """A notice for each person whom this save makes owner, assignee or participant, but for whoever saves."""
    if work.parent is not None or work.change.kind not in ("create", "update") or work.change.channel.startswith(QUIET):
        return
    told: set[str] = set()
    for key in sorted(work.changed, key=lambda one: (one != "owner", one)):
        field = work.obj.fields.get(key)
        if field is None or field.type not in ("user", "users") or key in ("created_by", "modified_by"):
            continue
        before, after = (None if work.is_create else work.before[key]), work.after[key]
        new = {after} - {before} if field.type == "user" else {*(after or ())} - {*(before or ())}
        for user_id in sorted(one for one in new if one and one != work.actor.user_id and one not in told):
            told.add(user_id)
            kind = "given" if field.type == "user" else "added"
            record = (work.obj.key, work.record_id)
            row = notice_row(work.uow, user_id, kind, {"field": key}, record, work.actor.user_id)
            work.writes.insert(dw_notice, row)
