"""E-mail to customers, for admins: its rules, the addresses that nothing is sent to, and what mail servers told."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.decorators import action

from accounts.http import UserRequest
from accounts.models import MailEvent, MailRules, Suppression, User
from accounts.services.suppressing import lift, suppress
from cs_workspace.common.admin import WorkspaceAdmin

SuppressionChange: type[Model] = Suppression.pgh_event_model  # type: ignore[attr-defined]  # made by pghistory


class SuppressionForm(forms.ModelForm):
    """An address for the list, and why."""

    class Meta:
        model = Suppression
        fields = ("address", "reason", "note")

    def clean_address(self) -> str:
        address = self.cleaned_data["address"].lower()
        if Suppression.objects.covering(address).exists():
            raise ValidationError("Nothing is sent to this address already.")
        return address


class LiftForm(forms.Form):
    """Why an address is written to again."""

    note = forms.CharField(
        max_length=300, label="Why", error_messages={"required": "Say why: it stays in the history of the list."}
    )


class ReadOnlyAdmin(WorkspaceAdmin):
    """Rows that programs write."""

    show_full_result_count = False
    list_display_links = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(WorkspaceAdmin):
    """Addresses that nothing is sent to, by whoever. One is put on the list, and lifted with a reason."""

    form = SuppressionForm
    list_display = ["address", "reason", "note", "at", "by"]
    list_filter = ["reason"]
    list_select_related = ["by"]
    search_fields = ["address", "note"]
    actions_list = ["all_changes"]
    actions_detail = ["lift"]

    def save_model(self, request: UserRequest, obj: Suppression, form: Any, change: bool) -> None:
        """By the service: sequences stop, and what waits is withheld."""
        kept = suppress(address=obj.address, reason=Suppression.Reason(obj.reason), note=obj.note, by=request.user)
        obj.pk, obj.at, obj.by = kept.pk, kept.at, kept.by

    @action(description="Put on and lifted", url_path="changes", permissions=["view"])
    def all_changes(self, request: UserRequest) -> HttpResponse:
        """The history of the list, which also tells of those that were lifted."""
        return redirect("admin:accounts_suppressionevent_changelist")

    @action(description="Lift…", url_path="lift", permissions=["lift"])
    def lift(self, request: UserRequest, object_id: str) -> HttpResponse:
        """Asks why, and takes the address from the list."""
        kept = self.get_object(request, object_id)
        if kept is None:
            raise Http404
        form = LiftForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            lift(suppression=kept, note=form.cleaned_data["note"], by=request.user)
            messages.success(request, f"{kept} is written to again.")
            return redirect("admin:accounts_suppression_changelist")
        title = f"Write to {kept} again?"
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, "form": form}
        status = 422 if form.errors else 200
        return TemplateResponse(request, "admin/lift.html", context | {"kept": kept}, status=status)

    def has_lift_permission(self, request: UserRequest, object_id: str | None = None) -> bool:
        return not request.user.read_only

    def has_change_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        """What was told stays as it was told."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Suppression | None = None) -> bool:
        """It is lifted, with a reason."""
        return False


@admin.register(SuppressionChange)
class SuppressionChangeAdmin(ReadOnlyAdmin):
    """Who was put on the list of addresses that nothing is sent to, and who was lifted: when, by whom, and why."""

    list_display = ["when", "address", "what", "reason", "why", "who"]
    list_filter = ["pgh_label", "reason"]
    list_select_related = ["pgh_context"]
    search_fields = ["address"]
    ordering = ["-pgh_id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the name of who did it; a customer and a mail server have none."""
        user = Cast(KeyTextTransform("user", OuterRef("pgh_context__metadata")), BigIntegerField())
        return super().get_queryset(request).annotate(by_name=Subquery(User.objects.filter(pk=user).values("name")))

    @admin.display(description="when", ordering="pgh_created_at")
    def when(self, event: Any) -> dt.datetime:
        return event.pgh_created_at

    @admin.display(description="what", ordering="pgh_label")
    def what(self, event: Any) -> str:
        return {"insert": "Put on the list", "delete": "Lifted"}.get(event.pgh_label, "Changed")

    @admin.display(description="why")
    def why(self, event: Any) -> str:
        said = event.pgh_context.metadata.get("reason", "") if event.pgh_context else ""
        return said if event.pgh_label == "delete" else event.note

    @admin.display(description="by")
    def who(self, event: Any) -> str:
        return event.by_name or ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The list says all that there is."""
        return obj is None and super().has_view_permission(request)


@admin.register(MailEvent)
class MailEventAdmin(ReadOnlyAdmin):
    """What providers told of e-mails, also of those that are none of ours."""

    list_display = ["at", "kind", "address", "mail", "provider", "detail"]
    list_filter = ["kind", "provider"]
    list_select_related = ["mail"]
    search_fields = ["address", "detail"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_view_permission(request)


@admin.register(MailRules)
class MailRulesAdmin(WorkspaceAdmin):
    """How customers are written to, whoever writes. There is one row; it counts for the next e-mail that goes out."""

    fieldsets = [
        ("At most", {"fields": [("automatic_most", "automatic_days")]}),
        ("Quiet hours", {"fields": [("quiet_from", "quiet_to"), "quiet_weekends"]}),
        ("Below every e-mail", {"fields": ["postal_address"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The one row, which is made with its defaults where nobody has tuned it yet."""
        rules, _ = MailRules.objects.get_or_create(pk=1)
        return redirect(reverse("admin:accounts_mailrules_change", args=[rules.pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: MailRules | None = None) -> bool:
        return False
