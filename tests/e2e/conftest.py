"""Browser tests: each starts the real server on a free port with a fresh data folder and walks in a headless Chromium.

The walks are in walks/*.mjs; a walk fails when a step fails, and also when the page writes an error to the console,
has content refused by the policy, or gets an answer of 400 and above that the walk did not expect.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dealwright.foundation.ids import new_id
from support.postgres import create_database, drop_database, postgres_url
from support.server import Served, serving

ROOT = Path(__file__).resolve().parents[2]
WALKS = Path(__file__).parent / "walks"
WALK_S = 300
ADMIN = {"name": "苏映禾", "email": "admin@example.com", "password": "paper-and-ink-9"}
WORKSPACE = {"name": "澄湖智维", "locale": "zh-CN", "time_zone": "Asia/Shanghai", "currency": "CNY"}

Walk = Callable[..., None]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; tools/browser.sh finds it or says what to install."""
    found = subprocess.run(["bash", str(ROOT / "tools/browser.sh")], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.fail(found.stderr)
    return found.stdout.strip().splitlines()[-1]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    """A server on SQLite that still has to be set up."""
    with serving(tmp_path / "data") as served:
        yield served


@pytest.fixture(params=["sqlite", "postgresql"])
def either_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    """A server that still has to be set up, once on each database."""
    if request.param == "sqlite":
        with serving(tmp_path / "data") as served:
            yield served
        return
    address, name = postgres_url(ROOT), f"dw_e2e_{new_id()[-12:]}"
    url = create_database(address, name)
    try:
        with serving(tmp_path / "data", url) as served:
            yield served
    finally:
        drop_database(address, name)


@pytest.fixture
def company(server: Served) -> Served:
    """A server with the sales starter and the sample company."""
    sys.path.insert(0, str(ROOT))
    from tools.sample import Company

    with httpx.Client(base_url=server.url, timeout=30) as client:
        set_up(client, server)
        Company(client).fill()
    return server


@pytest.fixture
def workspace(server: Served) -> Served:
    """A server with the sales starter and nothing in it."""
    with httpx.Client(base_url=server.url, timeout=30) as client:
        set_up(client, server)
    return server


def set_up(client: httpx.Client, server: Served) -> None:
    """What the set-up page sends."""
    token = server.link.partition("token=")[2]
    body = {**ADMIN, "token": token, "workspace": WORKSPACE, "starter": "sales"}
    client.post("/api/v1/setup", json=body).raise_for_status()


@pytest.fixture
def walk(chromium: str, tmp_path: Path) -> Walk:
    """Run one walk against a server; `facts` reach it as JSON."""
    node = shutil.which("node") or str(Path(sys.executable).parent / "node")

    def run(name: str, server: Served, **facts: Any) -> None:
        picture = Path(os.environ.get("E2E_PICTURES", str(tmp_path))) / f"{name}.png"
        environment = {
            **os.environ,
            "CHROMIUM": chromium,
            "PICTURE": str(picture),
            "FACTS": json.dumps({"url": server.url, "link": server.link, **ADMIN, **facts}),
        }
        done = subprocess.run(
            [node, str(WALKS / f"{name}.mjs")],
            env=environment,
            capture_output=True,
            text=True,
            timeout=WALK_S,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"{done.stdout}\n{done.stderr}\nThe page when it failed: {picture}", pytrace=False)

    return run
