"""Markdown as people write it in notes, made into HTML that can do no harm."""

from dataclasses import dataclass

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# No raw HTML and no images: a note is text, and an image from another host would tell that host who reads it.
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table").disable("image")
_TAGS = {
    "p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# A page has one h1 and panels have h2: the headings of a note stand below both.
_ABOVE = 2


def render(text: str) -> SafeString:
    """HTML of Markdown: formatting, lists, tables and links to http(s) and mail; everything else is shown as text."""
    tokens = _PARSER.parse(text)
    _fit_headings([token for token in tokens if token.type.startswith("heading")])
    html = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308  cleaned right above


def _fit_headings(tokens: list[Token]) -> None:
    """The highest level that a text uses becomes h3, and none is more than one below the heading before it."""
    highest = min((int(token.tag[1]) for token in tokens), default=1)
    before = _ABOVE
    for opening, closing in zip(tokens[::2], tokens[1::2], strict=True):
        before = min(int(opening.tag[1]) - highest + _ABOVE + 1, before + 1, 6)
        opening.tag = closing.tag = f"h{before}"


@dataclass(frozen=True)
class PlainLine:
    """A line of Markdown as text without signs: a point of a list, a heading, or neither."""

    text: str
    is_point: bool
    is_heading: bool


def plain_lines(text: str) -> list[PlainLine]:
    """The lines of Markdown for what knows no HTML: each paragraph, point, heading, row of a table and line of code."""
    lines: list[PlainLine] = []
    depth = heading = 0
    for token in _PARSER.parse(text):
        if token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type in ("heading_open", "heading_close"):
            heading += token.nesting
        elif token.type in ("inline", "fence", "code_block"):
            said = _said(token)
            lines += [PlainLine(one, depth > 0, heading > 0) for part in said.splitlines() if (one := part.strip())]
    return lines


def as_plain(text: str) -> str:
    """Markdown as an e-mail of plain text has it: points with a dash, steps with their number, links with the address.

    Blocks have an empty line between them; points of one list and rows of a table have none.
    """
    writer = _PlainWriter()
    for token in _PARSER.parse(text):
        writer.take(token)
    return "".join(writer.blocks).strip()


class _PlainWriter:
    """Writes one token after the other, and knows in which lists and row it is."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.lists: list[int | None] = []  # the next number of each list around; None where points have none
        self.gap = "\n\n"  # what stands before the next block
        self.sign = ""

    def take(self, token: Token) -> None:
        """Writes what a token says, or remembers what it opens."""
        match token.type:
            case "bullet_list_open":
                self.lists.append(None)
            case "ordered_list_open":
                self.lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self.lists.pop()
                self.gap = "\n" if self.lists else "\n\n"
            case "list_item_open":
                self.sign = self._next_sign()
            case "tr_close" | "table_close":
                self.gap = "\n" if token.type == "tr_close" else "\n\n"
            case "td_close" | "th_close":
                self.gap = " | "
            case "inline" | "fence" | "code_block":
                self._write(_said(token, links=True).rstrip())

    def _next_sign(self) -> str:
        number = self.lists[-1]
        if number is None:
            return "- "
        self.lists[-1] = number + 1
        return f"{number}. "

    def _write(self, said: str) -> None:
        start = "  " * (len(self.lists) - 1) + self.sign if self.sign else "  " * len(self.lists)
        lines = said.replace("\n", "\n" + " " * len(start))
        self.blocks += [self.gap, start, lines]
        self.sign, self.gap = "", "\n" if self.lists else "\n\n"


def _said(token: Token, *, links: bool = False) -> str:
    """What a block says, without the signs that format it; with `links`, their addresses stand behind their words."""
    if not token.children:
        return token.content
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    words = ""
    for child in token.children:
        words += breaks.get(child.type, child.content)
        if child.type == "link_open":
            opened, address = len(words), str(child.attrGet("href") or "").removeprefix("mailto:")
        elif child.type == "link_close" and links and words[opened:] != address:
            words += f" ({address})"
    return words


def first_line(text: str) -> str:
    """The first line that says something, without the signs of Markdown, for lists."""
    for line in text.splitlines():
        words = line.strip().lstrip("#>-*+ ").replace("**", "").replace("`", "").strip()
        if words:
            return words
    return ""
