"""Figures of segments, taken by one worker while another brings up to date what they are taken by."""

import threading

import pytest
import time_machine
from django.db import connection

from cs_workspace.common import clock
from health.models import Run, SegmentFigures
from health.services import segments
from health.services.runs import start_run
from health.services.segments import ensure_figures
from tests.health.making import noon, observed_account


@pytest.fixture(autouse=True)
def clock_stands_at_noon():
    with time_machine.travel(noon(0), tick=False):
        yield


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_brings_arr_up_to_date_while_the_first_takes_the_figures(monkeypatch):
    one = observed_account(1.0)
    run, begun, refreshed, by = start_run(dispatch=False), threading.Event(), threading.Event(), []
    read, refresh = segments._readings, segments.refresh_terms

    def readings(*asked):
        begun.set()
        assert refreshed.wait(timeout=20)
        return read(*asked)

    def refresh_terms(**asked):
        by.append(threading.current_thread().name)
        refresh(**asked)
        refreshed.set()

    monkeypatch.setattr(segments, "_readings", readings)
    monkeypatch.setattr(segments, "refresh_terms", refresh_terms)

    def worker():
        try:
            ensure_figures(clock.today(), run=run)
        finally:
            connection.close()

    first, second = (threading.Thread(target=worker, name=name) for name in ("first", "second"))
    first.start()
    assert begun.wait(timeout=20)
    second.start()
    for thread in (first, second):
        thread.join(timeout=30)
    one.refresh_from_db()
    assert (by, one.arr) == (["second"], 30_000)
    assert SegmentFigures.objects.get().run_id == run.pk
    assert Run.objects.get().refreshed_at is not None


@pytest.mark.django_db
def test_a_worker_alone_does_both():
    one = observed_account(1.0)
    run = start_run(dispatch=False)
    ensure_figures(clock.today(), run=run)
    one.refresh_from_db()
    assert one.arr == 30_000
    assert SegmentFigures.objects.get().run_id == run.pk
