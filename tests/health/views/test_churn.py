"""Churn probability on the pages: of an account with basis and quality, and the model's own page for admins."""

import re
from decimal import Decimal
from unittest.mock import patch

import pytest

from cs_workspace.common import clock
from health.models import ChurnEstimate, ChurnModel
from health.services import learning
from tests.cast import logged_in
from tests.factories import AccountFactory, ChurnModelFactory, SnapshotFactory
from tests.health.churning import model_in_use

pytestmark = pytest.mark.django_db
PAGE, TRAIN, USE, STOP = (f"/health/churn-model/{part}" for part in ("", "train/", "use/", "stop/"))


def text(response) -> str:
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def panel(user, account) -> str:
    response = logged_in(user).get(f"/accounts/{account.pk}/churn/")
    assert response.status_code == 200
    return text(response)


def scored(account, **fields):
    """The account in a tier of 30 to 50 % churn, with a snapshot of it."""
    SnapshotFactory(account=account, rank=3)
    values = {"arr": Decimal(100_000), "health_rank": 3, "health_tier": "At-Risk", "expected_churn": "0.4"} | fields
    type(account).objects.filter(pk=account.pk).update(**values)
    return account


def estimated(account, model=None, *, probability=0.62):
    """With what the model says, which counts where it is more than the 40 % of the tier."""
    counts = ("0.4", "tier") if probability < 0.4 else (str(probability), "learned")
    scored(account, expected_churn=Decimal(counts[0]), churn_basis=counts[1])
    return ChurnEstimate.objects.create(
        account=account, day=clock.today(), model=model or model_in_use(), probability=probability,
        factors=[0, 2, 1], readings=[3, 11, None], effects=[2.4, 1.4, -0.2],
    )  # fmt: skip


def test_by_tier_the_range_and_its_midpoint_are_named(cast):
    content = panel(cast.owner, scored(cast.account, churn_basis="tier"))
    assert "By tier 40 % within a year At-Risk: 30 % to 50 %, the midpoint" in content
    assert "€100.0k × 40 %, by tier" in content
    assert "Learned" not in content


def test_learned_the_quality_stands_beside_it_and_the_tier_too(cast):
    estimated(cast.account, model_in_use(as_of="2025-11-01"))
    content = panel(cast.owner, cast.account)
    assert "€100.0k × 62 %, learned" in content
    assert "Learned 62 % within 90 days Model of 1 Nov 2025: AUC 0.81, Brier 0.070" in content
    assert "By tier 40 % within a year" in content
    assert "3 of 30 days with a login speaks for leaving +2.40" in content
    assert "NPS class not observed speaks for staying −0.20" in content


def test_where_the_tier_expects_more_it_counts_and_what_the_model_says_of_90_days_stands_beside_it(cast):
    estimated(cast.account, model_in_use(as_of="2025-11-01"), probability=0.02)
    content = panel(cast.owner, cast.account)
    assert "€100.0k × 40 %, by tier" in content
    assert "Learned 2 % within 90 days" in content
    assert "The greater of the two counts" in content


def test_by_use_alone_the_level_is_named(cast):
    type(cast.account).objects.update(expected_churn=Decimal("0.3"), churn_basis="use", arr=1000)
    assert "× 30 %, by use alone" in panel(cast.owner, cast.account)


def test_what_is_not_known_is_said(cast):
    assert "Unknown: it has no score" in panel(cast.owner, cast.account)
    type(cast.account).objects.update(status="churned", churned_on=clock.today())
    assert "It has left." in panel(cast.owner, cast.account)


def test_the_panel_is_part_of_the_account_page_and_the_facts_lead_to_it(cast):
    estimated(cast.account)
    content = logged_in(cast.owner).get(f"/accounts/{cast.account.pk}/").content.decode()
    assert f'hx-get="/accounts/{cast.account.pk}/churn/"' in content
    assert '<a href="#churn">churn probability</a>, learned' in content
    assert "62 %" not in content  # never without its quality


def test_the_panel_costs_a_handful_of_queries(cast, django_assert_num_queries):
    estimated(cast.account)
    client = logged_in(cast.owner)
    with django_assert_num_queries(5):
        client.get(f"/accounts/{cast.account.pk}/churn/", headers={"HX-Request": "true", "HX-Target": "churn"})


def test_the_queue_says_on_what_its_order_rests(cast):
    assert "by tier: the middle of its range" in text(logged_in(cast.owner).get("/at-risk/"))
    estimated(cast.account, model_in_use(as_of="2025-11-01"))
    content = text(logged_in(cast.owner).get("/at-risk/"))
    assert "learned where the model of 1 Nov 2025 expects more within 90 days, AUC 0.81, Brier 0.070" in content
    assert "38 % stay" in content


