"""Pictures of the main screens for README and manual: docs/pictures/SCREEN.LOOK.png (make pictures).

Starts a server of its own in a temporary folder, fills it with the sample company and photographs it in zh, en, dark
and on a phone.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from tools.sample import Company  # noqa: E402

from support.server import serving  # noqa: E402

ADMIN = {"name": "苏映禾", "email": "admin@example.com", "password": "paper-and-ink-9"}
WORKSPACE = {"name": "澄湖智维", "locale": "zh-CN", "time_zone": "Asia/Shanghai", "currency": "CNY"}


def main() -> int:
    browser = subprocess.run(["bash", str(ROOT / "tools/browser.sh")], capture_output=True, text=True, check=True)
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as served:
        with httpx.Client(base_url=served.url, timeout=30) as client:
            token = served.link.partition("token=")[2]
            body = {**ADMIN, "token": token, "workspace": WORKSPACE, "starter": "sales"}
            client.post("/api/v1/setup", json=body).raise_for_status()
            Company(client).fill()
        facts = {"url": served.url, "out": str(ROOT / "docs/pictures"), **ADMIN}
        environment = {
            **os.environ,
            "CHROMIUM": browser.stdout.strip().splitlines()[-1],
            "FACTS": json.dumps(facts),
        }
        return subprocess.run([node, str(ROOT / "tools/pictures.mjs")], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
