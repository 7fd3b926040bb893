"""Forms over success plans: the plan, its review, and each kind of entry."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet

from accounts.domain.success_plans import SHARED_DAYS, next_review
from accounts.forms.fields import DayField, DialogForm, EditForm, NewForm
from accounts.models import Account, Contact, ExchangeRate, RoiRecord, SuccessPlan, UseCase, User
from accounts.services.success_plans import PlanFields
from cs_workspace.common import clock

LARGEST = Decimal(999999999999)


class NumberField(forms.DecimalField):
    """A number as people write it, with up to four digits after the point."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(
            max_digits=16, decimal_places=4, min_value=-LARGEST, max_value=LARGEST, widget=widget, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return plain(value) if isinstance(value, Decimal) else value


class PersonField(forms.ModelChoiceField):
    """Somebody who may see the account and change things; who was chosen before stays on the list."""

    def __init__(self, account: Account, *, chosen: int | None, **kwargs: Any) -> None:
        self.account = account
        people = User.objects.filter(Q(is_active=True, read_only=False) | Q(pk=chosen))
        super().__init__(people, required=False, empty_label="Nobody", **kwargs)

    def clean(self, value: Any) -> User | None:
        person: User | None = super().clean(value)
        if person and not Account.objects.visible_to(person).filter(pk=self.account.pk).exists():
            raise forms.ValidationError(f"{person.name} may not see {self.account.name}.")
        return person


class PartFormMixin(forms.Form):
    """What a new entry of a plan and an edited one ask for alike; `layout` names its fields."""

    layout: ClassVar[list[list[str]]] = []

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        self.account = account
        super().__init__(*args, **kwargs)
        self.add_fields()

    def add_fields(self) -> None:
        """Adds the fields whose choices hang on the account."""

    def part_fields(self) -> Mapping[str, Any]:
        """What was given, as the service takes it."""
        return {name: self.cleaned_data[name] for row in self.layout for name in row}


class PartEditForm(PartFormMixin, EditForm):
    """An entry as it stands."""

    def __init__(self, *args: Any, record: Any, account: Account, **kwargs: Any) -> None:
        initial = {name: getattr(record, name) for row in self.layout for name in row}
        super().__init__(*args, account=account, record=record, initial=initial, **kwargs)

    def over(self, current: Any) -> "PartEditForm":
        return type(self)(self.data, record=current, account=self.account)

    def in_words(self, record: Any) -> dict[str, str]:
        return {self._label(name, record): words_of(record, name) for row in self.layout for name in row}

    def _label(self, name: str, record: Any) -> str:
        label = self.base_fields[name].label if name in self.base_fields else None
        return str(label or record._meta.get_field(name).verbose_name.capitalize())


class ObjectiveFields(PartFormMixin):
    """What is to be achieved, and from where to where until when."""

    title = forms.CharField(max_length=160, label="What the customer wants to achieve")
    measure = forms.CharField(max_length=160, label="Measured by", help_text="Hours per invoice run, active teams …")
    unit = forms.CharField(max_length=30, required=False, help_text="h, %, teams …")
    baseline = NumberField(label="Baseline")
    target = NumberField(label="Target", help_text="Below the baseline where less is better.")
    began_on = DayField(label="From")
    due_on = DayField(label="Due")

    layout = [["title"], ["measure", "unit"], ["baseline", "target"], ["began_on", "due_on"]]


class NewObjectiveForm(ObjectiveFields, NewForm):
    """A new objective, from today until the next quarter's end by default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        super().__init__(*args, initial={"began_on": today, "due_on": next_review(today)}, **kwargs)


class ObjectiveForm(ObjectiveFields, PartEditForm):
    """An objective as it stands."""


class UseCaseFields(PartFormMixin):
    """What the product is used for."""

    title = forms.CharField(max_length=160, label="Use case")
    status = forms.ChoiceField(choices=UseCase.Status.choices)
    live_on = DayField(label="Go-live", required=False)

    layout = [["title"], ["status", "live_on"]]


class NewUseCaseForm(UseCaseFields, NewForm):
    """A new use case."""


class UseCaseForm(UseCaseFields, PartEditForm):
    """A use case as it stands."""


class MilestoneFields(PartFormMixin):
    """A step of the way."""

    title = forms.CharField(max_length=160, label="Milestone")
    expected_on = DayField(label="Expected", required=False)
    done_on = DayField(label="Done", required=False)

    layout = [["title"], ["expected_on", "done_on"]]


class NewMilestoneForm(MilestoneFields, NewForm):
    """A milestone of the plan's own."""


class MilestoneForm(MilestoneFields, PartEditForm):
    """A milestone as it stands."""


class RiskFields(PartFormMixin):
    """What may keep the plan from working."""

    text = forms.CharField(max_length=300, label="Risk")
    mitigation = forms.CharField(max_length=300, required=False, label="What is done about it")
    is_shared = forms.BooleanField(required=False, label="Show to the customer")

    layout = [["text"], ["mitigation"], ["owner"], ["is_shared"]]

    def add_fields(self) -> None:
        chosen = getattr(getattr(self, "record", None), "owner_id", None)
        self.fields["owner"] = PersonField(self.account, chosen=chosen, label="Owner")


class NewRiskForm(RiskFields, NewForm):
    """A new risk, kept from the customer unless one says otherwise."""


