"""Bringing the system tables up to this release: in one transaction, safe to call from several processes at once.

An empty database gets all tables of `metadata` and the newest revision. An older one runs the scripts it lacks, then
gets the tables that are new. Whoever calls this has imported the `tables.py` of every package first.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from dealwright.foundation.database import current as here
from dealwright.foundation.database.current import VERSION_TABLE
from dealwright.foundation.database.tables import dw_state, metadata
from dealwright.foundation.database.unit import UnitOfWork

if TYPE_CHECKING:
    from dealwright.foundation.database.engine import Database

_LOCK = 7_224_011_936  # any number of ours: the advisory lock under which PostgreSQL's schema is brought up


class NewerDatabase(RuntimeError):
    """The database was written by a later release than this one."""


def config(uow: UnitOfWork | None = None) -> Config:
    """Alembic's configuration on an open unit of work."""
    made = Config()
    made.set_main_option("script_location", str(here.SCRIPTS).replace("%", "%%"))
    if uow is not None:
        made.attributes["connection"] = uow.conn
    return made


def revision_of(uow: UnitOfWork) -> str | None:
    """The revision the database is at; None for one that was never migrated."""
    return MigrationContext.configure(uow.conn, opts={"version_table": VERSION_TABLE}).get_current_revision()


def head() -> str:
    """The newest revision of this release."""
    newest = ScriptDirectory.from_config(config()).get_current_head()
    assert newest is not None
    return newest


def migrate(db: "Database") -> None:
    """Create or upgrade the system tables. Raises NewerDatabase; Problem(503) when the database is in trouble."""
    with db.ddl(lock_timeout_s=60) as uow:
        db.dialect.lock_migrations(uow._dbapi, _LOCK)
        current = revision_of(uow)
        scripts = ScriptDirectory.from_config(config())
        if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
            raise NewerDatabase(f"the database is at revision {current}, which this release does not know")
        if current is not None and current != head():
            command.upgrade(config(uow), "head")
        present = set(sa.inspect(uow.conn).get_table_names())
        missing = [table for table in metadata.sorted_tables if table.name not in present]
        metadata.create_all(uow.conn, tables=missing, checkfirst=False)
        if current is None:
            command.stamp(config(uow), "head")
        if uow.conn.execute(sa.select(dw_state.c.id)).first() is None:
            uow.conn.execute(sa.insert(dw_state).values(id=1, schema_version=1, rights_epoch=1, workspace={}))
