"""The pages of playbooks: the list, one in full, and the editor, which works by buttons alone."""

import pytest
from django.urls import reverse

from accounts.domain.playbooks import Condition, Otherwise, Plan, Step, StepKind, Trigger
from accounts.models import Account, Playbook, PlaybookRun, Task
from tests import factories as make
from tests.cast import logged_in
from tests.factories.playbooks import CALL, WRITE

pytestmark = pytest.mark.django_db
LIST, NEW = "/playbooks/", "/playbooks/new/"
HEAD = {"head-name": "Mine", "head-aim": "For all", "head-trigger": "hand", "head-rest_days": "30"}
TASK = {"role": "owner", "days": "2", "unit": "working", "priority": "3", "blocks": "on"}


@pytest.fixture(autouse=True)
def _no_playbook_of_the_workspace(db):
    Playbook.objects.all().update(active_since=None)


@pytest.fixture
def admin(cast):
    return logged_in(cast.admin)


def step(uid: str, kind: str = "task", **values: str) -> dict[str, object]:
    """The fields of one step, as the form sends them."""
    return {"steps": [f"{uid}:{kind}"], **{f"s{uid}-{name}": value for name, value in values.items()}}


def sent(*parts: dict[str, object], **head: str) -> dict[str, object]:
    """A whole form."""
    data: dict[str, object] = {**HEAD, **head, "steps": [], "conditions": []}
    for part in parts:
        for name, value in part.items():
            data[name] = [*data[name], *value] if name in ("steps", "conditions") else value
    return data


def titles(answer) -> list[str]:
    return [form["title"].value() for _, form in answer.context["editor"].steps]


def test_the_list_counts_the_runs_of_accounts_that_the_reader_sees(cast):
    playbook = make.PlaybookFactory(name="Save the day")
    make.PlaybookRunFactory(playbook=playbook, account=cast.account)
    make.PlaybookRunFactory(playbook=playbook, account=cast.account, finished=True)
    make.PlaybookRunFactory(playbook=playbook, account=cast.strangers)
    make.PlaybookRunFactory(
        playbook=playbook, account=cast.account, state="cancelled", next_at=None, ended_at=make.days_ago(0)
    )
    (row,) = logged_in(cast.owner).get(f"{LIST}?q=save+the").context["rows"]
    record = row.record
    assert (record.live, record.over, record.finished, record.completion) == (1, 2, 1, 0.5)
    assert round(record.days) == 3
    assert (row.trigger, row.steps) == ("Somebody starts it by hand", 2)


def test_the_list_can_be_narrowed_and_says_when_nothing_matches(cast):
    make.PlaybookFactory(name="Mine")
    client = logged_in(cast.owner)
    names = {row.playbook.name for row in client.get(f"{LIST}?state=on").context["rows"]}
    assert names == {"Mine"}
    assert "No playbook matches" in client.get(f"{LIST}?q=zzz").content.decode()
    assert client.get(f"{LIST}?state=nonsense").context["state"] == ""


@pytest.mark.parametrize("number", [1, 10])
def test_the_list_takes_as_many_queries_for_many_playbooks(cast, number, django_assert_num_queries):
    for _ in range(number):
        make.PlaybookRunFactory(account=cast.account)
        make.PlaybookResultFactory(run__account=cast.account)
    client = logged_in(cast.owner)
    with django_assert_num_queries(8):
        client.get(LIST)


@pytest.mark.parametrize("number", [1, 10])
def test_a_playbook_takes_as_many_queries_for_many_runs(cast, number, django_assert_num_queries):
    playbook = make.PlaybookFactory()
    for _ in range(number):
        account = make.AccountFactory(owner=cast.owner)
        make.PlaybookRunFactory(playbook=playbook, account=account)
    client = logged_in(cast.owner)
    with django_assert_num_queries(12):
        client.get(reverse("accounts:playbook", args=[playbook.pk]))


def test_a_playbook_is_told_in_words_with_runs_of_accounts_that_the_reader_sees(cast):
    playbook = make.PlaybookFactory(
        name="Save the day",
        plan__trigger=Trigger("signal_raised", "competitor"),
        plan__conditions=(Condition("score", "at_most", "50"),),
        plan__steps=(
            CALL,
            Step(StepKind.WAIT, days=2),
            Step(StepKind.CONDITION, condition=Condition("arr", "at_least", "5"), otherwise=Otherwise.SKIP),
            WRITE,
        ),
    )
    make.PlaybookRunFactory(playbook=playbook, account=cast.account)
    make.PlaybookRunFactory(playbook=playbook, account=cast.strangers)
    shown = logged_in(cast.owner).get(reverse("accounts:playbook", args=[playbook.pk])).content.decode()
    for words in (
        "A churn signal is raised: Competitor mentioned",
        "Score is at most 50",
        "Call the account",
        "Wait 2 working days",
        "Go on if: ARR is at least 5",
        "Halden Logistics",
    ):
        assert words in shown
    assert "Stranger Foods" not in shown
    assert "/edit/" not in shown


