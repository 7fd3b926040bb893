"""Two win-back campaigns of the demo, by the real services: one under way since two months, with e-mails that were
read, answered or bounced, a customer who signed again and one who was taken out; and one that waits to be started."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any, Final

from django.db.models import F

from accounts.models import Account, Contract, Enrolment, Mail, User
from accounts.services.sequence_advancing import advance_enrolments
from accounts.services.sequencing import stop_enrolments
from cs_workspace.common import clock
from renewals.domain.closing import Line, Signed
from renewals.domain.periods import add_months
from renewals.domain.win_back import Move
from renewals.models import Campaign
from renewals.queries.win_back_candidates import candidates_of, with_records
from renewals.services.campaign_moves import move_campaign, take_out
from renewals.services.campaigns import create_campaign
from renewals.services.returning import win_back

AtMoment = Callable[[dt.datetime], AbstractContextManager[None]]

MORNING: Final = dt.time(9, 20)
# The first campaign began so many days ago; whoever was lost after that is for the second one.
BEGUN, WEEK = 62, 7
MOST, LATER, UNREAD = 9, 5, 2
SHARE: Final = Decimal("0.8")
TOLD: Final[dict[str, Any]] = {
    "fixed_product": "Reports of any size open in a second, and what was missing in the planning board is there.",
    "fixed_value": "An engineer sets the first three workflows up with you and stays until they run by themselves.",
    "fixed_price": "There is a plan that begins at ten seats, and you pay for those that are used.",
    "proof": "A carrier of about your size closes its month three days earlier than before.",
    "improvements": "Planning board with drag and drop\nSingle sign-on in every plan\nReports that open in a second",
}


def win_customers_back(as_of: dt.date, *, at_moment: AtMoment) -> None:
    """Lets the campaigns happen; nothing where nobody of those who lead may do it, or too few are lost."""
    lead = User.objects.filter(role=User.Role.MANAGER, is_active=True, read_only=False).order_by("email").first()
    if lead is None:
        return
    begun = as_of - dt.timedelta(days=BEGUN)
    with at_moment(_at(begun)):
        fields = TOLD | {"name": "We fixed it: autumn", "owner": lead, "by_itself": False}
        fields |= {"release_name": "Northwind Aurora", "offer": "Two months free and the set-up on us."}
        campaign, _ = create_campaign(by=lead, fields=fields, account_ids=_lost(lead, until=begun)[:MOST])  # type: ignore[arg-type]
        if not campaign.targets.exists():
            return
        move_campaign(by=lead, campaign=campaign, move=Move.START)
    for ago in range(BEGUN, 0, -WEEK):
        with at_moment(_at(as_of - dt.timedelta(days=ago))):
            advance_enrolments()
            _send_drafts(campaign)
    _what_became(campaign, as_of, at_moment=at_moment)
    with at_moment(min(clock.now(), _at(as_of))):
        fields = TOLD | {"name": "Lost this autumn", "owner": lead, "by_itself": False, "release_name": "", "offer": ""}
        create_campaign(by=lead, fields=fields, account_ids=_lost(lead, since=begun)[:LATER])  # type: ignore[arg-type]


def _lost(lead: User, *, since: dt.date | None = None, until: dt.date | None = None) -> Sequence[int]:
    """Customers of the team that can be chosen, lost in a span of days; in an order that hangs on no key."""
    found = Account.objects.visible_to(lead).filter(status=Account.Status.CHURNED, churned_on__isnull=False)
    if since is not None:
        found = found.filter(churned_on__gt=since)
    if until is not None:
        found = found.filter(churned_on__lte=until)
    accounts = list(with_records(found).order_by("-churned_on", "external_id"))
    return [one.account.pk for one in candidates_of(accounts, today=clock.today()) if not one.refused]


def _send_drafts(campaign: Campaign) -> None:
    """What a CSM approves goes out the same day; those to the two smallest customers still wait to be read."""
    now = clock.now()
    waiting = campaign.targets.order_by("arr_lost", "-pk").values_list("enrolment", flat=True)[:UNREAD]
    drafts = Mail.objects.drafts().filter(enrolment__win_back_target__campaign=campaign)
    ids = list(drafts.exclude(enrolment__in=list(waiting)).values_list("pk", flat=True))
    Mail.objects.filter(pk__in=ids).update(
        state=Mail.State.SENT,
        approved_at=now,
        approved_by=F("sender"),
        claimed_at=now,
        sent_at=now,
        delivered_at=now + dt.timedelta(minutes=1),
        due_at=now,
        attempts=1,
        version=F("version") + 1,
    )


def _what_became(campaign: Campaign, as_of: dt.date, *, at_moment: AtMoment) -> None:
    """One answers, one bounces, some open; one signs again, and one is taken out for a reason."""
    targets = list(campaign.targets.select_related("account__owner", "enrolment").order_by("-arr_lost", "pk"))
    wins, answers, bounces, leaves = (targets[place] if place < len(targets) else None for place in range(4))
    for opened in targets[2:]:
        Mail.objects.filter(enrolment=opened.enrolment, sent_at__isnull=False).update(
            opened_at=F("sent_at") + dt.timedelta(hours=5)
        )
    for target, what, because in (
        (answers, "replied_at", Enrolment.Because.REPLY),
        (bounces, "bounced_at", Enrolment.Because.BOUNCE),
    ):
        if target is not None and target.enrolment is not None:
            mail = Mail.objects.filter(enrolment=target.enrolment, sent_at__isnull=False).order_by("-sent_at").first()
            if mail is not None and mail.sent_at is not None:
                with at_moment(mail.sent_at + dt.timedelta(hours=3)):
                    Mail.objects.filter(pk=mail.pk).update(**{what: clock.now()})
                    stop_enrolments([target.enrolment], because=because.value)
    if leaves is not None:
        with at_moment(_at(as_of - dt.timedelta(days=20))):
            by = leaves.account.owner or campaign.owner
            take_out(by=by, target=leaves, reason="They were bought, and the buyer has a tool of its own.")
    if wins is not None:
        with at_moment(_at(as_of - dt.timedelta(days=9))):
            _sign(wins.account, by=wins.account.owner or campaign.owner)


def _sign(account: Account, *, by: User) -> None:
    """They take what they had for a little less, from that day on for a year."""
    last = Contract.objects.filter(account=account).order_by("-end", "-pk").first()
    lines = (
        tuple(
            Line(line.product_id, (line.arr * SHARE).quantize(Decimal(1)), line.seats)
            for line in last.lines.order_by("pk")
        )
        if last
        else ()
    )
    today = clock.today()
    if last is not None and sum(line.arr for line in lines) > 0:
        win_back(by=by, account=account, terms=Signed(today, today, add_months(today, 12), lines, last.currency))


def _at(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, MORNING, clock.workspace_zone())
