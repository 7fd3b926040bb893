"""Training as a workspace knows it: one a month, one at a time, used where it beats the table, never otherwise."""

import datetime as dt
from unittest.mock import patch

import pytest
import time_machine
from django.db import IntegrityError, transaction

from accounts.models import Account
from cs_workspace.common import clock
from health.models import ChurnModel, Run
from health.services import learning
from health.services.learning import SwitchError, ask_for_training, stop_using_model, train_churn_model, use_model
from health.tasks import train_churn_model as task
from tests.factories import ChurnModelFactory, UserFactory
from tests.health.churning import examples, model_in_use, write

pytestmark = pytest.mark.django_db


def at_noon(day: dt.date):
    return time_machine.travel(clock.start_of(day) + dt.timedelta(hours=12), tick=False)


def test_a_workspace_whose_readings_cause_its_churn_trains_a_model_that_counts(django_assert_max_num_queries):
    found = examples()
    with at_noon(write(found)), django_assert_max_num_queries(25):
        model = train_churn_model()
    assert (model.result, model.in_use, model.under_way) == ("better", True, False)
    assert (model.outcomes, model.accounts, model.sampled) == (found.outcome_count, 360, 360)
    assert model.examples == len(found)
    assert model.until - model.since == dt.timedelta(days=300)
    assert model.learned["auc"] > 0.75
    assert model.learned["brier"] < model.quality["table"]["brier"]
    assert model.parameters["features"] == ["login_days", "nps_class", "tickets_90d", "usage_change"]
    assert model.reason.startswith("It beats the tier table")
    with at_noon(model.as_of):
        again = train_churn_model()
        other = ask_for_training(by=UserFactory(as_admin=True))
        train_churn_model()
    other.refresh_from_db()
    assert again == model
    # On demand the same data give the same model.
    assert other != model
    assert (other.parameters, other.reason) == (model.parameters, model.reason)
    assert ChurnModel.objects.get(in_use=True) == other


def test_a_workspace_whose_churn_comes_by_lot_is_told_so_and_the_table_counts():
    before = model_in_use()
    with at_noon(write(examples(shuffled=True))):
        model = train_churn_model()
    assert (model.result, model.in_use) == ("not_better", False)
    assert model.reason.startswith("It does not beat the tier table")
    before.refresh_from_db()
    assert not before.in_use


def test_too_little_says_how_much_is_missing():
    with at_noon(write(examples(accounts=80))):
        model = train_churn_model()
    assert (model.result, model.in_use) == ("too_few", False)
    assert model.reason == f"{model.outcomes} of 60 churn outcomes and 80 of 300 accounts with history so far."
    assert model.parameters == {}


def test_an_empty_workspace_is_one_too():
    model = train_churn_model()
    assert (model.result, model.reason) == (
        "too_few", "0 of 60 churn outcomes and 0 of 300 accounts with history so far.",
    )  # fmt: skip


def test_a_month_is_trained_once_however_often_beat_asks():
    task()
    task()
    assert ChurnModel.objects.count() == 1
    with at_noon(clock.today() + dt.timedelta(days=32)):
        task()
        task()
    assert ChurnModel.objects.count() == 2


def test_only_one_is_under_way_and_asking_again_gives_that_one():
    admin = UserFactory(as_admin=True)
    first = ask_for_training(by=admin)
    assert ask_for_training(by=admin) == first
    assert (first.under_way, first.asked_by) == (True, admin)
    with pytest.raises(IntegrityError, match="churn_model_one_at_a_time"), transaction.atomic():
        ChurnModelFactory(under_way=True, result="")


def test_what_was_asked_for_is_trained_by_the_worker_that_comes_first(django_capture_on_commit_callbacks):
    with patch.object(learning, "send_training") as sent, django_capture_on_commit_callbacks(execute=True):
        model = ask_for_training(by=UserFactory(as_admin=True))
    sent.assert_called_once_with()
    task()
    model.refresh_from_db()
    assert model.result == "too_few"


