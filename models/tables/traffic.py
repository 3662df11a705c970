"""Coming and going: what was handled, what waits to be sent, what failed, what falls due."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When, identity, ref
from models.tables.metadata import metadata

#: Message ids that were handled: a repeat stops here.
received = sa.Table(
    "received",
    metadata,
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("key_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("received_at", When, nullable=False, index=True),
    sa.PrimaryKeyConstraint("channel", "key_hash"),
)

#: The outbox. Its numbers rise in the order in which a contact's messages were committed.
outgoing = sa.Table(
    "outgoing",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    ref("contact_id", "contact.id"),
    ref("address_id", "address.id"),
    sa.Column("channel", sa.String(16), nullable=False),
    #: The person it speaks to, for erasure; NULL before consent.
    ref("respondent_id", "respondent.id", nullable=True),
    #: "waiting", "sending", "unknown", "sent", "failed", "dropped".
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    #: True for what was written to many at once: it goes when no reply waits.
    sa.Column("bulk", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("not_before", When, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("provider_id", sa.String(64)),
    sa.Column("code", sa.String(64)),
    sa.Column("created_at", When, nullable=False, index=True),
    sa.Column("sent_at", When),
    #: The broadcast it belongs to, without a foreign key: an outbox that is written all the time is not locked for one.
    sa.Column("broadcast_id", Serial),
    sa.Index("ix_outgoing_contact_id_id", "contact_id", "id"),
    # Whoever takes an address away asks what refers to it, as both databases do by themselves.
    sa.Index("ix_outgoing_address_id", "address_id"),
    sa.Index("ix_outgoing_respondent_id", "respondent_id"),
    sa.Index("ix_outgoing_provider_id", "provider_id"),
    # Only what is not done is looked for, whatever lies behind it; and replies past any number of messages in bulk.
    sa.Index(
        "ix_outgoing_pending",
        "status",
        "channel",
        "bulk",
        "not_before",
        postgresql_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
        sqlite_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
    ),
    # What is not done of one person, whatever they were told before. In other words than the index above, or SQLite,
    # which counts nothing, takes that one and reads what waits for everybody.
    sa.Index(
        "ix_outgoing_open",
        "contact_id",
        postgresql_where=sa.text("status NOT IN ('sent', 'failed', 'dropped')"),
        sqlite_where=sa.text("status NOT IN ('sent', 'failed', 'dropped')"),
    ),
    # How a broadcast stands; replies are not in it.
    sa.Index(
        "ix_outgoing_broadcast",
        "broadcast_id",
        "channel",
        "status",
        postgresql_where=sa.text("broadcast_id IS NOT NULL"),
        sqlite_where=sa.text("broadcast_id IS NOT NULL"),
    ),
    # A number is never given twice: what is still being sent when its row is erased must not be taken for the next.
    sqlite_autoincrement=True,
)

#: How many messages a second of a provider's account each process that delivers may send; all of them together never
#: more than the provider lets us. By the database's clock.
share = sa.Table(
    "share",
    metadata,
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("process", sa.String(32), nullable=False),
    sa.Column("permits", sa.Integer, nullable=False),
    #: A process that has not said by then that it lives is dead, and its share the others'.
    sa.Column("until", When, nullable=False),
    #: Until when the provider wants to hear nothing, as it told this process.
    sa.Column("rests_until", When),
    sa.PrimaryKeyConstraint("channel", "process"),
)

#: Messages that failed even alone, so that they hold up nobody.
set_aside = sa.Table(
    "set_aside",
    metadata,
    identity(),
    sa.Column("channel", sa.String(16), nullable=False),
    #: As in `address`, so that erasure finds it.
    sa.Column("key_hash", sa.LargeBinary(32), nullable=False, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    #: The exception's type and place in the code; never its text, which may quote the person.
    sa.Column("error", sa.String(300), nullable=False),
    sa.Column("created_at", When, nullable=False),
)

#: What falls due: every purge (and later reminder, deadline, lapse), once.
due = sa.Table(
    "due",
    metadata,
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("at", When, nullable=False, index=True),
    sa.PrimaryKeyConstraint("kind", "key"),
)
