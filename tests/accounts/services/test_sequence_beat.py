"""Sequences day by day: who is put in by what happens, who is taken out and why, and what ships."""

import datetime as dt

import pytest
import time_machine

from accounts.domain.mail_presets import mail_presets
from accounts.domain.merging import problem_with
from accounts.models import Account, Contact, Enrolment, Mail, MailTemplate, Sequence, Suppression
from accounts.queries.letters import all_fields, fields_of, receivers_of
from accounts.registries import SEQUENCE_SOURCES, SequenceSource, Start
from accounts.services.mail_presets import install_mail
from accounts.services.sequence_filling import fill_sequences
from accounts.services.sequence_stopping import stop_over
from accounts.services.sequencing import start
from accounts.tasks import fill_sequences as fill_task
from accounts.tasks import look_after_sequences
from cs_workspace.common import clock
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)
STOPPING = 6


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def running(account, **of_sequence) -> Enrolment:
    """A contact of the account in a sequence with an e-mail, a draft of which lies in the outbox."""
    step = make.SequenceStepFactory(sequence=make.SequenceFactory(**of_sequence))
    contact = make.ContactFactory(account=account)
    (enrolment,) = start([Start(account.pk, contact.pk, "test", clock.today())], sequence=step.sequence)
    return enrolment


def stopped_because(enrolment: Enrolment) -> str:
    stop_over()
    enrolment.refresh_from_db()
    return enrolment.stopped_because


def test_a_reply_stops_only_the_sequences_that_say_so(cast):
    listening, deaf = running(cast.account), running(cast.account, stops_on=["meeting"])
    Mail.objects.update(replied_at=clock.now())
    assert stopped_because(listening) == "reply"
    assert stopped_because(deaf) == ""


def test_a_meeting_after_the_start_stops_and_one_before_or_missed_does_not(cast, still):
    make.TouchFactory(account=cast.account, kind="meeting", attended=True, at=clock.now() - dt.timedelta(days=1))
    enrolment = running(cast.account)
    still.shift(dt.timedelta(hours=3))
    make.TouchFactory(account=cast.account, kind="meeting", attended=False, at=clock.now())
    make.TouchFactory(account=cast.account, kind="email", direction="in", at=clock.now())
    assert stopped_because(enrolment) == ""
    make.TouchFactory(account=cast.account, kind="call", attended=True, at=clock.now())
    assert stopped_because(enrolment) == "meeting"


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"status": "left", "left_on": dt.date(2026, 3, 9)}, "left"),
        ({"archived_at": NOON}, "left"),
        ({"unsubscribed_at": NOON}, "unsubscribed"),
    ],
)
def test_what_happens_to_the_contact_stops(cast, change, because):
    enrolment = running(cast.account)
    Contact.objects.filter(pk=enrolment.contact_id).update(**change)
    assert stopped_because(enrolment) == because
    assert set(Mail.objects.values_list("state", flat=True)) == {"cancelled"}


@pytest.mark.parametrize(
    ("reason", "because"), [("bounced", "bounce"), ("unsubscribed", "unsubscribed"), ("complained", "unsubscribed")]
)
def test_an_address_to_which_nothing_is_sent_stops(cast, reason, because):
    enrolment = running(cast.account)
    Suppression.objects.create(address=enrolment.contact.email.lower(), reason=reason, at=clock.now())
    assert stopped_because(enrolment) == because


def test_a_lost_customer_is_written_to_only_by_what_is_for_lost_ones(cast):
    usual, win_back = running(cast.account), running(cast.account, source="win_back")
    Account.objects.filter(pk=cast.account.pk).update(status="churned", churned_on=clock.today())
    assert stopped_because(usual) == "lost"
    win_back.refresh_from_db()
    assert win_back.stopped_because != "lost"


def test_a_source_says_what_is_over_and_a_goal_counts_where_the_sequence_stops_on_it(cast, monkeypatch):
    over = {}
    source = SequenceSource("probe", "Probe", due=lambda *_: (), over=lambda _found: over)
    monkeypatch.setitem(SEQUENCE_SOURCES, "probe", source)
    first = running(cast.account, source="probe")
    second, third = (running(cast.account, source="probe", stops_on=[]) for _ in range(2))
    over |= {first.pk: "goal", second.pk: "goal", third.pk: "too_late"}
    assert [stopped_because(one) for one in (first, second, third)] == ["goal", "", "too_late"]


