"""What this process remembers between requests about people and rights, correct across processes.

Everything is kept under the rights epoch that was read together with the session. Any change of users, roles, teams
or membership raises the epoch in its own transaction, so a request that sees the change also sees the new epoch and
finds nothing old.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from dealwright.foundation.database import Database, UnitOfWork, bump, state_of

T = TypeVar("T")
_MOST = 20_000  # entries per database; beyond, the cache starts afresh
_stores: "WeakKeyDictionary[Database, dict[Any, Any]]" = WeakKeyDictionary()
_lock = threading.Lock()


def rights_changed(uow: UnitOfWork) -> None:
    """Call after every change of users, roles, teams or membership, in its own unit."""
    bump(uow, "rights_epoch")
    uow.memo["rights_changed"] = True
    uow.memo.pop("access", None)


def remembered(uow: UnitOfWork, key: tuple[Any, ...], make: Callable[[], T], *, with_schema: bool = False) -> T:
    """The value of `key` at the current rights epoch (and schema version), made once per process.

    A unit that has itself changed rights or schema neither trusts nor fills the memory: it may still roll back, and
    another transaction would then use the same epoch for something else.
    """
    state = state_of(uow)
    first = uow.memo.setdefault("state_first", state)
    touched = (
        uow.memo.get("rights_changed")
        or first.rights_epoch != state.rights_epoch
        or (with_schema and first.schema_version != state.schema_version)
        or (uow.writes and "authenticated" not in uow.memo)
    )
    if touched:
        return make()
    full = (state.rights_epoch, state.schema_version if with_schema else 0, *key)
    store = _stores.get(uow.db)
    if store is None:
        with _lock:
            store = _stores.setdefault(uow.db, {})
    found = store.get(full, _stores)
    if found is not _stores:
        return found  # type: ignore[no-any-return]
    value = make()
    if len(store) > _MOST or any(old[0] < state.rights_epoch for old in list(store)[:1]):
        store.clear()
    store[full] = value
    return value
