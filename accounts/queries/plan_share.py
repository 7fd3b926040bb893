"""Links to success plans: their addresses, and what stands behind one."""

from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from accounts.models import PlanShare
from cs_workspace.common import clock

SALT = "accounts.plan_share"


def token_of(share: PlanShare) -> str:
    """The key with its signature, as the address holds it: what stands in the database alone opens nothing."""
    return _signer().sign(share.key.hex)


def url_of(share: PlanShare) -> str:
    """The path of the page that the customer reads."""
    return reverse("accounts:shared-plan", args=[token_of(share)])


def share_of(token: str) -> PlanShare | None:
    """The link of an address, also one that is over; None for an address that we did not make. At most one query."""
    try:
        key = UUID(hex=_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    return PlanShare.objects.select_related("plan__account").filter(key=key).first()


def is_live(share: PlanShare) -> bool:
    """Whether the link still opens the plan. One query."""
    return PlanShare.objects.live(now=clock.now()).filter(pk=share.pk).exists()


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
