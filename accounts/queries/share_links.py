"""Links that customers open without a login: their addresses, and which of them still open something."""

from typing import TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Model
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.models import User
from accounts.models.share_link import ShareLink
from cs_workspace.common import clock

L = TypeVar("L", bound=ShareLink)


def token_of(link: ShareLink) -> str:
    """The key with its signature, as the address holds it: what stands in the database alone opens nothing."""
    return _signer(type(link)).sign(link.key.hex)


def url_of(link: ShareLink) -> str:
    """The path of the page that the customer opens."""
    return reverse(link.PAGE, args=[token_of(link)])


def link_of(kind: type[L], token: str) -> L | None:
    """The link of an address, also one that is over; None for an address that we did not make. At most one query."""
    try:
        key = UUID(hex=_signer(kind).unsign(token))
    except (BadSignature, ValueError):
        return None
    return kind.links().select_related(f"{kind.OF}__account").filter(key=key).first()


def is_live(link: ShareLink) -> bool:
    """Whether the link still opens what it is to. One query."""
    return type(link).links().live(now=clock.now()).filter(pk=link.pk).exists()


def live_link_to(kind: type[L], record: Model) -> L | None:
    """The link that opens a record now; None where there is none. One query."""
    return kind.links().live(now=clock.now()).of(record).first()


def get_link_for(kind: type[L], user: User, pk: int) -> L:
    """A link to something of an account that the user sees; anything else is a 404."""
    return get_object_or_404(kind.links().visible_to(user).select_related(f"{kind.OF}__account"), pk=pk)


def _signer(kind: type[ShareLink]) -> Signer:
    return Signer(salt=kind.SALT, sep=".")
