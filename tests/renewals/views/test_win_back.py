"""Lost customers, campaigns from list to result, who comes back, and what it brought: pages and who may."""

import pytest
from django.urls import reverse

from accounts.models import Mail, Suppression
from accounts.services.contacts import mark_left
from accounts.services.suppressing import suppress, unsubscribe_contact
from cs_workspace.common import clock
from renewals.domain.churn import SubReason
from renewals.models import AccountReturn, Campaign, CampaignTarget
from renewals.services.campaign_contacts import hand_on
from renewals.services.campaigns import edit_campaign
from renewals.services.returning import win_back
from tests.cast import logged_in
from tests.factories import (
    CampaignFactory,
    CampaignTargetFactory,
    ContactFactory,
    LostAccountFactory,
    ProductFactory,
    day,
)
from tests.renewals.win_backs import FIELDS, campaign_of, lost_account, signed, started, win_back_sequence

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TYPED = {name: value for name, value in FIELDS.items() if name != "by_itself"} | {"by_itself": "no"}


def url(name, *args):
    return reverse(f"renewals:{name}", args=args)


def names(page):
    return [one.account.name for one in page.context["candidates"]]


# Lost customers


def test_lost_customers_stand_with_why_when_and_who_to_write_to(cast):
    lost_account(cast.owner, ago=12, name="Big", arr=90000, reason=SubReason.PRICE)
    lost_account(cast.owner, ago=400, name="Gone")
    lost_account(cast.outsider, name="Strangers")
    page = logged_in(cast.owner).get(url("win-back"))
    assert names(page) == ["Big", "Gone"]
    text = page.content.decode()
    for words in (
        "Financial",
        "price",
        "12 d ago",
        "Address the reason",
        "15–25 %",
        "Carla Champion",
        "Lost more than",
    ):
        assert words in text
    assert (page.context["figures"].count, page.context["figures"].arr) == (2, 114000)
    assert [count for *_, count in page.context["bands"]] == [2, 1, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"band": "fresh"}, ["Big"]),
        ({"band": "gone"}, ["Gone"]),
        ({"category": "financial"}, ["Big"]),
        ({"category": "unknown"}, ["Untold"]),
        ({"least": "50000"}, ["Big"]),
        ({"q": "untold"}, ["Untold"]),
        ({"show": "open"}, ["Big", "Untold"]),
        ({"scope": "mine"}, ["Big", "Untold", "Gone"]),
        ({"sort": "name"}, ["Big", "Gone", "Untold"]),
        ({"sort": "latest"}, ["Big", "Untold", "Gone"]),
        ({"band": "nonsense"}, ["Big", "Untold", "Gone"]),
    ],
)
def test_the_list_is_narrowed_by_its_address(cast, query, found):
    lost_account(cast.owner, ago=12, name="Big", arr=90000, reason=SubReason.PRICE)
    lost_account(cast.owner, ago=100, name="Untold", arr=30000, reason=None)
    lost_account(cast.owner, ago=400, name="Gone")
    assert names(logged_in(cast.owner).get(url("win-back"), query)) == found


def test_nobody_lost_and_nobody_found_are_told_apart(cast):
    page = logged_in(cast.owner).get(url("win-back"))
    assert "Nobody is lost" in page.content.decode()
    lost_account(cast.owner)
    page = logged_in(cast.owner).get(url("win-back"), {"q": "zzz"})
    assert "No lost customer matches" in page.content.decode()


@pytest.mark.parametrize("count", [1, 6])
def test_the_list_asks_alike_often_however_long_it_is(cast, count, django_assert_num_queries):
    for _ in range(count):
        lost_account(cast.owner)
    client = logged_in(cast.owner)
    client.get(url("win-back"))
    with django_assert_num_queries(10):
        client.get(url("win-back"))


def test_who_was_ticked_comes_into_a_campaign_that_is_there_or_a_new_one(cast):
    account = lost_account(cast.owner)
    campaign = CampaignFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    response = client.post(url("win-back-choose"), {"account": [account.pk], "to": "new"})
    assert response["Location"] == f"{url('campaign-new')}?account={account.pk}"
    assert account.name in client.get(response["Location"]).content.decode()
    response = client.post(url("win-back-choose"), {"account": [account.pk], "to": campaign.pk}, follow=True)
    assert "1 customer chosen" in response.content.decode()
    assert campaign.targets.get().account == account


