"""What the palette finds: pages, accounts and contacts, all of them the user's to see."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse

from accounts.models import Account, Contact, User
from accounts.registries import PALETTE

MOST = 8


@dataclass(frozen=True)
class Found:
    """One line of the palette."""

    kind: str
    label: str
    detail: str
    url: str
    account: Account | None = None


def find(user: User, text: str) -> list[Found]:
    """Pages by name, then accounts and contacts whose name or address contains `text`; recent accounts without text.

    Every page; of accounts and contacts at most eight each. Names that begin with the text come first, but for those of
    contacts. Two queries.
    """
    text = text.strip()[:100]
    if not text:
        return _pages(user, "") + _recent(user)
    return _pages(user, text) + _accounts(user, text) + _contacts(user, text)


def _pages(user: User, text: str) -> list[Found]:
    wanted = text.lower()
    items = [
        item for item in PALETTE.values() if item.shown_to(user) and wanted in f"{item.label} {item.keywords}".lower()
    ]
    items.sort(key=lambda item: not item.label.lower().startswith(wanted))
    return [Found("Page", item.label, item.keys, reverse(item.url_name)) for item in items]


def _accounts(user: User, text: str) -> list[Found]:
    found = (
        Account.objects.visible_to(user)
        .matching(text)
        .annotate(
            later=Case(When(name__istartswith=text, then=Value(0)), default=Value(1), output_field=IntegerField())
        )
        .select_related("segment")
        .order_by("later", "name", "pk")[:MOST]
    )
    return [_line(account) for account in found]


def _contacts(user: User, text: str) -> list[Found]:
    found = (
        Contact.objects.visible_to(user)
        .present()
        .filter(Q(name__icontains=text) | Q(email__icontains=text))
        .select_related("account")
        .order_by("name", "pk")[:MOST]
    )
    return [
        Found(
            "Contact",
            contact.name,
            " · ".join(filter(None, [contact.title, contact.account.name])),
            reverse("accounts:account", args=[contact.account_id]) + "#contacts",
        )
        for contact in found
    ]


def _recent(user: User) -> list[Found]:
    ids = [pk for pk in user.recent_accounts if isinstance(pk, int)][:MOST]
    accounts = {account.pk: account for account in Account.objects.visible_to(user).filter(pk__in=ids)} if ids else {}
    return [_line(accounts[pk]) for pk in ids if pk in accounts]


def _line(account: Account) -> Found:
    return Found(
        "Account", account.name, account.domain, reverse("accounts:account", args=[account.pk]), account=account
    )
