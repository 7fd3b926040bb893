"""Every write to what an account asked for."""

import datetime as dt
from uuid import UUID

from django.db import transaction

from accounts.models import Account, Contact, FeatureAsk, FeatureRequest, User
from accounts.services.feature_requests import add_request
from accounts.services.once import claim
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError


@transaction.atomic
def ask_for(
    *,
    by: User,
    request: FeatureRequest,
    account: Account,
    asked_on: dt.date,
    contact: Contact | None = None,
    words: str = "",
    key: UUID | None = None,
) -> FeatureAsk:
    """Notes that an account asked for it. What was noted and taken back before is written anew.

    `key` is that of the form. Raises `RefusedError` for a merged request, a day to come, somebody else's contact and an
    account that asked already, `RepeatedError` for a form that was sent already.
    """
    claim(key, by=by)
    held = FeatureRequest.objects.select_for_update().get(pk=request.pk)
    if held.merged_into_id:
        raise RefusedError("This request was merged into another one. Go on there.")
    _check(account, contact, asked_on)
    said = {"contact": contact, "asked_on": asked_on, "words": words, "by": by}
    ask, is_new = FeatureAsk.objects.select_for_update(of=("self",)).get_or_create(
        request=held, account=account, defaults=said
    )
    if is_new:
        return ask
    if ask.archived_at is None:
        raise RefusedError(f"{account} asked for this already.")
    return _write(ask, **said, archived_at=None)


@transaction.atomic
def ask_for_what(
    *,
    by: User,
    account: Account,
    what: FeatureRequest | str,
    asked_on: dt.date,
    contact: Contact | None = None,
    words: str = "",
    key: UUID | None = None,
) -> FeatureAsk:
    """Notes that an account asked for a request that is there, or for one that is made with it and titled `what`.

    `key` is that of the form. Raises `RefusedError` as `ask_for` does, `RepeatedError` for a form sent already.
    """
    claim(key, by=by)
    request = add_request(by=by, title=what) if isinstance(what, str) else what
    return ask_for(by=by, request=request, account=account, asked_on=asked_on, contact=contact, words=words)


@transaction.atomic
def edit_ask(*, by: User, ask: FeatureAsk, asked_on: dt.date, contact: Contact | None, words: str) -> FeatureAsk:
    """Changes who asked, when, and in which words. Raises `RefusedError` as `ask_for` does."""
    held = FeatureAsk.objects.select_for_update(of=("self",)).select_related("account").get(pk=ask.pk)
    _check(held.account, contact, asked_on)
    return _write(held, contact=contact, asked_on=asked_on, words=words, by=by)


@transaction.atomic
def remove_ask(*, by: User, ask: FeatureAsk) -> FeatureAsk:
    """The account asks for it no more; it can be brought back."""
    return _write(FeatureAsk.objects.select_for_update().get(pk=ask.pk), archived_at=clock.now())


@transaction.atomic
def restore_ask(*, by: User, ask: FeatureAsk) -> FeatureAsk:
    """It asks for it after all."""
    return _write(FeatureAsk.objects.select_for_update().get(pk=ask.pk), archived_at=None)


def _check(account: Account, contact: Contact | None, asked_on: dt.date) -> None:
    if contact is not None and contact.account_id != account.pk:
        raise RefusedError(f"{contact.name} is not with {account}.")
    if asked_on > clock.today():
        raise RefusedError("Give a day that is not still to come.")


def _write(ask: FeatureAsk, **values: object) -> FeatureAsk:
    for name, value in values.items():
        setattr(ask, name, value)
    ask.save()
    return ask
