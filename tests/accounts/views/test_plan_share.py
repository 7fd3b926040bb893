"""The link by which a customer reads the plan: who gets in, for how long, and that nothing else is told."""

import io
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import PlanShare
from accounts.queries.share_links import token_of, url_of
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import (
    AlertFactory,
    ContactFactory,
    MeasuredValueFactory,
    NoteFactory,
    ObjectiveFactory,
    PlanReviewFactory,
    PlanRiskFactory,
    PlanShareFactory,
    RoiRecordFactory,
    SuccessPlanFactory,
    TaskFactory,
    TouchFactory,
    UseCaseFactory,
    day,
)

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


def pages_of(share):
    return [url_of(share), reverse("accounts:shared-plan-pdf", args=[token_of(share)])]


def opened(share, client=None):
    """The status of the page and of the file."""
    return [(client or Client()).get(url).status_code for url in pages_of(share)]


def told_account(cast):
    """An account of which much is known that is no customer's business."""
    account = cast.account
    account.health_score, account.health_tier, account.health_rank = Decimal("31.0"), "Critical", 4
    account.arr, account.health_reason = Decimal("184321.00"), "usage fell by half"
    account.save()
    plan = SuccessPlanFactory(account=account, owner=cast.owner)
    kim = ContactFactory(account=account, name="Kim Roth", title="CFO", email="kim@halden.example", phone="+49 123456")
    plan.stakes.create(contact=kim)
    plan.stakes.create(contact=ContactFactory(account=account, name="Lea Left", status="left", left_on=day(-3)))
    ContactFactory(account=account, name="Unnamed Bystander")
    goal = ObjectiveFactory(plan=plan, title="Faster invoices", unit="h", baseline=48, target=8)
    MeasuredValueFactory(objective=goal, value=30, note="they guessed", by=cast.team_mate)
    ObjectiveFactory(plan=plan, title="Given up", archived_at=clock.now())
    UseCaseFactory(plan=plan, title="Dunning")
    PlanRiskFactory(plan=plan, text="Their CFO is against us", owner=cast.manager)
    PlanRiskFactory(plan=plan, text="Summer break", mitigation="Start in May", is_shared=True, owner=cast.owner)
    RoiRecordFactory(plan=plan, amount=Decimal(38_000), confirmed_by=kim, confirmed_on=day(-2))
    PlanReviewFactory(plan=plan, summary="They are nervous")
    NoteFactory(account=account, body="Wants to leave")
    TouchFactory(account=account, summary="Heated call")
    TaskFactory(account=account, title="Save them")
    AlertFactory(account=account, title="Enters critical")
    return plan


SHOWN = (
    "Halden Logistics",
    "Faster invoices",
    "30 h",
    "Dunning",
    "Summer break",
    "Kim Roth",
    "CFO",
    "38,000",
    "Olga Owner",
)
KEPT = (
    "Critical", "184", "usage fell", "kim@", "123456", "Lea Left", "Unnamed Bystander", "guessed", "Tim Teammate",
    "Given up", "CFO is against", "Mona Manager", "nervous", "Wants to leave", "Heated", "Save them", "Enters",
    "@workspace", "/accounts/", "Stranger Foods",
)  # fmt: skip


def test_anybody_with_the_link_reads_the_plan_and_nothing_else(cast):
    plan = told_account(cast)
    share = PlanShareFactory(plan=plan)
    page, file = (Client().get(url) for url in pages_of(share))
    text = page.content.decode()
    written = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(file.content)).pages)
    assert [words for words in SHOWN if words not in text] == []
    assert [words for words in KEPT if words in text or words in written] == []
    assert "Faster invoices" in written


def test_no_search_engine_cache_or_other_site_learns_of_the_link(cast):
    live = PlanShareFactory(account=cast.account)
    over = PlanShareFactory(account=cast.strangers, revoked=True)
    for url in pages_of(live) + pages_of(over):
        response = Client().get(url)
        assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert response["Cache-Control"] == "no-store, private"
        assert response["Referrer-Policy"] == "same-origin"


def test_the_page_needs_no_script_and_changes_nothing(cast):
    share = PlanShareFactory(account=cast.account)
    ObjectiveFactory(plan=share.plan)
    page = Client().get(url_of(share)).content.decode()
    assert "<svg" in page
    body = page.partition("<main")[2].partition("</main>")[0]
    assert "hx-" not in body
    assert "<form" not in body
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(url_of(share)).status_code == 405


def test_a_link_that_is_over_says_so_politely_and_tells_nothing(cast):
    plan = told_account(cast)
    for trait in ("expired", "revoked"):
        share = PlanShareFactory(plan=plan, **{trait: True})
        assert opened(share) == [410, 410]
        answer = Client().get(url_of(share)).content.decode()
        assert "This link is over" in answer
        assert [words for words in (*SHOWN, *KEPT) if words in answer] == []
        share.delete()


