"""What losses add to the pages of the ground: the panel of an account, entries of its timeline, the palette."""

from django.db.models import Q, Value

from accounts.models import Account
from accounts.queries.timeline import Rows, entry_rows, joined, label_of, start_of_day
from accounts.registries import (
    PaletteItem,
    Panel,
    TimelineSource,
    add_palette_item,
    add_panel,
    add_timeline_source,
)
from renewals.domain.churn import SUB_REASON_LABELS
from renewals.models import ChurnRecord, ExitInterview
from renewals.queries.losing import beside_losses, losses_shown
from renewals.queries.renewal_registers import MONEY


def register_churn() -> None:
    """Fills the registries; called once, when the app is ready."""
    add_panel(Panel("loss", "beside", 1, "renewals/_loss_panel.html", losses_shown, beside_losses))
    add_timeline_source(TimelineSource("churn_record", MONEY, losses, url_name="renewals:churn-record"))
    add_timeline_source(
        TimelineSource("exit_interview", MONEY, interviews, whole_days=True, url_name="renewals:churn-record")
    )
    add_palette_item(
        PaletteItem("Churn", "renewals:churn-report", keywords="reports churn analysis lost reasons preventable")
    )
    add_palette_item(PaletteItem("Churn records", "renewals:churn-records", keywords="lost accounts list export csv"))
    add_palette_item(PaletteItem("Lessons of losses", "renewals:churn-lessons", keywords="churn learned why lost"))


def losses(account: Account) -> Rows:
    """Why something was lost, when it was written down."""
    reason = label_of(*((Q(sub_reason=value), Value(label)) for value, label in SUB_REASON_LABELS.items()))
    return entry_rows(
        ChurnRecord.objects.standing().filter(account=account),
        kind="churn_record",
        at="created_at",
        title=joined(
            label_of((Q(lost_account=True), Value("Lost: ")), default=Value("Contract or part of it given up: ")),
            reason,
        ),
        detail="notes",
        by="by__name",
        tone=Value("t4"),
    )


def interviews(account: Account) -> Rows:
    """The exit interviews, on the days on which they were held."""
    return entry_rows(
        ExitInterview.objects.filter(record__account=account, record__withdrawn_at=None),
        kind="exit_interview",
        at=start_of_day("held_on"),
        title=Value("Exit interview"),
        detail="others",
        by="by__name",
        pk="record_id",
    )
