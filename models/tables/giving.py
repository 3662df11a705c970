"""Giving: campaigns, what was promised to them, and the ledger of what came of it."""

from __future__ import annotations

import sqlalchemy as sa

from models.columns import Serial, When, identity, ref
from models.tables.metadata import metadata

_A_CAMPAIGN = "campaign.name"

campaign = sa.Table(
    "campaign",
    metadata,
    sa.Column("name", sa.String(48), primary_key=True),
    sa.Column("current", sa.String(16), nullable=False),
    #: As in `engine.pledging.campaigns`; what its last event says.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    #: Receipts on paper given so far: they are numbered without a gap.
    sa.Column("receipts", sa.Integer, nullable=False, server_default="0"),
)

campaign_version = sa.Table(
    "campaign_version",
    metadata,
    sa.Column("version", sa.String(16), primary_key=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    sa.Column("definition", sa.Text, nullable=False),
    sa.Column("form_version", sa.String(16), sa.ForeignKey("form_version.version"), nullable=False),
    sa.Column("published_at", When, nullable=False),
)

#: Every change of a campaign's state or version, with who, when and why; never changed, never deleted.
campaign_event = sa.Table(
    "campaign_event",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    #: The office that made it: "facilitator", "treasurer", "clock", "residents".
    sa.Column("actor", sa.String(16), nullable=False),
    ref("role_id", "role.id", nullable=True),
    #: Public, by language, as JSON; "" where nothing was said.
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    sa.Column("at", When, nullable=False),
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

#: Who holds an office of a campaign: its treasurer, the second signatory, its facilitator. Offered as a code that is
#: used once; kept when it ends, for what was signed stays signed.
role = sa.Table(
    "role",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    #: "treasurer", "second", "facilitator".
    sa.Column("office", sa.String(16), nullable=False),
    #: Of the code that is not used yet.
    sa.Column("code_hash", sa.LargeBinary(32), unique=True),
    sa.Column("expires_at", When),
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    sa.Column("offered_at", When, nullable=False),
    sa.Column("since", When),
    sa.Column("until", When),
)

#: The one row on which a giver hangs; erasure empties `respondent_id`, `relative_id`, `response_id` and `sealed`.
pledge = sa.Table(
    "pledge",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("campaign_version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    #: What was promised first, and what it was worth in som by the rate of that day (millionths of a som for one);
    #: NULL where no rate was known.
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("som", sa.BigInteger),
    sa.Column("rate", sa.BigInteger),
    sa.Column("rate_on", sa.Date),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    #: What its events come to: its state, and when it falls due. Kept to be looked for; a check proves it.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_on", sa.Date),
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    #: Who promised it in another's name.
    ref("relative_id", "respondent.id", nullable=True, index=True),
    #: The response that made it: its pictures hang there.
    ref("response_id", "response.id", nullable=True),
    #: Whose gift it is, where that is shown: "person", "family", "kin", "classmates", "villagers"; "" is not shown.
    sa.Column("shown", sa.String(16), nullable=False, server_default=""),
    #: The name to be shown, if the giver wants one shown.
    sa.Column("sealed", sa.LargeBinary),
    #: The number of the paper receipt, for what came without a promise.
    sa.Column("receipt", sa.Integer),
    sa.UniqueConstraint("campaign_name", "receipt"),
    sa.Index("ix_pledge_campaign_name_state", "campaign_name", "state"),
)

#: The ledger: never changed, never deleted; a pledge's state is what its events come to.
pledge_event = sa.Table(
    "pledge_event",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    ref("pledge_id", "pledge.id", index=True),
    sa.Column("step", sa.String(16), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    #: Transfer fee or difference of the rate: it did not arrive, and the promise is kept all the same.
    sa.Column("fee", sa.BigInteger, nullable=False, server_default="0"),
    #: Where the step sets a day: when it falls due.
    sa.Column("due_on", sa.Date),
    #: The office that made it, and whose signature it was where it was signed.
    sa.Column("actor", sa.String(16), nullable=False, server_default="giver"),
    ref("role_id", "role.id", nullable=True),
    sa.Column("at", When, nullable=False),
)

#: By campaign, need, unit and stage: so much, of so many pledges, worth so much in som by the rates of their days.
#: Kept in the same commit as the events, equal to their fold.
ledger_total = sa.Table(
    "ledger_total",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    sa.Column("stage", sa.String(16), nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("som", sa.BigInteger, nullable=False),
    sa.Column("pledges", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("campaign_name", "need", "unit", "stage"),
)

#: What was received and is spent; public.
spending = sa.Table(
    "spending",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    #: Less than nothing where an earlier one is put right.
    sa.Column("quantity", sa.BigInteger, nullable=False),
    #: On what, by language, as JSON.
    sa.Column("what", sa.Text, nullable=False),
    #: The picture of it in the media directory.
    sa.Column("content_hash", sa.String(64)),
    sa.Column("actor", sa.String(16), nullable=False),
    ref("role_id", "role.id", nullable=True),
    sa.Column("at", When, nullable=False),
)

#: Up to which of a campaign's news a giver has been told.
told = sa.Table(
    "told",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    ref("respondent_id", "respondent.id", index=True),
    sa.Column("until", When, nullable=False),
    sa.PrimaryKeyConstraint("campaign_name", "respondent_id"),
)

#: "Is it really done?" and "how satisfied are you?", one a person; erasure empties who and why.
opinion = sa.Table(
    "opinion",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    ref("respondent_id", "respondent.id", nullable=True),
    #: True of those who gave, False of residents of the place.
    sa.Column("gave", sa.Boolean, nullable=False),
    #: "yes", "partly", "no", "dont_know".
    sa.Column("done", sa.String(16), nullable=False),
    #: 1 to 5.
    sa.Column("satisfied", sa.SmallInteger),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("at", When, nullable=False),
    sa.UniqueConstraint("campaign_name", "respondent_id"),
)

#: The National Bank's rates: som for one of a currency, in millionths.
rate = sa.Table(
    "rate",
    metadata,
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("currency", "on"),
)

#: Lines of bank statements that were taken up, so that the same file twice does no harm.
bank_line = sa.Table(
    "bank_line",
    metadata,
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("line_hash", sa.LargeBinary(32), nullable=False),
    ref("pledge_id", "pledge.id", nullable=True),
    sa.Column("at", When, nullable=False),
    sa.PrimaryKeyConstraint("campaign_name", "line_hash"),
)
