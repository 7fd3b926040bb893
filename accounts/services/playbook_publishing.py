"""What admins do with playbooks: write one, publish it anew, copy it, switch it on and off; and those that ship."""

import datetime as dt
from collections.abc import Collection
from itertools import chain, count
from typing import Any

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.domain.playbook_presets import preset_playbooks
from accounts.domain.playbooks import BY_HAND, Plan, problems_of
from accounts.models import Playbook, PlaybookVersion, User
from accounts.queries.playbook_facts import vocabulary
from accounts.registries import PLAYBOOK_TRIGGERS
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError


@transaction.atomic
def create_playbook(*, by: User, name: str, aim: str, plan: Plan) -> Playbook:
    """A new playbook with its first version, switched off. Raises `RefusedError` for a name that is taken and for a
    plan that makes no sense."""
    with pghistory.context(user=by.pk):
        playbook = _insert(name=name.strip(), aim=aim.strip())
        return _publish(playbook, plan, by=by)


@transaction.atomic
def publish_playbook(
    *, by: User, playbook: Playbook, name: str, aim: str, plan: Plan, version: int | None = None
) -> Playbook:
    """Makes the plan the current version, for runs that begin from now on; a plan that says the same makes none.

    Raises `StaleError` where somebody else wrote since `version`, otherwise as `create_playbook`.
    """
    held = _locked(playbook)
    if version is not None and held.version != version:
        raise StaleError(held)
    held.name, held.aim = name.strip(), aim.strip()
    with pghistory.context(user=by.pk):
        _save(held)
        if held.current is not None and held.current.plan == plan:
            return held
        return _publish(held, plan, by=by)


@transaction.atomic
def copy_playbook(*, by: User, playbook: Playbook) -> Playbook:
    """The same once more under another name, switched off, to be changed."""
    source = Playbook.objects.select_related("current").get(pk=playbook.pk)
    if source.current is None:
        raise RefusedError("There is nothing to copy yet.")
    taken = set(Playbook.objects.filter(name__startswith=source.name[:100]).values_list("name", flat=True))
    names = (f"{source.name[:100]} (copy{'' if number == 1 else f' {number}'})" for number in range(1, len(taken) + 2))
    name = next(name for name in names if name not in taken)
    return create_playbook(by=by, name=name, aim=source.aim, plan=source.current.plan)


@transaction.atomic
def switch_playbook(*, by: User, playbook: Playbook, on: bool) -> Playbook:
    """Lets runs begin, or none any more; those that run go on. Switching to what it is changes nothing."""
    held = _locked(playbook)
    if held.is_active == on:
        return held
    held.active_since = clock.now() if on else None
    with pghistory.context(user=by.pk):
        return _save(held)


def install_playbooks() -> int:
    """The playbooks that ship and are not there yet, known by their keys; gives how many were made.

    What is there stays as admins left it. A new one is switched on unless it ships switched off, or a playbook of the
    workspace that is on waits for the same already: nobody is to be asked twice. One whose name is taken gets a number.
    """
    there = list(Playbook.objects.select_related("current"))
    keys, names, at = {one.key for one in there}, {one.name for one in there}, clock.now()
    presets = [preset for preset in preset_playbooks() if preset.key not in keys]
    answered = {(one.current.trigger, one.current.trigger_choice) for one in there if one.is_active and one.current}
    playbooks = Playbook.objects.bulk_create(
        Playbook(key=preset.key, name=_free_name(preset.name, names), aim=preset.aim) for preset in presets
    )
    versions = PlaybookVersion.objects.bulk_create(
        _version(playbook, 1, preset.plan, at=at) for playbook, preset in zip(playbooks, presets, strict=True)
    )
    for preset, playbook, version in zip(presets, playbooks, versions, strict=True):
        same = {(version.trigger, version.trigger_choice), (version.trigger, "")}
        playbook.current = version
        playbook.active_since = at if preset.comes_on and not (same & answered and version.trigger != BY_HAND) else None
    Playbook.objects.bulk_update(playbooks, ["current", "active_since"])
    return len(playbooks)


def _free_name(name: str, taken: Collection[str]) -> str:
    names = chain([name], (f"{name} ({number})" for number in count(2)))
    return next(one for one in names if one not in taken)


def _locked(playbook: Playbook) -> Playbook:
    return Playbook.objects.select_related("current").select_for_update(of=("self",)).get(pk=playbook.pk)


def _insert(**fields: Any) -> Playbook:
    try:
        with transaction.atomic():
            return Playbook.objects.create(**fields)
    except IntegrityError:
        raise RefusedError("Another playbook has this name.") from None


def _save(playbook: Playbook) -> Playbook:
    playbook.version += 1
    try:
        with transaction.atomic():
            playbook.save()
    except IntegrityError:
        raise RefusedError("Another playbook has this name.") from None
    return playbook


def _publish(playbook: Playbook, plan: Plan, *, by: User) -> Playbook:
    if plan.trigger.kind not in PLAYBOOK_TRIGGERS:
        raise RefusedError("Choose what sets it off.")
    problems = problems_of(plan, vocabulary())
    if problems:
        raise RefusedError(problems[0].text)
    newest = playbook.versions.aggregate(newest=Max("number"))["newest"] or 0
    version = _version(playbook, newest + 1, plan, at=clock.now(), by=by)
    version.save()
    playbook.current = version
    return _save(playbook)


def _version(
    playbook: Playbook, number: int, plan: Plan, *, at: dt.datetime, by: User | None = None
) -> PlaybookVersion:
    trigger = plan.trigger
    return PlaybookVersion(
        playbook=playbook,
        number=number,
        trigger=trigger.kind,
        trigger_choice=trigger.choice,
        trigger_number=trigger.number,
        content=plan.to_dict(),
        published_at=at,
        published_by=by,
    )
