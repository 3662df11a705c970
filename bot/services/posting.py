"""Posting: what is said to a person -> rows of the outbox, and back."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from bot.channels import base, plain, weighing
from models import sealing, turns

_BUTTONS = ("options", "actions")
_FIELDS = base.Outbound._fields


class Said(NamedTuple):
    """One message as it will be sent, beside its row."""

    outbound: base.Outbound
    #: The provider's handle, in clear.
    address: str


def put_out(
    seal: sealing.Seal,
    channel: base.Channel | None,
    writes: turns.Writes,
    inbound: base.Inbound,
    outbound: base.Outbound,
    contact_id: str,
    address_id: str,
    person: str,
    at: dt.datetime,
) -> weighing.Load:
    """One reply into the outbox: one row, or several where the channel must split it. What it weighs."""
    load = weighing.NOTHING
    for piece in plain.pieces(outbound, channel.capabilities) if channel else [outbound]:
        writes.outgoing.append(outgoing(seal, inbound.channel, piece, contact_id, address_id, person, at))
        writes.said.append(Said(piece, inbound.address))
        said = weighing.said(inbound.channel, piece)
        load = load.plus(said) if load.messages_out else said
    return load


def outgoing(
    seal: sealing.Seal,
    channel: str,
    piece: base.Outbound,
    contact_id: str,
    address_id: str,
    person: str,
    at: dt.datetime,
) -> dict[str, Any]:
    """One message as a row of the outbox."""
    return {
        "contact_id": contact_id,
        "address_id": address_id,
        "channel": channel,
        "respondent_id": person or None,
        "status": "waiting",
        "sealed": seal.close_json("outgoing", slim(piece)),
        "not_before": at,
        "created_at": at,
    }


def slim(outbound: base.Outbound) -> dict[str, Any]:
    """As JSON types, without what is empty."""
    slim: dict[str, Any] = {name: value for name, value in zip(_FIELDS, outbound, strict=True) if value}
    for name in _BUTTONS:
        if name in slim:
            slim[name] = [list(each) for each in slim[name]]
    return slim


def opened(seal: sealing.Seal, sealed: bytes) -> base.Outbound:
    """An outbox row's message."""
    slim = {"head": ""} | seal.open_json("outgoing", sealed)
    for name in _BUTTONS:
        slim[name] = tuple(base.Button(*values) for values in slim.get(name, ()))
    return base.Outbound(**slim)
