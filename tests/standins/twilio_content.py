"""Twilio's Content API, the part that knows templates: variables filled in, WhatsApp's limits kept."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

KINDS = ("twilio/quick-reply", "twilio/list-picker")


@dataclasses.dataclass(frozen=True)
class Seen:
    """A message on a person's screen; `rows` are what can be tapped: (label, payload, description)."""

    sid: str
    text: str
    kind: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()
    opens: str = ""

    @property
    def buttons(self) -> list[str]:
        """The labels that can be tapped."""
        return [label for label, _, _ in self.rows]


def acceptable(content: Mapping[str, Any]) -> bool:
    """Whether a template may be created: one known type, spelt with its slash, and a language."""
    kinds = [kind for kind, shape in (content.get("types") or {}).items() if shape]
    return len(kinds) == 1 and kinds[0] in KINDS and bool(content.get("language"))


def seen(sid: str, content: Mapping[str, Any], variables: Mapping[str, str]) -> Seen:
    """A template as it arrives; ValueError, TypeError or KeyError where a variable or a limit is at fault."""
    # A variable that is left out is filled with the template's sample.
    values = {**content["variables"], **variables}
    ((kind, shape),) = _filled(content["types"], values).items()
    return _checked(Seen(sid, shape["body"], kind, _rows(shape), shape.get("button", "")))


def _filled(shape: Any, values: Mapping[str, str]) -> Any:
    """The template with its variables put in, once: what stands in a value is not looked at again."""
    if isinstance(shape, dict):
        return {key: _filled(value, values) for key, value in shape.items()}
    if isinstance(shape, list):
        return [_filled(value, values) for value in shape]
    return re.sub(r"\{\{(\d+)\}\}", lambda found: values[found[1]], shape) if isinstance(shape, str) else shape


def _rows(shape: dict[str, Any]) -> tuple[tuple[str, str, str], ...]:
    quick = tuple((action["title"], action["id"], "") for action in shape.get("actions", []))
    return quick or tuple((item["item"], item["id"], item["description"]) for item in shape["items"])


def _checked(seen: Seen) -> Seen:
    """WhatsApp's limits for what is not approved; ValueError names the one that is broken."""
    quick = seen.kind == "twilio/quick-reply"
    rows, title = (3, 20) if quick else (10, 24)
    limits = [("rows", len(seen.rows), rows), ("body", len(seen.text), 1024)]
    limits += [("button", len(seen.opens), 20)] if not quick else []
    for label, carried, description in seen.rows:
        limits += [("title", len(label), title), ("id", len(carried), 200)]
        limits += [("description", len(description), 72)] if not quick else []
    for name, length, most in limits:
        if not 0 < length <= most:
            raise ValueError(f"{name} has {length}, at most {most}")
    if len(set(seen.buttons)) < len(seen.rows) or len({carried for _, carried, _ in seen.rows}) < len(seen.rows):
        raise ValueError("two equal titles or ids")
    return seen
