"""A metric of one's own, from the form in which it gets its meaning to the page that explains a score with it."""

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from health.domain.observations import PointRow
from health.models import AlertRule, CustomMetric, Indicator, MetricPoint, Run, Scorecard, ScorecardVersion, Snapshot
from health.services import runs
from health.services.observing import record_metric_points
from tests.cast import Cast, logged_in
from tests.factories import UserFactory
from tests.health.admin.version_form import form_of
from tests.health.making import TODAY, ago, noon, observed_account

pytestmark = pytest.mark.django_db

DESCRIBED = {
    "name": "seats_in_pilot",
    "label": "Pilot seats",
    "kind": "count",
    "unit": "seats",
    "direction": "higher",
    "source": "Product database",
    "window": "now",
    "definition": "Seats that the pilot uses.",
}


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    cache.clear()
    AlertRule.objects.update(active=False)
    with time_machine.travel(noon(0), tick=False):
        yield


def address(of: type[Model] | Model, name: str) -> str:
    opts = of._meta
    keys = [of.pk] if isinstance(of, Model) else []
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=keys)


def judged_by(draft: ScorecardVersion, metric: str, **scorer: Any) -> Indicator:
    """The first indicator of the draft looks at another metric."""
    row = Indicator.objects.filter(dimension__version=draft).order_by("dimension__position", "position")[0]
    row.metric, row.label = metric, "Pilot"
    row.scorer_kind = scorer.pop("kind", "linear")
    row.scorer_params = scorer or {"low": 0, "high": 40}
    row.save()
    return row


def finish_all() -> None:
    for run in Run.objects.unfinished():
        while runs.work_off(run):
            pass


def test_a_metric_made_in_the_admin_judges_every_account_and_is_explained(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    book = [observed_account(1.0, owner=cast.owner) for _ in range(2)]
    record_metric_points(
        [PointRow(one.pk, "seats_in_pilot", ago(2), seats) for one, seats in zip(book, (10.0, 30.0), strict=True)]
    )
    # Sent and not described yet: the form offers the name, and a draft cannot look at it before it means something.
    page = admin_client.get(address(CustomMetric, "add")).content.decode()
    assert "Sent and not described yet: seats_in_pilot." in page
    assert admin_client.post(address(CustomMetric, "add"), DESCRIBED).status_code == 302
    # Into the draft, by its own form.
    data = form_of(draft)
    assert "Pilot seats (seats_in_pilot, sent)" in admin_client.get(address(draft, "change")).content.decode()
    first = "dimensions-0-indicators-0"
    data |= {f"{first}-metric": "seats_in_pilot", f"{first}-label": "Pilot seats", f"{first}-scorer_kind": "linear"}
    data |= {f"{first}-scorer_params": '{"low": 0, "high": 40}'}
    answer = admin_client.post(address(draft, "change"), data)
    assert answer.status_code == 302, answer.context["errors"]
    # The preview reads it before any snapshot holds it.
    preview = admin_client.get(reverse("admin:health_scorecardversion_tuning", args=[draft.pk])).context["preview"]
    assert preview.accounts >= len(book)
    # Published, everybody is computed anew, and the account says what it counts.
    published = admin_client.post(
        reverse("admin:health_scorecardversion_publish_draft", args=[draft.pk]), {"recompute": "on"}
    )
    assert published.status_code == 302
    finish_all()
    place = 0
    readings = {row.account_id: row.readings[place] for row in Snapshot.objects.filter(day=TODAY, version=draft)}
    assert [readings[one.pk] for one in book] == [10.0, 30.0]
    points = {row.account_id: row.points[place] for row in Snapshot.objects.filter(day=TODAY, version=draft)}
    assert points[book[0].pk] * 3 == pytest.approx(points[book[1].pk])
    html = logged_in(cast.owner).get(reverse("health:account-panel", args=[book[0].pk])).content.decode()
    for words in ("Pilot seats", "Seats that the pilot uses.", "Product database", 'id="term-seats_in_pilot"'):
        assert words in html, words


def test_an_account_of_which_nothing_was_sent_is_not_judged_by_it(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    CustomMetric.objects.create(**DESCRIBED)
    judged_by(draft, "seats_in_pilot")
    one = observed_account(1.0, owner=cast.owner)
    admin_client.post(reverse("admin:health_scorecardversion_publish_draft", args=[draft.pk]), {"recompute": "on"})
    finish_all()
    snapshot = Snapshot.objects.get(account=one, day=TODAY)
    assert snapshot.readings[0] is None
    assert snapshot.score is not None
    assert snapshot.confidence < 1


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"name": "login_days"}, "name", "is a metric that ships"),
        ({"name": "Pilot Seats"}, "name", "small letters, digits and underscores"),
        ({"name": ""}, "name", "required"),
        ({"label": "Seats {v}"}, "label", "Braces"),
        ({"kind": "category"}, "kind", "category is not one of the available choices"),
    ],
)
def test_what_means_nothing_is_refused_by_the_field(
    admin_client: Client, typed: dict[str, str], field: str, said: str
) -> None:
    answer = admin_client.post(address(CustomMetric, "add"), DESCRIBED | typed)
    assert answer.status_code == 200
    assert said in " ".join(answer.context["adminform"].form.errors[field])
    assert not CustomMetric.objects.exists()


