import datetime as dt
from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Note
from cs_workspace.common import clock
from health.models import ChurnSignal, SignalRule
from tests.cast import logged_in
from tests.factories import AccountFactory, ChurnSignalFactory, days_ago

pytestmark = pytest.mark.django_db
IN_PANEL = {"HX-Request": "true", "HX-Target": "signals"}
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
GIVEN = {"confirm": {}, "dismiss": {"reason": "A rumour."}, "resolve": {"reason": "Paid."}, "reopen": {}, "retract": {}}
AFTER = {
    "confirm": "confirmed",
    "dismiss": "dismissed",
    "resolve": "resolved",
    "reopen": "open",
    "retract": "dismissed",
}


def text(response) -> str:
    return unescape(response.content.decode())


def url(name: str, pk: int) -> str:
    return reverse(f"health:{name}", args=[pk])


def seen(**fields) -> dict[str, object]:
    defaults = {"kind": "non_renewal", "severity": 1, "seen_on": clock.today().isoformat(), "evidence": "Legal called."}
    return defaults | fields


def test_the_panel_shows_evidence_lead_time_owner_and_level(cast):
    ChurnSignalFactory(account=cast.account, kind="payment", owner=cast.owner, lead_days=60, evidence="INV-1 is late")
    ChurnSignalFactory(account=cast.account, kind="silent", severity=3, dismissed=True, reason="On holiday.")
    shown = text(logged_in(cast.owner).get(url("account-signals", cast.account.pk), headers=IN_PANEL))
    assert "<html" not in shown
    for words in (
        "low risk · 1 open", "Payment trouble", "INV-1 is late", "about 60 days before a loss", "Olga Owner",
        "1 closed", "On holiday.",
    ):  # fmt: skip
        assert words in shown, words


def test_without_script_the_panel_is_a_page(cast):
    shown = text(logged_in(cast.owner).get(url("account-signals", cast.account.pk)))
    assert "<html" in shown
    assert "Nothing announces that Halden Logistics might leave." in shown


@pytest.mark.parametrize("count", [1, 9])
def test_the_panel_costs_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for number in range(count):
        ChurnSignalFactory(account=cast.account, kind=f"kind-{number}", owner=cast.owner, opened_by=cast.owner)
    client = logged_in(cast.owner)
    with django_assert_num_queries(4):
        client.get(url("account-signals", cast.account.pk), headers=IN_PANEL)


def test_the_account_page_asks_for_the_panel(cast):
    page = text(logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk])))
    assert f'hx-get="{url("account-signals", cast.account.pk)}"' in page


def test_what_somebody_heard_is_logged(cast):
    client = logged_in(cast.team_mate)
    assert "Log a churn signal" in text(client.get(url("signal-new", cast.account.pk), headers=IN_DIALOG))
    response = client.post(url("signal-new", cast.account.pk), seen(), headers=IN_DIALOG)
    signal = ChurnSignal.objects.get()
    assert (signal.kind, signal.severity, signal.evidence, signal.detected) == (
        "non_renewal", 1, "Legal called.", False,
    )  # fmt: skip
    assert (signal.opened_by, signal.owner, signal.lead_days) == (cast.team_mate, cast.owner, 30)
    assert "signalsChanged" in response["HX-Trigger"]


