"""The pipeline and one opportunity: seen, filtered, moved, won, lost, and taken back."""

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from renewals.models import Opportunity
from renewals.services.opportunities import edit_opportunity
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    ContractFactory,
    LedgerEntryFactory,
    OpportunityFactory,
    RenewalFactory,
    SegmentFactory,
    day,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, *args):
    return reverse(f"renewals:{name}", args=args)


@pytest.fixture
def one(cast):
    return OpportunityFactory(account=cast.account, owner=cast.owner, name="Twenty seats", value=8000)


def columns(page):
    return {
        column["column"].stage.value: [line.name for line in column["column"].lines]
        for column in page.context["columns"]
    }


def test_the_board_shows_open_ones_by_stage_with_their_figures(cast, one):
    OpportunityFactory(account=cast.account, stage="negotiation", name="Platform", value=4000)
    OpportunityFactory(account=cast.account, lost=True)
    page = logged_in(cast.owner).get(url("pipeline"))
    assert columns(page) == {
        "identified": ["Twenty seats"],
        "qualified": [],
        "proposed": [],
        "negotiation": ["Platform"],
    }
    figures = page.context["figures"]
    assert (figures.count, figures.pipeline, figures.forecast, figures.mean) == (2, 12000, 3800, 6000)
    assert figures.wins.share is None
    assert "1 decided, too few to say" in page.content.decode()
    assert [row.name for row in page.context["top"]] == ["Twenty seats", "Platform"]


def test_the_win_rate_is_told_with_its_cases(cast):
    for _ in range(3):
        OpportunityFactory(account=cast.account, won=True)
    for _ in range(2):
        OpportunityFactory(account=cast.account, lost=True)
    page = logged_in(cast.owner).get(url("pipeline"))
    assert page.context["figures"].wins.share == pytest.approx(0.6)
    assert "3 of 5 decided" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, {"Twenty seats", "Platform"}),
        ({"stage": "all"}, {"Twenty seats", "Platform", "Gone"}),
        ({"stage": "lost"}, {"Gone"}),
        ({"kind": "tier"}, {"Platform"}),
        ({"scope": "mine"}, {"Twenty seats"}),
        ({"segment": "smb"}, {"Platform"}),
        ({"q": "second"}, {"Platform"}),
        ({"stage": "nonsense", "segment": "\0", "owner": "x"}, {"Twenty seats", "Platform"}),
    ],
)
def test_the_table_is_filtered_and_the_file_has_the_same(cast, one, asked, names):
    other = AccountFactory(name="Second", owner=cast.owner, segment=SegmentFactory(key="smb"))
    OpportunityFactory(account=other, name="Platform", kind="tier", owner=cast.manager)
    OpportunityFactory(account=cast.account, name="Gone", lost=True, owner=cast.manager)
    client = logged_in(cast.owner)
    page = client.get(url("pipeline"), {"view": "table"} | asked)
    assert {row.name for row in page.context["opportunities"]} == names
    file = b"".join(client.get(url("pipeline-export"), asked).streaming_content).decode("utf-8-sig")
    assert {line.split(",")[2] for line in file.splitlines()[1:]} == names


@pytest.mark.parametrize("view", ["board", "table"])
@pytest.mark.parametrize("many", [1, 6])
def test_the_pipeline_costs_the_same_for_one_and_for_many(cast, view, many, django_assert_num_queries):
    for _ in range(many):
        account = AccountFactory(owner=cast.owner)
        OpportunityFactory(account=account)
        LedgerEntryFactory(account=account)
    client = logged_in(cast.manager)
    client.get(url("pipeline"))
    with django_assert_num_queries(12):
        client.get(url("pipeline"), {"view": view})


