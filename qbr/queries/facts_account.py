"""What a review says of the account itself, its people, wishes and worth: read with the account, in one query."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, Subquery, Sum, TextField
from django.db.models.functions import Cast, Coalesce, JSONObject

from accounts.models import Account, Contact, Contract, ContractLine, FeatureAsk, FeatureRequest, RoiRecord
from cs_workspace.common import clock
from cs_workspace.common.compiled import Compiled, compile_once, some_days, some_keys
from qbr.domain.facts import AccountFacts, IdeaFact, PersonFact, PromiseFact, RequestFact, ValueFacts, ValueRecord
from qbr.domain.spans import Span
from qbr.models import ActionItem, Review
from qbr.queries.facts_health import dimensions_beside, judged_days
from renewals.domain.expansion import KINDS, SignalKind
from renewals.models import ExpansionSignal, Opportunity
from renewals.queries.proposals import rates_on

MOST: Final = 20
YEAR: Final = 365
CENT: Final = Decimal("0.01")
# In which order people are asked to come, by the part that they play.
PARTS: Final = (Contact.Role.SPONSOR, Contact.Role.DECISION_MAKER, Contact.Role.CHAMPION)


@dataclass(frozen=True)
class Around:
    """The account, with what hangs on it."""

    account: AccountFacts
    seats: int | None
    people: tuple[PersonFact, ...]
    requests: tuple[RequestFact, ...]
    ideas: tuple[IdeaFact, ...]
    promised: tuple[PromiseFact, ...]


def around_account(review: Review, span: Span, *, today: dt.date) -> Any:
    """The account of a review with all that its other facts look at. One query."""
    days = [today, span.since, span.until, *judged_days(span), review.due_on]
    return _around().row([review.account_id, review.pk], days)


def account_facts(account: Any) -> Around:
    """What was read with the account. No query."""
    return Around(
        account=AccountFacts(
            name=account.name,
            segment=account.segment.name if account.segment else "",
            csm=account.owner.name if account.owner else "",
            arr=account.arr,
            currency=settings.WORKSPACE_CURRENCY,
            tier=account.health_tier,
            rank=account.health_rank,
            customer_since=account.customer_since,
            renewal_on=account.renewal_date,
        ),
        seats=account.seat_sum,
        people=tuple(_person(row) for row in account.people_rows),
        requests=tuple(
            RequestFact(row["title"], FeatureRequest.Status(row["status"]).label) for row in account.request_rows
        ),
        ideas=_all_ideas(account),
        promised=tuple(_promise(row) for row in account.promise_rows),
    )


def ideas_of(review: Review) -> tuple[IdeaFact, ...]:
    """How the customer of a review may grow, as its facts say it. One query."""
    rows = Account.objects.annotate(idea_rows=_ideas(), opportunity_rows=_opportunities())
    return _all_ideas(rows.get(pk=review.account_id))


def value_of(account: Any, span: Span, *, today: dt.date) -> ValueFacts:
    """What the records of the period add up to in workspace currency. A currency without a rate leaves the sums
    unknown: a sum with a hole is no sum. One query where a record is in another currency, else none."""
    records = tuple(_record(row) for row in account.roi_rows)
    own = settings.WORKSPACE_CURRENCY
    rates = rates_on(today) if any(one.currency != own for one in records) else {own: Decimal(1)}
    confirmed = _sum((one for one in records if one.confirmed_by), rates)
    paid = account.arr * span.days / YEAR
    return ValueFacts(
        records=records,
        total=_sum(records, rates),
        confirmed=confirmed,
        ratio=None if confirmed is None or not paid else (confirmed / paid).quantize(CENT, ROUND_HALF_EVEN),
    )


def _sum(records: Iterable[ValueRecord], rates: Mapping[str, Decimal]) -> Decimal | None:
    found = list(records)
    if not found or any(one.currency not in rates for one in found):
        return None
    return sum((one.amount * rates[one.currency] for one in found), Decimal(0)).quantize(CENT, ROUND_HALF_EVEN)


@cache
def _around() -> Compiled:
    """An account by its key with what hangs on it, as the review of the other key looks at it."""
    account, review = some_keys(2)
    today, since, until, first_judged, last_judged, due_on = some_days(6)
    return compile_once(
        Account.objects.select_related("segment", "owner")
        .annotate(
            seat_sum=_seats(today),
            people_rows=_people(),
            request_rows=_requests(),
            idea_rows=_ideas(),
            opportunity_rows=_opportunities(),
            promise_rows=_promises(review, due_on=due_on),
            roi_rows=_roi(since, until),
            dimension_rows=dimensions_beside(first_judged, last_judged),
        )
        .filter(pk=account)
    )


def _seats(today: dt.date) -> Subquery:
    in_force = Contract.objects.in_force(today).filter(account=OuterRef(OuterRef("pk")))
    lines = ContractLine.objects.filter(contract__in=in_force.values("pk")).order_by()
    return Subquery(lines.annotate(one=F("contract__account")).values("one").values(total=Sum("seats")))


def _people() -> ArraySubquery:
    present = Contact.objects.present().filter(account=OuterRef("pk"))
    asked = present.filter(Q(roles__overlap=Contact.KEY_ROLES) | Q(seniority=Contact.Seniority.EXECUTIVE))
    about = JSONObject(pk="pk", name="name", title="title", seniority="seniority", roles="roles")
    ordered = asked.order_by(F("influence").desc(nulls_last=True), "name", "pk")
    return ArraySubquery(ordered.values(data=about)[:MOST])


def _requests() -> ArraySubquery:
    asks = FeatureAsk.objects.kept().filter(account=OuterRef("pk")).order_by("-asked_on", "-pk")
    return ArraySubquery(asks.values(data=JSONObject(title="request__title", status="request__status"))[:MOST])


def _ideas() -> ArraySubquery:
    """Live signals, hot ones first, with what the opportunity is worth that was made of them."""
    live = ExpansionSignal.objects.live().filter(account=OuterRef("pk")).order_by("strength", "-seen_on", "-pk")
    about = JSONObject(pk="pk", kind="kind", evidence="evidence", value=_exact("opportunity__value"))
    return ArraySubquery(live.values(data=about)[:MOST])


def _opportunities() -> ArraySubquery:
    """Open opportunities that came of no signal."""
    found = Opportunity.objects.open().filter(account=OuterRef("pk"), signal=None).order_by("expected_close", "pk")
    about = JSONObject(name="name", kind="kind", value=_exact("value"), next_step="next_step")
    return ArraySubquery(found.values(data=about)[:MOST])


def _promises(review: int, *, due_on: dt.date) -> ArraySubquery:
    """Action items of the review that was held last before this one, of which the key is `review`."""
    earlier = Review.objects.done().filter(account=OuterRef("account"), due_on__lt=due_on)
    last = earlier.exclude(pk=review).order_by("-due_on", "-pk").values("pk")[:1]
    before = ActionItem.objects.filter(archived_at=None, review__account=OuterRef("pk"))
    items = before.annotate(account=F("review__account")).filter(review=Subquery(last)).order_by("due_on", "pk")
    about = JSONObject(
        title="title",
        side="side",
        who=Coalesce("user__name", "contact__name"),
        due_on="due_on",
        done_at=Coalesce("task__done_at", "done_at"),
    )
    return ArraySubquery(items.values(data=about)[:MOST])


def _roi(since: dt.date, until: dt.date) -> ArraySubquery:
    """Records of the period [since, until)."""
    records = RoiRecord.objects.kept().filter(
        plan__account=OuterRef("pk"), plan__archived_at=None, on__gte=since, on__lt=until
    )
    about = JSONObject(
        kind="kind",
        on="on",
        amount=_exact("amount"),
        currency="currency",
        method="method",
        confirmed_by="confirmed_by__name",
        confirmed_on="confirmed_on",
    )
    return ArraySubquery(records.order_by("-on", "-pk").values(data=about))


def _exact(name: str) -> Cast:
    """A number as text: in JSON it would come back as a float."""
    return Cast(name, TextField())


def _person(row: Mapping[str, Any]) -> PersonFact:
    part = next((role for role in PARTS if role in row["roles"]), None)
    level = Contact.Seniority(row["seniority"]).label if row["seniority"] else ""
    return PersonFact(
        contact=row["pk"],
        name=row["name"],
        title=row["title"],
        level=str(level),
        reason=str(part.label) if part else "Of executive rank",
    )


def _all_ideas(account: Any) -> tuple[IdeaFact, ...]:
    return (*map(_idea, account.idea_rows), *map(_opportunity, account.opportunity_rows))


def _idea(row: Mapping[str, Any]) -> IdeaFact:
    kind = KINDS[SignalKind(row["kind"])]
    return IdeaFact(kind.advice, f"{kind.label}: {row['evidence']}", _amount(row["value"]), row["pk"])


def _opportunity(row: Mapping[str, Any]) -> IdeaFact:
    reason = row["next_step"] or str(Opportunity.Kind(row["kind"]).label)
    return IdeaFact(row["name"], reason, _amount(row["value"]), None)


def _promise(row: Mapping[str, Any]) -> PromiseFact:
    done = row["done_at"]
    return PromiseFact(
        title=row["title"],
        ours=row["side"] == ActionItem.Side.US,
        who=row["who"] or "",
        due_on=dt.date.fromisoformat(row["due_on"]),
        done_on=clock.day_of(dt.datetime.fromisoformat(done)) if done else None,
    )


def _record(row: Mapping[str, Any]) -> ValueRecord:
    # A contact who was erased leaves the day behind: it was confirmed all the same.
    return ValueRecord(
        kind=str(RoiRecord.Kind(row["kind"]).label),
        on=dt.date.fromisoformat(row["on"]),
        amount=Decimal(row["amount"]),
        currency=row["currency"],
        method=row["method"],
        confirmed_by=row["confirmed_by"] or ("Confirmed" if row["confirmed_on"] else ""),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