def test_without_any_data_the_page_says_how_much_is_missing(cast):
    content = text(logged_in(cast.admin).get(PAGE))
    assert "Not enough data yet" in content
    assert "0 of 60 churn outcomes and 0 of 300 accounts with history so far." in content
    assert "Nothing was trained yet" in content


def test_the_page_tells_the_quality_beside_the_table_and_why_the_model_counts(cast):
    model_in_use(as_of="2025-11-01")
    content = text(logged_in(cast.admin).get(PAGE))
    assert "In use: the model of 1 Nov 2025" in content
    assert "It beats the tier table on accounts that it had not seen." in content
    assert "Learned model 0.810 0.76–0.86 0.0700 0.200" in content
    assert "Tier table, brought to 90 days 0.720" in content
    assert "20.0 % 23.0 % 750" in content
    assert "Login days 0.80" in content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"result": "not_better", "reason": "It does not beat the tier table: chance."}, "Not in use: the tier table"),
        ({"result": "better"}, "It is switched off."),
    ],
)
def test_a_model_that_is_not_used_says_why(cast, fields, words):
    ChurnModelFactory(**fields)
    assert words in text(logged_in(cast.admin).get(PAGE))


@pytest.mark.parametrize("versions", [1, 12])
def test_the_page_costs_the_same_however_many_versions_there_are(cast, django_assert_num_queries, versions):
    for _ in range(versions):
        ChurnModelFactory(asked_by=cast.admin, switched_by=cast.admin, switched_at=clock.now())
    model_in_use()
    client = logged_in(cast.admin)
    with django_assert_num_queries(4):
        client.get(PAGE, headers={"HX-Request": "true", "HX-Target": "model"})


def test_train_now_asks_for_a_training_and_the_page_waits_for_it(cast, django_capture_on_commit_callbacks):
    client = logged_in(cast.admin)
    with patch.object(learning, "send_training") as sent, django_capture_on_commit_callbacks(execute=True):
        response = client.post(TRAIN)
    assert (response.status_code, response["Location"]) == (302, PAGE)
    sent.assert_called_once_with()
    assert ChurnModel.objects.get().asked_by == cast.admin
    content = client.get(PAGE).content.decode()
    assert "A training is under way" in content
    assert "every 2s" in content
    assert "Train now" not in content
    learning.train_churn_model()
    assert "every 2s" not in client.get(PAGE).content.decode()


def test_a_version_is_switched_off_and_on(cast):
    model, client = model_in_use(), logged_in(cast.admin)
    client.post(STOP, {"model": model.pk})
    model.refresh_from_db()
    assert (model.in_use, model.switched_by) == (False, cast.admin)
    assert "Switched off by Aki Admin" in text(client.get(PAGE))
    client.post(USE, {"model": model.pk})
    model.refresh_from_db()
    assert model.in_use


def test_a_version_that_may_not_be_used_is_refused_with_its_reason(cast):
    model = ChurnModelFactory(result="not_better", reason="It does not beat the tier table: chance.")
    response = logged_in(cast.admin).post(USE, {"model": model.pk}, follow=True)
    assert "cannot be used. It does not beat the tier table: chance." in text(response)


@pytest.mark.parametrize("model", ["", "0", "x", "²", "9" * 40, "-1"])
def test_a_version_that_is_none_is_not_found(cast, model):
    for address in (USE, STOP):
        assert logged_in(cast.admin).post(address, {"model": model}).status_code == 404


def test_the_page_and_its_buttons_are_for_admins_only(cast):
    for user in (cast.owner, cast.manager, cast.executive, cast.ae, cast.read_only):
        client = logged_in(user)
        assert client.get(PAGE).status_code == 403
        for address in (TRAIN, USE, STOP):
            assert client.post(address).status_code == 403
    assert not ChurnModel.objects.exists()


def test_a_read_only_admin_sees_the_page_and_no_button(cast):
    model_in_use()
    cast.admin.read_only = True
    cast.admin.save()
    client = logged_in(cast.admin)
    content = client.get(PAGE).content.decode()
    assert "Train now" not in content
    assert "Switch off" not in content
    for address in (TRAIN, USE, STOP):
        assert client.post(address).status_code == 403


def test_other_methods_are_refused(cast):
    client = logged_in(cast.admin)
    assert client.post(PAGE).status_code == 405
    assert client.post(f"/accounts/{cast.account.pk}/churn/").status_code == 405
    for address in (TRAIN, USE, STOP):
        assert client.get(address).status_code == 405


def test_a_stranger_finds_no_panel(cast):
    other = AccountFactory(owner=cast.outsider)
    assert logged_in(cast.owner).get(f"/accounts/{other.pk}/churn/").status_code == 404
