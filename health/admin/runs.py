"""Runs of the recompute, and the button that starts one."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from unfold.decorators import action

from accounts.http import UserRequest
from cs_workspace.common.admin import WorkspaceAdmin, confirm
from health.models import Run


@admin.register(Run)
class RunAdmin(WorkspaceAdmin):
    """What was recomputed, when, by whom and with what result."""

    list_display = [
        "key",
        "kind",
        "as_of",
        "state",
        "progress",
        "scored",
        "tier_moves",
        "alerts_raised",
        "took",
        "by",
    ]
    list_filter = ["kind", "state"]
    list_select_related = ["by"]
    actions_list = ["recompute_all"]

    def get_queryset(self, request: UserRequest) -> QuerySet[Run]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                all_chunks=Count("chunks"),
                done_chunks=Count("chunks", filter=Q(chunks__done_at__isnull=False)),
                sum_scored=Sum("chunks__scored"),
                sum_moves=Sum("chunks__tier_moves"),
                sum_alerts=Sum("chunks__alerts_raised"),
            )
        )

    @admin.display(description="chunks done")
    def progress(self, run: Any) -> str:
        return f"{run.done_chunks} of {run.all_chunks}"

    @admin.display(description="accounts scored")
    def scored(self, run: Any) -> int:
        return run.sum_scored or 0

    @admin.display(description="tier moves")
    def tier_moves(self, run: Any) -> int:
        return run.sum_moves or 0

    @admin.display(description="alerts")
    def alerts_raised(self, run: Any) -> int:
        return run.sum_alerts or 0

    @admin.display(description="seconds", ordering="seconds")
    def took(self, run: Run) -> str:
        return "" if run.seconds is None else f"{run.seconds:.1f}"

    @action(description="Recompute everybody now", url_path="recompute", permissions=["recompute"])
    def recompute_all(self, request: UserRequest) -> HttpResponse:
        if request.method != "POST":
            return confirm(
                self, request, "Recompute everybody now?", "Scores, tiers and alerts of today are made anew."
            )
        from health.services.runs import start_run

        run = start_run(by=request.user)
        return redirect("health:run", pk=run.pk)

    def has_recompute_permission(self, request: UserRequest) -> bool:
        return not request.user.read_only

    def has_add_permission(self, request: UserRequest) -> bool:
        return False

    def has_change_permission(self, request: UserRequest, obj: Run | None = None) -> bool:
        return False

    def has_delete_permission(self, request: UserRequest, obj: Run | None = None) -> bool:
        return False
