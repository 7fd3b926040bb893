"""What e-mails to customers are written with: the fields that there are, and what they stand for to one person.

Nothing that a customer, an import or a CSM typed becomes markup: the Markdown of the template is rendered first, and
the values are put into the HTML escaped. One that is an address becomes a link.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.utils.html import escape, format_html

from accounts.domain.merging import FIELD, LETTER_FIELDS, merge
from accounts.domain.playbook_runs import Situation
from accounts.models import Contact, Sequence
from accounts.registries import SEQUENCE_SOURCES
from cs_workspace.common import markdown

ADDRESS: Final = re.compile(r"https?://[^\s\"'<>]+")
LINK: Final = re.compile(r"(?:https?://|mailto:)[^\s\"'<>]+")


def fields_of(source: str) -> dict[str, str]:
    """The fields that e-mails of a sequence may have, by name: those of everybody and those of its source."""
    found = SEQUENCE_SOURCES.get(source)
    return {**LETTER_FIELDS, **(found.fields if found else {})}


def all_fields() -> dict[str, str]:
    """Every field that an e-mail may have, by name: what a template is checked against."""
    brought = [source.fields for source in SEQUENCE_SOURCES.values()]
    return LETTER_FIELDS | {name: label for fields in brought for name, label in fields.items()}


def is_for_lost(sequence: Sequence) -> bool:
    """Whether a sequence is written to customers that are lost."""
    source = SEQUENCE_SOURCES.get(sequence.source)
    return source is not None and source.for_lost


def letter_texts(situation: Situation, contact: Contact, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """What stands for the fields in an e-mail to a contact; `own` are those that only its cause knows."""
    return {
        **situation.texts,
        "contact.name": contact.name,
        "contact.first_name": contact.name.split()[0] if contact.name.split() else "",
        "contact.title": contact.title,
        "workspace.name": settings.WORKSPACE_NAME,
        **(own or {}),
    }


def letter_html(body: str, texts: Mapping[str, str]) -> str:
    """The HTML of an e-mail; empty where rendering its merged text gives the same, and so nothing has to be kept."""
    marker = "mergefield"
    while marker in body:
        marker += "x"
    values: list[str] = []

    def mark(found: re.Match[str]) -> str:
        values.append(texts.get(found[1], "") or (found[2] or "").strip())
        return f"{marker}{len(values) - 1}z"

    one = re.compile(rf"{marker}(\d+)z")
    html = str(markdown.render(FIELD.sub(mark, body)))
    linked = re.sub(r'href="([^"]*)"', lambda found: _target(found, one, values), html)
    merged = one.sub(lambda found: _shown(values[int(found[1])], inside_link=_in_link(linked, found.start())), linked)
    return "" if merged == str(markdown.render(merge(body, texts).text)) else merged


def _target(found: re.Match[str], one: re.Pattern[str], values: list[str]) -> str:
    """The destination of a link, without which it stays words where a field makes it something else than an address."""
    if not one.search(found[1]):
        return found[0]
    whole = one.fullmatch(found[1])
    target = values[int(whole[1])] if whole else one.sub(lambda part: quote(values[int(part[1])], safe="@"), found[1])
    return f'href="{escape(target)}"' if LINK.fullmatch(target) else ""


def _shown(value: str, *, inside_link: bool) -> str:
    """A value as it stands in the text."""
    if ADDRESS.fullmatch(value) and not inside_link:
        return format_html('<a href="{0}" rel="noopener noreferrer nofollow">{0}</a>', value)
    return escape(value).replace("\n", "<br>\n")


def _in_link(html: str, place: int) -> bool:
    return html.rfind("<a ", 0, place) > html.rfind("</a>", 0, place)
