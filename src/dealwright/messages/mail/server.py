"""The mail server of DEALWRIGHT_SMTP_URL: where it is, who we are there, and what its answers mean."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from urllib.parse import parse_qs, unquote, urlsplit

from dealwright.foundation.settings import SettingError

TIMEOUT_S = 20
MODES = ("auto", "require", "off")


class NotSent(Exception):
    """The server did not take the mail; nobody got it. `for_good`: trying again is of no use."""

    def __init__(self, text: str, *, for_good: bool) -> None:
        super().__init__(text)
        self.for_good = for_good


class MaybeSent(Exception):
    """The mail was handed over and no answer came: it may have been taken."""


@dataclass(frozen=True)
class MailServer:
    """smtp://user:password@host:587 (STARTTLS when it is offered; ?starttls=require or off) or smtps://..."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    implicit_tls: bool = False
    starttls: str = "auto"

    @classmethod
    def of(cls, url: str) -> MailServer:
        """The server of an address. Raises SettingError."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise SettingError("DEALWRIGHT_SMTP_URL must look like smtp://user:password@host:587 or smtps://host")
        try:
            port = parts.port
        except ValueError:
            raise SettingError("DEALWRIGHT_SMTP_URL: the port must be a number") from None
        mode = _mode(parse_qs(parts.query))
        secure = parts.scheme == "smtps"
        return cls(
            parts.hostname, port or (465 if secure else 587), unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None, secure, mode,
        )  # fmt: skip

    def send(self, message: EmailMessage, sender: str, to: str) -> None:
        """Hand one mail over. Raises NotSent, or MaybeSent when the answer to the mail itself did not come."""
        handed_over, utf8 = False, _needs_utf8(sender, to)
        try:
            smtp = self._connected()
            try:
                _accepted(smtp.mail(sender, ["SMTPUTF8"] if utf8 else []))
                _accepted(smtp.rcpt(to), for_good=True)
                data = message.as_bytes(policy=SMTPUTF8 if utf8 else SMTP)
                handed_over = True
                answer = smtp.data(data)
                handed_over = False
                _accepted(answer, for_good=True)
                with suppress(OSError, smtplib.SMTPException):  # the mail is taken, whatever becomes of the goodbye
                    smtp.quit()
            finally:
                smtp.close()
        except smtplib.SMTPResponseException as error:  # before the mail itself: it was not taken
            raise NotSent(_said(error.smtp_code, error.smtp_error), for_good=False) from error
        except (OSError, smtplib.SMTPException) as error:
            if handed_over:
                raise MaybeSent(f"{type(error).__name__}: {error}") from error
            raise NotSent(f"{type(error).__name__}: {error}"[:300], for_good=False) from error

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.implicit_tls:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_S, context=context)
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_S)
        try:
            smtp.ehlo()
            if not self.implicit_tls and self.starttls != "off":
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=context)
                    smtp.ehlo()
                elif self.starttls == "require":
                    raise NotSent("the server offers no STARTTLS", for_good=False)
            if self.user is not None:
                smtp.login(self.user, self.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp


def _accepted(answer: tuple[int, bytes], *, for_good: bool = False) -> None:
    """Raises NotSent unless the server said yes. for_good: a refusal of this mail, not of the moment, when it is 5xx."""
    code, text = answer
    if code not in (250, 251):
        raise NotSent(_said(code, text), for_good=for_good and code >= 500)


def _mode(query: Mapping[str, list[str]]) -> str:
    mode = (query.get("starttls") or ["auto"])[-1]
    if mode not in MODES or set(query) - {"starttls"}:
        raise SettingError(f"DEALWRIGHT_SMTP_URL: ?starttls= is one of {', '.join(MODES)}")
    return mode


def _needs_utf8(*addresses: str) -> bool:
    return not all(address.isascii() for address in addresses)


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return f"the mail server said {code} {' '.join(words.split())}"[:300]