@pytest.mark.parametrize(
    ("data", "words"),
    [({"to": "new"}, "Tick at least one"), ({"account": "x", "to": "new"}, "Tick at least one"),
     ({"account": "1", "to": "77"}, "not one of the available")],
)  # fmt: skip
def test_choosing_nothing_says_so(cast, data, words):
    response = logged_in(cast.owner).post(url("win-back-choose"), data, follow=True)
    assert words in response.content.decode()


# Campaigns


def test_a_campaign_is_made_and_shown(cast):
    account = lost_account(cast.owner)
    client = logged_in(cast.owner)
    data = TYPED | {"owner": cast.owner.pk, "account": [account.pk]}
    response = client.post(url("campaign-new"), data, follow=True)
    campaign = Campaign.objects.get()
    assert response.redirect_chain[-1][0] == url("campaign", campaign.pk)
    assert (campaign.name, campaign.owner, campaign.by_itself) == ("Spring", cast.owner, False)
    assert account.name in response.content.decode()


def test_a_campaign_without_a_name_is_asked_for_again_with_what_was_typed(cast):
    account = lost_account(cast.owner)
    data = TYPED | {"name": "", "owner": cast.owner.pk, "account": [account.pk]}
    response = logged_in(cast.owner).post(url("campaign-new"), data)
    assert response.status_code == 422
    assert "The reports load in a second." in response.content.decode()
    assert f'name="account" value="{account.pk}"' in response.content.decode()


def test_somebody_who_is_not_led_by_the_user_cannot_lead_it(cast):
    response = logged_in(cast.owner).post(url("campaign-new"), TYPED | {"owner": cast.executive.pk})
    assert response.status_code == 422
    assert response.context["form"].errors.keys() == {"owner"}


def test_a_campaign_is_started_paused_resumed_and_closed(cast):
    win_back_sequence()
    account = lost_account(cast.owner, ago=8)
    campaign, _ = campaign_of(cast.owner, account)
    client = logged_in(cast.owner)
    for verb, state in (("start", "running"), ("pause", "paused"), ("resume", "running"), ("close", "closed")):
        client.post(url("campaign-move", campaign.pk, verb))
        campaign.refresh_from_db()
        assert campaign.state == state
    page = client.get(url("campaign", campaign.pk)).content.decode()
    assert "The campaign was closed" in page
    refused = client.post(url("campaign-move", campaign.pk, "start"), headers=HTMX)
    assert refused.status_code == 409


def test_the_page_shows_the_state_of_each_e_mail(cast):
    account = lost_account(cast.owner, ago=8)
    campaign = started(cast.owner, account)
    client = logged_in(cast.owner)
    page = client.get(url("campaign", campaign.pk))
    assert page.context["days"] == [7, 30, 90, 180]
    [line] = page.context["lines"]
    assert line.cells[0].label == "Draft"
    mail = Mail.objects.get()
    assert f'href="{reverse("accounts:mail", args=[mail.pk])}"' in page.content.decode()
    Mail.objects.update(state="sent", sent_at="2026-01-01T00:00Z", replied_at="2026-01-02T00:00Z")
    [line] = client.get(url("campaign", campaign.pk)).context["lines"]
    assert line.cells[0].label == "Replied"


def test_what_lacks_is_said_before_it_is_started(cast):
    win_back_sequence()
    campaign, _ = campaign_of(cast.owner, lost_account(cast.owner), proof="")
    client = logged_in(cast.owner)
    assert "Say what similar companies achieve." in client.get(url("campaign", campaign.pk)).content.decode()
    response = client.post(url("campaign-move", campaign.pk, "start"), follow=True)
    assert "Say what similar companies achieve." in response.content.decode()
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_e_mails_are_read_before_anybody_gets_them(cast):
    win_back_sequence()
    campaign, _ = campaign_of(cast.owner, lost_account(cast.owner, reason=SubReason.PRICE))
    page = logged_in(cast.owner).get(url("target-preview", campaign.targets.get().pk))
    assert [(one.day, one.missing) for one in page.context["previews"]] == [
        (7, ""), (30, ""), (90, "Not known for this account: name of the major release."),
    ]  # fmt: skip
    text = page.content.decode()
    assert "There is a plan for ten seats." in text
    assert "Carla" in text


