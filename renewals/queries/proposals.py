"""What is read of proposals: their options in words of the domain, what they come to, and what they are judged by."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.conf import settings
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from accounts.models import ContractLine, ExchangeRate, RoiRecord, User
from renewals.domain.authority import room_of
from renewals.domain.proposals import CENT, Figures, Held, Line, Option, figures_of, lacks_return
from renewals.models import Proposal, ProposalLine, ProposalOption, Renewal
from renewals.models.proposal import ProposalQuerySet

# What was confirmed longer ago says nothing about a year.
WORTH_DAYS = 365


def option_count(renewal_id: int) -> int:
    """Options of the proposals of a renewal that were not taken back: what there is on the table. One query."""
    standing = Proposal.objects.standing().filter(renewal=renewal_id)
    return ProposalOption.objects.filter(proposal__in=standing.values("pk")).count()


def get_proposal_for(user: User, pk: int) -> Proposal:
    """A proposal to an account that the user sees, with all that is in it; anything else is a 404. Three queries."""
    return get_object_or_404(whole().visible_to(user), pk=pk)


def whole() -> ProposalQuerySet:
    """Proposals with all that stands in them, and whom they concern."""
    lines = ProposalLine.objects.select_related("product")
    options = ProposalOption.objects.prefetch_related(Prefetch("lines", lines))
    concerned = ("account", "account__owner", "renewal", "renewal__contract", "author", "sent_by")
    return Proposal.objects.select_related(*concerned).prefetch_related(Prefetch("options", options))


def terms_of(proposal: Proposal) -> list[Option]:
    """The options as the domain has them, in their order. No query where they were read with the proposal."""
    return [_option(one) for one in proposal.options.all()]


@dataclass(frozen=True)
class OptionRow:
    """An option with what it comes to; `lines` are pairs of a line and its price for a year."""

    option: ProposalOption
    figures: Figures
    lines: Sequence[tuple[ProposalLine, Decimal]]
    room: Decimal
    """Points of discount that the term adds to a limit."""
    lacks_return: bool


@dataclass(frozen=True)
class ProposalPage:
    """A proposal as pages and the file show it."""

    proposal: Proposal
    options: Sequence[OptionRow]

    @property
    def chosen(self) -> OptionRow | None:
        """The option that the customer accepted."""
        return next((row for row in self.options if row.option.is_chosen), None)

    @property
    def lacking(self) -> list[str]:
        """Titles of the options that give a discount for nothing."""
        return [row.option.title for row in self.options if row.lacks_return]


def page_of(proposal: Proposal) -> ProposalPage:
    """What a proposal shows. No query where it was read whole."""
    return ProposalPage(proposal, [_row(proposal, one) for one in proposal.options.all()])


def proposals_of(renewal: Renewal) -> list[ProposalPage]:
    """All proposals of a renewal, the latest first. Three queries."""
    return [page_of(one) for one in whole().filter(renewal=renewal).order_by("-number")]


def held_in(contract_id: int) -> list[Held]:
    """What a contract holds, line by line. One query."""
    lines = ContractLine.objects.filter(contract=contract_id).order_by("pk")
    return [Held(line.product_id, line.arr, line.seats or None, line.seats_assigned) for line in lines]


def rates_on(day: dt.date) -> dict[str, Decimal]:
    """What one unit of each currency is worth in workspace currency on a day; those without a rate are left out."""
    known = ExchangeRate.objects.filter(valid_from__lte=day).order_by("currency", "-valid_from").distinct("currency")
    return dict(known.values_list("currency", "rate")) | {settings.WORKSPACE_CURRENCY: Decimal(1)}


def worth_of(account_id: int, currency: str, *, today: dt.date) -> Decimal | None:
    """What the customer confirmed that the twelve months up to a day brought them, in a currency.

    None where nothing was confirmed, or an amount is in a currency without a rate: a sum with a hole is no sum.
    """
    confirmed = RoiRecord.objects.kept().filter(
        plan__account=account_id,
        plan__archived_at=None,
        confirmed_on__isnull=False,
        on__gt=today - dt.timedelta(days=WORTH_DAYS),
        on__lte=today,
    )
    amounts = list(confirmed.order_by().values_list("amount", "currency"))
    rates = rates_on(today)
    if not amounts or any(one not in rates for one in [currency, *(code for _, code in amounts)]):
        return None
    worth = sum((amount * rates[code] / rates[currency] for amount, code in amounts), Decimal(0))
    return worth.quantize(CENT, ROUND_HALF_EVEN)


def _row(proposal: Proposal, one: ProposalOption) -> OptionRow:
    option = _option(one)
    figures = figures_of(option, today_arr=proposal.today_arr, worth=proposal.worth)
    return OptionRow(
        option=one,
        figures=figures,
        lines=list(zip(one.lines.all(), figures.amounts, strict=True)),
        room=room_of(one.term_months),
        lacks_return=lacks_return(option),
    )


def _option(one: ProposalOption) -> Option:
    return Option(
        title=one.title,
        term_months=one.term_months,
        billing=one.billing,
        lines=tuple(
            Line(line.product_id, line.price, line.seats, line.discount, line.today_price) for line in one.lines.all()
        ),
        note=one.note,
        is_recommended=one.is_recommended,
        discount=one.discount,
        in_return=one.in_return,
    )
