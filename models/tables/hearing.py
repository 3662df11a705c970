"""What people are told by us without having asked, how far each has heard, and what they say in the end."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When, ref
from models.tables.metadata import metadata

_A_PERSON = "respondent.id"

#: Somebody whom the clock looks at: who has pledged, or is asked how it ended.
hearing = sa.Table(
    "hearing",
    metadata,
    ref("respondent_id", _A_PERSON),
    #: When the clock looks whether there is something to tell; NULL: when something happens.
    sa.Column("look_at", When, index=True),
    #: The day, where they are, on which they were told something last.
    sa.Column("told_on", sa.Date),
    sa.PrimaryKeyConstraint("respondent_id"),
)

#: How far somebody has heard of one pledge of theirs, or of one campaign.
heard = sa.Table(
    "heard",
    metadata,
    ref("respondent_id", _A_PERSON),
    #: A pledge's id, "a-" or "s-" and a campaign's name; "R" and the id, "A-", "S-" of their relative (`confidant`).
    sa.Column("about", sa.String(50), nullable=False),
    #: The last of its events that they were told of, or that was none of their concern.
    sa.Column("upto", Serial, nullable=False),
    #: Of a pledge: on which day they were reminded last, and of which.
    sa.Column("reminded_on", sa.Date),
    sa.Column("due_on", sa.Date),
    sa.PrimaryKeyConstraint("respondent_id", "about"),
)

#: The relative who hears for somebody who pledged on a page, where nothing can be pushed; one at most.
confidant = sa.Table(
    "confidant",
    metadata,
    ref("respondent_id", _A_PERSON),
    #: Who hears; NULL until somebody has agreed to.
    ref("confidant_id", _A_PERSON, nullable=True, index=True),
    #: Of the link by which somebody else may; emptied once it is used.
    sa.Column("code_hash", sa.LargeBinary(32), unique=True, index=True),
    sa.Column("expires_at", When, nullable=False),
    #: The day, where the relative is, on which they were told something last.
    sa.Column("told_on", sa.Date),
    sa.PrimaryKeyConstraint("respondent_id"),
)

#: Whether somebody says that it is really done, and how satisfied they are. A row stands for who is asked.
opinion = sa.Table(
    "opinion",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey("campaign.name"), nullable=False),
    ref("respondent_id", _A_PERSON, index=True),
    #: When the question went out; NULL: not yet.
    sa.Column("asked_at", When),
    #: "yes", "partly", "no", "unknown", or NULL.
    sa.Column("done", sa.String(8)),
    #: From 1, not at all, to 5, very; or NULL.
    sa.Column("satisfaction", sa.SmallInteger),
    #: Why, in their own words.
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("answered_at", When),
    sa.PrimaryKeyConstraint("campaign_name", "respondent_id"),
)
