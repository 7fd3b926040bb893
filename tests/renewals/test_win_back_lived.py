"""From the loss of a customer to its return, lived day by day: the right e-mail on the right day for each reason."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Account, Enrolment, Mail, Onboarding
from accounts.services.arr import refresh_arr
from accounts.services.onboarding_templates import install_onboarding_templates
from accounts.services.segments import install_segments
from accounts.services.sequence_advancing import advance_enrolments, finish_enrolments
from accounts.services.sequence_stopping import stop_over
from cs_workspace.common import clock
from renewals.domain.churn import SUB_REASON_LABELS, Category, SubReason, category_of
from renewals.domain.closing import Line, Signed
from renewals.domain.closing import Lost as LostTerms
from renewals.domain.win_back import Band, Move
from renewals.models import LedgerEntry
from renewals.queries.win_back_results import ResultFilter, report_of
from renewals.services.campaign_moves import follow_campaigns, move_campaign
from renewals.services.campaigns import create_campaign
from renewals.services.churning import settle_churn
from renewals.services.closing import close_renewal
from renewals.services.ledger import check_ledger, write_ledger
from renewals.services.returning import win_back
from tests.factories import ContactFactory, ContractFactory, ProductFactory, RenewalFactory
from tests.renewals.win_backs import FIELDS, win_back_sequence

FIRST = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)  # a Monday
# Day by day while e-mails come, and around the last day of a campaign; in between nothing can happen but a task.
LIVED = (*range(3, 95), *range(105, 361, 15), *range(361, 370))
REASONS = {category: next(one for one in SUB_REASON_LABELS if category_of(one) is category) for category in Category}
FIRST_MAIL = {
    Category.PRODUCT: "win-back-product",
    Category.VALUE: "win-back-value",
    Category.RELATIONSHIP: "win-back-value",
    Category.FINANCIAL: "win-back-price",
    Category.COMPETITION: "win-back-product",
    Category.STRATEGIC: "win-back-value",
}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shipped():
    """Segments, and by which templates their customers are onboarded."""
    install_segments()
    install_onboarding_templates()


def lose(owner, category: Category) -> Account:
    """A customer that does not renew and is under contract until yesterday: lost with the closing."""
    today = clock.today()
    account = Account.objects.create(name=f"Lost for {category}", owner=owner, stage="renewing")
    ContactFactory(account=account, name=f"Ann {category}", email=f"{category}@example.com", roles=["champion"])
    contract = ContractFactory(account=account, start=today - dt.timedelta(days=365), end=today, with_line=24000)
    write_ledger(today=today, account_ids=[account.pk])
    renewal = RenewalFactory(account=account, contract=contract, current_arr=Decimal(24000))
    last_day = today - dt.timedelta(days=1)
    close_renewal(by=owner, renewal=renewal, terms=LostTerms(REASONS[category], last_day))
    account.refresh_from_db()
    assert (account.status, account.churned_on) == ("churned", today)
    return account


def live_a_night() -> None:
    """What keeps accounts and ledger current, which moves only where something was signed."""
    today = clock.today()
    settle_churn(today=today)
    write_ledger(today=today)
    refresh_arr(today=today)


def live_a_day() -> None:
    """What beat asks for in a day, once each."""
    today = clock.today()
    stop_over()
    advance_enrolments()
    finish_enrolments()
    follow_campaigns(today=today)


def written(account: Account) -> list[tuple[int, str]]:
    """Its e-mails: days since the loss, and the template."""
    mails = Mail.objects.filter(account=account).order_by("created_at", "pk").select_related("step__template")
    return [((clock.day_of(mail.due_at) - account.churned_on).days, mail.step.template.key) for mail in mails]


def test_customers_are_lost_written_to_and_won_back_day_by_day(cast):
    sequence = win_back_sequence()
    with time_machine.travel(FIRST, tick=False) as traveller:
        sequence.active_since = clock.now()
        sequence.save()
        lost = {category: lose(cast.owner, category) for category in Category}
        traveller.shift(dt.timedelta(days=2))
        fields = FIELDS | {"owner": cast.manager, "by_itself": True, "release_name": "Aurora", "offer": "Two months."}
        ids = [account.pk for account in lost.values()]
        campaign, chosen = create_campaign(by=cast.manager, fields=fields, account_ids=ids)
        assert (chosen.count, chosen.refused) == (len(Category), {})
        move_campaign(by=cast.manager, campaign=campaign, move=Move.START)

        # A reply stops one, the second comes back before the last e-mail; the others hear everything there is.
        replies, returns = lost[Category.STRATEGIC], lost[Category.FINANCIAL]
        product = ProductFactory()
        for number in LIVED:
            traveller.move_to(FIRST + dt.timedelta(days=number))
            live_a_day()
            if number % 15 == 0:
                live_a_night()
            if number == 8:
                Mail.objects.filter(account=replies).update(replied_at=clock.now())
            if number == 45:
                today = clock.today()
                end = today + dt.timedelta(days=365)
                terms = Signed(today, today, end, (Line(product.pk, Decimal(20000)),), "EUR")
                win_back(by=cast.owner, account=returns, terms=terms)

        whole = [(30, "win-back-proof"), (90, "win-back-release")]
        for category, account in lost.items():
            first = [(7, FIRST_MAIL[category])]
            rest = {replies: [], returns: whole[:1]}.get(account, whole)
            assert written(account) == first + rest, category

        targets = {one.account_id: one for one in campaign.targets.select_related("enrolment")}
        assert {category: targets[account.pk].state for category, account in lost.items()} == {
            category: "won" if account == returns else "out" for category, account in lost.items()
        }
        assert {one.out_because for one in targets.values()} == {"", "too_late"}
        assert (targets[replies.pk].enrolment.stopped_because, targets[returns.pk].enrolment.stopped_because) == (
            "reply", "goal",
        )  # fmt: skip
        assert not Enrolment.objects.running().exists()

        returns.refresh_from_db()
        assert (returns.status, returns.stage, returns.arr) == ("active", "won_back", Decimal(20000))
        assert Onboarding.objects.get(account=returns).kind == "won_back"
        entries = LedgerEntry.objects.filter(account=returns).order_by("day").values_list("kind", "amount", "day")
        lost_on = FIRST.date()
        assert list(entries) == [
            ("new", Decimal(24000), lost_on - dt.timedelta(days=365)),
            ("churn", Decimal(-24000), lost_on),
            ("reactivation", Decimal(20000), lost_on + dt.timedelta(days=45)),
        ]
        assert check_ledger(today=clock.today()) == []

        report = report_of(cast.manager, ResultFilter(), today=clock.today())
        found = {one.band: (one.found.part, one.found.whole, one.open) for one in report.bands}
        assert found == {
            Band.FRESH: (0, 6, 0), Band.RECENT: (1, 6, 0), Band.SETTLED: (0, 5, 0), Band.DISTANT: (0, 5, 0),
        }  # fmt: skip
        assert (report.found.part, report.found.whole, report.arr_won) == (1, 6, Decimal(20000))


def test_without_a_release_the_last_e_mail_is_not_written(cast):
    sequence = win_back_sequence()
    with time_machine.travel(FIRST, tick=False) as traveller:
        sequence.active_since = clock.now()
        sequence.save()
        account = lose(cast.owner, Category.PRODUCT)
        campaign, _ = create_campaign(by=cast.owner, fields=FIELDS | {"owner": cast.owner}, account_ids=[account.pk])
        move_campaign(by=cast.owner, campaign=campaign, move=Move.START)
        assert SubReason(account.churn_records.get().sub_reason) is REASONS[Category.PRODUCT]
        for number in (*range(1, 32), *range(88, 93)):
            traveller.move_to(FIRST + dt.timedelta(days=number))
            live_a_day()
        assert written(account) == [(7, "win-back-product"), (30, "win-back-proof")]
        assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled", "draft"}