def test_a_training_whose_worker_died_is_begun_again_and_given_up_after_three_times():
    class KilledError(Exception):
        """The worker is gone."""

    model = ask_for_training(by=UserFactory(as_admin=True))
    for attempt in range(1, 5):
        with (
            time_machine.travel(clock.now() + attempt * dt.timedelta(minutes=20), tick=False),
            patch.object(learning, "learn", side_effect=KilledError),
        ):
            if attempt <= 3:
                with pytest.raises(KilledError):
                    train_churn_model()
            # Nobody else takes it while it may still be at work.
            train_churn_model()
        model.refresh_from_db()
    assert (model.attempts, model.result, model.under_way) == (4, "failed", False)


def test_an_admin_switches_a_model_off_and_on_and_everybody_is_scored_anew(django_capture_on_commit_callbacks):
    admin, model = UserFactory(as_admin=True), model_in_use()
    with patch.object(learning, "start_run") as run, django_capture_on_commit_callbacks(execute=True):
        stop_using_model(model, by=admin)
    run.assert_called_once_with(by=admin)
    model.refresh_from_db()
    assert (model.in_use, model.switched_by) == (False, admin)
    with patch.object(learning, "start_run") as run, django_capture_on_commit_callbacks(execute=True):
        use_model(model, by=admin)
        use_model(model, by=admin)
    run.assert_called_once_with(by=admin)
    model.refresh_from_db()
    assert model.in_use


def test_using_an_older_version_puts_the_newer_one_away():
    admin, older, newer = UserFactory(as_admin=True), ChurnModelFactory(), model_in_use()
    use_model(older, by=admin)
    assert list(ChurnModel.objects.filter(in_use=True)) == [older]
    newer.refresh_from_db()
    assert not newer.in_use


@pytest.mark.parametrize("result", ["not_better", "too_few", "failed"])
def test_what_does_not_beat_the_table_cannot_be_used(result: str):
    model = ChurnModelFactory(result=result, reason="It does not beat the tier table: so it is.")
    with pytest.raises(SwitchError, match=r"cannot be used\. It does not beat the tier table"):
        use_model(model, by=UserFactory(as_admin=True))
    with pytest.raises(IntegrityError, match="churn_model_used_if_better"), transaction.atomic():
        ChurnModel.objects.filter(pk=model.pk).update(in_use=True)


def test_two_cannot_be_in_use_and_an_end_has_a_result():
    model_in_use()
    with pytest.raises(IntegrityError, match="churn_model_one_in_use"), transaction.atomic():
        model_in_use()
    with pytest.raises(IntegrityError, match="churn_model_ends_with_a_result"), transaction.atomic():
        ChurnModelFactory(result="")


def test_after_an_admin_switched_off_the_next_training_does_not_switch_on():
    better = {"result": "better", "reason": "It beats the tier table", "parameters": {}, "quality": {}}
    admin = UserFactory(as_admin=True)
    stop_using_model(model_in_use(), by=admin)
    with patch.object(learning, "_learned", return_value=better):
        quiet = train_churn_model()
        assert not quiet.in_use
        use_model(quiet, by=admin)
        with at_noon(clock.today() + dt.timedelta(days=32)):
            assert train_churn_model().in_use
    quiet.refresh_from_db()
    assert not quiet.in_use


def test_who_scores_anew_after_a_training_is_up_to_the_caller(django_capture_on_commit_callbacks):
    model_in_use()
    Account.objects.create(name="One")
    with django_capture_on_commit_callbacks(execute=True):
        train_churn_model(rescore=False)
    assert not Run.objects.exists()
    model_in_use()
    with (
        at_noon(clock.today() + dt.timedelta(days=32)),
        patch.object(learning, "start_run") as run,
        django_capture_on_commit_callbacks(execute=True),
    ):
        train_churn_model()
    run.assert_called_once_with(by=None)
