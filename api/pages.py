"""How a page of ours is sent: few bytes, no script, nothing that stays behind in a borrowed phone."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import fastapi
import jinja2
import markupsafe

from bot import wiring
from bot.engine import form, messages

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_STYLE = re.sub(r"\s*([{};:,])\s*", r"\1", (_TEMPLATES / "style.css").read_text("utf-8")).strip()
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    # Some networks cut a connection off after about 16 kB, of which TLS takes a third: one page each.
    "Connection": "close",
}

_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_environment.globals |= {"style": markupsafe.Markup(_STYLE)}  # noqa: S704 - our own file


def page(
    template: str,
    house: wiring.House,
    language: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **names: object,
) -> fastapi.responses.HTMLResponse:
    """A page of `template`, in which `say` puts a phrase into `language` and `linked` shows our own links."""

    def say(line: messages.Line) -> str:
        return house.voice.say(line, language)

    def linked(text: str) -> markupsafe.Markup:
        return _linked(text, house.settings.site)

    rendered = _environment.get_template(template).render(language=language, say=say, linked=linked, **names)
    return fastapi.responses.HTMLResponse(rendered, status, {**HEADERS, **(headers or {})})


def both(house: wiring.House, *lines: messages.Line) -> list[tuple[str, str]]:
    """(language, text) in each language, for pages whose reader is not known."""
    return [(language, house.voice.lines(lines, language)) for language in form.LANGUAGES]


def _linked(text: str, site: str) -> markupsafe.Markup:
    """The text with its lines kept; only addresses of this house become links, for people quote anything."""
    escaped = str(markupsafe.escape(text))
    ours = re.escape(str(markupsafe.escape(site)))
    linked = re.sub(rf"{ours}(/[A-Za-z0-9/_.-]*[A-Za-z0-9/_-])", r'<a href="\1">\g<0></a>', escaped)
    return markupsafe.Markup(linked.replace("\n", "<br>"))  # noqa: S704 - escaped above
