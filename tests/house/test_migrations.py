"""The rule of CONTRIBUTING: a migration holds nobody up, and the program of the release before runs on its tables."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.script import Script, ScriptDirectory

from models import migrating, tables
from tests.house import migrations
from tests.house.test_imports import ROOT

pytestmark = pytest.mark.house

#: Those before it were made while nobody had a filled database.
FIRST = "0017"
ALL = sorted(ScriptDirectory(str(ROOT / "migrations")).walk_revisions(), key=lambda each: each.revision)


@pytest.mark.parametrize("script", ALL, ids=lambda each: each.revision)
def test_numbers_rise_by_one(script: Script) -> None:
    number = int(script.revision)
    assert script.revision == f"{number:04}"
    assert script.down_revision == (f"{number - 1:04}" if number > 1 else None)


def test_no_later_migration_holds_anybody_up() -> None:
    later = [script for script in ALL if script.revision >= FIRST]
    found = {
        script.revision: list(migrations.faults(migrations.statements(script.module.upgrade), script.doc))
        for script in later
    }
    assert not any(found.values()), found


def test_small_tables_are_tables() -> None:
    assert migrations.SMALL - {"alembic_version"} <= set(tables.metadata.tables)


def _index_beside() -> None:
    with migrating.beside_writers():
        op.drop_index("ix_answer_seconds", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_answer_seconds", "answer", ["seconds"], postgresql_concurrently=True)


def _new_table() -> None:
    op.create_table("visit", sa.Column("id", sa.Integer, primary_key=True), sa.Column("at", sa.DateTime))
    op.create_index("ix_visit_at", "visit", ["at"])


@pytest.mark.parametrize(
    ("upgrade", "words"),
    [
        (_index_beside, ""),
        (_new_table, ""),
        (lambda: op.add_column("answer", sa.Column("note", sa.Text, nullable=True)), ""),
        (lambda: op.add_column("answer", sa.Column("n", sa.Integer, nullable=False, server_default="0")), ""),
        (lambda: op.execute("UPDATE form SET position = 0"), ""),
        (lambda: op.create_index("ix_answer_seconds", "answer", ["seconds"]), "beside those who write"),
        (lambda: op.create_index("u", "pledge", ["place"], unique=True), "beside those who write"),
        (lambda: op.execute("UPDATE response SET wave = ''"), "in batches"),
        (lambda: op.execute("DELETE FROM outgoing WHERE status = 'sent'"), "in batches"),
        (lambda: op.execute("INSERT INTO heard SELECT id, 'x', 0 FROM respondent"), "in batches"),
        (lambda: op.alter_column("answer", "value", type_=sa.String(10)), "another type"),
        (lambda: op.alter_column("answer", "value", nullable=False), "checked by the program"),
        (lambda: op.create_foreign_key("fk", "answer", "form", ["question"], ["name"]), "NOT VALID"),
        (lambda: op.add_column("answer", sa.Column("n", sa.Integer, nullable=False)), "may be empty"),
        (lambda: op.add_column("answer", sa.Column("n", sa.DateTime, server_default=sa.func.now())), "worked out"),
        (lambda: op.alter_column("answer", "value", new_column_name="text"), "renamed"),
        (lambda: op.drop_column("answer", "seconds"), "Contract"),
        (lambda: op.drop_table("rate"), "Contract"),
    ],
)
def test_what_holds_people_up_is_seen(upgrade: Callable[[], None], words: str) -> None:
    found = list(migrations.faults(migrations.statements(upgrade), "A made-up migration."))
    assert bool(found) == bool(words), found
    assert all(words in each for each in found)


def test_what_is_dropped_is_said_to_be() -> None:
    sql = migrations.statements(lambda: op.drop_column("answer", "seconds"))
    assert list(migrations.faults(sql, "Contract: seconds, unread since 0.4.")) == []
