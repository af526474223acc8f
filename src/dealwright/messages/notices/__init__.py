"""Notices inside the product: that something was given to you, that your import is finished. One row a person and cause.

A notice keeps who, what and when, never a value of a field; its sentence is made at reading, in the reader's language and
with the reader's rights of that moment.
"""

from dealwright.messages.notices.service import notify

__all__ = ["notify"]
