"""The customer's link: what it shows and lets be done, and that it neither leaks, nor can be guessed, nor outlives."""

import datetime as dt
from html import unescape
from uuid import uuid4

import pytest
import time_machine
from django.core.signing import Signer
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Onboarding, OnboardingShare, OnboardingStep
from accounts.queries.share_links import token_of, url_of
from accounts.services.share_links import revoke_link, share_onboarding
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import (
    OnboardingFactory,
    OnboardingRiskFactory,
    OnboardingShareFactory,
    OnboardingStepFactory,
    day,
)

pytestmark = pytest.mark.django_db
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def link(cast) -> OnboardingShare:
    """A link to an onboarding of a step of the customer's and one of ours, with a risk."""
    one = OnboardingFactory(account=cast.account)
    OnboardingStepFactory(onboarding=one, key="login", title="Log in for the first time", owner="customer")
    OnboardingStepFactory(onboarding=one, key="review", title="Review the contract", detail="Discount is 40 %")
    OnboardingRiskFactory(onboarding=one, evidence="Nobody sponsors it.")
    return share_onboarding(by=cast.owner, onboarding=one, days=90)


def text(response) -> str:
    return unescape(response.content.decode())


def step(key: str) -> OnboardingStep:
    return OnboardingStep.objects.get(key=key)


def post(link: OnboardingShare, key: str = "login", verb: str = "done", **kwargs):
    return Client(**kwargs).post(url_of(link), {"step": step(key).pk, "verb": verb})


def test_the_customer_sees_their_steps_and_dates_without_a_login(link):
    shown = text(Client().get(url_of(link)))
    for words in ("Your onboarding", "Halden Logistics · 0 of 1 steps done", "Log in for the first time", "By "):
        assert words in shown, words


def test_nothing_else_of_the_account_is_on_the_page(cast, link):
    Account.objects.filter(pk=cast.account.pk).update(arr=120_000, health_tier="Critical", health_rank=4)
    shown = text(Client().get(url_of(link)))
    for words in (
        "Review the contract", "Discount", "Nobody sponsors", "Olga", "Critical", "120", "Behind", "Stuck", "milestone",
        'href="/accounts', "nav-item",
    ):  # fmt: skip
        assert words not in shown, words


def test_neither_search_engines_nor_caches_nor_other_sites_keep_it(link):
    response = Client().get(url_of(link))
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_the_customer_ticks_a_step_of_theirs_and_takes_it_back(cast, link):
    assert post(link).status_code == 302
    ticked = step("login")
    assert (ticked.state, ticked.by, ticked.by_customer) == ("done", None, True)
    event = ticked.history.order_by("-pgh_id").first()
    assert event.pgh_context.metadata["customer_link"] == link.pk
    panel = logged_in(cast.owner).get(reverse("accounts:account-onboarding", args=[cast.account.pk]))
    assert "by the customer" in text(panel)
    post(link, verb="open")
    assert step("login").is_open


@pytest.mark.parametrize(("key", "verb", "status"), [("review", "done", 302), ("login", "skip", 404)])
def test_the_customer_ticks_nothing_of_ours_and_does_nothing_else(link, key, verb, status):
    assert post(link, key, verb).status_code == status
    assert step("login").is_open
    assert step("review").is_open


def test_the_customer_takes_back_nothing_that_others_ticked(cast, link):
    from accounts.services.onboarding_steps import tick_step

    tick_step(by=cast.owner, step=step("login"))
    post(link, verb="open")
    assert step("login").state == "done"


def test_steps_of_another_onboarding_are_not_there(link):
    other = OnboardingStepFactory(owner="customer", key="other")
    assert post(link, "other").status_code == 404
    other.refresh_from_db()
    assert other.is_open


@pytest.mark.parametrize("sent", [{}, {"step": "x", "verb": "done"}, {"step": "9" * 40, "verb": "done"}])
def test_a_form_that_makes_no_sense_is_not_found(link, sent):
    assert Client().post(url_of(link), sent).status_code == 404


def test_a_form_from_another_site_is_refused(link):
    assert post(link, enforce_csrf_checks=True).status_code == 403
    assert step("login").is_open


