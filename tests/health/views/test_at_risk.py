from decimal import Decimal
from html import unescape

import pytest

from health.models import Alert
from tests.cast import logged_in
from tests.factories import AccountFactory, InterventionFactory, TaskFactory, UserFactory, day
from tests.health.queue import entered, queued

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "rows"}


def text(response) -> str:
    return unescape(response.content.decode())


def exported(user, query: str = "") -> list[str]:
    response = logged_in(user).get(f"/at-risk/export/{query}")
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()


def test_a_row_says_what_is_at_stake_why_and_who_is_on_it_by_when(cast):
    account = queued(
        4, owner=cast.owner, name="Corvid Media", arr=Decimal(72_000), health_reason="Silent for 31 days", hours=30,
        renewal_date=day(19),
    )  # fmt: skip
    Alert.objects.update(title="Entered Critical at 38.0")
    TaskFactory(account=account, title="Hold a save call")
    page = text(logged_in(cast.manager).get("/at-risk/"))
    for words in (
        "Corvid Media", "31 Critical", "€72.0k", "€57.6k", "20 % renew", "Silent for 31 days",
        "Entered Critical at 38.0", "Olga Owner", "Overdue", "19 d", "Hold a save call",
    ):  # fmt: skip
        assert words in page, words
    for address in (
        f"/accounts/{account.pk}/", f"/accounts/{account.pk}/touches/new/", f"/tasks/new/?account={account.pk}",
        f"/accounts/bulk/assign/?account={account.pk}", f"/alerts/{Alert.objects.get().pk}/acknowledge/",
    ):  # fmt: skip
        assert address in page, address


def test_csms_find_their_own_accounts_without_what_only_leads_may_do(cast):
    queued(3, owner=cast.owner, name="Mine")
    queued(3, owner=cast.outsider, name="Theirs")
    page = text(logged_in(cast.owner).get("/at-risk/"))
    assert "Mine" in page
    assert "Theirs" not in page
    assert "/accounts/bulk/assign/" not in page
    assert "Where the risk sits" not in page
    assert "/accounts/bulk/task/" in page


def test_readers_see_the_queue_and_no_button_that_changes(cast):
    entered(queued(3, owner=cast.manager, name="Halden"))
    reader = UserFactory(as_executive=True, read_only=True)
    page = text(logged_in(reader).get("/at-risk/"))
    assert "Halden" in page
    for address in ("/acknowledge/", "/touches/new/", "/tasks/new/", "/accounts/bulk/", 'type="checkbox"'):
        assert address not in page, address


def test_htmx_gets_the_part_that_changes_and_a_visit_the_page(cast):
    queued(3, owner=cast.owner, name="Halden Foods")
    client = logged_in(cast.owner)
    part, page = client.get("/at-risk/", headers=HTMX), client.get("/at-risk/")
    assert (b"<html" in part.content, b"Halden Foods" in part.content) == (False, True)
    assert b"<html" in page.content
    changed = ", ".join(
        f"{what}Changed from:body" for what in ("accounts", "alerts", "tasks", "signals", "interventions")
    )
    assert f'hx-trigger="{changed}"' in text(part)


def test_filters_narrow_the_rows_and_stay_in_every_link(cast):
    queued(4, owner=cast.owner, name="Critical Foods")
    queued(3, owner=cast.owner, name="Risky Foods")
    page = text(logged_in(cast.manager).get("/at-risk/?only=critical&q=foods"))
    assert "Critical Foods" in page
    assert "Risky Foods" not in page
    assert f"?only=critical&q=foods&owner={cast.owner.pk}" in page
    assert "/at-risk/export/?only=critical&q=foods" in page


def test_a_chosen_owner_is_named_and_can_be_let_go(cast):
    queued(3, owner=cast.owner, name="Hers")
    queued(3, owner=cast.team_mate, name="His")
    page = text(logged_in(cast.manager).get(f"/at-risk/?owner={cast.owner.pk}"))
    assert "Owner Olga Owner: show all owners" in page
    assert "Hers" in page
    assert ">His<" not in page


