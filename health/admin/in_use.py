"""What something uses is not deleted: the list of users is shown in place of the question."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse


class KeepsWhatIsUsed:
    """Added to an admin whose records others name; `users_of` gives for each that is used who uses it."""

    actions = ["delete_selected"]

    def users_of(self, records: Sequence[Any]) -> Mapping[Any, Sequence[str]]:
        """By record, in words; records that nobody uses are left out."""
        raise NotImplementedError

    @admin.action(description="Delete selected", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Deletes all or none: one that is used keeps the others too."""
        used = self.users_of(list(queryset))
        return self._refused(request, used) if used else delete_selected(self, request, queryset)  # type: ignore[arg-type]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Asks, or says who uses it."""
        record = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if record is not None and self.has_delete_permission(request, record):  # type: ignore[attr-defined]
            used = self.users_of([record])
            if used:
                return self._refused(request, used)
        return super().delete_view(request, object_id, extra_context)  # type: ignore[misc]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, Any, Any]:
        """What would go, asked once more before it goes: somebody may have begun to use it since the question."""
        to_delete, counts, refused, protected = super().get_deleted_objects(objs, request)  # type: ignore[misc]
        used = self.users_of(list(objs))
        return to_delete, counts, refused, [*protected, *(user for users in used.values() for user in users)]

    def _refused(self, request: HttpRequest, used: Mapping[Model, Sequence[str]]) -> HttpResponse:
        opts = self.opts  # type: ignore[attr-defined]
        messages.error(request, "Nothing was deleted: something uses it.")
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "title": f"These {opts.verbose_name_plural} are in use",
            "opts": opts,
            "used": dict(used),
        }
        return TemplateResponse(request, "admin/in_use.html", context, status=409)
