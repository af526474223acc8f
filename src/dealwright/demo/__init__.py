"""A sample company, made up from end to end: twelve people of a software-and-services firm and 18 months of their work.

`history` works out what happened and when (pure: a seed and a day give the same company), `playing` lets it happen
through the ordinary write path with the clock of then, `service` makes, refuses and resets.
"""

from dealwright.demo.service import PASSWORD, DemoState, demo_state, make, reset

__all__ = ["PASSWORD", "DemoState", "demo_state", "make", "reset"]
