import pytest
from django.utils import timezone

from accounts.models import Enrolment, Mail, Suppression
from accounts.services.sequence_advancing import advance_enrolments
from accounts.services.sequence_stopping import stop_over
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.churn import SubReason
from renewals.domain.win_back import Move
from renewals.models import AccountReturn, Campaign, CampaignTarget, ChurnRecord
from renewals.queries.win_back_results import ResultFilter, report_of
from renewals.services.campaign_moves import follow_campaigns, move_campaign, start_chosen, take_out
from renewals.services.campaigns import choose_accounts
from tests.factories import CampaignFactory, CampaignTargetFactory, day
from tests.renewals.win_backs import campaign_of, lost_account, started, win_back_sequence

pytestmark = pytest.mark.django_db


def test_starting_puts_everybody_into_the_sequence_from_the_day_of_the_loss(cast):
    account = lost_account(cast.owner, ago=3, reason=SubReason.NO_RETURN)
    campaign = started(cast.owner, account)
    assert (campaign.state, campaign.started_at is not None) == ("running", True)
    target = campaign.targets.get()
    assert (target.state, target.started_on) == ("running", day(0))
    enrolment = target.enrolment
    assert (enrolment.anchor_on, enrolment.variant, enrolment.by_itself) == (day(-3), "value", False)
    assert enrolment.next_on == day(4)


def test_who_left_a_while_ago_gets_the_latest_of_what_there_is_to_tell_at_once(cast):
    account = lost_account(cast.owner, ago=60)
    started(cast.owner, account, by_itself=True)
    mail = Mail.objects.get(account=account)
    assert (mail.step.offset_days, mail.state) == (30, "queued")
    assert "• Faster reports" in mail.text
    assert Enrolment.objects.get(account=account).next_on == day(30)


def test_nothing_is_started_while_something_lacks(cast):
    win_back_sequence()
    campaign, _ = campaign_of(cast.owner, lost_account(cast.owner), fixed_product="", proof="")
    with pytest.raises(RefusedError, match=r"what was fixed in the product. Say what similar companies achieve."):
        move_campaign(by=cast.owner, campaign=campaign, move=Move.START)
    empty = CampaignFactory(owner=cast.owner)
    with pytest.raises(RefusedError, match="Nobody is chosen"):
        move_campaign(by=cast.owner, campaign=empty, move=Move.START)
    assert not Enrolment.objects.exists()
    assert set(Campaign.objects.values_list("state", flat=True)) == {"draft"}


def test_a_sequence_that_is_switched_off_starts_nobody(cast):
    sequence = win_back_sequence()
    sequence.active_since = None
    sequence.save()
    campaign, _ = campaign_of(cast.owner, lost_account(cast.owner))
    with pytest.raises(RefusedError, match="switched off"):
        move_campaign(by=cast.owner, campaign=campaign, move=Move.START)


def test_more_customers_are_started_later(cast):
    campaign = started(cast.owner, lost_account(cast.owner))
    other = lost_account(cast.owner)
    choose_accounts(by=cast.owner, campaign=campaign, account_ids=[other.pk])
    assert start_chosen(by=cast.owner, campaign=campaign) == 1
    assert campaign.targets.running().count() == 2
    with pytest.raises(RefusedError, match="Nobody is chosen"):
        start_chosen(by=cast.owner, campaign=campaign)


def test_a_contact_gets_the_sequence_once_for_a_loss_in_whatever_campaign(cast):
    account = lost_account(cast.owner, ago=10)
    first = started(cast.owner, account)
    move_campaign(by=cast.owner, campaign=first, move=Move.CLOSE)
    second = started(cast.owner, account, name="Summer")
    target = second.targets.get()
    assert (target.state, target.enrolment) == ("running", None)
    assert Mail.objects.filter(account=account).count() == 1


def test_a_pause_lets_nothing_out_and_a_resumption_goes_on(cast):
    account = lost_account(cast.owner, ago=8)
    campaign = started(cast.owner, account, by_itself=True)
    assert Mail.objects.get(account=account).state == "queued"
    move_campaign(by=cast.owner, campaign=campaign, move=Move.PAUSE)
    assert Mail.objects.get(account=account).state == "draft"
    assert Enrolment.objects.get(account=account).paused_at is not None
    move_campaign(by=cast.owner, campaign=campaign, move=Move.RESUME)
    assert Mail.objects.get(account=account).state == "queued"
    with pytest.raises(RefusedError, match="under way: it cannot be resumed"):
        move_campaign(by=cast.owner, campaign=campaign, move=Move.RESUME)


