"""Whose name is shown, who promised in another's name and the code for that giver, photos of receipts.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: until now a name was shown without saying whose it is, so it is taken for the giver's own."""
    op.add_column("pledge", sa.Column("shown", sa.String(length=16), nullable=True))
    op.execute("UPDATE pledge SET shown = 'person' WHERE sealed IS NOT NULL")
    op.create_table(
        "vouching",
        sa.Column("pledge_id", sa.String(length=32), nullable=False),
        sa.Column("respondent_id", sa.String(length=32), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_vouching_pledge_id_pledge")),
        sa.ForeignKeyConstraint(
            ["respondent_id"], ["respondent.id"], name=op.f("fk_vouching_respondent_id_respondent")
        ),
        sa.PrimaryKeyConstraint("pledge_id", name=op.f("pk_vouching")),
    )
    op.create_index(op.f("ix_vouching_respondent_id"), "vouching", ["respondent_id"])
    op.create_index(op.f("ix_vouching_code_hash"), "vouching", ["code_hash"], unique=True)
    with op.batch_alter_table("media") as media:
        media.alter_column("response_id", existing_type=sa.String(length=32), nullable=True)
        media.add_column(sa.Column("pledge_id", sa.String(length=32), nullable=True))
        media.add_column(sa.Column("respondent_id", sa.String(length=32), nullable=True))
        media.create_foreign_key(op.f("fk_media_pledge_id_pledge"), "pledge", ["pledge_id"], ["id"])
        media.create_foreign_key(op.f("fk_media_respondent_id_respondent"), "respondent", ["respondent_id"], ["id"])
        media.create_index(op.f("ix_media_pledge_id"), ["pledge_id"])
        media.create_index(op.f("ix_media_respondent_id"), ["respondent_id"])


def downgrade() -> None:
    """Back: photos of receipts are forgotten, and who promised in whose name; what is not confirmed stays so."""
    op.execute("DELETE FROM media WHERE response_id IS NULL")
    with op.batch_alter_table("media") as media:
        media.drop_index(op.f("ix_media_respondent_id"))
        media.drop_index(op.f("ix_media_pledge_id"))
        media.drop_constraint(op.f("fk_media_respondent_id_respondent"), type_="foreignkey")
        media.drop_constraint(op.f("fk_media_pledge_id_pledge"), type_="foreignkey")
        media.drop_column("respondent_id")
        media.drop_column("pledge_id")
        media.alter_column("response_id", existing_type=sa.String(length=32), nullable=False)
    op.drop_index(op.f("ix_vouching_code_hash"), "vouching")
    op.drop_index(op.f("ix_vouching_respondent_id"), "vouching")
    op.drop_table("vouching")
    op.drop_column("pledge", "shown")
