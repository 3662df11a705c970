"""What is asked: forms and their versions."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import When
from models.tables.metadata import metadata

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