def test_a_campaign_is_edited_and_the_change_taken_back(cast):
    campaign = CampaignFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    data = TYPED | {"owner": cast.owner.pk, "version": 1, "seen": "{}", "name": "Summer"}
    response = client.post(url("campaign-edit", campaign.pk), data, follow=True)
    assert "Saved · Summer" in response.content.decode()
    client.post(f"{url('campaign-put-back', campaign.pk)}?version=2")
    campaign.refresh_from_db()
    assert campaign.name != "Summer"


def test_whoever_was_slower_is_told_what_the_other_changed(cast):
    campaign = CampaignFactory(owner=cast.owner)
    edit_campaign(by=cast.manager, campaign=campaign, fields=FIELDS | {"owner": cast.owner, "name": "Theirs"})
    data = TYPED | {"owner": cast.owner.pk, "version": 1, "seen": "{}", "name": "Mine"}
    response = logged_in(cast.owner).post(url("campaign-edit", campaign.pk), data)
    assert response.status_code == 409
    assert "Mona Manager changed this" in response.content.decode()


def test_a_customer_of_a_campaign_is_changed_and_taken_out(cast):
    account = lost_account(cast.owner)
    campaign, _ = campaign_of(cast.owner, account)
    target = campaign.targets.get()
    client = logged_in(cast.owner)
    data = {"contact": target.contact_id, "variant": "price", "version": 1, "seen": "{}"}
    assert client.post(url("target-edit", target.pk), data, headers=HTMX).status_code == 200
    target.refresh_from_db()
    assert target.variant == "price"
    assert client.post(url("target-out", target.pk), {"reason": ""}, headers=HTMX).status_code == 422
    client.post(url("target-out", target.pk), {"reason": "Bought"}, headers=HTMX)
    target.refresh_from_db()
    assert (target.state, target.reason) == ("out", "Bought")
    again = client.post(url("target-out", target.pk), {"reason": "Bought"}, headers=HTMX)
    assert (again.status_code, "is taken out already" in again.content.decode()) == (422, True)


def unreached(by, account):
    """An account in a campaign whose first e-mail bounced, and somebody else who is there."""
    target = started(by, account).targets.get()
    Mail.objects.filter(account=account).update(state="sent", sent_at=day_start(), bounced_at=day_start())
    suppress(address=target.contact.email, reason=Suppression.Reason.BOUNCED)
    return target, ContactFactory(account=account, name="Dana Next", email=f"dana{account.pk}@example.com")


def day_start():
    return clock.start_of(day(0))


def test_somebody_else_is_written_to_and_that_is_taken_back(cast):
    account = lost_account(cast.owner, ago=8)
    target, dana = unreached(cast.owner, account)
    client = logged_in(cast.manager)
    page = client.get(url("campaign", target.campaign_id)).content.decode()
    assert f'href="{url("target-contact", target.pk)}"' in page
    form = client.get(url("target-contact", target.pk), headers=HTMX | {"HX-Target": "dialog"}).content.decode()
    assert "Dana Next" in form
    assert "Carla Champion</option>" not in form
    data = {"contact": dana.pk, "version": target.version, "seen": "{}"}
    for _ in range(2):  # the second of two clicks finds that it was done
        response = client.post(url("target-contact", target.pk), data)
        assert response["Location"] == url("campaign", target.campaign_id)
    page = client.get(url("campaign", target.campaign_id))
    text = page.content.decode()
    target.refresh_from_db()
    assert (target.contact, target.former.count()) == (dana, 1)
    back = f"{url('target-contact-back', target.pk)}?version={target.version}"
    assert text.count(f"E-mails go to Dana Next · {account}") == 1
    assert back in text
    [line] = page.context["lines"]
    assert (line.cells[0].label, line.can_hand_on) == ("Draft", False)
    timeline = client.get(reverse("accounts:timeline", args=[account.pk])).content.decode()
    assert "Win-back e-mails go to Dana Next" in timeline
    assert "Instead of Carla Champion" in timeline
    for _ in range(2):
        assert client.post(back, headers=HTMX).status_code == 200
    [line] = client.get(url("campaign", target.campaign_id)).context["lines"]
    assert (line.target.contact.name, line.can_hand_on) == ("Carla Champion", True)
    assert client.post(f"{back}0", headers=HTMX).status_code == 409


