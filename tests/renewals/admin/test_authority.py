"""The matrix of discounts and the mark of finance, as admins edit them."""

from decimal import Decimal

import pytest

from renewals.models import DiscountAuthority
from renewals.queries.approvals import limits
from renewals.services.authority import install_authority
from tests.cast import logged_in

pytestmark = pytest.mark.django_db

URL = "/admin/renewals/discountauthority/"


@pytest.fixture(autouse=True)
def _matrix(db):
    install_authority()


def change(cast, role, limit):
    row = DiscountAuthority.objects.get(role=role)
    return logged_in(cast.admin).post(f"{URL}{row.pk}/change/", {"role": role, "limit": limit})


def test_a_limit_counts_from_when_it_is_saved_and_who_changed_it_is_kept(cast):
    assert change(cast, "csm", "0.08").status_code == 302
    assert limits()["csm"] == Decimal("0.08")
    assert DiscountAuthority.objects.get(role="csm").history.filter(pgh_label="update").count() == 1


@pytest.mark.parametrize("limit", ["10", "-0.1", "x", "0.00001", ""])
def test_a_limit_that_is_no_share_is_refused(cast, limit):
    assert change(cast, "csm", limit).status_code == 200
    assert limits()["csm"] == Decimal("0.05")


def test_only_admins_edit_the_matrix(cast):
    assert logged_in(cast.manager).get(URL).status_code == 302
    assert "Manager" in logged_in(cast.admin).get(URL).content.decode()


def test_an_admin_marks_who_decides_for_finance(cast):
    client, url = logged_in(cast.admin), f"/admin/accounts/user/{cast.executive.pk}/change/"
    shown = client.get(url).context["adminform"].form.initial
    data = {name: value for name, value in shown.items() if value not in (None, False)}
    assert client.post(url, data | {"approves_discounts": "on"}).status_code == 302
    cast.executive.refresh_from_db()
    assert cast.executive.approves_discounts
