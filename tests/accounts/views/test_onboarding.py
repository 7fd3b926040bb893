"""The board of onboardings, its list and file, and the checklists of an account."""

from html import unescape

import pytest
from django.urls import reverse

from accounts.models import Onboarding
from accounts.services.onboarding_course import settle
from accounts.services.onboarding_starting import start_due_onboardings
from accounts.services.onboarding_templates import install_onboarding_templates
from accounts.services.segments import install_segments
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    ContractFactory,
    OnboardingFactory,
    OnboardingRiskFactory,
    OnboardingStepFactory,
    OnboardingTemplateFactory,
    ProductFactory,
    TemplateStepFactory,
    day,
)

pytestmark = pytest.mark.django_db
IN_PANEL = {"HX-Request": "true", "HX-Target": "onboarding"}
IN_ROWS = {"HX-Request": "true", "HX-Target": "rows"}
BOARD = "/onboarding/"


def text(response) -> str:
    return unescape(b"".join(response).decode() if response.streaming else response.content.decode())


def running(account, *, late: int = 0, **fields) -> Onboarding:
    """One with a milestone in Foundation that is so many days late, and a step in Core."""
    one = OnboardingFactory(account=account, **fields)
    OnboardingStepFactory(
        onboarding=one, key="kickoff", title="Hold the kick-off", due_on=day(-late), longest_on=day(10 - late)
    )
    OnboardingStepFactory(onboarding=one, key="live", title="Go live", stage="core", owner="customer", due_on=day(20))
    settle([one], at=clock.now(), by=None)
    return one


def test_the_board_shows_stage_progress_age_standing_first_value_and_risks(cast):
    one = running(cast.account, late=3)
    OnboardingRiskFactory(onboarding=one)
    shown = text(logged_in(cast.owner).get(BOARD))
    for words in (
        "Halden Logistics", "Behind", "Held by", "Hold the kick-off", "0 of 2 steps", "open, due in 20 d",
        "No executive sponsor", "→ Core adoption",
    ):  # fmt: skip
        assert words in shown, words


def test_a_manager_sees_the_board_of_the_team_and_strangers_none_of_it(cast):
    running(cast.account)
    assert "Halden Logistics" in text(logged_in(cast.manager).get(BOARD))
    assert "Nobody is being onboarded" in text(logged_in(cast.outsider).get(BOARD))


@pytest.mark.parametrize("view", ["board", "table"])
@pytest.mark.parametrize("count", [1, 9])
def test_the_page_costs_the_same_however_many_there_are(cast, django_assert_num_queries, view, count):
    for number in range(count):
        one = running(AccountFactory(name=f"Account {number}", owner=cast.owner), late=number)
        OnboardingRiskFactory(onboarding=one)
    client = logged_in(cast.owner)
    with django_assert_num_queries(9 if view == "board" else 8):
        client.get(BOARD, {"view": view})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Late", "Lost", "Fine"}),
        ("standing=behind", {"Late"}),
        ("standing=stuck", {"Lost"}),
        ("standing=on_track", {"Fine"}),
        ("risk=on", {"Lost"}),
        ("q=fin", {"Fine"}),
        ("segment=top", {"Fine"}),
        ("standing=nonsense", {"Late", "Lost", "Fine"}),
    ],
)
def test_filters_choose_what_is_shown(cast, query, expected):
    template = OnboardingTemplateFactory(segment__key="top")
    running(AccountFactory(name="Late", owner=cast.owner), late=3)
    OnboardingRiskFactory(onboarding=running(AccountFactory(name="Lost", owner=cast.owner), late=11))
    running(AccountFactory(name="Fine", owner=cast.owner, segment=template.segment))
    client = logged_in(cast.owner)
    for view in ("board", "table"):
        shown = text(client.get(f"{BOARD}?{query}&view={view}", headers=IN_ROWS))
        assert {name for name in ("Late", "Lost", "Fine") if f">{name}<" in shown} == expected, view
    file = text(client.get(f"{reverse('accounts:onboarding-export')}?{query}"))
    assert {line.split(",")[0] for line in file.splitlines()[1:]} == expected


def test_an_owner_is_chosen_by_those_who_lead(cast):
    running(cast.account)
    running(AccountFactory(name="Other", owner=cast.team_mate))
    shown = text(logged_in(cast.manager).get(BOARD, {"owner": cast.team_mate.pk}))
    assert "Other" in shown
    assert "Halden" not in shown


def test_columns_are_paged_each_by_itself(cast):
    for number in range(23):
        running(AccountFactory(name=f"Account {number:02}", owner=cast.owner), started_on=day(-number))
    client = logged_in(cast.owner)
    first, second = text(client.get(BOARD)), text(client.get(BOARD, {"foundation": "2"}))
    assert first.count('class="card ') == 20
    assert "1 of 2" in first
    assert second.count('class="card ') == 3
    assert "foundation=1" in second
    assert text(client.get(BOARD, {"foundation": "99"})).count('class="card ') == 3
    assert text(client.get(BOARD, {"foundation": "x"})).count('class="card ') == 20


