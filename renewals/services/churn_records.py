"""What is written down of losses besides closing a renewal: why the ledger tells one, lessons, exit interviews."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import TypedDict
from uuid import UUID

import pghistory
from django.db import IntegrityError, transaction

from accounts.models import Account, Contact, User
from accounts.services.once import claim
from accounts.services.undoing import as_it_stands, keep_way_back, put_back
from accounts.services.versions import locked, save_first, save_next
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from renewals.domain.churn import SubReason, Why, category_of
from renewals.domain.exit_interviews import MOST_QUESTIONS, is_told, tidy
from renewals.models import ChurnRecord, ExitInterview
from renewals.queries.ledger_losses import ledger_loss
from renewals.services.churning import open_record, withdraw_record

WITHDRAWN = "This record was taken back: what it told did not happen."


class RecordFields(TypedDict, total=False):
    """What may be said of a loss; what is not named stays. The category follows the reason."""

    sub_reason: str
    preventable: str
    competitor: str
    notes: str
    lessons: str
    eligible: bool
    eligible_reason: str


class InterviewFields(TypedDict):
    """What an exit interview holds; `answers` are questions with what was answered, in their order."""

    held_on: dt.date
    by: User | None
    contacts: Collection[Contact]
    others: str
    answers: Sequence[tuple[str, str]]


def note_loss(*, by: User, account: Account, day: dt.date, why: Why, key: UUID | None = None) -> ChurnRecord:
    """Writes down why an account was lost, or contracted, on a day on which the ledger tells it and no record does.

    What was lost is what the ledger says. Raises `RefusedError` where it tells no loss of that day, or where somebody
    wrote it down before; `RepeatedError` for a form (`key`) sent before.
    """
    try:
        return _note_loss(by=by, account=account, day=day, why=why, key=key)
    except IntegrityError as error:
        raise RefusedError("Somebody wrote this loss down a moment ago.") from error


@transaction.atomic
def _note_loss(*, by: User, account: Account, day: dt.date, why: Why, key: UUID | None) -> ChurnRecord:
    claim(key, by=by)
    if ChurnRecord.objects.standing().filter(account=account, day=day).exists():
        raise RefusedError("This loss was written down already.")
    found = ledger_loss(account, day)
    if found is None:
        raise RefusedError(f"The ledger tells no loss of {account} on {day:%d %b %Y}.")
    record = ChurnRecord(
        account=account, day=day, arr_lost=found.arr, lost_account=found.lost_account, settled_on=clock.today()
    )
    return open_record(by=by, record=record, why=why, products=found.products)


@transaction.atomic
def withdraw_note(*, by: User, record: ChurnRecord) -> ChurnRecord:
    """Takes back what was written down afterwards. Doing it twice changes nothing.

    Raises `RefusedError` for the record of a renewal, which goes with the closing of that.
    """
    held = locked(record)
    if held.renewal_id is not None:
        raise RefusedError("It belongs to the closing of a renewal: take that back.")
    if held.withdrawn_at is None:
        account = Account.objects.select_for_update(of=("self",), no_key=True).get(pk=held.account_id)
        withdraw_record(by=by, record=held, account=account)
    return held


@transaction.atomic
def edit_record(*, by: User, record: ChurnRecord, fields: RecordFields, version: int | None = None) -> ChurnRecord:
    """Changes what is named in `fields`; the change can be taken back.

    Raises `RefusedError` for a record that was withdrawn, and where it is said without a reason that the account is
    not worth being won back; `StaleError` for a second writer.
    """
    held = locked(record, version=version)
    _check_stands(held)
    before = as_it_stands(held, sorted({*fields, *(["category"] if "sub_reason" in fields else [])}))
    for name, value in fields.items():
        setattr(held, name, value)
    held.category = category_of(SubReason(held.sub_reason)).value
    if not held.eligible and not held.eligible_reason.strip():
        raise RefusedError("Say why it is not worth being won back.")
    save_next(held, by=by)
    keep_way_back(held, before, by=by)
    return held


@transaction.atomic
def take_back_record(*, by: User, record: ChurnRecord, version: int) -> ChurnRecord:
    """Puts back what was there before the change that made `version`. Raises `RefusedError`, `StaleError`."""
    return put_back(record, by=by, version=version)


@transaction.atomic
def write_interview(
    *, by: User, record: ChurnRecord, fields: InterviewFields, version: int | None = None, key: UUID | None = None
) -> ExitInterview:
    """Writes the exit interview of a record down, or changes the one that is there; a change can be taken back.

    `version` is that of the interview as it was read, 0 where there was none. Raises `RefusedError` for a record that
    was withdrawn, without any answer, with a day to come or attendees of another account; `StaleError` for a second
    writer, `RepeatedError` for a form (`key`) sent before.
    """
    claim(key, by=by)
    holder = ChurnRecord.objects.select_for_update(of=("self",)).get(pk=record.pk)
    _check_stands(holder)
    answers = tidy(fields["answers"])
    _check_interview(holder, fields, answers)
    stood = ExitInterview.objects.filter(record=holder).first()
    interview = locked(stood, version=version) if stood else ExitInterview(record=holder)
    names = ("held_on", "by_id", "others", "answers", "contacts")
    before = as_it_stands(interview, names) if stood else {}
    interview.held_on, interview.by, interview.others = fields["held_on"], fields["by"], fields["others"]
    interview.answers = [{"question": question, "answer": answer} for question, answer in answers]
    if stood:
        save_next(interview, by=by)
    else:
        save_first(interview, by=by)
    interview.contacts.set(fields["contacts"])
    if stood:
        keep_way_back(interview, before, by=by)
    return interview


@transaction.atomic
def take_back_interview(*, by: User, interview: ExitInterview, version: int) -> ExitInterview | None:
    """Takes back the change that made `version`; the first one takes the interview away, and gives None.

    Raises `RefusedError` and `StaleError` where it was changed since.
    """
    if version > 1:
        return put_back(interview, by=by, version=version)
    with pghistory.context(user=by.pk):
        locked(interview, version=version).delete()
    return None


def _check_stands(record: ChurnRecord) -> None:
    if record.withdrawn_at is not None:
        raise RefusedError(WITHDRAWN)


def _check_interview(record: ChurnRecord, fields: InterviewFields, answers: Sequence[tuple[str, str]]) -> None:
    if not is_told(answers):
        raise RefusedError("Write at least one answer down.")
    if len(answers) > MOST_QUESTIONS:
        raise RefusedError(f"An interview has {MOST_QUESTIONS} questions at most.")
    if fields["held_on"] > clock.today():
        raise RefusedError("That day is still to come.")
    if any(contact.account_id != record.account_id for contact in fields["contacts"]):
        raise RefusedError("Choose people of this account.")
