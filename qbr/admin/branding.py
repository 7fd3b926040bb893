"""How decks look, for the whole workspace."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cs_workspace.common.admin import WorkspaceAdmin
from cs_workspace.common.refusals import RefusedError
from qbr.models import Branding
from qbr.services.branding import logo_from


class BrandingForm(forms.ModelForm):
    """The logo comes as a file and is kept as the picture in it."""

    class Meta:
        model = Branding
        fields = ["company", "colour", "accent", "footer"]

    logo_file = forms.FileField(
        label="Logo",
        required=False,
        help_text="PNG or JPEG, 2 MB at most. It stands on white.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label="Use no logo", required=False)

    def clean_logo_file(self) -> bytes | None:
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        try:
            return logo_from(file, size=file.size)
        except RefusedError as refused:
            raise forms.ValidationError(str(refused)) from refused

    def save(self, commit: bool = True) -> Any:
        if self.cleaned_data.get("logo_file"):
            self.instance.logo = self.cleaned_data["logo_file"]
        elif self.cleaned_data.get("without_logo"):
            self.instance.logo = None
        return super().save(commit)


@admin.register(Branding)
class BrandingAdmin(WorkspaceAdmin):
    """The one look that there is: company, logo, colours and the foot of slides."""

    form = BrandingForm
    fields = ["company", "logo_file", "without_logo", "colour", "accent", "footer"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is only one: its form."""
        if Branding.objects.exists():
            return redirect("admin:qbr_branding_change", True)
        return redirect("admin:qbr_branding_add")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A second one is not added: who comes late, or clicks twice, finds the one there is."""
        # Not by `has_add_permission`, which every page of the admin asks for its navigation.
        if Branding.objects.exists():
            return redirect("admin:qbr_branding_change", True)
        return super().add_view(request, form_url, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Branding | None = None) -> bool:
        return False
