"""Every page as a person sees it: nothing that axe complains about, nothing wider than the screen.

One browser walks through many of them, and looks at each in both schemes and both sizes before it goes on.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from accounts.models import Task, User
from cs_workspace.common import clock
from health.models import Alert, ChurnEstimate, Run
from tests.browser.helpers import assert_accessible, assert_fits, open_all, settled
from tests.browser.stage import Stage
from tests.factories import (
    AlertFactory,
    DisagreementFactory,
    NoteFactory,
    PulseFactory,
    RunFactory,
    TierOverrideFactory,
    UserFactory,
    days_ago,
)
from tests.health.churning import model_in_use

Login = Callable[[Page, User], None]

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
LISTS = (
    *("/", "/accounts/", "/at-risk/", "/disagreements/", "/overrides/", "/alerts/", "/tasks/", "/notifications/"),
    *("/settings/", "/health/metrics/"),
)
OF_A_LEAD = ("/", "/accounts/", "/at-risk/", "/disagreements/", "/overrides/", "/alerts/", "/alerts/quality/")
OF_AN_ADMIN = ("/health/churn-model/", "/health/coverage/")
# Below the address of an account: what its own page shows as panels, the history, and the forms
PANELS = (
    *("timeline/", "money/", "tasks/", "notes/", "people/", "health/"),
    *("engagement/", "churn/", "signals/", "usage/", "judgement/"),
)
FORMS = ("touches/new/", "notes/new/", "contacts/new/", "signals/new/", "override/")


@pytest.mark.timeout(300)
def test_every_list_is_accessible_and_fits(page: Page, login: Login, stage: Stage) -> None:
    bring_on(stage)
    run = RunFactory(state=Run.State.DONE, finished_at=clock.now())
    empty = ("/overrides/?state=ended", "/disagreements/?only=seen", "/alerts/?q=nothing", "/tasks/?q=nothing")
    walk(page, login, stage.csm, (*LISTS, *empty, "/alerts/?state=resolved", "/tasks/?group=done", "/palette/?q=ember"))
    walk(page, login, stage.cast.manager, OF_A_LEAD)
    walk(page, login, stage.cast.admin, (*OF_AN_ADMIN, f"/health/runs/{run.pk}/"))
    walk(page, login, stage.cast.read_only, ("/tasks/", "/alerts/"))


@pytest.mark.timeout(300)
def test_every_page_of_an_account_is_accessible_and_fits(page: Page, login: Login, stage: Stage) -> None:
    bring_on(stage)
    worst, bare, by_hand = stage.worst, stage.cast.account, stage.accounts["Birch Media"]
    alert = Alert.objects.filter(account=worst).earliest("pk")
    task = Task.objects.get(title="Send the roll-out plan")
    month = f"?since={days_ago(30):%Y-%m-%d}&until={clock.today():%Y-%m-%d}"
    known = (f"/accounts/{worst.pk}/{part}" for part in ("", f"health/history/{month}", *FORMS))
    unknown = (f"/accounts/{bare.pk}/{part}" for part in ("", "health/history/", *PANELS))
    walk(page, login, stage.csm, (*known, *unknown))
    walk(page, login, stage.csm, (f"/accounts/{by_hand.pk}/", "/accounts/999999999/", f"/alerts/{alert.pk}/"))
    walk(page, login, stage.csm, (f"/tasks/{task.pk}/", f"/tasks/{task.pk}/snooze/", "/tasks/new/"))
    walk(page, login, stage.cast.read_only, (f"/accounts/{bare.pk}/",))


def test_every_page_is_accessible_with_an_empty_database(page: Page, login: Login, db_user: User) -> None:
    walk(page, login, db_user, LISTS)
    walk(page, login, UserFactory(as_admin=True), (*OF_A_LEAD, *OF_AN_ADMIN))


def bring_on(stage: Stage) -> None:
    """What else the pages have to show: a churn model, judgements in force and over, a pinned note, an old alert."""
    ChurnEstimate.objects.create(
        account=stage.worst, day=clock.today(), model=model_in_use(), probability=0.62,
        factors=[0, 2, 1], readings=[3, 11, None], effects=[2.4, 1.4, -0.2],
    )  # fmt: skip
    aspen, birch, cedar = (stage.accounts[name] for name in ("Aspen Foods", "Birch Media", "Cedar Energy"))
    PulseFactory(account=stage.worst, value=2, comment="They do not answer")
    DisagreementFactory(account=aspen)
    TierOverrideFactory(account=birch)
    TierOverrideFactory(account=cedar, ended_at=days_ago(1), ended_by=stage.csm)
    NoteFactory(account=stage.worst, by=stage.csm, pinned=True, body="# Who decides\n\n- Board\n- **IT**")
    AlertFactory(account=aspen, resolved=True, opened_at=days_ago(100))


def walk(page: Page, login: Login, user: User, addresses: tuple[str, ...]) -> None:
    """Looks at each page as `user` with everything opened: by day at the desk, and in the dark on a phone."""
    login(page, user)
    for address in addresses:
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(DESK)
        page.goto(address)
        settled(page)
        open_all(page)
        name = f"{address} as {user}"
        assert_fits(page, name)
        assert_accessible(page, name)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size(PHONE)
        assert_fits(page, f"{name}, in the dark on a phone")
        assert_accessible(page, f"{name}, in the dark on a phone")