def test_an_admin_writes_a_playbook_and_publishes_it(admin, cast):
    call, write = step("a1", title="Call {account.name}", **TASK), step("b2", "wait", days="3", unit="calendar")
    condition = {"conditions": ["c1"], "cc1-fact": "tier", "cc1-operator": "at_least", "cc1-value": "3"}
    data = sent(
        call, write, condition, **{"head-trigger": "tier_entered", "head-choice": "4", "head-stops_when_left": "on"}
    )
    answer = admin.post(NEW, {**data, "do": "publish"})
    playbook = Playbook.objects.select_related("current").get(name="Mine")
    assert answer.url == reverse("accounts:playbook", args=[playbook.pk])
    assert not playbook.is_active
    assert playbook.current.plan == Plan(
        Trigger("tier_entered", "4"),
        (Step(StepKind.TASK, title="Call {account.name}", days=2), Step(StepKind.WAIT, days=3, unit="calendar")),
        (Condition("tier", "at_least", "3"),),
        stops_when_left=True,
    )


def test_the_editor_opens_with_what_was_published_and_publishes_the_same(admin):
    playbook = make.PlaybookFactory(plan__steps=(CALL, Step(StepKind.NOTICE, title="Look"), WRITE))
    address = reverse("accounts:playbook-edit", args=[playbook.pk])
    opened = admin.get(address)
    assert titles(opened) == ["Call {account.name}", "Look", "Write down what came of it"]
    data: dict[str, object] = {"steps": [], "do": "publish"}
    editor = opened.context["editor"]
    for part, form in editor.steps:
        data["steps"] = [*data["steps"], f"{part.uid}:{part.kind}"]
        data |= {field.html_name: field.value() for field in form if field.value() is not False}
    data |= {field.html_name: field.value() for field in editor.head if field.value()}
    published = admin.post(address, data)
    assert published.status_code == 302, [form.errors for _, form in published.context["editor"].steps]
    playbook.refresh_from_db()
    assert playbook.current.number == 1


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("up:b2", ["Second", "First", "Third"]),
        ("up:a1", ["First", "Second", "Third"]),
        ("down:a1", ["Second", "First", "Third"]),
        ("down:c3", ["First", "Second", "Third"]),
        ("remove:b2", ["First", "Third"]),
        ("remove:nothing", ["First", "Second", "Third"]),
        ("add:task", ["First", "Second", "Third", ""]),
        ("add:moon", ["First", "Second", "Third"]),
        ("refresh", ["First", "Second", "Third"]),
        ("<nonsense>", ["First", "Second", "Third"]),
    ],
)
def test_steps_are_moved_added_and_taken_out_by_buttons(admin, do, left):
    parts = [step(uid, title=title, **TASK) for uid, title in (("a1", "First"), ("b2", "Second"), ("c3", "Third"))]
    answer = admin.post(NEW, {**sent(*parts), "do": do}, headers={"HX-Request": "true", "HX-Target": "editor"})
    assert (answer.status_code, titles(answer)) == (200, left)
    assert not Playbook.objects.filter(name="Mine").exists()


def test_a_condition_is_added_and_offers_what_fits_the_fact(admin):
    added = admin.post(NEW, {**sent(), "do": "add-condition"})
    ((part, _),) = added.context["editor"].conditions
    data = sent({"conditions": [part.uid], f"c{part.uid}-fact": "stage"})
    ((_, form),) = admin.post(NEW, {**data, "do": "refresh"}).context["editor"].conditions
    assert [key for key, _ in form.fields["operator"].choices] == ["is", "is_not"]
    assert ("renewing", "Renewing") in form.fields["value"].choices


