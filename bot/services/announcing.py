"""Announcing: a file with a text in both languages and whom it is for -> a broadcast, or all that is wrong with it."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot import wording
from bot.channels import base, composing
from bot.engine import form, messages
from bot.engine.messages import phrase
from bot.services import approaching, loading, publishing
from models import audiences, opinions

#: Days in which people are told, if the file says nothing; and at the most, for texts are kept no longer.
DAYS, MOST_DAYS = 7, 30
#: Letters of a text: so that it and how to stop fit an approved template.
LONGEST = approaching.TEMPLATE - 100
KINDS = ("form", "campaign", "place")
_KEYS = {"name", "to", "text", "days"}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_LINK = re.compile(r"https?://\S+")
#: What a phone may not make a link of, and what looks as if somebody forgot to fill it in.
_BARE = re.compile(r"(?<![\w/.@])(?:www\.|t\.me/|wa\.me/)\S+")
_BLANK = re.compile(r"\$\{|\{\w*\}|<\w+>|_{3,}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")
#: What a link into the chat carries, on Telegram, the web and WhatsApp.
_PAYLOAD = re.compile(r"(?:[?&]start=|ashar(?:%20|\+))([as]-[\w-]+)")
#: Said below it wherever a telephone rings for it.
STOP = phrase("To hear no more from us, write “stop”.")


class BadFile(Exception):
    """It cannot be sent like this: what is wrong, and how to mend it, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is to be told, to whom, and for how many days."""

    name: str
    kind: str
    whom: str
    text: Mapping[str, str]
    days: int


def read(path: Path, catalogue: publishing.Catalogue, site: str) -> Announcement:
    """The announcement in this file; raises `BadFile` with everything that is wrong with it."""
    if not path.is_file():
        raise BadFile([f"There is no file {path}."])
    source = loading.load(path)
    if path.suffix not in (".yaml", ".yml"):
        raise BadFile([f"{path}: expected a .yaml file, with name, to, text and perhaps days."])
    if source.problems:
        raise BadFile([str(fault) for fault in source.faults()])
    reader = _Reader(path, source.data, source.lines)
    announced = reader.read(catalogue, site)
    if reader.problems:
        raise BadFile(reader.problems)
    return announced


def audience(catalogue: publishing.Catalogue, kind: str, whom: str) -> audiences.Audience:
    """Who that is, by the forms and campaigns there are."""
    versions = catalogue.forms.values()
    plan = catalogue.plans.get(whom) if kind == "campaign" else None
    return audiences.Audience(
        kind,
        whom,
        asks=any(each.question(opinions.HEAR) for each in versions if each.name == whom),
        placing={name for each in versions for name in each.places},
        place=plan.place if plan else "",
    )


def said(voice: wording.Voice, text: Mapping[str, str], language: str, *, rings: bool) -> base.Outbound:
    """The message in one language, or in all where nobody knows which; how to stop is said where it rings."""
    language = language if language in form.LANGUAGES else ""
    lines = (messages.Written(text), *((STOP,) if rings else ()))
    outbound = composing.compose(voice, messages.Reply(lines), language)
    return outbound._replace(language=language or form.LANGUAGES[0])


class _Reader:
    """One reading; nothing outlives it but the problems."""

    def __init__(self, path: Path, data: Mapping[str, Any], lines: Mapping[str, int]) -> None:
        self.path, self.data, self.lines = path, data, lines
        self.problems: list[str] = []

    def say(self, key: str, what: str) -> None:
        self.problems.append(f"{self.path}:{self.lines.get(key, 1)}: {key}: {what}")

    def read(self, catalogue: publishing.Catalogue, site: str) -> Announcement:
        for key in self.data.keys() - _KEYS:
            self.say(key, "there is nothing of that name; write name, to, text and perhaps days")
        name = self.data.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            self.say("name", "expected up to 48 small Latin letters, digits, - and _, such as meeting-2027-03")
        days = self.data.get("days", DAYS)
        if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
            self.say("days", f"expected a number from 1 to {MOST_DAYS}: for so long people are told, by day only")
        kind, whom = self.addressed(catalogue)
        return Announcement(str(name), kind, whom, self.texts(catalogue, site), days)

    def addressed(self, catalogue: publishing.Catalogue) -> tuple[str, str]:
        to = self.data.get("to")
        if not isinstance(to, dict) or len(to) != 1 or not to.keys() <= set(KINDS):
            self.say("to", "expected one of {form: NAME}, {campaign: NAME}, {place: CODE}")
            return "", ""
        [(kind, whom)] = ((str(kind), str(whom)) for kind, whom in to.items())
        versions = catalogue.forms.values()
        known = {
            "form": {each.name for each in versions if not each.emits},
            "campaign": set(catalogue.campaigns),
            "place": {
                choice.name
                for each in versions
                for question in map(each.question, each.places)
                if question
                for choice in question.choices
            },
        }[kind]
        if whom not in known:
            hint = "" if kind == "place" else f"; there are {', '.join(sorted(known)) or 'none'}"
            self.say("to", f"there is no {kind} “{whom}”{hint}")
        return kind, whom

    def texts(self, catalogue: publishing.Catalogue, site: str) -> dict[str, str]:
        given = self.data.get("text")
        if (
            not isinstance(given, dict)
            or given.keys() != set(form.LANGUAGES)
            or any(isinstance(each, dict | list) for each in given.values())
        ):
            self.say("text", "expected the same in both languages: {ky: …, ru: …}")
            return {}
        texts = {language: str(given[language] or "").strip() for language in form.LANGUAGES}
        for language, text in texts.items():
            self.text(language, text)
            for link in _LINK.findall(text):
                self.link(language, link, catalogue, site)
        counts = {language: len(_LINK.findall(text)) for language, text in texts.items()}
        if len(set(counts.values())) > 1:
            self.say("text", "one language has more links than the other; whoever reads either needs all of them")
        if len(set(texts.values())) == 1:
            self.say("text", "both languages say the very same; translate it")
        return texts

    def text(self, language: str, text: str) -> None:
        if not text:
            self.say("text", f"{language} is empty; everybody is told in their own language")
        if len(text) > LONGEST:
            self.say("text", f"{language} has {len(text)} characters; {LONGEST} is the most: put the rest on a page")
        if found := _BLANK.search(text):
            self.say("text", f"{language} has “{found[0]}” in it, which nobody fills in; write what is meant")
        if _CONTROL.search(text):
            self.say("text", f"{language} has a tab or another control character in it; write plain lines")
        if found := _BARE.search(text):
            self.say("text", f"{language}: write https:// before “{found[0]}”, or some phones make no link of it")

    def link(self, language: str, link: str, catalogue: publishing.Catalogue, site: str) -> None:
        try:
            parts = urllib.parse.urlsplit(link)
            host = parts.hostname or ""
        except ValueError:
            self.say("text", f"{language}: {link} is no address")
            return
        if link[-1] in ".,;:!?)»”\"'":
            self.say("text", f"{language}: put a space between {link[:-1]} and “{link[-1]}”, or it opens nothing")
        if host in ("localhost", "127.0.0.1", "::1") or "." not in host:
            self.say("text", f"{language}: {link} opens on no phone; is ASHAR_PUBLIC_URL set?")
        elif parts.scheme != "https":
            self.say("text", f"{language}: {link} is not encrypted; write https://")
        found = _PAYLOAD.search(link)
        campaign = re.match(re.escape(site) + r"/campaigns/([\w-]+)", link)
        leads = found[1] if found else f"a-{campaign[1]}" if campaign else ""
        if leads and leads not in catalogue.links:
            self.say("text", f"{language}: {link} leads to nothing that is open")
