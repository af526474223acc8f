"""Everything that differs between the two databases has one face here; `sqlite.py` and `postgresql.py` fill it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.sql.visitors import iterate

from dealwright.foundation.errors import Problem

BUCKETS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True)
class Prepared:
    """A compiled statement to keep: its text, its bind keys, and how bind values become driver values.

    Unpacks to (sql, keys). `keys` is in order of the placeholders on SQLite; on PostgreSQL they are names.
    """

    sql: str
    keys: tuple[str, ...]
    positional: bool
    defaults: Mapping[str, Any]
    processors: Mapping[str, Any]

    def __iter__(self) -> Iterator[Any]:
        return iter((self.sql, self.keys))

    def params(self, values: Mapping[str, Any] | None = None) -> Any:
        """Driver parameters from values by bind name; binds that are not named keep the value of compile time."""
        given = self.defaults if not values else values if not self.defaults else {**self.defaults, **values}
        processors = self.processors
        if self.positional:
            if not processors:
                return [given[key] for key in self.keys]
            get = processors.get
            return [given[key] if (one := get(key)) is None else one(given[key]) for key in self.keys]
        if processors:
            filled = {key: processors[key](given[key]) if key in processors else given[key] for key in set(self.keys)}
        else:
            filled = {key: given[key] for key in self.keys}
        return filled


class Dialect(ABC):
    """The differences between SQLite and PostgreSQL."""

    name: str
    integrity_errors: tuple[type[Exception], ...]
    driver_errors: tuple[type[Exception], ...]
    is_sqlite: bool = False  # for tests; the product asks for what it needs by name
    mark: str  # placeholder of a parameter in bare SQL
    numeric_code: Any = None  # what the driver says of the type of an exact number
    has_row_locks: bool = False  # without them a write unit holds the only lock there is
    empties_end_indexes: bool = False  # an index read backwards begins with the empty values
    sends_together: bool = False  # whether several writes travel better as one statement
    writer_slot: sa.ColumnElement[int] = sa.literal_column(
        "0", sa.Integer()
    )  # writers of other slots write at the same time

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    # ---- statements that are kept

    def compile(self, statement: Any) -> Prepared:
        """Compile a Core statement once, for `uow.raw` / `uow.fetch`. IN lists are expanded as they are now."""
        # Expanding an IN list asks for every value at once; those that come later may be missing now.
        later = [bind for bind in iterate(statement) if isinstance(bind, sa.BindParameter) and bind.required]
        for bind in later:
            bind.required = False
        try:
            compiled = statement.compile(dialect=self.engine.dialect, compile_kwargs={"render_postcompile": True})
            defaults = dict(compiled.params)
        finally:
            for bind in later:
                bind.required = True
        positional = compiled.positiontup is not None
        keys = tuple(compiled.positiontup) if positional else tuple(defaults)
        for bind in later:
            defaults.pop(bind.key, None)  # so a value that was forgotten is a KeyError, not a silent NULL
        processors = dict(compiled._bind_processors)
        for bind in compiled.post_compile_params:  # the values of an IN list go by names of their own: x_1, x_2
            name = compiled.bind_names[bind]
            processor = bind.type.dialect_impl(self.engine.dialect).bind_processor(self.engine.dialect)
            if processor is not None:
                expanded = (key for key in keys if key.startswith(name + "_") and key[len(name) + 1 :].isdigit())
                processors.update(dict.fromkeys(expanded, processor))
        return Prepared(str(compiled), keys, positional, defaults, processors)

    def plans(self, dbapi: Any) -> Any:
        """The plans of kept statements on a bare driver connection; None where the driver keeps them well by itself."""
        return None

    # ---- many rows

    @abstractmethod
    def insert_many(self, dbapi: Any, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows to a table on the bare driver connection."""

    @abstractmethod
    def run_many(self, dbapi: Any, sql: str, params: Sequence[Any]) -> int:
        """Run one statement with many sets of driver parameters; the number of rows it hit."""

    def _columns_of(
        self, table: sa.Table, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[list[sa.Column[Any]], list[Sequence[Any]]]:
        """The columns that some row names, and the values of each over all rows."""
        named = set().union(*rows)
        columns = [column for column in table.c if column.name in named]
        names = [column.name for column in columns]
        if len(names) > 1 and all(len(row) == len(named) for row in rows):  # the usual case: every row names all
            pick = itemgetter(*names)
            return columns, list(zip(*map(pick, rows), strict=True))
        return columns, [[row.get(name) for row in rows] for name in names]

    # ---- transactions

    @abstractmethod
    def begin(self, dbapi: Any, writes: bool) -> None:
        """Open a transaction on the bare driver connection."""

    def commit(self, dbapi: Any) -> None:
        """Commit on the bare driver connection."""
        dbapi.commit()

    def rollback(self, dbapi: Any) -> None:
        """Roll back on the bare driver connection; nothing when no transaction is open."""
        dbapi.rollback()

    @abstractmethod
    def trouble(self, error: BaseException) -> Problem | None:
        """The 503 of a database that is busy, full or away; None for any other error."""

    @abstractmethod
    def is_disconnect(self, error: BaseException) -> bool:
        """True when the connection is of no more use."""

    def is_stale_plan(self, error: BaseException) -> bool:
        """True when a table was changed under a kept plan in this very moment: nobody's fault, ask again."""
        return False

    @abstractmethod
    def unique_violation(self, error: BaseException, conn: sa.Connection | None = None) -> str | None:
        """Name of the unique index that refused a row, None when the error is another one.

        SQLite names only columns; with `conn` the index is looked up, without it "table.column" comes back.
        """

    # ---- bare values, as `uow.raw` and `uow.fetch` give them

    def result_processor(self, type_: Any) -> Callable[[Any], Any] | None:
        """What makes the typed value of a bare one; None when they are the same."""
        found: Callable[[Any], Any] | None = type_._cached_result_processor(self.engine.dialect, self.numeric_code)
        return found

    @abstractmethod
    def exact(self, value: Any, scale: int) -> Any:
        """A bare value of a `Decimal_(scale)` column as an exact Decimal."""

    @abstractmethod
    def exact_text(self, scale: int) -> Callable[[Any], Any]:
        """A function from bare values of a `Decimal_(scale)` column to wire values: text, an integer for scale 0."""

    @abstractmethod
    def pack(self, values: Sequence[str]) -> Any:
        """A list of texts as the one value that `is_one_of` binds."""

    # ---- changes of tables

    def lock_migrations(self, dbapi: Any, number: int) -> None:  # noqa: B027  # nothing to do is an answer
        """Let one process migrate at a time, to the end of the transaction; SQLite's write unit is that lock."""

    def limit_lock_wait(self, dbapi: Any, seconds: float) -> None:  # noqa: B027  # nothing to do is an answer
        """In a unit that changes tables: how long it may wait for readers, who queue up behind it."""

    def unlimited_statements(self, dbapi: Any) -> None:  # noqa: B027  # nothing to do is an answer
        """In a unit that changes tables: a statement may take as long as it takes."""

    def findings(self, conn: sa.Connection) -> list[str]:
        """What the database's own check of itself complains about; [] where it has none to run."""
        return []

    @abstractmethod
    def column_types(self, conn: sa.Connection, table: str) -> dict[str, str]:
        """The columns of a real table and their types, spelt as `type_text` spells them; {} without such a table."""

    def type_text(self, column: sa.Column[Any]) -> str:
        """The type that a column should have, in one spelling of it."""
        return plain_type(column.type.compile(self.engine.dialect))

    def word_findings(self, conn: sa.Connection, table: str) -> list[str]:
        """Where a full-text index beside `table` disagrees with it; [] where the database keeps it itself."""
        return []

    @abstractmethod
    def facts(self, conn: sa.Connection) -> dict[str, Any]:
        """{"name", "size"}: which database it is, and what it takes on its disk in bytes."""

    def after_load(self, conn: sa.Connection, table: str) -> None:  # noqa: B027  # nothing to do is an answer
        """After rows with given numbers were put in: bring the table's own counter of `id` up to them."""

    @abstractmethod
    def erase(self) -> None:
        """Drop every table of the database (of the schema that is searched first), all or none."""

    # ---- expressions

    @abstractmethod
    def is_one_of(self, column: Any, bind_name: str) -> sa.ColumnElement[bool]:
        """`column` is among the texts bound under a name (see `pack`): one text for any number of them."""

    @abstractmethod
    def folded(self, column: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
        """`textfold.fold` of a column."""

    @abstractmethod
    def json_has(self, col: sa.ColumnElement[Any], value: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
        """True when a JSON array of strings holds the text of an expression; never NULL."""

    @abstractmethod
    def rescaled(self, expr: sa.ColumnElement[Any], have: int, want: int) -> sa.ColumnElement[Any]:
        """A mean, least or greatest value of a `Decimal_(have)` column, to be stored in a `Decimal_(want)` column."""

    @abstractmethod
    def matches_words(self, table: sa.Table, bind_name: str) -> sa.ColumnElement[bool]:
        """Rows of the search table whose `tokens` match the text bound under a name (see `match_text`)."""

    @abstractmethod
    def match_text(self, groups: Sequence[tuple[Sequence[str], bool]]) -> str:
        """The text to bind for words that must all be there: (tokens in a row, whether the last is a beginning)."""

    @abstractmethod
    def insert(self, table: sa.Table) -> Any:
        """The dialect's INSERT, which knows `on_conflict_do_update` and `on_conflict_do_nothing`."""

    def upsert(
        self,
        table: sa.Table,
        values: Any,
        keys: Sequence[str],
        update: Mapping[str, Any] | Sequence[str] | None = None,
    ) -> Any:
        """INSERT that updates on a conflict of `keys`: the named columns from the new row, or given expressions.

        None updates every given column outside the keys; an empty sequence leaves the old row as it is.
        """
        statement = self.insert(table).values(values)
        if update is None:
            first = values[0] if isinstance(values, (list, tuple)) else values
            update = [column for column in first if column not in keys]
        if not isinstance(update, Mapping):
            update = {column: statement.excluded[column] for column in update}
        if not update:
            return statement.on_conflict_do_nothing(index_elements=list(keys))
        return statement.on_conflict_do_update(index_elements=list(keys), set_=dict(update))

    @abstractmethod
    def skip_locked(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """FOR UPDATE SKIP LOCKED where there are row locks; SQLite's write unit holds the only lock there is."""

    @abstractmethod
    def for_update(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """FOR UPDATE where there are row locks."""

    @abstractmethod
    def json_array_agg(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """Aggregate values into one JSON array ([] when there are none)."""

    @abstractmethod
    def json_array(self, *values: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """A JSON array of expressions."""

    def into_json(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """An expression as it may stand in JSON without losing anything; `out_of_json` is its other half."""
        return expr

    def out_of_json(self, type_: Any) -> Callable[[Any], Any] | None:
        """What makes the bare value of its JSON form; None when they are the same."""
        return None

    @abstractmethod
    def json_object(self, **pairs: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """A JSON object of expressions, keys in the given order."""

    @abstractmethod
    def json_contains_any(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        """True when a JSON array of strings holds at least one of the values; never NULL."""

    @abstractmethod
    def json_contains_all(self, col: sa.ColumnElement[Any], values: Sequence[str]) -> sa.ColumnElement[bool]:
        """True when a JSON array of strings holds all the values; never NULL."""

    @abstractmethod
    def local_date(self, expr: sa.ColumnElement[Any], zone_name: str) -> sa.ColumnElement[Any]:
        """The calendar day (Day) of an instant in a zone."""

    @abstractmethod
    def date_bucket(
        self, expr: sa.ColumnElement[Any], by: str, is_instant: bool, zone_name: str
    ) -> sa.ColumnElement[str]:
        """Text of the day, week, month, quarter or year: YYYY-MM-DD, YYYY-Www (ISO), YYYY-MM, YYYY-Qn, YYYY."""

    @abstractmethod
    def median(self, expr: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """The exact median: the middle value, or the mean of the two (one digit more than the operand)."""


def checked_zone(zone_name: str) -> str:
    """`zone_name` when it is a known IANA zone, so it may stand in SQL text. Raises ValueError."""
    ZoneInfo(zone_name)  # ValueError / ZoneInfoNotFoundError for anything else
    if not all(sign.isalnum() or sign in "/_+-" for sign in zone_name):
        raise ValueError(f"not a time zone: {zone_name!r}")
    return zone_name


def plain_type(name: str) -> str:
    """One spelling of a column type, whoever tells it: lower case, no collation, no room after commas."""
    name = re.sub(r'\s*collate\s+"[^"]+"', "", name.lower())
    return re.sub("^varchar", "character varying", re.sub(r",\s+", ",", name).strip())


def retry_after(status_code: str, seconds: int) -> Problem:
    """A 503 with Retry-After."""
    return Problem(503, status_code, params={"seconds": seconds}, headers={"Retry-After": str(seconds)})