def test_an_address_cannot_be_guessed_from_what_is_in_the_database(link):
    signed_for_plans = Signer(salt="accounts.plan_share", sep=".").sign(link.key.hex)
    foreign = Signer(key="another secret", salt=OnboardingShare.SALT, sep=".").sign(link.key.hex)
    token = token_of(link)
    tampered = f"{uuid4().hex}{token[32:]}"
    for wrong in (link.key.hex, str(link.pk), tampered, token[:-1], f"{token}x", signed_for_plans, foreign, "."):
        assert Client().get(reverse("accounts:shared-onboarding", args=[wrong])).status_code == 404, wrong


def gone(link: OnboardingShare) -> None:
    shown = Client().get(url_of(link))
    assert shown.status_code == 410
    assert "Halden" not in text(shown)
    assert post(link).status_code == 410
    assert step("login").is_open


def test_a_link_ends_with_its_time(link):
    with time_machine.travel(clock.now() + dt.timedelta(days=90, minutes=1)):
        gone(link)


def test_a_revoked_link_opens_nothing(cast, link):
    revoke_link(by=cast.owner, link=link)
    gone(link)


@pytest.mark.parametrize(
    "fields", [{"status": "churned", "churned_on": dt.date(2026, 1, 1)}, {"archived_at": clock.now()}]
)
def test_a_link_ends_with_the_customer(cast, link, fields):
    Account.objects.filter(pk=cast.account.pk).update(**fields)
    gone(link)


def test_a_link_to_what_was_given_up_opens_nothing(link):
    Onboarding.objects.update(state="cancelled", ended_at=clock.now(), end_reason="Sold by mistake")
    gone(link)


def test_views_of_customers_are_counted_and_ours_are_not(cast, link):
    Client().get(url_of(link))
    logged_in(cast.owner).get(url_of(link))
    link.refresh_from_db()
    assert link.views == 1


def test_a_link_is_made_shown_and_revoked_in_the_dialog(cast):
    one = OnboardingFactory(account=cast.account)
    client = logged_in(cast.owner)
    url = reverse("accounts:onboarding-share", args=[one.pk])
    assert "Make a link" in text(client.get(url, headers=IN_DIALOG))
    response = client.post(url, {"days": "30"}, headers=IN_DIALOG)
    made = OnboardingShare.objects.get()
    assert url_of(made) in text(response)
    assert made.expires_at - made.created_at == dt.timedelta(days=30)
    again = client.post(url, {"days": "30"}, headers=IN_DIALOG)
    assert again.status_code == 422
    assert "There is a link already" in text(again)
    client.post(reverse("accounts:onboarding-share-revoke", args=[made.pk]))
    assert client.post(url, {"days": "30"}, headers=IN_DIALOG).status_code == 200
    assert OnboardingShare.objects.count() == 2


def test_an_expired_link_makes_way_for_another(cast, link):
    OnboardingShare.objects.update(created_at=clock.now() - dt.timedelta(days=9), expires_at=clock.now())
    assert share_onboarding(by=cast.owner, onboarding=link.onboarding, days=30).pk != link.pk


def test_the_database_holds_one_link_that_is_not_revoked(link):
    with pytest.raises(IntegrityError, match="onboarding_share_one_unrevoked"), transaction.atomic():
        OnboardingShareFactory(onboarding=link.onboarding)


@pytest.mark.parametrize("name", ["share", "share-revoke"])
def test_links_are_made_by_those_who_may_change_the_account(cast, link, name):
    pk = link.onboarding_id if name == "share" else link.pk
    url = reverse(f"accounts:onboarding-{name}", args=[pk])
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.outsider).post(url).status_code == 404


def test_the_customer_sees_when_a_step_was_done_and_no_evidence(link):
    OnboardingStep.objects.filter(key="login").update(
        state="done", closed_on=day(-1), closed_at=clock.now(), evidence="First login by Tom"
    )
    shown = text(Client().get(url_of(link)))
    assert "Done " in shown
    assert "Tom" not in shown
    assert "<button" not in shown.split("<main")[1].split("</main")[0]
