"""Forms over feature requests, and over what an account asked for."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse, reverse_lazy

from accounts.domain.feature_requests import Status
from accounts.forms.fields import PICKED, AccountField, DayField, DialogForm, EditForm, NewForm
from accounts.models import Account, Contact, FeatureAsk, FeatureRequest, Product, User
from accounts.queries.feature_requests import GROUPS, OPEN, SORTS, RequestFilter
from accounts.services.feature_requests import RequestFields
from cs_workspace.common import clock

PUBLIC = "Markdown works here. All who work here read it: what a customer said belongs to the account below."


class RequestField(forms.CharField):
    """A request by its title, with suggestions as one types; what was picked ends in its number: "Dark mode (#12)"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=180, **kwargs)
        self.widget.attrs |= {
            "list": "request-options",
            "autocomplete": "off",
            "hx-get": reverse_lazy("accounts:feature-request-options"),
            "hx-trigger": "input changed delay:150ms",
            "hx-target": "#request-options",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
            "hx-params": "what,into",
        }

    def find(self, text: str) -> FeatureRequest | None:
        """The request that the text picks or names, None where it is a new one."""
        requests = FeatureRequest.objects.kept()
        picked = PICKED.search(text)
        if picked:
            found = requests.filter(pk=int(picked[1])).first()
            if found is None:
                raise forms.ValidationError("There is no such request.")
            return found
        return requests.filter(title__iexact=text).first()


class RequestFieldsMixin(forms.Form):
    """What a new request and an edited one ask for alike."""

    title = forms.CharField(max_length=160, label="What is asked for")
    product = forms.ModelChoiceField(Product.objects.all(), required=False, empty_label="Any product")
    body = forms.CharField(
        label="Description", required=False, widget=forms.Textarea(attrs={"rows": 8}), help_text=PUBLIC
    )

    layout: ClassVar[list[list[str]]] = [["title"], ["product"], ["body"]]

    def request_fields(self) -> RequestFields:
        """What was given, as the service takes it."""
        given = self.cleaned_data
        return RequestFields(title=given["title"], body=given["body"], product=given["product"])


class NewRequestForm(RequestFieldsMixin, NewForm):
    """A new request."""


class EditRequestForm(RequestFieldsMixin, EditForm):
    """A request as a whole."""

    def __init__(self, *args: Any, record: FeatureRequest, **kwargs: Any) -> None:
        initial = {"title": record.title, "product": record.product_id, "body": record.body}
        super().__init__(*args, record=record, initial=initial, **kwargs)

    def in_words(self, record: FeatureRequest) -> dict[str, str]:
        return {"Title": record.title, "Product": str(record.product or "any"), "Description": record.body}


class StatusForm(DialogForm):
    """The status that a request gets."""

    status = forms.ChoiceField(label="Status")
    note = forms.CharField(
        max_length=300, required=False, label="Why, or what to tell", widget=forms.Textarea({"rows": 2})
    )

    layout: ClassVar[list[list[str]]] = [["status"], ["note"]]

    def __init__(self, *args: Any, feature: FeatureRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            choice for choice in FeatureRequest.Status.choices if choice[0] not in (feature.status, Status.NEW)
        ]


class MergeForm(DialogForm):
    """The request into which another one goes."""

    into = RequestField(label="Merge it into", help_text="The one that stays, with all who asked for either.")

    layout: ClassVar[list[list[str]]] = [["into"]]

    def clean_into(self) -> FeatureRequest:
        """The request that is meant."""
        field: Any = self.fields["into"]
        found: FeatureRequest | None = field.find(self.cleaned_data["into"])
        if found is None:
            raise forms.ValidationError(f"There is no request called “{self.cleaned_data['into']}”.")
        return found


class AskFieldsMixin(forms.Form):
    """Who asked, on which day, in which words."""

    asked_on = DayField(label="Asked on")
    words = forms.CharField(
        label="What they said", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def choose_contact(self, account: Account) -> None:
        """Offers the people of the account."""
        people = Contact.objects.present().filter(account=account).order_by("name", "pk")
        self.fields["contact"] = forms.ModelChoiceField(
            people, required=False, label="Who asked", empty_label="Nobody named"
        )


class AccountAskForm(AskFieldsMixin, NewForm):
    """What an account asks for: a request that is there, or a new one."""

    what = RequestField(label="What they ask for", help_text="Pick one that is there, or name a new one.")
    layout: ClassVar[list[list[str]]] = [["what"], ["contact", "asked_on"], ["words"]]

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        kwargs["initial"] = {"asked_on": clock.today()}
        super().__init__(*args, **kwargs)
        self.choose_contact(account)
        self.found: FeatureRequest | None = None

    def clean_what(self) -> str:
        """The text; `found` is the request that it means, None for a new one."""
        field: Any = self.fields["what"]
        text: str = self.cleaned_data["what"]
        self.found = field.find(text)
        if self.found is None and len(text) > 160:
            raise forms.ValidationError("Say it in 160 characters; what they said has a place of its own.")
        return text

    def ask_fields(self) -> dict[str, Any]:
        """What was given, as the service takes it."""
        given = self.cleaned_data
        named = {name: given[name] for name in ("asked_on", "contact", "words", "key")}
        return {"what": self.found or given["what"], **named}


class RequestAskForm(AskFieldsMixin, NewForm):
    """An account that asks for a request."""

    layout: ClassVar[list[list[str]]] = [["account", "asked_on"], ["words"]]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"asked_on": clock.today()}
        super().__init__(*args, **kwargs)
        self.fields["account"] = AccountField(user=user, url=reverse("accounts:account-options"), label="Account")


class AskForm(AskFieldsMixin, DialogForm):
    """What an account asked for, changed."""

    layout: ClassVar[list[list[str]]] = [["contact", "asked_on"], ["words"]]

    def __init__(self, *args: Any, ask: FeatureAsk, **kwargs: Any) -> None:
        kwargs["initial"] = {"contact": ask.contact_id, "asked_on": ask.asked_on, "words": ask.words}
        super().__init__(*args, **kwargs)
        self.choose_contact(ask.account)


class RequestFilterForm(forms.Form):
    """What the address of the list may ask for; what it cannot mean is left out."""

    group = forms.ChoiceField(choices=list(GROUPS.items()), required=False)
    q = forms.CharField(
        max_length=100,
        required=False,
        label="Search",
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Title or text", "data-search": ""}),
    )
    product = forms.ModelChoiceField(Product.objects.all(), required=False, empty_label="Any product")
    sort = forms.ChoiceField(choices=[(f"{sign}{key}", key) for key in SORTS for sign in ("", "-")], required=False)

    def wanted(self) -> RequestFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        sort = clean.get("sort") or "-arr"
        return RequestFilter(
            group=clean.get("group") or OPEN,
            text=(clean.get("q") or "").strip(),
            product=clean.get("product"),
            sort=sort.removeprefix("-"),
            descending=sort.startswith("-"),
        )


def label_of(request: FeatureRequest) -> str:
    """How a request stands in the list of suggestions."""
    return f"{request.title} (#{request.pk})"
