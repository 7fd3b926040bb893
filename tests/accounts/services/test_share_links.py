import pytest
from django.db import IntegrityError, transaction

from accounts.models import PlanShare
from accounts.queries.share_links import link_of, token_of
from accounts.services.share_links import count_view, revoke_link, share_plan
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests.factories import PlanShareFactory, SuccessPlanFactory

pytestmark = pytest.mark.django_db


def test_a_link_opens_its_plan_for_90_days_and_there_is_one_at_a_time(cast):
    plan = SuccessPlanFactory(account=cast.account)
    share = share_plan(by=cast.owner, plan=plan)
    assert (share.expires_at - share.created_at).days == 90
    with pytest.raises(RefusedError, match="a link already"):
        share_plan(by=cast.owner, plan=plan)
    revoke_link(by=cast.manager, link=share)
    assert share_plan(by=cast.owner, plan=plan) != share
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanShareFactory(plan=plan)
    revoked = share.history.latest("pgh_id")
    assert (revoked.pgh_context.metadata["user"], revoked.revoked_at is None) == (cast.manager.pk, False)


def test_an_expired_link_makes_way_for_another(cast):
    old = PlanShareFactory(account=cast.account, expired=True)
    assert share_plan(by=cast.owner, plan=old.plan).expires_at > clock.now()


def test_views_are_counted_without_a_line_in_the_history(cast):
    share = PlanShareFactory(account=cast.account)
    count_view(link=share)
    count_view(link=share)
    share.refresh_from_db()
    assert (share.views, share.last_viewed_at is None, share.history.count()) == (2, False, 1)


def test_an_address_is_found_only_with_its_signature(cast):
    share = PlanShareFactory(account=cast.account)
    token = token_of(share)
    assert link_of(PlanShare, token) == share
    other = PlanShareFactory(account=cast.strangers)
    key, signature = token.split(".")
    forged = f"{other.key.hex}.{signature}"
    for wrong in (key, f"{key}.", f"{key}.x", token[:-1], token + "a", forged, "", ".", str(share.pk), "x" * 5000):
        assert link_of(PlanShare, wrong) is None, wrong
    assert PlanShare.objects.count() == 2
