"""Feature requests: the list, a request's page, the panel of an account, and what is done there."""

import csv
import io
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import FeatureAsk, FeatureRequest, Task
from accounts.services.feature_requests import edit_request, merge, move_on
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    ContactFactory,
    FeatureAskFactory,
    FeatureRequestFactory,
    ProductFactory,
    day,
)

pytestmark = pytest.mark.django_db
LIST = reverse("accounts:feature-requests")
NEW = reverse("accounts:feature-request-new")
DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def feature(cast):
    return FeatureRequestFactory(title="Dark mode", by=cast.owner)


@pytest.fixture
def ask(cast, feature):
    return FeatureAskFactory(request=feature, account=cast.account, words="Our eyes hurt")


def url(name, record):
    return reverse(f"accounts:{name}", args=[record.pk])


def page(user, query=""):
    response = logged_in(user).get(f"{LIST}{query}")
    assert response.status_code == 200
    return response


def titles(user, query=""):
    return [one.title for one in page(user, query).context["page"].object_list]


def way_back(response):
    return unescape(response.content.decode().split('hx-post="')[1].split('"')[0])


# The list


def test_what_most_is_paid_for_comes_first_by_the_accounts_that_one_sees(cast, feature, ask):
    other = FeatureRequestFactory(title="Parquet")
    for arr in (9_000, 90_000):
        FeatureAskFactory(request=other, account=AccountFactory(owner=cast.outsider, arr=arr))
    FeatureAskFactory(request=other, account=AccountFactory(owner=cast.owner, arr=1_000))
    FeatureAskFactory(request=other, account=AccountFactory(owner=cast.owner, arr=500_000, churned=True))
    FeatureAskFactory(request=other, account=AccountFactory(owner=cast.owner, arr=500_000), removed=True)

    def weights(user):
        return [(one.title, int(one.arr), one.accounts) for one in page(user).context["page"].object_list]

    assert weights(cast.owner) == [("Dark mode", 24_000, 1), ("Parquet", 1_000, 1)]
    assert weights(cast.executive) == [("Parquet", 100_000, 3), ("Dark mode", 24_000, 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Dark mode", "Parquet"]),
        ("?group=shipped", ["Over"]),
        ("?group=all&sort=title", ["Dark mode", "Over", "Parquet"]),
        ("?q=PARQ", ["Parquet"]),
        ("?q=columns", ["Parquet"]),
        ("?sort=-title", ["Parquet", "Dark mode"]),
        ("?sort=arr", ["Parquet", "Dark mode"]),
        ("?sort=-accounts", ["Dark mode", "Parquet"]),
        ("?sort=-created_at", ["Parquet", "Dark mode"]),
        ("?q=zzz", []),
    ],
)
def test_filters_and_orders(cast, ask, query, expected):
    FeatureRequestFactory(title="Parquet", body="Files in columns")
    FeatureRequestFactory(title="Over", status="shipped")
    gone = FeatureRequestFactory(title="Merged away")
    merge(by=cast.owner, request=gone, into=ask.request)
    assert titles(cast.owner, query) == expected


def test_a_product_narrows_the_list_and_what_means_nothing_is_named(cast, feature):
    product = ProductFactory()
    FeatureRequestFactory(title="Of a product", product=product)
    assert titles(cast.owner, f"?product={product.pk}") == ["Of a product"]
    for query in ("?product=99999", "?group=soon", "?sort=colour", f"?q={'x' * 200}"):
        assert "was left out" in page(cast.owner, query).content.decode()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_asks_the_same_queries_for_one_row_as_for_many(cast, rows, django_assert_num_queries):
    for _ in range(rows):
        FeatureAskFactory(request=FeatureRequestFactory(product=ProductFactory()), account=cast.account)
    client = logged_in(cast.manager)
    with django_assert_num_queries(7):
        client.get(LIST)


def test_long_lists_have_pages_and_the_file_has_all(cast, feature, ask):
    for number in range(25):
        FeatureRequestFactory(title=f"={number}+1")
    assert len(titles(cast.owner)) == 25
    assert len(titles(cast.owner, "?page=2")) == 1
    response = logged_in(cast.owner).get(reverse("accounts:feature-requests-export"))
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    assert rows[0][:5] == ["Request", "Status", "Product", "Accounts", "ARR (EUR)"]
    assert rows[1][:5] == ["Dark mode", "New", "", "1", "24000.00"]
    assert len(rows) == 27
    assert rows[2][0].startswith("'=")


def test_empty_lists_say_why(cast):
    assert "Nobody asks for anything yet" in page(cast.owner).content.decode()
    assert "No request matches" in page(cast.owner, "?q=x").content.decode()


# One request


