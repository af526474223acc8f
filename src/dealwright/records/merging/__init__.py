"""Two records that are the same thing: finding them, making one of them, and taking that back.

The records that give way go to the bin and stay as they were; everything that pointed to them points to the one that
stays. All of it takes the write path, in one transaction.
"""

from dealwright.records.merging.groups import duplicate_groups
from dealwright.records.merging.preview import merged_into, preview
from dealwright.records.merging.service import Merge, merge
from dealwright.records.merging.undo import undo

__all__ = ["Merge", "duplicate_groups", "merge", "merged_into", "preview", "undo"]
