"""Somebody with a browser that runs no script: pages as they are read, forms as they are sent."""

from __future__ import annotations

import html.parser
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx

from tests.e2e import running

#: A page's whole answer, headers included, must be shorter (DESIGN "The web chat").
LARGEST = 6144

_LINES = {"p", "br", "div", "small", "form"}
_UNSEEN = {"style", "title", "select"}


@dataclass
class Button:
    """One button of a form: what it sends and what stands on it, a line each."""

    name: str
    value: str
    #: Its number where it is an option, "" where it is an action.
    number: str = ""
    words: str = ""

    @property
    def label(self) -> str:
        """Its first line without number and mark."""
        return self.words.partition("\n")[0].removeprefix(f"{self.number}. ").partition(" ✓")[0]

    @property
    def line(self) -> str:
        """All that stands on it, in one line."""
        words = " ".join(self.words.split())
        return words if words.startswith(f"{self.number}. ") else f"{self.number}. {words}"


@dataclass
class Form:
    """One form of a page. `fields` are what it carries along."""

    action: str
    #: True for the words that can be said at any time.
    always: bool
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[Button] = field(default_factory=list)
    #: What can be filled in: name -> how many there are of it.
    blanks: dict[str, int] = field(default_factory=dict)


class Page(html.parser.HTMLParser):
    """What a page shows and what can be done on it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._said: list[str] = [""]
        self._hidden = 0
        self._form: Form | None = None
        self._button: Button | None = None
        self.feed(text)
        self.close()

    @property
    def said(self) -> str:
        """What stands outside the forms, and the options with their numbers: all that the bot has said."""
        return "\n".join(line.strip() for line in self._said if line.strip())

    def form(self, blank: str) -> Form | None:
        """The form in which this can be filled in."""
        return next((form for form in self.forms if blank in form.blanks), None)

    def button(self, button: str) -> tuple[Form, Button]:
        """The button with this number or these words."""
        for form in self.forms:
            for each in form.buttons:
                if each.name and button in (each.number, each.label):
                    return form, each
        raise LookupError(f"no button “{button}” beside “{self.said}”")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """The parser's."""
        given = {name: value or "" for name, value in attrs}
        assert tag != "script"
        if tag in _LINES:
            self._break()
        if tag in _UNSEEN:
            self._hidden += 1
        match tag:
            case "form":
                assert given.get("method") == "post"
                self._form = Form(given.get("action", ""), given.get("class") == "few")
                self.forms.append(self._form)
            case "input" if self._form and given.get("type") == "hidden":
                self._form.fields[given["name"]] = given.get("value", "")
            case "input" if self._form and given.get("type") == "checkbox":
                # An option that can be ticked beside others; pressing it ticks it alone and sends that.
                self._button = Button(given["name"], given["value"], given["value"])
                self._form.buttons.append(self._button)
            case "input" | "textarea" | "select" if self._form:
                self._form.blanks[given["name"]] = self._form.blanks.get(given["name"], 0) + 1
            case "button" if self._form:
                option = given.get("name") == "pick" and not self._form.always
                # A page of a long list keeps the list's own numbers; what is chosen by its words is counted.
                sends = given.get("value") or ""
                place = sends if sends.isdigit() else str(len(self._form.buttons) + 1)
                self._button = Button(given.get("name", ""), sends, place if option else "")
                self._form.buttons.append(self._button)
            case "a":
                self.links.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        """The parser's."""
        if tag in _UNSEEN:
            self._hidden -= 1
        if tag in ("button", "label") and self._button:
            if self._button.number:
                self._said.append(self._button.line)
            self._button = None
        if tag == "form":
            self._form = None
        if tag in _LINES:
            self._break()

    def handle_data(self, data: str) -> None:
        """The parser's."""
        if self._button:
            self._button.words += data
        elif self._form is None and not self._hidden:
            self._said[-1] += data.replace("\n", " ")

    def _break(self) -> None:
        if self._button:
            self._button.words += "\n"
        else:
            self._said.append("")


