"""The steps of this floor; `app.write_path` writes out their order.

Thin: each fetches what a decision needs, calls it, and puts the answer on the work.
"""

from __future__ import annotations

from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox import queue as queue_job
from dealwright.foundation.outbox.tables import dw_job
from dealwright.records import derive as deriving
from dealwright.records import lines, rights, rollups, store, targets, validation
from dealwright.records.coercion import coerce_values
from dealwright.records.loading import loader
from dealwright.records.plans import values_of
from dealwright.records.search.index import drop_entries, entries, searchable
from dealwright.records.search.tables import dw_search
from dealwright.records.shapes import Values, Work

# Whoever changes thousands of rows says itself when it is done; its rows are not announced one by one (S24). The past
# of the sample company is nobody's news.
QUIET = ("import:", "bulk:", "demo")


def check_rights(work: Work) -> None:
    """Rights on the stored row, which is read here with its version compared (S1, S2). The place for locks (423)."""
    rights.check_object(work)
    if work.parent is not None:
        return
    if work.is_create:
        work.record_id = work.change.record_id or new_id()
        return
    work.record_id = work.change.record_id or ""
    rights.load_row(work)
    assert work.row_before is not None
    load = loader(work.uow, work.schema, work.obj, work.record_id)
    work.before = Values(values_of(work.obj, work.row_before), load)
    work.after = Values(dict(work.before), load)


def coerce(work: Work) -> None:
    """Typed values, lines and relations; errors are collected on the work."""
    if work.change.kind not in ("create", "update"):
        return
    coerce_values(work)
    if work.parent is None:
        lines.prepare_lines(work)
        targets.check_targets(work)


def derive(work: Work) -> None:
    """What follows from the values. Ends the walk when nothing differs, and when anything is wrong."""
    if work.change.kind == "delete" or work.change.kind == "restore":
        return
    deriving.derive_values(work)
    lines.total_lines(work)
    deriving.find_changed(work)
    work.formulas_stale = True
    deriving.fill_formulas(work)
    if work.parent is not None:
        return
    if work.errors:
        validation.check_final(work)
    if work.change.kind == "update" and not work.changed:
        work.nothing_to_do = True


def validate(work: Work) -> None:
    """Rules on the final values of the record and its lines; all errors in one answer."""
    if work.parent is not None:
        return
    if work.change.kind == "delete":
        validation.check_not_in_use(work)
    if work.change.kind in ("create", "update"):
        lines.total_lines(work)
        deriving.fill_formulas(work)
        validation.check_final(work)


def write(work: Work) -> None:
    """Store. Formulas are worked out once more when an engine or a gate set a field."""
    if work.parent is not None:
        store.store_line(work)
        return
    if work.change.kind in ("create", "update"):
        deriving.number_records(work)
        deriving.fill_formulas(work)
    store.store_record(work)
    index(work)


def index(work: Work) -> None:
    """Bring the search index up to date with the changed fields; a record in the bin is not found."""
    kind = work.change.kind
    fields = searchable(work.obj)
    if kind in ("create", "update"):
        fields &= work.changed
    if kind in ("delete", "update") and fields:
        drop_entries(work.writes, work.record_id, None if kind == "delete" else fields)
    if kind != "delete":
        for row in entries(work.obj, work.record_id, {key: work.after[key] for key in sorted(fields)}):
            work.writes.insert(dw_search, row)


def roll_up(work: Work) -> None:
    """Totals of the records that this one points to."""
    if work.parent is None:
        rollups.roll_up_parents(work)


def queue(work: Work) -> None:
    """Outbox rows: what steps asked for, and that the record changed; coming out of the bin tells nobody (S25).

    Then everything the save has collected is sent, so what comes after finds it stored.
    """
    if work.parent is not None:
        return
    if work.change.kind != "restore" and not work.change.channel.startswith(QUIET):
        payload = {
            "object": work.obj.key,
            "id": work.record_id,
            "version": work.version,
            "kind": work.change.kind,
            "changed": sorted(work.changed),
            "channel": work.change.channel,
        }
        now = work.uow.now
        row = {"id": new_id(), "topic": "record.changed", "payload": payload, "state": "ready", "run_at": now}
        work.writes.insert(dw_job, {**row, "created_at": now})
    for job in work.queue:
        queue_job(work.uow, job.topic, dict(job.payload), key=job.key)
    store.send(work)


__all__ = [
    "check_rights",
    "coerce",
    "derive",
    "queue",
    "roll_up",
    "validate",
    "write",
]
