"""What people wrote in a review before it: its list, the words of its parts, goals and ideas. One query for all."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django.shortcuts import get_object_or_404

from accounts.models import User
from cs_workspace.common import clock
from cs_workspace.common.compiled import Compiled, compile_once, some_keys
from qbr.domain.checklist import ITEM_LABELS, Item
from qbr.models import ChecklistItem, Review, ReviewGoal, ReviewIdea, SectionText
from qbr.models.review import ReviewQuerySet
from qbr.queries.reviews import AROUND


@dataclass(frozen=True)
class ItemLine:
    """A point of the list. `owner` is empty where it is the review's; of a done point `by` says who said so, empty for
    the system. `by_hand` says that somebody decided how it stands."""

    pk: int
    label: str
    due_on: dt.date
    done_on: dt.date | None
    owner: str
    by: str
    by_hand: bool
    is_late: bool


@dataclass(frozen=True)
class TextLine:
    """The words of a part; `version` is 0 where nobody wrote any."""

    key: str
    text: str = ""
    speaker_notes: str = ""
    is_left_out: bool = False
    version: int = 0


@dataclass(frozen=True)
class GoalLine:
    """A goal until the next review. `is_planned` says that it stands in the success plan already."""

    pk: int
    title: str
    measure: str
    unit: str
    baseline: Decimal
    target: Decimal
    due_on: dt.date
    owner: str
    contact: str
    is_planned: bool


@dataclass(frozen=True)
class IdeaLine:
    """An idea that is shown; `is_taken_up` says that it is an opportunity already."""

    pk: int
    title: str
    reason: str
    value: Decimal | None
    signal: int | None
    is_taken_up: bool


@dataclass(frozen=True)
class Written:
    """All of it, as of a day."""

    items: Sequence[ItemLine]
    texts: Mapping[str, TextLine] = field(default_factory=dict)
    goals: Sequence[GoalLine] = ()
    ideas: Sequence[IdeaLine] = ()

    @property
    def done(self) -> int:
        """How many points are done."""
        return sum(item.done_on is not None for item in self.items)

    @property
    def share(self) -> float | None:
        """Of all points; None where there are none."""
        return self.done / len(self.items) if self.items else None

    def text(self, key: str) -> TextLine:
        """The words of a part, empty where nobody wrote any."""
        return self.texts.get(key, TextLine(key))


def with_written() -> ReviewQuerySet:
    """Reviews, each read with all that `written_of` looks at."""
    return Review.objects.annotate(item_rows=_items(), text_rows=_texts(), goal_rows=_goals(), idea_rows=_ideas())


def written_in(review: Review, *, today: dt.date) -> Written:
    """What people wrote in a review. One query."""
    return written_of(_by_key().row([review.pk]), today=today)


def written_of(review: Any, *, today: dt.date) -> Written:
    """What people wrote in a review out of `with_written`. No query."""
    return Written(
        items=[_item(one, today) for one in review.item_rows],
        texts={one["key"]: TextLine(**one) for one in review.text_rows},
        goals=[_goal(one) for one in review.goal_rows],
        ideas=[_idea(one) for one in review.idea_rows],
    )


@cache
def _by_key() -> Compiled:
    (review,) = some_keys(1)
    return compile_once(with_written().only("pk").filter(pk=review))


def get_goal_for(user: User, pk: int) -> ReviewGoal:
    """A goal in a review of an account that the user sees, a dropped one as well; anything else is a 404."""
    goal: ReviewGoal = get_object_or_404(_with_review(ReviewGoal.objects.visible_to(user)), pk=pk)
    return goal


def get_idea_for(user: User, pk: int) -> ReviewIdea:
    """An idea in a review of an account that the user sees, a dropped one as well; anything else is a 404."""
    idea: ReviewIdea = get_object_or_404(_with_review(ReviewIdea.objects.visible_to(user)), pk=pk)
    return idea


def _with_review(parts: QuerySet[Any]) -> QuerySet[Any]:
    return parts.select_related(*(f"review__{name}" for name in AROUND))


def _items() -> ArraySubquery:
    about = JSONObject(
        pk="pk", key="key", due_on="due_on", done_at="done_at", owner=F("owner__name"), by=F("done_by__name"),
        hand="done_by",
    )  # fmt: skip
    found = ChecklistItem.objects.filter(review=OuterRef("pk")).order_by("due_on", "pk")
    return ArraySubquery(found.values(data=about))


def _texts() -> ArraySubquery:
    about = JSONObject(
        key="key", text="text", speaker_notes="speaker_notes", is_left_out="is_left_out", version="version"
    )
    return ArraySubquery(SectionText.objects.filter(review=OuterRef("pk")).order_by("pk").values(data=about))


def _goals() -> ArraySubquery:
    # Numbers as text: in JSON they would come back as floats.
    about = JSONObject(
        pk="pk", title="title", measure="measure", unit="unit", due_on="due_on", objective="objective",
        baseline=Cast("baseline", TextField()), target=Cast("target", TextField()),
        owner=F("owner__name"), contact=F("contact__name"),
    )  # fmt: skip
    found = ReviewGoal.objects.filter(review=OuterRef("pk"), archived_at=None).order_by("due_on", "pk")
    return ArraySubquery(found.values(data=about))


def _ideas() -> ArraySubquery:
    about = JSONObject(
        pk="pk", title="title", reason="reason", value=Cast("value", TextField()), signal="signal",
        opportunity="opportunity",
    )  # fmt: skip
    found = ReviewIdea.objects.filter(review=OuterRef("pk"), archived_at=None).order_by("pk")
    return ArraySubquery(found.values(data=about))


def _item(row: Mapping[str, Any], today: dt.date) -> ItemLine:
    due_on, done = dt.date.fromisoformat(row["due_on"]), row["done_at"]
    return ItemLine(
        pk=row["pk"],
        label=ITEM_LABELS[Item(row["key"])],
        due_on=due_on,
        done_on=clock.day_of(dt.datetime.fromisoformat(done)) if done else None,
        owner=row["owner"] or "",
        by=row["by"] or "",
        by_hand=row["hand"] is not None,
        is_late=done is None and due_on < today,
    )


def _goal(row: Mapping[str, Any]) -> GoalLine:
    return GoalLine(
        pk=row["pk"],
        title=row["title"],
        measure=row["measure"],
        unit=row["unit"],
        baseline=Decimal(row["baseline"]),
        target=Decimal(row["target"]),
        due_on=dt.date.fromisoformat(row["due_on"]),
        owner=row["owner"] or "",
        contact=row["contact"] or "",
        is_planned=row["objective"] is not None,
    )


def _idea(row: Mapping[str, Any]) -> IdeaLine:
    return IdeaLine(
        pk=row["pk"],
        title=row["title"],
        reason=row["reason"],
        value=None if row["value"] is None else Decimal(row["value"]),
        signal=row["signal"],
        is_taken_up=row["opportunity"] is not None,
    )
