import datetime as dt
import json
from decimal import Decimal
from html import unescape

import pytest

from cs_workspace.common import clock
from health.models import Alert
from tests.cast import logged_in
from tests.factories import AccountFactory, AlertFactory, AlertRuleFactory, TaskFactory, day, days_ago

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "rows"}
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
VERBS = {"acknowledge": "acknowledged", "snooze": "snoozed", "resolve": "resolved"}
GIVEN = {"snooze": {"days": "3"}}


def text(response) -> str:
    return unescape(response.content.decode())


def state(alert: Alert) -> str:
    alert.refresh_from_db()
    return alert.state


def alert_of(cast, **fields) -> Alert:
    return AlertFactory(account=cast.account, **fields)


def test_the_inbox_says_what_changed_why_and_what_to_do(cast):
    alert_of(
        cast, title="Entered At-Risk at 55.0, from 65.0", next_action="Call the champion", reopened=2,
        reasons=[{"label": "Usage trend", "detail": "usage −38 %", "points": -9.4}],
    )  # fmt: skip
    page = text(logged_in(cast.owner).get("/alerts/"))
    for words in (
        "Halden Logistics", "Entered At-Risk at 55.0", "Usage trend", "usage −38 %", "−9.4 pts", "Call the champion",
        "reopened 2×", "€24.0k", "1 d ago", "Acknowledge", "Snooze", "Resolve",
    ):  # fmt: skip
        assert words in page, words


def test_the_gravest_come_first_and_then_the_dearest(cast):
    normal = alert_of(cast, severity=3, title="normal")
    cheap = AlertFactory(account=AccountFactory(owner=cast.owner, arr=Decimal(10)), severity=1, title="cheap")
    dear = AlertFactory(account=AccountFactory(owner=cast.owner, arr=Decimal(99)), severity=1, title="dear")
    page = text(logged_in(cast.owner).get("/alerts/"))
    assert sorted([normal, cheap, dear], key=lambda alert: page.index(f'id="alert-{alert.pk}"')) == [
        dear,
        cheap,
        normal,
    ]


def test_each_state_has_its_list_and_a_snooze_that_is_over_is_open(cast):
    alert_of(cast, title="is open")
    alert_of(cast, title="has woken", state="snoozed", snoozed_until=days_ago(1))
    alert_of(cast, title="sleeps", snoozed=True)
    alert_of(cast, title="is seen", acknowledged=True)
    alert_of(cast, title="is over", resolved=True)
    client = logged_in(cast.owner)
    for key, titles in {
        "open": {"is open", "has woken"},
        "snoozed": {"sleeps"},
        "acknowledged": {"is seen"},
        "resolved": {"is over"},
    }.items():
        page = text(client.get(f"/alerts/?state={key}"))
        shown = {
            title for title in ("is open", "has woken", "sleeps", "is seen", "is over") if f"<b>{title}</b>" in page
        }
        assert (key, shown) == (key, titles)
        assert f"<b>{len(titles)}</b>" in page


def test_filters_narrow_the_inbox(cast):
    rule = AlertRuleFactory(key="special", severity=1)
    alert_of(cast, rule=rule, title="the special one")
    alert_of(cast, severity=3, title="the other one")
    client = logged_in(cast.owner)
    for query in ("severity=1", "rule=special", "q=SPECIAL"):
        page = text(client.get(f"/alerts/?{query}"))
        assert ("the special one" in page, "the other one" in page) == (True, False), query


def test_leads_choose_between_their_team_and_themselves(cast):
    alert_of(cast, title="of the team")
    AlertFactory(account=AccountFactory(owner=cast.manager), title="of my own")
    client = logged_in(cast.manager)
    assert "of the team" in text(client.get("/alerts/"))
    mine = text(client.get("/alerts/?scope=mine"))
    assert ("of the team" in mine, "of my own" in mine) == (False, True)
    assert "My accounts" not in text(logged_in(cast.owner).get("/alerts/"))


@pytest.mark.parametrize(
    "query", ["state=asleep", "severity=9", "severity=x", "rule=none", "scope=all", "q=" + "x" * 101]
)
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, query):
    alert_of(cast, title="still shown")
    response = logged_in(cast.owner).get(f"/alerts/?{query}")
    assert response.status_code == 200
    assert f"The filter “{query.partition('=')[0]}” was left out" in text(response)
    assert "still shown" in text(response)


