"""What money adds to the pages of the ground."""

from django.urls import reverse

from accounts.registries import PaletteItem, Panel, TaskCause, add_palette_item, add_panel, add_task_cause
from renewals import metrics  # noqa: F401  its readers register themselves
from renewals.queries.account_panel import beside_renewals, renewals_shown
from renewals.queries.churn_registers import register_churn
from renewals.queries.expansion_registers import register_expansion
from renewals.queries.mail_source import register_mail_source
from renewals.queries.renewal_registers import register_renewals
from renewals.queries.win_back_registers import register_win_back


def register() -> None:
    """Fills the registries; called once, when the app is ready."""
    register_expansion()
    register_renewals()
    register_mail_source()
    register_churn()
    register_win_back()
    add_task_cause(TaskCause("closed", "Renewal", lambda _task, key: reverse("renewals:renewal", args=[key])))
    add_panel(Panel("renewal", "beside", 5, "renewals/_account_panel.html", renewals_shown, beside_renewals))
    add_palette_item(
        PaletteItem("Renewals", "renewals:board", keywords="board pipeline stages contracts due", keys="g n")
    )
    add_palette_item(
        PaletteItem("Forecast", "renewals:forecast", keywords="renewal forecast commit best case likely expected error")
    )
    add_palette_item(PaletteItem("Renewals table", "renewals:table", keywords="list export csv due overdue"))
    add_palette_item(PaletteItem("Renewals calendar", "renewals:calendar", keywords="month notice decision dates"))
    add_palette_item(
        PaletteItem("Retention", "renewals:retention", keywords="reports NRR GRR churn cohorts logos expansion")
    )
    add_palette_item(
        PaletteItem("Approvals", "renewals:approvals", keywords="discounts proposals approve refuse authority")
    )
    add_task_cause(TaskCause("approval", "Approval", lambda _task, key: reverse("renewals:approval", args=[key])))
