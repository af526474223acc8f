"""Alembic scripts of the system tables (version table dw_alembic); `migrate.py` runs them.

A release adds columns, indexes and data here, in scripts `versions/NNNN_what.py` with an increasing number. A new table
needs no script: `migrate` creates tables that are missing. Nothing is taken away before the release after.
"""
