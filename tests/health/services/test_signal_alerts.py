"""A key contact leaves: the signal, the alert and the task of 48 hours are there once, whatever comes twice."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.models import Contact, Notification, OnboardingRisk, Playbook, PlaybookCue, Suppression, Task
from accounts.services.contacts import edit_contact, mark_back, mark_left
from accounts.services.onboarding_risks import watch_risks
from accounts.services.playbook_publishing import install_playbooks
from accounts.services.suppressing import suppress
from cs_workspace.common import clock
from health.models import Alert, AlertRule, ChurnSignal
from health.services import runs, signal_handling
from health.services.alert_handling import acknowledge, resolve
from health.services.presets import install_defaults
from health.services.signalling import detect_signals
from tests.factories import ContactFactory, OnboardingFactory, day
from tests.health.making import contents

pytestmark = pytest.mark.django_db
WRITTEN = (ChurnSignal, Alert, Task, Notification, PlaybookCue)
RULE = "key-contact-left"


@pytest.fixture(autouse=True)
def _defaults():
    """The rules that ship, and no playbook that would make the task in the alert's place."""
    install_defaults()
    Playbook.objects.update(active_since=None)


@pytest.fixture
def jana(cast):
    return ContactFactory(account=cast.account, name="Jana Roth", roles=["champion"])


def leaves(cast, contact, on=-1):
    mark_left(by=cast.owner, contact=contact, on=day(on))


def beat():
    """What the worker does every two seconds."""
    runs.refresh_dirty()


def test_a_champion_whose_e_mail_bounces_for_good_has_left_within_one_beat(cast, jana):
    edit_contact(by=cast.owner, contact=jana, fields={"email": "jana@customer.example.com"})
    suppress(address="jana@customer.example.com", reason=Suppression.Reason.BOUNCED)
    beat()
    alert = Alert.objects.get()
    assert (alert.rule.key, ChurnSignal.objects.get().kind) == (RULE, "contact_left")
    assert alert.title.startswith("Key contact left: E-mail to Jana Roth, champion, bounces since")


def states(model, field="state"):
    return list(model.objects.order_by("pk").values_list(field, flat=True))


def test_within_one_beat_the_signal_the_alert_and_the_task_are_there(cast, jana):
    leaves(cast, jana)
    before = clock.now()
    beat()
    signal, alert, task = ChurnSignal.objects.get(), Alert.objects.get(), Task.objects.get()
    assert (signal.kind, signal.account) == ("contact_left", cast.account)
    assert alert.rule.key == RULE
    assert alert.title.startswith("Key contact left: Jana Roth, champion, left on")
    assert (alert.task, task.origin_key) == (task, f"alert:{alert.pk}:0")
    assert (task.title, list(task.assignees.all())) == ("Find a new champion or key contact", [cast.owner])
    assert before + dt.timedelta(hours=48) <= task.due_at <= clock.now() + dt.timedelta(hours=48)
    assert sorted(Notification.objects.values_list("user__name", flat=True)) == ["Mona Manager", "Olga Owner"]
    cast.account.refresh_from_db()
    assert cast.account.open_alerts == 1


def test_of_a_customer_who_is_being_onboarded_there_is_one_task_too(cast, jana):
    OnboardingFactory(account=cast.account, started_on=day(-3))
    ContactFactory(account=cast.account, name="Sue Sponsor", roles=["sponsor"])
    leaves(cast, jana)
    beat()
    watch_risks(today=clock.today())
    assert OnboardingRisk.objects.get().kind == "champion_left"
    assert Task.objects.get().title == "Find a new champion or key contact"
    assert Notification.objects.count() == 2


def test_a_second_beat_and_a_second_night_change_nothing(cast, jana):
    leaves(cast, jana)
    beat()
    before = contents(*WRITTEN)
    beat()
    for _ in range(2):
        detect_signals([cast.account.pk], day=clock.today(), at=clock.now())
    leaves(cast, jana)  # the same form once more
    beat()
    assert contents(*WRITTEN) == before


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_make_each_of_them_once(cast, jana):
    leaves(cast, jana)
    pk, errors = cast.account.pk, []

    def work():
        try:
            detect_signals([pk], day=clock.today(), at=clock.now())
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (ChurnSignal.objects.count(), Alert.objects.count(), Task.objects.count()) == (1, 1, 1)


