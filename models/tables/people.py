"""Who is who: whoever holds a phone, their addresses, the people behind it, what they agreed to."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import When, identity, ref
from models.tables.metadata import metadata

#: Whoever holds a phone. The row that is locked, and the unit of order.
contact = sa.Table(
    "contact",
    metadata,
    identity(),
    sa.Column("language", sa.String(8), nullable=False, server_default=""),
    sa.Column("stopped", sa.Boolean, nullable=False, server_default=sa.false()),
    #: The conversation's state (`engine.state.Talk`), sealed.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("created_at", When, nullable=False),
)

#: One channel's handle of a contact.
address = sa.Table(
    "address",
    metadata,
    identity(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
    #: Empty once erased: the hash alone stays, so that a refusal is remembered.
    sa.Column("sealed", sa.LargeBinary),
    ref("contact_id", "contact.id", nullable=True, index=True),
    #: Why nothing can be sent to it ("blocked", "erased", a provider's code), or NULL.
    sa.Column("closed", sa.String(32)),
    sa.Column("heard_at", When),
    #: Whose it is, of an e-mail: it belongs to one person behind the contact. Until they have shown that it is theirs,
    #: it belongs to no contact.
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    sa.UniqueConstraint("channel", "key_hash"),
)

#: A person who answers. Several may stand behind one contact.
respondent = sa.Table(
    "respondent",
    metadata,
    identity(),
    ref("contact_id", "contact.id", nullable=True, index=True),
    sa.Column("created_at", When, nullable=False),
    sa.Column("erased_at", When),
)

#: Codes to go on elsewhere, one a contact at most; only their hash is kept.
resume_code = sa.Table(
    "resume_code",
    metadata,
    sa.Column("code_hash", sa.LargeBinary(32), primary_key=True),
    ref("contact_id", "contact.id", index=True),
    sa.Column("expires_at", When, nullable=False),
)

consent_text = sa.Table(
    "consent_text",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

consent = sa.Table(
    "consent",
    metadata,
    ref("respondent_id", "respondent.id"),
    sa.Column("purpose", sa.String(100), nullable=False),
    sa.Column("text_version", sa.String(16), sa.ForeignKey("consent_text.version"), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("given_at", When, nullable=False),
    sa.Column("withdrawn_at", When),
    sa.PrimaryKeyConstraint("respondent_id", "purpose"),
)
