"""What the recap of a review is made of, and what is kept of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.domain.success_plans import in_words
from accounts.models import Contact
from cs_workspace.common import clock
from qbr.domain.recap import Promise, RecapPoints, body_of, subject_of
from qbr.models import ActionItem, Attendee, Recap, Review, ReviewGoal, ReviewNote
from qbr.queries.compiling import facts_of


@dataclass(frozen=True)
class RecapText:
    """The recap as its form shows it: what was kept, else a draft of now. `version` is 0 for a draft."""

    subject: str
    body: str
    version: int
    kept: Recap | None
    addresses: Sequence[str]
    reachable: int
    """How many of those who took part the outbox can write to: contacts with an address, and no guests."""


def recap_points(review: Review, came: Sequence[Attendee], *, link: str, sender: str) -> RecapPoints:
    """What came of a review that was held, for the draft to those who `came`. Four queries, however much that is."""
    held_at = review.held_at or clock.now()
    actions = list(
        ActionItem.objects.kept().filter(review=review).select_related("user", "contact").order_by("due_on", "pk")
    )
    goals = ReviewGoal.objects.kept().filter(review=review).select_related("owner", "contact")
    notes = ReviewNote.objects.kept().filter(review=review, kind=ReviewNote.Kind.DECISION)
    return RecapPoints(
        kind=review.get_kind_display(),
        account=review.account.name,
        held_on=clock.day_of(held_at),
        to=tuple(str(one) for one in came),
        sender=sender,
        achieved=facts_of(review, today=clock.today()).goals,
        decisions=tuple(note.text for note in notes),
        goals=tuple(Promise(_aim(one), str(one.contact or one.owner or ""), one.due_on) for one in goals),
        ours=tuple(_promise(one) for one in actions if one.side == ActionItem.Side.US),
        theirs=tuple(_promise(one) for one in actions if one.side == ActionItem.Side.CUSTOMER),
        next_on=_next_day(review),
        link=link,
    )


def recap_of(review: Review, *, link: str, sender: str) -> RecapText:
    """The recap that is kept, else a draft; with the addresses of those who took part."""
    kept = Recap.objects.select_related("sent_by").filter(review=review).first()
    came = customers_of(review)
    addresses = [address for one in came if (address := address_of(one))]
    reachable = len(contacts_of(came))
    if kept is not None:
        return RecapText(kept.subject, kept.body, kept.version, kept, addresses, reachable)
    points = recap_points(review, came, link=link, sender=sender)
    return RecapText(subject_of(points), body_of(points), 0, None, addresses, reachable)


def customers_of(review: Review) -> list[Attendee]:
    """Who of the customer took part, their guests among them. One query."""
    came = Attendee.objects.filter(review=review, attended=True, user=None)
    return list(came.select_related("contact").order_by("pk"))


def address_of(one: Attendee) -> str:
    """Where somebody of the customer is written to; empty where nobody knows it."""
    return one.contact.email if one.contact else one.guest_email


def contacts_of(came: Sequence[Attendee]) -> list[Contact]:
    """Those of the people who are contacts with an address."""
    return [one.contact for one in came if one.contact is not None and one.contact.email]


def next_review(review: Review) -> Review | None:
    """The next review of the account that is ahead. One query."""
    return Review.objects.ahead().filter(account=review.account_id).exclude(pk=review.pk).order_by("due_on").first()


def _next_day(review: Review) -> dt.date | None:
    following = next_review(review)
    if following is None:
        return None
    return clock.day_of(following.starts_at) if following.starts_at else following.due_on


def _aim(goal: ReviewGoal) -> str:
    return f"{goal.title}: {goal.measure} from {in_words(goal.baseline)} to {in_words(goal.target, goal.unit)}"


def _promise(item: ActionItem) -> Promise:
    return Promise(item.title, str(item.user or item.contact or ""), item.due_on)
