"""The office of `support.office` on both databases."""

from support.office import office
from support.sales import postgres_sales, sqlite_sales

__all__ = ["office", "postgres_sales", "sqlite_sales"]
