"""A deck out of the database: its files say what the account's pages say."""

import datetime as dt
import io
import re
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse
from pptx import Presentation

from cs_workspace.common import clock, money
from cs_workspace.common.points import whole_points
from health.models import AlertRule, Snapshot
from health.queries.usage_panel import usage_panel
from health.services.recompute import recompute_accounts
from qbr.models import Branding
from qbr.queries.deck import deck_of
from qbr.queries.deck_pptx import pptx_of
from qbr.queries.reviews import get_review_for
from qbr.services.holding import hold_review
from tests import factories as make
from tests.cast import logged_in
from tests.health.making import TODAY, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet_noon():
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture
def account(cast):
    """A customer with use, scores, tickets, a goal and worth."""
    one = observed_account(0.6, owner=cast.owner)
    product = one.contracts.get().lines.get().product
    feature = make.FeatureFactory(product=product, name="Reports")
    make.FeatureMonthFactory(account=one, feature=feature, month=dt.date(2026, 3, 1), days=0b111)
    make.TicketFactory(account=one, opened_at=noon(50), closed_at=noon(48))
    plan = make.SuccessPlanFactory(account=one)
    make.MeasuredValueFactory(objective=make.ObjectiveFactory(plan=plan), value=100, on=ago(3))
    make.RoiRecordFactory(plan=plan, on=ago(30), amount=9_000, currency="EUR", confirmed_on=ago(20))
    for back in (95, 40, 0):
        recompute_accounts([one.pk], day=ago(back))
    one.refresh_from_db()
    return one


@pytest.fixture
def review(account):
    return make.ReviewFactory(account=account, since=ago(89), until=TODAY + dt.timedelta(days=1), due_on=TODAY)


def figures(deck):
    return {figure.label: figure.value for slide in deck.slides for figure in slide.figures}


def charts(deck):
    """The series of the file by the name of each: labels and values."""
    slides = Presentation(io.BytesIO(pptx_of(deck))).slides
    found = [shape.chart.plots[0] for slide in slides for shape in slide.shapes if shape.has_chart]
    return {plot.series[0].name: (list(plot.categories), list(plot.series[0].values)) for plot in found}


def test_the_charts_of_the_file_hold_what_is_in_the_database(account, review):
    found, panel = charts(deck_of(review, today=TODAY)), usage_panel(account, today=TODAY)
    labels, users = found["Active users, user-days a week"]
    assert labels == [f"{day.day} {day:%b}" for day in panel.starts]
    assert users == list(panel.measures[0].weeks)
    scores = dict(Snapshot.objects.filter(account=account).values_list("day", "score"))
    _, series = found["Health score"]
    assert series[-1] == float(scores[TODAY])
    assert found["Days of use"] == (["Reports"], [3.0])
    _, tickets = found["Tickets opened"]
    assert sum(tickets) == account.tickets.filter(opened_at__gte=noon(90)).count()


def test_its_figures_are_those_of_the_pages_of_the_account(cast, account, review):
    said, client = figures(deck_of(review, today=TODAY)), logged_in(cast.owner)
    page = client.get(reverse("accounts:account", args=[account.pk])).content.decode()
    assert said["Health score"] == whole_points(account.health_score)
    assert re.search(rf">{said['Health score']}</text>", page)
    assert said["Health tier"] == account.health_tier
    assert said["Health tier"] in page
    plan = client.get(reverse("accounts:account-plan", args=[account.pk])).content.decode()
    assert said["Value confirmed by you"] == money.exact(Decimal(9_000), "EUR")
    assert said["Value confirmed by you"] in plan
    assert said["Achieved"] == "1"


def test_the_preparation_shows_the_same(cast, account, review):
    said = figures(deck_of(review, today=TODAY))
    page = logged_in(cast.owner).get(reverse("qbr:prepare", args=[review.pk])).content.decode()
    for label in ("Health score", "Health tier", "Share of licences in use"):
        assert said[label] in page, label


def test_what_was_held_shows_for_good_what_it_showed(cast, account, review):
    before = figures(deck_of(review, today=TODAY))
    champion = make.AttendeeFactory(review=review, contact=account.contacts.first())
    hold_review(by=cast.owner, review=review, attended=[champion.pk])
    make.TicketFactory.create_batch(3, account=account, opened_at=noon(10))
    held = get_review_for(cast.owner, review.pk)
    assert figures(deck_of(held, today=TODAY)) == before
    anew = make.ReviewFactory(account=account, since=review.since, until=review.until, due_on=TODAY)
    assert figures(deck_of(anew, today=TODAY))["Tickets opened"] != before["Tickets opened"]


def test_it_takes_the_queries_of_the_facts_and_three(account, review, django_assert_num_queries):
    deck_of(review, today=TODAY)
    with django_assert_num_queries(9):
        deck_of(review, today=TODAY)


def test_it_has_the_look_that_an_admin_chose(account, review):
    Branding.objects.create(company="Larkspur", colour="#123456")
    look = deck_of(review, today=clock.today()).look
    assert (look.company, look.colour) == ("Larkspur", "#123456")
