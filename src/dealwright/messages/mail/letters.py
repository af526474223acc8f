"""A mail as people read it, and as it travels: plain text and a simple HTML beside it, built so that no header can be forged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape

from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.texts import say

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]\x00-\x1f]+@[^\s@<>\"(),:;\\\[\]\x00-\x1f]+")


@dataclass(frozen=True)
class Letter:
    """One mail to one person. text: paragraphs parted by empty lines. link: the one thing to do, with its words."""

    to: str
    name: str
    subject: str
    text: str
    locale: str = "zh-CN"
    link: str | None = None
    button: str = ""


def checked_address(address: str) -> str:
    """An address that can stand in a header. Problem 422 MAIL_ADDRESS."""
    if len(address) > 320 or not _ADDRESS.fullmatch(address):
        raise invalid([FieldError("to", "MAIL_ADDRESS", {"address": address[:80]})])
    return address


def one_line(text: str) -> str:
    """Text for a header: one line, whatever a person's name or a subject brings along."""
    return _CONTROL.sub(" ", text).strip()


def message_of(letter: Letter, sender: str, sender_name: str, message_id: str, sent_at: str) -> EmailMessage:
    """The message that travels. Problem 422 for an address or subject that cannot be a header."""
    subject = one_line(letter.subject)
    if not 0 < len(subject) <= 200:
        raise invalid([FieldError("subject", "MAIL_SUBJECT")])
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = _mailbox(sender_name, sender)
    message["To"] = _mailbox(letter.name, letter.to)
    message["Message-ID"] = message_id
    message["Date"] = sent_at
    # Answering machines leave mails alone that say they come from one.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(letter))
    message.add_alternative(html(letter), subtype="html")
    return message


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=one_line(name)[:100], addr_spec=checked_address(address))


def plain(letter: Letter) -> str:
    """The mail as text."""
    return f"{letter.text}\n\n{letter.link}\n" if letter.link else f"{letter.text}\n"


def html(letter: Letter) -> str:
    """The same as HTML without pictures, scripts or anything fetched; all that people typed is escaped."""
    lang = "en" if letter.locale.startswith("en") else "zh-CN"
    parts = "".join(
        f'<p style="margin:0 0 14px">{escape(part).replace(chr(10), "<br>")}</p>' for part in letter.text.split("\n\n")
    )
    if letter.link:
        link = escape(letter.link, quote=True)
        style = "display:inline-block;padding:9px 18px;border-radius:6px;background:#1f1e1b;color:#ffffff;text-decoration:none"
        parts += f'<p style="margin:22px 0"><a href="{link}" style="{style}">{escape(letter.button)}</a></p>'
        hint = escape(say("MAIL_LINK_HINT", letter.locale))
        parts += f'<p style="margin:0;color:#6f6c65;font-size:12px">{hint}<br>{link}</p>'
    font = "font-family:system-ui,'PingFang SC','Microsoft YaHei',sans-serif"
    body = f'<div style="max-width:520px;margin:0 auto;padding:24px;font-size:14px;line-height:22px;color:#1f1e1b;{font}">{parts}</div>'
    return f'<!doctype html><html lang="{lang}"><body style="margin:0">{body}</body></html>'