@pytest.mark.parametrize(
    ("parts", "head", "where"),
    [
        ([], {}, "Add a step"),
        ([step("a1", title="", **TASK)], {}, "Say it in a line."),
        ([step("a1", title="Ask {champoin.name}", **TASK)], {}, "There is no field"),
        ([step("a1", title="x", **(TASK | {"days": "999"}))], {}, "Give 0 to 365 days."),
        ([step("a1", title="x", **(TASK | {"days": "x"}))], {}, "Enter a whole number."),
        ([step("a1", title="x", **(TASK | {"role": "king"}))], {}, "Select a valid choice"),
        ([step("a1", "condition", fact="score", operator="at_least", value="x", otherwise="stop")], {}, "a number."),
        ([step("a1", title="x", **TASK)], {"head-name": ""}, "This field is required."),
        ([step("a1", title="x", **TASK)], {"head-trigger": "moon"}, "Select a valid choice"),
        ([step("a1", title="x", **TASK)], {"head-trigger": "tier_entered"}, "This field is required."),
        ([step("a1", title="x", **TASK)], {"head-trigger": "renewal_ahead", "head-number": "-5"}, "Give 0 or more."),
        ([step("a1", title="x", **TASK)], {"head-stops_when_left": "on"}, "Without a condition"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_by_its_field_and_what_was_typed_is_kept(admin, parts, head, where):
    answer = admin.post(NEW, {**sent(*parts, **head), "do": "publish"})
    assert answer.status_code == 422
    assert where in answer.content.decode()
    assert "For all" in answer.content.decode()
    assert not Playbook.objects.filter(name="Mine").exists()


def test_a_form_of_nonsense_is_answered_and_not_broken(admin):
    for data in (
        {},
        {"do": "publish"},
        {"steps": ["x", ":", "a:b:c", "!:task", "a1:moon"], "conditions": ["!", ""], "do": "publish"},
        {"do": "rehearse", "steps": ["a1:task"], "sa1-days": "9" * 40, "account": "(#99999999999999999999)"},
    ):
        assert admin.post(NEW, data).status_code in (200, 422)


def test_a_dry_run_says_what_would_be_done_on_which_day_and_makes_nothing(admin, cast):
    Account.objects.filter(pk=cast.account.pk).update(health_rank=1)
    steps = [step("a1", title="Call {account.name}", **TASK), step("b2", title="Ask {champion.name}", **TASK)]
    condition = {"conditions": ["c1"], "cc1-fact": "tier", "cc1-operator": "at_least", "cc1-value": "3"}
    answer = admin.post(NEW, {**sent(*steps, condition), "account": "Halden Logistics", "do": "rehearse"})
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "Call Halden Logistics" in shown
    assert "Not known for this account: champion at the customer." in shown
    assert "1 step would hold the run up." in shown
    assert "It would not begin" in shown
    assert (PlaybookRun.objects.count(), Task.objects.count()) == (0, 0)


def test_a_dry_run_asks_for_an_account(admin):
    answer = admin.post(NEW, {**sent(step("a1", title="x", **TASK)), "account": "Nobody", "do": "rehearse"})
    assert answer.status_code == 422
    assert "You have no account called “Nobody”." in answer.content.decode()


def test_the_second_who_publishes_is_told_and_may_publish_again(admin):
    playbook = make.PlaybookFactory()
    address = reverse("accounts:playbook-edit", args=[playbook.pk])
    data = {**sent(step("a1", title="x", **TASK)), "head-version": str(playbook.version), "do": "publish"}
    assert admin.post(address, data).status_code == 302
    late = admin.post(address, {**data, "head-name": "Late"})
    assert late.status_code == 409
    version = late.context["editor"].head["version"].value()
    assert admin.post(address, {**data, "head-name": "Late", "head-version": str(version)}).status_code == 302
    assert Playbook.objects.get(pk=playbook.pk).name == "Late"


def test_a_playbook_is_switched_and_copied(admin):
    playbook = make.PlaybookFactory(name="Save", active=False)
    admin.post(reverse("accounts:playbook-switch", args=[playbook.pk]) + "?on=1")
    assert Playbook.objects.get(pk=playbook.pk).is_active
    answer = admin.post(reverse("accounts:playbook-copy", args=[playbook.pk]))
    copied = Playbook.objects.get(name="Save (copy)")
    assert answer.url == reverse("accounts:playbook-edit", args=[copied.pk])


@pytest.mark.parametrize("name", ["playbook-edit", "playbook-copy", "playbook-switch"])
def test_only_admins_change_playbooks(cast, name):
    address = reverse(f"accounts:{name}", args=[make.PlaybookFactory().pk])
    for user in (cast.owner, cast.manager, cast.executive, cast.ae, cast.read_only):
        assert logged_in(user).post(address).status_code == 403
    assert logged_in(make.UserFactory(as_admin=True, read_only=True)).post(address).status_code == 403
    assert logged_in(cast.manager).post(NEW).status_code == 403
    assert logged_in(cast.admin).put(address).status_code == 405
    assert logged_in(cast.admin).post(reverse(f"accounts:{name}", args=[9_000_000_000])).status_code == 404


def test_who_may_not_change_playbooks_sees_no_button_for_it(cast):
    make.PlaybookFactory(name="Mine")
    for user in (cast.manager, cast.read_only):
        shown = logged_in(user).get(f"{LIST}?q=mine").content.decode()
        assert "Mine" in shown
        for word in ("New playbook", "Switch off", "Copy"):
            assert word not in shown
