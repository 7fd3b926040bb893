"""Tuning a draft: what it would change is seen before it judges anybody, saved once, published once, and taken back."""

import re
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from health.models import Dimension, Indicator, Run, Scorecard, ScorecardVersion, Snapshot
from health.services import runs
from health.services.publishing import draft_from, fingerprint, publish
from tests.cast import Cast, logged_in
from tests.factories import ScorecardVersionFactory, SnapshotFactory, UserFactory
from tests.health.making import TODAY, account, ago, noon, observed_account

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    cache.clear()
    with time_machine.travel(noon(0), tick=False):
        yield


def url(version: ScorecardVersion, name: str = "tuning") -> str:
    return reverse(f"admin:health_scorecardversion_{name}", args=[version.pk])


def weights_of(version: ScorecardVersion, **dimensions: int) -> dict[str, Any]:
    """All weights as the page sends them, with other ones for some dimensions."""
    data: dict[str, Any] = {"seen": fingerprint(version)}
    for dimension in version.dimensions.all():
        data[f"d{dimension.pk}"] = dimensions.get(dimension.key, dimension.weight)
        data |= {f"i{row.pk}": row.weight for row in dimension.indicators.all()}
    return data


def keys_of(version: ScorecardVersion) -> list[str]:
    return list(version.dimensions.order_by("position").values_list("key", flat=True))


def moved_weights(version: ScorecardVersion) -> dict[str, Any]:
    """The first dimension at 5, the second at what that leaves of both."""
    first, second = version.dimensions.order_by("position")[:2]
    return weights_of(version, **{first.key: 5, second.key: int(first.weight + second.weight) - 5})


def scored_book() -> list[Account]:
    book = [observed_account(strength, arr=arr) for strength, arr in ((0.0, 10_000), (0.5, 20_000), (1.0, 40_000))]
    runs.start_run(dispatch=False)
    finish_all()
    return book


def test_a_draft_that_changes_nothing_moves_nobody(admin_client: Client, draft: ScorecardVersion) -> None:
    book = scored_book()
    preview = admin_client.get(url(draft)).context["preview"]
    assert preview.accounts == Account.objects.filter(archived_at=None).count()
    assert preview.comparison.changed == 0
    assert preview.movers == ()
    kept = {row.account_id: row.rank or 0 for row in Snapshot.objects.filter(day=TODAY)}
    assert sum(row.now for row in preview.tiers if row.rank) == sum(rank > 0 for rank in kept.values())
    assert {one.pk for one in book} <= set(kept)


def test_other_weights_are_tried_and_not_saved(admin_client: Client, draft: ScorecardVersion) -> None:
    scored_book()
    before = fingerprint(draft)
    response = admin_client.get(url(draft), moved_weights(draft))
    preview = response.context["preview"]
    assert preview.movers
    assert all(one.why and one.points for one in preview.movers)
    assert response.context["unsaved"]
    assert "Save the draft to publish it" in response.content.decode()
    assert fingerprint(draft) == before


def test_while_weights_are_typed_only_the_preview_is_sent(admin_client: Client, draft: ScorecardVersion) -> None:
    scored_book()
    headers = {"HX-Request": "true", "HX-Target": "preview"}
    page = admin_client.get(url(draft), moved_weights(draft), headers=headers).content.decode()
    assert "<html" not in page
    assert 'id="preview"' in page
    assert re.search(r'id="sums" hx-swap-oob="true"[^>]*>sum 100 %', page)
    assert re.search(r'id="publish" hx-swap-oob="true"', page)


