"""Who may see and change which rows and fields: the only door to rows.

`Access.for_actor` gives an actor's rights; `ObjectAccess` turns them into row conditions for the query builder and into
field levels. Roles are flat and add up; a field right counts only on rows that the same grant covers.
"""

from dealwright.access.masking import mask
from dealwright.access.rules import Access, ObjectAccess
from dealwright.access.shapes import Grant, Level, RowFacts, Scope

__all__ = ["Access", "Grant", "Level", "ObjectAccess", "RowFacts", "Scope", "mask"]
