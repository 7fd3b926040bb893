"""What win-back adds to the pages, timelines and sequences of the ground."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import Account, User
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.registries import (
    PaletteItem,
    Panel,
    TaskCause,
    TimelineSource,
    add_palette_item,
    add_panel,
    add_sequence_source,
    add_task_cause,
    add_timeline_source,
)
from cs_workspace.common import clock
from renewals.domain.win_back import AGES, OUT_LABELS, TAKEN_BACK_WITHIN, band_of
from renewals.models import AccountReturn, CampaignTarget
from renewals.queries.win_back_sequence import source

GROUP = "Win-back"


def register_win_back() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_sequence_source(source())
    add_panel(Panel("win_back", "beside", 2, "renewals/_win_back_panel.html", _shown))
    add_timeline_source(TimelineSource("campaign", GROUP, starts, whole_days=True, url_name="renewals:campaign"))
    add_timeline_source(TimelineSource("campaign_contact", GROUP, handed_on, url_name="renewals:campaign"))
    add_timeline_source(TimelineSource("campaign_out", GROUP, outs, whole_days=True, url_name="renewals:campaign"))
    add_timeline_source(TimelineSource("return", GROUP, returns))
    add_palette_item(PaletteItem("Win-back", "renewals:win-back", keywords="lost churned customers back reactivate"))
    add_palette_item(PaletteItem("Win-back campaigns", "renewals:campaigns", keywords="e-mail sequence lost"))
    add_palette_item(PaletteItem("Win-back results", "renewals:win-back-report", keywords="reports success rate lost"))
    add_task_cause(
        TaskCause("win_back", "Win-back", lambda task, _key: reverse("accounts:account", args=[task.account_id]))
    )


def starts(account: Account) -> Rows:
    """When campaigns began to write; the page of an entry is that of the campaign."""
    return entry_rows(
        CampaignTarget.objects.filter(account=account, started_on__isnull=False),
        kind="campaign",
        at=start_of_day("started_on"),
        title=joined(Value("Win-back campaign begun: "), "campaign__name"),
        # Whoever was written to first, if that is somebody else by now.
        detail=Coalesce(Subquery(_former().values("enrolment__contact__name")[:1]), F("contact__name")),
        by="campaign__owner__name",
        pk="campaign_id",
    )


def handed_on(account: Account) -> Rows:
    """When e-mails of campaigns went on to somebody else, the last time for each campaign."""
    before = _former().order_by("-pk").values("enrolment__contact__name")[:1]
    return entry_rows(
        CampaignTarget.objects.filter(Exists(_former()), account=account, enrolment__isnull=False),
        kind="campaign_contact",
        at="enrolment__started_at",
        title=joined(Value("Win-back e-mails go to "), "enrolment__contact__name"),
        detail=joined(Value("Instead of "), Subquery(before)),
        by="enrolment__started_by__name",
        pk="campaign_id",
    )


def _former() -> QuerySet[Any]:
    """Of an outer customer in a campaign, what links it to those in whose place somebody else is written to."""
    return CampaignTarget.former.through.objects.filter(campaigntarget=OuterRef("pk")).order_by("pk")


def outs(account: Account) -> Rows:
    """When it was taken out of campaigns, and why."""
    labels = [(Q(out_because=because.value), Value(label)) for because, label in OUT_LABELS.items()]
    return entry_rows(
        CampaignTarget.objects.filter(account=account, state=CampaignTarget.State.OUT),
        kind="campaign_out",
        at=start_of_day("ended_on"),
        title=joined(Value("Taken out of the win-back campaign "), "campaign__name"),
        detail=joined(label_of(*labels), Value(". "), "reason"),
        by="ended_by__name",
        pk="campaign_id",
    )


def returns(account: Account) -> Rows:
    """When it came back; one that was taken back says so."""
    stands = Q(taken_back_at=None)
    return entry_rows(
        AccountReturn.objects.filter(account=account),
        kind="return",
        at="at",
        title=label_of((stands, Value("Won back")), default=Value("Won back, which was taken back")),
        by="by__name",
        tone=label_of((stands, Value("t1"))),
    )


def _shown(account: Account, user: User) -> dict[str, Any] | None:
    """What the page of an account shows of win-back: a lost one with its campaign, one that came back while its
    guarantee runs. Two queries for those, none for all other accounts."""
    if account.status == Account.Status.CHURNED and account.churned_on is not None:
        target = CampaignTarget.objects.filter(account=account, lost_on=account.churned_on).order_by("-pk")
        days = (clock.today() - account.churned_on).days
        found = target.select_related("campaign", "contact", "enrolment").first()
        return {"account": account, "target": found, "days": days, "age": AGES[band_of(days)]}
    if account.stage != Account.Stage.WON_BACK:
        return None
    back = (
        AccountReturn.objects.standing().filter(account=account).select_related("target__campaign", "contract").first()
    )
    if back is None:
        return None
    return {
        "account": account,
        "back": back,
        "guarantee_runs": back.guarantee_until >= clock.today(),
        "can_undo": back.contract_id is not None and clock.now() - back.at <= TAKEN_BACK_WITHIN,
    }
