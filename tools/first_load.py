"""How much script a browser loads before a screen is usable: the entry, the screen's own chunk, and all they import.

`python tools/first_load.py` prints it for the desk and fails over the budget. Gzip as a web server would send it.
"""

from __future__ import annotations

import gzip
import re
import sys
from pathlib import Path

DIST = Path(__file__).resolve().parent.parent / "web" / "dist"
BUDGET_KB = 350
LANGUAGES = ("zh-CN-*.js", "en-*.js")
_STATIC = re.compile(r"""(?:from|import)\s*["']\./([\w.-]+\.js)["']""")
_ENTRY = re.compile(r"""(?:src|href)="/assets/([\w.-]+\.js)\"""")


def first_load(screen: str, dist: Path = DIST) -> dict[str, int]:
    """Gzipped bytes by chunk for a screen named like its component (`Desk`). FileNotFoundError when there is no build."""
    assets = dist / "assets"
    waiting = [*_ENTRY.findall((dist / "index.html").read_text("utf-8"))]
    waiting += [path.name for path in assets.glob(f"{screen}-*.js")]
    # the texts of one language; the longer of the two
    texts = [path for pattern in LANGUAGES for path in assets.glob(pattern)]
    waiting.append(max(texts, key=lambda path: path.stat().st_size).name)
    found: dict[str, int] = {}
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        content = (assets / name).read_bytes()
        found[name] = len(gzip.compress(content, 6))
        waiting += _STATIC.findall(content.decode("utf-8"))
    return found


def main() -> int:
    """Print the chunks of the desk, the largest first; 1 when they are over the budget."""
    chunks = first_load("Desk")
    for name, size in sorted(chunks.items(), key=lambda one: -one[1]):
        print(f"{size / 1000:8.1f} kB  {name}")
    total = sum(chunks.values()) / 1000
    print(f"{total:8.1f} kB  first load of the desk (at most {BUDGET_KB})")
    return 0 if total <= BUDGET_KB else 1


if __name__ == "__main__":
    sys.exit(main())
