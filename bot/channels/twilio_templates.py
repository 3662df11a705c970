"""WhatsApp's buttons and lists: thirteen generic templates, made once an account and filled for every message."""

from __future__ import annotations

from twilio.rest.content.v1 import content as contents

from bot.channels import base, plain

#: Content API: the text above buttons or a list. A plain message may have 1,600 (21617).
MAX_CONTENT_BODY = 1024
#: Without Meta's approval three buttons, each of 20 characters; a list has ten rows of 24, described in 72.
MAX_BUTTONS, MAX_TITLE = 3, 20
MAX_ROWS, MAX_ROW, MAX_DESCRIPTION = 10, 24, 72
#: What opens a list; it needs a text of its own beside the rows.
CHOOSE = {"ky": "Тандоо", "ru": "Выбрать"}


def content(outbound: base.Outbound, text: str) -> tuple[str, dict[str, str]]:
    """Name and variables of the generic template that can show this, or ("", {}) where none can."""
    # Where several may be chosen, a tap on one would be the whole answer.
    options = outbound.options if outbound.pick else ()
    # Words that need no button can be typed: better three of them than none.
    buttons = options or outbound.actions[:MAX_BUTTONS]
    labels = {button.label for button in buttons}
    # WhatsApp refuses two equal titles, and none may be empty.
    if len(labels) < len(buttons) or not all(label.strip() for label in labels):
        return "", {}
    if not buttons or not text.strip() or plain.units(text) > MAX_CONTENT_BODY:
        return "", {}
    longest = max(plain.units(label) for label in labels)
    values = [text]
    if len(buttons) <= MAX_BUTTONS and longest <= MAX_TITLE:
        name = f"ashar_quick_reply_{len(buttons)}"
        for button in buttons:
            values += [button.label, base.payload(outbound.tag, outbound.step, button.sends)]
    elif options and len(buttons) <= MAX_ROWS and longest <= MAX_ROW:
        name = f"ashar_list_{len(buttons)}"
        values.append(CHOOSE.get(outbound.language, CHOOSE["ky"]))
        for button in buttons:
            described = f"✓{button.picked} {button.description}" if button.picked else button.description
            # A variable may not be empty, so a row without room for its description shows its number.
            fits = described.strip() and plain.units(described) <= MAX_DESCRIPTION
            row = base.payload(outbound.tag, outbound.step, button.sends)
            values += [button.label, row, described.strip() if fits else button.sends]
    else:
        return "", {}
    return name, {str(number): value for number, value in enumerate(values, start=1)}


def wanted() -> dict[str, contents.ContentList.ContentCreateRequest]:
    """The 13 generic templates by name; variables are numbered in the order of `content`."""
    shapes = []
    for count in range(1, MAX_BUTTONS + 1):
        actions = [
            {"type": "QUICK_REPLY", "title": _variable(2 * n), "id": _variable(2 * n + 1)} for n in range(1, count + 1)
        ]
        quick = {"body": _variable(1), "actions": actions}
        shapes.append((f"ashar_quick_reply_{count}", "twilio/quick-reply", quick, 1 + 2 * count))
    for count in range(1, MAX_ROWS + 1):
        items = [
            {"item": _variable(3 * n), "id": _variable(3 * n + 1), "description": _variable(3 * n + 2)}
            for n in range(1, count + 1)
        ]
        picker = {"body": _variable(1), "button": _variable(2), "items": items}
        shapes.append((f"ashar_list_{count}", "twilio/list-picker", picker, 2 + 3 * count))
    return {
        name: contents.ContentList.ContentCreateRequest(
            {
                "friendly_name": name,
                # Required, and says nothing here: no text of a language stands in the template.
                "language": "en",
                "variables": {str(number): "Ашар" for number in range(1, variables + 1)},
                # With an underscore for the slash the package silently makes a template without a type.
                "types": {kind: shape},
            }
        )
        for name, kind, shape, variables in shapes
    }


def _variable(number: int) -> str:
    return "{{" + str(number) + "}}"
