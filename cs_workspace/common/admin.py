"""What every admin page of the workspace does: Unfold's look, and a history kept by the database itself."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from pghistory.models import MiddlewareEvents
from unfold.admin import ModelAdmin, StackedInline, TabularInline

__all__ = ["StackedInline", "TabularInline", "WorkspaceAdmin", "changes_of", "confirm"]

PAGE = 50


class WorkspaceAdmin(ModelAdmin):
    """A page of the admin. The history shows what triggers wrote, so imports and bulk changes stand in it too."""

    list_per_page = PAGE
    warn_unsaved_form = True
    compressed_fields = True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, from the triggers' rows."""
        record = get_object_or_404(self.get_queryset(request), pk=unquote(object_id))
        page = Paginator(changes_of(record), PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Who changed what: {record}",
            "opts": self.opts,
            "object": record,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)


def changes_of(record: Any) -> Any:
    """What was changed on a record and on those that hang on it, newest first: who, when, from what to what."""
    return MiddlewareEvents.objects.references(record).select_related("user").order_by("-pgh_created_at")


def confirm(page: ModelAdmin, request: HttpRequest, question: str, consequence: str) -> HttpResponse:
    """Asks before a button of the admin does its work: a link must not change anything, a form may."""
    context = {
        **page.admin_site.each_context(request),
        "title": question,
        "consequence": consequence,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
