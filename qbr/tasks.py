"""Entry points of reviews for Celery."""

from celery import shared_task

from cs_workspace.common import clock
from qbr.services import asking, decks, looking_after, measuring


@shared_task(name="qbr.tasks.look_after_reviews")
def look_after_reviews() -> None:
    """Lets reviews follow their accounts and opens those that are due; beat asks every hour, and twice does no harm."""
    looking_after.look_after_reviews(today=clock.today())


@shared_task(name="qbr.tasks.ask_after_reviews")
def ask_after_reviews() -> None:
    """Asks how reviews of late were; beat asks every quarter of an hour, and everybody is asked once about one."""
    asking.ask_after_reviews(now=clock.now())


@shared_task(name="qbr.tasks.keep_scores_after")
def keep_scores_after() -> None:
    """Takes down the scores of 30 days after reviews; beat asks once a night, and a review is taken once."""
    measuring.keep_scores_after(today=clock.today())


@shared_task(name="qbr.tasks.make_deck")
def make_deck(*, deck_id: int) -> None:
    """Makes the file of a deck, unless somebody else does or did."""
    decks.make_deck(deck_id)


@shared_task(name="qbr.tasks.resume_decks")
def resume_decks() -> None:
    """Sends lost files of decks again; beat asks every minute."""
    decks.resume_decks()
