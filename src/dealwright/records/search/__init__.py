"""Search: own tokens, so that Chinese words of one or two characters, pinyin and phone digits are found on both databases."""

from dealwright.records.search.query import match_clause, search
from dealwright.records.search.tokens import query_terms, tokens_of

__all__ = ["match_clause", "query_terms", "search", "tokens_of"]
