"""What owners say of their renewals."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Notification
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from renewals.services.editing import edit_renewal, undo_renewal
from tests.factories import RenewalFactory

pytestmark = pytest.mark.django_db

CLOSED = {"stage": "closed", "outcome": "flat", "closed_arr": Decimal(24000)}


def test_what_is_said_is_kept_and_taken_back_as_a_whole(cast):
    renewal = RenewalFactory(account=cast.account, expected_arr=Decimal("20000.50"), next_step_on=dt.date(2026, 12, 1))
    saved = edit_renewal(
        by=cast.owner,
        renewal=renewal,
        fields={
            "expected_arr": None,
            "category": "commit",
            "owner": cast.team_mate,
            "next_step": "Call",
            "next_step_on": None,
            "competitor": "Rival",
        },
        version=1,
    )
    assert (saved.category, saved.owner, saved.expected_arr, saved.version) == ("commit", cast.team_mate, None, 2)
    back = undo_renewal(by=cast.owner, renewal=renewal, version=2)
    back.refresh_from_db()
    said = (back.category, back.owner, back.expected_arr, back.next_step, back.next_step_on, back.competitor)
    assert said == ("", cast.owner, Decimal("20000.50"), "", dt.date(2026, 12, 1), "")


def test_a_probability_is_kept_with_who_chose_it_and_why_until_it_is_let_go(cast):
    renewal = RenewalFactory(account=cast.account)
    chosen = edit_renewal(
        by=cast.owner,
        renewal=renewal,
        fields={"chosen_probability": Decimal("0.55"), "chosen_reason": "They told me"},
    )
    assert (chosen.chosen_by, chosen.chosen_reason) == (cast.owner, "They told me")
    let_go = edit_renewal(by=cast.manager, renewal=renewal, fields={"chosen_probability": None, "chosen_reason": ""})
    assert (let_go.chosen_by, let_go.chosen_reason, let_go.chosen_probability) == (None, "", None)
    again = undo_renewal(by=cast.manager, renewal=renewal, version=let_go.version)
    again.refresh_from_db()
    said = (again.chosen_by, again.chosen_reason, again.chosen_probability)
    assert said == (cast.owner, "They told me", Decimal("0.55"))


def test_a_probability_needs_a_reason(cast):
    with pytest.raises(RefusedError, match="Say why"):
        edit_renewal(
            by=cast.owner,
            renewal=RenewalFactory(account=cast.account),
            fields={"chosen_probability": Decimal("0.5"), "chosen_reason": "  "},
        )


def test_nobody_owns_what_they_do_not_see(cast):
    with pytest.raises(RefusedError, match="Udo Outsider does not see this account"):
        edit_renewal(by=cast.owner, renewal=RenewalFactory(account=cast.account), fields={"owner": cast.outsider})


def test_who_is_given_a_renewal_learns_of_it_and_who_takes_it_does_not(cast):
    renewal = RenewalFactory(account=cast.account)
    edit_renewal(by=cast.owner, renewal=renewal, fields={"owner": cast.team_mate})
    told = Notification.objects.get()
    assert (told.user, told.title) == (cast.team_mate, "Olga Owner gave you the renewal of Halden Logistics")
    assert told.url == f"/renewals/{renewal.pk}/"
    edit_renewal(by=cast.manager, renewal=renewal, fields={"owner": cast.manager})
    assert Notification.objects.count() == 1


def test_the_second_writer_overwrites_nothing(cast):
    renewal = RenewalFactory(account=cast.account)
    edit_renewal(by=cast.team_mate, renewal=renewal, fields={"competitor": "Rival"}, version=1)
    with pytest.raises(StaleError, match="Tim Teammate"):
        edit_renewal(by=cast.owner, renewal=renewal, fields={"competitor": "Other"}, version=1)


def test_a_closed_renewal_is_neither_edited_nor_put_back(cast):
    renewal = RenewalFactory(account=cast.account)
    saved = edit_renewal(by=cast.owner, renewal=renewal, fields={"competitor": "Rival"})
    type(renewal).objects.update(closed_at=clock.now(), **CLOSED)
    with pytest.raises(RefusedError, match="closed"):
        edit_renewal(by=cast.owner, renewal=renewal, fields={"competitor": "Other"})
    with pytest.raises(RefusedError, match="closed"):
        undo_renewal(by=cast.owner, renewal=renewal, version=saved.version)
