"""The demo company when its year is lived through: every page has something to tell."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pghistory.models import Context

from accounts.domain import onboarding, success_plans
from accounts.models import (
    Account,
    Notification,
    Objective,
    Onboarding,
    OnboardingRisk,
    OnboardingShare,
    OnboardingStep,
    PlanShare,
    PlaybookRun,
    Product,
    RoiRecord,
    SavedView,
    SuccessPlan,
    Task,
    User,
)
from accounts.models.success_plan import standing_case
from accounts.queries.plan_history import history_of as history_of_plan
from cs_workspace.common import clock
from cs_workspace.web.demo import LOGINS, boarding, living
from cs_workspace.web.demo.loading import load_demo
from cs_workspace.web.demo.planning import MOST_PLANS
from health.models import Alert, Disagreement, Pulse, Snapshot, TierOverride
from health.queries.alerts import history_of
from health.queries.judgement import pulse_condition
from tests import pristine
from tests.cast import logged_in

ACCOUNTS = 120


@pytest.fixture(scope="class")
def whole_year(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A smaller company and a year of fewer nights than at a first start, loaded once for all who look at it."""

    def days(as_of: dt.date, accounts: int) -> tuple[list[dt.date], list[dt.date]]:
        return [], [as_of - dt.timedelta(days=days) for days in (364, 250, 150, 90, 60, *range(28, 0, -4), 2, 1)]

    with django_db_blocker.unblock():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(living, "days_to_live", days)
            # Of so few customers none is endangered anew in the last days, so playbooks answer from the beginning.
            patch.setattr(boarding, "PLAYED", 200)
            load_demo(accounts=ACCOUNTS, seed=7)
        yield
        pristine.restore()


@pytest.mark.django_db
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("whole_year")
class TestAYear:
    """These only read."""

    def test_good_and_bad_scores_are_there_and_some_have_none(self) -> None:
        ranks = set(Account.objects.exclude(health_rank=None).values_list("health_rank", flat=True))
        assert {1, 2, 3} <= ranks
        assert Account.objects.filter(status="active", health_score=None).exists()
        assert Account.objects.filter(is_trial=True).exists()
        assert Account.objects.filter(status="churned").exists()

    def test_alerts_of_many_rules_in_every_state_are_there(self) -> None:
        assert len(set(Alert.objects.values_list("rule__key", flat=True))) >= 4
        assert set(Alert.objects.values_list("state", flat=True)) >= {"open", "acknowledged", "resolved"}

    def test_what_was_told_in_the_past_is_read_and_nothing_is_mailed(self) -> None:
        told = Notification.objects.filter(created_at__lt=clock.start_of(clock.today()))
        assert told.exists()
        assert not told.filter(read_at=None).exists()
        assert not Notification.objects.exclude(email_state="none").exists()

    def test_the_history_of_an_alert_stands_on_its_days_and_names_who_acted(self) -> None:
        alert = Alert.objects.filter(state="acknowledged").order_by("opened_at")[0]
        newest = history_of(alert)[0]
        assert newest.at.date() == alert.acknowledged_at.date()
        assert newest.by == alert.acknowledged_by.name
        closed = Alert.objects.filter(state="resolved", resolved_by=None).order_by("opened_at")[0]
        assert history_of(closed)[0].by == ""

    def test_renewals_are_near_and_scores_go_back_a_year(self) -> None:
        today = clock.today()
        near = Account.objects.filter(renewal_date__range=(today, today + dt.timedelta(days=90)))
        assert near.count() >= 3
        assert Snapshot.objects.filter(day=today).exists()
        assert Snapshot.objects.filter(day=today - dt.timedelta(days=364)).exists()

    @pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.role)
    def test_everybody_named_on_the_login_page_gets_in_and_finds_a_page(self, login: Any) -> None:
        user = User.objects.get(email=login.email)
        assert user.check_password(login.password)
        assert logged_in(user).get("/").status_code == 200

    def test_one_of_the_logins_has_quiet_hours(self) -> None:
        (quiet,) = User.objects.exclude(quiet_from=None)
        assert quiet.email in {login.email for login in LOGINS}
        quiet.full_clean(exclude=["password"])

    def test_products_and_views_are_there(self) -> None:
        assert Product.objects.count() == 3
        assert SavedView.objects.count() == 4

    def test_keys_handed_out_later_do_not_meet_those_of_the_demo(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('accounts_account', 'id'))")
            assert cursor.fetchone()[0] > Account.objects.order_by("-pk")[0].pk

    def test_it_shows_onboardings_that_are_on_track_late_stuck_endangered_and_done(self) -> None:
        today = clock.today()
        running = Onboarding.objects.running()
        assert {standing for standing in onboarding.Standing if running.standing(standing, today=today).exists()} >= {
            onboarding.Standing.ON_TRACK,
            onboarding.Standing.STUCK,
        }
        assert Onboarding.objects.filter(state="completed").exists()
        assert running.at_risk().exists()
        assert OnboardingStep.objects.exclude(evidence="").exists()
        assert OnboardingStep.objects.filter(state="done", by__isnull=False).exists()
        assert OnboardingShare.objects.exists()
        assert PlaybookRun.objects.filter(playbook__key__startswith="onboarding-", state="running").exists()
        [fallen] = PlaybookRun.objects.filter(playbook__key="touch-smb")
        assert (fallen.state, fallen.account.segment.key) == ("running", "smb")
        assert list(fallen.steps.order_by("place").values_list("task__status", flat=True)) == [None, "done", "open"]
        told = Task.objects.filter(origin_key__startswith="onboarding-risk:")
        assert told.count() <= OnboardingRisk.objects.count()
        mails = Notification.objects.filter(key__startswith="onboarding-risk:")
        assert not mails.exclude(email_state=Notification.Email.NONE).exists()

    def test_it_shows_pulses_stale_ones_and_none_overridden_tiers_and_disagreements(self) -> None:
        now = clock.now()
        latest, fresh = Pulse.objects.in_force(), Pulse.objects.fresh(now=now)
        assert fresh.count() > 10
        assert latest.count() > fresh.count()
        assert Account.objects.active().filter(pulse_condition("due")).count() > latest.count() - fresh.count()
        live = TierOverride.objects.live(now=now)
        assert live.count() >= 2
        assert TierOverride.objects.exclude(ended_by=None).count() == 1
        assert Account.objects.exclude(health_override=None).count() == live.count()
        assert Disagreement.objects.values("kind").distinct().count() >= 2

    def test_it_shows_plans_that_are_reached_behind_overdue_and_none(self) -> None:
        today = clock.today()
        plans = SuccessPlan.objects.kept()
        assert 10 < plans.count() <= MOST_PLANS
        assert plans.filter(owner__email=LOGINS[0].email).count() >= 5
        assert plans.review_due(today=today).exists()
        assert Account.objects.active().filter(success_plans=None).exists()
        standings = set(Objective.objects.annotate(standing=standing_case(today)).values_list("standing", flat=True))
        assert standings >= {
            success_plans.Standing.ACHIEVED,
            success_plans.Standing.ON_TRACK,
            success_plans.Standing.AT_RISK,
            success_plans.Standing.MISSED,
        }
        assert RoiRecord.objects.exclude(confirmed_by=None).exists()
        assert PlanShare.objects.filter(views=3).exists()
        plan = PlanShare.objects.first().plan
        told = history_of_plan(plan).entries
        assert {entry.by for entry in told} == {plan.owner.name}
        assert len({clock.day_of(entry.at) for entry in told}) > 5
        assert not Context.objects.filter(metadata__has_key="at").exists()
