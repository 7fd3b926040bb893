"""Events that are marked on the charts of an account's health, out of all sources in one statement."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, Value
from django.urls import reverse

from accounts.models import Account, Contact
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.queries.timeline_sources import contracts_over
from cs_workspace.common import clock
from health.queries.timeline_sources import overrides, tier_moves
from health.registries import MARKS, MarkSource, add_mark_source


@dataclass(frozen=True)
class Mark:
    """One event on a day. `tone` is the class of a tier (t1 good … t4 bad) or empty; `url` its page, or empty."""

    day: dt.date
    label: str
    title: str
    tone: str = ""
    url: str = ""


def register_marks() -> None:
    """Adds the sources of the ground and of judgement."""
    for source in (
        MarkSource("tier", "Tier", tier_moves),
        MarkSource("left", "Key contact", key_departures),
        MarkSource("contract_end", "Contract", contracts_over),
        MarkSource("override", "Override", overrides),
    ):
        add_mark_source(source)


def marks_of(account: Account, *, since: dt.date, until: dt.date) -> list[Mark]:
    """What happened on the days from `since` to `until`, both included, the oldest first. One query."""
    window = Q(entry_at__gte=clock.start_of(since), entry_at__lt=clock.start_of(until + dt.timedelta(days=1)))
    first, *others = (source.entries(account).filter(window) for source in MARKS.values())
    rows: Rows = first.union(*others, all=True).order_by("entry_at", "entry_kind", "entry_pk")
    return [
        Mark(clock.day_of(at), MARKS[kind].label, title, tone, _page(MARKS[kind], pk))
        for at, kind, pk, title, _detail, _by, tone in rows
    ]


def key_departures(account: Account) -> Rows:
    """Contacts in a key role who left or changed job."""
    roles = [(Q(roles__contains=[role]), Value(f"{role.label}: ")) for role in Contact.KEY_ROLES]
    return entry_rows(
        Contact.objects.filter(
            account=account, archived_at=None, left_on__isnull=False, roles__overlap=Contact.KEY_ROLES
        ),
        kind="left",
        at=start_of_day("left_on"),
        title=joined(label_of(*roles), "name", Value(" left or changed job")),
        tone=Value("t4"),
    )


def _page(source: MarkSource, pk: int) -> str:
    return reverse(source.url_name, args=[pk]) if source.url_name else ""
