"""Signals from night to night: opened once, kept current, resolved by themselves; assessed and escalated at three."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.models import Note, Notification, Task, TeamMember
from cs_workspace.common import clock
from health.models import ChurnSignal, RiskEpisode, SignalRule
from health.queries.signals import open_signals
from health.services import signal_handling
from health.services.recompute import recompute_accounts
from health.services.signalling import detect_signals
from tests.factories import (
    AccountFactory,
    ChurnSignalFactory,
    ContactFactory,
    EventFactory,
    InvoiceFactory,
    NoteFactory,
    SurveyAnswerFactory,
    TeamMemberFactory,
    UserFactory,
    day,
    days_ago,
)
from tests.health.making import contents

pytestmark = pytest.mark.django_db
WRITTEN = (ChurnSignal, RiskEpisode, Note, Task, Notification)


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 15)) + dt.timedelta(hours=12), tick=False):
        yield


def detect(*accounts) -> int:
    return detect_signals([account.pk for account in accounts], day=clock.today(), at=clock.now())


def later(days: float):
    return time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False)


def states(account) -> list[tuple[str, str]]:
    return list(ChurnSignal.objects.filter(account=account).order_by("pk").values_list("kind", "state"))


def overdue(account, number="INV-1", late=20):
    return InvoiceFactory(account=account, number=number, late_by=late)


def in_trouble(account) -> None:
    """Three signals, none of them critical."""
    overdue(account)
    SurveyAnswerFactory(account=account, kind="nps", score=2, at=days_ago(5))
    ContactFactory(account=account, roles=["champion"], gone=True)


def end_one(account) -> None:
    account.invoices.update(status="paid", paid_on=clock.today())


def test_what_is_found_opens_a_signal_with_its_evidence(cast):
    invoice = overdue(cast.account)
    assert detect(cast.account) == 1
    signal = ChurnSignal.objects.get()
    assert (signal.kind, signal.state, signal.severity, signal.lead_days) == ("payment", "open", 2, 60)
    assert signal.evidence == "Invoice INV-1 of €2,000, 20 days overdue"
    assert (signal.refs, signal.figures["overdue_days"]) == ([f"invoice:{invoice.pk}"], 20)
    assert (signal.owner, signal.seen_on, signal.detected) == (cast.owner, clock.today(), True)


def test_the_same_again_changes_nothing(cast):
    in_trouble(cast.account)
    detect(cast.account)
    before = contents(*WRITTEN)
    with time_machine.travel(clock.now() + dt.timedelta(hours=2), tick=False):
        assert detect(cast.account) == 0
    assert contents(*WRITTEN) == before


def test_the_evidence_follows_the_days_and_is_no_history(cast):
    overdue(cast.account)
    detect(cast.account)
    with later(3):
        assert detect(cast.account) == 0
    signal = ChurnSignal.objects.get()
    assert signal.evidence.endswith("23 days overdue")
    assert (signal.version, signal.history.count()) == (1, 0)


def test_a_signal_whose_evidence_is_gone_resolves_itself_and_says_why(cast):
    invoice = overdue(cast.account)
    detect(cast.account)
    invoice.status, invoice.paid_on = "paid", clock.today()
    invoice.save()
    detect(cast.account)
    signal = ChurnSignal.objects.get()
    assert (signal.state, signal.reason, signal.changed_by) == ("resolved", "Its evidence is gone.", None)
    assert signal.history.count() == 1


def test_what_comes_back_within_a_week_is_the_same_signal(cast):
    invoice = overdue(cast.account)
    detect(cast.account)
    for status, paid_on in (("paid", clock.today()), ("open", None)):
        invoice.status, invoice.paid_on = status, paid_on
        invoice.save()
        detect(cast.account)
    assert states(cast.account) == [("payment", "open")]


def test_dismissed_evidence_stays_dismissed_and_new_evidence_does_not(cast):
    overdue(cast.account)
    detect(cast.account)
    signal_handling.dismiss(by=cast.owner, signal=ChurnSignal.objects.get(), reason="They pay next week.")
    with later(20):
        detect(cast.account)
        assert states(cast.account) == [("payment", "dismissed")]
        overdue(cast.account, "INV-2")
        detect(cast.account)
        assert states(cast.account) == [("payment", "dismissed"), ("payment", "open")]


def test_a_rule_that_is_switched_off_closes_its_signals(cast):
    overdue(cast.account)
    detect(cast.account)
    SignalRule.objects.filter(kind="payment").update(active=False)
    detect(cast.account)
    assert ChurnSignal.objects.get().reason == "Its rule was switched off."


@pytest.mark.parametrize(
    "fields", [{"status": "churned", "churned_on": dt.date(2026, 3, 1)}, {"is_trial": True}, {"archived_at": "now"}]
)
def test_signals_end_with_the_customer(cast, fields):
    in_trouble(cast.account)
    detect(cast.account)
    for name, value in fields.items():
        setattr(cast.account, name, clock.now() if value == "now" else value)
    cast.account.save()
    detect(cast.account)
    assert set(ChurnSignal.objects.values_list("state", "reason")) == {
        ("resolved", "The account is no customer any more.")
    }
    assert RiskEpisode.objects.get().ended_at is not None


def test_what_somebody_logged_is_left_to_them(cast):
    ChurnSignalFactory(account=cast.account, kind="payment", by_hand=True)
    overdue(cast.account)
    detect(cast.account)
    cast.account.invoices.all().delete()
    detect(cast.account)
    assert states(cast.account) == [("payment", "open")]


def test_critical_signals_are_told_at_once_and_others_are_not(cast):
    overdue(cast.account)
    detect(cast.account)
    assert not Notification.objects.exists()
    EventFactory(account=cast.account, kind="custom", name="data export", at=days_ago(1))
    detect(cast.account)
    detect(cast.account)
    told = Notification.objects.order_by("user__name").values_list("user__name", "severity", "email_state")
    assert list(told) == [("Mona Manager", 1, "pending"), ("Olga Owner", 1, "pending")]


def test_at_three_signals_an_assessment_is_drawn_up_and_manager_and_ae_are_asked(cast):
    in_trouble(cast.account)
    detect(cast.account)
    note = Note.objects.get()
    assert note.body.startswith("## Churn-risk assessment: high")
    assert (note.account, note.template, note.by) == (cast.account, "churn_risk", None)
    tasks = Task.objects.order_by("origin_key")
    assert [[user.name for user in task.assignees.all()] for task in tasks] == [[cast.ae.name], [cast.manager.name]]
    assert {(task.title, task.due_at - clock.now(), task.account_id) for task in tasks} == {
        ("Escalation: 3 churn signals", dt.timedelta(hours=48), cast.account.pk)
    }
    told = Notification.objects.filter(key__startswith="churn-risk:").values_list("user__name", flat=True)
    assert sorted(told) == [cast.ae.name, cast.manager.name]


def test_two_signals_are_not_escalated(cast):
    overdue(cast.account)
    SurveyAnswerFactory(account=cast.account, kind="nps", score=2, at=days_ago(5))
    detect(cast.account)
    assert (Note.objects.count(), Task.objects.count(), RiskEpisode.objects.count()) == (0, 0, 0)


def test_a_fourth_signal_is_no_second_episode(cast):
    in_trouble(cast.account)
    detect(cast.account)
    NoteFactory(account=cast.account, body="A competitor came by", at=days_ago(1))
    detect(cast.account)
    assert (open_signals([cast.account.pk])[cast.account.pk].total(), RiskEpisode.objects.count()) == (4, 1)
    assert Task.objects.count() == 2


def test_below_three_and_up_again_is_escalated_again(cast):
    in_trouble(cast.account)
    detect(cast.account)
    end_one(cast.account)
    detect(cast.account)
    assert RiskEpisode.objects.get().ended_at == clock.now()
    overdue(cast.account, "INV-9")
    detect(cast.account)
    assert RiskEpisode.objects.filter(ended_at=None).count() == 1
    assert (RiskEpisode.objects.count(), Note.objects.count(), Task.objects.count()) == (2, 2, 4)


def test_a_person_who_dismisses_one_ends_the_episode(cast):
    in_trouble(cast.account)
    detect(cast.account)
    signal = ChurnSignal.objects.first()
    signal_handling.dismiss(by=cast.owner, signal=signal, reason="Agreed with them.")
    assert RiskEpisode.objects.get().ended_at is not None
    signal_handling.reopen(by=cast.owner, signal=signal)
    assert RiskEpisode.objects.count() == 2


def test_without_manager_and_ae_there_is_the_note_alone():
    account = AccountFactory()
    in_trouble(account)
    detect(account)
    assert (Note.objects.count(), Task.objects.count()) == (1, 0)


def test_an_ae_who_is_the_manager_too_is_asked_once():
    manager = UserFactory(as_manager=True)
    account = AccountFactory(owner=UserFactory(manager=manager))
    TeamMemberFactory(account=account, user=manager, role=TeamMember.Role.AE)
    in_trouble(account)
    detect(account)
    assert Task.objects.count() == 1


def test_a_critical_signal_shortens_the_deadline(cast):
    in_trouble(cast.account)
    EventFactory(account=cast.account, kind="custom", name="data export", at=days_ago(1))
    detect(cast.account)
    assert {task.due_at - clock.now() for task in Task.objects.all()} == {dt.timedelta(hours=24)}


def test_open_signals_are_counted_by_kind(cast):
    ChurnSignalFactory(account=cast.account, kind="payment")
    ChurnSignalFactory(account=cast.account, kind="competitor", state="confirmed", changed_at=clock.now())
    ChurnSignalFactory(account=cast.account, kind="silent", dismissed=True)
    found = open_signals([cast.account.pk, cast.strangers.pk])
    assert found == {cast.account.pk: {"payment": 1, "competitor": 1}}


def test_the_database_keeps_one_live_signal_of_a_kind(cast):
    ChurnSignalFactory(account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        ChurnSignalFactory(account=cast.account, state="confirmed")
    ChurnSignalFactory(account=cast.account, dismissed=True)


def test_a_recompute_of_today_finds_signals_and_one_of_the_past_does_not(cast):
    overdue(cast.account, late=40)
    recompute_accounts([cast.account.pk], day=day(-3))
    recompute_accounts([cast.account.pk], day=clock.today(), alerts=False)
    assert not ChurnSignal.objects.exists()
    recompute_accounts([cast.account.pk], day=clock.today())
    assert states(cast.account) == [("payment", "open")]


def test_many_accounts_take_as_many_statements_as_one(cast, django_assert_num_queries):
    accounts = [AccountFactory(owner=cast.owner) for _ in range(9)]
    for account in (cast.account, *accounts):
        in_trouble(account)
        TeamMember.objects.get_or_create(account=account, user=cast.ae, role=TeamMember.Role.AE)
    for chunk in ([cast.account], accounts):
        # Rules, lock, 13 statements for the facts, signals, accounts, the write of signals, and what follows from them:
        # signals, episodes, note, episode, people, AEs, tasks, assignees, messages; for the alert of the contact who
        # left: rule, alerts, insert, playbooks, update, people, messages, counts; between them the savepoints.
        with django_assert_num_queries(39):
            assert detect(*chunk) == 3 * len(chunk)


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_make_one_signal_of_each_kind_one_note_and_one_task_each():
    manager = UserFactory(as_manager=True)
    account = AccountFactory(owner=UserFactory(manager=manager))
    in_trouble(account)
    barrier, opened = threading.Barrier(2), []

    def night():
        try:
            barrier.wait(timeout=10)
            opened.append(detect(account))
        finally:
            connection.close()

    threads = [threading.Thread(target=night) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(opened) == [0, 3]
    assert (ChurnSignal.objects.count(), Note.objects.count(), Task.objects.count()) == (3, 1, 1)
