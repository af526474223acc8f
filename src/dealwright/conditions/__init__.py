"""One condition tree for the whole product: filters, gates, rules, segments, row access.

`parse` checks raw JSON against the fields of an object; the frozen tree is then read by `to_sql` (both databases),
`matches` (in memory) and `words` (zh, en). `web/src/shared/conditions` is its twin in the browser.
"""

from dealwright.conditions.memory import matches
from dealwright.conditions.parse import parse
from dealwright.conditions.shapes import (
    KINDS,
    OPERATORS,
    All,
    AnyOf,
    Condition,
    Context,
    Fields,
    FieldShape,
    Leaf,
    ManyColumn,
    Not,
    Part,
    leaves,
    paths,
)
from dealwright.conditions.sql import parameters, signature, to_sql
from dealwright.conditions.words import words
from dealwright.foundation.textfold import fold

__all__ = [
    "KINDS",
    "OPERATORS",
    "All",
    "AnyOf",
    "Condition",
    "Context",
    "FieldShape",
    "Fields",
    "Leaf",
    "ManyColumn",
    "Not",
    "Part",
    "fold",
    "leaves",
    "matches",
    "parameters",
    "parse",
    "paths",
    "signature",
    "to_sql",
    "words",
]