def test_what_went_to_the_one_before_stays_to_be_seen_with_the_name(cast):
    account = lost_account(cast.owner, ago=8)
    target, dana = unreached(cast.owner, account)
    Mail.objects.update(bounced_at=None)
    hand_on(by=cast.owner, target=target, contact=dana)
    [line] = logged_in(cast.owner).get(url("campaign", target.campaign_id)).context["lines"]
    assert (line.cells[0].label, line.cells[0].because) == ("Sent", "To Carla Champion.")
    assert line.cells[1].label == f"{day(22).day} {day(22):%b}"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("suppressed", "Nothing is sent to this address."), ("unsubscribed", "This person has unsubscribed."),
     ("no address", "There is no e-mail address."), ("nobody", "This field is required."),
     ("stranger", "not one of the available choices"), ("text", "not one of the available choices"),
     ("the same", "It goes there already")],
)  # fmt: skip
def test_the_field_says_why_somebody_cannot_be_written_to(cast, wrong, words):
    account = lost_account(cast.owner, ago=8)
    target, dana = unreached(cast.owner, account)
    typed = dana.pk
    if wrong == "suppressed":
        suppress(address=dana.email, reason=Suppression.Reason.BY_HAND)
    elif wrong == "unsubscribed":
        unsubscribe_contact(by=cast.owner, contact=dana, note="Told us")
    elif wrong == "no address":
        dana.email = ""
        dana.save()
    else:
        stranger = ContactFactory(account=cast.strangers)
        typed = {"nobody": "", "text": "x", "stranger": stranger.pk, "the same": target.contact_id}[wrong]
    data = {"contact": typed, "version": target.version, "seen": "{}"}
    response = logged_in(cast.owner).post(url("target-contact", target.pk), data)
    assert response.status_code == 422
    [said] = response.context["form"].errors["contact"]
    assert words in said
    if wrong in ("suppressed", "unsubscribed", "no address"):
        assert f'<option value="{dana.pk}" selected>' in response.content.decode()


def test_where_nobody_else_is_known_the_form_says_what_to_do(cast):
    account = lost_account(cast.owner, ago=8)
    target, dana = unreached(cast.owner, account)
    dana.delete()
    form = logged_in(cast.owner).get(url("target-contact", target.pk)).content.decode()
    assert "add a contact on the page of the account first" in form


def test_whoever_is_reached_has_no_button_for_somebody_else(cast):
    target = started(cast.owner, lost_account(cast.owner, ago=8)).targets.get()
    dana = ContactFactory(account=target.account)
    client = logged_in(cast.owner)
    assert url("target-contact", target.pk) not in client.get(url("campaign", target.campaign_id)).content.decode()
    response = client.post(url("target-contact", target.pk), {"contact": dana.pk, "version": 2, "seen": "{}"})
    assert (response.status_code, "still go to whom they went before" in response.content.decode()) == (422, True)


@pytest.mark.parametrize("count", [1, 6])
def test_pages_of_campaigns_ask_alike_often_however_many_there_are(cast, count, django_assert_num_queries):
    campaign = started(cast.owner, *(lost_account(cast.owner, ago=8) for _ in range(count)))
    for target in campaign.targets.all():
        mark_left(by=cast.owner, contact=target.contact, on=day(0))
        hand_on(by=cast.owner, target=target, contact=ContactFactory(account=target.account))
    for _ in range(count):
        CampaignTargetFactory(account=lost_account(cast.owner))
    client = logged_in(cast.owner)
    for address, queries in ((url("campaign", campaign.pk), 11), (url("campaigns"), 7), (url("win-back-report"), 7)):
        client.get(address)
        with django_assert_num_queries(queries):
            client.get(address)


