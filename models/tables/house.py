"""The house's own: what providers keep for us, who does what alone, and when much is expected."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import When
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

#: What one process alone does at a time. Its holder raises `beat` again and again; who sees it stand still takes over.
lease = sa.Table(
    "lease",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    #: "" where it was given back.
    sa.Column("holder", sa.String(32), nullable=False),
    sa.Column("beat", sa.BigInteger, nullable=False),
)

#: Announced events, such as a village evening: until then more may come from one phone or one connection.
event = sa.Table(
    "event",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("until", When, nullable=False),
)
