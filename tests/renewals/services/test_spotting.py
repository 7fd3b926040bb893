"""The night spots signals of expansion: raises, follows and ends them, as often as it runs."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Contact, PlaybookCue, PlaybookRun
from accounts.services.contacts import edit_contact
from accounts.services.playbook_publishing import install_playbooks
from accounts.services.playbook_starting import start_cued
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError
from health.models import Event
from renewals.domain.expansion import REST_DAYS, SignalKind
from renewals.models import ExpansionSignal
from renewals.services.expansion_signals import dismiss_signal, log_signal, note_budget, reopen_signal, take_back_budget
from renewals.services.opportunities import create_opportunity, take_up
from renewals.services.spotting import CAUSE_GONE, NO_CUSTOMER, Spotted, spot_signals
from tests.factories import (
    AccountFactory,
    ContactFactory,
    ContractFactory,
    ContractLineFactory,
    EventFactory,
    ExpansionSignalFactory,
    FeatureAskFactory,
    FeatureRequestFactory,
    OpportunityFactory,
    ProductFactory,
    TicketFactory,
    TouchFactory,
    UsageDayFactory,
    day,
)

pytestmark = pytest.mark.django_db


def spot():
    return spot_signals(today=clock.today())


def found(**conditions):
    rows = ExpansionSignal.objects.filter(**conditions).order_by("pk")
    return [(one.kind, one.strength, one.state) for one in rows]


def seats(account, assigned, licensed=100):
    contract = ContractFactory(account=account, end=day(300))
    return ContractLineFactory(contract=contract, seats=licensed, seats_assigned=assigned)


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [(79, []), (80, [("limit", "warm", "open")]), (84, [("limit", "warm", "open")]), (85, [("limit", "hot", "open")])],
)
def test_seats_in_use_are_a_signal_from_80_per_cent_and_hot_from_85(cast, assigned, expected):
    seats(cast.account, assigned)
    assert spot() == Spotted(len(expected), 0)
    assert found(account=cast.account) == expected


def test_what_use_says_of_seats_counts_before_what_the_contract_says(cast):
    line = seats(cast.account, 10)
    UsageDayFactory(account=cast.account, product=None, day=day(-3), seats_assigned=70)
    UsageDayFactory(account=cast.account, product=None, day=day(-2), seats_assigned=88)
    spot()
    assert ExpansionSignal.objects.get().figures == {"assigned": 88, "licensed": 100}
    # With two products nobody knows which one it is of.
    ContractLineFactory(contract=line.contract, seats=50, seats_assigned=None)
    assert spot() == Spotted(0, 1)


def test_doing_it_again_changes_nothing(cast):
    seats(cast.account, 90)
    assert spot() == Spotted(1, 0)
    assert spot() == Spotted(0, 0)
    assert found() == [("limit", "hot", "open")]


def test_the_evidence_follows_from_night_to_night(cast):
    line = seats(cast.account, 81)
    spot()
    line.seats_assigned = 90
    line.save()
    assert spot() == Spotted(0, 0)
    signal = ExpansionSignal.objects.get()
    assert (signal.strength, signal.evidence) == ("hot", f"90 of 100 seats of {line.product} assigned (90 %)")


def test_a_signal_whose_cause_is_gone_is_over_and_comes_again_with_it(cast):
    line = seats(cast.account, 90)
    spot()
    line.seats = 200
    line.save()
    assert spot() == Spotted(0, 1)
    assert ExpansionSignal.objects.get().reason == CAUSE_GONE
    line.seats = 100
    line.save()
    assert spot() == Spotted(1, 0)
    assert found() == [("limit", "hot", "open")]


def test_one_that_comes_again_on_another_day_is_another_one(cast):
    line = seats(cast.account, 90)
    spot()
    ContractLineFactory._meta.model.objects.filter(pk=line.pk).update(seats_assigned=10)
    spot()
    ContractLineFactory._meta.model.objects.filter(pk=line.pk).update(seats_assigned=95)
    spot_signals(today=clock.today() + dt.timedelta(days=1))
    assert found() == [("limit", "hot", "over"), ("limit", "hot", "open")]


def test_a_dismissed_one_rests_for_ninety_days(cast):
    seats(cast.account, 90)
    spot()
    dismiss_signal(by=cast.owner, signal=ExpansionSignal.objects.get(), reason="They will shrink")
    for days in (0, 1, REST_DAYS - 1):
        assert spot_signals(today=clock.today() + dt.timedelta(days=days)) == Spotted(0, 0)
    assert spot_signals(today=clock.today() + dt.timedelta(days=REST_DAYS)) == Spotted(1, 0)
    assert found() == [("limit", "hot", "dismissed"), ("limit", "hot", "open")]


def test_a_dismissal_can_be_taken_back(cast):
    signal = ExpansionSignalFactory(account=cast.account)
    dismiss_signal(by=cast.owner, signal=signal, reason="Not now")
    assert reopen_signal(by=cast.owner, signal=signal).is_open
    with pytest.raises(RefusedError, match="not dismissed"):
        reopen_signal(by=cast.owner, signal=signal)
    dismiss_signal(by=cast.owner, signal=signal, reason="Not now")
    with pytest.raises(RefusedError, match="dismissed already"):
        dismiss_signal(by=cast.owner, signal=signal, reason="Not now")
    ExpansionSignalFactory(account=cast.account)
    with pytest.raises(RefusedError, match="already"):
        reopen_signal(by=cast.owner, signal=signal)


def test_all_seven_are_found_where_data_tell_them(cast):
    account = cast.account
    account.health_score, account.renewal_date = 88, day(60)
    account.save()
    seats(account, 90)
    TouchFactory(account=account, summary="Another department wants to see it")
    FeatureAskFactory(account=account, request=FeatureRequestFactory(product=ProductFactory(), title="Audit log"))
    EventFactory(account=account, kind=Event.Kind.CUSTOM, name="funding_round")
    champion = ContactFactory(account=account, roles=[Contact.Role.CHAMPION], seniority="manager", title="VP Ops")
    edit_contact(by=cast.owner, contact=champion, fields={"seniority": "executive"})
    TicketFactory(account=account, subject="How do webhooks sign their calls?")
    spot()
    assert sorted(kind for kind, _, _ in found(account=account)) == sorted(kind.value for kind in SignalKind)
    by_kind = {one.kind: one.evidence for one in ExpansionSignal.objects.all()}
    assert by_kind["champion"].endswith(f"VP Ops: from manager to executive on {clock.today():%d %b %Y}")
    assert by_kind["department"] == "Spoke of another department: Another department wants to see it"
    assert by_kind["higher_tier"].startswith("Asked for “Audit log” of ")


def test_what_only_resembles_a_signal_is_none(cast):
    account = cast.account
    line = seats(account, 10)
    # Of a product that they have, and one that was declined.
    FeatureAskFactory(account=account, request=FeatureRequestFactory(product=line.product))
    FeatureAskFactory(account=account, request=FeatureRequestFactory(product=ProductFactory(), status="declined"))
    FeatureAskFactory(account=account, removed=True, request=FeatureRequestFactory(product=ProductFactory()))
    TicketFactory(account=account, subject="Rapid growth of therapists")
    EventFactory(account=account, kind=Event.Kind.COMMUNITY, name="hiring")
    TouchFactory(account=account, summary="The new team lead called")
    left = ContactFactory(account=account, roles=[Contact.Role.CHAMPION], seniority="manager")
    for rank in ("executive", "manager"):
        left = edit_contact(by=cast.owner, contact=left, fields={"seniority": rank})
    assert spot() == Spotted(0, 0)


def test_churned_and_archived_accounts_have_none_and_lose_theirs(cast):
    gone = AccountFactory(churned=True)
    seats(gone, 95)
    ExpansionSignalFactory(account=gone)
    assert spot() == Spotted(0, 1)
    assert ExpansionSignal.objects.get().reason == NO_CUSTOMER


def test_what_was_logged_by_hand_does_not_end_by_itself(cast):
    log_signal(by=cast.owner, account=cast.account, kind="growth", evidence="Series B", seen_on=clock.today())
    assert spot() == Spotted(0, 0)
    assert found() == [("growth", "warm", "open")]


def test_one_of_a_kind_is_live(cast):
    log_signal(by=cast.owner, account=cast.account, kind="growth", evidence="Series B", seen_on=clock.today())
    with pytest.raises(RefusedError, match="There is a signal “Funding, growth or hiring” already"):
        log_signal(by=cast.owner, account=cast.account, kind="growth", evidence="Hiring", seen_on=clock.today())
    with pytest.raises(IntegrityError), transaction.atomic():
        ExpansionSignalFactory(account=cast.account, kind="growth")
    with pytest.raises(RefusedError, match="no customer"):
        log_signal(
            by=cast.owner, account=AccountFactory(churned=True), kind="growth", evidence="x", seen_on=clock.today()
        )


def test_a_night_costs_the_same_for_one_and_for_many(cast, django_assert_num_queries):
    seats(cast.account, 90)
    with django_assert_num_queries(18):
        spot()
    for _ in range(4):
        seats(AccountFactory(), 90)
    with django_assert_num_queries(18):
        assert spot().raised == 4


def test_a_hot_signal_sets_its_play_off_once_and_a_warm_one_waits_to_be_taken_up(cast):
    install_playbooks()
    seats(cast.account, 90)
    warm = AccountFactory(owner=cast.owner)
    seats(warm, 81)
    spot()
    spot()
    assert list(PlaybookCue.objects.filter(kind="expansion_signal").values_list("account", "choice")) == [
        (cast.account.pk, "limit")
    ]
    start_cued()
    runs = PlaybookRun.objects.filter(playbook__key="expansion-limit")
    assert [run.account for run in runs] == [cast.account]
    for account in (cast.account, warm):
        take_up(by=cast.owner, signal=ExpansionSignal.objects.get(account=account), fields=FIELDS)
    assert sorted(runs.values_list("account", flat=True)) == sorted([cast.account.pk, warm.pk])


FIELDS = {"name": "More seats", "kind": "seats", "value": 6000, "expected_close": dt.date(2027, 1, 31)}


def test_a_signal_is_taken_up_by_one(cast):
    signal = ExpansionSignalFactory(account=cast.account)
    begun = take_up(by=cast.owner, signal=signal, fields=FIELDS)
    assert (begun.stage, begun.signal, begun.moves.count()) == ("identified", signal, 1)
    with pytest.raises(RefusedError, match="Olga Owner was faster: it is taken up"):
        take_up(by=cast.team_mate, signal=signal, fields=FIELDS)
    # And while it is, no second one is raised beside it.
    TouchFactory(account=cast.account, summary="A new department asks")
    assert spot() == Spotted(0, 0)


def test_a_form_that_comes_twice_begins_one(cast):
    key = uuid4()
    create_opportunity(by=cast.owner, account=cast.account, fields=FIELDS, key=key)
    with pytest.raises(RepeatedError):
        create_opportunity(by=cast.owner, account=cast.account, fields=FIELDS, key=key)


def test_a_budget_that_was_noted_can_be_taken_back_by_who_noted_it_on_the_day(cast):
    answer = note_budget(by=cast.owner, account=cast.account, is_confirmed=True)
    with pytest.raises(RefusedError):
        take_back_budget(by=cast.team_mate, answer=answer)
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False), pytest.raises(RefusedError):
        take_back_budget(by=cast.owner, answer=answer)
    take_back_budget(by=cast.owner, answer=answer)
    assert not cast.account.budget_answers.exists()


def test_a_signal_that_led_to_an_opportunity_has_had_its_time(cast):
    seats(cast.account, 90)
    spot()
    signal = ExpansionSignal.objects.get()
    OpportunityFactory(account=cast.account, signal=signal, lost=True)
    ExpansionSignal.objects.update(state="over")
    assert spot() == Spotted(0, 0)