def test_the_page_shows_who_asks_only_to_those_who_see_them(cast, feature, ask):
    FeatureAskFactory(request=feature, account=cast.strangers, words="Secret of strangers")
    client = logged_in(cast.owner)
    html = client.get(url("feature-request", feature)).content.decode()
    assert "Our eyes hurt" in html
    assert "1 active account " in html
    assert "Stranger Foods" not in html
    assert "Secret of strangers" not in html
    assert "Stranger Foods" in logged_in(cast.executive).get(url("feature-request", feature)).content.decode()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_the_same_queries_for_one_account_as_for_many(cast, feature, rows, django_assert_num_queries):
    for _ in range(rows):
        account = AccountFactory(owner=cast.owner)
        FeatureAskFactory(request=feature, account=account, contact=ContactFactory(account=account))
    client = logged_in(cast.manager)
    with django_assert_num_queries(10):
        client.get(url("feature-request", feature))


def test_its_description_is_markdown_made_safe(cast):
    feature = FeatureRequestFactory(body="**loud** <script>alert(1)</script>")
    html = logged_in(cast.owner).get(url("feature-request", feature)).content.decode()
    assert "<strong>loud</strong>" in html
    assert "<script>alert" not in html


def test_a_request_is_added_once(cast):
    client = logged_in(cast.owner)
    data = {"title": "Dark mode", "body": "", "product": "", "key": str(uuid4())}
    assert client.post(NEW, data, headers=DIALOG).status_code == 200
    assert "sent twice" in client.post(NEW, data, headers=DIALOG).content.decode()
    made = FeatureRequest.objects.get()
    assert client.post(NEW, data | {"key": str(uuid4())})["Location"].startswith("/feature-requests/")
    assert client.post(NEW, {"title": ""}, headers=DIALOG).status_code == 422
    assert made.by == cast.owner


def test_it_is_edited_and_the_second_writer_is_told(cast, feature):
    client = logged_in(cast.owner)
    form = client.get(url("feature-request-edit", feature), headers=DIALOG).context["form"]
    edit_request(by=cast.manager, request=feature, fields={"title": "Dark theme"})
    data = {"title": "Night", "body": "", "product": "", "version": feature.version, "seen": form["seen"].value()}
    response = client.post(url("feature-request-edit", feature), data, headers=DIALOG)
    assert response.status_code == 409
    assert "Mona Manager" in response.content.decode()
    again = response.context["form"]
    data |= {"version": again.data["version"]}
    assert client.post(url("feature-request-edit", feature), data, headers=DIALOG).status_code == 200
    feature.refresh_from_db()
    assert feature.title == "Night"


def test_from_planned_to_shipped_and_back(cast, feature, ask):
    client = logged_in(cast.manager)
    data = {"status": "shipped", "note": "In version 12"}
    response = client.post(url("feature-request-status", feature), data, headers=DIALOG)
    assert "Shipped · Dark mode" in response.content.decode()
    assert Task.objects.get().assignees.get() == cast.owner
    html = client.get(url("feature-request", feature)).content.decode()
    assert "In version 12" in html
    assert url("feature-request", feature) in logged_in(cast.owner).get(reverse("accounts:tasks")).content.decode()
    undone = client.post(way_back(response), headers=DIALOG).content.decode()
    assert "New again · Dark mode" in undone
    assert not Task.objects.exists()


@pytest.mark.parametrize("data", [{}, {"status": "new"}, {"status": "moon"}, {"status": "planned", "note": "x" * 301}])
def test_a_status_that_makes_no_sense_is_told_by_the_field(cast, feature, data):
    assert logged_in(cast.owner).post(url("feature-request-status", feature), data, headers=DIALOG).status_code == 422


def test_an_undo_that_comes_too_late_says_so(cast, feature):
    step = move_on(by=cast.owner, request=feature, status="review")
    move_on(by=cast.owner, request=feature, status="planned")
    response = logged_in(cast.owner).post(url("feature-step-undo", step), headers=DIALOG)
    assert "moved on since" in response.content.decode()


def test_duplicates_are_merged_and_taken_apart_again(cast, feature, ask):
    twin = FeatureRequestFactory(title="Night theme")
    client = logged_in(cast.owner)
    response = client.post(url("feature-request-merge", feature), {"into": f"Night theme (#{twin.pk})"}, headers=DIALOG)
    assert "Merged into “Night theme”" in response.content.decode()
    assert "This was merged into" in client.get(url("feature-request", feature)).content.decode()
    assert "Halden Logistics" in client.get(url("feature-request", twin)).content.decode()
    assert "Stands for itself again" in client.post(way_back(response), headers=DIALOG).content.decode()
    assert FeatureAsk.objects.get().request == feature


@pytest.mark.parametrize("text", ["", "Nowhere", "Gone (#999999)", "Dark mode", "(#" + "9" * 30 + ")"])
def test_a_merge_into_nothing_or_itself_is_told_by_the_field(cast, feature, text):
    response = logged_in(cast.owner).post(url("feature-request-merge", feature), {"into": text}, headers=DIALOG)
    assert response.status_code == 422
    assert FeatureRequest.objects.kept().count() == 1


def test_similar_requests_are_suggested_open_ones_first(cast, feature):
    FeatureRequestFactory(title="A dark corner", status="declined")
    html = logged_in(cast.owner).get(f"{reverse('accounts:feature-request-options')}?what=dark").content.decode()
    assert html.index("Dark mode (#") < html.index("A dark corner (#")
    assert logged_in(cast.owner).get(reverse("accounts:feature-request-options")).content.strip() == b""


