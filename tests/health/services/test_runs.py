"""Runs in chunks: made once, claimed once, counted once, resumed."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.models import Account
from health import tasks
from health.models import Chunk, DirtyMark, Run, Snapshot
from health.queries.runs import progress_of, subject_of
from health.services import runs
from health.services.observing import mark_dirty
from tests.cast import make_cast
from tests.factories import UserFactory
from tests.health.making import TODAY, account, ago, contents, noon, observed_account, usage

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.fixture(autouse=True)
def chunks_are_small(monkeypatch):
    monkeypatch.setattr(runs, "CHUNK_ACCOUNTS", 2)


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    """Keys of the chunks that were handed to workers."""
    found: list[int] = []
    monkeypatch.setattr(tasks.recompute_chunk, "apply_async", lambda kwargs, retry: found.append(kwargs["chunk_id"]))
    return found


def finish(run: Run) -> Run:
    while runs.work_off(run):
        pass
    run.refresh_from_db()
    return run


def later(**span):
    return time_machine.travel(noon(0) + dt.timedelta(**span), tick=False)


def test_a_run_covers_all_accounts_in_chunks_and_adds_up_what_came_of_them():
    for strength in (0.0, 1.0, 1.0):
        observed_account(strength, owner=None)
    account(is_trial=True)
    run = runs.start_run(dispatch=False)
    assert [len(chunk.account_ids) for chunk in run.chunks.all()] == [2, 2]
    Run.objects.update(alerts=False)
    done = progress_of(finish(run))
    assert (done.run.state, done.chunks, done.done, done.share) == ("done", 2, 2, 1)
    assert (done.accounts, done.scored, done.skipped) == (4, 3, {"trial": 1})
    assert done.tiers == {"Healthy": 2, "Critical": 1}
    assert not done.is_running


def test_the_run_of_a_night_is_there_once_however_often_beat_asks(sent, django_capture_on_commit_callbacks):
    observed_account()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.recompute_nightly()
        tasks.recompute_nightly()
    run = Run.objects.get()
    assert run.key == f"nightly:{TODAY}"
    assert sent == [chunk.pk for chunk in run.chunks.all()]


def test_asking_for_the_same_while_it_runs_gives_the_same_run():
    one = observed_account()
    user = UserFactory(as_manager=True)
    first = runs.start_run(scope=runs.scope_of(account=one), by=user, dispatch=False)
    assert runs.start_run(scope=runs.scope_of(account=one), dispatch=False) == first
    assert runs.start_run(dispatch=False) != first
    finish(first)
    assert runs.start_run(scope=runs.scope_of(account=one), dispatch=False) != first


def test_a_run_without_accounts_is_done_at_once():
    assert runs.start_run(dispatch=False).state == Run.State.DONE


def test_a_book_is_what_its_user_sees():
    cast = make_cast()
    run = runs.start_run(scope=runs.scope_of(book_of=cast.owner), by=cast.owner, dispatch=False)
    assert [chunk.account_ids for chunk in run.chunks.all()] == [[cast.account.pk]]
    assert subject_of(run) == "The book of Olga Owner"


def test_days_to_come_and_spans_that_end_before_they_begin_are_refused():
    with pytest.raises(runs.RunError, match="2026-03-16 is still to come"):
        runs.start_run(as_of=ago(-1))
    with pytest.raises(runs.RunError, match="is after the last"):
        runs.start_run(since=TODAY, as_of=ago(1))


def test_a_backfill_rebuilds_every_day_and_leaves_the_rows_and_alerts_alone():
    accounts = [observed_account(0.0), observed_account(1.0), observed_account(0.5)]
    rows = contents(Account)
    run = finish(runs.start_run(since=ago(3), as_of=ago(1), dispatch=False))
    assert (run.kind, run.state) == ("backfill", "done")
    assert Snapshot.objects.count() == 9
    assert set(Snapshot.objects.values_list("day", flat=True)) == {ago(1), ago(2), ago(3)}
    assert contents(Account) == rows
    assert progress_of(run).accounts == 9
    assert len(accounts) == 3


def test_a_backfill_up_to_today_brings_the_rows_up_to_date_and_stays_quiet():
    one = observed_account(0.0)
    finish(runs.start_run(since=ago(1), dispatch=False))
    one.refresh_from_db()
    assert one.health_tier == "Critical"
    assert not one.alerts.exists()


def test_a_chunk_that_somebody_has_claimed_is_left_to_them():
    observed_account()
    chunk = runs.start_run(dispatch=False).chunks.get()
    Chunk.objects.update(claimed_at=noon(0), attempts=1)
    assert runs.run_chunk(chunk.pk) is False
    assert not Snapshot.objects.exists()


def test_a_claim_that_grew_old_is_taken_over():
    observed_account()
    chunk = runs.start_run(dispatch=False).chunks.get()
    Chunk.objects.update(claimed_at=noon(0), attempts=1)
    with later(seconds=91):
        assert runs.run_chunk(chunk.pk) is True
    chunk.refresh_from_db()
    assert (chunk.attempts, chunk.scored) == (2, 1)


def test_a_chunk_done_twice_counts_once():
    observed_account()
    run = runs.start_run(dispatch=False)
    chunk = run.chunks.get()
    Run.objects.update(alerts=False)
    tasks.recompute_chunk(chunk_id=chunk.pk)
    before = contents(Chunk, Run, Snapshot)
    tasks.recompute_chunk(chunk_id=chunk.pk)
    assert contents(Chunk, Run, Snapshot) == before


def test_a_worker_that_was_overtaken_writes_nothing_more(monkeypatch):
    observed_account()
    run = runs.start_run(dispatch=False)
    chunk = run.chunks.get()

    def overtaken(*args, **options):
        Chunk.objects.update(done_at=noon(0), scored=7)
        return runs.Outcome(scored=1)

    monkeypatch.setattr(runs, "recompute_accounts", overtaken)
    assert runs.run_chunk(chunk.pk) is False
    chunk.refresh_from_db()
    assert chunk.scored == 7


def test_a_failing_chunk_is_tried_five_times_and_then_the_run_has_failed(monkeypatch, sent):
    observed_account()
    observed_account()
    observed_account()
    run = runs.start_run(dispatch=False)
    good, bad = run.chunks.order_by("number")
    real = runs.recompute_accounts

    def failing(ids, **options):
        if list(ids) == bad.account_ids:
            raise ZeroDivisionError("a part is broken")
        return real(ids, **options)

    monkeypatch.setattr(runs, "recompute_accounts", failing)
    runs.run_chunk(good.pk)
    for attempt in range(5):
        run.refresh_from_db()
        assert run.state == Run.State.RUNNING
        assert runs.resume_runs() == (1 if attempt else 0)
        with pytest.raises(ZeroDivisionError):
            runs.run_chunk(bad.pk)
    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert progress_of(run).error == "a part is broken"
    assert progress_of(run).scored == 2
    assert runs.run_chunk(bad.pk) is False


def test_the_sweep_sends_what_was_lost_and_not_what_still_waits(sent):
    for _ in range(5):
        observed_account()
    run = runs.start_run(dispatch=False)
    first, second, third = run.chunks.order_by("number")
    assert runs.resume_runs() == 0
    Chunk.objects.filter(pk=first.pk).update(claimed_at=noon(0), attempts=1)
    with later(seconds=91):
        Chunk.objects.filter(pk=second.pk).update(claimed_at=noon(0) + dt.timedelta(seconds=80), attempts=1)
        # The run moves, so the third chunk is in the queue; the first one's worker is gone.
        assert runs.resume_runs() == 1
        assert sent == [first.pk]
    with later(seconds=300):
        sent.clear()
        assert runs.resume_runs() == 3
        assert sent == [first.pk, second.pk, third.pk]
        finish(run)
        assert runs.resume_runs() == 0


def test_a_broker_that_is_down_leaves_the_run_to_the_sweep(monkeypatch, caplog, django_capture_on_commit_callbacks):
    def down(**options):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.recompute_chunk, "apply_async", down)
    observed_account()
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.start_run()
    assert run.state == Run.State.RUNNING
    assert "recompute_chunk waits for the sweep" in caplog.text


def test_marked_accounts_are_computed_once_and_their_marks_are_gone():
    one, two = observed_account(), observed_account()
    DirtyMark.objects.all().delete()
    mark_dirty([one.pk, two.pk])
    mark_dirty([one.pk])
    assert runs.refresh_dirty() == 2
    assert Snapshot.objects.count() == 2
    assert not DirtyMark.objects.exists()
    assert runs.refresh_dirty() == 0


def test_an_observation_that_arrives_while_its_account_is_computed_is_not_lost(monkeypatch):
    one = observed_account()
    DirtyMark.objects.all().delete()
    mark_dirty([one.pk])
    real = runs.recompute_accounts
    times = []

    def slow(ids, **options):
        outcome = real(ids, **options)
        if not times:
            usage(one, [0], logins=77)
        times.append(list(ids))
        return outcome

    monkeypatch.setattr(runs, "recompute_accounts", slow)
    runs.refresh_dirty()
    assert times == [[one.pk], [one.pk]]
    assert not DirtyMark.objects.exists()


def test_what_another_worker_has_claimed_is_passed_over_until_it_is_gone():
    one = observed_account()
    DirtyMark.objects.update(claimed_at=noon(0))
    assert runs.refresh_dirty() == 0
    with later(seconds=91):
        assert runs.refresh_dirty() == 1
    assert Snapshot.objects.get().account_id == one.pk


def test_one_account_that_cannot_be_computed_holds_nobody_up(monkeypatch, caplog):
    bad, good = observed_account(), observed_account()
    real = runs.recompute_accounts

    def failing(ids, **options):
        if bad.pk in ids:
            raise ZeroDivisionError
        return real(ids, **options)

    monkeypatch.setattr(runs, "recompute_accounts", failing)
    runs.refresh_dirty()
    assert [snapshot.account_id for snapshot in Snapshot.objects.all()] == [good.pk]
    assert [mark.account_id for mark in DirtyMark.objects.all()] == [bad.pk]
    assert f"Account {bad.pk} could not be recomputed" in caplog.text


def test_runs_are_seen_by_those_who_asked_and_those_who_see_the_account():
    cast = make_cast()
    of_account = runs.start_run(scope=runs.scope_of(account=cast.account), by=cast.owner, dispatch=False)
    of_book = runs.start_run(scope=runs.scope_of(book_of=cast.owner), by=cast.owner, dispatch=False)
    of_all = runs.start_run(by=cast.admin, dispatch=False)

    def seen(user):
        return set(Run.objects.visible_to(user))

    assert seen(cast.owner) == {of_account, of_book}
    assert seen(cast.team_mate) == {of_account}
    assert seen(cast.outsider) == set()
    assert seen(cast.executive) == {of_account, of_book, of_all}


def test_two_requests_in_the_same_moment_make_one_run(monkeypatch):
    observed_account()
    first = runs.start_run(dispatch=False)
    # The other request looked before the first one was there, and so takes the same number.
    monkeypatch.setattr(Run.objects, "unfinished", lambda: Run.objects.none())
    monkeypatch.setattr(runs.Run.objects, "filter", lambda **_: Run.objects.none())
    with transaction.atomic():
        assert runs.start_run(dispatch=False).pk == first.pk
