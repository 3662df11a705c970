"""Words as other tools format them, with HTML and stars, made plain: a chat shows letters and nothing else."""

from __future__ import annotations

import html
import re

#: Without one of these there is nothing to do.
_SIGNS = re.compile(r"[<*_#&]|\]\(")
#: What ends a line, and what only dresses the words.
_BREAK = re.compile(r"<\s*(?:br|/p|/div|/li|/h[1-6])\s*/?\s*>", re.IGNORECASE)
_DRESS = re.compile(
    r"</?\s*(?:span|font|b|i|u|s|em|strong|strike|del|mark|p|div|center|big|small|h[1-6]|ul|ol|li|a|sup|sub|img|hr"
    r"|table|tbody|thead|tr|td|th|blockquote|pre)\b[^<>]*>",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1")
_LEAN = re.compile(r"(?<![\w*_])([*_])(?=\S)([^*_\n]+?)(?<=\S)\1(?![\w*_])")
_TITLE = re.compile(r"^#{1,6} +", re.MULTILINE)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#[0-9]{2,5}|#x[0-9A-Fa-f]{2,4});")
#: "[words](address)", and a picture that is written so.
_LINK = re.compile(r"(!?)\[([^\[\]\n]*)\]\((https?://[^()\s]+|[^()\s]+\.(?:png|jpe?g|gif|svg))\)")
_REFERENCE = re.compile(r"\$\{[^{}]*\}")


def plain(words: str) -> str:
    """The words without their dress; a reference ${...} stays as it is."""
    if not _SIGNS.search(words):
        return words
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        # Names have underscores of their own, which dress nothing.
        held.append(found[0])
        return f"\ue000{len(held) - 1}\ue001"

    bare = _REFERENCE.sub(hold, words)
    bare = _LINK.sub(lambda found: "" if found[1] else f"{found[2]} ({found[3]})", bare)
    bare = _LEAN.sub(r"\2", _BOLD.sub(r"\2", _TITLE.sub("", _DRESS.sub("", _BREAK.sub("\n", bare)))))
    bare = _ENTITY.sub(lambda found: html.unescape(found[0]).replace("\u00a0", " "), bare)
    bare = re.sub(
        "\ue000([0-9]{1,6})\ue001", lambda found: held[int(found[1])] if int(found[1]) < len(held) else "", bare
    )
    return "\n".join(line.strip() for line in bare.split("\n")).strip() or words
