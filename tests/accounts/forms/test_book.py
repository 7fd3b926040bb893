from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.book import Filters, Order
from accounts.forms.book import FILTERS, LAYOUT, BookState, read_state
from accounts.models import Segment, User
from accounts.queries.book_columns import columns, standard_columns

CSM = User(pk=1, name="Olga Owner", role=User.Role.CSM)
MANAGER = User(pk=2, name="Mona Manager", role=User.Role.MANAGER)
SEGMENTS = [Segment(key="smb", name="SMB"), Segment(key="enterprise", name="Enterprise")]


def read(query: str, user: User = CSM) -> BookState:
    return read_state(QueryDict(query), user=user, segments=SEGMENTS, people=[CSM, MANAGER])


def test_an_empty_address_is_the_standard_book():
    state = read("")
    assert (state.filters, state.order, state.size, state.page) == (Filters(), Order("health"), 50, 1)
    assert state.columns == standard_columns(CSM)
    assert (state.query, state.is_filtered, state.layout_problems) == ("", False, [])


def test_every_filter_is_read():
    state = read(
        "q=+halden+&tier=3&tier=none&segment=smb&stage=renewing&trend=declining&status=all&owner=me&renewal=90"
        "&untouched=30&tag=pilot&arr_min=1000&arr_max=2000.50&strategic=1&alerts=1&trial=1"
    )
    assert state.form.errors == {}
    assert state.filters == Filters(
        q="halden",
        tiers=frozenset({"3", "none"}),
        segments=frozenset({"smb"}),
        stages=frozenset({"renewing"}),
        trends=frozenset({"declining"}),
        status="all",
        owner="me",
        renewal_within=90,
        untouched_for=30,
        tag="pilot",
        arr_min=Decimal(1000),
        arr_max=Decimal("2000.50"),
        strategic=True,
        with_alerts=True,
        trial=True,
    )


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("tier=9", "tier", "There is no tier “9”."),
        ("segment=none", "segment", "There is no segment “none”."),
        ("stage=x&stage=renewing", "stage", "There is no lifecycle stage “x”."),
        ("status=asleep", "status", "There is no status “asleep”."),
        ("owner=99", "owner", "You see no owner “99”."),
        ("renewal=soon", "renewal", "Give the days as a whole number from 0 to 3650."),
        ("renewal=-1", "renewal", "Give the days as a whole number from 0 to 3650."),
        ("untouched=99999", "untouched", "Give the days as a whole number from 0 to 3650."),
        ("arr_min=much", "arr_min", "Give an amount as a number, like 25000."),
        ("arr_min=9&arr_max=8", "arr_max", "This is less than the lower bound."),
        ("sort=colour", "sort", "The book cannot be sorted by “colour”."),
        ("sort=spark", "sort", "The book cannot be sorted by “spark”."),
        ("col=colour", "col", "There is no column “colour”."),
        ("size=7", "size", "A page has 25, 50, 100 rows, not “7”."),
        ("page=two", "page", "Give the page as a number."),
        ("page=0", "page", "Pages are counted from 1."),
    ],
)
def test_what_is_wrong_is_named_and_left_out_while_the_rest_holds(query: str, field: str, words: str):
    state = read(f"{query}&trend=declining")
    assert state.form.errors[field] == [words]
    assert state.filters.trends == {"declining"}
    assert field not in dict(state.pairs())


def test_what_is_wrong_with_the_layout_has_no_field_to_stand_at_and_is_told_above_the_table():
    state = read("sort=colour&page=0&renewal=soon")
    assert state.layout_problems == [
        ("Order", "The book cannot be sorted by “colour”."),
        ("Page", "Pages are counted from 1."),
    ]


def test_a_csm_filters_by_no_other_owner():
    assert [value for value, _ in read("").form.fields["owner"].choices] == ["", "me"]
    assert read("owner=2").form.errors["owner"] == ["You see no owner “2”."]


def test_a_manager_filters_by_their_people():
    assert [value for value, _ in read("", MANAGER).form.fields["owner"].choices] == ["", "me", "team", "none", "1"]
    assert read("owner=1", MANAGER).filters.owner == "1"


def test_chosen_columns_keep_the_order_of_the_page_and_the_name_is_always_there():
    state = read("col=owner&col=arr")
    assert [column.key for column in state.columns] == ["name", "arr", "owner"]
    assert state.query == "col=owner&col=arr"


def test_the_owner_is_a_standard_column_for_those_who_lead():
    assert "owner" not in [column.key for column in read("").columns]
    assert "owner" in [column.key for column in read("", MANAGER).columns]


def test_what_is_standard_is_not_written_into_the_address():
    assert read("sort=health&size=50&q=&status=").query == ""
    assert read("sort=-health&size=100").query == "sort=-health&size=100"


def test_a_link_changes_one_thing_and_starts_at_the_first_page():
    state = read("q=hal&tier=3&tier=4&page=3&view=quiet")
    assert state.link(sort="-arr") == "?q=hal&tier=3&tier=4&view=quiet&sort=-arr"
    assert state.link(tier=None) == "?q=hal&view=quiet"
    assert state.link(page=2).endswith("&page=2")


def test_an_address_says_the_same_when_it_is_read_again():
    state = read("q=a+%26+b&tier=4&renewal=0&sort=-arr&col=arr&size=25&arr_min=0")
    again = read(state.query)
    assert (again.filters, again.order, again.columns, again.size) == (
        state.filters,
        state.order,
        state.columns,
        state.size,
    )
    assert again.query == state.query


ODD = st.one_of(
    st.sampled_from(
        ["", "-", "--arr", "1e9999", "NaN", "Infinity", "-0", "٣", "9" * 400, "\x00", "%", "' OR 1=1", "🙂"]
    ),
    st.text(max_size=20),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*FILTERS, *LAYOUT, "page", "view", "other"]), ODD), max_size=8))
def test_nothing_in_an_address_breaks_it(pairs: list[tuple[str, str]]):
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    state = read_state(data, user=MANAGER, segments=SEGMENTS, people=[CSM])
    again = read_state(QueryDict(state.query), user=MANAGER, segments=SEGMENTS, people=[CSM])
    assert again.form.errors == {}, "what was kept is right"
    assert again.filters == state.filters
    assert state.columns
    assert set(state.columns) <= set(columns())
