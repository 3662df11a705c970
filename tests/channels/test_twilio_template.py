"""Outside WhatsApp's window a message goes as the one variable of the approved template, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.channels import base, twilio

SID = "HX" + "1" * 32


class Asked(twilio.Twilio):
    """Keeps what Twilio would be asked to send."""

    asked: list[dict[str, Any]]

    async def _create(self, address: str, **message: Any) -> base.Receipt:
        self.asked.append(message)
        return base.Receipt(base.Fate.SENT, "SM1")


def channel(name: str = "whatsapp", opening: str = SID) -> Asked:
    made = Asked(name, "AC" + "0" * 32, "t", "+996700112233", None, "", opening=opening)  # type: ignore[arg-type] # no network
    made.asked = []
    return made


async def test_it_is_one_line_in_the_template() -> None:
    made = channel()
    await made.send("+996555", base.Outbound("Бир\n\nэки   үч", (base.Button("Ооба", "1"),), pick=1, outside=True))
    [message] = made.asked
    assert message["content_sid"] == SID
    assert json.loads(message["content_variables"]) == {"1": "Бир · эки үч · 1. Ооба"}


async def test_within_the_window_it_goes_as_it_is() -> None:
    made = channel()
    await made.send("+996555", base.Outbound("Бир"))
    assert made.asked == [{"body": "Бир"}]


@pytest.mark.parametrize(
    ("name", "opening", "window", "opens"),
    [("whatsapp", SID, True, True), ("whatsapp", "", True, False), ("sms", SID, False, False)],
)
def test_only_whatsapp_has_a_window(name: str, opening: str, *, window: bool, opens: bool) -> None:
    capabilities = channel(name, opening).capabilities
    assert (capabilities.window, capabilities.opens) == (window, opens)
