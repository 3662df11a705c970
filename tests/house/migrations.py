"""What a migration does to PostgreSQL, as SQL, and whether people can go on writing meanwhile."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

#: Tables that stay small however many people write: what operators publish, and what the house notes of itself.
SMALL = {
    "alembic_version", "campaign", "campaign_event", "campaign_version", "consent_text", "form", "form_attachment",
    "form_version", "ledger_total", "need", "office_code", "provider_object", "rate", "role", "spending",
    "statement_line", "tally",
}  # fmt: skip

_NAME = r'(?:public\.)?"?(\w+)"?'
_MADE = re.compile(rf"CREATE TABLE (?:IF NOT EXISTS )?{_NAME}", re.I)
#: What holds writers up while it reads or writes all rows of a table, and what to do instead.
_HOLDING = [
    (
        re.compile(rf"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?\S+ ON {_NAME}", re.I),
        "an index is made beside those who write: migrating.beside_writers() and postgresql_concurrently=True",
    ),
    (re.compile(rf"^UPDATE {_NAME}", re.I), "rows are changed by the program, in batches, not by a migration"),
    (re.compile(rf"^DELETE FROM {_NAME}", re.I), "rows are deleted by the program, in batches, not by a migration"),
    (re.compile(rf"INSERT INTO .*?\bFROM {_NAME}", re.I | re.S), "rows are copied by the program, in batches"),
    (
        re.compile(rf"ALTER TABLE {_NAME} ALTER COLUMN \S+ (?:SET DATA )?TYPE", re.I),
        "a column of another type is a new column",
    ),
    (
        re.compile(rf"ALTER TABLE {_NAME} ALTER COLUMN \S+ SET NOT NULL", re.I),
        "what must be there is checked by the program",
    ),
    (
        re.compile(rf"ALTER TABLE {_NAME} ADD CONSTRAINT (?!.*NOT VALID)", re.I | re.S),
        "a constraint is added NOT VALID and validated by a statement of its own",
    ),
    (
        re.compile(rf"ALTER TABLE {_NAME} ADD COLUMN (?=.*NOT NULL)(?!.*DEFAULT)", re.I | re.S),
        "a new column may be empty, or has a default that is a constant",
    ),
    (
        re.compile(rf"ALTER TABLE {_NAME} ADD COLUMN .*DEFAULT (?:\(|\w+\(|CURRENT_)", re.I | re.S),
        "a default that is worked out for each row writes all of them anew",
    ),
]
_CONTRACT = "what the release before still reads may not be dropped: see CONTRIBUTING, and say “Contract” if it is not"
#: What the program of the release before would miss.
_BREAKING = [
    (re.compile(rf"ALTER TABLE {_NAME} RENAME", re.I), "nothing is renamed: the old program still asks for it"),
    (re.compile(rf"ALTER TABLE {_NAME} DROP COLUMN", re.I), _CONTRACT),
    (re.compile(rf"DROP TABLE (?:IF EXISTS )?{_NAME}", re.I), _CONTRACT),
]


def statements(upgrade: Callable[[], None]) -> list[str]:
    """What an upgrade would send to PostgreSQL."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        opts={"as_sql": True, "output_buffer": written, "literal_binds": True, "transaction_per_migration": True},
    )
    with Operations.context(context):
        upgrade()
    return [" ".join(each.split()) for each in written.getvalue().split(";\n") if each.strip()]


def faults(sql: list[str], said: str) -> Iterator[str]:
    """What would hold people up, or the program of the release before; `said` is the migration's own first words."""
    made = {found[1] for each in sql if (found := _MADE.search(each))}
    for each in sql:
        for pattern, remedy in _HOLDING:
            found = pattern.search(each)
            if found and found[1] not in SMALL | made:
                yield f"{remedy}: {each}"
        for pattern, remedy in _BREAKING:
            if pattern.search(each) and not (remedy is _CONTRACT and "contract" in said.lower()):
                yield f"{remedy}: {each}"
