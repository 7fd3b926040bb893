"""Files of decks: asked for once, made once, and made in the end whatever happens to a worker."""

import datetime as dt

import pytest
from kombu.exceptions import OperationalError

from cs_workspace.common import clock
from qbr import tasks
from qbr.models import Deck
from qbr.services import decks
from qbr.services.decks import FAILED, ask_deck, make_deck, resume_decks
from tests.factories.reviews import ReviewFactory

pytestmark = pytest.mark.django_db

PDF = Deck.Format.PDF


@pytest.fixture
def sent(monkeypatch):
    """The keys of decks for which a task was sent."""
    found = []
    monkeypatch.setattr(tasks.make_deck, "apply_async", lambda kwargs, retry: found.append(kwargs["deck_id"]))
    return found


@pytest.fixture
def review(cast):
    return ReviewFactory(account=cast.account)


def asked(cast, review, capture, kind=PDF):
    with capture(execute=True):
        return ask_deck(by=cast.owner, review=review, format=kind)


def test_it_is_asked_for_and_a_worker_is_told_once_it_is_kept(cast, review, sent, django_capture_on_commit_callbacks):
    deck = asked(cast, review, django_capture_on_commit_callbacks)
    assert (deck.state, deck.progress, deck.asked_by) == ("waiting", 0, cast.owner)
    assert sent == [deck.pk]


def test_asked_for_again_while_it_is_made_it_is_the_same(cast, review, sent, django_capture_on_commit_callbacks):
    one = asked(cast, review, django_capture_on_commit_callbacks)
    two = asked(cast, review, django_capture_on_commit_callbacks)
    assert one.pk == two.pk
    assert len(sent) == 1


@pytest.mark.parametrize(("kind", "begins"), [(Deck.Format.PDF, b"%PDF"), (Deck.Format.PPTX, b"PK")])
def test_a_worker_makes_it_and_a_second_one_does_nothing(
    cast, review, sent, kind, begins, django_capture_on_commit_callbacks
):
    deck = asked(cast, review, django_capture_on_commit_callbacks, kind)
    for _ in range(2):
        tasks.make_deck(deck_id=deck.pk)
    deck.refresh_from_db()
    assert (deck.state, deck.progress, deck.error) == ("ready", 100, "")
    assert bytes(deck.content).startswith(begins)


def test_one_that_was_made_is_made_anew(cast, review, sent, django_capture_on_commit_callbacks):
    deck = asked(cast, review, django_capture_on_commit_callbacks)
    make_deck(deck.pk)
    assert asked(cast, review, django_capture_on_commit_callbacks).state == "waiting"
    assert len(sent) == 2


def test_what_fails_says_so(cast, review, sent, monkeypatch, django_capture_on_commit_callbacks):
    deck = asked(cast, review, django_capture_on_commit_callbacks)
    monkeypatch.setitem(decks.MAKERS, "pdf", lambda _: 1 / 0)
    make_deck(deck.pk)
    deck.refresh_from_db()
    assert (deck.state, deck.error) == ("failed", FAILED)


def test_a_file_that_somebody_asked_for_anew_meanwhile_is_not_overwritten_by_the_old_one(
    cast, review, sent, monkeypatch, django_capture_on_commit_callbacks
):
    deck = asked(cast, review, django_capture_on_commit_callbacks)
    later = clock.now() + dt.timedelta(seconds=1)

    def slow(_):
        Deck.objects.filter(pk=deck.pk).update(asked_at=later, state="waiting")
        return b"old"

    monkeypatch.setitem(decks.MAKERS, "pdf", slow)
    make_deck(deck.pk)
    deck.refresh_from_db()
    assert (deck.state, deck.content) == ("waiting", None)


@pytest.mark.parametrize("state", ["waiting", "running"])
def test_the_sweep_sends_what_a_lost_worker_left(cast, review, sent, state, django_capture_on_commit_callbacks):
    deck = asked(cast, review, django_capture_on_commit_callbacks)
    resume_decks()
    assert sent == [deck.pk]
    Deck.objects.update(state=state, asked_at=clock.now() - dt.timedelta(minutes=3))
    tasks.resume_decks()
    assert sent == [deck.pk, deck.pk]
    make_deck(deck.pk)
    assert Deck.objects.get().state == "ready"


def test_the_sweep_gives_up_what_never_succeeds(cast, review, sent, django_capture_on_commit_callbacks):
    asked(cast, review, django_capture_on_commit_callbacks)
    Deck.objects.update(state="running", asked_at=clock.now() - dt.timedelta(hours=1))
    resume_decks()
    assert (Deck.objects.get().state, len(sent)) == ("failed", 1)


def test_without_a_broker_it_waits_for_the_sweep(cast, review, monkeypatch, django_capture_on_commit_callbacks):
    def away(kwargs, retry):
        raise OperationalError

    monkeypatch.setattr(tasks.make_deck, "apply_async", away)
    assert asked(cast, review, django_capture_on_commit_callbacks).state == "waiting"