# Coming back


def returned(client, account, **changes):
    """What the form brings with one product, and changes."""
    page = client.get(url("return", account.pk))
    uid = page.context["draft"].lines[0].uid
    key = page.context["draft"].head["key"].value()
    data = {
        "key": key, "version": account.version, "how": "signed", "signed_on": str(day(0)), "start": str(day(0)),
        "term_months": "12", "end": "", "currency": "EUR", "billing": "yearly", "line": [uid],
        f"line-{uid}-product": ProductFactory().pk, f"line-{uid}-arr": "18000",
    }  # fmt: skip
    return client.post(url("return", account.pk), data | changes, follow=True)


def test_a_customer_comes_back_by_the_form(cast):
    account = lost_account(cast.owner)
    client = logged_in(cast.owner)
    response = returned(client, account)
    assert response.redirect_chain[-1][0] == reverse("accounts:account", args=[account.pk])
    text = response.content.decode()
    assert "Welcome back" in text
    assert url("undo-return", account.pk) in text
    assert AccountReturn.objects.get().arr == 18000
    client.post(url("undo-return", account.pk))
    account.refresh_from_db()
    assert account.status == "churned"
    assert client.post(url("undo-return", account.pk), headers=HTMX).status_code == 409


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"start": str(day(-30))}, "start"), ({"signed_on": ""}, "signed_on"), ({"term_months": "x"}, "term_months")],
)
def test_what_is_wrong_with_the_contract_stands_by_its_field(cast, changes, field):
    account = lost_account(cast.owner)
    response = returned(logged_in(cast.owner), account, **changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not AccountReturn.objects.exists()


def test_lines_are_added_without_a_script(cast):
    account = lost_account(cast.owner)
    response = returned(logged_in(cast.owner), account, do="add")
    assert len(response.context["draft"].lines) == 2


def test_a_customer_has_nothing_to_come_back_from(cast):
    response = logged_in(cast.owner).get(url("return", cast.account.pk), follow=True)
    assert "is a customer already" in response.content.decode()


def test_the_page_of_a_lost_account_says_what_to_do_and_that_of_one_who_is_back_until_when_it_may_leave(cast):
    account = lost_account(cast.owner, ago=12)
    campaign = started(cast.owner, account)
    client = logged_in(cast.owner)
    page = client.get(reverse("accounts:account", args=[account.pk])).content.decode()
    for words in ("Address the reason", campaign.name, url("return", account.pk)):
        assert words in page
    win_back(by=cast.owner, account=account, terms=signed())
    page = client.get(reverse("accounts:account", args=[account.pk])).content.decode()
    assert "Take the return back" in page
    timeline = client.get(reverse("accounts:timeline", args=[account.pk])).content.decode()
    assert "Won back" in timeline
    assert f"Win-back campaign begun: {campaign.name}" in timeline


# Results


def test_results_stand_beside_what_is_expected_with_the_customers_behind_them(cast):
    campaign = CampaignFactory(owner=cast.owner, as_running=True)
    for number in range(6):
        account = LostAccountFactory(owner=cast.owner, churned_on=day(-50))
        won = {"state": "won"} if number < 2 else {"state": "out", "out_because": "by_hand", "reason": "No"}
        CampaignTargetFactory(campaign=campaign, account=account, started_on=day(-45), ended_on=day(-30), **won)
    page = logged_in(cast.owner).get(url("win-back-report"))
    fresh = page.context["report"].bands[0]
    assert (fresh.found.part, fresh.found.whole, fresh.standing) == (2, 6, 1)
    text = page.content.decode()
    assert "33 %" in text
    assert "fewer than five decided" in text
    assert len(page.context["rows"]) == 6
    assert len(logged_in(cast.owner).get(url("win-back-report"), {"band": "recent"}).context["rows"]) == 0
    assert len(logged_in(cast.owner).get(url("win-back-report"), {"category": "value"}).context["rows"]) == 0


def test_the_customers_behind_it_leave_as_a_file(cast):
    target = CampaignTargetFactory(account=LostAccountFactory(owner=cast.owner, name="=Evil"), as_running=True)
    response = logged_in(cast.owner).get(url("win-back-export"), {"campaign": target.campaign_id})
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    head, row = text.splitlines()
    assert head.startswith("Account,Segment,Owner,Campaign,Lost on,ARR lost (EUR)")
    assert row.startswith("'=Evil,")
    response = logged_in(cast.owner).get(url("win-back-export"), {"format": "xlsx"})
    assert b"".join(response.streaming_content).startswith(b"PK")
    response.close()


def test_without_campaigns_there_are_no_results(cast):
    assert "No results yet" in logged_in(cast.owner).get(url("win-back-report")).content.decode()
    assert "No campaign yet" in logged_in(cast.owner).get(url("campaigns")).content.decode()


# Who may


@pytest.mark.parametrize(
    "name",
    [
        "campaign-edit", "campaign-put-back", "target-edit", "target-contact", "target-contact-back", "target-out",
        "return",
    ],
)  # fmt: skip
def test_readers_change_nothing_and_see_no_button(cast, name):
    account = lost_account(cast.owner)
    account.team_members.create(user=cast.read_only, role="support")
    campaign, _ = campaign_of(cast.owner, account)
    target = campaign.targets.get()
    pk = {"target": target.pk, "campai": campaign.pk, "return": account.pk}[name[:6]]
    client = logged_in(cast.read_only)
    assert client.post(url(name, pk)).status_code == 403
    for page in (url("campaign", campaign.pk), url("win-back")):
        text = client.get(page).content.decode()
        assert url("target-out", target.pk) not in text
        assert url("campaign-edit", campaign.pk) not in text
        assert 'name="account"' not in text


def test_readers_give_nobody_another_contact(cast):
    account = lost_account(cast.owner, ago=8)
    account.team_members.create(user=cast.read_only, role="support")
    target, dana = unreached(cast.owner, account)
    client = logged_in(cast.read_only)
    page = client.get(url("campaign", target.campaign_id))
    assert page.context["lines"][0].can_hand_on
    assert url("target-contact", target.pk) not in page.content.decode()
    data = {"contact": dana.pk, "version": target.version, "seen": "{}"}
    assert client.post(url("target-contact", target.pk), data).status_code == 403
    assert target.former.count() == 0


def test_who_does_not_lead_a_campaign_reads_it_and_works_the_own_customers_only(cast):
    own, other = lost_account(cast.owner), lost_account(cast.outsider)
    campaign = CampaignFactory(owner=cast.executive)
    target = CampaignTargetFactory(campaign=campaign, account=own)
    CampaignTargetFactory(campaign=campaign, account=other)
    client = logged_in(cast.owner)
    page = client.get(url("campaign", campaign.pk))
    assert [line.target for line in page.context["lines"]] == [target]
    assert page.context["tally"].count == 1
    assert not page.context["steers"]
    assert client.get(url("campaign-edit", campaign.pk)).status_code == 403
    assert client.post(url("campaign-move", campaign.pk, "close")).status_code == 403
    assert client.post(url("win-back-choose"), {"account": own.pk, "to": campaign.pk}).status_code == 302
    assert client.post(url("target-out", target.pk), {"reason": "Bought"}, headers=HTMX).status_code == 200
    assert CampaignTarget.objects.get(pk=target.pk).state == "out"


def test_what_only_changes_is_not_looked_at(cast):
    campaign = CampaignFactory(owner=cast.owner)
    client = logged_in(cast.owner)
    for address in (
        url("campaign-move", campaign.pk, "start"),
        url("campaign-put-back", campaign.pk),
        url("target-contact-back", CampaignTargetFactory(account=cast.account).pk),
        url("undo-return", cast.account.pk),
        url("win-back-choose"),
    ):
        assert client.get(address).status_code == 405
    for address in (url("win-back"), url("campaigns"), url("campaign", campaign.pk), url("win-back-report")):
        assert client.post(address).status_code == 405
    assert client.post(url("campaign-move", campaign.pk, "nonsense")).status_code == 404
