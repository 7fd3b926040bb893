"""What people said beside the score, as pages and the recompute read it, and who may say it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from accounts.models import Account, TeamMember, User
from accounts.models.account import AccountQuerySet
from cs_workspace.common import clock
from cs_workspace.common.expressions import among
from health.domain.eligibility import Skipped, skipped_because
from health.domain.judgement import Standing, is_stale, may_judge
from health.models import Pulse, ScorecardVersion, Snapshot, Tier, TierOverride

PULSE_DUE = "due"


@dataclass(frozen=True)
class InForce:
    """A tier that a person set, as the recompute writes it onto the account's row."""

    rank: int
    label: str
    expected_churn: Decimal
    by: str
    until: dt.date
    ends_at: dt.datetime
    reason: str

    @property
    def in_words(self) -> str:
        """By whom, until when and why."""
        return f"by {self.by} until {self.until.day} {self.until:%b}: {self.reason}"

    def beside(self, tier: str, rank: int | None) -> dict[str, Any]:
        """What the row keeps beside the tier: the computed one, by whom it was overridden and until when."""
        return {
            "tier": tier,
            "rank": rank,
            "by": self.by,
            "until": self.until.isoformat(),
            "ends_at": self.ends_at.isoformat(),
        }


@dataclass(frozen=True)
class PulseShown:
    """The pulse of an account as pages show it; `pulse` is None where nobody judged since the owner took over."""

    pulse: Pulse | None
    stale: bool

    @property
    def is_due(self) -> bool:
        """Whether it is to be judged, or judged anew."""
        return self.pulse is None or self.stale


def live_overrides(account_ids: Collection[int], *, now: dt.datetime) -> dict[int, InForce]:
    """The overrides in force, by account. One query."""
    rows = TierOverride.objects.live(now=now).filter(among("account_id", account_ids)).select_related("by")
    return {
        row.account_id: InForce(
            rank=row.rank,
            label=row.label,
            expected_churn=row.expected_churn,
            by=row.by.name if row.by else "somebody",
            until=row.until,
            ends_at=row.ends_at,
            reason=row.reason,
        )
        for row in rows
    }


def live_override(account: Account) -> TierOverride | None:
    """The override in force of one account."""
    return TierOverride.objects.live(now=clock.now()).filter(account=account).select_related("by").first()


def pulse_of(account: Account) -> PulseShown:
    """The pulse of one account. One query."""
    return pulses_of([account.pk]).get(account.pk, PulseShown(None, stale=False))


def beside_account(_user: User) -> dict[str, Any]:
    """What a query of accounts reads beside each, so that `shown_beside` needs no other."""
    latest = Pulse.objects.in_force().filter(account=OuterRef("pk")).order_by()
    document = JSONObject(value="value", comment="comment", at="at", by=F("by__name"))
    return {"pulse_beside": Subquery(latest.annotate(document=document).values("document")[:1])}


def shown_beside(account: Account) -> PulseShown:
    """The pulse of an account that was read with `beside_account`. No query."""
    kept = account.pulse_beside  # type: ignore[attr-defined]  # an annotation
    if kept is None:
        return PulseShown(None, stale=False)
    at = dt.datetime.fromisoformat(kept["at"])
    by = User(name=kept["by"]) if kept["by"] else None
    pulse = Pulse(account=account, value=kept["value"], comment=kept["comment"], at=at, by=by)
    return PulseShown(pulse, stale=is_stale(at, now=clock.now()))


def pulses_of(account_ids: Collection[int]) -> dict[int, PulseShown]:
    """The pulses in force, by account; accounts that nobody judged are left out. One query."""
    now = clock.now()
    found = Pulse.objects.in_force().filter(among("account_id", account_ids)).select_related("by")
    return {pulse.account_id: PulseShown(pulse, stale=is_stale(pulse.at, now=now)) for pulse in found}


def history_of(account: Account, *, most: int = 12) -> Sequence[Pulse]:
    """The latest judgements of an account, also of earlier owners, newest first; without those taken back."""
    kept = Pulse.objects.filter(account=account, withdrawn_at=None).select_related("by")
    return list(kept.order_by("-at", "-pk")[:most])


def pulse_condition(value: str) -> Q:
    """Accounts whose pulse counts and says `value` (0 to 4), or with `due` those not judged or stale."""
    fresh = Pulse.objects.fresh(now=clock.now()).filter(account=OuterRef("pk"))
    if value == PULSE_DUE:
        return ~Exists(fresh) & Q(is_trial=False)
    return Q(Exists(fresh.filter(value=int(value))))


def to_judge(user: User) -> AccountQuerySet:
    """The user's own accounts whose pulse is to be judged, or judged anew."""
    return Account.objects.visible_to(user).active().filter(pulse_condition(PULSE_DUE), owner=user)


def standing_of(user: User, account: Account) -> Standing:
    """How a user stands to an account. At most two queries."""
    owns = account.owner_id == user.pk
    leads = user.leads and (user.sees_everything or account.owner_id in user.team_ids)
    csm = TeamMember.Role.CSM
    serves = not (owns or leads) and TeamMember.objects.filter(account=account, user=user, role=csm).exists()
    return Standing(owns=owns, serves=serves, leads_owner=leads, read_only=user.read_only)


def judges(user: User, account: Account) -> bool:
    """Whether a user may set the pulse or override the tier of an account."""
    return may_judge(standing_of(user, account)) is None


def judged_by(user: User, account_ids: Collection[int]) -> set[int]:
    """Those of the accounts whose pulse and tier a user may set. One query, or none."""
    if user.read_only:
        return set()
    found = Account.objects.filter(pk__in=list(account_ids))
    if not user.sees_everything:
        team = TeamMember.objects.filter(user=user, role=TeamMember.Role.CSM).values("account")
        led = user.team_ids if user.leads else [user.pk]
        found = found.filter(Q(owner__in=led) | Q(pk__in=team))
    return set(found.values_list("pk", flat=True))


def tiers_of(account: Account) -> list[Tier]:
    """The tiers of the scorecard that judged the account last, else of the default one; best first."""
    latest = Snapshot.objects.filter(account=account).order_by("-day").values("version")[:1]
    tiers = list(Tier.objects.filter(version__in=latest).order_by("rank"))
    published = ScorecardVersion.State.PUBLISHED
    return tiers or list(
        Tier.objects.filter(version__state=published, version__scorecard__is_default=True).order_by("rank")
    )


def unscored_because(account: Account) -> Skipped | None:
    """Why the account gets no score at all today; None where it gets one."""
    return skipped_because(
        churned_on=account.churned_on,
        is_trial=account.is_trial,
        is_archived=account.archived_at is not None,
        customer_since=account.customer_since,
        day=clock.today(),
    )