def test_a_link_ends_with_its_day_its_plan_and_its_customer(cast):
    share = PlanShareFactory(account=cast.account)
    account, plan = cast.account, share.plan
    assert opened(share) == [200, 200]
    with time_machine.travel(share.expires_at, tick=False):
        assert opened(share) == [410, 410]
    plan.archived_at = clock.now()
    plan.save()
    assert opened(share) == [410, 410]
    plan.archived_at = None
    plan.save()
    account.status, account.churned_on = "churned", day(-1)
    account.save()
    assert opened(share) == [410, 410]
    account.status, account.churned_on, account.archived_at = "active", None, clock.now()
    account.save()
    assert opened(share) == [410, 410]


def test_a_plan_that_began_later_is_not_behind_the_link_of_the_one_before(cast):
    old = SuccessPlanFactory(account=cast.account, archived_at=clock.now())
    SuccessPlanFactory(account=cast.account)
    assert opened(PlanShareFactory(plan=old)) == [410, 410]


def test_addresses_that_we_did_not_make_are_not_found(cast):
    share, other = PlanShareFactory(account=cast.account), PlanShareFactory(account=cast.strangers)
    key, signature = token_of(share).split(".")
    guesses = [
        key,
        signature,
        f"{other.key.hex}.{signature}",
        str(share.key),
        str(share.pk),
        f"{key}.{'A' * len(signature)}",
    ]
    for token in guesses:
        url = reverse("accounts:shared-plan", args=[token])
        assert Client().get(url).status_code == 404, token
    assert not PlanShare.objects.exclude(views=0).exists()


def test_views_of_the_customer_are_counted_and_ours_are_not(cast):
    share = PlanShareFactory(account=cast.account)
    opened(share)
    opened(share)
    opened(share, logged_in(cast.owner))
    Client().head(url_of(share))
    share.refresh_from_db()
    assert share.views == 2
    assert share.last_viewed_at is not None
    page = logged_in(cast.owner).get(reverse("accounts:account-plan", args=[cast.account.pk])).content.decode()
    assert "2 views, last" in page


def test_the_page_takes_as_many_queries_for_twelve_entries_as_for_one(cast, django_assert_num_queries):
    share = PlanShareFactory(account=cast.account)
    for count in (1, 11):
        for _ in range(count):
            MeasuredValueFactory(objective=ObjectiveFactory(plan=share.plan))
            RoiRecordFactory(plan=share.plan)
        with django_assert_num_queries(10):
            Client().get(url_of(share))


def dialog(plan, user, method="get", htmx=True, **fields):
    headers = DIALOG if htmx else {}
    return getattr(logged_in(user), method)(reverse("accounts:plan-share", args=[plan.pk]), fields, headers=headers)


def test_a_link_is_made_shown_and_revoked(cast):
    plan = SuccessPlanFactory(account=cast.account)
    assert "Make a link" in dialog(plan, cast.owner).content.decode()
    answer = dialog(plan, cast.owner, "post", days="30")
    share = PlanShare.objects.get()
    assert (share.expires_at - share.created_at).days == 30
    assert f"http://testserver{url_of(share)}" in answer.content.decode()
    assert "planChanged" in answer["HX-Trigger"]
    again = dialog(plan, cast.manager, "post", days="30")
    assert (again.status_code, "There is a link already" in again.content.decode()) == (422, True)
    revoke = reverse("accounts:plan-share-revoke", args=[share.pk])
    assert logged_in(cast.manager).post(revoke, headers=DIALOG).status_code == 200
    assert opened(share) == [410, 410]
    assert dialog(plan, cast.owner, "post", htmx=False, days="90").status_code == 200
    assert PlanShare.objects.unrevoked().count() == 1


@pytest.mark.parametrize("days", ["", "0", "-5", "100000", "x"])
def test_a_link_lasts_as_long_as_is_offered(cast, days):
    assert dialog(SuccessPlanFactory(account=cast.account), cast.owner, "post", days=days).status_code == 422
    assert not PlanShare.objects.exists()


def test_outsiders_find_nothing_and_read_only_users_share_nothing(cast):
    share = PlanShareFactory(account=cast.account)
    revoke = reverse("accounts:plan-share-revoke", args=[share.pk])
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert dialog(share.plan, user).status_code == status
        assert dialog(share.plan, user, "post", days="90").status_code == status
        assert logged_in(user).post(revoke).status_code == status
    assert logged_in(cast.owner).get(revoke).status_code == 405
    assert PlanShare.objects.unrevoked().get() == share
