"""What happens to records while somebody looks: server-sent events, each reader told only of what that reader may see.

`tail` finds new rows of the history, `sight` says which of them one reader may know of, `hub` keeps the readers of this
process and asks once a second while there are any, `stream` is the answer that stays open. The history itself is the
message bus: whatever process or worker saved, every process finds it there.
"""

from dealwright.records.live.hub import Connection, Hub
from dealwright.records.live.shapes import Event, Source

__all__ = ["Connection", "Event", "Hub", "Source"]
