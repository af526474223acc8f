"""The order in which rows are taken: as in the file, but a record before the rows of the same file that name it.

So parents and children may stand in any order. The order follows from file and options alone; a run that goes on
after a restart finds the same one.
"""

from __future__ import annotations

from collections.abc import Sequence

from dealwright.records.imports.names import RELATIONS, parts_of
from dealwright.records.imports.rows import Reader


def order_of(reader: Reader) -> Sequence[int]:
    """The places of all rows in the order they are to be taken. Rows that name each other in a circle stay as they are."""
    count = len(reader.sheet.rows)
    obj = reader.obj
    own = [(at, fld) for at, fld in reader.columns if fld.type in RELATIONS and fld.target == obj.key]
    name = next(((at, fld) for at, fld in reader.columns if fld.key == obj.name_field), None)
    if not own or name is None:
        return range(count)
    at, field = name
    place_of: dict[str, int] = {}

    def form(text: str) -> str:
        return (field.ftype.unique_key(field, text) if field.unique else None) or text

    for place, row in enumerate(reader.sheet.rows):
        cell = reader.cell(row, at, field.key)
        if cell is not None:
            place_of.setdefault(form(str(cell)), place)
    needs: dict[int, list[int]] = {}
    for column, fld in own:
        for place, row in enumerate(reader.sheet.rows):
            cell = reader.cell(row, column, fld.key)
            if cell is None:
                continue
            named = (place_of.get(form(part)) for part in parts_of(fld, cell))
            needs.setdefault(place, []).extend(one for one in named if one is not None and one != place)
    return _sorted(count, needs)


def _sorted(count: int, needs: dict[int, list[int]]) -> list[int]:
    order: list[int] = []
    state = [0] * count  # 0 not met, 1 at work, 2 taken
    for start in range(count):
        stack = [start]
        while stack:
            place = stack[-1]
            if state[place] == 0:
                state[place] = 1
                stack += [one for one in needs.get(place, ()) if state[one] == 0]
                continue
            stack.pop()
            if state[place] == 1:
                state[place] = 2
                order.append(place)
    return order
