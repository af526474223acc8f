"""Objects and fields that an administrator defines, each a real table with real columns.

`schema_of` gives the definitions, `service` changes them at run time, `field_types` knows each kind of value.
"""

from dealwright.model.catalogue import schema_of
from dealwright.model.field_types import CoerceContext, FieldType, Money, Unresolved, ValueProblem, field_type
from dealwright.model.shapes import FieldDef, ObjectDef, Schema, pick

__all__ = [
    "CoerceContext",
    "FieldDef",
    "FieldType",
    "Money",
    "ObjectDef",
    "Schema",
    "Unresolved",
    "ValueProblem",
    "field_type",
    "pick",
    "schema_of",
]
