import pytest
from django.urls import reverse

from accounts.models import Contact
from accounts.queries.account_work import notes_panel, people_panel, tasks_panel
from tests.cast import logged_in
from tests.factories import ContactFactory, MailFactory, NoteFactory, TaskFactory, TouchFactory, days_ago

pytestmark = pytest.mark.django_db

PANELS = ["account-tasks", "account-notes", "account-people"]


def text_of(response):
    return response.content.decode()


def look(cast, name, user=None, page=None, **headers):
    url = reverse(f"accounts:{name}", args=[cast.account.pk])
    return logged_in(user or cast.owner).get(url + (f"?page={page}" if page else ""), headers=headers)


def refresh(cast, name, user=None, page=None):
    return look(cast, name, user, page, **{"HX-Request": "true", "HX-Target": name})


@pytest.mark.parametrize("name", PANELS)
def test_each_panel_is_a_page_by_plain_get_and_only_itself_for_htmx(cast, name):
    page, panel = text_of(look(cast, name)), text_of(refresh(cast, name))
    assert page.lstrip().startswith("<!doctype html>")
    assert panel.lstrip().startswith("<section")
    assert f'id="{name}"' in page
    assert f'id="{name}"' in panel


@pytest.mark.parametrize("name", PANELS)
def test_outsiders_find_no_panel_and_nobody_posts_to_one(cast, name):
    assert look(cast, name, cast.outsider).status_code == 404
    assert logged_in(cast.owner).post(reverse(f"accounts:{name}", args=[cast.account.pk])).status_code == 405


@pytest.mark.parametrize("name", PANELS)
def test_read_only_users_see_no_button_and_no_way_to_change_anything(cast, name):
    TaskFactory(account=cast.account)
    NoteFactory(account=cast.account)
    ContactFactory(account=cast.account)
    ContactFactory(account=cast.account, gone=True)
    panel = text_of(refresh(cast, name, cast.read_only, page=1))
    assert "<button" not in panel
    assert "<form" not in panel
    assert "/new/" not in panel


@pytest.mark.parametrize("name", PANELS)
def test_an_empty_panel_says_what_belongs_there(cast, name):
    assert 'class="work-none"' in text_of(refresh(cast, name))


def test_tasks_are_open_ones_of_this_account_the_next_due_first(cast):
    TaskFactory(account=cast.account, title="Later", due_at=days_ago(-9))
    TaskFactory(account=cast.account, title="Sooner", due_at=days_ago(-2), assignees=[cast.team_mate])
    TaskFactory(account=cast.account, title="Finished", done=True)
    TaskFactory(account=cast.account, title="Asleep", snoozed_until=days_ago(-5))
    TaskFactory(account=cast.strangers, title="Elsewhere")
    panel = tasks_panel(cast.account, cast.owner)["tasks"]
    assert [task.title for task in panel.rows] == ["Sooner", "Later"]
    shown = text_of(refresh(cast, "account-tasks"))
    assert "Tim Teammate" in shown
    assert reverse("accounts:task-done", args=[panel.rows[0].pk]) in shown


@pytest.mark.parametrize("page", [None, 1])
def test_a_task_leads_to_the_e_mail_that_it_is_about(cast, page):
    task = TaskFactory(account=cast.account, title="Send: News")
    mail = MailFactory(account=cast.account, key=f"task:{task.pk}")
    shown = text_of(refresh(cast, "account-tasks", page=page))
    assert f'href="{reverse("accounts:mail", args=[mail.pk])}"' in shown


def test_more_tasks_than_fit_are_counted_and_all_of_them_stand_on_the_page_of_their_own(cast):
    for number in range(11):
        TaskFactory(account=cast.account, title=f"Step {number}")
    short, long = text_of(refresh(cast, "account-tasks")), text_of(look(cast, "account-tasks"))
    assert "All 11 open tasks" in short
    assert short.count('class="work-row"') == 8
    assert long.count('class="work-row"') == 11


def test_pinned_notes_stand_first_and_open_the_others_by_their_day(cast):
    NoteFactory(account=cast.account, body="Old but pinned", at=days_ago(90), pinned=True)
    NoteFactory(account=cast.account, body="Last week", at=days_ago(7))
    NoteFactory(account=cast.account, body="Yesterday", at=days_ago(1))
    NoteFactory(account=cast.account, body="Archived", archived_at=days_ago(0))
    bodies = [note.body for note in notes_panel(cast.account, cast.owner)["notes"].rows]
    assert bodies == ["Old but pinned", "Yesterday", "Last week"]
    assert text_of(refresh(cast, "account-notes")).count("<details open>") == 1


