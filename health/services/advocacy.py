"""Every write about advocates: named, changed, ended; asked for something, and what they said and did.

One open ask an advocate: the database decides, whoever comes second is told. Who was asked for a reference, or gave
one, rests before the next.
"""

import datetime as dt
from typing import TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Account, Contact, Task, User
from accounts.models.work import TaskQuerySet
from accounts.services.once import claim
from accounts.services.tasks import complete_task, reopen_tasks
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from health.domain.advocacy import REST_DAYS, AskState, AskVerb, ask_after, last_strain, possible_from
from health.domain.alert_handling import Refusal
from health.models import AdvocacyAsk, Advocate, SurveyAsk

ONCE, ONE_OPEN = "advocate_once_a_kind", "advocacy_ask_one_open"


class Came(TypedDict):
    """What came of an ask that was done: on which day, what, and where it can be read (empty for nowhere)."""

    used_on: dt.date
    outcome: str
    link: str


@transaction.atomic
def name_advocate(
    *, by: User, account: Account, contact: Contact, kind: str, note: str = "", key: UUID | None = None
) -> Advocate:
    """Names somebody as an advocate of a kind; one who was one before is one again. `key` is that of the form.

    Raises `RepeatedError`, and `RefusedError` for who is one already, who is not there and an account that is lost.
    """
    claim(key, by=by)
    before = Advocate.objects.filter(contact=contact, kind=kind).first()
    advocate = Advocate(account=account, contact=contact, kind=kind, note=note, named_at=clock.now(), named_by=by)
    if before is not None:
        advocate = _ready(before)
        if advocate.ended_at is None:
            raise RefusedError(_is_one(advocate))
        advocate.ended_at, advocate.ended_by, advocate.note = None, None, note or advocate.note
    _check_speaks(advocate)
    if before is not None:
        return save_next(advocate, by=by)
    try:
        with transaction.atomic():
            return save_first(advocate, by=by)
    except IntegrityError as error:
        if ONCE not in str(error):
            raise
        raise RefusedError(_is_one(advocate)) from error


