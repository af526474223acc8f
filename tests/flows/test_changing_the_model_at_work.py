"""One process changes fields while another reads and writes through statements that it keeps."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from support.desk import Desk

LABELS = {"zh": "编号", "en": "Number"}


@pytest.fixture
def other(desk: Desk, tmp_path: Any) -> Any:
    """Another process at the same database."""
    second = Desk(desk.db.url.render_as_string(hide_password=False), tmp_path)
    yield second
    second.close()


def round_of(desk: Desk, record: str, value: Any) -> None:
    """Three times each, so that every statement has been planned."""
    for _ in range(3):
        found = desk.admin.get(f"/records/account/{record}")
        assert found["ext_number"] == value
        change = {"ext_number": value, "short_name": None if found.get("short_name") else "大华"}
        reply = desk.client.request(
            "PATCH", f"/api/v1/records/account/{record}", json=change,
            headers={**desk.admin.headers, "If-Match": f'"{found["version"]}"'},
        )  # fmt: skip
        assert reply.status_code == 200, reply.text
        listed = desk.admin.get("/records/account?fields=name,ext_number")["records"]
        assert [one["ext_number"] for one in listed] == [value]


def test_a_field_that_changes_its_type_elsewhere_is_read_and_written_as_what_it_is_now(desk: Desk, other: Desk) -> None:
    other.admin.post("/objects/account/fields", {"key": "ext_number", "type": "text", "labels": LABELS})
    record = desk.admin.post("/records/account", {"name": "大华", "ext_number": "42"})["id"]
    round_of(desk, record, "42")
    path = "/objects/account/fields/ext_number/type"
    other.admin.post(path, {"type": "long_text"})
    round_of(desk, record, "42")
    other.admin.post(path, {"type": "number", "decimals": 0})
    round_of(desk, record, desk.admin.get(f"/records/account/{record}")["ext_number"])
    assert str(desk.admin.get(f"/records/account/{record}")["ext_number"]) == "42"


def test_whoever_reads_and_writes_while_fields_come_and_go_meets_no_fault(desk: Desk, other: Desk) -> None:
    record = desk.admin.post("/records/account", {"name": "大华"})["id"]
    done = threading.Event()
    seen: set[int] = set()
    faults: list[str] = []

    def again_and_again(act: Callable[[], Any]) -> None:
        while not done.is_set():
            reply = act()
            seen.add(reply.status_code)
            if reply.status_code not in (200, 412, 503):
                faults.append(reply.text)

    def read() -> Any:
        return desk.admin.call("GET", f"/records/account/{record}")

    def write() -> Any:
        found = read()
        if found.status_code != 200:
            return found
        body = {"short_name": "大华" if found.json().get("short_name") != "大华" else "华大"}
        headers = {**desk.admin.headers, "If-Match": f'"{found.json()["version"]}"'}
        return desk.client.request("PATCH", f"/api/v1/records/account/{record}", json=body, headers=headers)

    desk.admin.get("/me")  # the seat is taken before the threads share it
    threads = [threading.Thread(target=again_and_again, args=(act,)) for act in (read, write)]
    for thread in threads:
        thread.start()
    try:
        for number in range(6):
            field = f"x_came_{number}"
            made = other.admin.call("POST", "/objects/account/fields", {"key": field, "type": "text", "labels": LABELS})
            if made.status_code == 201:
                other.admin.call("DELETE", f"/objects/account/fields/{field}")
    finally:
        done.set()
        for thread in threads:
            thread.join()
    assert not faults, faults[:3]
    assert 200 in seen
