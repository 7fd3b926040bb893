"""What every admin page of the workspace does: Unfold's look, and a history kept by the database itself."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
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
    # Whether the history of a record also tells what was changed on the records that hang on it.
    history_with_parts = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; a filter with the character that PostgreSQL cannot hold is dropped, like others without sense."""
        if any("\0" in value for _, values in request.GET.lists() for value in values):
            return redirect(request.path)
        return super().changelist_view(request, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What was searched, without the character that PostgreSQL cannot hold; autocompletion does not check it."""
        return super().get_search_results(request, queryset, search_term.replace("\0", ""))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what, from the triggers' rows."""
        record = self.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        page = Paginator(changes_of(record, with_parts=self.history_with_parts), PAGE).get_page(request.GET.get("page"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Who changed what: {record}",
            "opts": self.opts,
            "object": record,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)


def changes_of(record: Any, *, with_parts: bool) -> Any:
    """What was changed on a record, newest first: who, when, from what to what."""
    events = MiddlewareEvents.objects
    found = events.references(record) if with_parts else events.tracks(record)
    return found.select_related("user").order_by("-pgh_created_at")


def confirm(page: ModelAdmin, request: HttpRequest, question: str, consequence: str) -> HttpResponse:
    """Asks before a button of the admin does its work: a link must not change anything, a form may."""
    context = {
        **page.admin_site.each_context(request),
        "title": question,
        "button": question.removesuffix("?"),
        "consequence": consequence,
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/confirm.html", context)
