"""Alembic's entry: runs on the connection it is given, inside the transaction that is open there."""

from alembic import context

from dealwright.foundation.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="dw_alembic",
    transactional_ddl=False,  # the unit of work around this commits all of it or nothing
)
context.run_migrations()
