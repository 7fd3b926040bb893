"""cs_workspace.web.queries.today_acts: what Today offers beside each reason."""

from decimal import Decimal

import pytest
from django.urls import resolve

from accounts.models import Account
from cs_workspace.web.domain.today import Kind, Reason
from cs_workspace.web.queries.today_acts import How, offer_of

ACCOUNT = Account(pk=7, name="Halden")
# Of each kind the page behind its text, how it is done, and by which address.
OFFERS = {
    Kind.ALERT: ("health:alert", How.POST, "health:acknowledge-alert"),
    Kind.TASK: ("accounts:task-edit", How.POST, "accounts:task-done"),
    Kind.SIGNAL: ("accounts:account", How.POST, "health:signal-confirm"),
    Kind.SAVE: ("health:intervention", How.PAGE, "health:intervention"),
    Kind.FELL: (None, How.DIALOG, "accounts:touch-new"),
    Kind.RENEWAL: ("renewals:renewal", How.DIALOG, "accounts:task-new"),
    Kind.REVIEW: ("qbr:review", How.PAGE, "qbr:review"),
    Kind.ONBOARDING: (None, How.DIALOG, "accounts:touch-new"),
    Kind.MILESTONE: ("accounts:account-onboarding", How.PAGE, "accounts:account-onboarding"),
    Kind.PLAN: ("accounts:account-plan", How.PAGE, "accounts:account-plan"),
    Kind.TOUCH: (None, How.DIALOG, "accounts:touch-new"),
}


def reason(kind: Kind, **fields) -> Reason:
    return Reason(kind, "What it is", Decimal(1), **{"pk": 12, **fields})


def page_of(url: str) -> str | None:
    return resolve(url.partition("?")[0].partition("#")[0]).view_name if url else None


@pytest.mark.parametrize("kind", Kind)
def test_every_reason_has_one_thing_to_do_and_leads_to_what_it_is_about(kind: Kind) -> None:
    offer = offer_of(reason(kind), ACCOUNT)
    assert (page_of(offer.url), offer.act.how, page_of(offer.act.url)) == OFFERS[kind]
    assert offer.opens == (None if not offer.url else How.DIALOG if kind is Kind.TASK else How.PAGE)
    assert bool(offer.act.mark) == (offer.act.how is How.POST)
    assert ("Halden" in offer.act.says) == (kind is not Kind.TASK)


def test_a_task_may_be_for_no_account() -> None:
    offer = offer_of(reason(Kind.TASK), None)
    assert (offer.act.says, offer.act.mark) == ("Done: What it is", "done-12")


def test_a_renewal_without_a_record_leads_nowhere_but_to_a_task() -> None:
    offer = offer_of(reason(Kind.RENEWAL, pk=None), ACCOUNT)
    assert (offer.url, offer.opens, page_of(offer.act.url)) == ("", None, "accounts:task-new")


def test_a_touch_begins_with_the_kind_that_is_due() -> None:
    assert offer_of(reason(Kind.TOUCH, choice="executive"), ACCOUNT).act.url.endswith("?cadence=executive")
