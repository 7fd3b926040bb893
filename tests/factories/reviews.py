"""The reviews app: reviews and what belongs to them."""

import datetime as dt
from decimal import Decimal

import factory

from cs_workspace.common import clock
from qbr.domain.reviews import DONE, Status
from qbr.models import (
    ActionItem,
    Attendee,
    ChecklistItem,
    Recap,
    Review,
    ReviewGoal,
    ReviewIdea,
    ReviewNote,
    ReviewResult,
    ReviewShare,
    SatisfactionAsk,
    SectionText,
)
from tests.factories.accounts import AccountFactory, ContactFactory
from tests.factories.common import Factory, day, days_ago

LOOKS_BACK = dt.timedelta(days=90)


class ReviewFactory(Factory):
    """A business review that is due in 30 days and looks at the 90 before that. Its owner is the account's.

    `status=` gives it what the constraints ask of such a review: a moment to one that is scheduled, facts (none in
    them) to one that was held, yesterday.
    """

    class Meta:
        model = Review

    account = factory.SubFactory(AccountFactory)
    owner = factory.SelfAttribute("account.owner")
    status_since = factory.LazyFunction(clock.now)
    due_on = factory.LazyFunction(lambda: day(30))
    since = factory.LazyAttribute(lambda review: review.due_on - LOOKS_BACK)
    until = factory.LazyAttribute(lambda review: review.due_on)
    status = Status.DUE.value
    time_zone = factory.SelfAttribute("account.time_zone")

    @factory.lazy_attribute
    def starts_at(self) -> dt.datetime | None:
        if self.status in DONE:
            return days_ago(1)
        return clock.now() + dt.timedelta(days=30) if self.status == Status.SCHEDULED else None

    held_at = factory.LazyAttribute(lambda review: review.starts_at if review.status in DONE else None)
    facts = factory.LazyAttribute(lambda review: {} if review.status in DONE else None)
    facts_at = factory.SelfAttribute("held_at")
    followed_up_at = factory.LazyAttribute(lambda one: clock.now() if one.status == Status.FOLLOWED_UP else None)


class AttendeeFactory(Factory):
    """One of the customer's people; `user=` is one of ours, `guest=` somebody by name."""

    class Meta:
        model = Attendee

    review = factory.SubFactory(ReviewFactory)
    user = None
    guest = ""

    contact = factory.Maybe(
        factory.LazyAttribute(lambda one: one.user is None and not one.guest),
        yes_declaration=factory.SubFactory(ContactFactory, account=factory.SelfAttribute("..review.account")),
        no_declaration=None,
    )


class ChecklistItemFactory(Factory):
    """The usage data, to be pulled by the review's owner in a week."""

    class Meta:
        model = ChecklistItem

    review = factory.SubFactory(ReviewFactory)
    key = "usage"
    owner = factory.SelfAttribute("review.owner")
    due_on = factory.LazyFunction(lambda: day(7))


class SectionTextFactory(Factory):
    """What somebody wrote for the first part of a deck."""

    class Meta:
        model = SectionText

    review = factory.SubFactory(ReviewFactory)
    key = "summary"
    text = "A quarter of *steady* growth."


class ReviewGoalFactory(Factory):
    """Halve the hours of a process until the next review."""

    class Meta:
        model = ReviewGoal

    review = factory.SubFactory(ReviewFactory)
    title = "Shorter quarterly closing"
    measure = "Hours of a closing"
    unit = "h"
    baseline = 40
    target = 20
    due_on = factory.LazyFunction(lambda: day(90))


class ReviewIdeaFactory(Factory):
    """More seats, worth 12,000 a year."""

    class Meta:
        model = ReviewIdea

    review = factory.SubFactory(ReviewFactory)
    title = "Fifty more seats"
    reason = "48 of 50 seats are in use."
    value = 12_000


class ReviewNoteFactory(Factory):
    """Something that was said just now."""

    class Meta:
        model = ReviewNote

    review = factory.SubFactory(ReviewFactory, status=Status.HELD.value)
    text = "They open a second site in spring."
    at = factory.LazyFunction(clock.now)


class ActionItemFactory(Factory):
    """Something that we promised to do within two weeks, without a task; `side="customer"` is theirs."""

    class Meta:
        model = ActionItem

    review = factory.SubFactory(ReviewFactory, status=Status.HELD.value)
    title = "Send the integration guide"
    due_on = factory.LazyFunction(lambda: day(14))


class ReviewResultFactory(Factory):
    """What became of the score after a review that was held 40 days ago: 4 points up, beside ten accounts that went up
    by 1."""

    class Meta:
        model = ReviewResult

    review = factory.SubFactory(
        ReviewFactory, status=Status.HELD.value, starts_at=factory.LazyFunction(lambda: days_ago(40))
    )
    day = factory.LazyAttribute(lambda result: clock.day_of(result.review.held_at))
    segment = factory.SelfAttribute("review.account.segment")
    rank = 3
    change = Decimal("4.0")
    peers = 10
    peers_change = 1.0
    peers_squares = 9.0


class RecapFactory(Factory):
    """What was written to the customer, not sent yet."""

    class Meta:
        model = Recap

    review = factory.SubFactory(ReviewFactory, status=Status.HELD.value)
    subject = "What we agreed"
    body = "Hello,\n\nthis is what we agreed."


class ReviewShareFactory(Factory):
    """A link to what was agreed, good for 30 days."""

    class Meta:
        model = ReviewShare

    review = factory.SubFactory(ReviewFactory, status=Status.HELD.value)
    created_at = factory.LazyFunction(clock.now)
    expires_at = factory.LazyAttribute(lambda share: share.created_at + dt.timedelta(days=30))


class SatisfactionAskFactory(Factory):
    """One of the customer's people is asked how it was, just now."""

    class Meta:
        model = SatisfactionAsk

    review = factory.SubFactory(ReviewFactory, status=Status.HELD.value)
    contact = factory.SubFactory(ContactFactory, account=factory.SelfAttribute("..review.account"))
    asked_at = factory.LazyFunction(clock.now)
