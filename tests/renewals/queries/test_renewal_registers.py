"""What renewals tell on the pages of the ground."""

from decimal import Decimal

import pytest

from accounts.models import Task
from accounts.queries.task_causes import cause_of
from accounts.queries.timeline import timeline_of
from renewals.models import Renewal, StageMove
from renewals.queries.renewal_registers import next_stages, next_zones
from tests.factories import AccountFactory, RenewalFactory, day, days_ago

pytestmark = pytest.mark.django_db


def moved(renewal, before, after, ago, **fields):
    return StageMove.objects.create(renewal=renewal, before=before, after=after, at=days_ago(ago), **fields)


def test_the_timeline_of_the_account_tells_the_way_of_its_renewals(cast):
    renewal = RenewalFactory(account=cast.account)
    moved(renewal, "", "upcoming", 9)
    moved(renewal, "upcoming", "kick_off", 5, by=cast.owner, note="They are ready")
    moved(renewal, "kick_off", "closed", 1)
    Renewal.objects.update(stage="closed", outcome="lost", closed_arr=0, closed_at=days_ago(1))
    told = [one for one in timeline_of(cast.account, group="Money").entries if one.title.startswith("Renewal")]
    assert [(one.title, one.detail, one.by, one.tone) for one in told] == [
        ("Renewal closed: lost", "", "", "t4"),
        ("Renewal moved to Kick-off", "They are ready", "Olga Owner", ""),
        ("Renewal opened", "", "", ""),
    ]


def test_a_task_leads_to_its_renewal(cast):
    task = Task.objects.create(title="Call", account=cast.account, origin="renewal", origin_key="renewal:7:kick_off")
    cause = cause_of(task)
    assert (cause.label, cause.url) == ("Renewal", "/renewals/7/")


def test_playbooks_know_the_stage_and_the_zone_of_the_renewal_that_comes_first(cast):
    account, none = cast.account, AccountFactory()
    later = RenewalFactory(account=account, due_on=day(300), computed_probability=Decimal("0.95"))
    first = RenewalFactory(account=account, due_on=day(30), stage="proposal", computed_probability=Decimal("0.5"))
    ids = [account.pk, none.pk]
    assert (next_stages(ids), next_zones(ids)) == ({account.pk: "proposal"}, {account.pk: "red"})
    Renewal.objects.filter(pk=first.pk).update(chosen_probability=Decimal("0.7"), chosen_reason="They said so.")
    assert next_zones(ids) == {account.pk: "yellow"}
    first.delete()
    assert next_zones(ids) == {account.pk: "green"}
    Renewal.objects.filter(pk=later.pk).update(computed_probability=None)
    assert next_zones(ids) == {}