# Who asks


def wish(**fields):
    return {"what": "Dark mode", "contact": "", "asked_on": f"{day(-1)}", "words": "", "key": str(uuid4())} | fields


def test_an_account_asks_for_what_is_there_or_for_something_new(cast, feature):
    client = logged_in(cast.owner)
    contact = ContactFactory(account=cast.account, name="Vera Okafor")
    new = url("account-feature-new", cast.account)
    response = client.post(new, wish(what=f"Dark mode (#{feature.pk})", contact=contact.pk), headers=DIALOG)
    assert "Halden Logistics asks for “Dark mode”" in response.content.decode()
    client.post(new, wish(what="Parquet files", words="For our lake"), headers=DIALOG)
    html = client.get(url("account-features", cast.account)).content.decode()
    assert "Vera Okafor" in html
    assert "For our lake" in html
    client.post(way_back(response), headers=DIALOG)
    assert [ask.request.title for ask in FeatureAsk.objects.kept()] == ["Parquet files"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "x" * 170}, "what"),
        ({"what": "Gone (#99999)"}, "what"),
        ({"asked_on": "soon"}, "asked_on"),
        ({"asked_on": "1900-01-01"}, "asked_on"),
        ({"asked_on": "2190-01-01"}, "__all__"),
        ({"contact": "99999"}, "contact"),
        ({"words": "x" * 2001}, "words"),
    ],
)
def test_what_an_account_cannot_ask_is_told_by_the_field(cast, feature, fields, field):
    response = logged_in(cast.owner).post(url("account-feature-new", cast.account), wish(**fields), headers=DIALOG)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not FeatureAsk.objects.exists()


def test_an_account_that_asked_already_is_told_so(cast, feature, ask):
    response = logged_in(cast.owner).post(url("account-feature-new", cast.account), wish(), headers=DIALOG)
    assert response.status_code == 422
    assert "asked for this already" in response.content.decode()


def test_an_account_is_added_from_the_request_if_one_sees_it(cast, feature):
    client = logged_in(cast.owner)
    data = {"account": f"Halden Logistics (#{cast.account.pk})", "asked_on": f"{day(0)}", "words": "Yes"}
    assert client.post(url("feature-ask-new", feature), data, headers=DIALOG).status_code == 200
    hidden = data | {"account": f"Stranger Foods (#{cast.strangers.pk})"}
    assert client.post(url("feature-ask-new", feature), hidden, headers=DIALOG).status_code == 422
    assert [one.account for one in FeatureAsk.objects.all()] == [cast.account]


def test_who_asked_is_changed_and_taken_back_and_restored(cast, ask):
    client = logged_in(cast.owner)
    data = {"contact": "", "asked_on": f"{day(-9)}", "words": "Said again"}
    assert client.post(url("feature-ask-edit", ask), data, headers=DIALOG).status_code == 200
    ask.refresh_from_db()
    assert (ask.words, ask.asked_on) == ("Said again", day(-9))
    response = client.post(url("feature-ask-remove", ask), headers=DIALOG)
    assert not FeatureAsk.objects.kept().exists()
    client.post(way_back(response), headers=DIALOG)
    assert FeatureAsk.objects.kept().exists()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_panel_asks_the_same_queries_for_one_as_for_many(cast, rows, django_assert_num_queries):
    for _ in range(rows):
        FeatureAskFactory(account=cast.account, contact=ContactFactory(account=cast.account))
    client = logged_in(cast.owner)
    with django_assert_num_queries(5):
        client.get(
            url("account-features", cast.account), headers={"HX-Request": "true", "HX-Target": "account-features"}
        )


# Who may


@pytest.mark.parametrize("name", ["edit", "status", "merge"])
def test_read_only_users_change_no_request_and_see_no_button(cast, feature, ask, name):
    client = logged_in(cast.read_only)
    assert client.post(url(f"feature-request-{name}", feature)).status_code == 403
    html = client.get(url("feature-request", feature)).content.decode()
    assert "Halden Logistics" in html
    buttons = (
        "Change status",
        ">Merge<",
        url("feature-request-edit", feature),
        url("feature-ask-edit", ask),
        "Add account",
    )
    assert not [button for button in buttons if button in html]
    assert "New request" not in page(cast.read_only).content.decode()
    assert "Add request" not in client.get(url("account-features", cast.account)).content.decode()


@pytest.mark.parametrize("name", ["remove", "restore"])
def test_asks_are_taken_back_by_insiders_only(cast, ask, name):
    assert logged_in(cast.outsider).post(url(f"feature-ask-{name}", ask)).status_code == 404
    assert logged_in(cast.read_only).post(url(f"feature-ask-{name}", ask)).status_code == 403
    assert logged_in(cast.owner).get(url(f"feature-ask-{name}", ask)).status_code == 405


def test_what_is_posted_is_not_read(cast, feature):
    step = move_on(by=cast.owner, request=feature, status="review")
    for address in (url("feature-request-unmerge", feature), url("feature-step-undo", step)):
        assert logged_in(cast.owner).get(address).status_code == 405
        assert logged_in(cast.read_only).post(address).status_code == 403
