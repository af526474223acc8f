"""Shaping an object safely: what uses a field, what a draft would do to real records, publishing it as one change.

The model changes tables; here is what has to be known before: the views, stages and settings that name a field, and how
many records a change would touch. Engines on higher floors say what they use through `FieldUser`, gathered in `app.py`.
"""

from dealwright.records.design.uses import FieldUser, Use, retire, uses_of

__all__ = ["FieldUser", "Use", "retire", "uses_of"]
