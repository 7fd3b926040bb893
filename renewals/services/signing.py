"""Writing down a contract that was signed."""

from collections.abc import Mapping
from decimal import Decimal

import pghistory

from accounts.models import Contract, ContractLine, User
from renewals.domain.closing import Signed


def write_contract(
    signed: Signed,
    *,
    by: User | None,
    account_id: int,
    assigned: Mapping[int, int] | None = None,
    expected_logins_per_week: Decimal | None = None,
) -> Contract:
    """A contract with its lines, as it was signed; inside the transaction of what it belongs to.

    `assigned` are the seats that people have already, by product.
    """
    contract = Contract(
        account_id=account_id,
        number=signed.number,
        start=signed.start,
        end=signed.end,
        auto_renew=signed.auto_renew,
        notice_days=signed.notice_days,
        term_months=signed.term_months,
        billing=signed.billing,
        currency=signed.currency,
        expected_logins_per_week=expected_logins_per_week,
    )
    with pghistory.context(**({"user": by.pk} if by else {})):
        contract.save(force_insert=True)
    _write_lines(contract, signed, dict(assigned or {}))
    return contract


def _write_lines(contract: Contract, signed: Signed, left: dict[int, int]) -> None:
    """Of a product in several lines nobody knows who has whose seats: they go with the first of them."""
    ContractLine.objects.bulk_create(
        ContractLine(
            contract=contract,
            product_id=line.product_id,
            seats=line.seats,
            seats_assigned=left.pop(line.product_id, None),
            unit_price=line.unit_price,
            arr=line.arr,
            discount=line.discount,
        )
        for line in signed.lines
    )
