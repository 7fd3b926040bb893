"""Sequences of e-mails: what is to be done for a contact in one by a day, and when it is looked at again.

Steps come so many days from the day that an enrolment counts from. Whoever comes late begins where the sequence
stands: of e-mails whose day has passed only the latest is written, and none that is more than a week late, or as late
as the cause of the sequence allows.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.domain.letters import Wording, worded
from accounts.domain.merging import missing_in_words, outlined

# A step is made up for so long after its day, because nothing ran or the contact came in late.
MADE_UP_FOR: Final = dt.timedelta(days=7)
TOO_LATE: Final = "Its day had passed too long ago."
OVERTAKEN: Final = "A later e-mail took its place."


@dataclass(frozen=True)
class Step:
    """An e-mail (`title` is its subject), or a task where it has no `body`. `key` names it to the caller.

    One with a `variant` is only for those who are in the sequence for it, and takes the place of one for everybody on
    the same day; one that is `only_with` a field is passed over where that is not known.
    """

    key: int
    offset: int
    title: str
    body: str = ""
    is_email: bool = True
    variant: str = ""
    only_with: str = ""


@dataclass(frozen=True)
class Passed:
    """A step of which nothing comes, and why; a `problem` is something that somebody could have known or filled in."""

    step: Step
    because: str
    is_problem: bool = False


@dataclass(frozen=True)
class Due:
    """What is to be done by a day: at most one e-mail with its words, tasks with their titles, and what is passed over.

    `next_on` is the day of the next step, None after the last.
    """

    email: tuple[Step, Wording] | None
    tasks: tuple[tuple[Step, str], ...]
    passed: tuple[Passed, ...]
    next_on: dt.date | None


def steps_for(variant: str, steps: Sequence[Step]) -> list[Step]:
    """The steps that count for a variant, in the order of their days."""
    own = {step.offset for step in steps if step.variant and step.variant == variant}
    kept = [step for step in steps if (step.variant == variant if step.variant else step.offset not in own)]
    return sorted(kept, key=lambda step: (step.offset, step.key))


def first_day(anchor_on: dt.date, variant: str, steps: Sequence[Step]) -> dt.date | None:
    """The day of the first step; None where there is none for the variant."""
    return min((_day(anchor_on, step) for step in steps_for(variant, steps)), default=None)


def due_by(
    today: dt.date,
    *,
    anchor_on: dt.date,
    steps: Sequence[Step],
    done: Collection[int],
    texts: Mapping[str, str],
    labels: Mapping[str, str],
    made_up_for: dt.timedelta = MADE_UP_FOR,
) -> Due:
    """What of `steps` (those of one variant, in order) comes by a day, without those that are done and those whose day
    has passed by more than `made_up_for`.

    `labels` says what the fields stand for, for the words about one that is not known.
    """
    left = [step for step in steps if step.key not in done]
    ready: list[tuple[Step, Wording]] = []
    tasks: list[tuple[Step, str]] = []
    passed: list[Passed] = []
    for step in left:
        day = _day(anchor_on, step)
        if day > today:
            continue
        if day < today - made_up_for:
            passed.append(Passed(step, TOO_LATE))
        elif step.only_with and not texts.get(step.only_with):
            passed.append(Passed(step, missing_in_words((step.only_with,), labels)))
        elif not step.is_email:
            tasks.append((step, outlined(step.title, texts)))
        elif (wording := worded(step.title, step.body, texts)).missing:
            passed.append(Passed(step, missing_in_words(wording.missing, labels), is_problem=True))
        else:
            ready.append((step, wording))
    passed += [Passed(step, OVERTAKEN) for step, _ in ready[:-1]]
    next_on = min((day for step in left if (day := _day(anchor_on, step)) > today), default=None)
    return Due(ready[-1] if ready else None, tuple(tasks), tuple(passed), next_on)


def _day(anchor_on: dt.date, step: Step) -> dt.date:
    return anchor_on + dt.timedelta(days=step.offset)