def test_results_stand_beside_their_targets_with_their_denominators(cast, one):
    account = cast.account
    LedgerEntryFactory(account=account, day=day(-500), amount=10000)
    LedgerEntryFactory(account=account, day=day(-50), kind="expansion", amount=3000)
    LedgerEntryFactory(account=AccountFactory(owner=cast.owner), day=day(-500), amount=10000)
    for months, outcome in ((12, "flat"), (36, "expanded"), (0, "lost")):
        RenewalFactory(
            account=account, stage="closed", outcome=outcome, closed_arr=1, closed_at=clock.now(),
            signed_on=day(-5) if months else None, closed_term_months=months or None,
        )  # fmt: skip
    results = {row.label: row for row in logged_in(cast.owner).get(url("pipeline")).context["results"]}
    shares = {label: (row.rate.part, row.rate.whole, row.is_met) for label, row in results.items()}
    assert shares == {
        "Customers that grew": (1, 2, True),
        "Expansion ARR": (3000, 20000, False),
        "Upsell and cross-sell": (1, 2, True),
        "Multi-year": (1, 2, True),
    }


def test_nothing_is_known_of_nothing(cast):
    page = logged_in(cast.owner).get(url("pipeline"))
    assert all(row.rate.share is None for row in page.context["results"])
    assert "The pipeline is empty" in page.content.decode()


@pytest.mark.parametrize(("many", "queries"), [(1, 9), (5, 9)])
def test_the_page_costs_the_same_however_often_it_was_moved(cast, one, many, queries, django_assert_num_queries):
    for _ in range(many):
        one.moves.create(before="identified", after="qualified", at=clock.now(), by=cast.owner)
    client = logged_in(cast.owner)
    client.get(url("opportunity", one.pk))
    with django_assert_num_queries(queries):
        client.get(url("opportunity", one.pk))


CHANGING = ["edit", "put-back", "move", "move-back", "win", "win-back", "lose", "reopen"]


@pytest.mark.parametrize("name", CHANGING)
def test_changing_is_for_those_who_see_it_and_may_change_it(cast, one, name):
    where = url(f"opportunity-{name}", one.pk)
    assert logged_in(cast.outsider).post(where).status_code == 404
    assert logged_in(cast.read_only).post(where).status_code == 403
    assert logged_in(cast.owner).put(where).status_code == 405


def test_those_who_only_read_see_no_button(cast, one):
    client = logged_in(cast.read_only)
    text = client.get(url("opportunity", one.pk)).content.decode()
    assert "Twenty seats" in text
    for words in ('data-key="e"', "Won</a>", "Lost</a>", "Move to"):
        assert words not in text
    assert "data-card" not in client.get(url("pipeline")).content.decode()


def test_it_is_begun_by_hand(cast):
    client = logged_in(cast.owner)
    form = {"name": "Audit", "kind": "services", "value": "3000", "expected_close": f"{day(30)}", "percent": "40"}
    key = str(client.get(url("opportunity-new", cast.account.pk)).context["form"]["key"].value())
    for _ in range(2):
        assert client.post(url("opportunity-new", cast.account.pk), form | {"key": key}).status_code == 302
    begun = Opportunity.objects.with_probability().get()
    assert (begun.name, str(begun.probability), begun.weighted) == ("Audit", "0.4000", 1200)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "-1"}, "value"),
        ({"value": "1e30"}, "value"),
        ({"percent": "101"}, "percent"),
        ({"expected_close": "9999-12-31"}, "expected_close"),
        ({"seats": "0"}, "seats"),
        ({"name": "a\0b"}, "name"),
        ({"kind": ""}, "kind"),
        ({"owner": "999999"}, "owner"),
        ({"product": "x"}, "product"),
    ],
)
def test_what_is_wrong_is_said_by_the_field(cast, one, change, field):
    form = {"name": "Audit", "kind": "services", "value": "3000", "expected_close": f"{day(30)}"} | change
    for where in (url("opportunity-new", cast.account.pk), url("opportunity-edit", one.pk)):
        answer = logged_in(cast.owner).post(where, form | {"version": one.version})
        assert answer.status_code == 422
        assert field in answer.context["form"].errors


def test_it_is_edited_and_put_back_and_the_second_writer_is_told(cast, one):
    client = logged_in(cast.owner)
    form = {"name": "Thirty seats", "kind": "seats", "value": "9000", "expected_close": f"{day(30)}", "version": "1"}
    assert client.post(url("opportunity-edit", one.pk), form).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.value, one.version) == ("Thirty seats", 9000, 2)
    told = logged_in(cast.team_mate).post(url("opportunity-edit", one.pk), form | {"value": "1"})
    assert told.status_code == 409
    client.post(f"{url('opportunity-put-back', one.pk)}?version=2")
    one.refresh_from_db()
    assert (one.name, one.value) == ("Twenty seats", 8000)


