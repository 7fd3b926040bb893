"""Markdown as people write it in notes, made into HTML that can do no harm."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# No raw HTML and no images: a note is text, and an image from another host would tell that host who reads it.
_PARSER = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table").disable("image")
_TAGS = {
    "p", "br", "hr", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
# A page has one h1 and panels have h2: the headings of a note stand below both.
_HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6"}


def render(text: str) -> SafeString:
    """HTML of Markdown: formatting, lists, tables and links to http(s) and mail; everything else is shown as text."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        token.tag = _HEADINGS.get(token.tag, token.tag) if token.type.startswith("heading") else token.tag
    html = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags=_TAGS,
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308  cleaned right above


def first_line(text: str) -> str:
    """The first line that says something, without the signs of Markdown, for lists."""
    for line in text.splitlines():
        words = line.strip().lstrip("#>-*+ ").replace("**", "").replace("`", "").strip()
        if words:
            return words
    return ""
