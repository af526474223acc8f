"""A list of many rows in a real browser: server time, and the time until the rows and the opened record are drawn.

`python -m bench.list_screen URL EMAIL PASSWORD [OBJECT]` against a running server that `bench.load` has filled; needs Chromium.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the walk; it prints one line a figure, in milliseconds."""
    url, email, password, *rest = sys.argv[1:]
    found = subprocess.run(
        ["bash", str(HERE.parent / "tools/browser.sh")], capture_output=True, text=True, check=True
    ).stdout
    facts = {"url": url, "email": email, "password": password, "object": rest[0] if rest else "opportunity"}
    environment = {**os.environ, "CHROMIUM": found.strip().splitlines()[-1], "FACTS": json.dumps(facts)}
    node = shutil.which("node") or "node"
    return subprocess.run([node, str(HERE / "list_screen.mjs")], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
