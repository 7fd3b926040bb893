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


def _said(token: Token) -> str:
    """What a block says, without the signs that format it."""
    if not token.children:
        return token.content
    breaks = {"softbreak": "\n", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children)


def first_line(text: str) -> str:
    """The first line that says something, without the signs of Markdown, for lists."""
    for line in text.splitlines():
        words = line.strip().lstrip("#>-*+ ").replace("**", "").replace("`", "").strip()
        if words:
            return words
    return ""
