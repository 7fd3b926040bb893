"""Forms over win-back: which lost customers are shown, what a campaign has to tell, and who in it is written to."""

from typing import Any, ClassVar, cast

from django import forms
from django.http import QueryDict

from accounts.forms.fields import DialogForm, EditForm, KeyField, NewForm
from accounts.models import Contact, Segment, User
from accounts.queries.receivers import writable
from renewals.domain.win_back import AGES, Band
from renewals.models import Campaign, CampaignTarget, ChurnRecord
from renewals.queries.win_back_candidates import SORTS, UNKNOWN, CandidateFilter
from renewals.queries.win_back_contacts import people_at, refusal_for
from renewals.queries.win_back_results import ResultFilter
from renewals.services.campaigns import CampaignFields

SEARCH = {"type": "search", "placeholder": "Account", "data-search": ""}
CATEGORIES = [("", "Any reason"), *ChurnRecord.Category.choices, (UNKNOWN, "Not written down")]
BANDS = [("", "All"), *((band.value, age.label) for band, age in AGES.items())]
SORT_LABELS = {"arr": "Largest first", "latest": "Lost last first", "name": "By name"}
NEW = "new"
NOBODY_ELSE = "Nobody else is known there: add a contact on the page of the account first."


class CandidateFilterForm(forms.Form):
    """What the address of lost customers may ask for; what it cannot mean is named and left out."""

    q = forms.CharField(max_length=100, required=False, label="Search", widget=forms.TextInput(attrs=SEARCH))
    category = forms.ChoiceField(choices=CATEGORIES, required=False, label="Reason")
    segment = KeyField(Segment.objects.all(), to_field_name="key", empty_label="Any segment", required=False)
    least = forms.DecimalField(
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        label="Least ARR",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "ARR from", "autocomplete": "off"}),
    )
    band = forms.ChoiceField(choices=BANDS, required=False)
    show = forms.ChoiceField(choices=[("", "All lost"), ("open", "Can be chosen")], required=False)
    scope = forms.ChoiceField(choices=[("all", "All"), ("mine", "Mine")], required=False)
    sort = forms.ChoiceField(choices=[(key, SORT_LABELS[key]) for key in SORTS], required=False, label="Order")

    def wanted(self) -> CandidateFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        return CandidateFilter(
            text=clean.get("q") or "",
            mine=clean.get("scope") == "mine",
            segment_id=clean["segment"].pk if clean.get("segment") else None,
            category=clean.get("category") or "",
            least_arr=clean.get("least"),
            band=Band(clean["band"]) if clean.get("band") else None,
            open_only=clean.get("show") == "open",
            sort=clean.get("sort") or "arr",
        )