def test_a_note_is_shown_formatted_and_can_do_no_harm(cast):
    NoteFactory(account=cast.account, body="## Plan\n\n**Bold** <script>alert(1)</script> [x](javascript:alert(1))")
    panel = text_of(refresh(cast, "account-notes"))
    assert "<strong>Bold</strong>" in panel
    assert ">Plan</h" in panel
    assert "<script" not in panel
    assert 'href="javascript' not in panel


def test_more_notes_than_fit_are_paged_on_the_page_of_their_own(cast):
    for number in range(27):
        NoteFactory(account=cast.account, body=f"Note {number:02}", at=days_ago(number))
    assert "All 27 notes" in text_of(refresh(cast, "account-notes"))
    second = text_of(refresh(cast, "account-notes", page=2))
    assert "Note 26" in second
    assert "Note 00" not in second
    assert 'hx-get="' + reverse("accounts:account-notes", args=[cast.account.pk]) + "?page=2" in second


def test_people_show_who_plays_which_part_since_when_nobody_does_and_the_gaps(cast):
    ContactFactory(account=cast.account, name="P. Ferrante", title="COO", roles=["sponsor"], influence=9)
    ContactFactory(account=cast.account, name="Jana Roth", roles=["champion"], gone=True)
    panel = text_of(refresh(cast, "account-people"))
    assert "P. Ferrante, COO" in panel
    assert "vacant since" in panel
    assert "No decision maker" in panel
    assert "Influence 9 of 10" in panel
    assert "All 1 contact and 1 who left" in panel


def test_people_of_key_roles_come_first_then_those_of_influence(cast):
    ContactFactory(account=cast.account, name="Quiet")
    ContactFactory(account=cast.account, name="Strong", influence=9)
    ContactFactory(account=cast.account, name="User", roles=["user"])
    ContactFactory(account=cast.account, name="Champion", roles=["champion"], influence=2)
    names = [one.name for one in people_panel(cast.account, cast.owner)["people"].rows]
    assert names == ["Champion", "User", "Strong", "Quiet"]


def test_the_last_touch_of_a_contact_is_one_that_is_kept(cast):
    contact = ContactFactory(account=cast.account)
    kept = TouchFactory(account=cast.account, at=days_ago(5), attendees=[contact])
    TouchFactory(account=cast.account, at=days_ago(1), attendees=[contact], archived_at=days_ago(0))
    (row,) = people_panel(cast.account, cast.owner)["people"].rows
    assert row.last_touch == kept.at


def test_those_who_left_stand_apart_and_can_come_back(cast):
    gone = ContactFactory(account=cast.account, name="Jana Roth", gone=True)
    page = text_of(look(cast, "account-people"))
    assert reverse("accounts:contact-back", args=[gone.pk]) in page
    assert reverse("accounts:contact-left", args=[gone.pk]) not in page


@pytest.mark.parametrize("page", ["2", "x", "-1", "999999999999"])
def test_a_page_that_is_not_there_gives_the_nearest(cast, page):
    TaskFactory(account=cast.account, title="Only one")
    assert "Only one" in text_of(look(cast, "account-tasks", page=page))


@pytest.mark.parametrize("many", [1, 7])
def test_panels_cost_the_same_queries_however_much_there_is(cast, many, django_assert_num_queries):
    for _ in range(many):
        contact = ContactFactory(account=cast.account, roles=[Contact.Role.CHAMPION])
        TouchFactory(account=cast.account, attendees=[contact])
        task = TaskFactory(account=cast.account, assignees=[cast.owner, cast.team_mate])
        MailFactory(account=cast.account, key=f"task:{task.pk}")
        NoteFactory(account=cast.account, by=cast.team_mate)
    for name, queries in {"account-tasks": 2, "account-notes": 1, "account-people": 1}.items():
        client = logged_in(cast.owner)
        url = reverse(f"accounts:{name}", args=[cast.account.pk])
        # Beside those of the panel: session, user, and the account.
        with django_assert_num_queries(3 + queries):
            client.get(url, headers={"HX-Request": "true", "HX-Target": name})
