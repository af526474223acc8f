"""E-mail: composed in the reader's language, sent by a job between two short transactions, never twice by accident."""

from dealwright.messages.mail.letters import Letter
from dealwright.messages.mail.sending import handlers
from dealwright.messages.mail.server import MailServer

__all__ = ["Letter", "MailServer", "handlers"]