class ResultFilterForm(forms.Form):
    """What the address of the results may ask for; what it cannot mean is named and left out."""

    campaign = forms.ModelChoiceField(Campaign.objects.none(), empty_label="All campaigns", required=False)
    category = forms.ChoiceField(choices=CATEGORIES, required=False, label="Reason")
    band = forms.ChoiceField(choices=BANDS, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.visible_to(user).order_by("name", "pk")

    def wanted(self) -> ResultFilter:
        """The filter with what is valid; call after `is_valid()`."""
        clean: dict[str, Any] = self.cleaned_data
        return ResultFilter(
            campaign_id=clean["campaign"].pk if clean.get("campaign") else None,
            category=clean.get("category") or "",
            band=Band(clean["band"]) if clean.get("band") else None,
        )


class ChooseForm(forms.Form):
    """Lost customers that were ticked, and the campaign that they are to come into; a new one where none is named."""

    account = forms.TypedMultipleChoiceField(
        coerce=int, error_messages=dict.fromkeys(("required", "invalid_choice"), "Tick at least one customer.")
    )
    to = forms.ChoiceField(error_messages={"required": "Choose the campaign."})

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        ticked = [key for key in data.getlist("account") if key.isascii() and key.isdecimal() and len(key) < 19]
        accounts: Any = self.fields["account"]
        accounts.choices = [(key, key) for key in ticked]
        to: Any = self.fields["to"]
        to.choices = campaign_choices(user)


def campaign_choices(user: User) -> list[tuple[str, str]]:
    """The campaigns into which the user may choose customers, a new one first. One query."""
    there = Campaign.objects.steered_by(user).live().order_by("name", "pk")
    return [(NEW, "A new campaign"), *((str(pk), name) for pk, name in there.values_list("pk", "name"))]


class CampaignFieldsForm(forms.Form):
    """What a campaign is, and what there is to tell."""

    name = forms.CharField(max_length=120, help_text="As you speak of it: “Lost for reporting, spring”.")
    owner = forms.ModelChoiceField(User.objects.none(), empty_label=None, help_text="Who leads it.")
    by_itself = forms.ChoiceField(
        label="E-mails",
        choices=[("no", "Wait as drafts until they are approved"), ("yes", "Go out by themselves")],
        widget=forms.RadioSelect,
    )
    fixed_product = forms.CharField(
        label="What was fixed in the product",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For who left for the product or a competitor. In whole sentences, as they stand in the e-mail.",
    )
    fixed_value = forms.CharField(
        label="What would go another way",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For who saw no value, or whose champion, trust or plans were gone.",
    )
    fixed_price = forms.CharField(
        label="What changed in the price",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="For who left for financial reasons.",
    )
    proof = forms.CharField(
        label="What similar companies achieve",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One result with a figure.",
    )
    improvements = forms.CharField(
        label="What has improved",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One to a line.",
    )
    release_name = forms.CharField(
        label="Major release",
        max_length=60,
        required=False,
        help_text="Without one, the e-mail of day 90 is not written. It can be filled in later.",
    )
    offer = forms.CharField(
        label="What you offer with it",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    HEAD: ClassVar[list[list[str]]] = [["name", "owner"], ["by_itself"]]
    FIRST: ClassVar[list[list[str]]] = [["fixed_product"], ["fixed_value"], ["fixed_price"]]
    LATER: ClassVar[list[list[str]]] = [["proof"], ["improvements"], ["release_name"], ["offer"]]

    def offer_people(self, user: User, chosen: int) -> None:
        """Lets those lead it whom the user leads, and the user; who leads it already stays on the list."""
        people = User.objects.filter(is_active=True, read_only=False)
        field: Any = self.fields["owner"]
        theirs = people if user.sees_everything else people.filter(pk__in=user.team_ids)
        field.queryset = (theirs | User.objects.filter(pk=chosen)).order_by("name", "pk")

    @property
    def parts(self) -> list[tuple[str, str, list[list[Any]]]]:
        """The fields in parts: title, what it is for, and rows."""
        named = (
            ("Campaign", "", self.HEAD),
            ("The first e-mail", "a week after the loss, by the reason for it", self.FIRST),
            ("The later ones", "after 30 and 90 days", self.LATER),
        )
        return [(title, words, [[self[name] for name in row] for row in rows]) for title, words, rows in named]

    def campaign_fields(self) -> CampaignFields:
        """What was typed; call after `is_valid()`."""
        clean = self.cleaned_data
        fields: Any = {name: clean[name] for name in CampaignFields.__annotations__}
        fields["by_itself"] = clean["by_itself"] == "yes"
        return cast("CampaignFields", fields)


class NewCampaignForm(CampaignFieldsForm, NewForm):
    """A campaign that is made, with the customers that were ticked."""

    def __init__(self, data: QueryDict | None, *, user: User) -> None:
        super().__init__(data, initial={"owner": user.pk, "by_itself": "no"})
        self.offer_people(user, user.pk)


class CampaignForm(CampaignFieldsForm, EditForm):
    """A campaign that is changed."""

    def __init__(self, data: QueryDict | None = None, *, record: Campaign, user: User | None = None) -> None:
        initial = {name: getattr(record, name) for name in CampaignFields.__annotations__}
        initial |= {"owner": record.owner_id, "by_itself": "yes" if record.by_itself else "no"}
        super().__init__(data, record=record, initial=initial)
        self.user = user
        if user is not None:
            self.offer_people(user, record.owner_id)

    def over(self, current: Any) -> "CampaignForm":
        return CampaignForm(cast("QueryDict", self.data), record=current, user=self.user)

    def in_words(self, record: Campaign) -> dict[str, str]:
        labels = {name: str(field.label or name.capitalize()) for name, field in self.base_fields.items()}
        said = {labels[name]: str(getattr(record, name)) for name in CampaignFields.__annotations__}
        return said | {labels["by_itself"]: "go out by themselves" if record.by_itself else "wait as drafts"}


class TargetForm(EditForm):
    """Who of a lost customer is written to, and what the first e-mail speaks of."""

    contact = forms.ModelChoiceField(Contact.objects.none(), empty_label=None, label="Goes to")
    variant = forms.ChoiceField(
        choices=[("", "Nothing: leave the first e-mail out"), *CampaignTarget.Variant.choices],
        required=False,
        label="The first e-mail speaks of",
        help_text="By the reason for which they left, unless you know better.",
    )

    layout: ClassVar[list[list[str]]] = [["contact"], ["variant"]]

    def __init__(self, data: QueryDict | None = None, *, record: CampaignTarget) -> None:
        super().__init__(data, record=record, initial={"contact": record.contact_id, "variant": record.variant})
        field: Any = self.fields["contact"]
        field.queryset = writable().filter(account=record.account_id)

    def in_words(self, record: CampaignTarget) -> dict[str, str]:
        return {
            "Goes to": record.contact.name if record.contact else "nobody",
            "The first e-mail speaks of": record.get_variant_display() or "nothing",
        }


class HandOnForm(EditForm):
    """Who of a lost customer gets the e-mails instead of somebody who is not reached."""

    contact = forms.ModelChoiceField(Contact.objects.none(), empty_label="Choose one", label="Goes to")

    layout: ClassVar[list[list[str]]] = [["contact"]]

    def __init__(self, data: QueryDict | None = None, *, record: CampaignTarget) -> None:
        super().__init__(data, record=record, initial={"contact": record.contact_id})
        there = people_at(record)
        others = [one for one in there if one.pk != record.contact_id]
        field: Any = self.fields["contact"]
        # Whoever it goes to now can be sent, by the second of two clicks, but not chosen.
        field.queryset, field.widget.choices = there, [("", "Choose one"), *((one.pk, str(one)) for one in others)]
        field.help_text = "What reached the one before is not written again." if others else NOBODY_ELSE

    def clean_contact(self) -> Contact:
        """Somebody to whom these e-mails can be written."""
        contact: Contact = self.cleaned_data["contact"]
        if contact.pk != self.record.contact_id:
            because = refusal_for(self.record, contact)
        else:
            is_fresh = self.cleaned_data.get("version") == self.record.version
            because = "It goes there already: choose somebody else." if is_fresh else ""
        if because:
            raise forms.ValidationError(because)
        return contact

    def in_words(self, record: CampaignTarget) -> dict[str, str]:
        return {"Goes to": record.contact.name if record.contact else "nobody"}


class OutForm(DialogForm):
    """Why a customer is taken out of its campaign."""

    reason = forms.CharField(
        max_length=300,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": ""}),
        help_text="E-mails that are not sent yet are cancelled.",
    )

    layout: ClassVar[list[list[str]]] = [["reason"]]
