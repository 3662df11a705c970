"""Copying: every row of every table as lines of text, the same on both databases, and back again.

The lines are those of PostgreSQL's COPY: fields between tabs, `\\N` for NULL, rows in the order of their keys. So one
database writes and reads them without our looking at a row, and what SQLite holds is put into the same words by SQL.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from models import columns, db, tables

#: Rows that are fetched or written at once on SQLite.
_PAGE = 1000
#: Seconds for one table: a driver's own patience is a minute, and a large table takes longer.
_PATIENCE = 86_400
#: Of PostgreSQL, which ends a transaction that says nothing for ten seconds.
_NO_HASTE = "SET LOCAL idle_in_transaction_session_timeout = 0"
#: As COPY writes what must not stand in a line as it is.
_ESCAPES = {"\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}
_MEANT = {written: meant for meant, written in _ESCAPES.items()}
_ESCAPED = re.compile(r"\\.")
_NULL = "\\N"
_NAME = re.compile(r"[a-z_]{1,60}")


class Column(NamedTuple):
    """A column: its name, and "text", "bytes", "when", "day", "flag" or "whole"."""

    name: str
    kind: str


class Table(NamedTuple):
    """What is copied of a table; `numbered` is the column that the database numbers by itself, or ""."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    numbered: str


class Unfit(Exception):
    """A table's description or its lines cannot be what a copy holds."""


def layout() -> list[Table]:
    """The tables of this program, in the order in which they can be filled."""
    return [
        Table(
            table.name,
            tuple(Column(column.name, _kind(column.type)) for column in table.columns),
            tuple(column.name for column in table.primary_key),
            table.autoincrement_column.name if table.autoincrement_column is not None else "",
        )
        for table in tables.metadata.sorted_tables
    ]


def checked(table: Table) -> Table:
    """The same; raises `Unfit` unless names and kinds are such that they may stand in SQL."""
    names = [table.name, *(column.name for column in table.columns), *table.key, *filter(None, [table.numbered])]
    known = {column.name for column in table.columns}
    if (
        not all(_NAME.fullmatch(name) for name in names)
        or not {*table.key, *filter(None, [table.numbered])} <= known
        or not all(column.kind in _READ for column in table.columns)
    ):
        raise Unfit(table.name)
    return table


def _kind(type_: sa.types.TypeEngine[Any]) -> str:
    kinds: list[tuple[type, str]] = [
        (columns.When, "when"),
        (sa.LargeBinary, "bytes"),
        (sa.Boolean, "flag"),
        (sa.Date, "day"),
        (sa.Integer, "whole"),
        (sa.String, "text"),
    ]
    return next(kind for each, kind in kinds if isinstance(type_, each))


# -- out of the database ----------------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def snapshot(database: db.Database) -> AsyncIterator[db.Connection]:
    """All tables as they are at one moment, however long it takes and whoever writes meanwhile."""
    async with database.reading() as connection:
        if not database.embedded:
            await connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            # Between two questions the files are walked through, and packed.
            await connection.exec_driver_sql(_NO_HASTE)
        # SQLite sees one moment by itself: WAL keeps what a reader needs.
        yield connection


async def revision(connection: db.Connection) -> str:
    """The last migration that has run here."""
    return str((await connection.exec_driver_sql("SELECT version_num FROM alembic_version")).scalar_one())


async def count(connection: db.Connection, table: Table) -> int:
    """How many rows there are."""
    return int((await connection.exec_driver_sql(f"SELECT count(*) FROM {_quoted(table.name)}")).scalar_one())  # noqa: S608 - `checked`


async def highest(connection: db.Connection, table: Table) -> int:
    """The last number that the database has given in this table, 0 if none, or if it gives none."""
    if not table.numbered:
        return 0
    if connection.dialect.name == "sqlite":
        given = "SELECT max(seq) FROM sqlite_sequence WHERE name = ?"
        sequence = (await connection.exec_driver_sql(given, (table.name,))).scalar() or 0
    else:
        named = await connection.exec_driver_sql("SELECT pg_get_serial_sequence($1, $2)", (table.name, table.numbered))
        given = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {named.scalar_one()}"  # noqa: S608 - the database's own word
        sequence = (await connection.exec_driver_sql(given)).scalar_one()
    used = f"SELECT max({_quoted(table.numbered)}) FROM {_quoted(table.name)}"  # noqa: S608 - `checked`
    return max(int(sequence), int((await connection.exec_driver_sql(used)).scalar() or 0))


