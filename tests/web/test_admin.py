"""The admin: for admins only, refuses weights that do not sum, and remembers who changed what."""

import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.contrib import admin
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from accounts.models import User
from health.models import Alert, AlertRule, Dimension, Run, ScorecardVersion
from health.services.publishing import NotADraftError, draft_from, publish
from tests.cast import Cast
from tests.factories import (
    AlertFactory,
    AlertRuleFactory,
    DimensionFactory,
    IndicatorFactory,
    ScorecardVersionFactory,
    TierFactory,
    UserFactory,
)
from tests.health.admin.version_form import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.admin)
    return client


@pytest.fixture
def draft() -> ScorecardVersion:
    version = ScorecardVersionFactory(content=False)
    for share, metric in ((60, "login_days"), (40, "tickets_90d")):
        IndicatorFactory(dimension=DimensionFactory(version=version, weight=share), metric=metric)
    TierFactory(version=version, lower=0)
    return draft_from(version, by=None)


def address(version: ScorecardVersion) -> str:
    return reverse("admin:health_scorecardversion_change", args=[version.pk])


def test_every_list_of_the_admin_opens_for_an_admin(admin_client: Client) -> None:
    for model in admin.site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        # What there is only one of has its form in place of a list.
        assert admin_client.get(url, follow=True).status_code == 200, url


def test_it_wears_the_icon_and_the_accent_of_the_workspace(admin_client: Client) -> None:
    page = admin_client.get("/admin/").content.decode()
    assert f'<link rel="icon" href="{static("img/icon.svg")}"' in page
    accent = "oklch(47% 0.16 268)"
    assert f"--color-primary-600: {accent}" in page
    assert accent in (settings.BASE_DIR / "static/css/tokens.css").read_text()


def test_nobody_but_admins_enters(cast: Cast) -> None:
    for user in [cast.owner, cast.manager, cast.executive, cast.ae]:
        client = Client()
        client.force_login(user)
        assert client.get(reverse("admin:index"), follow=True).status_code == 403, user.role


def test_who_is_not_logged_in_is_sent_to_the_one_login(client: Client) -> None:
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("login"))


