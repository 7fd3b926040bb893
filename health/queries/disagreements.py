"""The queue of accounts where score, money and judgement point apart, with what each of them says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db.models import Count, F, OrderBy, OuterRef, Q, Subquery

from accounts.models import Account, User
from accounts.models.account import AccountQuerySet
from health.models import Disagreement
from health.queries.judgement import PulseShown, judged_by, pulses_of

PAGE = 50
AT_ONCE = 1000
SEEN = "seen"
NOBODY = "none"
SORTS = ("-arr", "arr", "-since", "since")


@dataclass(frozen=True)
class DisagreementFilter:
    """What of the queue is shown: a kind or what was agreed to, one owner's accounts, a text; and the order."""

    only: str = "all"
    owner: str = ""
    sort: str = "-arr"
    text: str = ""


@dataclass(frozen=True)
class Row:
    """One account with what disagrees on it; the first of `found` speaks for the facts that all share."""

    account: Account
    found: list[Disagreement]
    pulse: PulseShown
    may_judge: bool

    @property
    def facts(self) -> Disagreement:
        """Usage and ARR are the same on all of an account's disagreements."""
        return self.found[0]

    @property
    def is_seen(self) -> bool:
        """Whether somebody agreed to all of it."""
        return all(one.seen_at is not None for one in self.found)


def counts_of(user: User, wanted: DisagreementFilter) -> dict[str, int]:
    """Accounts by kind, under owner and text; `all` are those to look at, `seen` those agreed to. One query."""
    is_open = Q(seen_at=None)
    accounts = _matching(user, wanted)
    kinds = {kind: Count("account", filter=is_open & Q(kind=kind)) for kind in Disagreement.Kind.values}
    return Disagreement.objects.filter(account__in=accounts.values("pk")).aggregate(
        all=Count("account", filter=is_open, distinct=True),
        **kinds,
        seen=Count("account", filter=~is_open, distinct=True),
    )


def queue(user: User, wanted: DisagreementFilter) -> AccountQuerySet:
    """The accounts to show, in the wanted order; ties by key."""
    found = Disagreement.objects.filter(_condition(wanted.only))
    accounts = _matching(user, wanted).filter(pk__in=found.values("account")).select_related("owner")
    descending = wanted.sort.startswith("-")
    if wanted.sort.removeprefix("-") == "arr":
        return accounts.order_by(OrderBy(F("arr"), descending=descending), "pk")
    since = Disagreement.objects.filter(_condition(wanted.only), account=OuterRef("pk")).order_by("since")
    first = Subquery(since.values("since")[:1])
    return accounts.annotate(since=first).order_by(OrderBy(F("since"), descending=descending), "pk")


def rows_of(user: User, accounts: Sequence[Account], wanted: DisagreementFilter) -> list[Row]:
    """Rows for accounts out of `queue`. Three queries."""
    ids = [account.pk for account in accounts]
    found: dict[int, list[Disagreement]] = {pk: [] for pk in ids}
    shown = ~Q(seen_at=None) if wanted.only == SEEN else Q(seen_at=None)
    for one in Disagreement.objects.filter(shown, account__in=ids).select_related("seen_by").order_by("kind"):
        found[one.account_id].append(one)
    pulses, judged = pulses_of(ids), judged_by(user, ids)
    return [
        Row(account, found[account.pk], pulses.get(account.pk, PulseShown(None, stale=False)), account.pk in judged)
        for account in accounts
        # Between two queries a disagreement may have ended.
        if found[account.pk]
    ]


def all_rows(user: User, wanted: DisagreementFilter) -> Iterator[Row]:
    """Every row of the queue, in its order; memory does not grow with it."""
    accounts = queue(user, wanted).iterator(chunk_size=AT_ONCE)
    while chunk := list(islice(accounts, AT_ONCE)):
        yield from rows_of(user, chunk, wanted)


def owners_of(user: User) -> list[tuple[str, str]]:
    """Keys and names of the owners in the queue, for those who lead. One query."""
    accounts = Account.objects.visible_to(user).active().filter(disagreements__seen_at=None, disagreements__gt=0)
    names = accounts.order_by("owner__name", "owner").values_list("owner", "owner__name").distinct()
    return [(str(pk) if pk else NOBODY, name or "No owner") for pk, name in names]


def _matching(user: User, wanted: DisagreementFilter) -> AccountQuerySet:
    accounts = Account.objects.visible_to(user).active().matching(wanted.text)
    if not wanted.owner:
        return accounts
    return accounts.filter(owner=None if wanted.owner == NOBODY else int(wanted.owner))


def _condition(only: str) -> Q:
    if only == SEEN:
        return ~Q(seen_at=None)
    return Q(seen_at=None) if only == "all" else Q(seen_at=None, kind=only)
