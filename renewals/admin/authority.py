"""The matrix of discounts: how much each role gives on its own."""

from django import forms
from django.contrib import admin

from cs_workspace.common.admin import WorkspaceAdmin
from renewals.models import DiscountAuthority


class AuthorityForm(forms.ModelForm):
    """A limit is a share: 10 is a slip for 0.10."""

    class Meta:
        model = DiscountAuthority
        fields = ["role", "limit"]

    limit = forms.DecimalField(min_value=0, max_value=1, max_digits=5, decimal_places=4, help_text="0.10 for 10 %.")


@admin.register(DiscountAuthority)
class DiscountAuthorityAdmin(WorkspaceAdmin):
    """What a role gives without asking. A role without a limit gives nothing, and what is above every limit needs the
    highest role and finance. Terms of several years add five points a year, ten at most."""

    form = AuthorityForm
    list_display = ["role", "limit"]