@pytest.mark.parametrize("query", ["only=everything", "owner=olga", f"owner={'9' * 20}", f"q={'x' * 101}", "owner=-1"])
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, query):
    queued(3, owner=cast.owner, name="Halden Foods")
    response = logged_in(cast.owner).get(f"/at-risk/?{query}")
    name = query.partition("=")[0]
    assert response.status_code == 200
    assert f"The filter “{name}” was left out" in text(response)
    assert "Halden Foods" in text(response)


@pytest.mark.parametrize(("asked", "first"), [("2", "0025"), ("99", "0025"), ("x", "0000")])
def test_long_queues_have_pages(cast, asked, first):
    for number in range(26):
        queued(3, owner=cast.owner, name=f"Account {number:04}", arr=Decimal(1000 - number))
    content = text(logged_in(cast.owner).get(f"/at-risk/?page={asked}"))
    assert f"Account {first}" in content
    assert "of 26 accounts" in content


def test_nothing_at_risk_and_nothing_that_matches_say_different_things(cast):
    client = logged_in(cast.owner)
    assert "Nothing at risk" in text(client.get("/at-risk/"))
    assert "Nothing at risk" in text(client.get("/at-risk/?only=critical"))
    queued(3, owner=cast.owner)
    assert "No account matches" in text(client.get("/at-risk/?only=critical"))
    assert "No account matches" in text(client.get("/at-risk/?q=nothing"))


def test_the_file_holds_what_the_page_shows(cast, settings):
    settings.WORKSPACE_CURRENCY = "EUR"
    account = queued(4, owner=cast.owner, name="=Corvid", arr=Decimal(72_000), health_reason="Silent", hours=30)
    TaskFactory(account=account, title="Hold a save call")
    queued(3, owner=cast.owner, name="Other")
    header, row = exported(cast.manager, "?only=critical")
    assert header.startswith("Account,Tier,Score,ARR (EUR),Expected churn,Basis,Revenue at risk (EUR),Why,Owner")
    assert row.startswith("'=Corvid,Critical,31.0,72000.00,0.800,,57600.00,Silent,Olga Owner,,Hold a save call,")
    assert row.endswith(",overdue,,,,,,")
    assert len(exported(cast.manager)) == 3
    assert len(exported(cast.outsider)) == 1


def shown(user, query: str) -> set[str]:
    return {row.account.name for row in logged_in(user).get(f"/at-risk/{query}").context["rows"]}


def test_a_row_shows_the_save_plan_and_works_it_and_the_file_holds_it(cast):
    planned, idle = queued(3, owner=cast.owner, name="Planned"), queued(3, owner=cast.owner, name="Idle")
    plan = InterventionFactory(account=planned, reason="price", late=True)
    page = text(logged_in(cast.manager).get("/at-risk/"))
    assert f'href="/save-plans/{plan.pk}/" title="Save plan: Price, with Olga Owner. Agree it' in page
    for words in (
        "Plan overdue", "Close the save plan of Planned", "Escalate Planned", "Start a save plan for Idle",
    ):  # fmt: skip
        assert words in page, words
    assert "Start a save plan for Planned" not in page
    row = next(line for line in exported(cast.manager) if line.startswith("Planned,"))
    assert ",Price,Olga Owner,Agree it with the customer," in row
    assert row.endswith(",yes")
    assert shown(cast.manager, "?only=unplanned") == {idle.name}
    assert shown(cast.manager, "?only=late") == {planned.name}


def test_who_only_reads_works_no_save_plan(cast):
    InterventionFactory(account=queued(3, owner=cast.read_only))
    queued(3, owner=cast.read_only)
    page = text(logged_in(cast.read_only).get("/at-risk/"))
    assert "Save plan" in page
    assert not any(words in page for words in ("Close the save plan", "Start a save plan", "Escalate"))


def test_other_methods_are_refused(cast):
    for address in ("/at-risk/", "/at-risk/export/"):
        assert logged_in(cast.owner).post(address).status_code == 405


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_costs_the_same_however_many_accounts_it_shows(cast, django_assert_num_queries, count):
    for _ in range(count):
        account = queued(3, owner=cast.owner, hours=5)
        TaskFactory(account=account)
        InterventionFactory(account=account)
        AccountFactory(owner=cast.owner)
    client = logged_in(cast.manager)
    with django_assert_num_queries(12):
        client.get("/at-risk/")