def test_the_form_says_what_becomes_of_categories(admin_client: Client) -> None:
    page = admin_client.get(address(CustomMetric, "add")).content.decode()
    assert "Send a category (gold, silver, bronze) as the number of its step" in page


def test_a_metric_that_is_used_is_neither_deleted_nor_renamed_and_says_by_whom(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    used, free = CustomMetric.objects.create(**DESCRIBED), CustomMetric.objects.create(name="other", label="Other")
    judged_by(draft, "seats_in_pilot")
    user = f"Ops v{draft.number}: “Pilot” in Product usage"
    for answer in (
        admin_client.get(address(used, "delete")),
        admin_client.post(address(used, "delete"), {"post": "yes"}),
        admin_client.post(
            address(CustomMetric, "changelist"),
            {"action": "delete_selected", "_selected_action": [used.pk, free.pk], "post": "yes"},
        ),
    ):
        assert answer.status_code == 409
        assert user in answer.content.decode()
    renamed = admin_client.post(address(used, "change"), DESCRIBED | {"name": "pilot_seats"})
    assert user in renamed.context["adminform"].form.errors["name"][0]
    assert CustomMetric.objects.count() == 2
    assert admin_client.post(address(used, "change"), DESCRIBED | {"label": "Seats"}).status_code == 302
    used.refresh_from_db()
    assert (used.name, used.label) == ("seats_in_pilot", "Seats")


def test_a_metric_that_nobody_uses_is_renamed_and_deleted_and_what_was_sent_stays(admin_client: Client) -> None:
    free = CustomMetric.objects.create(**DESCRIBED)
    record_metric_points([PointRow(observed_account().pk, "seats_in_pilot", TODAY, 3.0)])
    assert admin_client.post(address(free, "change"), DESCRIBED | {"name": "pilot_seats"}).status_code == 302
    assert admin_client.post(address(free, "delete"), {"post": "yes"}).status_code == 302
    assert not CustomMetric.objects.exists()
    assert MetricPoint.objects.filter(name="seats_in_pilot").exists()


def test_a_scorecard_that_is_used_is_neither_deleted_nor_renamed_and_says_by_what(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    scorecard = draft.scorecard
    for answer in (
        admin_client.get(address(scorecard, "delete")),
        admin_client.post(address(scorecard, "delete"), {"post": "yes"}),
    ):
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "version 1: published, it judges accounts" in page
        assert "version 2: a draft" in page
    data = {"name": "Ours", "key": scorecard.key, "is_default": "on", "segment": "", "stage": "", "product": ""}
    renamed = admin_client.post(address(scorecard, "change"), data)
    said = renamed.context["adminform"].form.errors["name"][0]
    assert "It keeps its name, for it is used: version 2: a draft; version 1: published" in said
    assert Scorecard.objects.get().name == scorecard.name


def test_a_scorecard_without_versions_is_renamed_and_deleted(admin_client: Client) -> None:
    empty = Scorecard.objects.create(key="empty", name="Empty")
    data = {"name": "Ours", "key": "ours", "segment": "", "stage": "", "product": ""}
    assert admin_client.post(address(empty, "change"), data).status_code == 302
    assert admin_client.post(address(empty, "delete"), {"post": "yes"}).status_code == 302
    assert not Scorecard.objects.filter(pk=empty.pk).exists()


def test_a_new_scorecard_comes_from_a_preset_and_judges_nobody_until_it_is_bound(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    page = reverse("admin:health_scorecard_from_preset")
    assert "New scorecard from preset…" in admin_client.get(address(Scorecard, "changelist")).content.decode()
    offered = dict(admin_client.get(page).context["form"].fields["preset"].choices)
    assert "ops" not in offered
    answer = admin_client.post(page, {"preset": "lifecycle"})
    made = Scorecard.objects.exclude(pk=draft.scorecard_id).get()
    assert answer.headers["Location"] == address(made, "change")
    assert made.published is not None
    assert made.published.published_by == cast.admin
    assert (made.is_default, made.segment, made.stage, made.product) == (False, None, "", None)
    one = observed_account(1.0)
    runs.start_run(dispatch=False)
    finish_all()
    assert Snapshot.objects.get(account=one, day=TODAY).version.scorecard_id == draft.scorecard_id
    assert Account.objects.filter(pk=one.pk, health_rank__isnull=False).exists()


@pytest.mark.parametrize("typed", ["ops", "magic", ""])
def test_a_preset_that_is_there_or_does_not_exist_is_refused_by_the_field(
    admin_client: Client, draft: ScorecardVersion, typed: str
) -> None:
    answer = admin_client.post(reverse("admin:health_scorecard_from_preset"), {"preset": typed})
    assert answer.status_code == 422
    assert answer.context["form"].errors["preset"]
    assert Scorecard.objects.count() == 1


def test_a_read_only_admin_makes_nothing(draft: ScorecardVersion) -> None:
    client = logged_in(UserFactory(as_admin=True, read_only=True))
    assert client.post(reverse("admin:health_scorecard_from_preset"), {"preset": "lifecycle"}).status_code == 403
    assert client.post(address(CustomMetric, "add"), DESCRIBED).status_code == 403
    assert not CustomMetric.objects.exists()
    assert Scorecard.objects.count() == 1
