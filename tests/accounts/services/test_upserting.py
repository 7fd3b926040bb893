import datetime as dt
from decimal import Decimal

import pghistory.models
import pytest
from django.db import connection

from accounts.models import Account, Contact, Contract, ContractLine, Invoice, Product, Touch
from accounts.services import upserting
from accounts.services.upserting import (
    ensure_products,
    set_parents,
    share_out,
    upsert_accounts,
    upsert_contacts,
    upsert_contracts,
    upsert_invoices,
    upsert_touches,
)
from accounts.signals import account_observed
from cs_workspace.common import clock
from cs_workspace.common.upserting import Selection
from tests.factories import AccountFactory, ContractLineFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db

FIELDS = ("name", "industry", "tags", "custom")
ACME = ("A-1", "Acme", "Mining", ("key",), '{"plan": "Pro"}')
BETA = ("A-2", "Beta", "Energy", (), "{}")


def written_at(model: type) -> dict[int, tuple[str, str]]:
    """Where PostgreSQL keeps each row and who wrote it last: a row that is rewritten moves."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, ctid::text, xmin::text FROM {model._meta.db_table}")
        return {pk: (place, writer) for pk, place, writer in cursor.fetchall()}


def history_of(account: Account) -> list[tuple[str, str]]:
    """What the audit trail says of an account: kind of the entry and the industry that it kept."""
    events = pghistory.models.Events.objects.tracks(account).order_by("pgh_created_at", "pgh_id")
    return [(event.pgh_label, event.pgh_data["industry"]) for event in events]


@pytest.fixture
def observed():
    """The accounts of every signal that an observation was made, in the order of the signals."""
    seen: list[list[int]] = []

    def note(*, account_ids: list[int], **_: object) -> None:
        seen.append(account_ids)

    account_observed.connect(note, weak=False, dispatch_uid="test")
    yield seen
    account_observed.disconnect(dispatch_uid="test")


def test_new_accounts_get_what_the_rows_say_and_the_workspaces_defaults(settings):
    done = upsert_accounts(source="crm", fields=FIELDS, rows=[ACME, BETA])

    assert (done.new, done.changed, len(done.account_ids)) == (2, 0, 2)
    acme = Account.objects.get(source="crm", external_id="A-1")
    assert (acme.name, acme.industry, acme.tags, acme.custom) == ("Acme", "Mining", ["key"], {"plan": "Pro"})
    assert (acme.currency, acme.status, acme.stage) == (settings.WORKSPACE_CURRENCY, "active", "established")


def test_rows_that_say_what_is_known_are_not_rewritten_and_wake_nobody(observed):
    upsert_accounts(source="crm", fields=FIELDS, rows=[ACME, BETA])
    before, versions = written_at(Account), dict(Account.objects.values_list("pk", "version"))
    observed.clear()

    done = upsert_accounts(source="crm", fields=FIELDS, rows=[BETA, ACME])

    assert (done.new, done.changed, done.account_ids) == (0, 0, set())
    assert written_at(Account) == before
    assert dict(Account.objects.values_list("pk", "version")) == versions
    assert observed == []


def test_a_change_moves_the_version_on_and_stands_in_the_audit_trail_with_its_author(observed):
    author = UserFactory()
    upsert_accounts(source="crm", fields=FIELDS, rows=[ACME, BETA])
    observed.clear()

    done = upsert_accounts(source="crm", fields=("industry",), rows=[("A-1", "Steel"), ("A-2", "Energy")], by=author)

    acme = Account.objects.get(external_id="A-1")
    assert (done.new, done.changed, done.account_ids) == (0, 1, {acme.pk})
    assert (acme.name, acme.industry, acme.version) == ("Acme", "Steel", 2)
    assert ("update", "Steel") in history_of(acme) or len(history_of(acme)) == 2
    last = pghistory.models.Events.objects.tracks(acme).order_by("pgh_id").last()
    assert last.pgh_context["user"] == author.pk
    assert observed == [[acme.pk]]


def test_the_same_external_id_of_another_source_is_another_account():
    upsert_accounts(source="crm", fields=FIELDS, rows=[ACME])

    done = upsert_accounts(source="billing", fields=FIELDS, rows=[("A-1", "Acme Ltd", "Banking", (), "{}")])

    assert done.new == 1
    names = Account.objects.filter(external_id="A-1").values_list("source", "name")
    assert set(names) == {("crm", "Acme"), ("billing", "Acme Ltd")}


def test_tags_and_custom_fields_are_added_and_an_owner_is_given_only_where_there_is_none():
    owner, other = UserFactory(), UserFactory()
    upsert_accounts(source="crm", fields=(*FIELDS, "owner_id"), rows=[(*ACME, owner.pk), (*BETA, None)])

    rows = [("A-1", ("key", 'odd "one"'), '{"seats": 3}', other.pk), ("A-2", (), "{}", other.pk)]
    upsert_accounts(source="crm", fields=("tags", "custom", "owner_id"), rows=rows)

    acme, beta = Account.objects.order_by("external_id")
    assert (acme.tags, acme.custom) == (["key", 'odd "one"'], {"plan": "Pro", "seats": 3})
    assert (acme.owner, beta.owner) == (owner, other)
    assert acme.owner_since == clock.today()


@pytest.mark.parametrize(("days", "stage"), [(10, "onboarding"), (89, "onboarding"), (90, "established")])
def test_a_new_account_without_a_stage_is_onboarding_in_its_first_90_days(days, stage):
    since = clock.today() - dt.timedelta(days=days)
    upsert_accounts(source="crm", fields=("name", "customer_since"), rows=[("A-1", "Acme", since)])
    assert Account.objects.get().stage == stage


def test_a_field_that_nobody_knows_is_refused_before_anything_is_written():
    with pytest.raises(ValueError, match="No such fields: health_score"):
        upsert_accounts(source="crm", fields=("name", "health_score"), rows=[("A-1", "Acme", 99)])
    assert not Account.objects.exists()


def test_an_apostrophe_and_a_percent_sign_are_letters_like_others():
    upsert_accounts(source="o'neill-100%", fields=("name",), rows=[("A'1", 'O\'Neill 100% {x} \\ "y"')])
    assert Account.objects.get().name == 'O\'Neill 100% {x} \\ "y"'
    assert Account.objects.get().source == "o'neill-100%"


def test_a_contract_and_its_line_are_written_together_and_only_where_they_changed():
    account, product = AccountFactory(), ProductFactory()
    fields = ("account_id", "number", "start", "end", "product_id", "seats", "arr")
    row = ("S-1", account.pk, "S-1", dt.date(2026, 1, 1), None, product.pk, 9, Decimal("1200.00"))
    first = upsert_contracts(source="crm", fields=fields, rows=[row])
    before = written_at(Contract), written_at(ContractLine)

    again = upsert_contracts(source="crm", fields=fields, rows=[row])

    assert (first.new, first.account_ids) == (1, {account.pk})
    assert (again.new, again.changed, again.account_ids) == (0, 0, set())
    assert (written_at(Contract), written_at(ContractLine)) == before

    raised = upsert_contracts(source="crm", fields=fields, rows=[(*row[:-1], Decimal(1500))])
    assert (raised.new, raised.changed, raised.account_ids) == (0, 1, {account.pk})
    assert written_at(Contract) == before[0], "the contract itself says the same"
    assert ContractLine.objects.get().arr == 1500


def test_lines_that_came_from_elsewhere_stay():
    account, product = AccountFactory(), ProductFactory()
    fields = ("account_id", "start", "product_id", "arr")
    row = ("S-1", account.pk, dt.date(2026, 1, 1), product.pk, Decimal(100))
    upsert_contracts(source="crm", fields=fields, rows=[row])
    own = ContractLineFactory(contract=Contract.objects.get(), arr=Decimal(50))

    upsert_contracts(source="crm", fields=fields, rows=[(*row[:-1], Decimal(70))])

    assert ContractLine.objects.count() == 2
    own.refresh_from_db()
    assert own.arr == 50


def test_a_contract_row_without_a_product_brings_no_line():
    account = AccountFactory()
    row = ("S-1", account.pk, dt.date(2026, 1, 1), None, Decimal(0))
    upsert_contracts(source="crm", fields=("account_id", "start", "product_id", "arr"), rows=[row])
    assert Contract.objects.count() == 1
    assert not ContractLine.objects.exists()


def test_contacts_invoices_and_touches_are_written_once_and_per_source():
    account = AccountFactory()
    day, moment = clock.today(), clock.now()
    cases = [
        (Contact, upsert_contacts, ("account_id", "name", "roles"), ("C-1", account.pk, "Ada", ("champion", "user"))),
        (
            Invoice,
            upsert_invoices,
            ("account_id", "number", "issued_on", "due_on", "amount"),
            ("I-1", account.pk, "2026-7", day, day, Decimal("9.90")),
        ),
        (Touch, upsert_touches, ("account_id", "kind", "at"), ("T-1", account.pk, "call", moment)),
    ]
    for model, verb, fields, row in cases:
        first, again = verb(source="crm", fields=fields, rows=[row]), verb(source="crm", fields=fields, rows=[row])
        other = verb(source="desk", fields=fields, rows=[row])
        assert (first.new, again.new, again.changed, other.new) == (1, 0, 0, 1), model
        assert first.account_ids == {account.pk}
        assert model.objects.count() == 2


def test_touches_move_the_accounts_last_touch():
    account = AccountFactory()
    row = ("T-1", account.pk, "call", clock.now(), True)
    upsert_touches(source="crm", fields=("account_id", "kind", "at", "attended"), rows=[row])
    account.refresh_from_db()
    assert account.last_touch is not None


def test_more_rows_than_fit_one_statement_are_all_written():
    rows = [(f"A-{number}", f"Account {number}") for number in range(5_003)]
    assert upsert_accounts(source="crm", fields=("name",), rows=rows).new == 5_003
    assert upsert_accounts(source="crm", fields=("name",), rows=rows).new == 0


def test_products_are_found_by_name_and_made_where_they_are_not_there():
    known = ProductFactory(key="core", name="Core")
    found = ensure_products(["Core", "RavenStack Pro", "¿?"])
    assert found["Core"] == known.pk
    assert ensure_products(["RavenStack Pro"]) == {"RavenStack Pro": found["RavenStack Pro"]}
    assert Product.objects.count() == 3


def test_accounts_that_lie_in_the_database_are_written_like_those_that_a_program_holds():
    lying = "SELECT * FROM (VALUES {}) AS given"
    acme = """('A-1', 'Acme 100%%', 'Mining', '{key,"a, b"}'::text[], '{"plan": "Pro"}')"""
    beta = "('A-2', 'Beta', 'Energy', '{}'::text[], '{}')"

    done = upsert_accounts(source="crm", fields=FIELDS, rows=Selection(lying.format(f"{acme}, {beta}")))
    again = upsert_accounts(source="crm", fields=FIELDS, rows=[("A-1", "Acme 100%", *ACME[2:]), BETA])
    changed = upsert_accounts(source="crm", fields=FIELDS, rows=Selection(lying.format(acme.replace("Mining", "Ore"))))

    assert [(one.new, one.changed) for one in (done, again, changed)] == [(2, 0), (0, 0), (0, 1)]
    account = Account.objects.get(external_id="A-1")
    assert done.account_ids == {account.pk, Account.objects.get(external_id="A-2").pk}
    assert changed.account_ids == {account.pk}
    assert (account.name, account.industry, account.tags, account.custom) == (
        "Acme 100%", "Ore", ["key", "a, b"], {"plan": "Pro"},
    )  # fmt: skip


def test_parents_are_set_by_external_ids_and_what_is_unknown_is_passed_over():
    upsert_accounts(source="crm", fields=("name",), rows=[("A-1", "Acme"), ("A-2", "Acme North"), ("A-3", "Beta")])
    parents = {"A-2": "A-1", "A-3": "A-3", "A-9": "A-1"}
    assert set_parents(source="crm", parents=parents) == 1
    assert set_parents(source="crm", parents=parents) == 0
    assert Account.objects.get(external_id="A-2").parent.external_id == "A-1"
    assert Account.objects.get(external_id="A-3").parent is None


@pytest.mark.parametrize("many", [1, 20])
def test_all_parents_are_set_by_one_statement(many, django_assert_num_queries):
    names = [f"A-{number}" for number in range(many + 1)]
    upsert_accounts(source="crm", fields=("name",), rows=[(name, name) for name in names])
    with django_assert_num_queries(1 + len(["a savepoint", "its release"])):
        assert set_parents(source="crm", parents=dict.fromkeys(names[1:], "A-0")) == many


def test_accounts_without_an_owner_are_shared_out_in_turn_and_owned_ones_stay():
    first, second, before = UserFactory(), UserFactory(), UserFactory()
    upsert_accounts(source="crm", fields=("name",), rows=[(f"A-{number}", f"Acme {number}") for number in range(4)])
    Account.objects.filter(external_id="A-1").update(owner=before)
    foreign = AccountFactory(owner=None)

    assert share_out(source="crm", owners=[first, second]) == 3
    assert share_out(source="crm", owners=[first, second]) == 0

    owners = Account.objects.filter(source="crm").order_by("external_id").values_list("owner", flat=True)
    assert list(owners) == [first.pk, before.pk, second.pk, first.pk]
    foreign.refresh_from_db()
    assert foreign.owner is None


def test_every_field_that_is_taken_is_a_column_of_its_model():
    pairs = [
        (Account, upserting.ACCOUNT_FIELDS), (Contact, upserting.CONTACT_FIELDS), (Contract, upserting.CONTRACT_FIELDS),
        (ContractLine, upserting.LINE_FIELDS), (Invoice, upserting.INVOICE_FIELDS), (Touch, upserting.TOUCH_FIELDS),
    ]  # fmt: skip
    for model, fields in pairs:
        assert set(fields) <= {field.column for field in model._meta.concrete_fields}, model
