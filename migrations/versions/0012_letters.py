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
    name = op.f("fk_address_respondent_id_respondent")
    if op.get_context().dialect.name == "sqlite":
        # Making the table anew, as a batch does, would have to drop the one that others refer to.
        op.execute(
            f"ALTER TABLE address ADD COLUMN respondent_id VARCHAR(32) CONSTRAINT {name} REFERENCES respondent (id)"
        )
    else:
        op.add_column("address", sa.Column("respondent_id", sa.String(length=32), nullable=True))
        op.create_foreign_key(name, "address", "respondent", ["respondent_id"], ["id"])
    op.create_index(op.f("ix_address_respondent_id"), "address", ["respondent_id"])


def downgrade() -> None:
    """Back: e-mails are forgotten, and what was written to them."""
    op.execute("DELETE FROM outgoing WHERE channel = 'email'")
    op.execute("DELETE FROM address WHERE channel = 'email'")
    op.drop_index(op.f("ix_address_respondent_id"), "address")
    if op.get_context().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_address_respondent_id_respondent"), "address", type_="foreignkey")
    with op.batch_alter_table("address") as address:
        address.drop_column("respondent_id")
