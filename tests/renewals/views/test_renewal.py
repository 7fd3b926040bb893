"""The page of one renewal, and everything that is changed on it."""

import re
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Account, Mail
from cs_workspace.common import clock
from renewals.domain.stages import Stage
from renewals.models import Renewal, RenewalStep
from renewals.services.editing import edit_renewal
from renewals.services.stages import move_stage
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    ChurnSignalFactory,
    ContractFactory,
    ContractLineFactory,
    MailFactory,
    RenewalFactory,
    TaskFactory,
    day,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
NAMES = ("renewal", "history", "move", "move-back", "edit", "probability", "put-back")
SAID = {
    "category": "best_case",
    "expected_arr": "26000",
    "next_step": "Send the offer",
    "next_step_on": "2026-12-10",
    "competitor": "Rival",
}


def text(response) -> str:
    return unescape(response.content.decode())


def url_of(name: str, renewal: Renewal) -> str:
    return reverse(f"renewals:{name}", args=[renewal.pk])


@pytest.fixture
def renewal(cast) -> Renewal:
    contract = ContractFactory(
        account=cast.account, end=day(100), notice_days=30, auto_renew=True, term_months=12, number="C-77"
    )
    return RenewalFactory(
        account=cast.account,
        contract=contract,
        adjustments=[["Renewal rate of the tier", 92], ["1 critical churn signal", -15], ["Stage “Kick-off”", 1]],
        computed_probability=Decimal("0.78"),
    )


def fill(renewal: Renewal, number: int) -> None:
    """Steps, tasks, signals and lines, so many of each."""
    for place in range(number):
        task = TaskFactory(
            account=renewal.account, title=f"Task {place}", origin_key=f"renewal:{renewal.pk}:step{place}",
            assignees=[renewal.owner],
        )  # fmt: skip
        RenewalStep.objects.create(
            renewal=renewal, key=f"step{place}", title=f"Step {place}", applies="always", offset_days=60 - place,
            day=day(place), state="made", task=task,
        )  # fmt: skip
        ContractLineFactory(contract=renewal.contract)
        MailFactory(account=renewal.account, key=f"task:{task.pk}")
    ChurnSignalFactory(account=renewal.account)


def test_the_page_says_what_is_asked_when_and_how_likely(cast, renewal):
    shown = text(logged_in(cast.owner).get(url_of("renewal", renewal)))
    for words in (
        "Renewal of", "Decision", "70 d", "the contract ends", "renews by itself unless notice is given by", "€24.0k",
        "nothing said: the current ARR", "78 % Yellow", "Renewal rate of the tier", "−15", "+1", "no forecast",
        "nothing is planned", "none known", "C-77", "12 months", "30 days", 'aria-current="step"',
    ):  # fmt: skip
        assert words in shown, words


def test_a_step_leads_to_the_e_mail_that_it_is_about(cast, renewal):
    fill(renewal, 1)
    shown = text(logged_in(cast.owner).get(url_of("renewal", renewal)))
    assert f'href="{reverse("accounts:mail", args=[Mail.objects.get().pk])}"' in shown


@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_however_much_is_on_it(cast, renewal, django_assert_num_queries, count):
    fill(renewal, count)
    client = logged_in(cast.owner)
    client.get(url_of("renewal", renewal))
    with django_assert_num_queries(9):
        client.get(url_of("renewal", renewal))
    with django_assert_num_queries(6):
        client.get(url_of("renewal", renewal), headers={"HX-Request": "true", "HX-Target": "renewal-state"})


