"""What an import tells of the past of contracts reaches the ledger on its days."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import Account, Contract, ContractLine
from cs_workspace.common import clock
from cs_workspace.web.importing.mapping import parse_mapping
from cs_workspace.web.importing.problems import Problems
from cs_workspace.web.importing.running import run_import
from renewals.models import LedgerEntry, LineArr
from renewals.services.ledger import check_ledger, write_ledger
from tests.factories import day

pytestmark = pytest.mark.django_db

MAPPING = """
    source = "crm"
    [[tables]]
    kind = "accounts"
    files = "accounts.csv"
    key = "id"
    fields = { name = "name" }
    [[tables]]
    kind = "arr_changes"
    files = "changes.csv"
    key = "id"
    fields = { contract = "contract", day = "day", amount = "amount" }
    [[tables]]
    kind = "contracts"
    files = "contracts.csv"
    key = "id"
    fields = { account = "account", start = "start", end = "end", product = "product", arr = "arr" }
"""


@pytest.fixture
def bring(tmp_path):
    """Imports one contract of a thousand that began 400 days ago, with changes: days from today and amounts."""

    def bring(*changes, end=""):
        (tmp_path / "accounts.csv").write_text("id,name\nA-1,Acme\n")
        (tmp_path / "contracts.csv").write_text(
            f"id,account,start,end,product,arr\nC-1,A-1,{day(-400)},{end},Core,1000\n"
        )
        rows = "".join(f"E-{ahead},C-1,{day(ahead)},{amount}\n" for ahead, amount in changes)
        (tmp_path / "changes.csv").write_text("id,contract,day,amount\n" + rows)
        run_import([tmp_path], parse_mapping(MAPPING, name="c.toml"), Problems(lambda _problem: None))
        assert check_ledger(today=clock.today()) == []
        return booked()

    return bring


def booked():
    """Days from today, kinds and amounts in the ledger."""
    entries = LedgerEntry.objects.order_by("day", "number")
    return [((one.day - day(0)).days, one.kind, one.amount) for one in entries]


def test_each_change_is_a_movement_on_its_day(bring):
    found = bring((-100, 300), (-20, -50))
    assert found == [(-400, "new", 1000), (-100, "expansion", 300), (-20, "contraction", -50)]
    assert {entry.source for entry in LedgerEntry.objects.all()} == {"import"}
    assert Account.objects.get().arr == 1250
    assert bring((-100, 300), (-20, -50)) == found


def test_a_change_of_before_the_beginning_counts_from_there_and_one_of_the_same_day_is_netted(bring):
    assert bring((-500, 300), (-400, 100), (-20, Decimal("0.5"))) == [
        (-400, "new", 1400), (-20, "expansion", Decimal("0.50")),
    ]  # fmt: skip


def test_what_falls_below_zero_counts_as_zero_from_its_day(bring):
    assert bring((-100, -1200), (-50, 100)) == [(-400, "new", 1000), (-100, "churn", -1000)]


def test_a_change_that_comes_later_is_booked_on_its_day_though_the_ledger_saw_less(bring):
    bring()
    assert bring((-30, 200)) == [(-400, "new", 1000), (-30, "expansion", 200)]


def test_a_change_that_is_told_no_more_is_taken_back_on_its_day(bring):
    bring((-100, 300), (-20, -50))
    assert bring((-90, 300)) == [
        (-400, "new", 1000), (-100, "expansion", 300), (-100, "correction", -300), (-90, "expansion", 300),
        (-20, "contraction", -50), (-20, "correction", 50),
    ]  # fmt: skip
    assert [arr.arr for arr in LineArr.objects.order_by("seen_on")] == [1000, 1300]
    assert bring()[-1] == (-20, "correction", 50)
    assert not LineArr.objects.filter(is_told=True).exists()


def test_what_is_changed_by_hand_in_between_counts_from_the_day_on_which_it_is_seen(bring):
    bring((-100, 300))
    ContractLine.objects.update(arr=1500)
    write_ledger(today=day(1))
    assert booked()[-1] == (1, "expansion", 200)


def test_a_cancellation_stays_on_the_day_on_which_it_was_seen(bring):
    bring((-100, 300), end=day(200))
    Contract.objects.update(status=Contract.Status.CANCELLED)
    write_ledger(today=day(0))
    seen = booked()
    assert seen[-1] == (0, "churn", -1300)
    assert bring((-100, 300), end=day(200)) == seen


def test_a_change_after_the_end_of_a_contract_moves_nothing(bring):
    assert bring((-10, 300), end=day(-50)) == [(-400, "new", 1000), (-50, "churn", -1000)]


def test_the_shift_of_an_import_moves_the_past_along(bring, tmp_path):
    bring((-100, 300))
    options = {"shift_to": clock.today() + dt.timedelta(0)}
    run_import([tmp_path], parse_mapping(MAPPING, name="c.toml"), Problems(lambda _problem: None), **options)
    shifted = {(seen.seen_on - day(0)).days for seen in LineArr.objects.filter(is_told=True)}
    assert shifted == {-300, 0}
