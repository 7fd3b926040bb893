"""Every form of daily work, sent twice: a double click makes one thing, and the second writer is told of the first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import connection

from tests.accounts.views.every_form import DIALOG, FORMS, Opened, errors_of, is_done, values_of
from tests.cast import Cast, logged_in
from tests.factories import AccountFactory

pytestmark = pytest.mark.django_db
# What a form makes by the way, each time or once: history, and the keys by which it is known.
ASIDE = {"SentForm", "Context", "Session", "Notification"}


def rows() -> dict[str, int]:
    """How many rows each table of ours holds."""
    models = [model for label in ("accounts", "health") for model in apps.get_app_config(label).get_models()]
    return {
        model.__name__: model._base_manager.count()
        for model in models
        if model.__name__ not in ASIDE and not model.__name__.endswith("Event")
    }


# They change what there is: who comes second is told that it is over, or says the same once more.
CHANGING = {
    *("a contact", "a feature request", "a merge", "a milestone", "a move to another stage", "a note", "a plan"),
    *("a place on the map", "a playbook", "a risk", "a snooze", "a step that is skipped", "a task", "a touch"),
    *("a use case", "a view", "an ROI record", "an ask", "an objective", "an onboarding that is given up", "who left"),
    *("the end of an onboarding", "the status of a feature request", "a step of a run that is skipped"),
    *("a run that is cancelled", "a link to a checklist", "a link to a plan", "a new view"),
}
MAKING = sorted(set(FORMS) - CHANGING)
# They are over records that others may have open as well.
CONTESTED = (
    *("a task", "a touch", "a note", "a contact", "a place on the map", "a plan", "an objective", "a use case"),
    *("a milestone", "a risk", "an ROI record", "a feature request", "a playbook"),
)


@pytest.mark.parametrize("name", MAKING)
def test_a_double_click_makes_one_thing(name: str, cast: Cast):
    form = Opened(cast, name)
    assert is_done(form.send())
    made = rows()
    again = form.send()
    assert is_done(again), errors_of(again)
    assert rows() == made


def afresh(cast: Cast) -> Cast:
    """The same people around another account."""
    return replace(cast, account=AccountFactory(owner=cast.owner))


def made_by(form: Opened, times: int) -> Counter[str]:
    """What there is more of after the form was sent so many times at the same moment."""
    before = Counter(rows())

    def send(_: int) -> int:
        client = logged_in(getattr(form.cast, form.filled.by))
        try:
            return client.post(form.filled.url, form.data, headers=DIALOG).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        assert list(pool.map(send, range(times))) == [200] * times
    return Counter(rows()) - before


@pytest.mark.django_db(transaction=True)
def test_what_arrives_twice_at_the_same_moment_makes_one_thing(cast: Cast):
    doubled = {}
    for name in MAKING:
        once, twice = (made_by(Opened(afresh(cast), name), times) for times in (1, 2))
        if once != twice:
            doubled[name] = (once, twice)
    assert not doubled


@pytest.mark.parametrize("name", CONTESTED)
def test_the_second_writer_is_told_and_may_insist(name: str, cast: Cast):
    theirs = Opened(cast, name)
    assert is_done(theirs.client.post(theirs.filled.url, theirs.data))
    mine = theirs.send(**theirs.filled.other)
    assert mine.status_code == 409
    (words,) = theirs.filled.other.values()
    assert words in mine.content.decode()
    insisted = theirs.client.post(theirs.filled.url, theirs.data | values_of(mine), headers={"HX-Request": "true"})
    assert is_done(insisted), errors_of(insisted)


@pytest.mark.parametrize("name", [name for name in CONTESTED if name != "a playbook"])
def test_the_same_change_sent_twice_is_no_conflict(name: str, cast: Cast):
    form = Opened(cast, name)
    assert is_done(form.send())
    assert is_done(form.send())