def test_steps_are_done_late_open_coming_or_passed_over(cast, renewal):
    now = clock.now()
    cases = {
        "Held": {"task": TaskFactory(account=cast.account, title="Held", done=True), "state": "made"},
        "Forgotten": {
            "task": TaskFactory(account=cast.account, title="Forgotten", due_at=clock.start_of(day(-3))),
            "state": "made",
        },
        "Ahead": {
            "task": TaskFactory(account=cast.account, title="Ahead", due_at=clock.start_of(day(3))),
            "state": "made",
        },
        "Far": {"state": "waiting"},
        "Missed": {"state": "passed"},
    }
    for place, (title, fields) in enumerate(cases.items()):
        if "task" in fields:
            task = fields["task"]
            type(task).objects.filter(pk=task.pk).update(origin_key=f"renewal:{renewal.pk}:{title.lower()}")
        RenewalStep.objects.create(
            renewal=renewal, key=title.lower(), title=title, applies="always", offset_days=place, day=day(10 + place),
            **fields,
        )  # fmt: skip
    TaskFactory(
        account=cast.account, title="Ask again in a month", origin_key=f"renewal:{renewal.pk}:after", due_at=now
    )
    TaskFactory(account=cast.account, title="Of another", origin_key=f"renewal:{renewal.pk}9:after")
    shown = text(logged_in(cast.owner).get(url_of("renewal", renewal)))
    steps = re.findall(r'<li class="(\w+)">\s*<span class="step-mark">.*?<p>(?:<a[^>]*>)?([^<]+)', shown, re.DOTALL)
    assert sorted(steps) == sorted(
        [("done", "Held"), ("late", "Forgotten"), ("open", "Ahead"), ("coming", "Far"), ("passed", "Missed"),
         ("late", "Ask again in a month")]
    )  # fmt: skip


def test_signals_and_lines_stand_beside(cast, renewal):
    fill(renewal, 1)
    shown = text(logged_in(cast.owner).get(url_of("renewal", renewal)))
    assert "No churn signal is open" not in shown
    assert "The contract has no lines" not in shown
    assert "All churn signals" in shown


def test_a_closed_renewal_says_how_it_ended_and_offers_nothing(cast, renewal):
    Renewal.objects.update(
        stage="closed", outcome="expanded", closed_arr=Decimal(30000), closed_at=clock.now(), closed_term_months=24,
        close_reason="They grew", closed_by=cast.owner,
    )  # fmt: skip
    shown = text(logged_in(cast.owner).get(url_of("renewal", renewal)))
    for words in ("Renewed and expanded", "€30.0k", "24 months", "closed by Olga Owner", "They grew"):
        assert words in shown, words
    for offered in ("Move to", url_of("edit", renewal), "Override"):
        assert offered not in shown, offered


def test_a_move_is_made_told_and_taken_back(cast, renewal):
    client = logged_in(cast.owner)
    response = client.post(url_of("move", renewal), {"stage": "kick_off", "version": "1"}, headers=HTMX)
    assert response.status_code == 200
    assert "renewalChanged" in response.headers["HX-Trigger"]
    back = re.search(r"/renewals/\d+/move/back/\?version=\d+", text(response))
    assert back is not None
    assert "Moved to Kick-off · Halden Logistics" in text(response)
    assert Renewal.objects.get().stage == "kick_off"
    assert "Taken back" in text(client.post(back[0], headers=HTMX))
    assert Renewal.objects.get().stage == "upcoming"
    assert "It stays where it is now" in text(client.post(back[0], headers=HTMX))


def test_a_refused_move_says_why_in_the_dialog_and_changes_nothing(cast, renewal):
    client = logged_in(cast.owner)
    for stage, why in (
        ("proposal", "needs a proposal with at least one option"),
        ("closed", "Close it with the day of the signature"),
        ("upcoming", "already"),
        ("nonsense", "Select a valid choice"),
    ):
        response = client.post(url_of("move", renewal), {"stage": stage, "version": "1", "note": "why"}, headers=HTMX)
        assert response.status_code == 422
        assert why in text(response)
        assert 'value="why"' in text(response)
    assert Renewal.objects.get().stage == "upcoming"


def test_the_second_of_two_moves_is_told_and_may_be_made_after_all(cast, renewal):
    move_stage(by=cast.team_mate, renewal=renewal, to=Stage.KICK_OFF)
    client = logged_in(cast.owner)
    response = client.post(url_of("move", renewal), {"stage": "value_review", "version": "1"}, headers=HTMX)
    assert response.status_code == 409
    assert "Tim Teammate changed this meanwhile. It stands at “Kick-off” now." in text(response)
    assert 'name="version" value="2"' in text(response)
    assert client.post(url_of("move", renewal), {"stage": "value_review", "version": "2"}).status_code == 302
    assert Renewal.objects.get().stage == "value_review"


