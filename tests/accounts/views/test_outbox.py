import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Mail
from accounts.services.approving_mail import CHANGED
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import EnrolmentFactory, MailFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
HTMX = {"HX-Request": "true"}
URL = "/outbox/"
# What waits to be sent must not be due by the wall clock of the test.
LATER = dt.timedelta(days=1)


def look(user, htmx=False, **query):
    headers = HTMX | {"HX-Target": "rows"} if htmx else {}
    return logged_in(user).get(URL, query, headers=headers).content.decode()


def do(verb, user, *mails, version=None, htmx=True):
    url = reverse("accounts:mails-handle", args=[verb])
    named = [f"{one.pk}-{version or one.version}" for one in mails]
    return logged_in(user).post(url, {"mail": named}, headers=HTMX if htmx else {})


def mine(cast, **fields):
    return MailFactory(**{"account": cast.account, "sender": cast.owner} | fields)


def unclear(cast, **fields):
    return mine(cast, state=State.SENDING, claimed_at=days_ago(1), error="connection lost", **fields)


def test_first_stand_the_drafts_that_wait_for_the_user(cast):
    mine(cast, subject="Mine to read")
    mine(cast, subject="Of a team mate", sender=cast.team_mate)
    mine(cast, subject="Gone out", state=State.SENT, sent_at=days_ago(1))
    page = look(cast.owner)
    assert "Mine to read" in page
    assert "Of a team mate" not in page
    assert "Gone out" not in page
    assert "Of a team mate" in look(cast.owner, scope="all")


@pytest.mark.parametrize(
    ("group", "subject"),
    [("drafts", "draft"), ("undecided", "unclear"), ("waiting", "queued"), ("sent", "sent"), ("unsent", "cancelled")],
)
def test_each_group_shows_its_own_and_the_counts_agree(cast, group, subject):
    mine(cast, subject="draft")
    unclear(cast, subject="unclear")
    mine(cast, subject="failed", state=State.FAILED)
    mine(cast, subject="queued", state=State.QUEUED, due_at=clock.now() + LATER)
    mine(cast, subject="sending", state=State.SENDING, claimed_at=clock.now())
    mine(cast, subject="sent", state=State.SENT, sent_at=days_ago(1))
    mine(cast, subject="cancelled", state=State.CANCELLED)
    mine(cast, subject="withheld", state=State.WITHHELD)
    page = look(cast.owner, htmx=True, group=group)
    assert f">{subject}</a>" in page
    rows = page.count('<tr data-href="')
    assert rows == {"drafts": 1, "undecided": 2, "waiting": 2, "sent": 1, "unsent": 2}[group]
    assert f'id="chip-{group}"' in page
    chip = page[page.index(f'id="chip-{group}"') :]
    assert f"<b>{rows}</b>" in chip[: chip.index("</a>")]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"q": "ANNA"}, {"to Anna"}),
        ({"q": "halden"}, {"to Anna", "to Ben"}),
        ({"q": "to ben"}, {"to Ben"}),
        ({"q": "nobody"}, set()),
        ({"cause": "recap"}, {"to Ben"}),
        ({"cause": "nonsense"}, {"to Anna", "to Ben"}),
        ({"group": "sent", "reaction": "replied"}, {"answered"}),
        ({"group": "sent", "reaction": "silent"}, {"silent"}),
        ({"group": "sent", "reaction": "bounced"}, {"bounced"}),
        ({"group": "nonsense"}, {"to Anna", "to Ben"}),
    ],
)
def test_filters_narrow_the_list(cast, query, shown):
    mine(cast, subject="to Anna", receiver="Anna Berg")
    mine(cast, subject="to Ben", receiver="B.", cause="recap")
    sent = {"state": State.SENT, "sent_at": days_ago(1)}
    mine(cast, subject="answered", replied_at=days_ago(0.5), **sent)
    mine(cast, subject="bounced", bounced_at=days_ago(0.5), **sent)
    mine(cast, subject="silent", **sent)
    page = look(cast.owner, htmx=True, **query)
    for subject in ("to Anna", "to Ben", "answered", "bounced", "silent"):
        assert (f">{subject}</a>" in page) is (subject in shown), subject


def test_a_search_that_no_database_takes_is_told(cast):
    assert "The filter “q” was left out" in look(cast.owner, q="a\0b")


def test_where_there_is_nothing_the_page_says_what_would_be(cast):
    for query, words in (
        ({}, "Nothing to approve"),
        ({"group": "undecided"}, "Nothing to decide"),
        ({"group": "waiting"}, "Nothing waits"),
        ({"group": "sent"}, "None here"),
        ({"q": "nobody"}, "No e-mail matches"),
    ):
        assert words in look(cast.owner, **query)


def test_the_page_costs_the_same_for_one_and_for_many(cast, django_assert_num_queries):
    client = logged_in(cast.owner)
    for count in (1, 9):
        for _ in range(count):
            enrolment = EnrolmentFactory(account=cast.account)
            mine(cast, enrolment=enrolment, contact=enrolment.contact)
        with django_assert_num_queries(5):
            client.get(URL)