class RiskForm(RiskFields, PartEditForm):
    """A risk as it stands."""


class RoiFields(PartFormMixin):
    """What it was worth, and who says so."""

    kind = forms.ChoiceField(choices=RoiRecord.Kind.choices)
    on = DayField(label="Reckoned on")
    amount = forms.DecimalField(
        max_digits=14,
        decimal_places=2,
        min_value=Decimal("0.01"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    method = forms.CharField(max_length=300, label="How it was reckoned")
    confirmed_on = DayField(label="Confirmed on", required=False)

    layout = [["kind", "on"], ["amount", "currency"], ["method"], ["confirmed_by", "confirmed_on"]]

    def add_fields(self) -> None:
        self.fields["currency"] = forms.ChoiceField(choices=[(code, code) for code in currencies_of(self.account)])
        self.fields["confirmed_by"] = forms.ModelChoiceField(
            contacts_of(self.account), required=False, empty_label="Not confirmed", label="Confirmed by"
        )


class NewRoiForm(RoiFields, NewForm):
    """A new record, in the currency of the account."""

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        initial = {"on": clock.today(), "currency": account.currency}
        super().__init__(*args, account=account, initial=initial, **kwargs)


class RoiForm(RoiFields, PartEditForm):
    """A record as it stands; who confirmed it stays on the list though they have left since."""

    def add_fields(self) -> None:
        super().add_fields()
        confirmed_by: Any = self.fields["confirmed_by"]
        confirmed_by.queryset = Contact.objects.filter(
            Q(pk__in=contacts_of(self.account).values("pk")) | Q(pk=self.record.confirmed_by_id), account=self.account
        )


class PlanForm(EditForm):
    """Who carries the plan on both sides, and when it is looked at next."""

    next_review_on = DayField(label="Next review")

    layout = [["owner", "next_review_on"], ["stakeholders"]]

    def __init__(self, *args: Any, record: SuccessPlan, **kwargs: Any) -> None:
        stakeholders = list(record.stakeholders.all())
        initial = {
            "owner": record.owner,
            "next_review_on": record.next_review_on,
            "stakeholders": [contact.pk for contact in stakeholders],
        }
        super().__init__(*args, record=record, initial=initial, **kwargs)
        self.fields["owner"] = PersonField(record.account, chosen=record.owner_id, label="Owner")
        among = Q(pk__in=contacts_of(record.account).values("pk")) | Q(pk__in=[contact.pk for contact in stakeholders])
        self.fields["stakeholders"] = forms.ModelMultipleChoiceField(
            Contact.objects.filter(among, account=record.account),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            label="Stakeholders at the customer",
        )

    def plan_fields(self) -> PlanFields:
        """What was given, as the service takes it."""
        given = self.cleaned_data
        return PlanFields(
            owner=given["owner"], stakeholders=list(given["stakeholders"]), next_review_on=given["next_review_on"]
        )

    def in_words(self, record: SuccessPlan) -> dict[str, str]:
        return {
            "Owner": str(record.owner or ""),
            "Next review": day_in_words(record.next_review_on),
            "Stakeholders": ", ".join(contact.name for contact in record.stakeholders.all()),
        }


class ReviewForm(NewForm):
    """A review that was held; the next one is a quarter later unless one says otherwise."""

    on = DayField(label="Reviewed on")
    next_on = DayField(label="Next review")
    summary = forms.CharField(
        required=False, label="What came of it", widget=forms.Textarea(attrs={"rows": 4}), max_length=5000
    )

    layout = [["on", "next_on"], ["summary"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        super().__init__(*args, initial={"on": today, "next_on": next_review(today)}, **kwargs)


class MeasureForm(NewForm):
    """What the measure is today, or was on a day."""

    value = NumberField()
    on = DayField(label="Measured on")
    note = forms.CharField(max_length=200, required=False, help_text="Seen by us only.")

    layout = [["value", "on"], ["note"]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": clock.today()}, **kwargs)


class ShareForm(DialogForm):
    """How long a link opens the plan."""

    days = forms.TypedChoiceField(
        choices=[(30, "30 days"), (SHARED_DAYS, f"{SHARED_DAYS} days"), (180, "180 days"), (365, "A year")],
        coerce=int,
        initial=SHARED_DAYS,
        label="The link opens the plan for",
    )

    layout = [["days"]]


def contacts_of(account: Account) -> QuerySet[Contact]:
    """The people of the account who are there."""
    return Contact.objects.present().filter(account=account)


def currencies_of(account: Account) -> list[str]:
    """The account's own currency, the workspace's, and those that have a rate."""
    known = ExchangeRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([account.currency, settings.WORKSPACE_CURRENCY, *known]))


def plain(value: Decimal) -> str:
    """A number without the zeros that say nothing: 8 and not 8.0000."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_in_words(day: Any) -> str:
    """A day for a conflict; empty for none."""
    return f"{day:%d %b %Y}".lstrip("0") if day else ""


def words_of(record: Any, name: str) -> str:
    """What a field of an entry says, for a conflict."""
    value, field = getattr(record, name), record._meta.get_field(name)
    if field.choices:
        return str(dict(field.choices).get(value, ""))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain(value)
    return day_in_words(value) if hasattr(value, "isoformat") else str(value or "")
