"""Conversion (P14): a record becomes others, as a lead becomes account, contact and opportunity.

Which object becomes which, field by field, is configuration of the object (`conversion` in the configuration file). Every
record is made and changed through the write path, so gates, required fields and rights hold as everywhere else.
"""

from dealwright.conversion.shapes import Conversion, Target

__all__ = ["Conversion", "Target"]