def test_a_worker_that_dies_on_the_way_leaves_nothing_behind_and_the_next_one_makes_all(cast, jana, monkeypatch):
    leaves(cast, jana)

    def die(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("health.services.signalling.follow_up", die)
        with pytest.raises(RuntimeError):
            detect_signals([cast.account.pk], day=clock.today(), at=clock.now())
    assert (ChurnSignal.objects.count(), Alert.objects.count(), Task.objects.count()) == (0, 0, 0)
    beat()
    assert (ChurnSignal.objects.count(), Alert.objects.count(), Task.objects.count()) == (1, 1, 1)


def test_taking_it_back_resolves_signal_and_alert_and_cancels_the_task(cast, jana):
    leaves(cast, jana)
    beat()
    mark_back(by=cast.owner, contact=jana)
    beat()
    assert (states(ChurnSignal), states(Alert), states(Task, "status")) == (["resolved"], ["resolved"], ["cancelled"])
    assert Task.objects.get().outcome == "They are there after all."
    cast.account.refresh_from_db()
    assert cast.account.open_alerts == 0
    before = contents(*WRITTEN)
    beat()
    assert contents(*WRITTEN) == before


def test_leaving_again_after_it_was_taken_back_opens_the_same_alert_with_a_task_of_its_own(cast, jana):
    for _ in range(2):
        leaves(cast, jana)
        beat()
        mark_back(by=cast.owner, contact=jana)
        beat()
    leaves(cast, jana)
    beat()
    alert = Alert.objects.get()
    assert (alert.state, alert.reopened) == ("open", 2)
    assert states(Task, "status") == ["cancelled", "cancelled", "open"]
    assert states(Task, "origin_key") == [f"alert:{alert.pk}:{number}" for number in range(3)]


def test_a_task_that_was_done_stays_done_when_it_is_taken_back(cast, jana):
    leaves(cast, jana)
    beat()
    Task.objects.update(status="done", done_at=clock.now())
    mark_back(by=cast.owner, contact=jana)
    beat()
    assert (states(Alert), states(Task, "status")) == (["resolved"], ["done"])


def test_when_the_window_is_over_the_alert_ends_and_an_open_task_stays(cast, jana):
    leaves(cast, jana)
    beat()
    Contact.objects.update(left_on=day(-100))
    detect_signals([cast.account.pk], day=clock.today(), at=clock.now())
    assert (states(ChurnSignal), states(Alert), states(Task, "status")) == (["resolved"], ["resolved"], ["open"])


def test_another_one_who_leaves_speaks_again_and_an_open_task_serves_both(cast, jana):
    kim = ContactFactory(account=cast.account, name="Kim", roles=["sponsor"])
    leaves(cast, jana)
    beat()
    acknowledge(by=cast.owner, alerts=list(Alert.objects.all()))
    leaves(cast, kim)
    beat()
    alert = Alert.objects.get()
    assert (alert.state, alert.reopened, Task.objects.count()) == ("open", 1, 1)
    assert "Kim" in alert.title
    assert Notification.objects.filter(user=cast.owner).count() == 2


def test_an_alert_that_somebody_resolved_is_not_raised_by_the_same_evidence(cast, jana):
    leaves(cast, jana)
    beat()
    resolve(by=cast.owner, alerts=list(Alert.objects.all()))
    detect_signals([cast.account.pk], day=clock.today(), at=clock.now())
    assert states(Alert) == ["resolved"]


def test_a_signal_that_is_dismissed_takes_its_alert_along(cast, jana):
    leaves(cast, jana)
    beat()
    signal_handling.dismiss(by=cast.owner, signal=ChurnSignal.objects.get(), reason="She moved next door.")
    assert (states(Alert), states(Task, "status")) == (["resolved"], ["open"])


def test_one_that_is_logged_by_hand_raises_the_same(cast):
    signal_handling.log_signal(
        by=cast.owner, account=cast.account, kind="contact_left", evidence="Their CFO resigned.", seen_on=clock.today()
    )
    assert Alert.objects.get().title == "Key contact left: Their CFO resigned."
    assert Task.objects.get().origin_key == f"alert:{Alert.objects.get().pk}:0"


def test_others_than_key_contacts_and_other_signals_raise_no_alert(cast):
    leaves(cast, ContactFactory(account=cast.account, roles=["user"]))
    signal_handling.log_signal(
        by=cast.owner, account=cast.account, kind="ownership", evidence="Bought by Acme.", seen_on=clock.today()
    )
    beat()
    assert not Alert.objects.exists()


def test_a_rule_that_is_switched_off_raises_nothing(cast, jana):
    AlertRule.objects.filter(key=RULE).update(active=False)
    leaves(cast, jana)
    beat()
    assert (ChurnSignal.objects.count(), Alert.objects.count(), Task.objects.count()) == (1, 0, 0)


def test_where_a_playbook_makes_the_task_the_alert_makes_none_beside_it(cast, jana):
    install_playbooks()
    Playbook.objects.update(active_since=clock.now())
    leaves(cast, jana)
    beat()
    assert Alert.objects.get().task is None
    assert not Task.objects.filter(origin=Task.Origin.ALERT).exists()
    assert PlaybookCue.objects.filter(account=cast.account, choice="contact_left").count() == 1


@pytest.mark.parametrize("many", [1, 15])
def test_raising_costs_the_same_queries_however_many_accounts(many, django_assert_max_num_queries, cast):
    contacts = [ContactFactory(roles=["champion"], gone=True) for _ in range(many)]
    with django_assert_max_num_queries(42):
        detect_signals([one.account_id for one in contacts], day=clock.today(), at=clock.now())
    assert Alert.objects.count() == Task.objects.count() == many
