"""Confidants: relatives who hear for those who pledged on a page, where nothing can be pushed.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: nobody has one yet."""
    op.create_table(
        "confidant",
        sa.Column("respondent_id", sa.String(length=32), nullable=False),
        sa.Column("confidant_id", sa.String(length=32), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["confidant_id"], ["respondent.id"], name=op.f("fk_confidant_confidant_id_respondent")),
        sa.ForeignKeyConstraint(
            ["respondent_id"], ["respondent.id"], name=op.f("fk_confidant_respondent_id_respondent")
        ),
        sa.PrimaryKeyConstraint("respondent_id", name=op.f("pk_confidant")),
    )
    op.create_index(op.f("ix_confidant_confidant_id"), "confidant", ["confidant_id"])
    op.create_index(op.f("ix_confidant_code_hash"), "confidant", ["code_hash"], unique=True)


def downgrade() -> None:
    """Back: those who pledged on a page hear there alone."""
    op.drop_table("confidant")