def test_weights_that_do_not_sum_are_refused_by_the_field_and_kept(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    first = keys_of(draft)[0]
    before = fingerprint(draft)
    data = weights_of(draft, **{first: 17})
    refused = admin_client.post(url(draft), data)
    assert refused.status_code == 422
    dimension = Dimension.objects.get(version=draft, key=first)
    assert "must sum to 100; they sum to 82" in refused.context["form"].errors[f"d{dimension.pk}"][0]
    assert 'value="17"' in refused.content.decode()
    tried = admin_client.get(url(draft), data)
    assert "sum 82 %" in tried.content.decode()
    assert "preview" not in tried.context
    assert fingerprint(draft) == before


@pytest.mark.parametrize("typed", ["", "abc", "-1", "101", "NaN", "1e400", "\0"])
def test_what_is_no_weight_is_refused_with_a_message(admin_client: Client, draft: ScorecardVersion, typed: str) -> None:
    dimension = draft.dimensions.first()
    assert dimension is not None
    data = weights_of(draft) | {f"d{dimension.pk}": typed}
    assert admin_client.post(url(draft), data).status_code == 422
    assert admin_client.get(url(draft), data).status_code == 200


def test_weights_are_saved_in_the_draft(admin_client: Client, draft: ScorecardVersion) -> None:
    first = keys_of(draft)[0]
    assert admin_client.post(url(draft), moved_weights(draft)).status_code == 302
    assert Dimension.objects.get(version=draft, key=first).weight == Decimal(5)
    draft.to_domain()


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(admin_client: Client, draft: ScorecardVersion) -> None:
    both_saw = weights_of(draft)
    admin_client.post(url(draft), moved_weights(draft))
    saved = fingerprint(draft)
    slower = admin_client.post(url(draft), both_saw)
    assert slower.status_code == 409
    assert "Somebody changed" in slower.content.decode()
    assert fingerprint(draft) == saved


def publication(client: Client, draft: ScorecardVersion, **more: Any) -> dict[str, Any]:
    form = client.get(url(draft)).context["publish"]
    return {"seen": form["seen"].value(), "judging": form["judging"].value(), **more}


def test_publishing_starts_the_recompute_and_is_done_once(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    before = draft.scorecard.published
    data = publication(admin_client, draft, recompute="on")
    first = admin_client.post(url(draft, "publish_draft"), data)
    run = Run.objects.get()
    assert first.headers["Location"] == reverse("health:run", args=[run.pk])
    admin_client.post(url(draft, "publish_draft"), data)
    draft.refresh_from_db()
    assert (draft.state, draft.published_by, draft.replaced) == ("published", cast.admin, before)
    assert Run.objects.count() == 1


def test_what_was_changed_after_the_preview_is_not_published(admin_client: Client, draft: ScorecardVersion) -> None:
    data = publication(admin_client, draft)
    admin_client.post(url(draft), moved_weights(draft))
    answer = admin_client.post(url(draft, "publish_draft"), data, follow=True)
    assert "Somebody changed" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_of_two_drafts_published_at_once_the_second_has_to_look_again(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    other = draft_from(draft, by=None)
    data = publication(admin_client, other)
    publish(draft, by=None)
    answer = admin_client.post(url(other, "publish_draft"), data, follow=True)
    assert "published meanwhile" in answer.content.decode()
    other.refresh_from_db()
    assert other.state == "draft"


def test_a_publication_is_taken_back_by_one_click_and_not_by_two(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    before = draft.scorecard.published
    assert before is not None
    admin_client.post(url(draft), moved_weights(draft))
    draft = publish(draft, by=cast.admin)
    page = admin_client.get(url(draft, "versions"))
    assert "Weight of" in page.content.decode()
    for _ in range(2):
        admin_client.post(url(before, "bring_back"), {"judging": page.context["judging"]})
    assert draft.scorecard.versions.count() == 3
    again = draft.scorecard.published
    assert again is not None
    assert again.number == 3
    assert (again.taken_from, again.replaced) == (before, draft)
    assert again.to_domain().dimensions == before.to_domain().dimensions


def test_history_is_restated_without_alerts_and_marked(admin_client: Client, draft: ScorecardVersion) -> None:
    one = observed_account(1.0)
    runs.start_run(since=ago(3), as_of=ago(1), dispatch=False)
    finish_all()
    admin_client.post(url(draft), moved_weights(draft))
    data = publication(admin_client, draft, restate="on", days=2)
    admin_client.post(url(draft, "publish_draft"), data)
    run = Run.objects.latest("pk")
    assert (run.since, run.as_of, run.alerts) == (ago(2), ago(1), False)
    for _ in range(2):
        finish_all()
        runs.start_run(since=ago(2), as_of=ago(1), dispatch=False)
    marks = dict(Snapshot.objects.filter(account=one).values_list("day", "restated_at"))
    assert {day: mark is not None for day, mark in marks.items()} == {ago(3): False, ago(2): True, ago(1): True}


def finish_all() -> None:
    for run in Run.objects.unfinished():
        while runs.work_off(run):
            pass


@pytest.mark.parametrize("days", ["0", "9999", "abc"])
def test_a_span_of_history_without_sense_publishes_nothing(
    admin_client: Client, draft: ScorecardVersion, days: str
) -> None:
    data = publication(admin_client, draft, restate="on", days=days)
    admin_client.post(url(draft, "publish_draft"), data)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_the_backtest_counts_customers_who_have_left(admin_client: Client) -> None:
    Scorecard.objects.update(is_default=False)
    version = ScorecardVersionFactory(scorecard__is_default=True)
    for place in range(12):
        left = ago(50) if place < 2 else None
        one = account(arr=1_000, churned_on=left, status="churned" if left else "active")
        reading = 3.0 if place < 2 else 28.0
        SnapshotFactory(account=one, version=version, day=ago(92), score=10, readings=[reading])
    draft = draft_from(version, by=None)
    response = admin_client.get(url(draft, "backtest"))
    tested = response.context["tested"]
    assert tested.now.outcomes == 2
    assert tested.now.auc == 1.0
    assert tested.draft.lowest.all_churned_cents == 200_000
    assert "Only 2 churned accounts" in response.content.decode()


def test_without_old_snapshots_the_backtest_says_so(admin_client: Client, draft: ScorecardVersion) -> None:
    assert "No snapshots are older than 90 days" in admin_client.get(url(draft, "backtest")).content.decode()


def test_a_book_without_accounts_has_a_page(draft: ScorecardVersion) -> None:
    client = logged_in(UserFactory(as_admin=True))
    Account.objects.all().delete()
    page = client.get(url(draft))
    assert page.context["preview"].accounts == 0
    assert "would judge nobody" in page.content.decode()


def test_a_metric_that_the_published_version_does_not_hold_is_read_from_observations(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    book = scored_book()
    dimension = draft.dimensions.order_by("position").first()
    assert dimension is not None
    Indicator.objects.filter(dimension=dimension).exclude(
        pk=Indicator.objects.filter(dimension=dimension).first().pk
    ).delete()
    Indicator.objects.filter(dimension=dimension).update(
        metric="last_activity_days", scorer_kind="decay", scorer_params={"fresh": 7, "stale": 60}, weight=100
    )
    preview = admin_client.get(url(draft)).context["preview"]
    assert len(preview.movers) >= len(book) - 1
    assert any("new in the draft" in why or "left out" in why for one in preview.movers for why in one.why)


def test_an_unknown_metric_is_said_and_no_failure(admin_client: Client, draft: ScorecardVersion) -> None:
    row = Indicator.objects.filter(dimension__version=draft).first()
    assert row is not None
    Indicator.objects.filter(pk=row.pk).update(metric="nobody_knows")
    for page in (url(draft), url(draft, "backtest"), url(draft, "versions")):
        response = admin_client.get(page)
        assert response.status_code == 200
        assert "No metric is called" in response.content.decode()


@pytest.mark.parametrize("name", ["tuning", "backtest", "versions", "bring_back"])
def test_only_admins_come_here(cast: Cast, draft: ScorecardVersion, name: str) -> None:
    for user in (cast.owner, cast.manager, cast.executive, cast.read_only):
        client = logged_in(user)
        assert client.get(url(draft, name)).status_code == 302
        assert client.post(url(draft, name), weights_of(draft)).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_read_only_admin_looks_and_changes_nothing(draft: ScorecardVersion) -> None:
    client = logged_in(UserFactory(as_admin=True, read_only=True))
    page = client.get(url(draft))
    assert page.status_code == 200
    assert "Save draft" not in page.content.decode()
    assert "Publish version" not in page.content.decode()
    assert client.post(url(draft), moved_weights(draft)).status_code == 403
    assert client.post(url(draft, "publish_draft"), {"recompute": "on"}).status_code == 403
    assert client.post(url(draft, "bring_back"), {"judging": 1}).status_code == 403


def test_other_methods_are_refused(admin_client: Client, draft: ScorecardVersion) -> None:
    assert admin_client.post(url(draft, "backtest")).status_code == 405
    assert admin_client.post(url(draft, "versions")).status_code == 405
    assert admin_client.get(url(draft, "bring_back")).status_code == 405
    assert admin_client.put(url(draft)).status_code == 405


def test_a_published_version_is_not_tuned_but_leads_to_all_versions(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    judging = draft.scorecard.published
    assert judging is not None
    assert admin_client.get(url(judging)).headers["Location"] == url(judging, "versions")
    assert admin_client.get(reverse("admin:health_scorecardversion_tuning", args=["abc"])).status_code == 404