async def write(connection: db.Connection, table: Table, take: Callable[[bytes], object]) -> None:
    """Hand all rows of the table to `take`, as pieces of lines of UTF-8."""
    names = [_quoted(column.name) for column in table.columns]
    texts = {column.name for column in table.columns if column.kind == "text"}
    driver = await _driver(connection)
    if connection.dialect.name == "sqlite":
        fields = " || char(9) || ".join(_SHOW[column.kind].format(_quoted(column.name)) for column in table.columns)
        order = ", ".join(map(_quoted, table.key))
        async with driver.execute(f"SELECT {fields} FROM {_quoted(table.name)} ORDER BY {order}") as cursor:  # noqa: S608 - `checked`
            while rows := await cursor.fetchmany(_PAGE):
                take("".join([f"{row[0]}\n" for row in rows]).encode())
        return
    await _speak_plainly(connection)
    fields = ", ".join(
        f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')" if column.kind == "when" else name
        for name, column in zip(names, table.columns, strict=True)
    )
    # By bytes, as SQLite sorts, whatever the database's own alphabet is.
    order = ", ".join(f'{_quoted(name)} COLLATE "C"' if name in texts else _quoted(name) for name in table.key)

    async def taken(piece: bytes) -> None:
        take(piece)

    query = f"SELECT {fields} FROM {_quoted(table.name)} ORDER BY {order}"  # noqa: S608 - `checked`
    await driver.copy_from_query(query, output=taken, format="text", timeout=_PATIENCE)


# -- into a database --------------------------------------------------------------------------------------------------


async def occupied(connection: db.Connection) -> str:
    """The first table that has a row, whoever made it; "" in an empty database."""
    names = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
    for name in sorted(set(names) - {"alembic_version"}):
        quoted = '"' + name.replace('"', '""') + '"'
        if (await connection.exec_driver_sql(f"SELECT 1 FROM {quoted} LIMIT 1")).first():  # noqa: S608 - quoted
            return name
    return ""


async def read(connection: db.Connection, table: Table, lines: Iterable[bytes], last: int) -> None:
    """Fill the table, which is empty, from pieces of lines; the next number it gives is after `last`.

    Raises `Unfit` for lines of another shape, and whatever the database says of rows that it does not take.
    """
    names = [column.name for column in table.columns]
    driver = await _driver(connection)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        insert = f"INSERT INTO {_quoted(table.name)} ({', '.join(map(_quoted, names))}) VALUES ({places})"  # noqa: S608 - `checked`
        for rows in _pages(table, lines):
            await driver.executemany(insert, rows)
        if last:
            await connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
            row = (table.name, last)
            await connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", row)
        return
    await _speak_plainly(connection)

    async def pieces() -> AsyncIterator[bytes]:
        for piece in lines:
            yield piece

    await driver.copy_to_table(table.name, source=pieces(), columns=names, format="text", timeout=_PATIENCE)
    if last:
        sequence = "SELECT setval(pg_get_serial_sequence($1, $2), $3)"
        await connection.exec_driver_sql(sequence, (table.name, table.numbered, last))


async def _driver(connection: db.Connection) -> Any:
    """The driver's own connection, in the transaction that has begun: COPY is not in SQLAlchemy's words."""
    return (await connection.get_raw_connection()).driver_connection


async def _speak_plainly(connection: db.Connection) -> None:
    """PostgreSQL writes instants, days and bytes as its server is set; here always in the same way."""
    for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO'", "bytea_output = 'hex'"):
        await connection.exec_driver_sql(f"SET LOCAL {setting}")
    # Reading what is to be written may take a while.
    await connection.exec_driver_sql(_NO_HASTE)


def _pages(table: Table, lines: Iterable[bytes]) -> Iterator[list[list[Any]]]:
    kinds = [_READ[column.kind] for column in table.columns]
    rest = b""
    for piece in lines:
        whole, _, rest = (rest + piece).rpartition(b"\n")
        if whole:
            found = [_row(kinds, line, table.name) for line in whole.decode().split("\n")]
            yield from (found[at : at + _PAGE] for at in range(0, len(found), _PAGE))
    if rest:
        raise Unfit(table.name)


def _row(kinds: Sequence[Callable[[str], Any]], line: str, name: str) -> list[Any]:
    fields = line.split("\t")
    if len(fields) != len(kinds):
        raise Unfit(name)
    return [None if field == _NULL else read(field) for read, field in zip(kinds, fields, strict=True)]


def _text(field: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANT[found[0]], field) if "\\" in field else field


def _quoted(name: str) -> str:
    return f'"{name}"'


def _shown(text: str) -> str:
    """SQL of SQLite that puts a text into the words of COPY."""
    words = text
    for meant, written in _ESCAPES.items():
        words = f"replace({words}, char({ord(meant)}), '{written}')"
    # Most texts are their own words, and looking for that costs a fourth of seven replacements.
    odd = ", ".join(str(ord(meant)) for meant in _ESCAPES)
    return f"CASE WHEN {text} GLOB '*[' || char({odd}) || ']*' THEN {words} ELSE {text} END"


#: How SQLite says a value in the words of COPY, by kind; and what is kept there of the words.
_SHOW = {
    kind: f"ifnull({shown}, '{_NULL}')"
    for kind, shown in {
        "text": _shown("{0}"),
        # Of nothing, hex() makes an empty text.
        "bytes": r"CASE WHEN {0} IS NOT NULL THEN '\\x' || lower(hex({0})) END",
        "when": "{0}",
        "day": "{0}",
        "flag": "CASE {0} WHEN 1 THEN 't' WHEN 0 THEN 'f' END",
        "whole": "{0}",
    }.items()
}
_READ: dict[str, Callable[[str], Any]] = {
    "text": _text,
    "bytes": lambda field: bytes.fromhex(field[3:]),
    "when": str,
    "day": str,
    "flag": lambda field: int(field == "t"),
    "whole": int,
}