@transaction.atomic
def edit_advocate(*, by: User, advocate: Advocate, note: str, version: int | None = None) -> Advocate:
    """Changes what they can speak of; the change can be taken back. Raises `StaleError`."""
    held = _ready(advocate, version)
    before = as_it_stands(held, ["note"])
    held.note = note
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_edit(*, by: User, advocate: Advocate, version: int) -> Advocate:
    """Puts back what was said before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    return put_back(advocate, by=by, version=version)


@transaction.atomic
def end_advocate(*, by: User, advocate: Advocate) -> Advocate:
    """Speaks for us no longer; what was asked is kept. Raises `RefusedError` where that is so, or an ask is open."""
    held = _ready(advocate)
    if held.ended_at is not None:
        raise RefusedError(f"{held.contact} is no longer an advocate of this kind.")
    if held.asks.open().exists():
        raise RefusedError("An ask is open. Say first what came of it, or withdraw it.")
    held.ended_at, held.ended_by = clock.now(), by
    return save_next(held, by=by)


@transaction.atomic
def resume_advocate(*, by: User, advocate: Advocate) -> Advocate:
    """Speaks for us again. Raises `RefusedError`, as naming does."""
    held = _ready(advocate)
    if held.ended_at is None:
        raise RefusedError(_is_one(held))
    held.ended_at, held.ended_by = None, None
    _check_speaks(held)
    return save_next(held, by=by)


@transaction.atomic
def ask_advocate(*, by: User, advocate: Advocate, about: str, key: UUID | None = None) -> AdvocacyAsk:
    """Notes that they were asked for something today; the task to do so, out of a survey, is done by it.

    Raises `RepeatedError`, and `RefusedError` for one who speaks for us no longer, has an open ask, or has to rest,
    with the day from which they may be asked.
    """
    claim(key, by=by)
    held = _ready(advocate)
    _check_speaks(held)
    asks = list(held.asks.counting())
    if any(ask.is_open for ask in asks):
        raise RefusedError(f"{held.contact} was asked already: say first what came of it.")
    _check_rested(held, asks)
    ask = AdvocacyAsk(advocate=held, about=about, asked_on=clock.today(), asked_by=by)
    _save_open(ask, save_first, by=by)
    for task in _survey_tasks(held).filter(status=Task.Status.OPEN):
        complete_task(by=by, task=task, outcome=_task_outcome(ask))
    return ask


@transaction.atomic
def agree(*, by: User, ask: AdvocacyAsk) -> AdvocacyAsk:
    """They agreed to it. Raises `RefusedError`."""
    held = _stepped(ask, AskVerb.AGREE)
    held.answered_on = clock.today()
    return save_next(held, by=by)


@transaction.atomic
def decline(*, by: User, ask: AdvocacyAsk, outcome: str = "") -> AdvocacyAsk:
    """They declined, perhaps saying why. Raises `RefusedError`."""
    held = _stepped(ask, AskVerb.DECLINE)
    held.answered_on, held.outcome = clock.today(), outcome
    return save_next(held, by=by)


@transaction.atomic
def finish(*, by: User, ask: AdvocacyAsk, came: Came) -> AdvocacyAsk:
    """They did it: the use of the advocate. Raises `RefusedError`, also for a day before the ask or still to come."""
    held = _stepped(ask, AskVerb.FINISH)
    if not held.asked_on <= came["used_on"] <= clock.today():
        raise RefusedError(f"Give a day from {held.asked_on:%d %b %Y}, when they were asked, to today.")
    held.used_on, held.outcome, held.link = came["used_on"], came["outcome"], came["link"]
    return save_next(held, by=by)


@transaction.atomic
def withdraw(*, by: User, ask: AdvocacyAsk) -> AdvocacyAsk:
    """It was not asked after all: it counts nowhere, and the task that it did is open again. Raises `RefusedError`."""
    held = _stepped(ask, AskVerb.WITHDRAW)
    done = _survey_tasks(held.advocate).filter(status=Task.Status.DONE, outcome=_task_outcome(held))
    reopen_tasks(by=by, tasks=list(done))
    return save_next(held, by=by)


@transaction.atomic
def take_back(*, by: User, ask: AdvocacyAsk) -> AdvocacyAsk:
    """Takes the last step of an ask back: what was done is agreed, what was agreed, declined or withdrawn is asked.

    Raises `RefusedError` where there is none, for one who speaks for us no longer, where another ask is open by now,
    and where one was made since that a withdrawn one would stand too near.
    """
    before, held = locked(ask).stage, _stepped(ask, AskVerb.BACK)
    advocate = _ready(held.advocate)
    _check_speaks(advocate)
    others = list(advocate.asks.counting().exclude(pk=held.pk))
    if before is AskState.WITHDRAWN:
        _check_rested(advocate, others)
    held.used_on = None
    if held.stage is AskState.ASKED:
        held.answered_on = None
    _save_open(held, save_next, by=by)
    return held


def _ready(advocate: Advocate, version: int | None = None) -> Advocate:
    """The advocate, locked."""
    return locked(advocate, version=version)


def _stepped(ask: AdvocacyAsk, verb: AskVerb) -> AdvocacyAsk:
    """The ask, locked, in the state after a step; raises `RefusedError` where there is no such step."""
    held = locked(ask)
    after = ask_after(held.stage, verb)
    if isinstance(after, Refusal):
        raise RefusedError(after.reason)
    held.state = after.value
    return held


def _check_speaks(advocate: Advocate) -> None:
    """Raises `RefusedError` for who cannot speak for us."""
    if advocate.why_not:
        raise RefusedError(f"{advocate.contact} cannot be asked: {advocate.why_not}.")


def _check_rested(advocate: Advocate, asks: list[AdvocacyAsk]) -> None:
    """Raises `RefusedError`, with the day from which they may be asked, for who has to rest."""
    last = last_strain(asks)
    first = possible_from(advocate.sort, last)
    if last is not None and first is not None and first > clock.today():
        raise RefusedError(
            f"{advocate.contact} was asked for a {advocate.get_kind_display().lower()} or gave one on "
            f"{last:%d %b %Y}. At most every {REST_DAYS[advocate.sort]} days: possible from {first:%d %b %Y}."
        )


def _save_open(ask: AdvocacyAsk, save: object, *, by: User) -> None:
    """Saves an ask that is open; the database decides whether there is room for it."""
    try:
        with transaction.atomic():
            save(ask, by=by)  # type: ignore[operator]
    except IntegrityError as error:
        if ONE_OPEN not in str(error):
            raise
        raise RefusedError("Another ask is open by now: say first what came of it.") from error


def _survey_tasks(advocate: Advocate) -> TaskQuerySet:
    """The tasks to ask this person, of surveys in which they agreed to it."""
    agreed = SurveyAsk.objects.filter(contact=advocate.contact_id, agreed_at__isnull=False).values_list("pk", flat=True)
    return Task.objects.filter(origin_key__in=[f"survey:{pk}:agreed" for pk in agreed])


def _task_outcome(ask: AdvocacyAsk) -> str:
    return f"Asked: {ask.about}"


def _is_one(advocate: Advocate) -> str:
    return f"{advocate.contact} is an advocate of this kind already: {advocate.get_kind_display().lower()}."
