"""The state of the book as its address holds it: filters, order, columns, page. What is wrong is told and left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from accounts.domain.book import PAGE_SIZES, STANDARD_SIZE, STANDARD_SORT, TIERS, Filters, Order
from accounts.models import Account, Segment, User
from accounts.queries.book_columns import Column, columns, sortable_keys, standard_columns
from accounts.registries import BOOK_FILTERS

MOST_DAYS = 3650
# In these a person types, so that each change is the same step of the browser's history.
TYPED = frozenset({"q", "renewal", "untouched", "tag", "arr_min", "arr_max"})
FILTERS = (
    *("q", "tier", "segment", "stage", "trend", "status", "owner", "renewal", "untouched", "tag"),
    *("arr_min", "arr_max", "strategic", "alerts", "trial"),
)
FLAGS = ("strategic", "alerts", "trial")
IN_SIGHT = ("q", "tier", "renewal", "untouched")
LAYOUT = ("sort", "col", "size")


def filter_names() -> tuple[str, ...]:
    """Every filter: those of the ground, and those that higher floors add."""
    return (*FILTERS, *BOOK_FILTERS)


def _choices(several: Iterable[tuple[str, str]], label: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=list(several),
        required=False,
        label=label,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": f"There is no {label.lower()} “%(value)s”."},
    )


def _days(label: str) -> forms.IntegerField:
    words = f"Give the days as a whole number from 0 to {MOST_DAYS}."
    return forms.IntegerField(
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        label=label,
        error_messages={"invalid": words, "min_value": words, "max_value": words},
    )


def _amount(label: str) -> forms.DecimalField:
    return forms.DecimalField(
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        label=label,
        error_messages={"invalid": "Give an amount as a number, like 25000."},
    )


class BookForm(forms.Form):
    """Everything that the address of the book may say. Fields that are wrong have errors; the others hold."""

    q = forms.CharField(max_length=100, required=False, label="Search")
    tier = _choices(TIERS.items(), "Tier")
    segment = _choices([], "Segment")
    stage = _choices(Account.Stage.choices, "Lifecycle stage")
    trend = _choices(Account.Trend.choices, "Trend")
    status = forms.ChoiceField(
        choices=[("", "Active"), ("churned", "Churned"), ("all", "Active and churned")],
        required=False,
        label="Status",
        error_messages={"invalid_choice": "There is no status “%(value)s”."},
    )
    owner = forms.ChoiceField(
        required=False,
        label="Owner",
        error_messages={"invalid_choice": "You see no owner “%(value)s”."},
    )
    renewal = _days("Renewal within days")
    untouched = _days("No touch for days")
    tag = forms.CharField(max_length=40, required=False, label="Tag")
    arr_min = _amount("ARR from")
    arr_max = _amount("ARR to")
    strategic = forms.BooleanField(required=False, label="Strategic")
    alerts = forms.BooleanField(required=False, label="With open alerts")
    trial = forms.BooleanField(required=False, label="Trials only")
    sort = forms.CharField(required=False, label="Order")
    col = forms.MultipleChoiceField(
        required=False, label="Columns", error_messages={"invalid_choice": "There is no column “%(value)s”."}
    )
    size = forms.TypedChoiceField(
        choices=[(size, str(size)) for size in PAGE_SIZES],
        coerce=int,
        empty_value=STANDARD_SIZE,  # type: ignore[arg-type]  # the stubs know no other type than text
        required=False,
        label="Rows a page",
        error_messages={"invalid_choice": f"A page has {', '.join(map(str, PAGE_SIZES))} rows, not “%(value)s”."},
    )
    page = forms.IntegerField(
        min_value=1,
        required=False,
        label="Page",
        error_messages={"invalid": "Give the page as a number.", "min_value": "Pages are counted from 1."},
    )

    def __init__(self, data: QueryDict, *, user: User, segments: Iterable[Segment], people: Iterable[User]) -> None:
        super().__init__(data)
        self.user = user
        for wanted in BOOK_FILTERS.values():
            self.fields[wanted.key] = forms.ChoiceField(
                choices=[("", "Any"), *wanted.choices],
                required=False,
                label=wanted.label,
                error_messages={"invalid_choice": f"There is no {wanted.label.lower()} “%(value)s”."},
            )
        for name, choices in {
            "segment": [(segment.key, segment.name) for segment in segments],
            "owner": _owners(user, people),
            "col": [(column.key, column.label) for column in columns()],
        }.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # these three are choice fields

    @property
    def fallible(self) -> list[BoundField]:
        """Filters that can be wrong, each with a place beside it that says how; what is ticked on or off cannot."""
        return [self[name] for name in filter_names() if name not in FLAGS]

    @property
    def ticked(self) -> list[BoundField]:
        """Filters behind the button of which several values can be ticked."""
        return [self[name] for name in ("segment", "stage", "trend")]

    @property
    def chosen(self) -> list[BoundField]:
        """Filters behind the button that are chosen from a list."""
        return [self[name] for name in ("status", "owner", *BOOK_FILTERS)]

    @property
    def amounts(self) -> list[BoundField]:
        """Filters behind the button that are typed as amounts."""
        return [self[name] for name in ("arr_min", "arr_max")]

    @property
    def flags(self) -> list[BoundField]:
        """Filters behind the button that are on or off."""
        return [self[name] for name in FLAGS]

    @property
    def has_hidden_errors(self) -> bool:
        """Whether something behind the button is wrong, so that it must be in sight."""
        return any(self[name].errors for name in filter_names() if name not in IN_SIGHT)

    def clean_sort(self) -> str:
        """The order; one that there is not is refused."""
        text: str = self.cleaned_data["sort"] or STANDARD_SORT
        if text.removeprefix("-") not in sortable_keys():
            raise forms.ValidationError(f"The book cannot be sorted by “{text}”.")
        return text

    def clean(self) -> dict[str, Any]:
        """Refuses bounds that nothing can lie between."""
        cleaned: dict[str, Any] = super().clean() or {}
        low, high = cleaned.get("arr_min"), cleaned.get("arr_max")
        if low is not None and high is not None and low > high:
            self.add_error("arr_max", "This is less than the lower bound.")
        return cleaned


def _owners(user: User, people: Iterable[User]) -> list[tuple[str, str]]:
    own = [("", "Anybody"), ("me", "Me")]
    if not user.leads:
        return own
    if user.role == User.Role.MANAGER:
        own.append(("team", "My team"))
    named = [(str(person.pk), person.name) for person in people if person.pk != user.pk]
    return [*own, ("none", "Nobody"), *named]


@dataclass(frozen=True)
class BookState:
    """The book as it was asked for, without what was wrong."""

    form: BookForm
    filters: Filters
    order: Order
    columns: tuple[Column, ...]
    size: int
    page: int
    view: str
    chosen: tuple[str, ...]
    """Keys of the columns where they were chosen; empty for the standard ones."""

    @property
    def layout_problems(self) -> list[tuple[str, str]]:
        """What was wrong with order, columns or page: the label and the words. Filters say it at their field."""
        return [
            (str(self.form.fields[name].label), str(words))
            for name, errors in self.form.errors.items()
            if name not in filter_names()
            for words in errors
        ]

    @property
    def layout(self) -> list[tuple[str, str]]:
        """Order, columns, size and view, which the form of the filters keeps."""
        return [*self.pairs(LAYOUT), *([("view", self.view)] if self.view else [])]

    @property
    def is_filtered(self) -> bool:
        return bool(self.pairs(filter_names()))

    def pairs(self, names: Iterable[str] = ()) -> list[tuple[str, str]]:
        """Names and values as the address holds them, in a fixed order and without what says nothing or was wrong.

        Without `names`, all filters and the layout.
        """
        found: list[tuple[str, str]] = []
        for name in names or (*filter_names(), *LAYOUT):
            value = self.form.cleaned_data.get(name)
            if isinstance(value, list):
                found += [(name, one) for one in value]
            elif value is not None and value is not False and value != "" and (name, value) not in STANDARD:
                found.append((name, "1" if value is True else str(value)))
        return found

    @property
    def query(self) -> str:
        """The query string of this state without the page: what is saved, exported and changed by links."""
        return self.encoded((*filter_names(), *LAYOUT))

    @property
    def filter_query(self) -> str:
        """The filters alone, as a bulk action takes them."""
        return self.encoded(filter_names())

    def encoded(self, names: Iterable[str]) -> str:
        """The query string of some of its values."""
        return urlencode(self.pairs(names))

    def link(self, **changed: Any) -> str:
        """The query string with some values changed, on the first page unless a page is named; None takes one out."""
        pairs = [*self.pairs(), ("view", self.view)]
        kept = [(name, value) for name, value in pairs if name not in changed and value]
        return "?" + urlencode(kept + [(name, value) for name, value in changed.items() if value not in (None, "")])


STANDARD = {("sort", STANDARD_SORT), ("size", STANDARD_SIZE)}


def read_state(data: QueryDict, *, user: User, segments: Iterable[Segment], people: Iterable[User]) -> BookState:
    """Reads an address. Never raises: what is wrong is in `problems`, and left out of the state."""
    form = BookForm(data, user=user, segments=segments, people=people)
    form.is_valid()
    given = form.cleaned_data
    chosen = tuple(given.get("col") or ())
    return BookState(
        form=form,
        filters=Filters(
            q=given.get("q", ""),
            tiers=frozenset(given.get("tier") or ()),
            segments=frozenset(given.get("segment") or ()),
            stages=frozenset(given.get("stage") or ()),
            trends=frozenset(given.get("trend") or ()),
            status=given.get("status") or "active",
            owner=given.get("owner", ""),
            renewal_within=given.get("renewal"),
            untouched_for=given.get("untouched"),
            tag=given.get("tag", ""),
            arr_min=given.get("arr_min"),
            arr_max=given.get("arr_max"),
            strategic=given.get("strategic", False),
            with_alerts=given.get("alerts", False),
            trial=given.get("trial", False),
            further=tuple((key, given[key]) for key in BOOK_FILTERS if given.get(key)),
        ),
        order=Order.parse(given.get("sort") or STANDARD_SORT),
        columns=tuple(c for c in columns() if c.key in {"name", *chosen}) if chosen else standard_columns(user),
        size=given.get("size") or STANDARD_SIZE,
        page=given.get("page") or 1,
        view=data.get("view", "")[:20],
        chosen=chosen,
    )


def state_of(user: User, data: QueryDict) -> BookState:
    """The state that an address asks for. One query, and one more for those who filter by owner."""
    people: list[User] = []
    if user.sees_everything:
        people = list(User.objects.filter(is_active=True).exclude(role=User.Role.AE).only("name"))
    elif user.leads:
        people = [person for person in user.team if person.is_active]
    return read_state(data, user=user, segments=Segment.objects.all(), people=people)