def test_a_form_sent_twice_logs_once(cast):
    client, sent = logged_in(cast.owner), seen(key="9f1f7c3e-2a55-4c4b-9f44-0f1d3b7a1a11")
    for _ in range(2):
        assert client.post(url("signal-new", cast.account.pk), sent).status_code == 302
    assert ChurnSignal.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": ""}, "This field is required."),
        ({"kind": "none"}, "Select a valid choice"),
        ({"severity": "9"}, "Select a valid choice"),
        ({"seen_on": "soon"}, "Give a day."),
        ({"seen_on": "0001-01-01"}, "Give a day between 1970 and 2199."),
        ({"seen_on": (dt.date.today() + dt.timedelta(days=400)).isoformat()}, "Give a day that has come."),
        ({"evidence": " "}, "This field is required."),
        ({"evidence": "x" * 501}, "at most 500 characters"),
        ({"evidence": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said_by_the_field_and_what_was_typed_stays(cast, fields, words):
    response = logged_in(cast.owner).post(url("signal-new", cast.account.pk), seen(**fields), headers=IN_DIALOG)
    assert response.status_code == 422
    assert words in text(response)
    assert not ChurnSignal.objects.exists()


def test_one_that_is_open_already_is_not_logged_again(cast):
    ChurnSignalFactory(account=cast.account, kind="non_renewal")
    response = logged_in(cast.owner).post(url("signal-new", cast.account.pk), seen(), headers=IN_DIALOG)
    assert response.status_code == 422
    assert "“Asks about non-renewal” is open already on Halden Logistics." in text(response)


@pytest.mark.parametrize("verb", AFTER)
def test_signals_are_handled_and_who_when_and_why_is_kept(cast, verb):
    fields = {"dismissed": True} if verb == "reopen" else {}
    signal = ChurnSignalFactory(account=cast.account, **fields)
    response = logged_in(cast.owner).post(url(f"signal-{verb}", signal.pk), GIVEN[verb])
    assert response.status_code == 302
    signal.refresh_from_db()
    assert (signal.state, signal.changed_by) == (AFTER[verb], cast.owner)
    assert signal.reason == GIVEN[verb].get("reason", "Logged by mistake." if verb == "retract" else "")
    assert signal.history.get().pgh_context.metadata["user"] == cast.owner.pk


@pytest.mark.parametrize("verb", ["dismiss", "resolve"])
def test_whoever_closes_one_says_why(cast, verb):
    signal = ChurnSignalFactory(account=cast.account)
    client = logged_in(cast.owner)
    assert "Why" in text(client.get(url(f"signal-{verb}", signal.pk), headers=IN_DIALOG))
    assert client.post(url(f"signal-{verb}", signal.pk), {"reason": " "}, headers=IN_DIALOG).status_code == 422
    signal.refresh_from_db()
    assert signal.state == "open"


def test_what_was_done_can_be_undone(cast):
    signal = ChurnSignalFactory(account=cast.account)
    client = logged_in(cast.owner)
    client.post(url("signal-dismiss", signal.pk), {"reason": "A rumour."})
    client.post(url("signal-reopen", signal.pk))
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("open", "")


def test_one_cannot_come_back_beside_a_newer_one(cast):
    old = ChurnSignalFactory(account=cast.account, dismissed=True)
    ChurnSignalFactory(account=cast.account)
    page = logged_in(cast.owner).post(url("signal-reopen", old.pk), follow=True)
    assert "is open already" in text(page)
    old.refresh_from_db()
    assert old.state == "dismissed"


@pytest.mark.parametrize("verb", AFTER)
def test_strangers_read_only_users_and_wrong_methods(cast, verb):
    signal = ChurnSignalFactory(account=cast.account)
    address = url(f"signal-{verb}", signal.pk)
    assert logged_in(cast.outsider).post(address, GIVEN[verb]).status_code == 404
    assert logged_in(cast.read_only).post(address, GIVEN[verb]).status_code == 403
    assert logged_in(cast.owner).put(address).status_code == 405
    if verb not in ("dismiss", "resolve"):
        assert logged_in(cast.owner).get(address).status_code == 405
    signal.refresh_from_db()
    assert signal.state == "open"


def test_logging_is_for_insiders_who_may_change(cast):
    address = url("signal-new", cast.account.pk)
    assert logged_in(cast.outsider).post(address, seen()).status_code == 404
    assert logged_in(cast.read_only).post(address, seen()).status_code == 403
    assert logged_in(cast.owner).put(address).status_code == 405


def test_read_only_users_find_no_button(cast):
    ChurnSignalFactory(account=cast.account)
    shown = text(logged_in(cast.read_only).get(url("account-signals", cast.account.pk), headers=IN_PANEL))
    assert "Competitor mentioned" in shown
    assert "<button" not in shown
    assert "Log signal" not in shown


def test_signals_stand_in_the_timeline(cast):
    ChurnSignalFactory(account=cast.account, evidence="They <b>compare</b>", dismissed=True)
    shown = text(logged_in(cast.owner).get(reverse("accounts:timeline", args=[cast.account.pk])))
    assert "Churn signal: Competitor mentioned" in shown
    assert "Dismissed: It means nothing." in shown


def test_the_assessment_stands_in_the_notes(cast):
    for kind in ("payment", "silent"):
        ChurnSignalFactory(account=cast.account, kind=kind)
    logged_in(cast.owner).post(url("signal-new", cast.account.pk), seen())
    shown = text(logged_in(cast.owner).get(reverse("accounts:account-notes", args=[cast.account.pk])))
    assert "Churn-risk assessment: high" in shown
    assert Note.objects.get().by is None


def test_an_account_with_a_signal_joins_the_queue_whatever_its_tier(cast):
    healthy = AccountFactory(name="Healthy Ltd", owner=cast.owner, healthy=True, expected_churn="0.025")
    client = logged_in(cast.owner)
    assert "Healthy Ltd" not in text(client.get("/at-risk/"))
    for kind in ("competitor", "payment"):
        ChurnSignalFactory(account=healthy, kind=kind, evidence=f"About {kind}")
    ChurnSignalFactory(account=cast.account, dismissed=True)
    page = text(client.get("/at-risk/?only=signals"))
    assert "<b>2 signals</b> Competitor mentioned, Payment trouble" in page
    assert "Halden" not in page
    assert "Competitor mentioned: About competitor; Payment trouble: About payment" in b"".join(
        client.get("/at-risk/export/?only=signals").streaming_content
    ).decode("utf-8-sig")


def test_today_names_the_worst_signal_that_nobody_looked_at(cast):
    ChurnSignalFactory(account=cast.account, kind="payment", severity=2, evidence="INV-1 is late")
    ChurnSignalFactory(account=cast.account, kind="silent", severity=3)
    confirmed = ChurnSignalFactory(
        account=cast.account, kind="data_export", severity=1, state="confirmed", changed_at=days_ago(1)
    )
    page = text(logged_in(cast.owner).get("/"))
    assert "INV-1 is late. And 1 more signal." in page
    assert confirmed.label not in page


def test_admins_tune_a_rule_by_what_its_kind_needs(cast):
    rule = SignalRule.objects.get(kind="competitor")
    client = logged_in(cast.admin)
    assert "Usage down" in text(client.get(reverse("admin:health_signalrule_changelist")))
    change = reverse("admin:health_signalrule_change", args=[rule.pk])
    page = text(client.get(change))
    assert ("Words to look for." in page, 'name="threshold"' in page) == (True, False)
    sent = {"active": "on", "severity": 1, "lead_days": 45, "window_days": 20, "words": "Rivalsoft,Other"}
    assert client.post(change, sent).status_code == 302
    rule.refresh_from_db()
    assert (rule.severity, rule.lead_days, rule.window_days, rule.words) == (1, 45, 20, ["Rivalsoft", "Other"])
    assert client.post(change, sent | {"window_days": ""}).status_code == 200
    assert client.get(reverse("admin:health_churnsignal_changelist")).status_code == 200
