"""The one way out: lists, single records, aggregates, look-ups and search, all on one query builder with the viewer's rights."""

from dealwright.records.query.aggregate import AggregateRequest, aggregate
from dealwright.records.query.builder import Builder, VisibleFields, context_of
from dealwright.records.query.listing import ListRequest, Page, count, find
from dealwright.records.query.lookup import lookup
from dealwright.records.query.reading import get_one

__all__ = [
    "AggregateRequest",
    "Builder",
    "ListRequest",
    "Page",
    "VisibleFields",
    "aggregate",
    "context_of",
    "count",
    "find",
    "get_one",
    "lookup",
]