def test_it_is_moved_and_the_move_is_taken_back(cast, one):
    client = logged_in(cast.owner)
    moved = client.post(url("opportunity-move", one.pk), {"stage": "qualified", "version": "1"}, headers=HTMX)
    assert moved.status_code == 200
    assert "Moved to Qualified" in moved.content.decode()
    late = client.post(url("opportunity-move", one.pk), {"stage": "proposed", "version": "1"})
    assert late.status_code == 409
    for stage in ("qualified", "won", "nonsense"):
        assert client.post(url("opportunity-move", one.pk), {"stage": stage}).status_code == 422
    client.post(f"{url('opportunity-move-back', one.pk)}?version=2")
    one.refresh_from_db()
    assert one.stage == "identified"


def test_it_is_won_into_the_contract_and_taken_back(cast, one):
    contract = ContractFactory(account=cast.account, with_line=24000)
    client = logged_in(cast.owner)
    opened = client.get(url("opportunity-win", one.pk)).context["form"]
    form = {name: opened[name].value() for name in opened.fields if opened[name].value() is not None}
    assert form["contract"] == contract.pk
    for _ in range(2):
        assert client.post(url("opportunity-win", one.pk), form).status_code == 302
    cast.account.refresh_from_db()
    assert cast.account.arr == 32000
    page = client.get(url("opportunity", one.pk)).content.decode()
    assert "€8,000 a year more on" in page
    assert "Take the win back" in page
    late = logged_in(cast.team_mate).post(url("opportunity-win", one.pk), form | {"key": ""})
    assert late.status_code == 422
    assert "Olga Owner was faster: it is won already." in late.content.decode()
    client.post(url("opportunity-win-back", one.pk))
    cast.account.refresh_from_db()
    assert cast.account.arr == 24000


def test_without_a_contract_it_cannot_be_won(cast, one):
    client = logged_in(cast.owner)
    assert "has no contract in force" in client.get(url("opportunity-win", one.pk)).content.decode()
    assert client.post(url("opportunity-win", one.pk), {}).status_code == 422


def test_who_edited_in_between_is_named_when_it_is_won(cast, one):
    contract = ContractFactory(account=cast.account, with_line=24000)
    client = logged_in(cast.owner)
    edit_opportunity(by=cast.team_mate, opportunity=one, fields={"next_step": "Call"})
    form = {"contract": contract.pk, "product": contract.lines.get().product_id, "arr": "100", "won_on": f"{day(0)}"}
    answer = client.post(url("opportunity-win", one.pk), form | {"version": 1})
    assert answer.status_code == 409
    assert "Tim Teammate" in answer.content.decode()
    one.refresh_from_db()
    assert one.is_open


@pytest.mark.parametrize(
    ("change", "field"),
    [({"arr": "0"}, "arr"), ({"seats": "x"}, "seats"), ({"won_on": ""}, "won_on"), ({"contract": "1"}, "contract")],
)
def test_what_is_wrong_with_a_win_is_said_by_the_field(cast, one, change, field):
    contract = ContractFactory(account=cast.account, with_line=24000)
    form = {"contract": contract.pk, "product": contract.lines.get().product_id, "arr": "100", "won_on": f"{day(0)}"}
    answer = logged_in(cast.owner).post(url("opportunity-win", one.pk), form | change)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    late = logged_in(cast.owner).post(url("opportunity-win", one.pk), form | {"won_on": f"{day(3)}"})
    assert late.status_code == 422
    assert "Give a day between" in late.content.decode()


def test_it_is_lost_with_a_reason_and_opened_again(cast, one):
    client = logged_in(cast.owner)
    assert client.post(url("opportunity-lose", one.pk), {"reason": ""}).status_code == 422
    client.post(url("opportunity-lose", one.pk), {"reason": "No budget"})
    assert "Lost, says Olga Owner: No budget" in client.get(url("opportunity", one.pk)).content.decode()
    client.post(url("opportunity-reopen", one.pk))
    one.refresh_from_db()
    assert one.is_open