def test_what_the_owner_says_is_saved_and_taken_back(cast, renewal):
    client = logged_in(cast.owner)
    asked = text(client.get(url_of("edit", renewal), headers=HTMX))
    assert "Nobody" in asked
    response = client.post(
        url_of("edit", renewal), SAID | {"owner": cast.team_mate.pk, "version": "1", "seen": "{}"}, headers=HTMX
    )
    assert response.status_code == 200
    saved = Renewal.objects.get()
    assert (saved.category, saved.expected_arr, saved.owner) == ("best_case", Decimal(26000), cast.team_mate)
    shown = text(client.get(url_of("renewal", renewal)))
    for words in ("Best case", "€26.0k", "Send the offer", "10 Dec", "Rival"):
        assert words in shown, words
    back = re.search(r"/renewals/\d+/put-back/\?version=\d+", text(response))
    assert back is not None
    assert "As before" in text(client.post(back[0], headers=HTMX))
    assert Renewal.objects.get().category == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"expected_arr": "much"}, "Enter a number"),
        ({"expected_arr": "-1"}, "greater than or equal to 0"),
        ({"expected_arr": "1e20"}, "no more than"),
        ({"next_step": "", "next_step_on": "2026-12-10"}, "Say what happens on that day"),
        ({"next_step_on": "9999-99-99"}, "Give a day"),
        ({"category": "sure"}, "Select a valid choice"),
        ({"owner": "999999"}, "Select a valid choice"),
        ({"competitor": "x" * 121}, "at most 120"),
        ({"competitor": "\0"}, "Null characters"),
        ({"version": "x"}, "A part of this form was lost"),
    ],
)
def test_what_cannot_be_is_said_by_its_field(cast, renewal, wrong, words):
    response = logged_in(cast.owner).post(url_of("edit", renewal), {"version": "1", "seen": "{}"} | wrong, headers=HTMX)
    assert response.status_code == 422
    assert words in text(response)
    assert Renewal.objects.get().version == 1


