"""The tables. Who is who, what was asked and answered, what was promised, and what waits to be sent.

Names and free text stand only in columns called `sealed`; a phone number or chat id only in `address.sealed`.
Quantities, money included, are whole hundredths: exact on every database.
"""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When, identity, ref

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# -- who is who --------------------------------------------------------------------------------------------

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

# -- what is asked ------------------------------------------------------------------------------------------

form = sa.Table(
    "form",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    #: What finishing it does: "" for a survey, "pledge".
    sa.Column("emits", sa.String(16), nullable=False, server_default=""),
    #: The version new conversations begin with, once it is open.
    sa.Column("current", sa.String(16)),
    #: Since when no new conversation begins; NULL while open.
    sa.Column("closed_at", When),
    sa.Column("position", sa.Integer, nullable=False),
)

form_version = sa.Table(
    "form_version",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("form_name", sa.String(64), sa.ForeignKey("form.name"), nullable=False, index=True),
    #: The sheets and attached lists as JSON; never changed once written.
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("published_at", When, nullable=False),
)

#: A picture or recording that an author gave, once however many versions have it. It is public, as the form is.
form_attachment = sa.Table(
    "form_attachment",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("mime", sa.String(32), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# -- what is answered ---------------------------------------------------------------------------------------

#: One respondent's passage through one form version.
response = sa.Table(
    "response",
    metadata,
    identity(),
    ref("respondent_id", "respondent.id", index=True),
    sa.Column("form_version", sa.String(16), sa.ForeignKey("form_version.version"), nullable=False),
    sa.Column("form_name", sa.String(64), nullable=False),
    sa.Column("wave", sa.String(32), nullable=False),
    #: "open" or "finished".
    sa.Column("status", sa.String(16), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    ref("recorded_by", "respondent.id", nullable=True),
    #: The engine's `State`, sealed.
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("begun_at", When, nullable=False),
    sa.Column("finished_at", When),
    #: Messages each way and their bytes at the phone (the model of `channels.weighing`), while it was under way.
    sa.Column("messages_in", sa.Integer, nullable=False, server_default="0"),
    sa.Column("messages_out", sa.Integer, nullable=False, server_default="0"),
    sa.Column("bytes_in", sa.Integer, nullable=False, server_default="0"),
    sa.Column("bytes_out", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_response_form_name_status", "form_name", "status"),
)

#: What counts of a response, a row a question. Free text stands in `sealed`, everything else in `value`.
answer = sa.Table(
    "answer",
    metadata,
    ref("response_id", "response.id"),
    #: The question's key (`engine.form.key`): its name, and in a repeat which round of it.
    sa.Column("question", sa.String(96), nullable=False),
    sa.Column("value", sa.Text),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("answered_at", When, nullable=False),
    #: How long it waited for its answer, five minutes at most.
    sa.Column("seconds", sa.SmallInteger),
    sa.PrimaryKeyConstraint("response_id", "question"),
)

#: Something that was sent as an answer. Its bytes lie in the media directory under their hash, shared by all rows
#: that have the same; fetched from the provider after the commit.
media = sa.Table(
    "media",
    metadata,
    identity(),
    ref("response_id", "response.id", index=True),
    sa.Column("question", sa.String(96), nullable=False),
    #: "image" or "audio".
    sa.Column("kind", sa.String(8), nullable=False),
    #: "waiting", "kept", "failed".
    sa.Column("status", sa.String(8), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    #: Where the provider has it, sealed; emptied once it is here.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("content_hash", sa.String(64), index=True),
    sa.Column("mime", sa.String(64)),
    sa.Column("size", sa.Integer),
    #: How long a voice note plays.
    sa.Column("seconds", sa.SmallInteger),
    #: Why it was not had the last time, a short word.
    sa.Column("code", sa.String(32)),
    #: What a facilitator heard in it, sealed.
    sa.Column("transcript", sa.LargeBinary),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    #: Whether the person was asked to send it once more.
    sa.Column("told", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("not_before", When, nullable=False),
    sa.Column("created_at", When, nullable=False),
    sa.Index("ix_media_status_not_before", "status", "not_before"),
)

#: How many responses say what: kept in the same commit as the answers. `question` "" counts the responses.
tally = sa.Table(
    "tally",
    metadata,
    sa.Column("form_name", sa.String(64), nullable=False),
    sa.Column("wave", sa.String(32), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("question_version", sa.String(8), nullable=False),
    sa.Column("apart", sa.Boolean, nullable=False),
    sa.Column("margin", sa.String(64), nullable=False),
    sa.Column("level", sa.String(64), nullable=False),
    sa.Column("place", sa.String(32), nullable=False),
    sa.Column("value", sa.String(400), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint(
        "form_name", "wave", "question", "question_version", "apart", "margin", "level", "place", "value"
    ),
)

# -- coming and going ---------------------------------------------------------------------------------------

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
    sa.Column("not_before", When, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("provider_id", sa.String(64)),
    sa.Column("code", sa.String(64)),
    sa.Column("created_at", When, nullable=False, index=True),
    sa.Column("sent_at", When),
    sa.Index("ix_outgoing_contact_id_id", "contact_id", "id"),
    sa.Index("ix_outgoing_respondent_id", "respondent_id"),
    sa.Index("ix_outgoing_provider_id", "provider_id"),
    # Only what is not done is looked for, whatever lies behind it.
    sa.Index(
        "ix_outgoing_pending",
        "status",
        "not_before",
        postgresql_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
        sqlite_where=sa.text("status IN ('waiting', 'sending', 'unknown')"),
    ),
    # A number is never given twice: what is still being sent when its row is erased must not be taken for the next.
    sqlite_autoincrement=True,
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

# -- giving -------------------------------------------------------------------------------------------------

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("name", sa.String(48), primary_key=True),
    sa.Column("current", sa.String(16), nullable=False),
    #: "open", "closed"; more with the campaigns' own work.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

campaign_version = sa.Table(
    "campaign_version",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey("campaign.name"), nullable=False, index=True),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("form_version", sa.String(16), sa.ForeignKey("form_version.version"), nullable=False),
    sa.Column("published_at", When, nullable=False),
)

need = sa.Table(
    "need",
    metadata,
    sa.Column("campaign_version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    sa.Column("name", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("minimum", sa.BigInteger, nullable=False),
    sa.Column("optimum", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("campaign_version", "name"),
)

#: The one row on which a giver hangs; erasure empties `respondent_id` and `sealed`.
pledge = sa.Table(
    "pledge",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey("campaign.name"), nullable=False, index=True),
    sa.Column("campaign_version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    #: The name to be shown, if the giver wants one shown.
    sa.Column("sealed", sa.LargeBinary),
)

#: The ledger: never changed, never deleted; a pledge's state is what its events come to.
pledge_event = sa.Table(
    "pledge_event",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    ref("pledge_id", "pledge.id", index=True),
    sa.Column("step", sa.String(16), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("at", When, nullable=False),
)

#: Promised so far by campaign, need and unit; kept in the same commit as the events, equal to their fold.
pledge_total = sa.Table(
    "pledge_total",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey("campaign.name"), nullable=False),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("pledges", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("campaign_name", "need", "unit"),
)

# -- the house's own ----------------------------------------------------------------------------------------

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
