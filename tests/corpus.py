"""The corpus: every form that ships or was written for the tests, as those who play all of them see it."""

from __future__ import annotations

from bot.engine import form
from bot.services import publishing
from tests import talking

FOLDERS = (talking.FLOWS, talking.FORMS)
#: The links that lead to them: surveys, and the campaign that is pledged to.
LINKS = ("s-priorities", "a-suu", *(f"s-{path.stem}" for path in sorted(talking.FORMS.glob("*.yaml"))))


def form_of(catalogue: publishing.Catalogue, link: str) -> form.Form:
    """The form that is played behind a link."""
    name = link[2:]
    version = catalogue.surveys[name] if link.startswith("s-") else catalogue.campaigns[name].form
    return catalogue.forms[version]
