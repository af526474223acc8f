"""A mail server for tests: takes mail on a free port of this machine, keeps it, and refuses what it is told to."""

from __future__ import annotations

import email
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailbox:
    """`mails` in the order they came. `refuse`: an answer to RCPT by address; `after_data`: an answer to every mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.refuse: dict[str, str] = {}
        self.after_data = "250 taken"
        self.logins: list[tuple[str, str]] = []
        self.url = ""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.after_data.startswith("250"):
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
            self.mails.append(email.message_from_bytes(envelope.content, policy=default))
        if self.after_data == "hang up":
            server.transport.close()
        return self.after_data

    def login(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password == b"right")


@contextmanager
def mailbox(*, with_login: bool = False) -> Iterator[Mailbox]:
    """A running server; its address is `url`."""
    box = Mailbox()
    more: dict[str, Any] = {}
    if with_login:
        more = {"authenticator": box.login, "auth_required": True, "auth_require_tls": False}
    controller = Controller(box, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, **more)

    def reach() -> None:  # at the port it was given: it would try port 0
        controller.port = controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        Controller._trigger_server(controller)

    controller._trigger_server = reach  # type: ignore[method-assign]
    controller.start()
    try:
        box.url = f"smtp://127.0.0.1:{controller.port}"
        yield box
    finally:
        controller.stop()
