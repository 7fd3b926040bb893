"""Markdown as people write it in notes, made into HTML that can do no harm."""

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


def first_line(text: str) -> str:
    """The first line that says something, without the signs of Markdown, for lists."""
    for line in text.splitlines():
        words = line.strip().lstrip("#>-*+ ").replace("**", "").replace("`", "").strip()
        if words:
            return words
    return ""
