"""The facts of a review: compiled of what is known now, or as they were kept when it was held."""

import datetime as dt

from cs_workspace.common import clock
from qbr.domain.advice import Known, advice_of
from qbr.domain.facts import Facts
from qbr.domain.facts_json import facts_from_json
from qbr.domain.spans import span_of
from qbr.models import Review
from qbr.queries.facts_account import account_facts, around_account, value_of
from qbr.queries.facts_health import health_facts
from qbr.queries.facts_peers import peers_of
from qbr.queries.facts_plan import goals_of_account
from qbr.queries.facts_support import support_facts
from qbr.queries.facts_usage import usage_facts


def facts_of(review: Review, *, today: dt.date) -> Facts:
    """What a review shows: what it showed when it was held, until then what is known today."""
    if review.is_held and review.facts:
        return facts_from_json(review.facts)
    return compile_facts(review, today=today)


def compile_facts(review: Review, *, today: dt.date) -> Facts:
    """All that is known of the account as of a day, over the review's period as far as it has come.

    Seven queries, however much there is; one more where somebody reckons in another currency than the workspace.
    """
    span = span_of(review.since, review.until, today=today)
    account = around_account(review, span, today=today)
    around = account_facts(account)
    health, card = health_facts(account, span)
    usage = usage_facts(account, span, seats=around.seats)
    support = support_facts(account, span)
    goals = goals_of_account(account, today=today)
    value = value_of(account, span, today=today)
    peers = peers_of(account, card)
    known = Known(
        health=health,
        usage=usage,
        tickets=support.tickets,
        engagement=support.engagement,
        goals=goals,
        value=value,
        peers=peers,
        people=around.people,
    )
    return Facts(
        since=review.since,
        until=review.until,
        compiled_at=clock.now(),
        account=around.account,
        health=health,
        usage=usage,
        tickets=support.tickets,
        engagement=support.engagement,
        goals=goals,
        value=value,
        promised=around.promised,
        peers=peers,
        advice=advice_of(known),
        ideas=around.ideas,
        people=around.people,
        requests=around.requests,
        competition=support.competition,
    )