def test_empty_lists_say_why(cast):
    client = logged_in(cast.owner)
    assert "Nothing needs you" in text(client.get("/alerts/"))
    assert "No alert matches" in text(client.get("/alerts/?q=nothing"))
    assert "None here" in text(client.get("/alerts/?state=resolved"))


def test_leads_are_shown_how_good_the_alerts_were(cast):
    assert "How good they are" in text(logged_in(cast.manager).get("/alerts/"))
    assert "How good they are" not in text(logged_in(cast.owner).get("/alerts/"))


@pytest.mark.parametrize("verb", VERBS)
def test_one_alert_is_handled_told_and_can_be_taken_back(cast, verb):
    alert = alert_of(cast, title="Entered At-Risk")
    client = logged_in(cast.owner)
    response = client.post(f"/alerts/{alert.pk}/{verb}/", GIVEN.get(verb, {}), headers=HTMX)
    assert (response.status_code, state(alert)) == (200, VERBS[verb])
    assert {"alertsChanged", "countsChanged"} <= set(json.loads(response["HX-Trigger"]))
    assert f"/alerts/{alert.pk}/reopen/" in text(response)
    client.post(f"/alerts/{alert.pk}/reopen/", headers=HTMX)
    assert state(alert) == "open"


@pytest.mark.parametrize("verb", VERBS)
def test_ticked_alerts_are_handled_and_can_be_taken_back_together(cast, verb):
    alerts = [alert_of(cast), AlertFactory(account=AccountFactory(owner=cast.owner))]
    client = logged_in(cast.owner)
    response = client.post(
        f"/alerts/{verb}/", {"alert": [one.pk for one in alerts]} | GIVEN.get(verb, {}), headers=HTMX
    )
    assert [state(one) for one in alerts] == [VERBS[verb]] * 2
    assert "2 alerts" in text(response)
    undo = "/alerts/reopen/?" + "&".join(f"alert={one.pk}" for one in sorted(alerts, key=lambda one: -one.pk))
    assert undo in text(response)
    client.post(undo, headers=HTMX)
    assert [state(one) for one in alerts] == ["open"] * 2


def test_those_in_no_state_for_it_are_left_out_and_counted(cast):
    fresh, over = alert_of(cast), AlertFactory(account=AccountFactory(owner=cast.owner), resolved=True)
    response = logged_in(cast.owner).post("/alerts/acknowledge/", {"alert": [fresh.pk, over.pk]}, headers=HTMX)
    assert (state(fresh), state(over)) == ("acknowledged", "resolved")
    assert "(1 were not in a state for it)" in text(response)


@pytest.mark.parametrize(
    ("fields", "verb", "words"),
    [
        ({"resolved": True}, "acknowledge", "The alert is resolved. Reopen it first."),
        ({"acknowledged": True}, "acknowledge", "The alert is acknowledged already."),
        ({"resolved": True}, "resolve", "The alert is resolved already."),
        ({}, "reopen", "The alert is open already."),
    ],
)
def test_what_cannot_be_done_is_refused_with_the_reason(cast, fields, verb, words):
    alert = alert_of(cast, **fields)
    before = state(alert)
    response = logged_in(cast.owner).post(f"/alerts/{alert.pk}/{verb}/", headers=HTMX)
    assert (response.status_code, state(alert)) == (200, before)
    assert words in text(response)


def test_an_alert_that_was_raised_anew_does_not_come_back_beside_the_new_one(cast):
    rule = AlertRuleFactory()
    old = alert_of(cast, rule=rule, resolved=True)
    alert_of(cast, rule=rule)
    response = logged_in(cast.owner).post(f"/alerts/{old.pk}/reopen/", headers=HTMX)
    assert state(old) == "resolved"
    assert "The same alert was raised again since" in text(response)


