"""My desk: one ranked list of what to do now, each thing with its reason and its action.

What counts as something to do is configuration: a source names an object, a condition, a sentence and an action
(`desk:` in a configuration file). `sources` keeps and checks them, `words` fills their sentences, `rank` orders what was
found, `service` asks every source once, as the reader.
"""

from dealwright.desk.sources import export, put_source

__all__ = ["export", "put_source"]