def test_weights_of_dimensions_that_sum_to_99_are_refused_with_the_sum(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    data = form_of(draft)
    data["dimensions-0-weight"] = Decimal(str(data["dimensions-0-weight"])) - 1
    response = admin_client.post(address(draft), data)
    assert response.status_code == 200
    assert "Weights of the dimensions must sum to 100; these sum to 99." in response.content.decode()
    assert sum(Dimension.objects.filter(version=draft).values_list("weight", flat=True)) == 100


def test_weights_of_indicators_that_sum_to_99_are_refused_with_the_sum(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    data = form_of(draft)
    data["dimensions-0-indicators-0-weight"] = Decimal(str(data["dimensions-0-indicators-0-weight"])) - 1
    response = admin_client.post(address(draft), data)
    assert "Weights of the indicators must sum to 100; these sum to 99." in response.content.decode()


def test_a_scorer_that_makes_no_sense_is_refused_by_the_field(admin_client: Client, draft: ScorecardVersion) -> None:
    data = form_of(draft) | {"dimensions-0-indicators-0-scorer_params": '{"bands": "high"}'}
    response = admin_client.post(address(draft), data)
    assert response.status_code == 200
    dimensions = response.context["inline_admin_formsets"][0].formset
    assert "scorer_params" in dimensions.forms[0].nested_formsets[0].formset.errors[0]


def test_age_bands_are_kept_with_their_indicator_and_an_emptied_field_has_none(
    admin_client: Client, draft: ScorecardVersion
) -> None:
    field = "dimensions-0-indicators-0-ages"
    young = [{"under_months": 6, "scorer": {"kind": "linear", "low": 0, "high": 10}}]
    for typed, kept in [(json.dumps(young), young), ("", [])]:
        assert admin_client.post(address(draft), form_of(draft) | {field: typed}).status_code == 302
        assert draft.dimensions.first().indicators.first().ages == kept


def test_age_bands_that_cannot_be_run_are_refused_by_the_field(admin_client: Client, draft: ScorecardVersion) -> None:
    for typed in ('[{"under_months": 6}]', "[6]", '{"a": 1}', "{"):
        response = admin_client.post(address(draft), form_of(draft) | {"dimensions-0-indicators-0-ages": typed})
        assert response.status_code == 200
        dimensions = response.context["inline_admin_formsets"][0].formset
        assert "ages" in dimensions.forms[0].nested_formsets[0].formset.errors[0], typed


def test_a_draft_that_sums_is_saved_and_the_history_names_the_admin(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    first, second = draft.dimensions.order_by("position", "pk")[:2]
    data = form_of(draft)
    data["dimensions-0-weight"], data["dimensions-1-weight"] = first.weight + 5, second.weight - 5
    response = admin_client.post(address(draft), data)
    assert response.status_code == 302, response.context["errors"]
    first.refresh_from_db()
    assert first.weight == Decimal(data["dimensions-0-weight"])
    history = admin_client.get(reverse("admin:health_scorecardversion_history", args=[draft.pk])).content.decode()
    assert cast.admin.name in history
    assert "weight" in history


def test_a_published_version_is_shown_and_not_changed(admin_client: Client) -> None:
    version = ScorecardVersionFactory(state="published")
    data = form_of(version)
    data["dimensions-0-label"] = "Hacked"
    admin_client.post(address(version), data)
    assert not Dimension.objects.filter(label="Hacked").exists()


def test_publishing_a_draft_retires_the_version_before(
    admin_client: Client, cast: Cast, draft: ScorecardVersion
) -> None:
    before = draft.scorecard.published
    assert before is not None
    admin_client.post(reverse("admin:health_scorecardversion_publish_draft", args=[draft.pk]))
    assert draft.scorecard.published == draft
    before.refresh_from_db()
    draft.refresh_from_db()
    assert (before.state, draft.published_by) == ("retired", cast.admin)


def test_a_draft_equals_the_version_that_it_was_taken_from() -> None:
    version = ScorecardVersionFactory(state="published")
    draft = draft_from(version, by=None)
    assert draft.number == version.number + 1
    assert draft.to_domain().dimensions == version.to_domain().dimensions
    assert draft.to_domain().tiers == version.to_domain().tiers


def test_what_is_published_cannot_be_published_again() -> None:
    with pytest.raises(NotADraftError, match="published already"):
        publish(ScorecardVersionFactory(state="published"), by=None)


@pytest.mark.parametrize("name", ["take_draft", "publish_draft"])
def test_a_link_to_a_button_asks_first_and_changes_nothing(
    admin_client: Client, draft: ScorecardVersion, name: str
) -> None:
    page = admin_client.get(reverse(f"admin:health_scorecardversion_{name}", args=[draft.pk]))
    assert "<h1" in page.content.decode()
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert draft.scorecard.versions.count() == 2


def test_a_weight_that_was_refused_is_kept_as_it_was_typed(admin_client: Client, draft: ScorecardVersion) -> None:
    response = admin_client.post(address(draft), form_of(draft) | {"dimensions-0-weight": "17.5"})
    assert 'value="17.5"' in response.content.decode()


def test_everybody_is_recomputed_from_the_admin_and_its_progress_is_shown(admin_client: Client, cast: Cast) -> None:
    url = reverse("admin:health_run_recompute_all")
    assert admin_client.get(url).status_code == 200
    assert not Run.objects.exists()
    response = admin_client.post(url)
    run = Run.objects.get()
    assert (run.by, run.scope) == (cast.admin, "all")
    assert response.headers["Location"] == reverse("health:run", args=[run.pk])


def test_the_history_of_a_rule_tells_its_own_changes_and_not_those_of_its_alerts(
    admin_client: Client, cast: Cast
) -> None:
    rule = AlertRuleFactory(name="Quiet rule")
    alert = AlertFactory(rule=rule, account=cast.account)
    Alert.objects.filter(pk=alert.pk).update(title="Something of the alert")
    AlertRule.objects.filter(pk=rule.pk).update(name="Loud rule")
    page = admin_client.get(reverse("admin:health_alertrule_history", args=[rule.pk])).content.decode()
    assert "Quiet rule" in page
    assert "Loud rule" in page
    assert "Something of the alert" not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("health/scorecardversion/abc/history/", 404),
        ("health/scorecardversion/99999999999999999999/history/", 404),
        ("health/scorecardversion/abc/publish", 404),
        ("health/scorecardversion/99999999999999999999/draft", 404),
        ("health/scorecardversion/abc/change/", 302),
        ("accounts/account/?q=%00", 302),
        ("accounts/account/?name__contains=%00", 302),
        ("accounts/account/?p=99999", 200),
        ("accounts/account/?o=77", 200),
        ("accounts/account/?segment__id__exact=abc", 302),
        ("accounts/account/?nosuch=1", 302),
        ("autocomplete/?app_label=accounts&model_name=account&field_name=parent&term=%00", 200),
        ("auth/group/", 404),
    ],
)
def test_odd_addresses_get_an_answer_and_no_failure(admin_client: Client, path: str, status: int) -> None:
    assert admin_client.get(f"{reverse('admin:index')}{path}", follow=status != 302).status_code == status


def test_a_ring_in_the_reporting_line_is_refused(admin_client: Client, cast: Cast) -> None:
    executive, manager = cast.executive, cast.manager
    url = reverse("admin:accounts_user_change", args=[executive.pk])
    data = {
        "name": executive.name, "email": executive.email, "title": "", "role": executive.role, "manager": manager.pk,
        "is_active": "on", "time_zone": "UTC", "email_delivery": executive.email_delivery,
    }  # fmt: skip
    response = admin_client.post(url, data)
    assert "lines cannot form a ring" in response.content.decode()
    executive.refresh_from_db()
    assert executive.manager is None


def test_a_new_user_is_made_with_a_password_that_follows_the_rules(admin_client: Client) -> None:
    data = {"name": "Nina New", "email": "nina@example.com", "title": "", "role": "csm", "password1": "short"}
    refused = admin_client.post(reverse("admin:accounts_user_add"), data)
    assert "too short" in refused.content.decode()
    admin_client.post(reverse("admin:accounts_user_add"), data | {"password1": "a long enough pass phrase"})
    assert User.objects.get(email="nina@example.com").check_password("a long enough pass phrase")


def test_a_read_only_admin_looks_and_changes_nothing(draft: ScorecardVersion) -> None:
    client = Client()
    client.force_login(UserFactory(as_admin=True, read_only=True))
    assert client.get(address(draft)).status_code == 200
    assert client.post(address(draft), form_of(draft)).status_code == 403


def test_a_read_only_admin_starts_no_recompute() -> None:
    client = Client()
    client.force_login(UserFactory(as_admin=True, read_only=True))
    assert client.post(reverse("admin:health_run_recompute_all")).status_code == 403
    assert not Run.objects.exists()
