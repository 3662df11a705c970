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
    #: As in `engine.pledging.campaigns`.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
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

#: The course of a campaign: every change of its state or version and every milestone, with who and why; never changed,
#: never deleted. How the campaign stands is what its last row says.
campaign_event = sa.Table(
    "campaign_event",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    #: In what part somebody made it: a role, never a person.
    sa.Column("actor", sa.String(16), nullable=False),
    #: For everybody to read: JSON of a text by language, or "".
    sa.Column("why", sa.Text, nullable=False, server_default=""),
    #: The milestone that is reached, or "".
    sa.Column("milestone", sa.String(32), nullable=False, server_default=""),
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

#: The one row on which a giver hangs; erasure empties `respondent_id` and `sealed`.
pledge = sa.Table(
    "pledge",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("campaign_version", sa.String(16), sa.ForeignKey("campaign_version.version"), nullable=False),
    sa.Column("need", sa.String(32), nullable=False),
    sa.Column("unit", sa.String(32), nullable=False),
    #: What was promised first, and what it was worth in som that day; NULL where nobody knew.
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.Column("som", sa.BigInteger),
    #: Of other money than som: by what rate that was, and of which day. As in `rate`.
    sa.Column("rate", sa.BigInteger),
    sa.Column("rate_on", sa.Date),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    #: What its events come to: its state, and when it falls due. Kept to be looked for; a check proves it.
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("due_on", sa.Date),
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    #: The name to be shown, if the giver wants one shown, and whose it is: a person's, a family's, ...
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("shown", sa.String(16)),
    #: Where its giver lives, as they said or their number tells: a country of ISO 3166 or ZZ for any other, and at home
    #: the code of the raion or oblast; "" where it is not known. Emptied by erasure.
    sa.Column("country", sa.String(2), nullable=False, server_default=""),
    sa.Column("place", sa.String(32), nullable=False, server_default=""),
    #: Of a gift that nobody had promised: which receipt of the campaign it got, from 1.
    sa.Column("receipt_number", sa.Integer),
    sa.Index("ix_pledge_campaign_name_receipt_number", "campaign_name", "receipt_number", unique=True),
    # The clock asks all the time what falls due, and nearly always nothing does.
    sa.Index("ix_pledge_campaign_name_state_due_on", "campaign_name", "state", "due_on"),
    # The first and the last day whose rates were used, without looking at all pledges.
    sa.Index(
        "ix_pledge_campaign_name_need_rate_on",
        "campaign_name",
        "need",
        "rate_on",
        "state",
        postgresql_where=sa.text("rate_on IS NOT NULL"),
        sqlite_where=sa.text("rate_on IS NOT NULL"),
    ),
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
    #: In what part somebody made it.
    sa.Column("actor", sa.String(16), nullable=False, server_default="giver"),
    #: Whose signature it is, where one signs: the id of a `role`.
    sa.Column("hand", sa.String(32), nullable=False, server_default=""),
    sa.Column("at", When, nullable=False),
)

#: Who holds an office of a campaign, one row a time of office: handing over ends one and begins another.
role = sa.Table(
    "role",
    metadata,
    identity(),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False, index=True),
    #: "treasurer" or "second", as in `engine.pledging.events.Role`.
    sa.Column("office", sa.String(16), nullable=False),
    #: Emptied by erasure; the signatures stay, without a name.
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    sa.Column("begun_at", When, nullable=False),
    sa.Column("ended_at", When),
)

#: A code by which whoever writes it takes an office, once; only its hash is kept.
office_code = sa.Table(
    "office_code",
    metadata,
    sa.Column("code_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("campaign_name", sa.String(48), sa.ForeignKey(_A_CAMPAIGN), nullable=False),
    sa.Column("office", sa.String(16), nullable=False),
    sa.Column("expires_at", When, nullable=False),
)

#: A promise in another's name: the relative who made it, and the code by which its giver takes it over.
vouching = sa.Table(
    "vouching",
    metadata,
    sa.Column("pledge_id", sa.String(32), sa.ForeignKey("pledge.id"), primary_key=True),
    #: Emptied by erasure.
    ref("respondent_id", "respondent.id", nullable=True, index=True),
    #: One for all that was promised in one message. Emptied once the giver has answered: a code is used once.
    sa.Column("code_hash", sa.LargeBinary(32), index=True),
    sa.Column("expires_at", When, nullable=False),
)

#: By campaign, need, unit and stage ("" is all of them): so much, of so many pledges, worth so much in som on their
#: days. Kept in the same commit as the events, equal to their fold.
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
    #: How many of the pledges are of money that no rate was known for: they are not in `som`.
    sa.Column("unvalued", sa.Integer, nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("campaign_name", "need", "unit", "stage"),
)

#: What the National Bank said of a day: so many whole millionths of a som for one unit of the currency.
rate = sa.Table(
    "rate",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("currency", sa.String(3), nullable=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    # The day first: those of one week are what is asked for while somebody waits.
    sa.PrimaryKeyConstraint("day", "currency"),
)