def test_without_a_mail_server_the_page_says_so(cast, settings):
    assert "become files" not in look(cast.owner)
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    assert "become files" in look(cast.owner)


def test_a_draft_is_approved_and_the_way_back_stands_in_the_toast(cast):
    draft = mine(cast, subject="How are things?")
    response = do("approve", cast.owner, draft)
    assert response.status_code == 200
    assert {"mailsChanged", "timelineChanged", "countsChanged"} <= set(response["HX-Trigger"].replace('"', " ").split())
    draft.refresh_from_db()
    assert (draft.state, draft.approved_by) == (State.QUEUED, cast.owner)
    undo = f"{reverse('accounts:mails-undo')}?mail={draft.pk}-{draft.version}"
    assert undo in response.content.decode()
    assert logged_in(cast.owner).post(undo, headers=HTMX).status_code == 200
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_many_are_approved_at_once_and_those_that_cannot_be_are_counted(cast):
    drafts = [mine(cast) for _ in range(3)]
    Mail.objects.filter(pk=drafts[2].pk).update(version=7)
    text = do("approve", cast.owner, *drafts).content.decode()
    assert "2 e-mails (1 left out: Somebody changed it meanwhile." in text
    assert Mail.objects.filter(state=State.QUEUED).count() == 2


@pytest.mark.parametrize(
    ("verb", "state"), [("again", State.QUEUED), ("sent", State.SENT), ("cancel", State.CANCELLED)]
)
def test_a_person_decides_what_is_unclear(cast, verb, state):
    one = unclear(cast)
    assert do(verb, cast.owner, one).status_code == 200
    one.refresh_from_db()
    assert one.state == state


def test_what_was_changed_since_it_was_read_is_a_conflict(cast):
    draft = mine(cast)
    Mail.objects.filter(pk=draft.pk).update(version=2, text="Another text")
    response = do("approve", cast.owner, draft, version=1)
    assert response.status_code == 409
    assert CHANGED in response.content.decode()
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_what_has_gone_out_meanwhile_is_not_taken_back(cast):
    sent = mine(cast, state=State.SENT, sent_at=days_ago(1))
    url = f"{reverse('accounts:mails-undo')}?mail={sent.pk}-{sent.version}"
    response = logged_in(cast.owner).post(url, headers=HTMX)
    assert response.status_code == 409
    assert "cannot be taken back" in response.content.decode()


def test_a_plain_form_goes_back_to_where_it_came_from(cast):
    draft = mine(cast)
    url = reverse("accounts:mails-handle", args=["approve"])
    given = {"mail": f"{draft.pk}-1", "next": "/outbox/?scope=all"}
    assert logged_in(cast.owner).post(url, given)["Location"] == "/outbox/?scope=all"


def test_a_button_of_a_row_means_that_row_whatever_is_ticked(cast):
    one, ticked = mine(cast), mine(cast)
    url = f"{reverse('accounts:mails-handle', args=['approve'])}?mail={one.pk}-1"
    logged_in(cast.owner).post(url, {"mail": f"{ticked.pk}-1"})
    assert list(Mail.objects.filter(state=State.QUEUED)) == [one]


@pytest.mark.parametrize("name", ["mails-handle", "mails-undo"])
def test_who_may_do_it(cast, name):
    draft = mine(cast)
    url = reverse(f"accounts:{name}", args=["approve"] if name == "mails-handle" else [])
    given = {"mail": f"{draft.pk}-1"}
    assert logged_in(cast.outsider).post(url, given).status_code == 404
    assert logged_in(cast.read_only).post(url, given).status_code == 403
    assert logged_in(cast.owner).get(url).status_code == 405
    assert logged_in(cast.manager).post(url, given).status_code == 302


@pytest.mark.parametrize("named", [[], ["x"], ["1"], ["1-"], ["1-1-1"], ["٣-1"], [f"{10**30}-1"], ["-1-1"]])
def test_what_names_no_e_mail_is_not_found(cast, named):
    url = reverse("accounts:mails-handle", args=["approve"])
    assert logged_in(cast.owner).post(url, {"mail": named}).status_code == 404


def test_what_is_no_verb_is_not_found(cast):
    assert do("explode", cast.owner, mine(cast)).status_code == 404


def test_readers_see_the_list_and_no_button(cast):
    mine(cast, subject="How are things?")
    page = look(cast.read_only, scope="all")
    assert "How are things?" in page
    assert "Approve" not in page
    assert "data-select" not in page


def test_the_navigation_counts_what_waits_for_the_user(cast):
    mine(cast)
    unclear(cast)
    mine(cast, sender=cast.team_mate)
    page = look(cast.owner)
    item = page[page.index(f'href="{URL}"') :]
    assert "<b>2</b>" in item[: item.index("</a>")]
