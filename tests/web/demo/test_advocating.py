"""The advocates that the demo names: a dozen, of every kind, with asks in every state."""

import datetime as dt

import pytest
import time_machine

from cs_workspace.common import clock
from cs_workspace.web.demo.advocating import SPEAK, name_advocates
from health.domain.advocacy import AdvocacyKind
from health.models import AdvocacyAsk, Advocate
from health.queries.advocacy import AdvocateFilter, advocate_counts
from tests.factories import AccountFactory, ContactFactory, UserFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_in_the_afternoon():
    with time_machine.travel(clock.start_of(dt.date(2026, 3, 13)) + dt.timedelta(hours=16), tick=False):
        yield


def test_a_dozen_speak_for_us_in_every_way_and_asks_stand_in_every_state():
    owner = UserFactory()
    for _ in SPEAK:
        ContactFactory(account=AccountFactory(owner=owner, healthy=True), roles=["champion"])
    name_advocates(day(0), at_moment=clock.set_to)
    assert Advocate.objects.count() == len(SPEAK) == 12
    assert set(Advocate.objects.values_list("kind", flat=True)) == {kind.value for kind in AdvocacyKind}
    assert set(AdvocacyAsk.objects.values_list("state", flat=True)) == {"asked", "agreed", "declined", "done"}
    counts = advocate_counts(owner, AdvocateFilter())
    assert (counts["current"], counts["asked"], counts["resting"]) == (12, 4, 1)
