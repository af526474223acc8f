"""Records: the one way in (the write path) and the one way out (the read path) for every record of every object.

`write_path` walks the list of steps that `app.py` writes out; `steps` are those of this floor; `store` is the only
writer of object tables. Reading lives in `query`, `search`, `timeline`, `export`.
"""

from dealwright.records.shapes import Cause, Change, Engines, Saved, Step, Values, Work
from dealwright.records.write_path import WritePath

__all__ = ["Cause", "Change", "Engines", "Saved", "Step", "Values", "Work", "WritePath"]
