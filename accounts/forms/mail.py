"""Forms over templates and sequences of e-mails."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from accounts.domain.merging import problem_with
from accounts.forms.fields import AccountField, DayField, NewForm
from accounts.models import Account, Contact, MailTemplate, Sequence, User
from accounts.queries.letters import all_fields
from accounts.services.mail_templates import TemplateText

LONGEST = 20_000


class TemplateForm(forms.Form):
    """What a template is called and says; `version` is that of the one that was read."""

    name = forms.CharField(max_length=120)
    subject = forms.CharField(max_length=160)
    body = forms.CharField(
        max_length=LONGEST, label="Text", widget=forms.Textarea(attrs={"rows": 18}), help_text="Markdown."
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, template: MailTemplate | None = None) -> None:
        initial = {}
        if template is not None:
            initial = {name: getattr(template, name) for name in ("name", "subject", "body", "version")}
        super().__init__(data, initial=initial)

    def clean_subject(self) -> str:
        """One whose fields there are."""
        return self._checked("subject")

    def clean_body(self) -> str:
        """One whose fields there are."""
        return self._checked("body")

    @property
    def text(self) -> TemplateText:
        """What a valid form says."""
        return TemplateText(*(self.cleaned_data[name] for name in ("name", "subject", "body")))

    def typed(self, name: str) -> str:
        """What stands in a field now, valid or not, cut to what a preview shows."""
        return str(self[name].value() or "").replace("\0", "")[:LONGEST]

    def _checked(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        problem = problem_with(text, fields=all_fields())
        if problem:
            raise forms.ValidationError(problem)
        return text


class OnAccountForm(forms.Form):
    """On which account a template is tried; without one it is shown for nobody in particular."""

    def __init__(self, data: Any = None, *, user: User, required: bool = False) -> None:
        super().__init__(data)
        url = reverse("accounts:account-options")
        self.fields["account"] = AccountField(user=user, url=url, label="Account", required=required)

    @property
    def account(self) -> Account | None:
        """The account that was chosen, if one was."""
        return self.cleaned_data.get("account") if self.is_bound and self.is_valid() else None


class EnrolForm(NewForm):
    """Whom of an account to put into which sequence."""

    sequence = forms.ModelChoiceField(Sequence.objects.none(), label="Sequence", empty_label="Choose one")
    contact = forms.ModelChoiceField(Contact.objects.none(), label="Who gets the e-mails", empty_label="Choose one")

    anchor_on = DayField(
        required=False,
        label="Counts from",
        help_text="Empty for today or, where it begins before its day, the renewal.",
    )

    layout: ClassVar[list[list[str]]] = [["sequence"], ["contact", "anchor_on"]]

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sequences, contacts = self.fields["sequence"], self.fields["contact"]
        sequences.queryset = Sequence.objects.active()  # type: ignore[attr-defined]  # of a choice among records
        contacts.queryset = Contact.objects.present().filter(account=account).exclude(email="")  # type: ignore[attr-defined]
