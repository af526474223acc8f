"""`make soak`: the fault and fuzz tests for a long time. 50,000 drawn requests and more than a hundred kills, both databases.

SOAK_REQUESTS and SOAK_KILLS choose other numbers. Draws are new each time; what fails is printed with how to repeat it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUESTS = int(os.environ.get("SOAK_REQUESTS", "50000"))
KILLS = int(os.environ.get("SOAK_KILLS", "60"))
# One example is about 80 requests by Schemathesis (one for each route) and 60 by our own words, on two databases.
REQUESTS_AN_EXAMPLE = 2 * (80 + 60)


def main() -> int:
    """Run the tests with large numbers; pytest's exit status."""
    examples = max(1, -(-REQUESTS // REQUESTS_AN_EXAMPLE))
    env = {**os.environ, "DEALWRIGHT_FUZZ": str(examples), "DEALWRIGHT_KILLS": str(KILLS)}
    print(f"{examples * REQUESTS_AN_EXAMPLE} requests, {2 * KILLS} kills under writes", flush=True)
    command = [sys.executable, "-m", "pytest", "tests/fuzz", "tests/faults", "-n", "2", "-v"]
    return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
