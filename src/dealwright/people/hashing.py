"""How secrets are kept: random ones as SHA-256, passwords as argon2id (50 ms on purpose, so never inside a transaction)."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import Any

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dealwright.foundation.database.unit import unit_open
from dealwright.foundation.errors import FieldError, invalid

COMMON = frozenset({
    "password", "12345678", "123456789", "1234567890", "qwertyuiop", "password1", "11111111", "88888888", "66666666",
    "admin123", "iloveyou", "abc12345",
})  # fmt: skip
hasher = PasswordHash((Argon2Hasher(),))


@cache
def nobody() -> str:
    """Checked for names that do not exist, so that an answer takes as long as for those that do."""
    return hasher.hash(secrets.token_urlsafe())


def digest(secret: str) -> str:
    """The stored form of a random secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def check_password(password: Any, field: str = "password") -> str:
    """A password that may be used: 8 to 200 characters and none of the well-known ones. Problem 422 WEAK_PASSWORD."""
    if not isinstance(password, str) or not 8 <= len(password) <= 200 or password.lower() in COMMON:
        raise invalid([FieldError(field, "WEAK_PASSWORD", {"min": 8})])
    return password


def hashed(password: Any, field: str = "password") -> str:
    """The stored form of a new password. Problem 422 WEAK_PASSWORD. Not to be called while a transaction is open."""
    assert not unit_open(), "a password is hashed before the transaction: it would hold the only write lock"
    return hasher.hash(check_password(password, field))