def test_an_owner_must_see_the_account(cast, renewal):
    response = logged_in(cast.owner).post(
        url_of("edit", renewal), {"owner": cast.outsider.pk, "version": "1", "seen": "{}"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "Udo Outsider may not see Halden Logistics" in text(response)


def test_the_second_writer_is_told_what_the_first_one_wrote(cast, renewal):
    client = logged_in(cast.owner)
    asked = text(client.get(url_of("edit", renewal), headers=HTMX))
    seen = re.search(r'name="seen" value="([^"]*(?:"[^>]*)?)"', asked)
    assert seen is not None
    edit_renewal(by=cast.team_mate, renewal=renewal, fields={"competitor": "Other"})
    response = client.post(url_of("edit", renewal), SAID | {"version": "1", "seen": "{}"}, headers=HTMX)
    assert response.status_code == 409
    assert "Tim Teammate changed this while you had it open" in text(response)
    assert "<ins>Other</ins>" in text(response)


def test_a_probability_is_set_with_a_reason_and_let_go(cast, renewal):
    # By this the rate is 84 %, less six points for an account that nobody has spoken with.
    Account.objects.filter(pk=cast.account.pk).update(expected_churn=Decimal("0.160"))
    client = logged_in(cast.owner)
    without = client.post(url_of("probability", renewal), {"percent": "40", "version": "1", "seen": "{}"}, headers=HTMX)
    assert without.status_code == 422
    assert "Say why this probability is right" in text(without)
    said = {"percent": "42.5", "reason": "The CFO said no", "version": "1", "seen": "{}"}
    assert client.post(url_of("probability", renewal), said, headers=HTMX).status_code == 200
    shown = text(client.get(url_of("renewal", renewal)))
    for words in ("42 % Red", "set by Olga Owner: The CFO said no", "78 %", "Change"):
        assert words in shown, words
    let_go = {"percent": "", "reason": "", "version": "2", "seen": "{}"}
    assert client.post(url_of("probability", renewal), let_go, headers=HTMX).status_code == 200
    assert Renewal.objects.get().chosen_probability is None


def test_an_edit_is_not_put_back_once_another_came(cast, renewal):
    saved = edit_renewal(by=cast.owner, renewal=renewal, fields={"competitor": "Rival"})
    edit_renewal(by=cast.team_mate, renewal=renewal, fields={"competitor": "Other"})
    url = f"{url_of('put-back', renewal)}?version={saved.version}"
    response = logged_in(cast.owner).post(url, headers=HTMX)
    assert response.status_code == 409
    assert "It stays as it is now" in text(response)
    unknown = logged_in(cast.owner).post(f"{url_of('put-back', renewal)}?version=77", headers=HTMX)
    assert unknown.status_code == 409


def test_the_history_tells_moves_and_edits_with_who(cast, renewal):
    move_stage(by=cast.owner, renewal=renewal, to=Stage.KICK_OFF, note="They called")
    edit_renewal(by=cast.manager, renewal=renewal, fields={"category": "commit", "expected_arr": Decimal(26000)})
    edit_renewal(
        by=cast.manager, renewal=renewal, fields={"chosen_probability": Decimal("0.5"), "chosen_reason": "I know"}
    )
    edit_renewal(by=cast.team_mate, renewal=renewal, fields={"owner": cast.team_mate})
    shown = text(logged_in(cast.owner).get(url_of("history", renewal)))
    for words in (
        "Upcoming → Kick-off", "They called", "Olga Owner", "Mona Manager", "<ins>Commit</ins>", "<ins>€26,000</ins>",
        "<ins>50 %</ins>", "<ins>Tim Teammate</ins>", "<del>Olga Owner</del>",
    ):  # fmt: skip
        assert words in shown, words
    assert shown.index("<ins>Tim Teammate</ins>") < shown.index("<ins>50 %</ins>") < shown.index("<ins>Commit</ins>")


@pytest.mark.parametrize("count", [1, 9])
def test_the_history_costs_the_same_however_long_it_is(cast, renewal, django_assert_num_queries, count):
    for number in range(count):
        edit_renewal(by=cast.manager, renewal=renewal, fields={"competitor": f"Rival {number}"})
    client = logged_in(cast.owner)
    with django_assert_num_queries(6):
        client.get(url_of("history", renewal), headers={"HX-Request": "true", "HX-Target": "renewal-history"})


def test_a_new_renewal_has_no_history(cast, renewal):
    assert "Nothing was done with it yet" in text(logged_in(cast.owner).get(url_of("history", renewal)))


@pytest.mark.parametrize("name", NAMES)
def test_outsiders_find_nothing(cast, renewal, name):
    client = logged_in(cast.outsider)
    assert {client.get(url_of(name, renewal)).status_code, client.post(url_of(name, renewal)).status_code} <= {404, 405}


@pytest.mark.parametrize("name", ["move", "move-back", "edit", "probability", "put-back"])
def test_read_only_users_are_refused_and_see_no_button(cast, renewal, name):
    client = logged_in(cast.read_only)
    assert client.post(url_of(name, renewal)).status_code == 403
    assert url_of(name, renewal) + '"' not in text(client.get(url_of("renewal", renewal))).replace(
        f'<form method="post" action="{url_of("move", renewal)}"', ""
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_address_answers_its_own_methods(cast, renewal, name):
    client = logged_in(cast.owner)
    assert client.put(url_of(name, renewal)).status_code == 405
    if name in ("move-back", "put-back"):
        assert client.get(url_of(name, renewal)).status_code == 405
    if name in ("renewal", "history"):
        assert client.post(url_of(name, renewal)).status_code == 405


def test_the_account_leads_to_its_open_renewals(cast, renewal):
    client = logged_in(cast.owner)
    account = reverse("accounts:account", args=[cast.account.pk])
    shown = text(client.get(account))
    for words in (f'href="{url_of("renewal", renewal)}"', "78 % Yellow", "Decision", "no forecast", "Open the renewal"):
        assert words in shown, words
    other = AccountFactory(owner=cast.owner)
    assert 'id="renewal"' not in text(client.get(reverse("accounts:account", args=[other.pk])))