def test_snoozing_asks_until_when_in_a_dialog_and_on_a_page(cast):
    alert = alert_of(cast)
    client = logged_in(cast.owner)
    dialog, page = (client.get(f"/alerts/{alert.pk}/snooze/", headers=one) for one in (IN_DIALOG, {}))
    assert ("3 days" in text(dialog), b"<html" in dialog.content) == (True, False)
    assert b"<html" in page.content
    until = day(10)
    client.post(f"/alerts/{alert.pk}/snooze/", {"until": until.isoformat()}, headers=IN_DIALOG)
    assert state(alert) == "snoozed"
    assert alert.snoozed_until == clock.start_of(until)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "Choose until when."),
        ({"until": "someday"}, "Give a day."),
        ({"until": (dt.date.today() - dt.timedelta(days=2)).isoformat()}, "still to come"),
        ({"until": (dt.date.today() + dt.timedelta(days=95)).isoformat()}, "for 90 days at most"),
        ({"until": "9999-12-31"}, "between 1970 and 2199"),
        ({"days": "900"}, ""),
    ],
)
def test_an_impossible_snooze_keeps_the_dialog_and_says_why(cast, given, words):
    alert = alert_of(cast)
    response = logged_in(cast.owner).post(f"/alerts/{alert.pk}/snooze/", given, headers=IN_DIALOG)
    assert (response.status_code, state(alert)) == (422, "open")
    assert words in text(response)


def test_without_script_one_is_brought_back_but_never_out_of_the_workspace(cast):
    client = logged_in(cast.owner)
    for back, to in (("/alerts/?state=open", "/alerts/?state=open"), ("https://evil.example/", "/alerts/")):
        alert = AlertFactory(account=AccountFactory(owner=cast.owner))
        assert client.post(f"/alerts/{alert.pk}/resolve/", {"next": back})["Location"] == to
        page = text(client.get(f"/alerts/{alert.pk}/snooze/", {"next": back}))
        assert f'href="{to}">Cancel' in page


def test_the_page_of_an_alert_tells_all_of_it(cast):
    task = TaskFactory(account=cast.account, title="Hold a save call")
    alert = alert_of(
        cast, title="Entered Critical at 34.0", task=task, score_before=Decimal(55), score_after=Decimal(34)
    )
    client = logged_in(cast.owner)
    client.post(f"/alerts/{alert.pk}/acknowledge/")
    page = text(client.get(f"/alerts/{alert.pk}/"))
    for words in ("Entered Critical at 34.0", "55.0 → 34.0", "Hold a save call", "Acknowledged", "Olga Owner"):
        assert words in page, words


@pytest.mark.parametrize("path", ["/alerts/{pk}/{verb}/", "/alerts/{verb}/"])
@pytest.mark.parametrize("verb", [*VERBS, "reopen"])
def test_strangers_find_nothing_and_readers_change_nothing(cast, verb, path):
    alert = alert_of(cast)
    address = path.format(pk=alert.pk, verb=verb)
    given = {"alert": [alert.pk], "days": "1"}
    assert logged_in(cast.outsider).post(address, given).status_code == 404
    assert logged_in(cast.read_only).post(address, given).status_code == 403
    assert state(alert) == "open"


def test_one_alert_that_is_not_the_users_makes_all_of_them_not_found(cast):
    mine, theirs = alert_of(cast), AlertFactory(account=cast.strangers)
    given = {"alert": [mine.pk, theirs.pk]}
    assert logged_in(cast.owner).post("/alerts/resolve/", given).status_code == 404
    assert logged_in(cast.owner).post("/alerts/resolve/", {"alert": ["x", "9" * 30]}).status_code == 404
    assert (state(mine), state(theirs)) == ("open", "open")


def test_readers_find_no_button(cast):
    alert = alert_of(cast)
    for address in ("/alerts/", f"/alerts/{alert.pk}/"):
        page = text(logged_in(cast.read_only).get(address))
        assert alert.title in page
        for words in ("/acknowledge/", "/snooze/", "/resolve/", "data-select"):
            assert words not in page, words


@pytest.mark.parametrize("verb", ["acknowledge", "resolve", "reopen"])
def test_wrong_methods_are_refused(cast, verb):
    alert = alert_of(cast)
    client = logged_in(cast.owner)
    assert client.get(f"/alerts/{alert.pk}/{verb}/").status_code == 405
    assert client.get(f"/alerts/{verb}/").status_code == 405
    assert client.delete(f"/alerts/{alert.pk}/snooze/").status_code == 405
    assert client.post("/alerts/").status_code == 405


@pytest.mark.parametrize("count", [1, 15])
def test_the_inbox_costs_the_same_however_many_it_shows(cast, django_assert_num_queries, count):
    for _ in range(count):
        account = AccountFactory(owner=cast.owner)
        AlertFactory(account=account, task=TaskFactory(account=account))
    client = logged_in(cast.manager)
    with django_assert_num_queries(8):
        client.get("/alerts/")
