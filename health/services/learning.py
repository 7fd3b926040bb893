"""Trains the churn model once a month or on demand, decides whether it counts, and switches it off and on.

All state lies in the database: a training that was asked for is a row, claimed by a conditional update, and one whose
worker died is claimed again. Only one is under way at a time, and each month has one of its own.
"""

import datetime as dt
import time
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from cs_workspace.common import clock
from health.domain.learning import Examples, Lesson, TooFewError, learn
from health.models import ChurnModel
from health.queries.churn_examples import churn_examples, progress_of
from health.services.dispatching import send_training
from health.services.runs import start_run

STALE_AFTER = dt.timedelta(minutes=15)
MOST_ATTEMPTS = 3
Result = ChurnModel.Result


class SwitchError(Exception):
    """A model that cannot be used; the message says why."""


def train_churn_model(*, by: User | None = None, rescore: bool = True) -> ChurnModel:
    """The model of this month, trained now unless it is there; what else waits is trained too.

    Where it changes which probability counts, all accounts are scored anew, unless the caller does that (`rescore`).
    """
    model = _ask(f"{clock.today():%Y-%m}", by=by)
    for waiting in ChurnModel.objects.waiting(now=clock.now(), stale_after=STALE_AFTER):
        _train(waiting, rescore=rescore)
    model.refresh_from_db()
    return model


def ask_for_training(*, by: User) -> ChurnModel:
    """A training on demand, for the workers to do; while one is under way, that one."""
    month = f"{clock.today():%Y-%m}"
    number = ChurnModel.objects.filter(key__startswith=f"{month}-").count() + 1
    with transaction.atomic():
        model = _ask(f"{month}-{number}", by=by)
        transaction.on_commit(send_training)
    return model


@transaction.atomic
def use_model(model: ChurnModel, *, by: User) -> ChurnModel:
    """Lets the probabilities of a model count, in place of the one before; raises `SwitchError` where it may not."""
    found = ChurnModel.objects.select_for_update().get(pk=model.pk)
    if found.result != Result.BETTER:
        raise SwitchError(f"{found} cannot be used. {found.reason}".strip())
    if not found.in_use:
        _retire()
        _switch(found, True, by)
    return found


@transaction.atomic
def stop_using_model(model: ChurnModel, *, by: User) -> ChurnModel:
    """Lets the tier table count again, also after the next training, until somebody switches a model on."""
    found = ChurnModel.objects.select_for_update().get(pk=model.pk)
    if found.in_use:
        _switch(found, False, by)
    return found


def _switch(model: ChurnModel, in_use: bool, by: User) -> None:
    model.in_use, model.switched_by, model.switched_at = in_use, by, clock.now()
    model.save(update_fields=["in_use", "switched_by", "switched_at"])
    transaction.on_commit(partial(start_run, by=by))


def _ask(key: str, *, by: User | None) -> ChurnModel:
    """The training of that name, or the one under way, or a new one."""
    there = ChurnModel.objects.filter(key=key).first() or ChurnModel.objects.filter(under_way=True).first()
    if there is not None:
        return there
    try:
        with transaction.atomic():
            return ChurnModel.objects.create(key=key, as_of=clock.today(), asked_by=by, asked_at=clock.now())
    except IntegrityError:
        # Somebody asked at the same moment.
        return ChurnModel.objects.filter(under_way=True).first() or ChurnModel.objects.get(key=key)


def _train(model: ChurnModel, *, rescore: bool) -> None:
    """Claims a training and does it; the exception of one that fails is for the worker's log, and the sweep tries
    again."""
    waiting = ChurnModel.objects.waiting(now=clock.now(), stale_after=STALE_AFTER).filter(pk=model.pk)
    if not waiting.update(claimed_at=clock.now(), attempts=F("attempts") + 1):
        return
    model.refresh_from_db()
    if model.attempts > MOST_ATTEMPTS:
        _finish(model, {"result": Result.FAILED, "reason": "It was begun three times and never finished."}, False)
        return
    began = time.monotonic()
    found = _learned(model.as_of)
    _finish(model, {**found, "trained_at": clock.now(), "seconds": time.monotonic() - began}, rescore)


def _learned(as_of: dt.date) -> dict[str, Any]:
    """What is kept of a training."""
    examples = churn_examples(as_of)
    counts = _counts(examples, as_of)
    try:
        lesson = learn(examples, seed=as_of.toordinal())
    except TooFewError as shortage:
        return {**counts, "result": Result.TOO_FEW, "reason": str(shortage)}
    return {
        **counts,
        "result": Result.BETTER if lesson.is_better else Result.NOT_BETTER,
        "reason": lesson.reason,
        "quality": _quality(lesson),
        "parameters": lesson.formula.to_json(),
    }


def _counts(examples: Examples, as_of: dt.date) -> dict[str, Any]:
    days = examples.days.tolist()
    return {
        "outcomes": examples.outcome_count,
        "accounts": progress_of(as_of).accounts,
        "sampled": examples.account_count,
        "examples": len(examples),
        "since": dt.date.fromordinal(min(days)) if days else None,
        "until": dt.date.fromordinal(max(days)) if days else None,
    }


def _quality(lesson: Lesson) -> dict[str, Any]:
    """Everything of a lesson but the model itself and what stands in columns."""
    return {
        "form": str(lesson.formula.body.form),
        "losses": lesson.losses,
        "tested": lesson.tested,
        "tested_outcomes": lesson.tested_outcomes,
        "importances": [asdict(one) for one in lesson.importances],
        **{name: asdict(getattr(lesson, name)) for name in ("learned", "table", "fitted", "gain")},
    }


@transaction.atomic
def _finish(model: ChurnModel, values: dict[str, Any], rescore: bool) -> None:
    """Writes down what came of it, once; only the newest training can be the one in use."""
    found = ChurnModel.objects.select_for_update().get(pk=model.pk)
    if not found.under_way:
        return
    used = ChurnModel.objects.filter(in_use=True).first()
    for name, value in values.items():
        setattr(found, name, value)
    found.under_way = False
    if found.result != Result.FAILED:
        found.in_use = found.result == Result.BETTER and not _is_switched_off()
        _retire()
    found.save()
    if rescore and (used is not None or found.in_use):
        transaction.on_commit(partial(start_run, by=found.asked_by))


def _is_switched_off() -> bool:
    """Whether the last word of an admin was that no model counts."""
    last = ChurnModel.objects.exclude(switched_at=None).order_by("-switched_at", "-pk").first()
    return last is not None and not last.in_use


def _retire() -> None:
    """Nothing that was used before counts any more. Nobody switched it off, so that the next one may follow it."""
    ChurnModel.objects.filter(in_use=True).update(in_use=False, switched_by=None, switched_at=None)
