"""Leaving the demo for one's own data."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password

from accounts.models import User
from cs_workspace.web.demo import MAIL_DOMAIN
from cs_workspace.web.demo.leaving import Identity, plays_a_part


class OwnDataForm(forms.Form):
    """The workspace's name typed out, for it is for good; from a user of the demo also who they really are."""

    workspace = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label="Your name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label="Your e-mail address", widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label="New password",
        strip=False,
        help_text="At least 12 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["workspace"].label = f"Type “{settings.WORKSPACE_NAME}” to confirm"
        if not plays_a_part(user):
            for name in ("name", "email", "password"):
                del self.fields[name]

    def clean_workspace(self) -> str:
        typed = self.cleaned_data["workspace"]
        if typed.casefold() != settings.WORKSPACE_NAME.casefold():
            raise forms.ValidationError(f"This is not the name of the workspace, “{settings.WORKSPACE_NAME}”.")
        return typed

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if email.lower().endswith(f"@{MAIL_DOMAIN}"):
            raise forms.ValidationError("The demo's addresses go with it; use your own.")
        if User.objects.exclude(pk=self.user.pk).filter(email__iexact=email).exists():
            raise forms.ValidationError("Another user has this address already.")
        return email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, self.user)
        return password

    @property
    def identity(self) -> Identity | None:
        """Who the user really is, once the form is valid; None where they are themselves already."""
        if not plays_a_part(self.user):
            return None
        return Identity(*(self.cleaned_data[name] for name in ("name", "email", "password")))
