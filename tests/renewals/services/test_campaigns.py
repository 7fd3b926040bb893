import pytest

from accounts.models import Enrolment
from cs_workspace.common.refusals import RefusedError, RepeatedError, StaleError
from renewals.domain.churn import SubReason
from renewals.models import Campaign, CampaignTarget, ChurnRecord
from renewals.services.campaigns import choose_accounts, create_campaign, edit_campaign, edit_target, take_back_edit
from tests.factories import CampaignFactory, CampaignTargetFactory, ContactFactory
from tests.renewals.win_backs import FIELDS, campaign_of, lost_account, started

pytestmark = pytest.mark.django_db


def test_a_campaign_begins_with_those_who_can_be_chosen_and_says_why_not_the_others(cast):
    good = lost_account(cast.owner)
    late = lost_account(cast.owner, ago=400, name="Late")
    unfit = lost_account(cast.owner, name="Unfit")
    ChurnRecord.objects.filter(account=unfit).update(eligible=False, eligible_reason="Bankrupt")
    silent = lost_account(cast.owner, name="Silent")
    silent.contacts.update(unsubscribed_at="2026-01-01T00:00Z")
    strangers = lost_account(cast.outsider, name="Strangers")
    campaign, chosen = campaign_of(cast.owner, good, late, unfit, silent, strangers)
    assert chosen.count == 1
    assert chosen.refused == {
        "Late": "Lost more than 365 days ago",
        "Unfit": "Not to be won back, says its churn record",
        "Silent": "Nobody can be written to",
    }
    [target] = campaign.targets.all()
    assert (target.account, target.contact.name, target.variant) == (good, "Carla Champion", "product")
    assert (target.arr_lost, target.category, target.state) == (good.arr, "product", "chosen")


def test_who_left_for_an_unknown_reason_gets_no_first_e_mail_until_somebody_says_which(cast):
    account = lost_account(cast.owner, reason=None)
    campaign, _ = campaign_of(cast.owner, account)
    target = campaign.targets.get()
    assert (target.record, target.category, target.variant) == (None, "", "")
    other = ContactFactory(account=account, email="other@example.com")
    edit_target(by=cast.owner, target=target, contact=other, variant="price", version=target.version)
    target.refresh_from_db()
    assert (target.contact, target.variant) == (other, "price")
    with pytest.raises(StaleError):
        edit_target(by=cast.owner, target=target, contact=other, variant="", version=1)


def test_a_customer_is_in_one_live_campaign_only(cast):
    account = lost_account(cast.owner)
    campaign_of(cast.owner, account)
    other, chosen = campaign_of(cast.owner, account)
    assert chosen.refused == {account.name: "In a campaign already"}
    assert choose_accounts(by=cast.owner, campaign=other, account_ids=[account.pk]).count == 0
    CampaignTarget.objects.update(state="out", ended_on="2026-01-01", out_because="by_hand", reason="No")
    assert choose_accounts(by=cast.owner, campaign=other, account_ids=[account.pk]).count == 1


def test_nobody_is_in_the_same_campaign_twice(cast):
    account = lost_account(cast.owner)
    campaign, _ = campaign_of(cast.owner, account)
    CampaignTarget.objects.update(state="out", ended_on="2026-01-01", out_because="by_hand", reason="No")
    again = choose_accounts(by=cast.owner, campaign=campaign, account_ids=[account.pk])
    assert again.refused == {account.name: "Was in this campaign already"}


def test_a_form_that_is_sent_twice_makes_one_campaign(cast):
    key = "5f0f3c1e-3d1c-4a53-9f6c-111111111111"
    fields = FIELDS | {"owner": cast.owner}
    create_campaign(by=cast.owner, fields=fields, key=key)
    with pytest.raises(RepeatedError):
        create_campaign(by=cast.owner, fields=fields, key=key)
    assert Campaign.objects.count() == 1


def test_e_mails_that_are_still_to_come_say_what_the_campaign_says_now(cast):
    account = lost_account(cast.owner, reason=SubReason.PRICE)
    campaign = started(cast.owner, account)
    enrolment = Enrolment.objects.get(account=account)
    assert enrolment.texts["campaign.fixed"] == "There is a plan for ten seats."
    assert "release.name" not in enrolment.texts
    fields = FIELDS | {"owner": cast.owner, "release_name": "Aurora", "offer": "Two months free."}
    edited = edit_campaign(by=cast.owner, campaign=campaign, fields=fields, version=campaign.version)
    enrolment.refresh_from_db()
    assert (enrolment.texts["release.name"], enrolment.texts["campaign.offer"]) == ("Aurora", "Two months free.")
    take_back_edit(by=cast.owner, campaign=campaign, version=edited.version)
    enrolment.refresh_from_db()
    assert "release.name" not in enrolment.texts


def test_a_closed_campaign_stays_as_it_is(cast):
    campaign = CampaignFactory(owner=cast.owner, state="closed", closed_at="2026-01-01T00:00Z")
    with pytest.raises(RefusedError, match="closed"):
        edit_campaign(by=cast.owner, campaign=campaign, fields=FIELDS | {"owner": cast.owner})
    with pytest.raises(RefusedError, match="closed"):
        choose_accounts(by=cast.owner, campaign=campaign, account_ids=[])


def test_who_was_started_keeps_the_receiver(cast):
    target = CampaignTargetFactory(as_running=True)
    with pytest.raises(RefusedError, match="was started already"):
        edit_target(by=cast.owner, target=target, contact=target.contact, variant="price")
