"""Bringing the system tables up to this release."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from dealwright.foundation.database.tables import dw_state, metadata

if TYPE_CHECKING:
    from dealwright.foundation.database.engine import Database


def migrate(db: "Database") -> None:
    """Create what is missing."""
    with db.ddl() as uow:
        metadata.create_all(uow.conn)
        if uow.conn.execute(sa.select(dw_state.c.id)).first() is None:
            uow.conn.execute(sa.insert(dw_state).values(id=1, schema_version=1, rights_epoch=1, workspace={}))
