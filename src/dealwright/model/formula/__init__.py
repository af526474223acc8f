"""Formulas: a small typed expression language over the record's own fields. No eval, no loops, exact decimals.

`{amount} * {probability} / 100`, `if({list_total} > 0, 1 - {net} / {list_total}, 0)`. An empty operand of arithmetic
gives an empty result; dividing by zero too.
"""

from dealwright.model.formula.evaluate import compute, live_values
from dealwright.model.formula.parse import FormulaError, parse_formula, references
from dealwright.model.formula.typing import check, in_order

__all__ = ["FormulaError", "check", "compute", "in_order", "live_values", "parse_formula", "references"]
