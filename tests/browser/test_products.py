"""An account of two products, one of which nobody opens any more, and its parent: who looks finds which one it is."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import Account, User
from cs_workspace.common import clock
from health.services.recompute import recompute_accounts
from tests.browser.helpers import assert_accessible, assert_fits
from tests.browser.stage import Stage
from tests.factories import ContractLineFactory, ProductFactory
from tests.health.making import usage


def with_a_shelved_product(account: Account) -> None:
    """Freight goes on as ever; Customs stopped twenty-five days ago."""
    account.usage_days.all().delete()
    contract = account.contracts.get()
    freight, customs = ProductFactory(name="Freight"), ProductFactory(name="Customs")
    contract.lines.update(product=freight, arr=30_000)
    ContractLineFactory(contract=contract, product=customs, arr=30_000, seats=5)
    usage(account, range(60), product_id=freight.pk, logins=3, active_users=5)
    usage(account, range(25, 60), product_id=customs.pk, logins=1, active_users=2)


def test_the_product_that_costs_the_account_its_score_is_found(
    page: Page, stage: Stage, login: Callable[[Page, User], None]
) -> None:
    account = stage.accounts["Aspen Foods"]
    with_a_shelved_product(account)
    Account.objects.filter(pk=stage.accounts["Birch Media"].pk).update(parent=account)
    recompute_accounts([account.pk], day=clock.today())

    login(page, stage.csm)
    page.goto("/accounts/")
    row = page.get_by_role("row", name="Aspen Foods")
    row.get_by_role("link", name="Aspen Foods").click()
    products = page.get_by_role("table", name="Health of each product").get_by_role("row")
    expect(products).to_have_count(3)
    expect(products.nth(1)).to_have_text(re.compile("Customs.*5 of 30 days with a login.*50 %", re.DOTALL))
    expect(products.nth(2)).to_have_text(re.compile("Freight.*50 %", re.DOTALL))
    together = page.locator("#health-rollup")
    expect(together).to_contain_text("Aspen Foods itself")
    expect(together).to_contain_text("1 subsidiary")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_fits(page, f"the account at {width}")
        assert_accessible(page)
