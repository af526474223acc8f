"""Row ids: UUIDv7, so they sort by the moment of their making and indexes stay dense."""

import os
import threading
import time

_lock = threading.Lock()
_last_ms = 0
_last_random = 0
_RANDOM_BITS = 74  # 12 bits rand_a + 62 bits rand_b of RFC 9562


def _forget_state() -> None:
    """A forked process starts its own random sequence, or two processes would hand out the same ids."""
    global _last_ms, _last_random, _lock
    _lock = threading.Lock()
    _last_ms = 0
    _last_random = 0


os.register_at_fork(after_in_child=_forget_state)


def new_id() -> str:
    """A new UUIDv7: 36 characters, lower case, greater than every id this process made before."""
    global _last_ms, _last_random
    entropy = int.from_bytes(os.urandom(10), "big")
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            _last_ms = now_ms
            # the top bit stays free, so increments within one millisecond have room
            _last_random = entropy & ((1 << (_RANDOM_BITS - 1)) - 1)
        else:
            _last_random += (entropy & 0xFFFF_FFFF) + 1
            if _last_random >> _RANDOM_BITS:
                _last_ms += 1
                _last_random = entropy & ((1 << (_RANDOM_BITS - 1)) - 1)
        ms, random = _last_ms, _last_random
    number = (ms << 80) | (7 << 76) | ((random >> 62) << 64) | (2 << 62) | (random & ((1 << 62) - 1))
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
