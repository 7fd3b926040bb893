"""Merge fields: `{account.name}` in a text stands for what the account is called.

`{champion.name|your champion}` says what to write where it is not known. Without such words, a field that is not known
is a problem, and no text is made: nobody is to read a sentence with a hole in it.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

FIELD: Final = re.compile(r"\{\s*([a-z_]+\.[a-z_]+)\s*(?:\|([^{}]*))?\}")
BRACE: Final = re.compile(r"[{}]")

# What each field stands for, as the editor lists them.
FIELDS: Final[dict[str, str]] = {
    "account.name": "Name of the account",
    "account.tier": "Its tier",
    "account.score": "Its score",
    "account.reason": "What moved its score",
    "account.arr": "Its ARR",
    "account.segment": "Its segment",
    "account.renewal_date": "Day of its renewal",
    "account.days_to_renewal": "Days until its renewal",
    "account.last_touch": "Day of the last two-way touch",
    "owner.name": "Owner of the account",
    "manager.name": "Manager of the owner",
    "champion.name": "Champion at the customer",
    "sponsor.name": "Executive sponsor at the customer",
    "decision_maker.name": "Decision maker at the customer",
    "technical_lead.name": "Technical lead at the customer",
    "run.reason": "What set the playbook off",
}
# What e-mails know besides, for they go to one person and come from one.
LETTER_FIELDS: Final[dict[str, str]] = {
    **{name: label for name, label in FIELDS.items() if name != "run.reason"},
    "contact.name": "Name of who gets the e-mail",
    "contact.first_name": "First name of who gets the e-mail",
    "contact.title": "Job title of who gets the e-mail",
    "owner.email": "E-mail address of the owner",
    "workspace.name": "Name of this workspace",
}


@dataclass(frozen=True)
class Merged:
    """The text with its fields filled in, and the fields that are not known, in the order of the text."""

    text: str
    missing: tuple[str, ...] = ()


def merge(text: str, values: Mapping[str, str], *, quoted: Callable[[str], str] = str) -> Merged:
    """Fills in the fields of a text. A value that is empty is not known; `quoted` makes the others fit for the text.

    It is done once: a value that looks like a field is words.
    """
    missing: list[str] = []

    def fill(found: re.Match[str]) -> str:
        known = values.get(found[1], "")
        value = quoted(known) if known else (found[2] or "").strip()
        if not value:
            missing.append(found[1])
        return value

    return Merged(FIELD.sub(fill, text), tuple(dict.fromkeys(missing)))


def problem_with(text: str, *, fields: Collection[str] | None = FIELDS) -> str:
    """What is wrong with a text whatever the account, in words for its writer; empty where nothing is.

    `fields` are those that there are; None looks only at how they are written.
    """
    unknown = [] if fields is None else [name for name, _ in FIELD.findall(text) if name not in fields]
    if unknown:
        return f"There is no field “{{{unknown[0]}}}”."
    if BRACE.search(FIELD.sub("", text)):
        return "A brace does not belong to a field. Fields are written like {account.name}."
    return ""


def fields_in(text: str) -> list[str]:
    """The fields that a text has, each once, in its order."""
    return list(dict.fromkeys(name for name, _ in FIELD.findall(text)))


def missing_in_words(missing: tuple[str, ...], labels: Mapping[str, str] = FIELDS) -> str:
    """What is not known, in a sentence; empty where nothing is missing."""
    if not missing:
        return ""
    names = ", ".join(labels.get(name, name).lower() for name in missing)
    return f"Not known for this account: {names}."


def outlined(text: str, values: Mapping[str, str]) -> str:
    """A text that is not written yet, for readers: what is not known stands as what the field is."""
    return FIELD.sub(lambda found: values.get(found[1], "") or (found[2] or FIELDS.get(found[1], "…")).lower(), text)