def test_closing_takes_out_who_did_not_come_back(cast):
    account = lost_account(cast.owner, ago=8)
    campaign = started(cast.owner, account)
    won = CampaignTargetFactory(campaign=campaign, state="won", started_on=day(-5), ended_on=day(-1))
    closed = move_campaign(by=cast.owner, campaign=campaign, move=Move.CLOSE)
    assert (closed.state, closed.closed_by) == ("closed", cast.owner)
    target = campaign.targets.get(account=account)
    assert (target.state, target.out_because, target.ended_by) == ("out", "closed", cast.owner)
    assert Mail.objects.get(account=account).state == "cancelled"
    assert Enrolment.objects.get(account=account).stopped_because == "by_hand"
    won.refresh_from_db()
    assert won.state == "won"


def test_taking_out_needs_a_reason_and_cancels_what_was_not_sent(cast):
    account = lost_account(cast.owner, ago=8)
    target = started(cast.owner, account).targets.get()
    taken = take_out(by=cast.owner, target=target, reason=" Bought by a competitor ")
    assert (taken.state, taken.out_because, taken.reason) == ("out", "by_hand", "Bought by a competitor")
    assert (taken.ended_on, taken.ended_by) == (day(0), cast.owner)
    assert Mail.objects.get(account=account).state == "cancelled"
    with pytest.raises(RefusedError, match="is taken out already"):
        take_out(by=cast.owner, target=target, reason="Again")


def test_whoever_left_more_than_a_year_ago_is_taken_out_once(cast):
    account = lost_account(cast.owner, ago=365)
    campaign = started(cast.owner, account)
    assert follow_campaigns(today=day(0)) == (0, 0)
    assert follow_campaigns(today=day(1)) == (1, 0)
    target = campaign.targets.get()
    assert (target.state, target.out_because) == ("out", "too_late")
    assert Enrolment.objects.get(account=account).stopped_because == "too_late"
    assert follow_campaigns(today=day(1)) == (0, 0)


def test_who_came_back_by_another_way_counts_as_won_if_somebody_had_written(cast):
    ran, waits, unpaid = (lost_account(cast.owner, name=name) for name in ("Ran", "Waits", "Unpaid"))
    campaign = started(cast.owner, ran, unpaid)
    choose_accounts(by=cast.owner, campaign=campaign, account_ids=[waits.pk])
    for account in (ran, waits, unpaid):
        account.status, account.stage, account.arr = "active", "won_back", 0 if account is unpaid else 9000
        account.save()
    assert follow_campaigns(today=day(0)) == (0, 1)
    assert follow_campaigns(today=day(0)) == (0, 0)
    found = {one.account.name: one for one in campaign.targets.select_related("account", "enrolment")}
    assert {name: one.state for name, one in found.items()} == {"Ran": "won", "Waits": "out", "Unpaid": "running"}
    assert found["Waits"].out_because == "returned"
    assert found["Ran"].enrolment.stopped_because == "goal"
    back = AccountReturn.objects.get()
    assert (back.account, back.arr, back.arr_lost, back.contract) == (ran, 9000, 24000, None)


def test_whose_loss_was_taken_back_was_not_won(cast):
    account = lost_account(cast.owner, ago=8)
    campaign = started(cast.owner, account)
    ChurnRecord.objects.update(withdrawn_at=timezone.now())
    account.status, account.stage, account.churned_on = "active", "established", None
    account.save()
    assert follow_campaigns(today=day(0)) == (1, 0)
    target = campaign.targets.get()
    assert (target.state, target.reason) == ("out", "The loss was taken back.")
    assert not AccountReturn.objects.exists()
    report = report_of(cast.owner, ResultFilter(), today=day(0))
    assert (report.found.whole, report.open) == (0, 0)


@pytest.mark.parametrize("what", ["reply", "bounce", "unsubscribed", "left"])
def test_what_stops_the_sequence_leaves_the_customer_in_the_campaign(cast, what):
    account = lost_account(cast.owner, ago=8)
    target = started(cast.owner, account).targets.get()
    mail, contact = Mail.objects.get(account=account), target.contact
    if what == "reply":
        Mail.objects.filter(pk=mail.pk).update(replied_at=timezone.now())
    elif what == "unsubscribed":
        contact.unsubscribed_at = timezone.now()
    elif what == "left":
        contact.status, contact.left_on = "left", day(0)
    else:
        Suppression.objects.create(address=contact.email, reason="bounced", at=timezone.now())
    contact.save()
    assert stop_over() == 1
    target.refresh_from_db()
    assert (target.state, target.enrolment.stopped_because) == ("running", what)
    assert Mail.objects.get(account=account).state == "cancelled"
    advance_enrolments()
    assert Mail.objects.filter(account=account).count() == 1


def test_the_source_says_what_is_over(cast):
    back, late, stays = (lost_account(cast.owner, ago=ago) for ago in (20, 365, 20))
    started(cast.owner, back, late, stays)
    back.status, back.stage = "active", "won_back"
    back.save()
    with clock.set_to(clock.start_of(day(1))):
        assert stop_over() == 2
    assert {one.account: one.stopped_because for one in Enrolment.objects.select_related("account")} == {
        back: "goal", late: "too_late", stays: "",
    }  # fmt: skip
    assert CampaignTarget.objects.running().count() == 3
