"""A proposal as a PDF, with its options side by side."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings

from cs_workspace.common import clock, money
from cs_workspace.common.typesetting import pdf_from
from renewals.domain.authority import percent
from renewals.domain.proposals import FROZEN, State
from renewals.models import Proposal, ProposalLine
from renewals.queries.proposals import OptionRow, ProposalPage

TEMPLATE = "renewals/proposals/proposal.typ"


def pdf_of(page: ProposalPage) -> bytes:
    """The file. What the customer is not to have yet says on every page that it is a draft."""
    return pdf_from(TEMPLATE, _data(page))


def is_final(proposal: Proposal) -> bool:
    """Whether the file is the one that the customer gets."""
    return proposal.state in FROZEN and proposal.state != State.WITHDRAWN


def _data(page: ProposalPage) -> dict[str, Any]:
    """The proposal in words, as the template sets them."""
    proposal = page.proposal
    owner = proposal.account.owner
    return {
        "workspace": settings.WORKSPACE_NAME,
        "account": proposal.account.name,
        "number": str(proposal.number),
        "day": _day(clock.day_of(proposal.sent_at) if proposal.sent_at else clock.today()),
        "renewal_day": _day(proposal.renewal.due_on),
        "owner": owner.name if owner else "",
        "today": money.exact(proposal.today_arr, proposal.currency),
        "worth": money.exact(proposal.worth, proposal.currency) if proposal.worth is not None else "",
        "note": proposal.note,
        "mark": "" if is_final(proposal) else "Withdrawn" if proposal.state == State.WITHDRAWN else "Draft",
        "accepted": _accepted(page),
        "options": [_option(row, proposal.currency) for row in page.options],
    }


def _option(row: OptionRow, currency: str) -> dict[str, Any]:
    figures, option = row.figures, row.option
    return {
        "title": option.title,
        "note": option.note,
        "recommended": option.is_recommended,
        "chosen": option.is_chosen,
        "term": "1 month" if option.term_months == 1 else f"{option.term_months} months",
        "billing": option.get_billing_display(),
        "discount": percent(figures.discount) if figures.discount else "",
        "in_return": option.get_in_return_display() if option.in_return else "",
        "arr": money.exact(figures.arr, currency),
        "full": money.exact(figures.full, currency) if figures.saved else "",
        "over_term": money.exact(figures.over_term, currency),
        "change": money.signed(figures.change, currency),
        "roi": f"{figures.roi * 100:,.0f} %".replace("-", "−") if figures.roi is not None else "",
        "lines": [_line(line, amount, currency) for line, amount in row.lines],
    }


def _line(line: ProposalLine, amount: Decimal, currency: str) -> dict[str, str]:
    price = money.exact(line.price, currency)
    return {
        "product": line.product.name,
        "detail": f"{line.seats:,} seats at {price}" if line.seats else "",
        "amount": money.exact(amount, currency),
    }


def _accepted(page: ProposalPage) -> str:
    proposal = page.proposal
    if page.chosen is None or proposal.answered_at is None:
        return ""
    return f"Accepted by {proposal.answered_name} on {_day(clock.day_of(proposal.answered_at))}"


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"
