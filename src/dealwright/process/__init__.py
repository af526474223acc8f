"""The process engine's first part: pipelines, stages, what a stage demands, and the history of visits.

The gate is one function on the write path, so form, board, import, bulk change, API and rule meet the same demands.
"""

from dealwright.process.shapes import Move, Pipeline, Refused, Stage

__all__ = ["Move", "Pipeline", "Refused", "Stage"]