def test_the_list_of_completed_ones_says_how_long_first_value_took(cast):
    one = OnboardingFactory(
        account=cast.account, state="completed", ended_at=clock.now(), first_value_on=day(-2), started_on=day(-10)
    )
    shown = text(logged_in(cast.owner).get(BOARD, {"view": "completed"}))
    assert "8 d" in shown
    assert one.account.name in shown
    assert "None completed yet" in text(logged_in(cast.outsider).get(BOARD, {"view": "completed"}))


def test_the_file_has_a_line_for_each_and_disarms_formulas(cast):
    running(AccountFactory(name="=1+1", owner=cast.owner), late=3)
    lines = text(logged_in(cast.owner).get(reverse("accounts:onboarding-export"))).splitlines()
    assert lines[0].startswith("\ufeffAccount,Segment,What,Stage,Standing")
    assert lines[1].startswith("'=1+1,,First contract,Foundation,Behind,Hold the kick-off,0,2,")


def test_the_panel_shows_the_checklist_and_is_a_page_without_script(cast):
    one = running(cast.account, late=3)
    OnboardingRiskFactory(onboarding=one)
    url = reverse("accounts:account-onboarding", args=[cast.account.pk])
    shown = text(logged_in(cast.owner).get(url, headers=IN_PANEL))
    assert "<html" not in shown
    for words in (
        "Behind", "Held by", "First report sent", "Foundation", "0 of 1", "Olga Owner · due", "late", "Customer · due",
        "No executive sponsor is known", "Start onboarding",
    ):  # fmt: skip
        assert words in shown, words
    assert "<html" in text(logged_in(cast.owner).get(url))


@pytest.mark.parametrize("count", [1, 4])
def test_the_panel_costs_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for number in range(count):
        OnboardingRiskFactory(onboarding=running(cast.account, kind="product", about=f"Product {number}"))
    client = logged_in(cast.owner)
    with django_assert_num_queries(8):
        client.get(reverse("accounts:account-onboarding", args=[cast.account.pk]), headers=IN_PANEL)


def test_readers_see_the_checklist_and_no_button(cast):
    running(cast.account)
    client = logged_in(cast.read_only)
    panel = text(client.get(reverse("accounts:account-onboarding", args=[cast.account.pk]), headers=IN_PANEL))
    assert "Hold the kick-off" in panel
    assert "<button" not in panel
    assert "Start onboarding" not in panel
    assert 'draggable="true"' not in text(client.get(BOARD, headers=IN_ROWS))


def start(cast, user, **fields):
    template = OnboardingTemplateFactory()
    TemplateStepFactory(template=template)
    sent = {"kind": "department", "about": "Finance", "template": template.pk, "started_on": day(0).isoformat()}
    url = reverse("accounts:onboarding-start", args=[cast.account.pk])
    return logged_in(user).post(url, sent | fields, headers={"HX-Request": "true", "HX-Target": "dialog"})


def test_one_is_started_by_hand(cast):
    response = start(cast, cast.owner)
    assert response.status_code == 200
    assert "onboardingChanged" in response["HX-Trigger"]
    assert Onboarding.objects.get().about == "Finance"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"about": ""}, "Name the department."),
        ({"kind": "product"}, "Choose the product."),
        ({"template": "0"}, "Select a valid choice"),
        ({"started_on": "soon"}, "Give a day."),
        ({"started_on": "9999-01-01"}, "Give a day between"),
        ({"kind": "nonsense"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_said_by_the_field(cast, fields, message):
    response = start(cast, cast.owner, **fields)
    assert response.status_code == 422
    assert message in text(response)


def test_the_same_is_not_started_twice(cast):
    product = ProductFactory()
    assert start(cast, cast.owner, kind="product", product=product.pk).status_code == 200
    response = start(cast, cast.owner, kind="product", product=product.pk)
    assert response.status_code == 422
    assert "is being onboarded already" in text(response)


def test_starting_is_refused_to_readers_and_not_there_for_strangers(cast):
    assert start(cast, cast.read_only).status_code == 403
    assert start(cast, cast.outsider).status_code == 404


def test_the_timeline_tells_how_it_went(cast):
    install_segments()
    install_onboarding_templates()
    ContractFactory(account=cast.account, start=day(-3), end=day(362), with_line=120_000)
    start_due_onboardings(today=clock.today())
    OnboardingRiskFactory(onboarding=Onboarding.objects.get())
    shown = text(
        logged_in(cast.owner).get(reverse("accounts:timeline", args=[cast.account.pk]), {"group": "Onboarding"})
    )
    assert "Onboarding began" in shown
    assert "Enterprise, 90 days" in shown
    assert "Onboarding endangered: No executive sponsor" in shown
