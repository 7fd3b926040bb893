"""Users, their roles and reporting lines."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm

from accounts.models import Notification, User
from cs_workspace.common.admin import WorkspaceAdmin


class UserForm(forms.ModelForm):
    """Refuses a reporting line that comes back to the user."""

    class Meta:
        model = User
        fields = ["name", "email", "title", "role", "manager", "read_only", "approves_discounts", "is_active"]

    def clean_manager(self) -> User | None:
        manager = self.cleaned_data.get("manager")
        above: User | None = manager
        while above is not None and self.instance.pk:
            if above.pk == self.instance.pk:
                raise ValidationError(f"{manager} reports to {self.instance} already; lines cannot form a ring.")
            above = above.manager
        return manager


class NewUserForm(UserForm):
    """A new user, with a password that follows the rules."""

    password1 = forms.CharField(label="Password", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean_password1(self) -> str:
        from django.contrib.auth.password_validation import validate_password

        password = self.cleaned_data["password1"]
        validate_password(password, self.instance)
        return password

    def save(self, commit: bool = True) -> User:
        user = super().save(commit=False)
        user.set_password(self.cleaned_data["password1"])
        if commit:
            user.save()
            self.save_m2m()
        return user


# Rights follow from roles and reporting lines; groups would promise what nothing here asks for.
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(WorkspaceAdmin, DjangoUserAdmin):
    """People and teams: a team is a manager with everybody who reports to them."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["name", "email", "role", "manager", "accounts", "read_only", "is_active"]
    list_filter = ["role", "is_active", "read_only", ("manager", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["manager"]
    search_fields = ["name", "email"]
    ordering = ["name", "pk"]
    filter_horizontal = ()
    autocomplete_fields = ["manager"]
    readonly_fields = ["last_login"]
    fieldsets = [
        (None, {"fields": ["name", "email", "title", "password"]}),
        ("What they may do", {"fields": ["role", "manager", "read_only", "approves_discounts", "is_active"]}),
        ("Settings", {"fields": ["time_zone", "capacity_accounts", "capacity_arr", "last_login"]}),
        (
            "E-mail",
            {
                "fields": [
                    ("email_delivery", "digest_hour"),
                    ("quiet_from", "quiet_to"),
                    ("quiet_weekends", "quiet_lets_critical"),
                ]
            },
        ),
    ]
    add_fieldsets = [(None, {"fields": ["name", "email", "title", "role", "manager", "read_only", "password1"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return (
            super()
            .get_queryset(request)
            .annotate(owned=Count("owned_accounts", filter=Q(owned_accounts__status="active")))
        )

    @admin.display(description="accounts", ordering="owned")
    def accounts(self, user: Any) -> int:
        return user.owned

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """People who leave are switched off: what they wrote stays theirs."""
        return False


@admin.register(Notification)
class NotificationAdmin(WorkspaceAdmin):
    """What was told to whom; an e-mail that stopped half-way is for a person to decide."""

    list_display = ["created_at", "user", "title", "severity", "email_state", "email_sent_at"]
    list_filter = ["email_state", "severity"]
    list_select_related = ["user"]
    search_fields = ["title", "user__name", "user__email"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Notification | None = None) -> bool:
        return False
