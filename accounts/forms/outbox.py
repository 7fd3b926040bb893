"""Filters of the outbox, and the forms over an e-mail."""

from typing import Any, ClassVar

from django import forms

from accounts.forms.fields import EditForm, MomentField, NewForm, moment_in_words
from accounts.models import Account, Contact, Mail, MailTemplate
from accounts.queries.outbox import DRAFTS, GROUPS, REACTIONS, MailFilter
from accounts.queries.receivers import receivers_of
from accounts.queries.writing_mail import begun_with
from accounts.services.writing_mail import Words

LONGEST = 20_000


class MailFilterForm(forms.Form):
    """What the address of the outbox may ask for; what it cannot mean is named and left out."""

    scope = forms.ChoiceField(choices=[("mine", "Mine"), ("all", "All that I see")], required=False)
    group = forms.ChoiceField(choices=list(GROUPS.items()), required=False)
    cause = forms.ChoiceField(choices=[("", "Any cause"), *Mail.Cause.choices], required=False)
    reaction = forms.ChoiceField(choices=[("", "Whatever came back"), *REACTIONS.items()], required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": "Person, account or subject", "data-search": ""}
        ),
    )

    def wanted(self) -> MailFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        return MailFilter(
            group=clean.get("group") or DRAFTS,
            text=clean.get("q") or "",
            cause=clean.get("cause") or "",
            reaction=clean.get("reaction") or "",
            mine=clean.get("scope") != "all",
        )


class MailWordsMixin(forms.Form):
    """What a new e-mail and an edited one ask for alike."""

    subject = forms.CharField(max_length=200)
    body = forms.CharField(
        label="Text",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Markdown works here. Your signature stands below it.",
    )
    due_at = MomentField(required=False, label="Not before", help_text="In your own zone; empty for as soon as it can.")

    def words(self) -> Words:
        """What was given, as the service takes it."""
        given = self.cleaned_data
        return Words(given["subject"], given["body"], given["due_at"])


class ReceiverField(forms.ModelChoiceField):
    """Somebody at the customer, with the part that they play and the address."""

    def label_from_instance(self, obj: Contact) -> str:
        return f"{', '.join([obj.name, *obj.role_labels])} <{obj.email}>"


class NewMailForm(MailWordsMixin, NewForm):
    """An e-mail to somebody at an account; `contact` is who is chosen at first."""

    contact = ReceiverField(Contact.objects.none(), label="To", empty_label="Choose …")
    template = forms.ModelChoiceField(
        MailTemplate.objects.kept(), required=False, label="Begin with", empty_label="An empty page"
    )

    layout: ClassVar[list[list[str]]] = [["contact", "due_at"], ["subject"]]

    def __init__(self, *args: Any, account: Account, contact: str = "", initial: Any = None, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, initial=initial or {"contact": contact}, **kwargs)
        self.fields["contact"].queryset = receivers_of(account)  # type: ignore[attr-defined]

    def begun(self) -> "NewMailForm":
        """The form anew, with the chosen template below what was typed; the same form where none is chosen."""
        self.is_valid()
        template = self.cleaned_data.get("template")
        if template is None:
            return type(self)(account=self.account, initial=self._typed())
        begun = begun_with(template, self.account, self.cleaned_data.get("contact"))
        typed = self._typed()
        body = "\n\n".join(text for text in (str(typed["body"] or "").strip(), begun.text) if text)
        return type(self)(
            account=self.account, initial=typed | {"subject": typed["subject"] or begun.subject, "body": body}
        )

    def _typed(self) -> dict[str, Any]:
        return {name: self[name].value() for name in ("key", "contact", "template", "due_at", "subject", "body")}


class MailForm(MailWordsMixin, EditForm):
    """What an e-mail says that has not gone out."""

    layout: ClassVar[list[list[str]]] = [["subject", "due_at"]]

    def __init__(self, *args: Any, record: Mail, **kwargs: Any) -> None:
        initial = {"subject": record.subject, "body": record.text, "due_at": record.due_at}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def in_words(self, record: Mail) -> dict[str, str]:
        return {
            "Subject": record.subject,
            "Text": record.text,
            "Not before": moment_in_words(record.due_at),
            "State": record.get_state_display(),
        }
