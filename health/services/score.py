"""The verb `score ACCOUNT`: recomputes the health of one account and explains it."""

from accounts.models import Account
from cs_workspace.common import clock
from health.queries.answers import ScoreAnswer, score_answer
from health.services.recompute import recompute_accounts


def score(*, account: Account) -> ScoreAnswer:
    """Computes the account as of today, with what follows (alerts among it), and gives the score with its reasons.

    Doing it again with the same observations changes nothing.
    """
    today = clock.today()
    recompute_accounts([account.pk], day=today)
    account.refresh_from_db()
    return score_answer(account, as_of=today)
