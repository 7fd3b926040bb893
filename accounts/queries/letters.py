"""What e-mails to customers are written with: the fields that there are, and what they stand for to one person."""

from collections.abc import Collection, Mapping

from django.conf import settings

from accounts.domain.merging import LETTER_FIELDS
from accounts.domain.playbook_runs import Situation
from accounts.models import Contact, Sequence
from accounts.queries.receivers import writable
from accounts.registries import SEQUENCE_SOURCES
from cs_workspace.common.expressions import among


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


def receivers_of(account_ids: Collection[int], role: str) -> dict[int, int]:
    """Whom of each account a sequence goes to, as the key of the contact by that of the account. One query.

    That is whoever plays the role, the most influential of several; where nobody does, whoever plays a key role. Those
    to whom nothing can be sent are nobody.
    """
    roles = list(dict.fromkeys([role, *Contact.KEY_ROLES]))
    there = writable().filter(among("account_id", account_ids), roles__overlap=roles)
    rows = there.order_by("account_id", "name", "pk")
    found: dict[int, tuple[tuple[int, int], int]] = {}
    for pk, account_id, played, influence in rows.values_list("pk", "account_id", "roles", "influence"):
        rank = (min(roles.index(one) for one in played if one in roles), -(influence or 0))
        if account_id not in found or rank < found[account_id][0]:
            found[account_id] = rank, pk
    return {account_id: pk for account_id, (_, pk) in found.items()}