@pytest.mark.parametrize("number", [1, 12])
def test_looking_for_what_is_over_takes_as_many_queries_for_many(cast, number, django_assert_num_queries):
    sequence = make.SequenceFactory()
    make.EnrolmentFactory.create_batch(number, sequence=sequence, account=cast.account)
    with django_assert_num_queries(STOPPING):
        assert stop_over() == 0


def test_a_new_onboarding_is_welcomed_once_and_no_more_when_it_is_over(cast, still):
    contact = make.ContactFactory(account=cast.account, name="Ana Costa", roles=["champion"])
    onboarding = make.OnboardingFactory(account=cast.account, started_on=clock.today(), first_value="first report")
    make.OnboardingFactory(account=cast.strangers, started_on=clock.today() - dt.timedelta(days=9))
    Sequence.objects.update(active_since=clock.now() - dt.timedelta(days=30))
    fill_task()
    fill_task()
    enrolment = Enrolment.objects.get(contact=contact)
    mail = Mail.objects.get()
    assert (enrolment.sequence.key, mail.state) == ("onboarding-welcome", "draft")
    assert "**first report**" in mail.text
    assert Enrolment.objects.count() == 1
    type(onboarding).objects.filter(pk=onboarding.pk).update(state="cancelled", ended_at=clock.now(), end_reason="x")
    look_after_sequences()
    enrolment.refresh_from_db()
    assert enrolment.stopped_because == "goal"


def test_nobody_is_put_in_by_what_was_before_the_sequence_was_switched_on(cast):
    make.ContactFactory(account=cast.account, roles=["champion"])
    make.OnboardingFactory(account=cast.account, started_on=clock.today() - dt.timedelta(days=2))
    Sequence.objects.update(active_since=clock.now())
    assert fill_sequences(today=clock.today()) == 0
    Sequence.objects.update(active_since=None)
    assert fill_sequences(today=clock.today()) == 0


def test_a_sequence_goes_to_the_role_then_to_whoever_decides(cast):
    account = cast.account
    sponsor = make.ContactFactory(account=account, roles=["sponsor"], influence=9)
    assert receivers_of([account.pk, cast.strangers.pk], "champion") == {account.pk: sponsor.pk}
    make.ContactFactory(account=account, roles=["champion"], email="")
    weak = make.ContactFactory(account=account, roles=["champion"], influence=2)
    assert receivers_of([account.pk], "champion") == {account.pk: weak.pk}
    strong = make.ContactFactory(account=account, roles=["champion", "user"], influence=7)
    assert receivers_of([account.pk], "champion") == {account.pk: strong.pk}
    make.SuppressionFactory(address=strong.email.lower())
    assert receivers_of([account.pk], "champion") == {account.pk: weak.pk}


def test_what_ships_is_installed_once_and_stays_as_admins_left_it():
    MailTemplate.objects.filter(key="monthly-update").update(subject="Ours")
    assert install_mail() == 0
    Sequence.objects.get(key="monthly-update").delete()
    MailTemplate.objects.get(key="monthly-update").delete()
    assert install_mail() == 2
    assert MailTemplate.objects.get(key="monthly-update").subject == "{account.name} in {month.name}"


def test_what_ships_speaks_only_of_fields_that_its_source_knows():
    presets = mail_presets()
    templates = {one.key: one for one in presets.templates}
    assert {one.source for one in presets.sequences} <= set(SEQUENCE_SOURCES)
    for sequence in presets.sequences:
        fields = fields_of(sequence.source)
        for step in sequence.steps:
            words = templates[step.template] if step.template else None
            texts = [words.subject, words.body] if words else [step.title]
            assert [problem_with(text, fields=fields) for text in texts] == [""] * len(texts), step.key
            assert not step.only_with or step.only_with in fields
    assert all_fields().items() >= fields_of("win_back").items()


def test_what_ships_is_in_the_workspace_with_its_steps(cast):
    found = Sequence.objects.get(key="win-back")
    assert list(found.steps.values_list("offset_days", "variant", "only_with").order_by("offset_days", "variant")) == [
        (7, "price", ""), (7, "product", ""), (7, "value", ""), (30, "", ""), (90, "", "release.name"), (180, "", ""),
    ]  # fmt: skip
    on = set(Sequence.objects.active().values_list("key", flat=True))
    assert on == {"onboarding-welcome", "renewal-prep", "win-back"}
