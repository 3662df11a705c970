"""E-mail: an address that belongs to one person behind a contact.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: every address there is stays everybody's behind its contact."""
    with op.batch_alter_table("address") as address:
        address.add_column(sa.Column("respondent_id", sa.String(length=32), nullable=True))
        address.create_foreign_key(op.f("fk_address_respondent_id_respondent"), "respondent", ["respondent_id"], ["id"])
        address.create_index(op.f("ix_address_respondent_id"), ["respondent_id"])


def downgrade() -> None:
    """Back: e-mails are forgotten, and what was written to them."""
    op.execute("DELETE FROM outgoing WHERE channel = 'email'")
    op.execute("DELETE FROM address WHERE channel = 'email'")
    with op.batch_alter_table("address") as address:
        address.drop_index(op.f("ix_address_respondent_id"))
        address.drop_constraint(op.f("fk_address_respondent_id_respondent"), type_="foreignkey")
        address.drop_column("respondent_id")
