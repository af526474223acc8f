"""Whether the system tables are those of this release: asked at every start, without loading what migrates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from dealwright.foundation.database.tables import dw_state, metadata

if TYPE_CHECKING:
    from dealwright.foundation.database.engine import Database

VERSION_TABLE = "dw_alembic"
SCRIPTS = Path(__file__).parent / "migrations"
_NUMBERS = re.compile(r"^(revision|down_revision)\b[^=\n]*= *[\"']([^\"']+)[\"']", re.MULTILINE)


def newest() -> set[str]:
    """The revisions that no other one follows: one, unless a release is put together wrongly."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for script in (SCRIPTS / "versions").glob("*.py"):
        for name, number in _NUMBERS.findall(script.read_text("utf-8")):
            found[name].add(number)
    return found["revision"] - found["down_revision"]


def is_current(db: Database) -> bool:
    """True when nothing is left to do for `migrate`."""
    with db.read() as uow:
        present = set(sa.inspect(uow.conn).get_table_names())
        if not {VERSION_TABLE, *metadata.tables} <= present:
            return False
        at = {row[0] for row in uow.raw(f"SELECT version_num FROM {VERSION_TABLE}")}
        return at == newest() and uow.conn.execute(sa.select(dw_state.c.id)).first() is not None
