import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from cs_workspace.common.refusals import RefusedError
from health.domain.judgement import PulseValue
from health.models import DirtyMark, Disagreement, Pulse
from health.queries.judgement import pulse_condition, pulse_of, pulses_of
from health.services.judging import judge, withdraw
from tests.factories import AccountFactory, PulseFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db


def test_a_judgement_holds_with_its_comment_day_and_owner_and_the_score_is_computed_anew(cast):
    pulse = judge(by=cast.manager, account=cast.account, value=PulseValue.GOOD, comment="New sponsor")
    shown = pulse_of(cast.account)
    assert shown.pulse == pulse
    assert (pulse.value, pulse.comment, pulse.by, pulse.owner) == (3, "New sponsor", cast.manager, cast.owner)
    assert (shown.stale, shown.is_due) == (False, False)
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_the_latest_one_holds_and_all_are_kept(cast):
    for value in (PulseValue.STRONG, PulseValue.SHAKY):
        judge(by=cast.owner, account=cast.account, value=value)
    assert pulse_of(cast.account).pulse.value == PulseValue.SHAKY
    assert Pulse.objects.filter(account=cast.account).count() == 2


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", True),
        ("team_mate", True),
        ("manager", True),
        ("executive", True),
        ("admin", True),
        ("ae", False),
        ("read_only", False),
        ("outsider", False),
        ("other_manager", False),
    ],
)
def test_who_may_judge(cast, who, may):
    if may:
        assert judge(by=getattr(cast, who), account=cast.account, value=PulseValue.MIXED).pk
    else:
        with pytest.raises(RefusedError):
            judge(by=getattr(cast, who), account=cast.account, value=PulseValue.MIXED)


def test_a_new_owner_begins_with_not_judged(cast):
    judge(by=cast.owner, account=cast.account, value=PulseValue.STRONG)
    Account.objects.filter(pk=cast.account.pk).update(owner=cast.team_mate)
    assert pulse_of(Account.objects.get(pk=cast.account.pk)).is_due
    assert pulse_of(cast.account).pulse is None


def test_taken_back_the_one_before_holds_again(cast):
    first = judge(by=cast.owner, account=cast.account, value=PulseValue.STRONG)
    second = judge(by=cast.owner, account=cast.account, value=PulseValue.LEAVING)
    withdraw(by=cast.owner, pulse=second)
    assert pulse_of(cast.account).pulse == first
    withdraw(by=cast.owner, pulse=first)
    assert pulse_of(cast.account).pulse is None
    with pytest.raises(RefusedError, match="taken back already"):
        withdraw(by=cast.owner, pulse=first)


def test_only_the_one_who_judged_takes_it_back_and_only_the_latest(cast):
    first = judge(by=cast.owner, account=cast.account, value=PulseValue.STRONG)
    with pytest.raises(RefusedError, match="Only the one who judged"):
        withdraw(by=cast.manager, pulse=first)
    judge(by=cast.owner, account=cast.account, value=PulseValue.GOOD)
    with pytest.raises(RefusedError, match="newer judgement"):
        withdraw(by=cast.owner, pulse=first)


def test_a_judgement_two_steps_from_the_tier_is_a_disagreement_at_once(cast):
    account = AccountFactory(owner=cast.owner, healthy=True)
    pulse = judge(by=cast.owner, account=account, value=PulseValue.LEAVING)
    assert Disagreement.objects.get(account=account).kind == "pulse_below"
    withdraw(by=cast.owner, pulse=pulse)
    assert not Disagreement.objects.filter(account=account).exists()


def test_accounts_to_judge_are_those_without_a_fresh_pulse():
    owner = UserFactory()
    never, stale, fresh, handed = (AccountFactory(owner=owner) for _ in range(4))
    AccountFactory(owner=owner, is_trial=True)
    PulseFactory(account=stale, at=days_ago(46))
    PulseFactory(account=fresh, value=2)
    PulseFactory(account=handed, owner=UserFactory())
    assert set(Account.objects.filter(pulse_condition("due"))) == {never, stale, handed}
    assert list(Account.objects.filter(pulse_condition("2"))) == [fresh]
    assert {pk: shown.stale for pk, shown in pulses_of([never.pk, stale.pk, fresh.pk, handed.pk]).items()} == {
        stale.pk: True,
        fresh.pk: False,
    }


@pytest.mark.parametrize(
    "wrong", [{"value": 5}, {"withdrawn_at": days_ago}], ids=["out of range", "withdrawn and latest"]
)
def test_the_database_refuses_what_cannot_be(cast, wrong):
    fields = {name: value(0) if callable(value) else value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        PulseFactory(account=cast.account, **fields)


def test_an_account_has_one_latest_pulse(cast):
    PulseFactory(account=cast.account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pulse.objects.create(account=cast.account, value=1, at=days_ago(0))
