"""The tables. Who is who, what was asked and answered, what was promised, and what waits to be sent.

Names and free text stand only in columns called `sealed`; a phone number or chat id only in `address.sealed`.
Quantities, money included, are whole hundredths: exact on every database.
"""

from __future__ import annotations

from models.tables.answers import answer as answer
from models.tables.answers import media as media
from models.tables.answers import response as response
from models.tables.answers import tally as tally
from models.tables.broadcasts import broadcast as broadcast
from models.tables.broadcasts import recipient as recipient
from models.tables.forms import form as form
from models.tables.forms import form_attachment as form_attachment
from models.tables.forms import form_version as form_version
from models.tables.giving import campaign as campaign
from models.tables.giving import campaign_event as campaign_event
from models.tables.giving import campaign_version as campaign_version
from models.tables.giving import ledger_total as ledger_total
from models.tables.giving import need as need
from models.tables.giving import office_code as office_code
from models.tables.giving import pledge as pledge
from models.tables.giving import pledge_event as pledge_event
from models.tables.giving import rate as rate
from models.tables.giving import role as role
from models.tables.giving import vouching as vouching
from models.tables.hearing import confidant as confidant
from models.tables.hearing import heard as heard
from models.tables.hearing import hearing as hearing
from models.tables.hearing import opinion as opinion
from models.tables.house import event as event
from models.tables.house import lease as lease
from models.tables.house import provider_object as provider_object
from models.tables.metadata import metadata as metadata
from models.tables.people import address as address
from models.tables.people import consent as consent
from models.tables.people import consent_text as consent_text
from models.tables.people import contact as contact
from models.tables.people import respondent as respondent
from models.tables.people import resume_code as resume_code
from models.tables.spending import spending as spending
from models.tables.spending import statement_line as statement_line
from models.tables.traffic import due as due
from models.tables.traffic import outgoing as outgoing
from models.tables.traffic import received as received
from models.tables.traffic import set_aside as set_aside
from models.tables.traffic import share as share
