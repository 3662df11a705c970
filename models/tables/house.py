"""The house's own: what providers keep for us."""

from __future__ import annotations

import sqlalchemy as sa

from models.tables.metadata import metadata

#: Ids that a provider gave to things we made there once (Twilio's content templates, attachments at Telegram).
provider_object = sa.Table(
    "provider_object",
    metadata,
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    #: A file's at Telegram has about 80 characters; `providers.LONGEST`.
    sa.Column("provider_id", sa.String(160), nullable=False),
    sa.PrimaryKeyConstraint("account", "name"),
)
