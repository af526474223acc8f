"""Checking that the database is whole: its own check, catalogue against tables, and a recount of everything kept twice.

`structure` compares what should be there with what is there; `recounts` works out anew what the write path keeps
beside the rows (totals, formulas, visits, history, search index); `queues` looks at the outbox, imports and files.
"""

from __future__ import annotations

from collections.abc import Iterator

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.files import FileStore
from dealwright.foundation.services import Services
from dealwright.model import schema_of
from dealwright.operations.doctor import queues, recounts, structure


def doctor(services: Services) -> list[str]:
    """Findings, one a line; [] when all is well. Sees one moment of the database and changes nothing."""
    found: list[str] = []
    try:
        with services.db.read() as uow:
            found = examine(uow, services.extras["files"])
        return found + list(structure.search_tables(services.db))
    except services.db.dialect.driver_errors as error:  # of damaged pages, even ending a transaction may fail
        return found or [_unreadable(error)]


def examine(uow: UnitOfWork, store: FileStore) -> list[str]:
    """What is wrong in the database as this unit of work sees it."""
    found: list[str] = []
    try:
        found.extend(structure.database(uow))
        if not found:
            found.extend(_findings(uow, store))
    except uow.dialect.driver_errors as error:  # damage so deep that reading itself fails
        found.append(_unreadable(error))
    return found


def _unreadable(error: BaseException) -> str:
    return f"database: {str(error).splitlines()[0]}"


def _findings(uow: UnitOfWork, store: FileStore) -> Iterator[str]:
    yield from structure.system_tables(uow)
    schema = schema_of(uow)
    whole = True
    for obj in [*schema.objects.values(), *schema.retired.values()]:
        wrong = list(structure.object_tables(uow, obj))
        yield from wrong
        if any(": the column is " in line or ": the table is " in line for line in wrong):
            whole = False  # what needs those columns cannot be counted
            continue
        yield from recounts.links(uow, schema, obj)
        yield from recounts.history(uow, obj)
        yield from recounts.visits(uow, obj)
        yield from recounts.rows(uow, obj)
    if whole:
        for obj in schema.objects.values():
            yield from recounts.roll_ups(uow, schema, obj)
    yield from queues.outbox(uow)
    yield from queues.imports(uow)
    yield from queues.files(uow, store)
