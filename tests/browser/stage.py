"""What the journeys meet: one CSM's book with accounts good and bad, scored for a month, and a day's work."""

import datetime as dt
import pickle
from dataclasses import dataclass

from accounts.models import Account, Contact, User
from cs_workspace.common import clock
from health.models import UsageDay
from health.services.recompute import recompute_accounts
from tests import pristine
from tests.cast import Cast, make_cast
from tests.factories import (
    AlignmentJudgementFactory,
    ContractFactory,
    ContractLineFactory,
    InvoiceFactory,
    NotificationFactory,
    SurveyAnswerFactory,
    TaskFactory,
    TicketFactory,
    TouchFactory,
)
from tests.health import making

# From a good customer to a bad one, with the ARR of each. The last one fares well until today.
BOOK = {
    "Aspen Foods": (1.0, 30_000),
    "Birch Media": (0.8, 60_000),
    "Cedar Energy": (0.5, 120_000),
    "Dune Robotics": (0.3, 48_000),
    "Ember Health": (1.0, 184_000),
}
SCORED_DAYS_AGO = (30, 20, 10, 5, 1)


@dataclass(frozen=True)
class Stage:
    """The people, and the accounts of `cast.owner` by name."""

    cast: Cast
    accounts: dict[str, Account]

    @property
    def csm(self) -> User:
        return self.cast.owner

    @property
    def worst(self) -> Account:
        return self.accounts["Ember Health"]


class KeptStage:
    """Sets the stage when it is asked for first on a day, and from then on lays its rows out again."""

    def __init__(self) -> None:
        self._day: dt.date | None = None
        self._stage = b""

    def set(self) -> Stage:
        """The stage, in the database and as objects that no other journey holds."""
        if self._day == clock.today() and pristine.is_possible():
            pristine.restore("stage")
        else:
            self._day, self._stage = clock.today(), pickle.dumps(set_stage())
            pristine.keep("stage")
        stage: Stage = pickle.loads(self._stage)
        return stage


def set_stage() -> Stage:
    """Writes it all through the verbs of the product, so that alerts, tasks and reasons are real ones."""
    cast = make_cast()
    accounts = {
        name: making.observed_account(strength, name=name, owner=cast.owner, arr=arr)
        for name, (strength, arr) in BOOK.items()
    }
    soon = clock.today() + dt.timedelta(days=19)
    renewing = ContractFactory(account=accounts["Cedar Energy"], end=soon)
    ContractLineFactory(contract=renewing, arr=12_000)
    ids = [account.pk for account in (*accounts.values(), cast.account)]
    for days in SCORED_DAYS_AGO:
        recompute_accounts(ids, day=clock.today() - dt.timedelta(days=days))
    let_fall(accounts["Ember Health"])
    recompute_accounts(ids, day=clock.today())
    TaskFactory(
        title="Send the roll-out plan",
        account=accounts["Aspen Foods"],
        assignees=[cast.owner],
        due_at=clock.now() + dt.timedelta(hours=3),
    )
    NotificationFactory(user=cast.owner, account=accounts["Aspen Foods"], title="You look after Aspen Foods now")
    return Stage(cast, {name: Account.objects.get(pk=account.pk) for name, account in accounts.items()})


def let_fall(account: Account) -> None:
    """Everything goes wrong at once: nobody uses it, the champion leaves, bills are paid late, tickets come."""
    UsageDay.objects.filter(account=account, day__gt=making.ago(30)).delete()
    champion = account.contacts.get()
    champion.status, champion.left_on = Contact.Status.LEFT, making.ago(1)
    champion.save()
    for days in (40, 70):
        InvoiceFactory(account=account, due_on=making.ago(days), paid_on=making.ago(days - 30))
    for _ in range(12):
        TicketFactory(account=account, opened_at=making.noon(1))
    SurveyAnswerFactory(account=account, kind="csat", score=1, at=making.noon(1))
    SurveyAnswerFactory(account=account, kind="nps", score=1, at=making.noon(1))
    TouchFactory(account=account, at=making.noon(1), attended=False, sentiment="negative")
    AlignmentJudgementFactory(account=account, value="misaligned", at=making.noon(1))
