"""The form by which a lost customer comes back: the contract that it signed, line by line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast
from uuid import uuid4

from django.forms.boundfield import BoundField
from django.http import QueryDict

from accounts.models import Account, Contract
from renewals.domain.closing import Signed
from renewals.domain.periods import YEAR_MONTHS
from renewals.forms.closing import SIGNED, ClosingDraft, ClosingForm, LineForm


class ReturnDraft(ClosingDraft):
    """As when a renewal is closed with what was signed; nothing can be lost by it, nor be less than before."""

    ROWS = (
        ["signed_on", "number"],
        ["start", "term_months", "end"],
        ["currency", "billing", "notice_days"],
        ["auto_renew"],
    )

    @classmethod
    def blank(
        cls, account: Account, *, today: dt.date, products: Sequence[tuple[int, str]], currencies: Iterable[str]
    ) -> ReturnDraft:
        """The form to begin with: a year from today in the currency of the account, with nothing sold yet."""
        initial = {
            "how": SIGNED,
            "version": account.version,
            "signed_on": today,
            "start": today,
            "term_months": YEAR_MONTHS,
            "currency": account.currency,
            "billing": Contract.Billing.YEARLY.value,
        }
        head = ClosingForm(initial=initial, currencies=[*currencies, account.currency])
        return cls(head, [LineForm(products=products, uid=uuid4().hex[:8])])

    @classmethod
    def sent(
        cls, data: QueryDict, *, products: Sequence[tuple[int, str]], currencies: Iterable[str], do: str = ""
    ) -> ReturnDraft:
        """What the form brought, as `ClosingDraft.sent` reads it, whatever it says of how the talks ended."""
        signed = data.copy()
        signed["how"] = SIGNED
        return cast("ReturnDraft", super().sent(signed, products=products, currencies=currencies, do=do))

    @property
    def rows(self) -> list[list[BoundField]]:
        """The fields of the contract, in rows."""
        return [[self.head[name] for name in row] for row in self.ROWS]

    @property
    def signed(self) -> Signed:
        """What was signed; call where it is valid."""
        return replace(cast("Signed", self.terms), less_reason=None)