class Browser:
    """One browser with its cookie. What a page tells it to keep it keeps, and nothing else."""

    channel = "web"
    buttons = True

    def __init__(self, app: running.App, *, cookies: bool = True) -> None:
        self._app = app
        self._cookies = cookies
        self.cookie = ""
        #: All pages seen, oldest first; those that are only ways to others are not among them.
        self.pages: list[Page] = []

    # -- what every phone does ------------------------------------------------------------------------------

    async def comes(self, link: str) -> list[str]:
        """Open the link; who is known already must also say that they want to follow it."""
        page = await self.opens(f"/chat?start={link}")
        for form in page.forms:
            for button in form.buttons:
                if button.name == "start":
                    page = await self.posts(form, [(button.name, button.value)])
        return self._shown(page)

    async def types(self, text: str) -> list[str]:
        """Write something. Whoever is new first looks at the page, and can only choose a language there."""
        if not self.pages:
            return self._shown(await self.opens())
        form = self.pages[-1].form("say")
        return self._shown(await self.posts(form, [("say", text)])) if form else await self.presses(text)

    async def presses(self, button: str, *, earlier: bool = False) -> list[str]:
        """Press a button of this page, or of the one before."""
        form, found = self.pages[-2 if earlier else -1].button(button)
        return self._shown(await self.posts(form, [(found.name, found.value)]))

    async def sends(self, medium: str) -> list[str]:
        """No page of ours takes anything but words."""
        raise LookupError(f"nobody can send a {medium} here")

    async def looks(self) -> list[str]:
        """Open the page again."""
        return self._shown(await self.opens())

    # -- what only a browser does ---------------------------------------------------------------------------

    async def ranks(self, numbers: Sequence[str]) -> list[str]:
        """Choose in all the lists at once."""
        form = self.pages[-1].form("rank")
        assert form
        assert form.blanks["rank"] == len(numbers)
        return self._shown(await self.posts(form, [("rank", number) for number in numbers]))

    async def puts(self, content: bytes) -> list[str]:
        """Put a file into the page's field for one."""
        form = self.pages[-1].form("file")
        assert form, f"no field for a file beside “{self.pages[-1].said}”"
        headers = {**self._headers(), "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        answer = await self._app.http.post(
            form.action, data=form.fields, files={"file": ("file", content)}, headers=headers
        )
        self._keep(answer)
        return self._shown(await self._follows(answer))

    async def opens(self, address: str = "/chat") -> Page:
        """Look at a page; changes nothing."""
        return self._read(await self._app.http.get(address, headers=self._headers()))

    async def posts(self, form: Form, filled: list[tuple[str, str]]) -> Page:
        """Send a form and follow to the page that then comes."""
        return await self._follows(await self.sends_form(form, filled))

    async def _follows(self, answer: httpx.Response) -> Page:
        if answer.status_code == 303:
            answer = await self._app.http.get(answer.headers["location"], headers=self._headers())
        return self._read(answer)

    async def sends_form(self, form: Form, filled: list[tuple[str, str]]) -> httpx.Response:
        """Send a form, and no more."""
        body = urllib.parse.urlencode([*form.fields.items(), *filled])
        more = {"Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin"}
        answer = await self._app.http.post(form.action, content=body, headers={**self._headers(), **more})
        self._keep(answer)
        return answer

    def _shown(self, page: Page) -> list[str]:
        self.pages.append(page)
        return [page.said]

    def _read(self, answer: httpx.Response) -> Page:
        assert answer.status_code == 200, (answer.status_code, answer.text)
        size = answer.num_bytes_downloaded + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        assert size < LARGEST, f"a page of {size} bytes"
        assert not self.cookie or self.cookie.partition("=")[2] not in str(answer.url)
        self._keep(answer)
        return Page(answer.text)

    def _headers(self) -> dict[str, str]:
        return {"Accept-Encoding": "gzip"} | ({"Cookie": self.cookie} if self.cookie else {})

    def _keep(self, answer: httpx.Response) -> None:
        # By hand: the cookie is for https, which a proxy before us would speak.
        for cookie in answer.headers.get_list("set-cookie") if self._cookies else ():
            self.cookie = cookie.partition(";")[0]
