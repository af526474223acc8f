"""Both databases behind one face: engine, units of work, types, dialect differences, state."""

from dealwright.foundation.database.changes import raising, touch, version_of
from dealwright.foundation.database.dialect import Dialect, Prepared
from dealwright.foundation.database.engine import Database
from dealwright.foundation.database.state import (
    State,
    Workspace,
    bump,
    note_state,
    save_workspace,
    state_from,
    state_of,
)
from dealwright.foundation.database.tables import metadata
from dealwright.foundation.database.types import AnyScale, Day, Decimal_, Flag, Id, Instant, Json, Text_
from dealwright.foundation.database.unit import UnitOfWork, unit_open

__all__ = [
    "AnyScale",
    "Database",
    "Day",
    "Decimal_",
    "Dialect",
    "Flag",
    "Id",
    "Instant",
    "Json",
    "Prepared",
    "State",
    "Text_",
    "UnitOfWork",
    "Workspace",
    "bump",
    "metadata",
    "note_state",
    "raising",
    "save_workspace",
    "state_from",
    "state_of",
    "touch",
    "unit_open",
    "version_of",
]
