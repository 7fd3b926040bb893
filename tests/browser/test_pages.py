"""Every page as a person sees it: nothing that axe complains about, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from health.models import Alert
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage

SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}


def addresses(stage: Stage) -> dict[str, tuple[str, User]]:
    """Each page with the one who looks at it."""
    csm, manager = stage.csm, stage.cast.manager
    alert = Alert.objects.filter(account=stage.worst).earliest("pk")
    return {
        "today": ("/", csm),
        "today of a manager": ("/", manager),
        "book": ("/accounts/", csm),
        "book of a manager": ("/accounts/", manager),
        "account": (f"/accounts/{stage.worst.pk}/", csm),
        "account without data": (f"/accounts/{stage.cast.account.pk}/", csm),
        "at risk": ("/at-risk/", manager),
        "alerts": ("/alerts/", csm),
        "alert": (f"/alerts/{alert.pk}/", csm),
        "tasks": ("/tasks/", csm),
        "notifications": ("/notifications/", csm),
        "settings": ("/settings/", csm),
        "search": ("/palette/?q=ember", csm),
        "nothing there": ("/accounts/999999999/", csm),
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(
    page: Page, login: Callable[[Page, User], None], stage: Stage, scheme: str, size: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(SIZES[size])
    for name, (address, user) in addresses(stage).items():
        login(page, user)
        page.goto(address)
        settled(page)
        assert_fits(page, name)
        assert_accessible(page, name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_with_an_empty_database(
    page: Page, login: Callable[[Page, User], None], db_user: User, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)
    login(page, db_user)
    for address in ("/", "/accounts/", "/at-risk/", "/alerts/", "/tasks/", "/notifications/"):
        page.goto(address)
        settled(page)
        assert_fits(page, address)
        assert_accessible(page, address)
