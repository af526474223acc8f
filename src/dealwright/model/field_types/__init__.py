"""Every field type by its key. A new type is one file beside this one and a line in the list below."""

from dealwright.foundation.errors import Problem
from dealwright.model.field_types import base
from dealwright.model.field_types.base import (
    REGISTRY,
    CoerceContext,
    FieldType,
    Money,
    Unresolved,
    ValueProblem,
    register,
)
from dealwright.model.field_types.choices import MultiSelect, Pipeline, Select, Stage, Tags
from dealwright.model.field_types.computed import AutoNumber, Formula, RollUp
from dealwright.model.field_types.contact import Email, Phone, Url
from dealwright.model.field_types.dates import Boolean, Date, DateTime, MonthDay
from dealwright.model.field_types.money import MoneyType
from dealwright.model.field_types.numbers import Duration, Number, Percent
from dealwright.model.field_types.region import RegionType
from dealwright.model.field_types.relations import (
    File,
    Image,
    LineItems,
    Relation,
    RelationAny,
    RelationMany,
    Team,
    User,
    Users,
)
from dealwright.model.field_types.text import LongText, Text

register(
    Select(),
    Stage(),
    Pipeline(),
    MultiSelect(),
    Tags(),
    AutoNumber(),
    Formula(),
    RollUp(),
    Email(),
    Phone(),
    Url(),
    Boolean(),
    Date(),
    MonthDay(),
    DateTime(),
    MoneyType(),
    Number(),
    Percent(),
    Duration(),
    RegionType(),
    Relation(),
    User(),
    Team(),
    RelationAny(),
    RelationMany(),
    Users(),
    File(),
    Image(),
    LineItems(),
    Text(),
    LongText(),
)


def field_type(key: str) -> FieldType:
    """The type of a key, or Problem 422 UNKNOWN_TYPE."""
    found = REGISTRY.get(key)
    if found is None:
        raise Problem(422, "UNKNOWN_TYPE", field="type", params={"type": str(key)[:40], "allowed": sorted(REGISTRY)})
    return found


__all__ = ["REGISTRY", "CoerceContext", "FieldType", "Money", "Unresolved", "ValueProblem", "base", "field_type"]
