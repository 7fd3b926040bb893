"""The palette finds what the user may see, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.registries import PALETTE
from cs_workspace.web.queries.palette import MOST, find
from tests.cast import Cast
from tests.factories import AccountFactory, ContactFactory

pytestmark = pytest.mark.django_db


def labels(cast: Cast, text: str) -> list[str]:
    return [line.label for line in find(cast.owner, text) if line.kind != "Page"]


def test_an_account_is_found_by_a_part_of_its_name(cast: Cast) -> None:
    assert labels(cast, "hald") == [cast.account.name]


def test_a_contact_is_found_by_name_and_leads_to_the_account(cast: Cast) -> None:
    contact = ContactFactory(account=cast.account, name="Jana Roth")
    [line] = [line for line in find(cast.owner, "roth") if line.kind == "Contact"]
    assert line.label == contact.name
    assert line.url.startswith(reverse("accounts:account", args=[cast.account.pk]))


def test_nothing_of_a_stranger_is_found(cast: Cast) -> None:
    ContactFactory(account=cast.strangers, name="Stranger Danger")
    assert labels(cast, "stranger") == []


def test_names_that_begin_with_the_text_come_first(cast: Cast) -> None:
    AccountFactory(owner=cast.owner, name="Alpha Hald")
    assert labels(cast, "hald")[0] == cast.account.name


def test_without_text_the_recent_accounts_stand_there_if_still_visible(cast: Cast) -> None:
    cast.owner.recent_accounts = [cast.strangers.pk, cast.account.pk, "x", 10**12]
    assert labels(cast, " ") == [cast.account.name]


def test_pages_are_offered_to_those_who_may_open_them(cast: Cast) -> None:
    for user in cast.insiders:
        urls = {line.url for line in find(user, "") if line.kind == "Page"}
        assert urls == {reverse(item.url_name) for item in list(PALETTE.values()) if item.shown_to(user)}
        client = Client()
        client.force_login(user)
        for url in urls:
            assert client.get(url).status_code == 200, (user.role, url)


def test_a_long_list_is_cut(cast: Cast) -> None:
    for number in range(MOST + 3):
        AccountFactory(owner=cast.owner, name=f"Cut {number}")
    assert len(labels(cast, "cut")) == MOST


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "é", "x" * 5000, "\x1f"])
def test_odd_text_finds_nothing_and_breaks_nothing(client: Client, cast: Cast, text: str) -> None:
    client.force_login(cast.owner)
    assert client.get(reverse("palette"), {"q": text}).status_code == 200
    assert labels(cast, text) == []
