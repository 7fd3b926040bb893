"""The limits of discounts that ship."""

from renewals.domain.authority import SHIPPED
from renewals.models import DiscountAuthority


def install_authority() -> int:
    """The matrix where there is none yet; gives how many roles got a limit."""
    if DiscountAuthority.objects.exists():
        return 0
    rows = [DiscountAuthority(role=role, limit=limit) for role, limit in SHIPPED.items()]
    return len(DiscountAuthority.objects.bulk_create(rows))
