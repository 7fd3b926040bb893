"""Accounts and contacts, for what the pages of the workspace do not change."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.models import Account, Contact, TeamMember
from cs_workspace.common.admin import TabularInline, WorkspaceAdmin


class TeamInline(TabularInline):
    """Who works on the account beside the owner."""

    model = TeamMember
    extra = 0
    autocomplete_fields = ["user"]


class KeptAdmin(WorkspaceAdmin):
    """Records that people wrote are archived by the workspace, never deleted here."""

    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Account)
class AccountAdmin(KeptAdmin):
    """Customers. Score, ARR and renewal date follow from observations and contracts, so they are shown only."""

    list_display = ["name", "segment", "arr", "health_score", "health_tier", "owner", "stage", "status"]
    list_filter = ["status", "stage", "segment", "health_tier", "is_trial", "strategic"]
    list_select_related = ["segment", "owner"]
    search_fields = ["name", "domain", "external_id"]
    autocomplete_fields = ["owner", "parent"]
    readonly_fields = ["arr", "renewal_date", "health_score", "health_tier", "health_trend", "health_updated"]
    inlines = [TeamInline]
    fieldsets = [
        (None, {"fields": ["name", "domain", "industry", "country", "time_zone", "currency"]}),
        (
            "Relationship",
            {"fields": ["owner", "owner_since", "parent", "stage", "status", "churned_on", "customer_since"]},
        ),
        (
            "Class",
            {"fields": ["segment", "segment_pinned", "is_trial", "strategic", "seasonal", "low_season_months", "tags"]},
        ),
        ("Kept current", {"fields": readonly_fields}),
        ("From outside", {"fields": ["source", "external_id", "custom"], "classes": ["collapse"]}),
    ]


@admin.register(Contact)
class ContactAdmin(KeptAdmin):
    """People at customers."""

    list_display = ["name", "account", "title", "function", "seniority", "status"]
    list_filter = ["status", "seniority", "engagement"]
    list_select_related = ["account"]
    search_fields = ["name", "email", "account__name"]
    autocomplete_fields = ["account"]
    readonly_fields = ["unsubscribed_at"]  # on the page of the account, where it counts for the address as well
