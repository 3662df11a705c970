"""What is answered, what was sent as an answer, and how many say what."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import When, identity, ref
from models.tables.metadata import metadata

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

#: Something that was sent as an answer, or with a promise as the photo of its receipt. Its bytes lie in the media
#: directory under their hash, shared by all rows that have the same; fetched from the provider after the commit.
media = sa.Table(
    "media",
    metadata,
    identity(),
    ref("response_id", "response.id", nullable=True, index=True),
    #: Of a receipt: the promise, and who sent it.
    ref("pledge_id", "pledge.id", nullable=True, index=True),
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    #: "" of a receipt.
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
    sa.Column("apart", sa.Boolean, nullable=False),
    sa.Column("margin", sa.String(64), nullable=False),
    sa.Column("level", sa.String(64), nullable=False),
    sa.Column("question", sa.String(64), nullable=False),
    sa.Column("question_version", sa.String(8), nullable=False),
    sa.Column("value", sa.String(400), nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    # In the order in which figures are asked for: one margin lies together.
    sa.PrimaryKeyConstraint("form_name", "wave", "apart", "margin", "level", "question", "question_version", "value"),
    sqlite_with_rowid=False,
)
