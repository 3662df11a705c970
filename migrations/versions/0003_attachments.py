"""Pictures and recordings of forms, longer ids at providers, and whether a person was told that what they sent is lost.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table("provider_object") as provider_object:
        provider_object.alter_column("provider_id", type_=sa.String(length=160), existing_nullable=False)
    op.create_table(
        "form_attachment",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("mime", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_form_attachment")),
    )
    op.add_column("media", sa.Column("told", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back."""
    op.drop_column("media", "told")
    op.drop_table("form_attachment")
    # What is longer was given to us by a provider, and is given again.
    op.execute("DELETE FROM provider_object WHERE length(provider_id) > 64")
    with op.batch_alter_table("provider_object") as provider_object:
        provider_object.alter_column("provider_id", type_=sa.String(length=64), existing_nullable=False)
